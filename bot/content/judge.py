"""How well an entry answers a question: what of the question it covers, and what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Literal

from bot.content.asking import ORDINALS, Question
from bot.content.dates import When
from bot.content.entries import STRIDE, Entry, Name
from bot.content.frames import SILENT, SOFT

UNIT, SAID, AROUND = 0.9, 0.8, 0.55
"""What a word is worth in a figure's unit, in a sentence, in the dossier's names; in a name 1."""
UNKNOWN = 2.0
"""A word that no entry holds weighs so much more than the rarest one."""
CALLED = 0.7
"""A word that says the same as one of the names is worth more; a capital for its country less."""
FIT = 0.8
SOFT_SHARE = 0.15
SOFT_BONUS = 0.15
BARE = 0.8
PAIR = 2
TITLES = 3
"""A dossier's first names: title, command, key."""
CLOSE = 4
"""Two words as near as this stand for one thing; "first" only beside what it is said of."""


TermKind = Literal["topic", "everyday", "property"]


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the question that says what about: stems that would do, each with its worth."""

    word: str
    others: Mapping[str, float]
    weight: float
    kind: TermKind = "topic"

    def worth(self, words: Set[str]) -> float:
        """What the best of the stems among `words` is worth; 0 without one."""
        # Most entries hold most words not at all, and that is soon seen.
        if self.others.keys().isdisjoint(words):
            return 0.0
        return max(self.others[stem] for stem in self.others if stem in words)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question in the words of a library. `stems` are of all its words, slips set right.

    `total` is the weight of all terms, `rarest` that of the rarest word there is.
    """

    question: Question
    terms: tuple[Term, ...]
    stems: tuple[str, ...]
    rarest: float
    total: float
    has_unknown: bool
    corrected: tuple[tuple[str, str], ...]
    by_stem: Mapping[str, Term]
    """Each stem that would do, with the term that it is worth most to."""
    idle: int = 0
    """Everyday words that the library does not have."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score` orders entries. The rest are shares of the question, 0 to 1.

    `coverage` is in the entry at all, `united` in one name or sentence of it beside its title
    and its dossier, `named` in its names, `fit` how near its nearest name
    comes. `is_full` tells that the question holds a whole name, `is_measured` that it holds a
    figure's unit, `is_close` that words found only in sentences stand side by side there,
    `is_own` that it is named by more than its dossier's names, `is_called` that names, its
    dossier's among them, and unit hold every word, and no sentence is needed.
    """

    entry: Entry
    number: int
    score: float
    coverage: float
    named: float
    fit: float
    united: float
    is_full: bool
    is_measured: bool
    is_close: bool
    is_own: bool
    is_called: bool
    has_period: bool
    paragraph: int
    held: tuple[float, ...] = ()
    """What each term of the question is worth in it, 0 where it lacks it."""
    joined: float = 1.0
    """`united`, everyday words left out; 1 where there are no others."""


def judge(meaning: Meaning, entry: Entry, number: int, around: frozenset[str]) -> Verdict:
    """Weigh one entry; `around` are the words of its dossier's names."""
    given = around.union(entry.names[0].words if entry.names else ())
    found = _Found(given)
    for term in meaning.terms:
        found.add(term, entry, around)
    found.settle(entry)
    fit, is_full, softs = _nearest_name(meaning, entry)
    question, total = meaning.question, meaning.total
    has_period = speaks_of(entry, question.periods)
    worth = found.worth
    if question.periods:
        total += meaning.rarest
        worth += meaning.rarest * has_period
    score = worth / total if total else 0.0
    score += FIT * fit + SOFT_BONUS * softs + _leaning(meaning, entry, fit, is_full, found)
    return Verdict(
        entry=entry,
        number=number,
        score=score,
        coverage=found.covered / meaning.total if meaning.total else 0.0,
        named=found.named / meaning.total if meaning.total else 0.0,
        fit=fit,
        united=_united(meaning, entry, given, found.by_paragraph(entry)),
        is_full=is_full,
        is_measured=found.is_measured,
        is_close=found.is_close,
        is_own=found.is_own,
        is_called=found.is_called,
        has_period=has_period,
        paragraph=found.paragraph,
        held=tuple(found.held),
        joined=_joined(meaning, entry, given, found),
    )


