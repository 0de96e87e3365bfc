"""A question in the words of a library: stems, synonyms, other spellings, slips of the hand."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from bot.content.asking import Question
from bot.content.entries import Entry, spellings
from bot.content.frames import FRAMES, SILENT, SOFT
from bot.content.judge import UNKNOWN, Meaning, Term
from bot.content.library import Library
from bot.content.spelling import Speller, stem
from bot.content.vocabulary import Compounds, by_first, frequencies, groups_and_phrases, held

SYNONYM, SLIP = 0.95, 0.85
SHORTEST_FRAME = 5
_DATED = frozenset({"day", "year"})
_MOST_WORDS = 24
_MOST_OTHERS = 16


class Reader:
    """Knows a library's words. Holds no state beyond them."""

    def __init__(self, library: Library, entries: Sequence[Entry], known: Compounds) -> None:
        self._size = len(entries)
        self._compounds = by_first(known)
        self._count = frequencies(entries)
        self._groups, self._phrases = groups_and_phrases(library)
        spelt = Counter(spellings(library))
        spelt.update(FRAMES)
        self._speller = Speller(spelt)

    def understand(self, question: Question) -> Meaning:
        words = question.words[:_MOST_WORDS]
        stemmed = tuple(stem(word) for word in words)
        rarest = math.log1p(self._size / 0.5)
        phrased = self._phrased(stemmed)
        terms: dict[str, Term] = {}
        unknown: list[str] = []
        for token in held(stemmed, self._compounds):
            terms[token] = Term(token, {token: 1.0}, self._weight({token: 1.0}, rarest))
        corrected: list[tuple[str, str]] = []
        seen = list(stemmed)
        for at, (word, root) in enumerate(zip(words, stemmed, strict=True)):
            others: dict[str, float] = {}
            if root in SOFT and at not in phrased and at != question.counted:
                continue
            if root in SILENT:
                continue
            if word.isdecimal() or (word in _DATED and question.asks_when):
                continue
            if self._count[root] or root in self._groups:
                self._widen(others, root, 1.0)
            if at in phrased:
                for other in phrased[at]:
                    others[other] = max(others.get(other, 0.0), SYNONYM)
            if not others:
                meant = self._speller.meant(word)
                if meant and stem(meant[0]) in SOFT:
                    # A topic is lost where it is taken for a word that asks: one slip, no more.
                    if len(word) > SHORTEST_FRAME and self._speller.meant(word, 1) == meant:
                        seen[at] = stem(meant[0])
                        continue
                    meant = ()
                if meant:
                    seen[at] = stem(meant[0])
                    corrected.append((word, meant[0]))
                else:
                    unknown.append(word)
                for other in meant:
                    self._widen(others, stem(other), SLIP)
            terms.setdefault(root, Term(word, others, self._weight(others, rarest)))
        found = tuple(terms.values())
        total = sum(term.weight for term in found)
        by_stem: dict[str, Term] = {}
        for term in found:
            for other, worth in term.others.items():
                if other not in by_stem or worth > by_stem[other].others[other]:
                    by_stem[other] = term
        return Meaning(
            question,
            found,
            tuple(seen),
            rarest,
            total,
            bool(unknown),
            tuple(corrected),
            by_stem,
        )

    def _widen(self, others: dict[str, float], root: str, factor: float) -> None:
        others[root] = max(others.get(root, 0.0), factor)
        for group in self._groups.get(root, ())[:_MOST_OTHERS]:
            for other in group:
                others.setdefault(other, factor * SYNONYM)

    def _weight(self, others: dict[str, float], rarest: float) -> float:
        """Rare words say more; a word that nothing holds says most."""
        known = max((self._count[other] for other in others), default=0)
        return math.log1p(self._size / known) if known else UNKNOWN * rarest

    def _phrased(self, stemmed: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
        """Words that together are a synonym: place to the stems that would do."""
        found: dict[int, tuple[str, ...]] = {}
        for at, first in enumerate(stemmed):
            for phrase, others in self._phrases.get(first, ()):
                if stemmed[at : at + len(phrase)] == phrase:
                    found.update(dict.fromkeys(range(at, at + len(phrase)), others))
        return found
