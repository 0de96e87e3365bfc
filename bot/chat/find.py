"""Finding by name: dossiers, sections and figures by title, alias or synonym, mistyped or not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz, process

from bot.content.library import Library
from bot.content.model import Dossier
from bot.render.buttons import nav
from bot.render.message import Button

SURE = 82
"""How alike (0 to 100) words must be to be taken for what was meant."""
NEAR = 45
OFFERED = 3
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Found:
    """Something of the library; `period` is a figure's, where the words named one."""

    noun: Literal["dossier", "section", "figure"]
    key: str
    title: str
    period: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """Names of things, each with what it names."""

    names: tuple[str, ...]
    things: tuple[Found, ...]


def fold(text: str) -> str:
    """Case, accents and marks evened out."""
    flat = unicodedata.normalize("NFKD", text.casefold())
    kept = (char if char.isalnum() else " " for char in flat if not unicodedata.combining(char))
    return " ".join("".join(kept).split())


def _names(item: Dossier) -> Iterator[tuple[str, Found]]:
    here = Found("dossier", item.dossier, item.title)
    for name in (item.dossier, item.command, item.title, *item.aliases):
        yield name, here
    for section in item.sections.values():
        found = Found("section", section.key, f"{item.title}: {section.title}")
        for name in (section.title, section.key.partition(".")[2], *section.aliases):
            yield name, found
    for figure in item.figures.values():
        found = Found("figure", figure.key, figure.name)
        for name in (figure.name, figure.key.partition(".")[2], *figure.aliases):
            yield name, found
            yield f"{item.title} {name}", found


def _index(dossiers: Iterable[Dossier]) -> Index:
    pairs = [(fold(name), found) for item in dossiers for name, found in _names(item)]
    return Index(tuple(name for name, _ in pairs), tuple(found for _, found in pairs))


@dataclass(frozen=True)
class _Key:
    """A library as a key of the cache: equal by its hash."""

    it: Library

    def __hash__(self) -> int:
        return hash(self.it.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.it.hash == self.it.hash


@lru_cache(maxsize=4)
def _whole(key: _Key) -> Index:
    return _index(key.it.dossiers.values())


def index(library: Library) -> Index:
    return _whole(_Key(library))


def _best(names: Index, asked: str, least: float, noun: str = "") -> Found | None:
    for _, score, number in process.extract(
        asked, names.names, scorer=fuzz.WRatio, score_cutoff=least, limit=12
    ):
        found = names.things[number]
        # Part of a long name is not the name: "gas" is not in "bypassing Russia".
        if noun in {"", found.noun} and fuzz.token_sort_ratio(asked, names.names[number]) >= least:
            return found if score else None
    return None


def dossier(library: Library, asked: str) -> Dossier | None:
    """The dossier of that name."""
    found = _best(index(library), fold(asked), SURE, "dossier")
    return library.dossier(found.key) if found else None


def figure(library: Library, asked: str) -> Found | None:
    """The figure of that name, with the year that the words hold."""
    plain, period = _split_year(asked)
    found = _best(index(library), fold(plain), SURE, "figure")
    return _dated(library, found, period) if found else None


def within(library: Library, item: Dossier, asked: str) -> Found | None:
    """The best section or figure of one dossier; a year alone names its first figure of it."""
    plain, period = _split_year(asked)
    if not fold(plain):
        if not period:
            return None
        for known in item.figures.values():
            if any(seen.period.text == period for seen in known.observations):
                return Found("figure", known.key, known.name, period)
        return None
    found = _best(_index((item,)), fold(plain), SURE)
    return _dated(library, found, period) if found else None


def _dated(library: Library, found: Found, period: str) -> Found | None:
    """With a year, the figure of just that year, or nothing: never a neighbour's number."""
    if found.noun != "figure" or not period:
        return found
    known = {seen.period.text for seen in library.figure(found.key).observations}
    return Found("figure", found.key, found.title, period) if period in known else None


def _split_year(asked: str) -> tuple[str, str]:
    year = YEAR.search(asked)
    return (YEAR.sub(" ", asked), year.group()) if year else (asked, "")


def anything(library: Library, asked: str) -> Found | None:
    """What these words name, if they name something."""
    plain, period = _split_year(asked)
    found = _best(index(library), fold(plain), SURE)
    return _dated(library, found, period) if found else None


def nearest(library: Library, asked: str) -> tuple[Button, ...]:
    """Up to three things that come nearest, a button each."""
    names = index(library)
    offered: dict[Found, None] = {}
    for _, _, number in process.extract(
        fold(asked), names.names, scorer=fuzz.WRatio, score_cutoff=NEAR, limit=30
    ):
        offered.setdefault(names.things[number])
        if len(offered) == OFFERED:
            break
    return tuple(open_button(found) for found in offered)


VERBS = {"dossier": "d", "section": "s", "figure": "f"}


def open_button(found: Found) -> Button:
    return nav(found.title, VERBS[found.noun], found.key)
