"""A library as entries to be found: each with its names and the sentences that say it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.content import prose
from bot.content.dates import When
from bot.content.everyday import EVERYDAY, WORDS
from bot.content.library import Library
from bot.content.model import Dossier, Event, Figure, Section
from bot.content.prose import Dated, Paragraph, Share, Shift, Shown
from bot.content.spelling import fold, stem, stems

Noun = Literal["dossier", "section", "figure", "person", "term", "event"]
AHEAD = frozenset({"forecast", "target"})
STRIDE = 256
_END = re.compile(r"(?<=[.;?])\s+")
_MARK = "\N{OBJECT REPLACEMENT CHARACTER}"
_REFERENCE = re.compile(r"\{[^}]*\}|\[\[[^\]]*\]\]")
_CAPITAL = re.compile(r"(?<=[\w,] )[^\W\d_a-z][^\W\d_]+")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


Sentence = tuple[int, tuple[str, ...]]
"""The number of its paragraph, from 0, and its stems."""


@dataclass(frozen=True, slots=True)
class Name:
    """One name of an entry: as it is written, and its stems, all and each once."""

    text: str
    words: tuple[str, ...]
    distinct: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can answer.

    `said` has each stem of its sentences with its places: the sentence's number times `STRIDE`
    and the number of the word in it. `paragraphs` has the paragraph of each sentence. `units` are
    the stems of a figure's unit.
    `when` are the periods that it speaks of. `home` is the section that a figure stands in.
    """

    noun: Noun
    key: str
    dossier: str
    title: str
    names: tuple[Name, ...]
    said: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    paragraphs: tuple[int, ...] = ()
    units: frozenset[str] = frozenset()
    when: tuple[When, ...] = ()
    home: str = ""
    named: frozenset[str] = frozenset()
    """The stems of all its names."""
    is_ahead: bool = False
    """Whether it tells of what is to come: a forecast, a target, or the section of one."""


def entries(library: Library) -> Iterator[Entry]:
    """All that can answer, dossier by dossier in their order."""
    for dossier in library.dossiers.values():
        yield _dossier(library, dossier)
        parts = {
            section.key: prose.parse(section.text, dossier.dossier)
            for section in dossier.sections.values()
        }
        ahead: dict[str, bool] = {}
        for figure in dossier.figures.values():
            entry = _figure(dossier, figure, parts)
            ahead[entry.home] = entry.is_ahead and ahead.get(entry.home, True)
            yield entry
        for section in dossier.sections.values():
            entry = _section(library, dossier, section, parts[section.key])
            yield replace(entry, is_ahead=ahead.get(section.key, False))
        for event in dossier.events.values():
            yield _event(dossier, event)
        for person in dossier.people.values():
            names = _names((person.name, *person.aliases))
            role = tuple(_sentences(person.role))
            entry = _entry("person", person.key, dossier, person.name, names, role)
            yield replace(entry, named=entry.named.union(entry.said))
        for term in dossier.terms.values():
            names = _names((term.name, *term.aliases))
            yield _entry("term", term.key, dossier, term.name, names, _sentences(term.means))


def spellings(library: Library) -> Iterator[str]:
    """Every folded word of the library, as often as it stands."""
    for item in library.dossiers.values():
        texts = [item.title, item.command, *item.aliases, item.lead, item.held_up or ""]
        for word, others in item.synonyms.items():
            texts += [word, *others]
        for figure in item.figures.values():
            texts += [figure.name, *figure.aliases]
        for person in item.people.values():
            texts += [person.name, *person.aliases]
        for term in item.terms.values():
            texts += [term.name, *term.aliases]
        for section in item.sections.values():
            texts += [section.title, *section.aliases, section.text]
        texts += [event.title for event in item.events.values()]
        texts += [person.role for person in item.people.values()]
        texts += [term.means for term in item.terms.values()]
        for text in texts:
            yield from fold(_REFERENCE.sub(" ", text)).split()


def proper_names(library: Library) -> frozenset[str]:
    """The stems of words that prose writes with a capital within a sentence, and never without;
    no everyday words, which stand in names too: "sea", "middle"."""
    texts = [
        _REFERENCE.sub(" ", section.text)
        for item in library.dossiers.values()
        for section in item.sections.values()
    ]
    capital = {fold(word) for text in texts for word in _CAPITAL.findall(text)}
    small = {
        part for text in texts for word in text.split() if word.islower() for part in stems(word)
    }
    return frozenset(stem(word) for word in capital - WORDS if " " not in word) - small - EVERYDAY


def synonyms(library: Library) -> Iterator[tuple[str, ...]]:
    """Each dossier's groups of words that say the same, the chosen one first; people's names."""
    for dossier in library.dossiers.values():
        for word, others in dossier.synonyms.items():
            yield (word, *others)
        for person in dossier.people.values():
            yield (person.name, *person.aliases)


def _entry(
    noun: Noun,
    key: str,
    dossier: Dossier,
    title: str,
    names: tuple[Name, ...],
    sentences: Iterable[Sentence],
    when: tuple[When, ...] = (),
) -> Entry:
    said: dict[str, tuple[int, ...]] = {}
    paragraphs: list[int] = []
    for number, (paragraph, words) in enumerate(sentences):
        paragraphs.append(paragraph)
        for place, word in enumerate(words[:STRIDE]):
            said[word] = (*said.get(word, ()), number * STRIDE + place)
    named = frozenset(word for name in names for word in name.words)
    where = tuple(paragraphs)
    return Entry(
        noun,
        key,
        dossier.dossier,
        title,
        names,
        said,
        where,
        when=tuple(dict.fromkeys(when)),
        named=named,
    )


