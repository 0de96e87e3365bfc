"""How near a question comes to wordings that were written down, by the parts that both have."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from heapq import nlargest

COMMON = 400
"""Wordings; a part of more than these brings none near by itself: "what", "how"."""
LEAST = 0.15
"""How near a wording comes at least that is told of."""
NEAREST, BESIDE = 12, 0.7
"""How many of the nearest wordings vote, and for how much in an answer that is not the first."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near a question comes to wordings, 0 to 1: to those of each entry, to those of none.

    `seconds` is how near the second nearest of an entry is. `votes` are what share of the nearest
    wordings, the nearer the more, an entry answers; `uncovered_votes` that of those without answer.
    """

    entries: Mapping[int, float]
    seconds: Mapping[int, float]
    uncovered: float
    votes: Mapping[int, float]
    uncovered_votes: float


class Nearness:
    """Wordings as their words and their pairs of words, each with the entries that answer it."""

    def __init__(self, lines: Sequence[tuple[Set[str], Set[str], Sequence[int]]]) -> None:
        self._answers = [answers for _, _, answers in lines]
        shares = Counter(part for words, pairs, _ in lines for part in (*words, *pairs))
        # The rarer the more; most of all what stands in none.
        self._most = math.log1p(len(lines)) ** 2
        self._worth = {
            part: math.log1p(len(lines) / (1 + share)) ** 2 for part, share in shares.items()
        }
        self._words = frozenset(word for words, _, _ in lines for word in words)
        having: defaultdict[str, set[int]] = defaultdict(set)
        for number, (words, pairs, _) in enumerate(lines):
            for part in (*words, *pairs):
                having[part].add(number)
        self._having = {part: frozenset(numbers) for part, numbers in having.items()}
        self._by_words = [self._norm(words) for words, _, _ in lines]
        self._by_pairs = [self._norm((*words, *pairs)) for words, pairs, _ in lines]

    @property
    def words(self) -> Set[str]:
        """All that stand in any of the wordings."""
        return self._words

    def _norm(self, parts: Iterable[str]) -> float:
        worth, most = self._worth, self._most
        return math.sqrt(sum([worth.get(part, most) for part in parts])) or 1.0

    def likeness(self, words: Set[str], pairs: Set[str]) -> tuple[Likeness, Likeness]:
        """Of a question with these: by its words alone, and by its words and pairs together."""
        products: dict[int, float] = {}
        near = self._near((*words, *pairs))
        self._add(products, words, near)
        by_words = self._likeness(products, self._norm(words), self._by_words)
        self._add(products, pairs, near)
        return by_words, self._likeness(products, self._norm((*words, *pairs)), self._by_pairs)

    def _near(self, parts: Iterable[str]) -> Set[int]:
        """The wordings that have a part in common which is not common to many."""
        found = [numbers for part in parts if (numbers := self._having.get(part))]
        rare = [numbers for numbers in found if len(numbers) <= COMMON]
        return frozenset().union(*(rare or found))

    def _add(self, products: dict[int, float], parts: Set[str], near: Set[int]) -> None:
        for part in parts:
            numbers = self._having.get(part)
            if numbers is None:
                continue
            worth = self._worth[part]
            for number in numbers if len(numbers) <= COMMON else numbers & near:
                products[number] = products.get(number, 0.0) + worth

    def _likeness(
        self, products: Mapping[int, float], size: float, sizes: Sequence[float]
    ) -> Likeness:
        """By the cosines."""
        least = LEAST * size
        shares = [
            (product / (size * sizes[number]), number)
            for number, product in products.items()
            if product > least * sizes[number]
        ]
        best: dict[int, float] = {}
        seconds: dict[int, float] = {}
        uncovered = 0.0
        for share, number in shares:
            answers = self._answers[number]
            if not answers and share > uncovered:
                uncovered = share
            for entry in answers:
                most = best.get(entry, 0.0)
                if share > most:
                    best[entry], seconds[entry] = share, most
                elif share > seconds.get(entry, 0.0):
                    seconds[entry] = share
        return Likeness(best, seconds, uncovered, *self._votes(nlargest(NEAREST, shares)))

    def _votes(self, nearest: Sequence[tuple[float, int]]) -> tuple[dict[int, float], float]:
        """What share of these lines each entry answers, and of how many nobody does."""
        votes: defaultdict[int, float] = defaultdict(float)
        uncovered = 0.0
        for share, number in nearest:
            answers = self._answers[number]
            if not answers:
                uncovered += share**2
            for at, entry in enumerate(answers):
                votes[entry] += share**2 * (BESIDE if at else 1.0)
        total = sum(share**2 for share, _ in nearest) or 1.0
        return {entry: vote / total for entry, vote in votes.items()}, uncovered / total
