"""Finding the entries that share words with a question, out of many. In memory, in plain Python.

A thousand dossiers are some ten thousand entries: a search engine would save a millisecond, and
weigh seventeen megabytes (`make bench` measures it).
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from operator import neg
from typing import Protocol

NAMED = 3.0
"""How much more a word of a name weighs than one of a sentence."""
FEW, MANY = 150, 600
"""Once a few entries hold the rarer words of a question, those with common ones only are let be:
whatever the words, once there are more than `FEW`; of words that `MANY` hold, at once. Where a
question has no other, the `FEW` that it says most of are looked at."""
_SATURATED, _BY_LENGTH = 1.2, 0.75
"""The usual constants of BM25."""


@dataclass(frozen=True, slots=True)
class Words:
    """An entry as a finder sees it: the stems of its names, and of its sentences and dossier."""

    named: Set[str]
    said: Set[str]
    dossier: str


class Finder(Protocol):
    """Whatever ranks entries by the words that they share with a question."""

    def find(self, words: Iterable[str], limit: int, dossier: str = "") -> Sequence[int]:
        """Numbers of entries, the likeliest first; of one dossier if given."""
        ...


class Postings:
    """BM25 over each word's entries."""

    def __init__(self, entries: Sequence[Words]) -> None:
        self._held: defaultdict[str, dict[int, float]] = defaultdict(dict)
        self._of: defaultdict[str, set[int]] = defaultdict(set)
        for number, entry in enumerate(entries):
            self._of[entry.dossier].add(number)
        self._weigh([entry.named for entry in entries], NAMED)
        self._weigh([entry.said for entry in entries], 1.0)
        self._most = {
            word: dict(heapq.nlargest(FEW, held.items(), key=lambda item: (item[1], -item[0])))
            for word, held in self._held.items()
            if len(held) > MANY
        }

    def _weigh(self, texts: Sequence[Set[str]], boost: float) -> None:
        """Rare words of short texts weigh most."""
        count = Counter(word for text in texts for word in text)
        rarity = {
            word: boost * math.log1p((len(texts) - held + 0.5) / (held + 0.5))
            for word, held in count.items()
        }
        average = sum(count.values()) / max(len(texts), 1) or 1.0
        for number, text in enumerate(texts):
            length = 1 - _BY_LENGTH + _BY_LENGTH * len(text) / average
            share = (1 + _SATURATED) / (1 + _SATURATED * length)
            for word in text:
                held = self._held[word]
                held[number] = held.get(number, 0.0) + rarity[word] * share

    def find(self, words: Iterable[str], limit: int, dossier: str = "") -> Sequence[int]:
        rarest_first = sorted(
            ((self._held[word], word) for word in words if word in self._held),
            key=lambda item: len(item[0]),
        )
        scores: dict[int, float] = {}
        for held, word in rarest_first:
            if not scores and not dossier:
                scores = dict(self._most.get(word, held))
                continue
            is_idle = len(scores) > FEW or (len(scores) >= limit and len(held) > MANY)
            _add(scores, held, scores.keys() & held.keys() if is_idle else held)
        if dossier:
            scores = {number: scores[number] for number in scores.keys() & self._of[dossier]}
        best = heapq.nlargest(limit, zip(scores.values(), map(neg, scores), strict=True))
        return [-number for _, number in best]


def _add(scores: dict[int, float], held: Mapping[int, float], numbers: Iterable[int]) -> None:
    for number in numbers:
        scores[number] = scores.get(number, 0.0) + held[number]
