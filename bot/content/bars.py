"""What is no answer, however likely it looks: a number, a deed or a thing of another."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from itertools import pairwise

from bot.content.actors import Actors
from bot.content.amounts import measured, measures
from bot.content.asking import Question
from bot.content.decide import pairs
from bot.content.entries import Entry
from bot.content.everyday import EVERYDAY
from bot.content.frames import SAYING, SOFT
from bot.content.judge import Meaning, Verdict
from bot.content.leads import Kind
from bot.content.library import Library
from bot.content.periods import is_day, is_then
from bot.content.spelling import is_number, stem
from bot.content.wordings import Wordings

_MODES = frozenset({
    "ship", "ships", "ferry", "ferries", "road", "rail", "railway", "train", "trains", "truck",
    "trucks", "air", "plane", "sea",
})  # fmt: skip
_NARROWING = frozenset(["of", "for", "by", "from", "via"])
"""Behind these stands what a number is of."""
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")


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
        self._measures = {key: measures(figure) for key, figure in library.figures.items()}
        self._homes = {entry.home for entry in entries if entry.home}
        figures = (entry.named for entry in entries if entry.noun == "figure")
        self._measured = frozenset[str]().union(*figures) - SOFT - EVERYDAY

    def is_of_another(self, asked: str, meaning: Meaning, found: Verdict, kind: Kind) -> bool:
        """Whether a question, `asked` as it was written, is about another than what was found."""
        words, entry = meaning.question.words, found.entry
        if kind != "missing" and (
            self._is_a_rate(meaning.question, entry) or self._is_counted(meaning.question, entry)
        ):
            return True
        if self._is_joined_to_a_stranger(words) or self._is_another_number(meaning, found):
            return True
        if self._is_of_a_part(meaning, found) or _is_on_another_topic(meaning, found):
            return True
        if _is_another_day(meaning.question, entry) or _is_another_of_a_row(words, entry):
            return True
        return not self._actors.is_acted(asked, words, entry, self._leads[entry.dossier])

    def _is_a_rate(self, question: Question, entry: Entry) -> bool:
        """Whether it is asked by the month, for an average or a record: no sum of a year is told
        for that."""
        if entry.noun == "figure":
            return not question.rates <= entry.named | entry.units
        return entry.key in self._homes and not question.rates <= entry.named | entry.said.keys()

    def _is_counted(self, question: Question, entry: Entry) -> bool:
        """Whether it is counted in what a figure is no number of, kilometres of days."""
        if entry.noun != "figure" or question.counted < 0:
            return False
        asked = measured(question.words[question.counted])
        # A multiple or a change may be asked for by what it is of.
        return asked not in {"", "share"} and self._measures[entry.key].isdisjoint({asked, "times"})

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

    def _is_of_a_part(self, meaning: Meaning, found: Verdict) -> bool:
        """Whether a number is asked for that is narrower than a figure: "tons of copper", "empty
        containers", "by road"."""
        entry, words = found.entry, meaning.question.words
        if entry.noun != "figure":
            return False
        own = entry.named | entry.said.keys() | entry.units | self._leads[entry.dossier]
        if any(
            one == "by" and other in _MODES and stem(other) not in own
            for one, other in pairwise(words)
        ):
            return True
        holds = self._told.holds(found.number)
        for term, value in pairs(meaning, found):
            if value or term.kind == "everyday" or stem(term.word) in holds:
                continue
            if term.others or term.word not in words:
                return True
            at = words.index(term.word)
            follows = words[at + 1 : at + 2]
            before = [word for word in words[:at] if word not in {"the", "a", "an"}]
            if (before and before[-1] in _NARROWING) or (follows and stem(follows[0]) in own):
                return True
        return False


def _is_on_another_topic(meaning: Meaning, found: Verdict) -> bool:
    """Whether somebody's words are asked for on what an entry says nothing about."""
    words, entry = meaning.question.words, found.entry
    if entry.noun not in {"section", "event"} or "about" not in words[1:]:
        return False
    at = words.index("about")
    if SAYING.isdisjoint(words[:at]):
        return False
    topic = set(words[at + 1 :])
    return any(
        term.word in topic and term.others.keys().isdisjoint(entry.named | entry.said.keys())
        for term in meaning.terms
        if term.kind != "everyday"
    )


def _is_another_day(question: Question, entry: Entry) -> bool:
    """Whether a day is asked for that is none of those it speaks of: that something was in the
    autumn does not tell that it was on this day."""
    days = filter(is_day, question.periods)
    return entry.noun != "figure" and any(
        not any(is_then(known, day) for known in entry.when) for day in days
    )


def _is_another_of_a_row(words: Sequence[str], entry: Entry) -> bool:
    """Whether another one of a row is asked for, the 13th summit for the 12th."""
    asked = set(filter(_ORDINAL.fullmatch, words))
    known = set(filter(_ORDINAL.fullmatch, entry.named | entry.said.keys()))
    return bool(asked and known) and asked.isdisjoint(known)
