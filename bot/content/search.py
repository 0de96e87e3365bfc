"""Answering a question from what is written: a section, a figure, two periods, or nothing.

A question is read (`asking`), its words are matched to the library's own (stems, synonyms, other
spellings, slips of the hand), entries that share them are found, and each is judged. What covers
too little of the question is no answer: a neighbour's number is never given for the one asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from datetime import date
from itertools import islice

from bot.content.amounts import Tellers, held_against, without
from bot.content.answer import Answer, Hit
from bot.content.asking import MOST_LETTERS, Question, read
from bot.content.bars import Bars
from bot.content.dates import When
from bot.content.decide import (
    WHOLE,
    Weighed,
    answering,
    answers,
    chances,
    is_barred,
    lacking,
    lacks,
)
from bot.content.entries import Entry, Noun, entries, proper_names
from bot.content.features import features
from bot.content.finder import Finder, Postings, Words
from bot.content.frames import ACTS, GROWING, HAPPEN
from bot.content.judge import Meaning, Verdict, judge
from bot.content.leads import Kind, Lead
from bot.content.library import Library
from bot.content.nearby import OFFERED, as_hit, beside, first_of
from bot.content.periods import Calendar, chosen_periods, figure_kind, period_of
from bot.content.reading import Reader
from bot.content.spelling import stem
from bot.content.vocabulary import compounds, with_compounds
from bot.content.wordings import Wordings, hear, spelt, spelt_otherwise, taught, words_of

ALL_NAMED, RATHER, NEARLY = 0.93, 0.6, 0.45
"""What share the names of a figure say where none is held whole, and how near one comes: that is
less where the figure has the very period that is asked for."""
FOUND = 16
"""Entries that are weighed for a question."""
WEIGHED, TOLD = 8, 6
"""Of those, how many are weighed as answers, and how many more that readers' wordings lead to."""
_GROWING = frozenset(stem(word) for word in GROWING)


