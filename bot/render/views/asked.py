"""What a question gets: the best that is written, where it stands, and what else it may have meant.

Nothing but the briefings' own words; a period that they lack is named, with those that they have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import takewhile

from bot.content import prose
from bot.content.answer import Answer, Hit
from bot.content.dates import When
from bot.content.library import Library
from bot.content.model import Dossier, Figure, Observation, Section
from bot.content.spelling import fold
from bot.render.buttons import DATA_BYTES, nav, rows
from bot.render.message import Block, Button, Para, Span, Text, View
from bot.render.pen import Pen
from bot.render.phrase import say_date, say_period, say_when
from bot.render.views.compare import compared
from bot.text import clean

MOST_BUTTONS = 5
"""Beside the last one, which says that nothing of it was meant."""
MOST_PERIODS = 12
LONGEST_TITLE = 44
"""Characters of a button that a phone shows in a row of its own."""
NOT_MEANT = "nm"
PLACE = "ask"


def answered(pen: Pen, answer: Answer, asked: str) -> View:
    """The best answer, or that a figure lacks the period; `asked` are the reader's words."""
    hit = answer.best
    if hit is None:
        return not_covered(pen, answer, is_counted=False)
    blocks = [*_unsaid(pen, answer), *_said(pen, answer, hit)]
    blocks.append(_line(pen.words("asked.from", place=answer.reason), tight=True))
    blocks += _read_as(pen, answer)
    others = (open_button(pen.library, it, hit.dossier) for it in answer.others)
    buttons = each((*_onward(pen, hit), *others))
    last = nav(pen.words("button.not_meant"), NOT_MEANT, _short(asked))
    return pen.view(blocks, rows((*buttons[:MOST_BUTTONS], last)), PLACE)


def found(pen: Pen, hit: Hit, reason: str) -> View:
    """One thing that a button of an answer leads to: a person, a term, an event."""
    blocks = _said(pen, Answer(hit.kind, hit, ()), hit)
    blocks.append(_line(pen.words("asked.from", place=reason), tight=True))
    return pen.view(blocks, rows(_onward(pen, hit)), PLACE)


def not_covered(pen: Pen, answer: Answer, *, is_counted: bool, dossier: str = "") -> View:
    """A plain refusal, with what comes nearest."""
    words = pen.words
    near = each(open_button(pen.library, hit, dossier) for hit in answer.others)
    blocks: list[Block] = [_line(words("asked.none")), *_read_as(pen, answer)]
    if is_counted:
        blocks.append(_counted(pen))
    if near:
        # Last, for the buttons stand below.
        blocks.append(_line(words("asked.nearest")))
    return View(tuple(blocks), rows((*near, _back(pen, dossier))), PLACE)


def no_period(pen: Pen, dossier: Dossier, periods: Iterable[When], *, is_counted: bool) -> View:
    """That no figure of a dossier has a period, and which there are."""
    words = pen.words
    asked = words.listed(say_period(words, period) for period in periods)
    blocks: list[Block] = [_line(words("asked.lacking_here", title=dossier.title, periods=asked))]
    seen = [item for figure in dossier.figures.values() for item in figure.observations]
    known = dict.fromkeys(say_when(words, item) for item in sorted(seen, key=_begins))
    if known:
        kept = list(known)[-MOST_PERIODS:]
        blocks.append(_line(words("asked.have_some", periods=words.listed(kept)), tight=True))
    if is_counted:
        blocks.append(_counted(pen))
    board = nav(words("button.figures"), "B", dossier.dossier) if known else None
    return View(tuple(blocks), rows((board, _back(pen, dossier.dossier))), PLACE)


def _begins(item: Observation) -> tuple[bool, date]:
    """For the order of time; what has no end is the last."""
    end = item.period.last
    return end is None, end or date.max


def which(pen: Pen, figures: Sequence[Hit]) -> View:
    """Several figures have such a name: a button each; of many, the first and the board."""
    shown = figures if len(figures) <= MOST_BUTTONS else figures[: MOST_BUTTONS - 1]
    buttons = [open_button(pen.library, hit) for hit in shown]
    if len(shown) < len(figures):
        buttons.append(nav(pen.words("button.figures"), "B"))
    return View((_line(pen.words("asked.which")),), rows((*buttons, _back(pen))), PLACE)


