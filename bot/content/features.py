"""The evidence on what may answer a question: numbers, which `weights` makes one of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from bot.content.asking import ORDINALS
from bot.content.bayes import NOBODY, Voice
from bot.content.decide import ENOUGH, WHOLE, answers, measures, pairs
from bot.content.frames import MEASURES, SILENT, SOFT
from bot.content.judge import Meaning, Verdict
from bot.content.lands import LANDS
from bot.content.nearness import Likeness
from bot.content.wordings import Heard, Wordings

NOUNS = ("dossier", "section", "figure", "person", "term", "event")
_MOST, _FAR = 3.0, 10.0


def features(
    meaning: Meaning, verdicts: Sequence[Verdict], at: int, kind: str, heard: Heard, told: Wordings
) -> dict[str, float]:
    """The evidence on one of the entries that were found; `kind` is what it would answer as."""
    found = verdicts[at]
    question, rarest = meaning.question, meaning.rarest or 1.0
    lacks = {"unknown": 0.0, "known": 0.0, "property": 0.0, "everyday": 0.0}
    held = said = wanted = 0.0
    count, worth = 0, 0.0
    solid_total = solid_held = 0.0
    solid_count = faint_held = 0
    for term, value in zip(meaning.terms, found.held, strict=True):
        share = min(term.weight / rarest, 1.0)
        if term.kind != "everyday":
            wanted += share
            solid_total += term.weight
            solid_held += term.weight if value else 0.0
            solid_count += 1
        elif value:
            faint_held += 1
        if value:
            held += share * value
            worth += value
            count += 1
            said += share if value < 0.81 else 0.0
        elif term.kind == "everyday":
            lacks["everyday"] += 1
        elif term.kind == "property":
            lacks["property"] += 1
        elif term.others:
            lacks["known"] += share
        else:
            lacks["unknown"] += 1
    rest = [other for number, other in enumerate(verdicts) if number != at]
    best = max((other.score for other in rest), default=0.0)
    noun = found.entry.noun
    number = len(meaning.terms)
    lacking = lacks["unknown"] + lacks["known"] + lacks["property"]
    is_figure = noun == "figure"
    asks_why = question.asks_why
    values = {
        "bias": 1.0,
        "coverage": found.coverage,
        "united": found.united,
        "named": found.named,
        "fit": found.fit,
        "full": float(found.is_full),
        "close": float(found.is_close),
        "own": float(found.is_own),
        "called": float(found.is_called),
        "lacks_unknown": min(lacks["unknown"], _MOST),
        "lacks_known": min(lacks["known"], _MOST),
        "lacks_property": min(lacks["property"], _MOST),
        "lacks_everyday": min(lacks["everyday"], _MOST),
        "lacks_any": float(lacking > 0),
        "held": min(held, _MOST),
        "held_count": min(count, 4),
        "mean_worth": worth / count if count else 0.0,
        "ahead": max(min(found.score - best, 1.0), -1.0),
        "first": float(found.score > best),
        "alone": float(len(verdicts) == 1),
        "corrected": float(len(meaning.corrected)),
        "period": float(bool(question.periods) and found.has_period),
        "no_period": float(bool(question.periods) and not found.has_period),
        "terms_none": float(number == 0),
        "terms_one": float(number == 1),
        "terms_many": float(number > 4),
        "figure_lacks": lacking * is_figure,
        "when_event": float(question.asks_when and noun == "event"),
        "when_other": float(question.asks_when and noun != "event"),
        "how_much_figure": float(question.asks_quantity and is_figure),
        "how_much_other": float(question.asks_quantity and not is_figure),
        "who_person": float(question.asks_who and noun == "person"),
        "who_other": float(question.asks_who and noun != "person"),
        "meaning_term": float(question.asks_meaning and noun == "term"),
        "why_other": float(asks_why and noun != "section"),
        "change_figure": float(question.compares and is_figure),
        "missing": float(kind == "missing"),
        "bare_dossier": float(question.is_bare and noun == "dossier"),
        "measure_lacks": float(not is_figure and not MEASURES.isdisjoint(question.words)),
        "said_share": said / wanted if wanted else 0.0,
        "same_dossier": sum(
            other.entry.dossier == found.entry.dossier for other in verdicts[:4]
        ) / 4,
    }  # fmt: skip
    values |= {
        "rule": float(answers(meaning, found) if not is_figure else kind != ""),
        "counted_other": float(question.counted >= 0 and not is_figure),
        "measure_other": float(not is_figure and not measures(found, question)),
        "sum_other": float(
            question.asks_quantity
            and not is_figure
            and not (found.is_own and found.is_full and found.fit >= ENOUGH)
        ),
        "change_other": float(not is_figure and question.asks_change and bool(question.periods)),
        "lacks_ordinal": float(
            any(term.word in ORDINALS and not value for term, value in pairs(meaning, found))
        ),
        "apart": found.coverage - found.united,
        "loose": float(not found.is_close and number > 1),
        "lacks_and_how_much": lacking * question.asks_quantity,
        "lacks_verbs": lacks["everyday"] / number if number else 0.0,
        "worst_worth": min((value for value in found.held if value), default=0.0),
        "joined": found.joined,
        "solid": solid_held / solid_total if solid_total else 1.0,
        "solid_terms": min(float(solid_count), 5.0),
        "idle": min(float(meaning.idle), _MOST),
        "idle_person": float(meaning.idle > 0 and noun in {"person", "term", "dossier"}),
        "whether_other": float(question.asks_whether and noun in {"person", "term", "dossier"}),
        "why_section": float(question.asks_why and noun == "section"),
        "loose_ordinal": float(
            not found.is_close and not ORDINALS.keys().isdisjoint(question.words)
        ),
        "property_loose": float(
            found.joined < WHOLE and any(term.kind == "property" for term in meaning.terms)
        ),
        "only_everyday": float(number > 0 and solid_count == 0),
        "faint_held": min(float(faint_held), _MOST),
        "misses_period": float(
            any(
                other.entry.noun == "figure"
                and not other.has_period
                and other.is_called
                and other.named >= found.named
                for other in rest
            )
        ),
        "stern": float(_is_stern(meaning, found)),
        "ahead_ahead": float(question.asks_ahead and found.entry.is_ahead),
        "ahead_now": float(question.asks_ahead and is_figure and not found.entry.is_ahead),
        "now_ahead": float(found.entry.is_ahead and not question.asks_ahead),
        "ahead_period": float(bool(question.periods) and found.entry.is_ahead and found.has_period),
        "whole": float(lacking == 0 and found.joined >= WHOLE and solid_count > 0),
        "lacks_all_but_name": float(lacking > 0 and noun in {"person", "term", "dossier"}),
    }
    for each in NOUNS:
        values[each] = float(noun == each)
    return values | _heard(found, kind, heard, told)


def _heard(found: Verdict, kind: str, heard: Heard, told: Wordings) -> dict[str, float]:
    """What readers' wordings say for and against it."""
    scores, own = heard.scores, heard.scores[found.number]
    most = max(scores.values()) or 1.0
    kin = told.kin(found.number)
    rest = max((score for number, score in scores.items() if number not in kin), default=0.0)
    near = heard.likeness.entries.get(found.number, 0.0)
    against = heard.likeness.uncovered
    lacking = [word for word in heard.words - SILENT if word not in told.holds(found.number)]
    missing = sum(map(told.rarity, lacking)) / heard.total
    hard = [word for word in lacking if word not in SOFT]
    # What readers have asked it by, it need not speak of.
    own_words = found.entry.named | found.entry.said.keys()
    return {
        "x_abs": min(own / heard.total, 1.5),
        "x_rel": own / most,
        "x_first": float(own >= most),
        "x_ahead": (own - rest) / most,
        "x_near": near,
        "x_near2": near**2,
        **dict(_voiced(heard.voice, found.number, near, missing)),
        **dict(_voted("x", heard.likeness, found.number)),
        **dict(_voted("y", heard.paired, found.number)),
        "y_near": heard.paired.entries.get(found.number, 0.0),
        "y_neg": heard.paired.uncovered,
        "x_neg": against,
        "x_neg2": against**2,
        "x_near_neg": near - against,
        "x_near_neg_prod": near * against,
        "x_lo_sum": sum(heard.against),
        "x_lo_max": max(heard.against, default=0.0),
        "x_lo_min": min(heard.against, default=0.0),
        "x_unknown": min(heard.unknown, 3),
        "x_near_unknown": near * (heard.unknown > 0),
        "x_missing": missing,
        "x_near_missing": near * missing,
        "x_missing_n": min(len(lacking), 4),
        "x_miss_hard": sum(told.against(word) > 0 for word in hard),
        "x_miss_unknown": min(sum(not told.is_known(word) for word in hard), 3),
        "x_missfig": float(kind == "missing"),
        "x_fig_missing": min(len(lacking), 4) * float(found.entry.noun == "figure"),
        "x_single": float(len(heard.words - SILENT) < 2),
        "x_words": min(len(heard.words), 10) / 10,
        "x_alien": min(len(aliens(found, heard, told, told.holds(found.number))), 2),
        "x_elsewhere": min(len(aliens(found, heard, told, own_words)), 2),
    }


