"""What is no answer, however likely it looks: a number, a deed or a thing of another."""

from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import pairwise

from bot.content.actors import Actors
from bot.content.decide import pairs
from bot.content.entries import Entry
from bot.content.everyday import EVERYDAY
from bot.content.frames import SOFT
from bot.content.judge import Meaning, Verdict
from bot.content.leads import Kind
from bot.content.library import Library
from bot.content.spelling import is_number, stem
from bot.content.wordings import Wordings


class Bars:
    """Knows whose the numbers and deeds of a library are. Holds no state beyond it."""

    def __init__(
        self, library: Library, entries: Sequence[Entry], names: Set[str], told: Wordings
    ) -> None:
        """`names` are the stems of proper names, `told` the wordings of readers."""
        self._told = told
        self._actors = Actors(library, names)
        self._leads = {
            entry.dossier: entry.named | entry.said.keys()
            for entry in entries
            if entry.noun == "dossier"
        }
        self._homes = {entry.home for entry in entries if entry.home}
        figures = (entry.named for entry in entries if entry.noun == "figure")
        self._measured = frozenset[str]().union(*figures) - SOFT - EVERYDAY

    def is_of_another(self, asked: str, meaning: Meaning, found: Verdict, kind: Kind) -> bool:
        """Whether a question, `asked` as it was written, is about another than what was found."""
        words, entry = meaning.question.words, found.entry
        if kind in {"figure", "comparison"} and not meaning.question.rates <= _own(entry):
            # It is by the month, an average or a record: no sum of a year is told for that.
            return True
        if self._is_joined_to_a_stranger(words) or self._is_another_number(meaning, found):
            return True
        return not self._actors.is_acted(asked, words, entry, self._leads[entry.dossier])

    def _is_joined_to_a_stranger(self, words: Sequence[str]) -> bool:
        """Whether somebody stands with one whom nobody knows: "SOCAR and Gazprom"."""
        return any(
            joining == "and"
            and self._actors.is_known(one) != self._actors.is_known(other)
            and (self._is_unknown(one) or self._is_unknown(other))
            for (one, joining), (_, other) in pairwise(pairwise(words))
        )

    def _is_unknown(self, word: str) -> bool:
        root = stem(word)
        is_told = self._told.is_known(root) or root in SOFT or root in EVERYDAY
        return not is_told and not is_number(word)

    def _is_another_number(self, meaning: Meaning, found: Verdict) -> bool:
        """Whether a figure, or the section of one, is asked for what others are figures of."""
        if found.entry.noun != "figure" and found.entry.key not in self._homes:
            return False
        holds = self._told.holds(found.number)
        return any(
            not value and not self._measured.isdisjoint(term.others)
            for term, value in pairs(meaning, found)
            if holds.isdisjoint(term.others)
        )


def _own(entry: Entry) -> Set[str]:
    return entry.named | entry.units
