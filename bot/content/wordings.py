"""How readers ask, learnt from the wordings of `questions.yaml`.

A thing is found by the words of its names and sentences, and by those that readers have used for
it. What was asked and is not covered stands against an answer.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from bot.content.asking import Question, read
from bot.content.bayes import Bayes, Voice
from bot.content.dates import When
from bot.content.entries import Entry, Noun
from bot.content.frames import SILENT, SOFT
from bot.content.leads import Lead, asked_on, parse
from bot.content.library import Library
from bot.content.nearness import Likeness, Nearness
from bot.content.spelling import fold, stem

NAMED, SAID = 2.0, 1.0
_SATURATED, _BY_LENGTH = 1.2, 0.6
"""The constants of BM25."""
_SURE = 0.3
"""Added to each count, so that one question proves little."""
PERIOD, PERIODS = "#period", "#periods"
_TODAY = date(2025, 1, 1)


def words_of(question: Question) -> frozenset[str]:
    """The stems of a question, and whether it names a period, or several."""
    marks = (PERIOD, PERIODS)[: len(question.periods)]
    # A letter alone tells of nothing, though "the B in EBRD" was asked for.
    return frozenset((*(stem(word) for word in question.words if len(word) > 1), *marks))


def pairs_of(question: Question) -> frozenset[str]:
    """The stems that stand side by side, of words that only join others too: "have lift"."""
    stems = [stem(word) for word in question.words]
    return frozenset(f"{one} {other}" for one, other in pairwise(stems))


class Wordings:
    """The wordings of a library, and what its entries say. Holds no state beyond them."""

    def __init__(
        self,
        entries: Sequence[Entry],
        asked: Iterable[tuple[str, Mapping[int, Lead]]],
        respell: Callable[[Question], Question] = lambda question: question,
        names: Set[str] = frozenset(),
    ) -> None:
        """`asked`: wordings, each with the numbers of the entries that answer and how it leads
        there; none for what is not covered. `respell` sets slips of the hand right: they tell as
        little of what is meant as in a question. `names` are the stems of proper names."""
        self.names = names
        lines: list[tuple[frozenset[str], frozenset[str], Sequence[int]]] = []
        self._docs = [_document(entry) for entry in entries]
        self._entries = entries
        self._around = {entry.dossier: entry.named for entry in entries if entry.noun == "dossier"}
        self._kin = _kin(entries)
        told: defaultdict[int, Counter[str]] = defaultdict(Counter)
        covered: Counter[str] = Counter()
        uncovered: Counter[str] = Counter()
        counts = [0, 0]
        self._same: dict[tuple[tuple[str, ...], tuple[When, ...]], tuple[int, Lead] | None] = {}
        for text, leads in asked:
            question = read(text, _TODAY)
            # A time that is no date ("in the nineties") is no ground to tell what dates there are.
            is_there = question.periods or any(lead.kind != "missing" for lead in leads.values())
            numbers = tuple(leads) if is_there else ()
            respelt = respell(question)
            words = words_of(respelt)
            # "Last year" is another one a year later.
            if not question.relative:
                first = next(iter(leads.items())) if numbers else None
                self._same.setdefault((question.words, question.periods), first)
            lines.append((words, pairs_of(respelt), numbers))
            for number in numbers:
                for word in words:
                    self._docs[number][word] += 1
                told[number].update(words)
            (covered if numbers else uncovered).update(words)
            counts[bool(numbers)] += 1
        self._count = Counter(word for document in self._docs for word in document)
        lengths = [sum(document.values()) for document in self._docs]
        average = sum(lengths) / max(len(lengths), 1) or 1.0
        self._length = [1 - _BY_LENGTH + _BY_LENGTH * length / average for length in lengths]
        self._told: defaultdict[str, dict[int, float]] = defaultdict(dict)
        for number, document in told.items():
            for word in document:
                self._told[word][number] = self._worth(word, number)
        self.nearness = Nearness([(words - SILENT, pairs, of) for words, pairs, of in lines])
        self.bayes = Bayes(lines)
        self._against = {
            word: math.log((uncovered[word] + _SURE) / (counts[0] + 2 * _SURE))
            - math.log((covered[word] + (word in self._count) + _SURE) / (counts[1] + 2 * _SURE))
            for word in covered.keys() | uncovered.keys() | self._count.keys()
        } if lines else {}  # fmt: skip

    @property
    def words(self) -> Set[str]:
        """All that stand in any of the wordings, but those that only join others."""
        return self.nearness.words

    def is_written(self, question: Question) -> bool:
        """Whether just these words were written down, of just these periods."""
        return (question.words, question.periods) in self._same

    def written(self, question: Question) -> tuple[int, Lead] | None:
        """The entry that was written down for them, and how; None for what is not covered.

        Raises KeyError where nothing was.
        """
        return self._same[question.words, question.periods]

    def rarity(self, word: str) -> float:
        count = self._count[word]
        return math.log1p((len(self._docs) - count + 0.5) / (count + 0.5))

    def is_known(self, word: str) -> bool:
        return word in self._count or word in self.nearness.words

    def against(self, word: str) -> float:
        """How much rather a word stands in what is not covered (above 0) than in what is."""
        return self._against.get(word, 0.0)

    def _worth(self, word: str, number: int) -> float:
        count = self._docs[number][word]
        length = self._length[number]
        return self.rarity(word) * count * (1 + _SATURATED) / (count + _SATURATED * length)

    def holds(self, number: int) -> Set[str]:
        """The words of an entry: its own, and those that it was asked by."""
        return self._docs[number].keys()

    def around(self, number: int) -> Set[str]:
        """The words of the names of an entry's dossier."""
        return self._around.get(self._entries[number].dossier, frozenset())

    def kin(self, number: int) -> Set[int]:
        """An entry itself and, of a figure and the section that it stands in, the other."""
        return self._kin[number]

    def score(self, words: Iterable[str], number: int) -> float:
        """How well an entry fits, in names, sentences and wordings."""
        document = self._docs[number]
        return sum(self._worth(word, number) for word in words if word in document)

    def found(self, words: Iterable[str], limit: int) -> list[int]:
        """The entries whose wordings share most with a question."""
        scores: defaultdict[int, float] = defaultdict(float)
        for word in words:
            for number, worth in self._told.get(word, {}).items():
                scores[number] += worth
        return [
            number for number, _ in sorted(scores.items(), key=lambda it: (-it[1], it[0]))[:limit]
        ]


