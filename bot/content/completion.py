"""What somebody who is still typing may mean: things whose names begin so. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.content.library import Library
from bot.content.search import Hit
from bot.content.spelling import fold


@dataclass(frozen=True, slots=True)
class _Named:
    hit: Hit
    words: tuple[str, ...]
    home: tuple[str, ...]
    """The words of its own names, and those of its dossier's."""


class Completion:
    """The figures, sections and dossiers of a library by the beginnings of their words."""

    def __init__(self, library: Library) -> None:
        self._named = tuple(_all(library))

    def find(self, text: str, limit: int) -> tuple[Hit, ...]:
        """Those in whose names each word of the text begins a word.

        First those whose own names have them all, then those that take some from their dossier's.
        """
        asked = fold(text).split()
        if not asked:
            return ()
        own: list[Hit] = []
        wider: list[Hit] = []
        for named in self._named:
            left = [word for word in asked if not _begins(word, named.words)]
            if not left:
                own.append(named.hit)
            elif len(own) < limit and all(_begins(word, named.home) for word in left):
                wider.append(named.hit)
            if len(own) >= limit:
                break
        return (*own, *wider)[:limit]


def _begins(word: str, words: Iterable[str]) -> bool:
    return any(one.startswith(word) for one in words)


def _all(library: Library) -> Iterator[_Named]:
    for item in library.dossiers.values():
        names = (item.title, item.command, item.dossier, *item.aliases)
        home = _words(names)
        yield _Named(Hit("dossier", item.dossier, item.title, item.dossier), home, ())
        for figure in item.figures.values():
            hit = Hit("figure", figure.key, figure.name, item.dossier)
            yield _Named(hit, _words((figure.name, *figure.aliases)), home)
        for section in item.sections.values():
            hit = Hit("section", section.key, section.title, item.dossier)
            yield _Named(hit, _words((section.title, *section.aliases)), home)


def _words(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for name in names for word in fold(name).split()))