def not_meant(pen: Pen, answer: Answer) -> View:
    """After ‹Not what I meant›: what else there is."""
    best, library = answer.best, pen.library
    others = [
        open_button(library, hit) for hit in answer.others if best is None or hit.key != best.home
    ]
    if best is not None:
        others.append(nav(library.dossier(best.dossier).title, "d", best.dossier))
    blocks = (_line(pen.words("asked.else")), _counted(pen))
    return View(blocks, rows((*each(others), _back(pen))), PLACE)


def blank(pen: Pen) -> View:
    """How to ask, for who has not said what about."""
    figure = next(iter(pen.library.figures.values()), None)
    words = pen.words
    line = words("asked.usage", example=figure.name) if figure else words("asked.usage_bare")
    return View((_line(line),), rows((_back(pen),)), PLACE)


def each(buttons: Iterable[Button]) -> list[Button]:
    """Those that differ in what they do and in what they say: of two of one name the first."""
    by_data: dict[str | None, Button] = {}
    for button in buttons:
        by_data.setdefault(button.data, button)
    by_text: dict[str, Button] = {}
    for button in by_data.values():
        by_text.setdefault(button.text, button)
    return list(by_text.values())


def open_button(library: Library, hit: Hit, here: str = "") -> Button:
    """The way to a thing; one of another dossier than `here` is named with its dossier."""
    title = hit.title
    if hit.kind == "section" and hit.dossier != here:
        title = f"{library.dossier(hit.dossier).title}: {title}"
    title = clean(title, LONGEST_TITLE)
    match hit.kind:
        case "section":
            return nav(title, "s", hit.key)
        case "figure" | "comparison" | "missing":
            return nav(title, "f", hit.key)
        case "person" | "term" | "event":
            return nav(title, "q", hit.kind, hit.key)
    return nav(title, "d", hit.dossier)


def things(dossier: Dossier) -> Iterator[Hit]:
    """All that a question can get of a dossier, to be looked at beforehand."""
    name = dossier.dossier
    for figure in dossier.figures.values():
        for period in dict.fromkeys(item.period.text for item in figure.observations):
            yield Hit("figure", figure.key, figure.name, name, period)
    for section in dossier.sections.values():
        for number in range(len(prose.parse(section.text, name))):
            yield Hit("section", section.key, section.title, name, paragraph=number)
    for event in dossier.events.values():
        yield Hit("event", event.key, event.title, name)
    for person in dossier.people.values():
        yield Hit("person", person.key, person.name, name)
    for term in dossier.terms.values():
        yield Hit("term", term.key, term.name, name)


# --- what is said ------------------------------------------------------------------------------


def _said(pen: Pen, answer: Answer, hit: Hit) -> list[Block]:
    library = pen.library
    match answer.kind:
        case "figure":
            figure = library.figure(hit.key)
            items = library.observations(hit.key, hit.period)
            return [
                Para(tuple(pen.statement(figure, item)), tight=bool(number))
                for number, item in enumerate(items)
            ]
        case "comparison":
            figure = library.figure(hit.key)
            early, late = When.parse(hit.base), When.parse(hit.period)
            title = Para((Text(figure.name, bold=True),))
            return [title, *compared(pen, figure, early, late)]
        case "missing":
            return _lacking(pen, answer, library.figure(hit.key))
        case "section":
            return _excerpt(pen, library.section(hit.key), hit)
        case "event":
            event = library.event(hit.key)
            day = say_date(pen.words, event)
            head = Text(pen.words("timeline.line", day=day[:1].upper() + day[1:]), bold=True)
            return [Para((head, Text(f" {event.title}"), pen.cite(event.fact)))]
        case "person":
            person = library.person(hit.key)
            name = Text(pen.words("who.line", name=person.name), bold=True)
            role = Text(f" {person.role}")
            return [Para((name, role, pen.cite(person.fact)))]
        case "term":
            term = library.term(hit.key)
            name = Text(pen.words("glossary.line", name=term.name), bold=True)
            means = Text(f" {term.means}")
            return [Para((name, means, pen.cite(term.fact)))]
    dossier = library.dossier(hit.dossier)
    return list(pen.write(dossier.lead, dossier.dossier))


