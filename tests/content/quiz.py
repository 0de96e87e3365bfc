"""Questions and what counts as right: the wordings of `briefings/questions`, and those kept apart.

How a line is read says `bot/content/leads.py`. A question with `none` or `missing` among its
answers is unanswerable: to answer it with anything but what is listed is wrong. The lines of
`briefings/questions` are what the search learns from; those of `tests/questions` it has never seen,
and they are for its final figure. Half of the hostile ones are meant to catch it out, each beside
an honest twin: who did what to whom turned round, wrong amounts, what is said of one thing asked
of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, Self

import yaml

from bot.content import leads
from bot.content.answer import Answer, Hit
from bot.content.library import Library

ROOT = Path(__file__).parents[2]
DAY = date(2025, 11, 25)
Set = Literal["tuning", "kept", "hostile"]
SETS: Mapping[Set, Path] = {
    "tuning": ROOT / "briefings" / "questions",
    "kept": ROOT / "tests" / "questions",
    "hostile": ROOT / "tests" / "questions" / "hostile",
}


@dataclass(frozen=True, slots=True)
class Right(leads.Lead):
    """One answer that counts as right; what is empty is not asked for. `paragraph` from 0."""

    @classmethod
    def read(cls, text: str) -> Self:
        found = leads.Lead.parse(text)
        return cls(found.kind, found.key, found.period, found.base, found.paragraph)

    def is_given(self, answer: Answer) -> bool:
        """Whether this is what was answered."""
        if answer.kind != self.kind:
            return False
        hit = answer.best
        return self.kind == "none" or (hit is not None and self._is(hit))

    def is_offered(self, hit: Hit) -> bool:
        """Whether a button leads to it; it opens the newest period."""
        return (hit.kind, hit.key) == (self.noun, self.key)

    def _is(self, hit: Hit) -> bool:
        return (
            hit.key == self.key
            and self.period in {"", hit.period}
            and self.base in {"", hit.base}
            and self.paragraph in {None, hit.paragraph}
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the files, the day it is asked on, and its right answers."""

    text: str
    day: date
    right: tuple[Right, ...]

    @property
    def is_answerable(self) -> bool:
        return all(item.kind not in {"none", "missing"} for item in self.right)


def read_questions(chosen: Set) -> Iterator[Asked]:
    """All questions of one set, file by file."""
    for path in sorted(SETS[chosen].glob("*.yaml")):
        yield from read_file(path)


def read_file(path: Path) -> Iterator[Asked]:
    """The questions of one file."""
    for text, right in yaml.safe_load(path.read_text(encoding="utf-8"))["questions"].items():
        plain, day = leads.asked_on(text, DAY)
        yield Asked(plain, day, tuple(Right.read(part) for part in right.split("|")))


@dataclass(frozen=True, slots=True)
class Marks:
    """How a search did. The misses say what was asked and what came instead."""

    answerable: int
    missed_at_1: tuple[str, ...]
    missed_at_3: tuple[str, ...]
    unanswerable: int
    wrong: tuple[str, ...]
    """Answers to questions that have none: the worst that can happen."""
    unnamed: tuple[str, ...]
    """Periods that are lacking, refused without saying so."""

    @property
    def recall_at_1(self) -> float:
        return 1 - len(self.missed_at_1) / max(self.answerable, 1)

    @property
    def recall_at_3(self) -> float:
        return 1 - len(self.missed_at_3) / max(self.answerable, 1)

    def __str__(self) -> str:
        return (
            f"recall at 1 {self.recall_at_1:.1%}, at 3 {self.recall_at_3:.1%} of "
            f"{self.answerable}; {len(self.wrong)} wrong answers to {self.unanswerable} "
            "that have none"
        )


def mark(ask: Callable[[str, date], Answer], asked: Iterable[Asked]) -> Marks:
    """Put all questions and count."""
    at_1: list[str] = []
    at_3: list[str] = []
    wrong: list[str] = []
    unnamed: list[str] = []
    counts = {True: 0, False: 0}
    for question in asked:
        counts[question.is_answerable] += 1
        answer = ask(question.text, question.day)
        if any(right.is_given(answer) for right in question.right):
            continue
        told = f"{question.text!r} -> {tell(answer)}, not {question.right}"
        if not question.is_answerable:
            (unnamed if answer.kind == "none" else wrong).append(told)
            continue
        at_1.append(told)
        shown = answer.others[: 3 if answer.best is None else 2]
        if not any(right.is_offered(hit) for right in question.right for hit in shown):
            at_3.append(told)
    return Marks(
        counts[True], tuple(at_1), tuple(at_3), counts[False], tuple(wrong), tuple(unnamed)
    )


def tell(answer: Answer) -> str:
    """An answer in a few words."""
    hit = answer.best
    others = ", ".join(f"{item.kind} {item.key}" for item in answer.others)
    if hit is None:
        return f"none (nearest: {others})"
    period = f"@{hit.period}" if hit.period else ""
    base = f" vs {hit.base}" if hit.base else ""
    return f"{answer.kind} {hit.key}{period}{base}#{hit.paragraph + 1} (then {others})"


def stands(library: Library, right: Right) -> bool:
    """Whether what a line names is in the library."""
    parts = {
        "figure": library.figures,
        "comparison": library.figures,
        "missing": library.figures,
        "section": library.sections,
        "dossier": library.dossiers,
        "person": library.people,
        "term": library.terms,
        "event": library.events,
    }
    if right.kind == "none":
        return not right.key
    known = (
        {item.period.text for item in library.figures[right.key].observations}
        if (right.kind in {"figure", "comparison"} and right.key in library.figures)
        else set()
    )
    periods = {right.period, right.base} - {""}
    return right.key in parts[right.kind] and periods <= known
