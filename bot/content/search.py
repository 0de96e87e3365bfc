"""Answering a question from what is written: a section, a figure, two periods, or nothing.

A question is read (`asking`), its words are matched to the library's own (stems, synonyms, other
spellings, slips of the hand), entries that share them are found, and each is judged. What covers
too little of the question is no answer: a neighbour's number is never given for the one asked.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Literal, Self

from bot.content.asking import Question, read
from bot.content.dates import When
from bot.content.entries import Entry, Noun, entries, spellings
from bot.content.finder import Finder, Tantivy, Words
from bot.content.frames import FRAMES, GROWING, SOFT
from bot.content.judge import UNKNOWN, Meaning, Term, Verdict, judge
from bot.content.library import Library
from bot.content.periods import chosen_periods, figure_kind, period_of
from bot.content.spelling import Speller, stem
from bot.content.vocabulary import (
    by_first,
    compounds,
    frequencies,
    groups_and_phrases,
    held,
    with_compounds,
)

Kind = Literal[
    "section", "figure", "comparison", "dossier", "person", "term", "event", "missing", "none"
]
SYNONYM, SLIP = 0.95, 0.85
ENOUGH, WHOLE = 0.8, 0.99
MOST = 0.6
SHORT = 3
SHORTEST_FRAME = 5
FOUND = 20
OFFERED = 3
NEAR = 0.4
"""Beside an answer, what scores less than this share of it is not offered."""
_GROWING = frozenset(stem(word) for word in GROWING)
_MOST_WORDS = 24
_MOST_OTHERS = 16


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that answers, or comes near. `period` and `base` are EDTF texts of a figure.

    `paragraph` is the one of a section that comes nearest, from 0. `name` is the dossier's title.
    """

    kind: Kind
    key: str
    title: str
    dossier: str
    period: str = ""
    base: str = ""
    paragraph: int = 0
    home: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`best` is None where nothing answers; `missing` names the figure whose period is lacking.

    `others` are the next three. `reason` says where the answer stands: "Middle Corridor, Transit
    time". `corrected` are words that were read as others. `lacking` are the periods asked for that
    the figure does not have; none where a change was asked of one period. `is_blank` tells that
    no word says what about.
    """

    kind: Kind
    best: Hit | None
    others: tuple[Hit, ...]
    reason: str = ""
    corrected: tuple[tuple[str, str], ...] = ()
    lacking: tuple[When, ...] = ()
    is_blank: bool = False

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The best and the next three."""
        return (self.best, *self.others) if self.best else self.others