def _voiced(voice: Voice, number: int, near: float, missing: float) -> Iterator[tuple[str, float]]:
    behind, plain, even = voice.of(number)
    nobody, plain_none, even_none = voice.of(NOBODY)
    yield "z_behind", behind
    yield "z_none", nobody
    yield "z_before", max(min(behind - nobody, _FAR), -_FAR)
    yield "z_first", float(behind == 0.0)
    yield "z_plain", plain
    yield "z_plain_none", plain_none
    yield "z_even", even
    yield "z_even_none", even_none
    yield "z_even2", even**2
    yield "z_even_both", even * even_none
    yield "z_even_near", even * near
    yield "z_even_missing", even * missing


def _voted(mark: str, likeness: Likeness, number: int) -> Iterator[tuple[str, float]]:
    vote = likeness.votes.get(number, 0.0)
    most = max(likeness.votes.values(), default=0.0) or 1.0
    yield f"{mark}_second", likeness.seconds.get(number, 0.0)
    yield f"{mark}_vote", vote
    yield f"{mark}_vote_rel", vote / most
    yield f"{mark}_vote_none", likeness.uncovered_votes


def aliens(found: Verdict, heard: Heard, told: Wordings, held: Set[str]) -> list[str]:
    """Lands, and proper names of the library, that the question names and what is `held` lacks,
    and the names of its dossier too."""
    around = told.around(found.number)
    return [
        word
        for word in heard.words
        if word in LANDS or word in told.names
        if LANDS.get(word, {word}).isdisjoint(held) and LANDS.get(word, {word}).isdisjoint(around)
    ]


def _is_stern(meaning: Meaning, found: Verdict) -> bool:
    """Whether it lacks a property or a period that is asked for; or an ordinal is said of
    something else; or a word that nobody knows stands beside one that it knows."""
    question = meaning.question
    if question.periods and not found.has_period and found.entry.noun != "figure":
        return True
    solid = [(term, value) for term, value in pairs(meaning, found) if term.kind != "everyday"]
    lacking = [term for term, value in solid if not value]
    properties = [term for term, _ in solid if term.kind == "property"]
    if any(term.kind == "property" for term in lacking):
        return True
    if properties and found.joined < WHOLE:
        return True
    if not found.is_close and not ORDINALS.keys().isdisjoint(question.words):
        return True
    return bool(lacking) and len(solid) - len(lacking) < 2
