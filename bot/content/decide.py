"""Whether what was found answers a question: what may answer competes with the rest, and with that
nothing does.

The weights are fitted to readers' wordings (`tests/content/fit.py` writes them); what they weigh
(`features`) is general: how much of the question an entry holds and where, what kind of word it
lacks, and what readers' wordings say of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.content.asking import Question
from bot.content.frames import MEASURES
from bot.content.judge import Meaning, Term, Verdict
from bot.content.leads import Kind
from bot.content.spelling import fold
from bot.content.weights import WEIGHTS

SAME, CLOSE, LIKE = 0.95, 0.8, 0.65
"""How like a wording is that says the same, one that nearly does, and one that is akin."""
ENOUGH, WHOLE = 0.8, 0.99
"""What share of a long question an answer covers, and of a short one."""
MOST = 0.6
"""What share the names of a section say where they together say all of it."""
SHORT = 4
LIKELY, SURE, OWN = 0.75, 0.9, 0.55
"""How likely it is at least that anything answers, where something is given as the answer, and
where that is a number that there is hard evidence against; and that a number or its section does,
where the number is given."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One thing that may answer: as what, the evidence, how likely; whether hard evidence is
    against it."""

    verdict: Verdict
    kind: Kind
    values: Mapping[str, float]
    chance: float
    is_barred: bool

    @property
    def is_guess(self) -> bool:
        """A word alone that it does not hold itself is no ground: "nuts" was asked for the nuts
        and bolts of something."""
        values = self.values
        return bool(values["x_single"] and not values["held_count"] and values["x_near"] < CLOSE)

    @property
    def is_elsewhere(self) -> bool:
        """A number, where a land is named that it does not speak of."""
        is_figure = self.verdict.entry.noun == "figure"
        return is_figure and self.values["x_elsewhere"] > 0 and self.values["x_near"] < SAME


def answering(weighed: Sequence[Weighed]) -> Weighed | None:
    """The likeliest, if the question is likely to have an answer at all; surer than other things
    must be a number that there is hard evidence against. That of another land never answers."""
    if not weighed or weighed[0].is_guess or weighed[0].is_elsewhere:
        return None
    best, entry = weighed[0], weighed[0].verdict.entry
    there = {entry.key, entry.home}
    if sum(item.chance for item in weighed) < (SURE if best.is_barred else LIKELY):
        return None
    own = sum(item.chance for item in weighed if item.verdict.entry.key in there)
    return None if entry.noun == "figure" and own < OWN else best


def lacking(section: Weighed, weighed: Sequence[Weighed]) -> Weighed | None:
    """Of a section that speaks of no such time, the figure that stands there without the period:
    told that it is lacking, nobody takes the number of another for it."""
    if not section.values["no_period"]:
        return None
    there = (item for item in weighed if item.verdict.entry.home == section.verdict.entry.key)
    return next((item for item in there if item.kind == "missing"), None)


def is_barred(meaning: Meaning, found: Verdict, values: Mapping[str, float]) -> bool:
    """Whether there is hard evidence against a number, whatever speaks for it.

    Something else is asked for that it is not a number of, or a property that it does not speak
    of, or a time of no known years; or the question is rather like one that is not covered.
    """
    if found.entry.noun != "figure":
        return False
    near, against = values["x_near"], values["x_neg"]
    lacking = values["lacks_known"] or values["lacks_property"]
    return bool(
        meaning.question.vague or (lacking and near < SAME) or (against > near and against > LIKE)
    )


def lacks(meaning: Meaning, found: Verdict) -> bool:
    """Whether it lacks any word that says what about."""
    return any(not value and term.kind != "everyday" for term, value in pairs(meaning, found))


def answers(meaning: Meaning, found: Verdict) -> bool:
    """Whether what is no figure answers beyond doubt: it covers the question, and where one asks
    how much, names it."""
    if not meaning.terms:
        return found.is_full and found.fit == 1.0 and found.has_period
    enough = ENOUGH if len(meaning.terms) > SHORT else WHOLE
    united = found.coverage if _is_named_whole(found) else found.united
    if not found.has_period or min(found.coverage, united) < enough:
        return False
    question = meaning.question
    if question.asks_change and question.periods:
        return False
    if not measures(found, question):
        return False
    if question.asks_quantity:
        if question.counted >= 0:
            return False
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


def pairs(meaning: Meaning, found: Verdict) -> Iterator[tuple[Term, float]]:
    """The words that say what about, each with how well the entry holds it."""
    return zip(meaning.terms, found.held, strict=True)


def measures(found: Verdict, question: Question) -> bool:
    """Whether a name of it speaks of the time, number or cost that is asked for."""
    asked = MEASURES.intersection(question.words)
    names = found.entry.names if asked else ()
    return asked <= {word for name in names for word in fold(name.text).split()}


def _is_named_whole(found: Verdict) -> bool:
    """Whether a section's names together say what is asked, and one of them whole.

    "Contradiction in the wording" has two names of one section.
    """
    named = found.entry.noun == "section" and found.is_full
    return named and found.named > MOST and found.is_close


_SINGLE = [(name, weight) for name, weight in WEIGHTS.items() if "*" not in name]
_PAIRS = [
    (one, other, weight)
    for name, weight in WEIGHTS.items()
    for one, star, other in [name.partition("*")]
    if star
]


def chances(evidence: Sequence[Mapping[str, float]]) -> list[float]:
    """How likely each answers, and none of the others; what is left of 1 is that nothing does."""
    totals = [
        sum([weight * values[name] for name, weight in _SINGLE])
        + sum([weight * values[one] * values[other] for one, other, weight in _PAIRS])
        for values in evidence
    ]
    most = max((0.0, *totals))
    shares = [math.exp(total - most) for total in totals]
    whole = math.exp(-most) + sum(shares)
    return [share / whole for share in shares]