def spelt_otherwise(text: str, corrected: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The words read as others that the reader did write so: not those of other alphabets."""
    plain = text.casefold()
    return (pair for pair in corrected if pair[0] != pair[1] and pair[0] in plain)


def spelt(texts: Iterable[str]) -> Counter[str]:
    """The folded words of wordings, each with how often it stands."""
    return Counter(word for text in texts for word in fold(text).split())


def taught(
    library: Library, numbers: Mapping[tuple[Noun, str], int]
) -> Iterator[tuple[str, dict[int, Lead]]]:
    """The wordings of a library, each with the numbers of the entries that it leads to."""
    for text, leads in library.questions.items():
        found: dict[int, Lead] = {}
        for lead in parse(leads):
            number = numbers.get((lead.noun, lead.key)) if lead.noun else None
            if number is not None:
                found.setdefault(number, lead)
        yield asked_on(text, date.min)[0], found


def _kin(entries: Sequence[Entry]) -> list[Set[int]]:
    sections = {
        entry.key: number for number, entry in enumerate(entries) if entry.noun == "section"
    }
    found: list[set[int]] = [{number} for number in range(len(entries))]
    for number, entry in enumerate(entries):
        if entry.home in sections:
            found[number].add(sections[entry.home])
            found[sections[entry.home]].add(number)
    return [frozenset(each) for each in found]


def _document(entry: Entry) -> defaultdict[str, float]:
    found: defaultdict[str, float] = defaultdict(float)
    for name in entry.names:
        for word in name.words:
            found[word] += NAMED
    for word in (*entry.said, *entry.units):
        found[word] += SAID
    return found


@dataclass(frozen=True, slots=True)
class Heard:
    """What the wordings say of a question and of the entries that may answer it.

    `scores` are of those entries; `total` is what an entry could score that holds all of it.
    `likeness` goes by words, `paired` by those that stand side by side too; `voice` is what all of
    them speak for. `against` are of its words, `unknown` how many nobody knows.
    """

    words: frozenset[str]
    scores: Mapping[int, float]
    total: float
    likeness: Likeness
    paired: Likeness
    voice: Voice
    against: tuple[float, ...]
    unknown: int


def hear(wordings: Wordings, question: Question, numbers: Iterable[int]) -> Heard:
    """Hold a question against the wordings."""
    words, pairs = words_of(question), pairs_of(question)
    telling = [word for word in words if word not in SILENT]
    return Heard(
        words,
        {number: wordings.score(words, number) for number in numbers},
        sum(map(wordings.rarity, telling)) or 1.0,
        *wordings.nearness.likeness(words - SILENT, pairs),
        wordings.bayes.hear(words, pairs),
        tuple(map(wordings.against, telling)),
        sum(not wordings.is_known(word) and word not in SOFT for word in telling),
    )
