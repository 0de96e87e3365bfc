"""What somebody who is still typing may mean: things whose names begin so. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from heapq import nsmallest

from bot.content.answer import Hit
from bot.content.library import Library
from bot.content.spelling import fold

LAST = "\U0010ffff"
"""Sorts behind every letter."""


class _Beginnings:
    """Numbers of things by the beginnings of words."""

    def __init__(self, named: Iterable[tuple[int, str]]) -> None:
        found: dict[str, set[int]] = {}
        for number, word in named:
            found.setdefault(word, set()).add(number)
        self._words = sorted(found)
        self._numbers = [found[word] for word in self._words]

    def of(self, start: str) -> set[int]:
        """Those with a word that begins so."""
        at = bisect_left(self._words, start)
        until = bisect_left(self._words, start + LAST, at)
        return set().union(*self._numbers[at:until])


class Completion:
    """The figures, sections and dossiers of a library by the beginnings of their words."""

    def __init__(self, library: Library) -> None:
        known = list(_all(library))
        self._hits = [hit for hit, _, _ in known]
        numbered = list(enumerate(known))
        self._own = _Beginnings((at, word) for at, (_, own, _) in numbered for word in own)
        self._home = _Beginnings((at, word) for at, (_, _, home) in numbered for word in home)

    def find(self, text: str, limit: int) -> tuple[Hit, ...]:
        """Those in whose names each word of the text begins a word.

        First those whose own names have them all, then those that take some from their dossier's.
        """
        asked = fold(text).split()
        if not asked:
            return ()
        own = [self._own.of(word) for word in asked]
        best = set[int].intersection(*own)
        wider = set[int].intersection(
            *(found | self._home.of(word) for found, word in zip(own, asked, strict=True))
        )
        order = (*nsmallest(limit, best), *nsmallest(limit, wider - best))
        return tuple(self._hits[number] for number in order[:limit])


def _all(library: Library) -> Iterator[tuple[Hit, tuple[str, ...], tuple[str, ...]]]:
    """Each with the words of its own names, and of its dossier's."""
    for item in library.dossiers.values():
        names = (item.title, item.command, item.dossier, *item.aliases)
        home = _words(names)
        yield Hit("dossier", item.dossier, item.title, item.dossier), home, ()
        for figure in item.figures.values():
            hit = Hit("figure", figure.key, figure.name, item.dossier)
            yield hit, _words((figure.name, *figure.aliases)), home
        for section in item.sections.values():
            hit = Hit("section", section.key, section.title, item.dossier)
            yield hit, _words((section.title, *section.aliases)), home


def _words(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for name in names for word in fold(name).split()))