class Index:
    """A library made ready for questions. Holds no state beyond it."""

    def __init__(
        self, library: Library, make: Callable[[Sequence[Words]], Finder] = Tantivy
    ) -> None:
        self.library = library
        found = tuple(entries(library))
        known_compounds = compounds(found)
        self._compounds = by_first(known_compounds)
        self.entries = tuple(with_compounds(entry, known_compounds) for entry in found)
        self._around = {
            entry.dossier: entry.named for entry in self.entries if entry.noun == "dossier"
        }
        self._finder = make([self._words(entry) for entry in self.entries])
        self._figures: dict[str, list[int]] = {}
        for number, entry in enumerate(self.entries):
            if entry.noun == "figure":
                self._figures.setdefault(entry.dossier, []).append(number)
        self._count = frequencies(self.entries)
        self._groups, self._phrases = groups_and_phrases(library)
        known = Counter(spellings(library))
        known.update(FRAMES)
        self._speller = Speller(known)

    def _words(self, entry: Entry) -> Words:
        around = self._around[entry.dossier]
        return Words(entry.named | entry.units, around | entry.said.keys(), entry.dossier)

    @classmethod
    def of(cls, library: Library) -> Self:
        return cls(library)

    def ask(self, text: str, today: date, dossier: str = "", noun: Noun | None = None) -> Answer:
        """The best answer to a question as asked on `today`; of one dossier or noun, if given."""
        meaning = self._understand(read(text, today))
        verdicts = self._judged(meaning, dossier, noun)
        chosen = self._choose(meaning, verdicts, dossier)
        if chosen is None:
            others = tuple(self._hit(found) for found in verdicts[:OFFERED])
            near = others or self._of_period(meaning.question) or self._first(dossier)
            is_blank = not meaning.terms and not meaning.question.periods
            return Answer("none", None, near, corrected=meaning.corrected, is_blank=is_blank)
        best, kind = chosen
        others = tuple(
            self._hit(found)
            for found in verdicts
            if found.number != best.number and found.score >= NEAR * best.score
        )[:OFFERED]
        return self._answer(meaning, best, kind, others)

    # --- understanding ---------------------------------------------------------------------

    def _understand(self, question: Question) -> Meaning:
        words = question.words[:_MOST_WORDS]
        stemmed = tuple(stem(word) for word in words)
        rarest = math.log1p(len(self.entries) / 0.5)
        phrased = self._phrased(stemmed)
        terms: dict[str, Term] = {}
        unknown: list[str] = []
        for token in held(stemmed, self._compounds):
            terms[token] = Term(token, {token: 1.0}, self._weight({token: 1.0}, rarest))
        corrected: list[tuple[str, str]] = []
        seen = list(stemmed)
        for at, (word, root) in enumerate(zip(words, stemmed, strict=True)):
            others: dict[str, float] = {}
            if root in SOFT and at not in phrased:
                continue
            if word.isdecimal():
                continue
            if self._count[root] or root in self._groups:
                self._widen(others, root, 1.0)
            if at in phrased:
                for other in phrased[at]:
                    others[other] = max(others.get(other, 0.0), SYNONYM)
            if not others:
                meant = self._speller.meant(word)
                if meant and stem(meant[0]) in SOFT:
                    if len(word) > SHORTEST_FRAME:
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
        return math.log1p(len(self.entries) / known) if known else UNKNOWN * rarest

    def _phrased(self, stemmed: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
        """Words that together are a synonym: place to the stems that would do."""
        found: dict[int, tuple[str, ...]] = {}
        for at, first in enumerate(stemmed):
            for phrase, others in self._phrases.get(first, ()):
                if stemmed[at : at + len(phrase)] == phrase:
                    found.update(dict.fromkeys(range(at, at + len(phrase)), others))
        return found

    # --- judging ---------------------------------------------------------------------------

    def _judged(self, meaning: Meaning, dossier: str, noun: Noun | None = None) -> list[Verdict]:
        words = dict.fromkeys(other for term in meaning.terms for other in term.others)
        if not words:
            words.update(dict.fromkeys(meaning.stems))
        numbers = self._finder.find(words, FOUND, dossier) if words else ()
        found = [
            judge(meaning, self.entries[at], at, self._around[self.entries[at].dossier])
            for at in numbers
            if noun in {None, self.entries[at].noun}
        ]
        return sorted(found, key=lambda item: (-item.score, item.number))

    def _choose(
        self, meaning: Meaning, verdicts: list[Verdict], dossier: str
    ) -> tuple[Verdict, Kind] | None:
        for found in verdicts:
            if found.entry.noun == "figure":
                kind = self._as_figure(meaning, found)
                if kind == "missing":
                    return self._sibling(meaning, verdicts, found) or (found, kind)
                if kind:
                    return found, kind
            elif self._answers(meaning, found):
                return self._by_period(meaning, verdicts, dossier) or (found, found.entry.noun)
        return self._by_period(meaning, verdicts, dossier)

    def _sibling(
        self, meaning: Meaning, verdicts: list[Verdict], lacking: Verdict
    ) -> tuple[Verdict, Kind] | None:
        """A figure of the same dossier on the same thing that does have the period: a forecast."""
        if not meaning.question.periods:
            return None
        for found in verdicts:
            entry = found.entry
            near = entry.noun == "figure" and entry.dossier == lacking.entry.dossier
            if near and found.coverage >= WHOLE:
                figure = self.library.figure(entry.key)
                ahead = figure.observations[-1].status in {"forecast", "target"}
                if ahead and figure_kind(meaning.question, figure) == "figure":
                    return found, "figure"
        return None

    def _answers(self, meaning: Meaning, found: Verdict) -> bool:
        """Whether what is no figure answers: it covers the question, and where one asks how
        much, names it."""
        if not meaning.terms:
            return found.is_full and found.fit == 1.0 and found.has_period
        enough = ENOUGH if len(meaning.terms) > SHORT else WHOLE
        united = found.coverage if _is_named_whole(found) else found.united
        if not found.has_period or min(found.coverage, united) < enough:
            return False
        question = meaning.question
        if question.asks_change and question.periods:
            return False
        if question.asks_quantity:
            owns = found.is_own and found.entry.noun == "section"
            return owns and found.is_full and found.fit >= ENOUGH
        if question.asks_when and found.entry.noun == "section":
            return found.is_full and found.named >= ENOUGH
        match found.entry.noun:
            case "dossier":
                return found.named >= ENOUGH
            case "person" | "term":
                return found.coverage >= WHOLE
        return len(meaning.terms) > SHORT or found.is_close

    def _as_figure(self, meaning: Meaning, found: Verdict) -> Kind | None:
        """What a figure can say: its value, a change, or that it lacks the period asked for."""
        measured = found.is_measured and meaning.question.asks_quantity
        if not meaning.terms or not (found.is_full or measured) or found.coverage < WHOLE:
            return None
        figure = self.library.figure(found.entry.key)
        kind = figure_kind(meaning.question, figure)
        grows = not _GROWING.isdisjoint(found.entry.named)
        if kind == "figure" and meaning.question.asks_change and not grows:
            return "missing"
        return kind

    def _by_period(
        self, meaning: Meaning, verdicts: list[Verdict], dossier: str
    ) -> tuple[Verdict, Kind] | None:
        """Periods alone, or beside a dossier's name: the one figure that has them."""
        periods = meaning.question.periods
        if not periods or meaning.has_unknown:
            return None
        around = self._around.get(dossier, frozenset[str]())
        able: list[tuple[Verdict, Kind]] = []
        for name in (dossier,) if dossier else self._figures:
            near = self._around[name] | around
            if any(term.others.keys().isdisjoint(near) for term in meaning.terms):
                continue
            for number in self._figures.get(name, ()):
                entry = self.entries[number]
                if all(period_of(self.library.figure(entry.key), asked) for asked in periods):
                    kind: Kind = "comparison" if len(periods) > 1 else "figure"
                    able.append((judge(meaning, entry, number, near), kind))
                    if len(able) > 1 and not dossier:
                        return None
        return able[0] if able else None

    # --- answers ---------------------------------------------------------------------------

    def _answer(
        self, meaning: Meaning, best: Verdict, kind: Kind, others: tuple[Hit, ...]
    ) -> Answer:
        hit = self._hit(best, kind)
        reason = f"{self.library.dossier(best.entry.dossier).title}"
        lacking: tuple[When, ...] = ()
        if best.entry.noun == "figure":
            figure = self.library.figure(best.entry.key)
            period, base = chosen_periods(kind, meaning.question, figure)
            hit = replace(hit, period=period, base=base)
            asked = meaning.question.periods
            lacking = tuple(period for period in asked if not period_of(figure, period))
            where = self.library.sections.get(best.entry.home)
            reason += f", {where.title if where else figure.name}"
        elif best.entry.noun == "section":
            reason += f", {best.entry.title}"
        return Answer(kind, hit, others, reason, meaning.corrected, lacking)

    def _hit(self, found: Verdict, kind: Kind | None = None) -> Hit:
        entry = found.entry
        return Hit(
            kind or entry.noun, entry.key, entry.title, entry.dossier,
            paragraph=found.paragraph, home=entry.home,
        )  # fmt: skip

    def _of_period(self, question: Question) -> tuple[Hit, ...]:
        """Figures that have the periods, for a question that names nothing else."""
        figures = (entry for entry in self.entries if entry.noun == "figure")
        found = (
            Hit("figure", entry.key, entry.title, entry.dossier, home=entry.home)
            for entry in figures
            if question.periods
            and all(period_of(self.library.figure(entry.key), it) for it in question.periods)
        )
        return tuple(islice(found, OFFERED))

    def _first(self, dossier: str) -> tuple[Hit, ...]:
        """The first dossiers, or sections of one, for a question that shares no word with any."""
        if dossier:
            sections = islice(self.library.dossiers[dossier].sections.values(), OFFERED)
            return tuple(Hit("section", item.key, item.title, dossier) for item in sections)
        chosen = list(self.library.dossiers.values())[:OFFERED]
        return tuple(Hit("dossier", item.dossier, item.title, item.dossier) for item in chosen)


def _is_named_whole(found: Verdict) -> bool:
    """Whether a section's names together say what is asked, and one of them whole.

    "Contradiction in the wording" has two names of one section.
    """
    named = found.entry.noun == "section" and found.is_full
    return named and found.named > MOST and found.is_close
