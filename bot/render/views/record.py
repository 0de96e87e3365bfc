"""What it all rests on: sources and facts, the timeline, people and terms."""

from __future__ import annotations

from bot.content.model import Dossier, Source
from bot.render.buttons import nav, rows
from bot.render.message import Block, Button, Heading, Para, Quote, Text, View
from bot.render.pen import Pen
from bot.render.phrase import say_date, say_period, say_value


def cited_facts(dossier: Dossier) -> tuple[str, ...]:
    """Every fact that a dossier rests on, each once, in the order of its parts."""
    refs: dict[str, None] = {}
    for figure in dossier.figures.values():
        for item in figure.observations:
            refs.update(dict.fromkeys(item.fact))
    for parts in (
        dossier.sections,
        dossier.events,
        dossier.watch,
        dossier.people,
        dossier.terms,
    ):
        for part in parts.values():
            refs.update(dict.fromkeys(part.fact))
    for tracker in dossier.trackers.values():
        for step in tracker.steps.values():
            refs.update(dict.fromkeys(step.fact))
    return tuple(refs)


def source_list(pen: Pen, dossier: Dossier | None = None) -> View:
    """The documents that a dossier (or all) rests on."""
    words, library = pen.words, pen.library
    chosen = (dossier,) if dossier else tuple(library.dossiers.values())
    refs = [ref for item in chosen for ref in cited_facts(item)]
    names = dict.fromkeys(library.source_of(ref).source for ref in refs)
    title = words("sources.of", title=dossier.title) if dossier else words("sources.title")
    blocks: list[Block] = [Heading((Text(title),))]
    buttons: list[Button] = []
    for name in names:
        source = library.source(name)
        used = sorted(
            {library.fact(ref).key for ref in refs if ref.startswith(f"{name}.")}, key=_no
        )
        blocks += _source_blocks(pen, source, len(used))
        start = used[0]
        buttons.append(nav(words("button.facts"), "c", start, dossier.dossier if dossier else ""))
    if dossier:
        buttons.append(nav(words("button.back", title=dossier.title), "d", dossier.dossier))
    else:
        buttons.append(nav(words("button.back", title=words("topics.title")), "topics"))
    place = f"{dossier.dossier}.sources" if dossier else "sources"
    return View(tuple(blocks), rows(buttons), place)


def _no(ref: str) -> int:
    return int(ref.rpartition(".")[2])


def _told(ref: str) -> tuple[str, int]:
    """Where a fact stands: its source, and its number there."""
    return ref.rpartition(".")[0], _no(ref)


def _source_blocks(pen: Pen, source: Source, used: int) -> list[Block]:
    words = pen.words
    publisher = source.publisher or words("sources.publisher_unknown")
    lines = [
        words("sources.titled", title=source.title),
        words("sources.publisher", publisher=publisher),
        words("sources.day", day=source.day),
        words("sources.facts", count=used),
        words("sources.checksum", file=source.file, sum=source.sha256[:12]),
    ]
    head = source.name[:1].upper() + source.name[1:]
    blocks: list[Block] = [Para((Text(head, bold=True),))]
    blocks += [Para((Text(line),), tight=True) for line in lines]
    if source.note:
        blocks.append(Quote((Para((Text(source.note),)),)))
    return blocks


def fact_card(pen: Pen, ref: str, back: str = "") -> View:
    """One fact: what the source says, in our words, who says it and where it stands.

    `back` is a dossier, a section or a figure to lead back to; with a dossier the facts that
    it rests on can be walked through, else all of the source.
    """
    words, library = pen.words, pen.library
    fact, source = library.fact(ref), library.source_of(ref)
    says = fact.says
    if fact.value is not None:
        says = says.replace("{value}", _fact_value(pen, ref))
    kind = words(f"fact.{fact.kind}")
    lines: list[Block] = [
        Heading((Text(words("fact.title", number=_no(ref), kind=kind)),)),
        Para((Text(says),), tight=True),
        Para((Text(words("card.said_by", place=_place(pen, ref))),)),
    ]
    if fact.by:
        lines.append(Para((Text(words("card.by", by=fact.by)),), tight=True))
    if fact.period:
        period = words("card.period", period=say_period(words, fact.period))
        lines.append(Para((Text(period),), tight=True))
    lines.append(Para((Text(words("card.as_of_no_day", day=source.day)),), tight=True))
    if fact.note:
        lines.append(Para((Text(words("card.note", note=fact.note)),), tight=True))
    walk = _walk(pen, ref, back)
    at = walk.index(ref) if ref in walk else -1
    buttons = [
        nav(words("button.earlier"), "c", walk[at - 1], back) if at > 0 else None,
        nav(words("button.later"), "c", walk[at + 1], back) if 0 <= at < len(walk) - 1 else None,
        nav(words("button.report_error"), "rp", "c", ref),
        _back(pen, back),
    ]
    return View(tuple(lines), rows(buttons), ref)