def speaks_of(entry: Entry, periods: Sequence[When]) -> bool:
    """Whether all the periods asked for are among those that the entry speaks of."""
    return all(any(_overlap(asked, known) for known in entry.when) for asked in periods)


def _overlap(asked: When, known: When) -> bool:
    if None in {asked.first, asked.last, known.first, known.last}:
        return False
    (start, end), (first, last) = asked.order(), known.order()
    return start <= last and first <= end


def _united(
    meaning: Meaning, entry: Entry, given: frozenset[str], tallies: Mapping[int, float]
) -> float:
    """What share one name or one sentence holds, the title and the dossier's names given."""
    if not meaning.total:
        return 0.0
    held, rest = 0.0, []
    for term in meaning.terms:
        if term.others.keys().isdisjoint(given):
            rest.append(term)
        else:
            held += term.weight
    best = max(tallies.values(), default=0.0)
    for name in entry.names if rest else ():
        if not meaning.by_stem.keys().isdisjoint(name.distinct):
            words = frozenset(name.distinct)
            best = max(best, sum(term.weight for term in rest if term.worth(words)))
    return (held + best) / meaning.total


def _joined(meaning: Meaning, entry: Entry, given: frozenset[str], found: _Found) -> float:
    terms = tuple(term for term in meaning.terms if term.kind != "everyday")
    total = sum(term.weight for term in terms)
    if not total:
        return 1.0
    solid = replace(meaning, terms=terms, total=total)
    return _united(solid, entry, given, found.by_paragraph(entry, solid=True))


