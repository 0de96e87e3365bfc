"""The rules for editors: a desk in, findings out. A new rule is a function and a line in RULES."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date

from bot.content.evidence import (
    card_values,
    checksums,
    event_dates,
    forecast_status,
    known_facts,
    same_values,
    typed_numbers,
)
from bot.content.findings import Desk, Finding, Place, Rule
from bot.content.leads import asked_on, parse
from bot.content.mentions import (
    embargoes,
    known_actors,
    known_names,
    lead_room,
    multiples,
    readable_prose,
)
from bot.content.model import Block, Step, Tracker
from bot.content.names import nearest, nearest_key
from bot.content.prose import Share, Shift, Shown

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def free_names(desk: Desk) -> Iterator[Finding]:
    """No dossier or command takes a name that is taken."""
    taken: dict[str, str] = {}
    names = set(desk.library.dossiers)
    for name, item in desk.library.dossiers.items():
        for key, word in (("dossier", name), ("command", item.command)):
            if word in desk.built_in:
                yield Finding(
                    Place("dossier", name, (key,)),
                    f"`{word}` is a command of the program itself",
                    f"write another name, such as `{word}_{'topic' if key == 'dossier' else name}`",
                )
        if item.command in taken:
            yield Finding(
                Place("dossier", name, ("command",)),
                f"/{item.command} is the command of `{taken[item.command]}` too",
                "give one of them another command",
            )
        elif item.command != name and item.command in names:
            yield Finding(
                Place("dossier", name, ("command",)),
                f"`{item.command}` is the name of another dossier",
                f"write `command: {name}`, or another word",
            )
        taken.setdefault(item.command, name)


def figures_observed(desk: Desk) -> Iterator[Finding]:
    """A figure has observations, and each source says one thing for one period."""
    for dossier, item in desk.library.dossiers.items():
        for name, figure in item.figures.items():
            place = Place("dossier", dossier, ("figures", name, "observations"))
            if not figure.observations:
                yield Finding(
                    place,
                    f"`{name}` has no observations",
                    "write `- {period: 2024, value: 4.5, fact: astana-talks.18}`, or leave the "
                    "figure out",
                )
            seen: set[str] = set()
            for n, observation in enumerate(figure.observations):
                if observation.key in seen:
                    source = observation.key.rpartition(":")[2]
                    yield Finding(
                        Place("dossier", dossier, (*place.keys, n, "period")),
                        f"`{name}` has two values for {observation.period} from `{source}`",
                        "keep one of them, or give the other its own period",
                    )
                seen.add(observation.key)


def trackers_move(desk: Desk) -> Iterator[Finding]:
    """A tracker has steps or a figure; a step says what it rests on or who is silent."""
    for dossier, item in desk.library.dossiers.items():
        for name, tracker in item.trackers.items():
            place = Place("dossier", dossier, ("trackers", name))
            yield from _tracker(place, name, tracker)
            for key, step in tracker.steps.items():
                inner = Place("dossier", dossier, (*place.keys, "steps", key))
                yield from _step(desk, inner, key, step)


def _tracker(place: Place, name: str, tracker: Tracker) -> Iterator[Finding]:
    if tracker.steps and (tracker.figure or tracker.goal):
        message = f"tracker `{name}` has both steps and a figure"
        yield Finding(place, message, "make two trackers of it", key=True)
    elif not tracker.steps and not tracker.figure:
        goal = f"tracker `{name}` has a goal and no figure"
        yield Finding(
            place,
            goal if tracker.goal else f"tracker `{name}` has neither steps nor a figure",
            "write `figure: volume@2024`" if tracker.goal else "write `steps:`, or `figure:`",
            key=True,
        )
    elif tracker.figure and not tracker.goal and not tracker.says:
        yield Finding(
            place,
            f"tracker `{name}` has a figure that moves towards nothing",
            "write `goal: goal@2030`, or say in words where it stands with `says:`",
            key=True,
        )


def _step(desk: Desk, place: Place, name: str, step: Step) -> Iterator[Finding]:
    if step.state == "open" and not step.silent:
        source = next(iter(desk.library.sources), "astana-talks")
        yield Finding(
            place,
            f"step `{name}` is open and does not say who is silent",
            f"write `silent: [{source}]`",
            key=True,
        )
    if step.state != "open" and not step.fact:
        yield Finding(
            place,
            f"step `{name}` is {step.state} and names no fact",
            "write `fact:`, or `state: open` with who is silent",
            key=True,
        )
    for n, source in enumerate(step.silent):
        if source not in desk.library.sources and not desk.unsure(source):
            close = nearest(source, desk.library.sources)
            yield Finding(
                Place(place.noun, place.name, (*place.keys, "silent", n)),
                f"there is no source `{source}`",
                f"write `{close[0]}`" if close else "name a source of seeds/",
            )


def editions_timed(desk: Desk) -> Iterator[Finding]:
    """A scheduled edition has an hour, an alert has none."""
    for name, edition in desk.library.editions.items():

        def at(*keys: str, name: str = name) -> Place:
            return Place("editions", "", ("editions", name, *keys))

        if edition.on:
            for key, given in (("time", edition.time), ("days", edition.days)):
                if given is not None:
                    yield Finding(
                        at(key),
                        f"`{name}` is sent when something changes, and has `{key}:`",
                        f"leave `{key}:` out, or leave `on:` out",
                        key=True,
                    )
        elif edition.time is None:
            yield Finding(
                at(),
                f"`{name}` has no hour",
                'write `time: "08:00"`, or `on: [tracker, figure]` for alerts',
                key=True,
            )
        if not edition.on and not edition.blocks:
            yield Finding(
                at(), f"`{name}` has no blocks", "write `blocks: [{changes: true}]`", key=True
            )
        for word in re.split(r"[-;]", edition.days or ""):
            if word and word not in _DAYS:
                close = nearest(word, _DAYS)
                yield Finding(
                    at("days"),
                    f"`{word}` is not a day",
                    f"write `{close[0]}`; all are {', '.join(_DAYS)}"
                    if close
                    else f"all are {', '.join(_DAYS)}",
                )


def blocks_lead(desk: Desk) -> Iterator[Finding]:
    """A block is of one kind, and what it names exists."""
    for name, edition in desk.library.editions.items():
        for n, block in enumerate(edition.blocks):
            place = Place("editions", "", ("editions", name, "blocks", n))
            kinds = [bool(it) for it in (block.changes, block.tracker, block.figures, block.watch)]
            if sum(kinds) != 1:
                yield Finding(
                    place,
                    "a block of several kinds" if any(kinds) else "a block of nothing",
                    "write one of `changes: true`, `tracker:`, `figures:` and `watch:`",
                )
            yield from _block(desk, place, block)


def _block(desk: Desk, place: Place, block: Block) -> Iterator[Finding]:
    trackers, watches = desk.library.trackers, desk.library.watches
    named = [(("tracker",), "tracker", block.tracker, tuple(trackers))] if block.tracker else []
    wanted: list[tuple[tuple[str | int, ...], str, str, tuple[str, ...]]] = [
        *named,
        *(
            (("watch", n), "thing to watch", ref, tuple(watches))
            for n, ref in enumerate(block.watch)
        ),
    ]
    for keys, noun, ref, known in wanted:
        if ref in known or desk.unsure(ref):
            continue
        topic = ref.partition(".")[0]
        missing = "." in ref and topic not in desk.library.dossiers
        close = nearest_key(ref, known)
        yield Finding(
            Place(place.noun, place.name, (*place.keys, *keys)),
            f"there is no dossier `{topic}`" if missing else f"there is no {noun} `{ref}`",
            f"write `{close}`" if close else "write dossier and name, as in transit.ban",
        )


def aliases_apart(desk: Desk) -> Iterator[Finding]:
    """The same words do not lead to two dossiers."""
    seen: dict[str, str] = {}
    for dossier, item in desk.library.dossiers.items():
        groups: list[tuple[tuple[str, ...], tuple[str, ...]]] = [(("aliases",), item.aliases)]
        for key, figure in item.figures.items():
            groups.append((("figures", key, "aliases"), figure.aliases))
        for key, section in item.sections.items():
            groups.append((("sections", key, "aliases"), section.aliases))
        for key, person in item.people.items():
            groups.append((("people", key, "aliases"), person.aliases))
        for key, term in item.terms.items():
            groups.append((("terms", key, "aliases"), term.aliases))
        for keys, aliases in groups:
            for n, alias in enumerate(aliases):
                plain = " ".join(alias.casefold().split())
                other = seen.setdefault(plain, dossier)
                if other != dossier:
                    yield Finding(
                        Place("dossier", dossier, (*keys, n)),
                        f'"{alias}" leads to `{other}` too',
                        "keep it in one of them",
                        warning=True,
                    )


def wordings_lead(desk: Desk) -> Iterator[Finding]:
    """A reader's wording leads to what there is, and stands in one file."""
    library = desk.library
    known: dict[str, Collection[str]] = {
        "dossier": library.dossiers,
        "section": library.sections,
        "figure": library.figures,
        "person": library.people,
        "term": library.terms,
        "event": library.events,
    }
    seen: dict[str, str] = {}
    for name, asked in desk.questions.items():
        gone: set[str] = set()
        for text, leads in asked.items():
            place = Place("questions", name, ("questions", text))
            try:
                found = parse(leads)
                asked_on(text, date.min)
            except ValueError:
                yield Finding(
                    place,
                    f'"{leads}" is nothing that answers',
                    "write a noun and a key, such as `figure corridor.volume`, or `none`",
                )
                continue
            for lead in found:
                noun, topic = lead.noun, lead.key.partition(".")[0]
                if noun is None or lead.key in known[noun] or desk.unsure(lead.key):
                    continue
                if topic not in library.dossiers:
                    if topic not in gone:
                        yield Finding(
                            place,
                            f"there is no dossier `{topic}`; wordings that lead there are left out",
                            "remove them, or name what answers them now",
                            warning=True,
                        )
                    gone.add(topic)
                    continue
                near = nearest_key(lead.key, known[noun])
                yield Finding(
                    place,
                    f"there is no {noun} `{lead.key}`",
                    f"write `{noun} {near}`" if near else "name one that there is, or write `none`",
                )
            plain = " ".join(text.casefold().split())
            if seen.setdefault(plain, name) != name:
                yield Finding(
                    place,
                    f'"{text}" stands in {seen[plain]}.yaml too',
                    "keep it in one of them",
                    warning=True,
                    key=True,
                )