def _fact_value(pen: Pen, ref: str) -> str:
    fact = pen.library.fact(ref)
    for figure in pen.library.figures.values():
        for item in figure.observations:
            if ref in item.fact and item.value == fact.value:
                return say_value(pen.words, item.value, figure.unit)
    return f"{fact.value} {fact.unit or ''}".strip()


def _place(pen: Pen, ref: str) -> str:
    source = pen.library.source_of(ref)
    return pen.words("sources.place", name=source.name, paragraph=pen.library.fact(ref).paragraph)


def _walk(pen: Pen, ref: str, back: str) -> list[str]:
    dossier = pen.library.dossiers.get(back)
    if dossier is not None:
        refs = cited_facts(dossier)
    elif back in pen.library.sections:
        refs = pen.library.sections[back].fact
    elif back in pen.library.figures:
        found = pen.library.figures[back].observations
        refs = tuple(dict.fromkeys(name for item in found for name in item.fact))
    else:
        refs = (ref,)
    return sorted(refs, key=_told)


def _back(pen: Pen, back: str) -> Button:
    words, library = pen.words, pen.library
    if back in library.dossiers:
        return nav(words("button.back", title=library.dossiers[back].title), "d", back)
    if back in library.sections:
        return nav(words("button.back", title=library.sections[back].title), "s", back)
    if back in library.figures:
        return nav(words("button.back", title=library.figures[back].name), "f", back)
    return nav(words("button.back", title=words("topics.title")), "topics")


def timeline(pen: Pen, dossier: Dossier | None = None) -> View:
    """Dated events, the earliest first, those of one date as the source tells them.

    No date is more precise than its source.
    """
    words = pen.words
    chosen = (dossier,) if dossier else tuple(pen.library.dossiers.values())
    events = sorted(
        (event for item in chosen for event in item.events.values()),
        key=lambda event: (event.date.order(), [_told(ref) for ref in event.fact[:1]]),
    )
    title = words("timeline.of", title=dossier.title) if dossier else words("timeline.title")
    blocks: list[Block] = [Heading((Text(title),))]
    for event in events:
        day = say_date(words, event)
        head = Text(words("timeline.line", day=day[:1].upper() + day[1:]), bold=True)
        spans = (head, Text(f" {event.title}"), pen.cite(event.fact))
        blocks.append(Para(spans, tight=True))
    if not events:
        blocks.append(Para((Text(words("timeline.none")),)))
    back = (
        nav(words("button.back", title=dossier.title), "d", dossier.dossier)
        if dossier
        else nav(words("button.back", title=words("topics.title")), "topics")
    )
    place = f"{dossier.dossier}.timeline" if dossier else "timeline"
    return pen.view(blocks, rows((back,)), place)


def people(pen: Pen) -> View:
    """People and bodies, once each, with the role that the source gives."""
    words = pen.words
    known = {
        person.name: person
        for dossier in pen.library.dossiers.values()
        for person in dossier.people.values()
    }
    blocks: list[Block] = [Heading((Text(words("who.title")),))]
    for name, person in sorted(known.items()):
        head = Text(words("who.line", name=name), bold=True)
        spans = (head, Text(f" {person.role}"), pen.cite(person.fact))
        blocks.append(Para(spans, tight=True))
    return pen.view(
        blocks, rows((nav(words("button.back", title=words("topics.title")), "topics"),)), "who"
    )


def glossary(pen: Pen) -> View:
    """Terms and what they mean here."""
    words = pen.words
    known = {
        term.name: term
        for dossier in pen.library.dossiers.values()
        for term in dossier.terms.values()
    }
    blocks: list[Block] = [Heading((Text(words("glossary.title")),))]
    for name, term in sorted(known.items()):
        head = Text(words("glossary.line", name=name), bold=True)
        spans = (head, Text(f" {term.means}"), pen.cite(term.fact))
        blocks.append(Para(spans, tight=True))
    return pen.view(
        blocks,
        rows((nav(words("button.back", title=words("topics.title")), "topics"),)),
        "glossary",
    )