class _Found:
    """What of a question one entry holds: in its names, its unit, its best sentence."""

    def __init__(self, given: frozenset[str]) -> None:
        self._given = given
        self._where: list[tuple[float, set[int], bool]] = []
        self._said: list[tuple[float, set[int]]] = []
        self.worth = self.covered = self.named = 0.0
        self.is_measured = self.is_own = self._is_named = False
        self.is_close = self.is_called = self._is_grounded = True
        self.paragraph = 0
        self.held: list[float] = []
        self._sentences: dict[int, list[float]] = {}
        self._places: list[tuple[bool, tuple[int, ...], int]] = []

    def add(self, term: Term, entry: Entry, around: frozenset[str]) -> None:
        base = named = term.worth(entry.named)
        near = term.worth(around)
        self._is_named |= base > 0
        self.is_own |= base > 0 and not near
        self.named += term.weight * base
        if entry.units and (unit := term.worth(entry.units)):
            self.is_measured = True
            base = max(base, unit * UNIT)
        base = max(base, AROUND * near)
        self.worth += term.weight * base
        self.covered += term.weight if base else 0.0
        # Baku may stand for Azerbaijan, but what is said of one is no figure of the other.
        self.is_called &= base > CALLED * AROUND or term.kind == "everyday"
        said = term.worth(entry.said.keys())
        places = (
            tuple(at for stem in term.others for at in entry.said.get(stem, ())) if said else ()
        )
        reach = 1 if term.word in ORDINALS else CLOSE
        self._places.append((base > 0, places, reach))
        self._is_grounded &= bool(places) or named > 0
        more = max(SAID * said - base, 0.0)
        self.held.append(base + more)
        is_given = not term.others.keys().isdisjoint(self._given)
        numbers = {place // STRIDE for place in places}
        # The title says what it is about: what it does not say tells the paragraph.
        self._said.append((term.weight * (0.5 if is_given else 1.0), numbers))
        if not is_given:
            self._where.append((term.weight, numbers, term.kind != "everyday"))
        for number in numbers:
            here = self._sentences.setdefault(number, [0.0, 0.0, 0.0])
            here[0] += term.weight
            here[1] += term.weight * more
            here[2] += 0.0 if base else term.weight

    def by_paragraph(self, entry: Entry, *, solid: bool = False) -> Mapping[int, float]:
        """What share each paragraph holds: what one sentence begins, the next one says."""
        found: dict[int, float] = {}
        for weight, numbers, is_solid in self._where:
            for number in {entry.paragraphs[at] for at in numbers} if is_solid or not solid else ():
                found[number] = found.get(number, 0.0) + weight
        return found

    def settle(self, entry: Entry) -> None:
        """Take the sentence that says most."""
        if not self._sentences:
            return
        scored = self._sentences
        newest = max(scored, key=lambda number: (scored[number][1:], -number))
        self.worth += scored[newest][1]
        self.covered += scored[newest][2]
        held: dict[int, float] = {}
        for weight, numbers in self._said:
            for paragraph in {entry.paragraphs[number] for number in numbers}:
                held[paragraph] = held.get(paragraph, 0.0) + weight
        first = entry.paragraphs[newest]
        self.paragraph = max(held, key=lambda number: (held[number], number == first, -number))
        # In a dossier on Armenia a sentence on trade is not yet one on the trade of Armenia.
        self.is_close = self._touches() and (self._is_grounded or self.is_own)

    def _touches(self) -> bool:
        """Whether each word that only sentences hold stands near another of the question."""
        for number, (is_based, places, reach) in enumerate(self._places):
            is_loose = reach == CLOSE and self._is_named and len(self._places) > PAIR
            if is_based or not places or is_loose:
                continue
            rest = [
                at
                for other, (_, ats, _) in enumerate(self._places)
                if other != number
                for at in ats
            ]
            if rest and not any(abs(at - other) <= reach for at in places for other in rest):
                return False
        return True


def _nearest_name(meaning: Meaning, entry: Entry) -> tuple[float, bool, int]:
    """How near a name comes (0 to 1), whether one is held whole, and its asking words held."""
    best, is_full, softs = 0.0, False, 0
    for name in entry.names:
        if name.words == meaning.stems:
            return 1.0, True, 3
        if meaning.by_stem.keys().isdisjoint(name.distinct):
            continue
        fit, whole, soft = _fit(meaning, name)
        best = max(best, fit)
        if whole:
            is_full, softs = True, max(softs, soft)
    return best, is_full, softs


def _fit(meaning: Meaning, name: Name) -> tuple[float, bool, int]:
    used = matched = wanted = 0.0
    softs, whole = 0, True
    for stem in name.distinct:
        if stem in SILENT:
            continue
        if stem in SOFT:
            held = stem in meaning.stems
            wanted += SOFT_SHARE * meaning.rarest
            matched += SOFT_SHARE * meaning.rarest * held
            softs += held
            whole &= held
            continue
        term = meaning.by_stem.get(stem)
        if term is None:
            wanted += meaning.rarest / 2
            whole = False
        else:
            wanted += term.weight
            matched += term.weight * term.others[stem]
            used += term.weight
    if not used:
        return 0.0, False, 0
    return matched / (wanted + max(meaning.total - used, 0.0)), whole, softs


def _leaning(meaning: Meaning, entry: Entry, fit: float, is_full: bool, found: _Found) -> float:
    """What kind of answer the question leans to."""
    question = meaning.question
    match entry.noun:
        case "person":
            return 0.3 if question.asks_who else -0.3 if question.asks_when else 0.05
        case "event":
            return 0.4 if question.asks_when else -0.4
        case "section":
            return -0.2 if question.asks_when else 0.0
        case "term":
            return 0.2 if question.asks_meaning else -0.1
        case "dossier":
            # What only an alias of the dossier names is rather the thing of that name in it.
            titles = (_fit(meaning, name)[0] for name in entry.names[:TITLES])
            own = 0.1 if fit > BARE and max(titles, default=0.0) > BARE else -0.05
            return own if fit > BARE and question.is_bare else -0.6 if question.asks_when else -0.3
        case "figure":
            lean = 0.0
            if question.asks_when or question.asks_who:
                lean -= 0.4
            elif question.asks_quantity:
                lean += 0.5 if found.is_measured else 0.3
            elif (question.asks_change or len(question.periods) > 1) and len(entry.when) > 1:
                lean += 0.3
            elif is_full:
                lean += 0.15
            return lean
    return 0.0
