"""Which entry the words of a question speak for, as far as wordings tell: naive Bayes.

Multinomial, over the words of a wording and those side by side, each counted once; an entry that
is one of several answers has its share of the line.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

NOBODY = -1
"""Stands for what no entry answers."""
_UNSEEN = 0.03
"""What a word counts for that an entry was never asked by."""
_FARTHEST, _MILD = 15.0, 3.0
"""How far behind the likeliest an entry is told, and how much the second telling is evened out."""


@dataclass(frozen=True, slots=True)
class Voice:
    """What the words speak for. `behind` is by how much an entry is less likely than the likeliest,
    as a logarithm, 0 or below; `plain` and `even` the chances, as counted and evened out."""

    behind: Mapping[int, float]
    plain: Mapping[int, float]
    even: Mapping[int, float]

    def of(self, number: int) -> tuple[float, float, float]:
        """Behind, plain and even, of an entry or of `NOBODY`."""
        behind = max(self.behind.get(number, -_FARTHEST), -_FARTHEST)
        return behind, self.plain.get(number, 0.0), self.even.get(number, 0.0)


class Bayes:
    """Wordings as counts: how often an entry was asked by a word."""

    def __init__(self, lines: Sequence[tuple[Set[str], Set[str], Sequence[int]]]) -> None:
        """`lines`: the words, the pairs and the entries that answer; none for what nobody does."""
        counts: defaultdict[str, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
        asked: defaultdict[int, float] = defaultdict(float)
        sizes: defaultdict[int, float] = defaultdict(float)
        for words, pairs, answers in lines:
            share = 1 / max(len(answers), 1)
            for number in answers or (NOBODY,):
                asked[number] += share
                sizes[number] += share * (len(words) + len(pairs))
                for part in (*words, *pairs):
                    counts[part][number] += share
        unseen = _UNSEEN * len(counts)
        self._told = {
            part: [(number, math.log1p(count / _UNSEEN)) for number, count in of.items()]
            for part, of in counts.items()
        }
        self._first = {
            number: (math.log(count / len(lines)), math.log(_UNSEEN / (sizes[number] + unseen)))
            for number, count in asked.items()
        }

    def hear(self, words: Set[str], pairs: Set[str]) -> Voice:
        """Of a question with these."""
        known = [told for part in (*words, *pairs) if (told := self._told.get(part))]
        totals = {
            number: first + len(known) * unseen for number, (first, unseen) in self._first.items()
        }
        for told in known:
            for number, worth in told:
                totals[number] += worth
        most = max(totals.values(), default=0.0)
        behind = {
            number: total - most for number, total in totals.items() if total > most - _FARTHEST
        }
        return Voice(behind, _shares(behind, 1.0), _shares(behind, _MILD))


def _shares(behind: Mapping[int, float], mild: float) -> dict[int, float]:
    shares = {number: math.exp(total / mild) for number, total in behind.items()}
    whole = sum(shares.values())
    return {number: share / whole for number, share in shares.items()}