class Index:
    """A library made ready for questions. Holds no state beyond it."""

    def __init__(
        self, library: Library, make: Callable[[Sequence[Words]], Finder] = Postings
    ) -> None:
        self.library = library
        found = tuple(entries(library))
        known = compounds(found)
        self.entries = tuple(with_compounds(entry, known) for entry in found)
        at = {(entry.noun, entry.key): number for number, entry in enumerate(self.entries)}
        asked = tuple(taught(library, at))
        self._taught = {self.entries[number].dossier for _, found in asked for number in found}
        self._reader = Reader(library, self.entries, known, spelt(text for text, _ in asked))
        names = proper_names(library)
        self._wordings = Wordings(self.entries, asked, self._reader.respell, names)
        self._around = {
            entry.dossier: entry.named for entry in self.entries if entry.noun == "dossier"
        }
        self._named: defaultdict[str, set[str]] = defaultdict(set)
        for name, around in self._around.items():
            for word in around:
                self._named[word].add(name)
        self._finder = make([self._words(entry) for entry in self.entries])
        self._sections = {key: number for (noun, key), number in at.items() if noun == "section"}
        self._figures: dict[str, list[int]] = {}
        self._calendar = Calendar()
        self._tellers = Tellers()
        self._bars = Bars(library, self.entries, names, self._wordings)
        for number, entry in enumerate(self.entries):
            if entry.noun == "figure":
                self._figures.setdefault(entry.dossier, []).append(number)
                self._calendar.add(number, library.figure(entry.key))
                self._tellers.add(number, library.figure(entry.key))
            elif entry.noun == "event":
                self._calendar.note(number, entry.when)

    def _words(self, entry: Entry) -> Words:
        around = self._around[entry.dossier]
        return Words(entry.named | entry.units, around | entry.said.keys(), entry.dossier)

    def ask(self, text: str, today: date, dossier: str = "", noun: Noun | None = None) -> Answer:
        """The best answer to a question as asked on `today`; of one dossier or noun, if given."""
        text = text[:MOST_LETTERS]
        found = self._asked(text, today, dossier, noun)
        is_near = found.best is None and any(hit.kind == "figure" for hit in found.others)
        rest = without(text) if is_near else ""
        if not rest:
            return found
        # A wrong amount is no reason to refuse: "is the loan 35 billion dollars".
        other = self._asked(rest, today, dossier, noun)
        is_figure = other.kind in {"figure", "comparison"}
        return (held_against(text, other, self.library) if is_figure else None) or found

    def _asked(self, text: str, today: date, dossier: str, noun: Noun | None) -> Answer:
        question = self._calendar.dated(read(text, today))
        meaning = self._reader.understand(question)
        meaning = replace(meaning, corrected=tuple(spelt_otherwise(text, meaning.corrected)))
        verdicts = self._judged(meaning, dossier, noun)
        if self._wordings.is_written(question) and not (dossier or noun):
            found = self._as_written(meaning, self._wordings.written(question), verdicts)
            # Words are compared without the signs of currencies.
            return held_against(text, found, self.library, is_written=True) or found
        chosen = self._choose(meaning, verdicts, dossier)
        # A whole name is asked for itself, and of an untaught dossier no wording tells anything.
        is_plain = chosen and (chosen[0].fit == 1.0 or chosen[0].entry.dossier not in self._taught)
        # Of a time alone no wording tells what is meant.
        if not meaning.terms and meaning.question.periods:
            chosen = self._happened(meaning, dossier) or chosen
        elif self._wordings.words and not is_plain:
            weighed = self._weighed(meaning, verdicts, dossier, noun)
            verdicts = [candidate.verdict for candidate in weighed]
            chosen = self._likely(weighed) or self._by_period(meaning, verdicts, dossier)
        chosen = self._by_amount(meaning, text, dossier) or chosen
        chosen = chosen or self._plainly_asked(meaning, dossier)
        if chosen and chosen[1] == "figure" and meaning.question.asks_past:
            chosen = self._earlier(meaning, chosen[0].entry.home)
        if chosen and chosen[0].entry.noun != "figure" and not chosen[0].has_period:
            other = self._happened(meaning, dossier)
            chosen = None if other and lacks(meaning, other[0]) else other
        if chosen and noun not in {None, chosen[0].entry.noun}:
            chosen = None
        if chosen is None or self._bars.is_of_another(text, meaning, *chosen):
            return self._refusal(meaning, verdicts, dossier)
        best, kind = chosen
        found = self._answer(meaning, best, kind, beside(self.library, best, verdicts))
        return held_against(text, found, self.library) or self._refusal(meaning, verdicts, dossier)

    def _earlier(self, meaning: Meaning, home: str) -> tuple[Verdict, Kind] | None:
        """What was before is not today's number: its section says more, or that it does not."""
        at = self._sections.get(home)
        return None if at is None else (self._verdict(meaning, at), "section")

    def _refusal(self, meaning: Meaning, verdicts: Sequence[Verdict], dossier: str) -> Answer:
        others = tuple(as_hit(found) for found in verdicts[:OFFERED])
        near = others or self._of_period(meaning.question) or first_of(self.library, dossier)
        is_blank = not meaning.terms and not meaning.question.periods
        return Answer("none", None, near, corrected=meaning.corrected, is_blank=is_blank)

    def _as_written(
        self, meaning: Meaning, written: tuple[int, Lead] | None, verdicts: Sequence[Verdict]
    ) -> Answer:
        """What the editors wrote down for these very words; the first of several."""
        if written is None:
            return self._refusal(meaning, verdicts, "")
        number, lead = written
        entry = self.entries[number]
        best = self._verdict(meaning, number)
        kind: Kind = lead.kind
        if kind == "figure" and not lead.period:
            kind = figure_kind(meaning.question, self.library.figure(entry.key))
        found = self._answer(meaning, best, kind, beside(self.library, best, verdicts))
        hit = found.best
        told = hit and replace(
            hit,
            period=lead.period or hit.period,
            base=lead.base or hit.base,
            paragraph=hit.paragraph if lead.paragraph is None else lead.paragraph,
        )
        return replace(found, best=told)

    # --- judging ---------------------------------------------------------------------------

    def _verdict(self, meaning: Meaning, number: int) -> Verdict:
        entry = self.entries[number]
        return judge(meaning, entry, number, self._around[entry.dossier])

    def _judged(self, meaning: Meaning, dossier: str, noun: Noun | None = None) -> list[Verdict]:
        words = dict.fromkeys(other for term in meaning.terms for other in term.others)
        if not words:
            words.update(dict.fromkeys(meaning.stems))
        numbers = self._finder.find(words, FOUND, dossier) if words else ()
        found = [
            self._verdict(meaning, at) for at in numbers if noun in {None, self.entries[at].noun}
        ]
        return sorted(found, key=lambda item: (-item.score, item.number))

    def weigh(
        self, text: str, today: date, dossier: str = "", noun: Noun | None = None
    ) -> list[Weighed]:
        """All that a question may be about with its evidence, the likeliest answer first."""
        meaning = self._reader.understand(read(text, today))
        return self._weighed(meaning, self._judged(meaning, dossier, noun), dossier, noun)

    def would(self, text: str, today: date, weighed: Weighed) -> Answer:
        """What the answer would be, were it this one."""
        meaning = self._reader.understand(read(text, today))
        return self._answer(meaning, weighed.verdict, weighed.kind, ())

    def _weighed(
        self, meaning: Meaning, verdicts: Sequence[Verdict], dossier: str, noun: Noun | None
    ) -> list[Weighed]:
        question = meaning.question
        found = list(verdicts[:WEIGHED])
        known = {verdict.number for verdict in found}
        for number in self._wordings.found(words_of(question), TOLD):
            entry = self.entries[number]
            fits = dossier in {"", entry.dossier} and noun in {None, entry.noun}
            if fits and number not in known:
                known.add(number)
                found.append(self._verdict(meaning, number))
        found.sort(key=lambda item: (-item.score, item.number))
        heard = hear(self._wordings, question, known)
        kinds: list[Kind] = []
        evidence = []
        for at, verdict in enumerate(found):
            kind: Kind = verdict.entry.noun
            as_rule: Kind | None = kind
            if verdict.entry.noun == "figure":
                kind = self._kind(question, verdict.entry)
                as_rule = self._as_figure(meaning, verdict)
            values = features(meaning, found, at, kind, heard, self._wordings)
            values["as_rule"] = float(as_rule is not None)
            kinds.append(kind)
            evidence.append(values)
        weighed = [
            Weighed(verdict, kind, values, chance, is_barred(meaning, verdict, values))
            for verdict, kind, values, chance in zip(
                found, kinds, evidence, chances(evidence), strict=True
            )
        ]
        return sorted(weighed, key=lambda item: (-item.chance, item.verdict.number))

    def _likely(self, weighed: Sequence[Weighed]) -> tuple[Verdict, Kind] | None:
        item = answering(weighed)
        if item is None:
            return None
        better = self._ahead(item, weighed) if item.kind == "missing" else lacking(item, weighed)
        return (better or item).verdict, (better or item).kind

    def _ahead(self, lacking: Weighed, weighed: Sequence[Weighed]) -> Weighed | None:
        """A figure of the same dossier for the periods that this lacks: two, or a target."""
        for item in weighed:
            entry = item.verdict.entry
            near = entry.dossier == lacking.verdict.entry.dossier and item.verdict.named > 0
            if near and item.kind == "comparison":
                return item
            near = near and item.kind == "figure" and item.verdict.has_period
            if near and entry.is_ahead:
                return item
        return None

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
            elif answers(meaning, found):
                return self._by_period(meaning, verdicts, dossier) or (found, found.entry.noun)
        return self._by_period(meaning, verdicts, dossier)

    def _happened(self, meaning: Meaning, dossier: str) -> tuple[Verdict, Kind] | None:
        """ "What happened on 30 September": the one event of that time, if there is one."""
        question = meaning.question
        if question.asks_quantity or len(question.periods) > 1:
            return None
        found = self._calendar.events(question.periods[0])
        found = [at for at in found if dossier in {"", self.entries[at].dossier}]
        is_figure = next(self._calendar.having(question.periods), None) is not None
        if len(found) != 1 or (is_figure and HAPPEN.isdisjoint(question.words)):
            return None
        return self._verdict(meaning, found[0]), "event"

    def _by_amount(self, meaning: Meaning, text: str, dossier: str) -> tuple[Verdict, Kind] | None:
        """ "The 4.5 million" is asked for what it is."""
        number = self._tellers.only(text)
        if number is None or dossier not in {"", self.entries[number].dossier}:
            return None
        entry = self.entries[number]
        kind = figure_kind(meaning.question, self.library.figure(entry.key))
        return self._verdict(meaning, number), kind

    def _plainly_asked(self, meaning: Meaning, dossier: str) -> tuple[Verdict, Kind] | None:
        """ "How much goes through the corridor" names the dossier alone: its first figure."""
        question = meaning.question
        moves = not ACTS.isdisjoint(question.words)
        if not (meaning.terms and moves and question.asks_how_much) or question.periods:
            return None
        near = self._figures_near(meaning, dossier)
        if not near:
            return None
        return self._verdict(meaning, min(near)), "figure"

    def _sibling(
        self, meaning: Meaning, verdicts: list[Verdict], lacking: Verdict
    ) -> tuple[Verdict, Kind] | None:
        """A figure of the same dossier that does have the period, a forecast; or both of two."""
        if not meaning.question.periods:
            return None
        for found in verdicts:
            entry = found.entry
            near = entry.noun == "figure" and entry.dossier == lacking.entry.dossier
            if not near:
                continue
            figure = self.library.figure(entry.key)
            kind = figure_kind(meaning.question, figure)
            if kind == "comparison" and len(meaning.question.periods) > 1:
                return found, kind
            if kind == "figure" and entry.is_ahead and found.coverage >= WHOLE:
                return found, kind
        return None

    def _as_figure(self, meaning: Meaning, found: Verdict) -> Kind | None:
        """What a figure can say: its value, a change, or that it lacks the period asked for."""
        several = len(meaning.terms) > 1 and found.named >= ALL_NAMED and found.fit >= RATHER
        # That prose sets another word beside a number does not make it a number of that.
        if not meaning.terms or lacks(meaning, found) or not found.is_called:
            return None
        measured = found.is_measured and (meaning.question.asks_quantity or found.named > 0)
        # What is counted is the unit: there are no containers in a sum of money for containers.
        if meaning.question.counted >= 0 and not found.is_measured:
            several = False
        if not (found.is_full or measured or several):
            return None
        return self._kind(meaning.question, found.entry)

    def _kind(self, question: Question, entry: Entry) -> Kind:
        kind = figure_kind(question, self.library.figure(entry.key))
        grows = not _GROWING.isdisjoint(entry.named)
        return "missing" if kind == "figure" and question.asks_change and not grows else kind

    def _by_period(
        self, meaning: Meaning, verdicts: list[Verdict], dossier: str
    ) -> tuple[Verdict, Kind] | None:
        """Periods alone, or beside a dossier's name: the one figure that has them."""
        periods = meaning.question.periods
        if not periods or meaning.has_unknown:
            return None
        named = [
            found
            for found in verdicts
            if found.entry.noun == "figure" and meaning.terms
            if found.named >= ALL_NAMED and found.fit >= NEARLY
        ]
        if len(named) == 1 and named[0].has_period:
            return named[0], figure_kind(meaning.question, self.library.figure(named[0].entry.key))
        able: list[tuple[Verdict, Kind]] = []
        for number in self._calendar.having(periods, self._figures_near(meaning, dossier)):
            kind: Kind = "comparison" if len(periods) > 1 else "figure"
            able.append((self._verdict(meaning, number), kind))
            if len(able) > 1 and not dossier:
                return None
        return able[0] if able else None

    def _figures_near(self, meaning: Meaning, dossier: str) -> Set[int] | None:
        """The figures of the dossiers whose names hold all the words; None for any figure."""
        found = {dossier} if dossier else None
        for term in meaning.terms:
            names = {it for stem in term.others for it in self._named.get(stem, ())}
            found = names if found is None else found & names
        return None if found is None else {at for it in found for at in self._figures.get(it, ())}

    # --- answers ---------------------------------------------------------------------------

    def _answer(
        self, meaning: Meaning, best: Verdict, kind: Kind, others: tuple[Hit, ...]
    ) -> Answer:
        hit = as_hit(best, kind)
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

    def _of_period(self, question: Question) -> tuple[Hit, ...]:
        """Figures that have the periods, for a question that names nothing else."""
        having = map(self.entries.__getitem__, self._calendar.having(question.periods))
        found = (
            Hit("figure", entry.key, entry.title, entry.dossier, home=entry.home)
            for entry in having
        )
        return tuple(islice(found, OFFERED))