def reviews_due(desk: Desk) -> Iterator[Finding]:
    """A figure past its day is looked at again."""
    if desk.today is None:
        return
    for dossier, item in desk.library.dossiers.items():
        for name, figure in item.figures.items():
            due = figure.review_by
            if due is not None and due.last is not None and due.last < desk.today:
                yield Finding(
                    Place("dossier", dossier, ("figures", name, "review_by")),
                    f"`{name}` was due for review by {due}",
                    "check it against its source, then move `review_by:`",
                    warning=True,
                )


def figures_used(desk: Desk) -> Iterator[Finding]:
    """A figure that nothing names is seen by nobody."""
    used: set[str] = set()
    for named in desk.named:
        match named.span:
            case Shown(key) | Shift(key):
                used.add(key)
            case Share():
                used |= {named.span.figure, named.span.goal}
    for figure in desk.library.figures.values():
        for item in figure.observations:
            base = (item.value.base or "?").partition("@")[0]
            used.add(base if "." in base else f"{figure.key.partition('.')[0]}.{base}")
    for dossier, entry in desk.library.dossiers.items():
        for name, figure in entry.figures.items():
            if figure.key not in used:
                yield Finding(
                    Place("dossier", dossier, ("figures", name)),
                    f"figure `{name}` is named nowhere",
                    f"name it in a text as {{{name}@...}} or in `key_figures:`, or leave it out",
                    warning=True,
                    key=True,
                )


def facts_used(desk: Desk) -> Iterator[Finding]:
    """A fact that no dossier rests on was forgotten, or is not needed."""
    used = {cited.ref for cited in desk.cited}
    for name, source in desk.library.sources.items():
        for number, fact in source.facts.items():
            if fact.key not in used:
                yield Finding(
                    Place("source", name, ("facts", str(number))),
                    f"fact {fact.key} is used nowhere",
                    "name it where it belongs with `fact:`",
                    warning=True,
                    key=True,
                )


RULES: tuple[Rule, ...] = (
    checksums,
    card_values,
    free_names,
    known_facts,
    figures_observed,
    same_values,
    forecast_status,
    event_dates,
    typed_numbers,
    readable_prose,
    known_names,
    multiples,
    lead_room,
    embargoes,
    trackers_move,
    editions_timed,
    blocks_lead,
    aliases_apart,
    known_actors,
    wordings_lead,
    reviews_due,
)
"""Every rule that holds for a file as it is."""

COMPLETE: tuple[Rule, ...] = (figures_used, facts_used)
"""Rules that need all files: what a broken file uses is not known."""
