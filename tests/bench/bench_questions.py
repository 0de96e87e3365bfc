"""The product's finder against others, on real questions and made-up ones, each in a process.

    python tests/bench/bench_questions.py FINDER DOSSIERS

prints one measurement as JSON: recall, wrong answers, milliseconds, seconds to build, megabytes.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from bot.content.answer import Answer
from bot.content.finder import Finder, Postings, Words
from bot.content.loader import load
from bot.content.search import Index
from tests.bench.finders import Fts5, Tantivy
from tests.content.madeup import among, questions
from tests.content.quiz import DAY, SETS, Marks, Set, mark, read_questions

ROOT = Path(__file__).resolve().parents[2]
FINDERS: Mapping[str, Callable[[Sequence[Words]], Finder]] = {
    "postings": Postings,
    "tantivy": Tantivy,
    "fts5": Fts5,
}
REAL = 8
SIZES = (REAL, 1000)
ROUNDS = 3
EACH: Mapping[Set, int] = {"tuning": 8, "kept": 1, "hostile": 1}
"""One of so many lines is asked."""
AIM_MS = 5.0
"""What the slowest of a hundred questions may take at a thousand dossiers."""
PAGE = 4096


def measure(finder: str, count: int) -> dict[str, object]:
    """One finder over so many dossiers, the real ones among them."""
    library = load(ROOT / "briefings", ROOT / "seeds").library
    assert library is not None
    library = among(library, count)
    gc.collect()
    before, begun = _resident(), time.perf_counter()
    index = Index(library, FINDERS[finder])
    built = time.perf_counter() - begun
    gc.collect()
    grown = _resident() - before
    gc.freeze()
    took: list[float] = []
    marks: dict[str, Marks] = {}

    def ask(text: str, day: date) -> Answer:
        """Timed as the best of a few: the machine has others to serve."""
        times = []
        for _ in range(ROUNDS):
            since = time.perf_counter()
            answer = index.ask(text, day)
            times.append(time.perf_counter() - since)
        took.append(min(times) * 1000)
        return answer

    index.ask("corridor", DAY)
    for chosen in SETS:
        marks[chosen] = mark(ask, list(read_questions(chosen))[:: EACH[chosen]])
    if count > REAL:
        marks["made up"] = mark(ask, questions(count - REAL))
    took.sort()
    return {
        "marks": {
            name: [it.recall_at_1, it.recall_at_3, len(it.wrong), it.unanswerable]
            for name, it in marks.items()
        },
        "p50": took[len(took) // 2],
        "p99": took[int(len(took) * 0.99)],
        "built": built,
        "memory": grown / 1e6,
    }


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE


@pytest.mark.bench
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("finder", FINDERS)
def test_finders_on_the_questions(finder: str, count: int) -> None:
    command = [sys.executable, str(Path(__file__)), finder, str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    print(
        f"\nquestions, {count:,} dossiers, {finder}: p50 {found['p50']:.2f} ms, "
        f"p99 {found['p99']:.2f} ms (the best of {ROUNDS} for each), "
        f"built in {found['built']:.2f} s, {found['memory']:.0f} MB"
    )
    for name, (at_1, at_3, wrong, unanswerable) in found["marks"].items():
        print(
            f"  {name:8} recall at 1 {at_1:6.1%}, at 3 {at_3:6.1%}; "
            f"{wrong} wrong of {unanswerable} without an answer"
        )
    if finder == "postings":
        assert found["p99"] < AIM_MS


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