def _unsaid(pen: Pen, answer: Answer) -> list[Block]:
    """That the amounts of the question are others."""
    words = pen.words
    said = [words("asked.quoted", said=amount) for amount in answer.unsaid]
    return [_line(words("asked.unsaid", amounts=words.listed(said)))] if said else []


def _lacking(pen: Pen, answer: Answer, figure: Figure) -> list[Block]:
    """ "The briefings have no figure for 2021. They have about 2.7 million tons in 2023 ¹ ..."."""
    words, known = pen.words, figure.observations
    if answer.lacking:
        periods = words.listed(say_period(words, period) for period in answer.lacking)
        said = words("asked.lacking", periods=periods)
    else:
        said = words("asked.one_period")
    if any(item.value.kind == "multiple" for item in known):
        # A multiple makes a line of its own, and no part of a sentence.
        return [_line(said), *(Para(tuple(pen.statement(figure, item))) for item in known)]
    spans: list[Span] = [Text(said), Text(words("asked.have"))]
    # Babel joins texts, and these are spans: what it puts between them is taken from it.
    between = words.listed("\0" * len(known)).split("\0")[1:]
    for item, after in zip(known, between, strict=True):
        spans += [
            pen.value(figure, item),
            Text(f" {say_when(words, item)}{_status(pen, item)}"),
            pen.cite(item.fact),
            Text(after or words("asked.stop")),
        ]
    return [Para(tuple(spans))]


def _status(pen: Pen, item: Observation) -> str:
    known = item.status in {"forecast", "target", "estimate"}
    return pen.words(f"status.tail.{item.status}") if known else ""


def _excerpt(pen: Pen, section: Section, hit: Hit) -> list[Block]:
    """The paragraph that comes nearest; a list with the line that leads to it."""
    paras = pen.write(section.text, hit.dossier)
    start = min(hit.paragraph, len(paras) - 1)
    while start and paras[start].bullet:
        start -= 1
    chosen = [paras[start], *takewhile(lambda para: para.bullet, paras[start + 1 :])]
    last = chosen[-1]
    chosen[-1] = Para((*last.spans, pen.cite(section.fact)), bullet=last.bullet)
    return list(chosen)


def _read_as(pen: Pen, answer: Answer) -> list[Block]:
    """The spellings that were taken for others."""
    words = pen.words
    pairs = [words("asked.pair", typed=one, meant=other) for one, other in answer.corrected]
    if not pairs:
        return []
    return [Para((Text(words("asked.read_as", pairs=words.listed(pairs)), italic=True),))]


def _counted(pen: Pen) -> Para:
    return Para((Text(pen.words("asked.counted"), italic=True),))


def _line(text: str, *, tight: bool = False) -> Para:
    return Para((Text(text),), tight=tight)


# --- where to go on ----------------------------------------------------------------------------


def _onward(pen: Pen, hit: Hit) -> Iterable[Button]:
    """To what the answer is taken from."""
    words = pen.words
    dossier = pen.library.dossier(hit.dossier)
    home = hit.key if hit.kind == "section" else hit.home
    if home:
        yield nav(words("button.read_section"), "s", home)
    match hit.kind:
        case "figure" | "comparison" | "missing":
            period = hit.period if ":" not in hit.period else ""
            arguments = (hit.key, period) if period else (hit.key,)
            yield nav(words("button.card"), "f", *arguments)
        case "event":
            yield nav(words("button.timeline"), "tl", hit.dossier)
        case "person" | "term":
            yield nav(dossier.title, "d", hit.dossier)


def _back(pen: Pen, dossier: str = "") -> Button:
    if dossier:
        title = pen.library.dossier(dossier).title
        return nav(pen.words("button.back", title=title), "d", dossier)
    return nav(pen.words("button.topics"), "topics")


def _short(asked: str) -> str:
    """As much of a question as a button carries: it is counted by it, and kept nowhere else."""
    room = DATA_BYTES - len(NOT_MEANT) - 1
    words = fold(asked)
    return words if len(words) <= room else words[:room].rpartition(" ")[0] or words[:room]