def _names(texts: Iterable[str]) -> tuple[Name, ...]:
    found: dict[tuple[str, ...], Name] = {}
    for text in texts:
        if words := stems(text):
            found.setdefault(words, Name(text, words, tuple(dict.fromkeys(words))))
    return tuple(found.values())


def _label(key: str) -> str:
    return key.partition(".")[2].replace("_", " ")


def _sentences(text: str, paragraph: int = 0) -> Iterator[Sentence]:
    for part in _END.split(text):
        words = stems(part)
        if words:
            yield paragraph, words


def _plain(paragraph: Paragraph, shown: str = "") -> str:
    """A paragraph without its figures; `shown` stands for each."""
    return "".join(
        span.text if isinstance(span, prose.Words) else shown for span in paragraph.spans
    )


def _told(library: Library, paragraph: Paragraph) -> str:
    """A paragraph with the numbers of its figures."""
    return "".join(_told_span(library, span) for span in paragraph.spans)


def _told_span(library: Library, span: prose.Span) -> str:
    match span:
        case prose.Words(text):
            return text
        case Shown(key, period) if key in library.figures:
            values = {
                str(seen.value)
                for seen in library.figure(key).observations
                if period in {None, seen.period.text}
            }
            return f" {' '.join(sorted(values))} "
    return ""


def _numbers(text: str) -> frozenset[str]:
    """Numbers that are long enough to be looked for."""
    return frozenset(word for word in stems(text) if word[0].isdecimal() and len(word) > 1)


def _dossier(library: Library, item: Dossier) -> Entry:
    names = _names((item.title, item.command, item.dossier.replace("_", " "), *item.aliases))
    texts = [item.lead, *([item.held_up] if item.held_up else [])]
    parts = [part for text in texts for part in prose.parse(text, item.dossier)]
    said = (found for part in parts for found in _sentences(_plain(part)))
    when = tuple(_spoken(library, parts))
    return _entry("dossier", item.dossier, item, item.title, names, said, when=when)


def _figure(dossier: Dossier, item: Figure, texts: Mapping[str, Sequence[Paragraph]]) -> Entry:
    names = _names((item.name, _label(item.key), *item.aliases))
    said: list[Sentence] = []
    home = ""
    for section in dossier.sections.values():
        parts = texts[section.key]
        there = [part for part in parts if item.key in _shown(part)]
        if there and (not home or _label(section.key) == _label(item.key)):
            home = section.key
        if item.key in {f"{dossier.dossier}.{name}" for name in section.figures}:
            home = home or section.key
            there = list(parts)
        for part in there:
            pieces = _END.split(_plain(part, f" {_MARK} "))
            whole = _MARK not in "".join(pieces)
            said += [
                found for text in pieces if whole or _MARK in text for found in _sentences(text)
            ]
    sign = _SIGNS.get(item.unit.sign or "", "")
    named = f"{item.unit.one} {item.unit.other}" if _is_short(item.unit.other) else ""
    numbers = " ".join(str(seen.value) for seen in item.observations)
    units = frozenset(stems(f"{named} {sign}")) | _numbers(numbers)
    periods = tuple(dict.fromkeys(seen.period for seen in item.observations))
    entry = _entry("figure", item.key, dossier, item.name, names, said, when=periods)
    is_ahead = item.observations[-1].status in AHEAD
    return replace(entry, units=units, home=home, is_ahead=is_ahead)


def _is_short(unit: str) -> bool:
    """A unit, and no sentence such as "the volume of a year not stated"."""
    return len(unit.split()) <= 3


_SIGNS = {"$": "dollar dollars usd", "€": "euro euros eur", "£": "pound pounds gbp"}


def _shown(part: Paragraph) -> frozenset[str]:
    keys: set[str] = set()
    for span in part.spans:
        match span:
            case Shown(figure) | Shift(figure):
                keys.add(figure)
            case Share(figure, _, goal):
                keys |= {figure, goal}
    return frozenset(keys)


def _section(
    library: Library, dossier: Dossier, item: Section, parts: Sequence[Paragraph]
) -> Entry:
    names = _names((item.title, _label(item.key), *item.aliases))
    said = (
        found
        for number, part in enumerate(parts)
        for found in _sentences(_told(library, part), number)
    )
    when = tuple(_spoken(library, parts))
    return _entry("section", item.key, dossier, item.title, names, said, when=when)


def _event(dossier: Dossier, item: Event) -> Entry:
    names = _names((item.title,))
    return _entry(
        "event", item.key, dossier, item.title, names, _sentences(item.title), when=(item.date,)
    )


def _spoken(library: Library, parts: Iterable[Paragraph]) -> Iterator[When]:
    """The periods that prose speaks of: years as they stand, events, figures."""
    for part in parts:
        for span in part.spans:
            match span:
                case prose.Words(text):
                    for year in _YEAR.findall(text):
                        yield When.parse(year)
                case Dated(event) if event in library.events:
                    yield library.event(event).date
                case Shown(_, str(period)) | Shift(_, period):
                    yield When.parse(period)
