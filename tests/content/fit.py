"""Fits the weights by which an answer is decided, and says how well they do on what they never saw.

    python -m tests.content.fit           prints, file by file, the marks with that file left out
    python -m tests.content.fit --write   and writes `bot/content/weights.py`

Each file of `briefings/questions` is asked of a library that lacks its wordings: what is learnt is
how much to trust a wording, not which wordings there are. A conditional logit: what may answer a
question competes with the rest and with nothing at all. Fitted by Newton's method; an unanswerable
question counts twice, a line of a file whose words its dossier's names were chosen from less.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from bot.content.everyday import WORDS
from bot.content.library import Library
from bot.content.loader import accept
from bot.content.search import Index
from tests.content.quiz import DAY, ROOT, SETS, Asked, Marks, mark, read_file

WEIGHTS = ROOT / "bot" / "content" / "weights.py"
PAIRED = (
    "x_near", "x_neg", "x_abs", "x_missing", "x_lo_sum", "x_ahead",
    "lacks_any", "coverage", "rule", "as_rule",
)  # fmt: skip
"""Evidence that says more together than apart."""
OWN = {
    "comparisons", "corridor", "everyday", "figures", "last", "matters", "people", "region",
    "strangers", "terse", "transit", "uncovered",
}  # fmt: skip
"""Files that the names, aliases and synonyms of the dossiers were chosen by."""
OWN_SHARE, WIDE_SHARE, NOISE_SHARE, UNANSWERABLE = 0.3, 0.1, 0.15, 2.0
NOISE = 500
PENALTY = 3.0
STEPS = 50
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """What may answer a question of a file: the evidence on each, and whether it is right."""

    file: str
    is_answerable: bool
    values: Sequence[Mapping[str, float]]
    is_right: Sequence[bool]


def without(library: Library, asked: Sequence[Asked]) -> Library:
    """The library as if nobody had written these wordings."""
    texts = {question.text for question in asked}
    rest = {
        text: leads
        for text, leads in library.questions.items()
        if text.rpartition(" [")[0] not in texts and text not in texts
    }
    return Library.of(library.sources.values(), library.dossiers.values(), library.editions, rest)


def rows(library: Library, path: Path) -> Iterator[Row]:
    asked = tuple(read_file(path))
    index = Index(without(library, asked))
    for question in asked:
        weighed = index.weigh(question.text, question.day)
        given = [index.would(question.text, question.day, item) for item in weighed]
        right = [any(one.is_given(answer) for one in question.right) for answer in given]
        # What nobody found tells nothing of how to decide.
        if any(right) or (weighed and not question.is_answerable):
            yield Row(path.stem, question.is_answerable, [item.values for item in weighed], right)


def noise(library: Library, lines: int = NOISE) -> Iterator[Row]:
    """Words thrown together, which ask for nothing."""
    chance, words, index = Random(7), sorted(WORDS), Index(library)
    for _ in range(lines):
        text = " ".join(chance.sample(words, chance.randrange(2, 6)))
        weighed = index.weigh(text, DAY)
        if weighed:
            yield Row("noise", False, [item.values for item in weighed], [False] * len(weighed))


def fit(found: Sequence[Row]) -> Mapping[str, float]:
    """The weight of each piece of evidence and of each pair."""
    single = sorted(found[0].values[0])
    names = (
        *single,
        *(f"{one}*{other}" for one, other in combinations_with_replacement(PAIRED, 2)),
    )
    table = np.array([[_value(it, name) for name in names] for row in found for it in row.values])
    spread = table.std(axis=0)
    kept = [at for at, name in enumerate(names) if spread[at] > 1e-9 or name == "bias"]
    scale = np.where(spread > 1e-9, spread, 1.0)[kept]
    right = np.array([float(it) for row in found for it in row.is_right])
    sizes = np.array([len(row.values) for row in found])
    shares = np.array([_share(row) for row in found])
    weights = _newton(Heap(table[:, kept] / scale, right, sizes, shares))
    return {names[at]: round(float(it), 3) for at, it in zip(kept, weights / scale, strict=True)}


def _value(values: Mapping[str, float], name: str) -> float:
    one, _, other = name.partition("*")
    return values[one] * (values[other] if other else 1.0)


def _share(row: Row) -> float:
    share = OWN_SHARE if row.file in OWN else WIDE_SHARE if row.file.endswith("_wide") else 1.0
    share = NOISE_SHARE if row.file == "noise" else share
    return share if row.is_answerable else share * UNANSWERABLE


@dataclass(frozen=True, slots=True)
class Heap:
    """All that may answer, question by question: `sizes` of them each, counting `shares` each."""

    table: Matrix
    right: Matrix
    sizes: NDArray[np.int64]
    shares: Matrix

    def sums(self, of: Matrix) -> Matrix:
        """By question."""
        return np.add.reduceat(of, np.cumsum(self.sizes) - self.sizes, axis=0)

    def spread(self, of: Matrix) -> Matrix:
        """A value by question, for each that may answer it."""
        return np.repeat(of, self.sizes, axis=0)

    def loss(self, weights: Matrix) -> tuple[float, Matrix, Matrix]:
        """What is lost, and how likely each answers: in truth, and by these weights.

        Where several are right, each counts for as much as these weights make of it.
        """
        totals = np.clip(self.table @ weights, -30, 30)
        ours, rights = np.exp(totals), np.exp(totals) * self.right
        none = 1.0 - (self.sums(self.right) > 0)
        all_of, right_of = 1.0 + self.sums(ours), none + self.sums(rights)
        lost = float((self.shares * np.log(all_of / right_of)).sum())
        truth = rights / self.spread(right_of)
        return lost + PENALTY / 2 * float(weights @ weights), truth, ours / self.spread(all_of)


def _newton(heap: Heap) -> Matrix:
    """The weights by which least is lost; steps that would lose more are made shorter."""
    table, each = heap.table, heap.spread(heap.shares)
    weights: Matrix = np.zeros(table.shape[1])
    lost, truth, likely = heap.loss(weights)
    for _ in range(STEPS):
        slope = table.T @ (each * (likely - truth)) + PENALTY * weights
        mean = heap.sums(table * likely[:, None])
        bend = (table * (each * likely)[:, None]).T @ table - (mean * heap.shares[:, None]).T @ mean
        step = np.linalg.solve(bend + PENALTY * np.eye(len(weights)), slope)
        length = 1.0
        while (tried := heap.loss(weights - length * step))[0] > lost and length > 1e-3:
            length /= 2
        weights, (lost, truth, likely) = weights - length * step, tried
        if np.abs(length * step).max() < 1e-4:
            break
    return weights


def left_out(library: Library, path: Path) -> Marks:
    """How a file is answered by a library that lacks its wordings."""
    asked = tuple(read_file(path))
    return mark(Index(without(library, asked)).ask, asked)


def written(weights: Mapping[str, float]) -> str:
    lines = "".join(f'    "{name}": {weight},\n' for name, weight in weights.items() if weight)
    return (
        '"""How much each piece of evidence weighs; `tests/content/fit.py` writes this file."""\n\n'
        f"from __future__ import annotations\n\nWEIGHTS = {{\n{lines}}}\n"
    )


def main(arguments: Sequence[str]) -> None:
    library = accept(ROOT / "briefings", ROOT / "seeds")
    paths = sorted(SETS["tuning"].glob("*.yaml"))
    if "--write" in arguments:
        found = [row for path in paths for row in rows(library, path)]
        found += noise(library)
        WEIGHTS.write_text(written(fit(found)), encoding="utf-8")
        print(f"{len(found)} questions weighed")
        return
    for path in paths:
        print(f"{path.stem:18} {left_out(library, path)}")


if __name__ == "__main__":
    main(sys.argv[1:])
