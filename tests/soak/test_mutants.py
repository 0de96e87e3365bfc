"""Every small mistake in the time rule is noticed by its tests, or shown to be none.

Each mutant runs against `tests/newsroom/test_due.py` in a process of its own; one that hangs is
noticed too. A survivor is excused only by the reasons below, and a reason without its survivor
fails as well.
"""

from __future__ import annotations

import faulthandler
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

import pytest

from tests.soak.mutants import Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
MODULE = ROOT / "bot" / "newsroom" / "due.py"
TESTS = "tests/newsroom/test_due.py"
AT_ONCE = 2
PATIENCE = 120.0
"""Seconds at least; a slow machine has ten times what the tests take without a mistake."""

EQUIVALENT: dict[str, str] = {
    "module: _HORIZON = 17": "a wanted day comes within 16 days; looking further finds the same",
    "due: while (following := next_slot(hour, passed[-0].at, passed[-1].day)).at <= now:": (
        "a later date has a later instant: being after the last date is enough"
    ),
    "due: while (following := next_slot(hour, passed[-1].at, passed[-0].day)).at <= now:": (
        "a later instant has a later date: being after the last instant is enough"
    ),
    "quiet_end: for _ in range(3):": "two steps are the most there can be; the third finds none",
    "quiet_end: ends = [until for night in nights if resolve(night, start, zone) <= waiting and "
    "(until := resolve(night + DAY * (end < start), end, zone)) >= waiting]": (
        "an end at the very moment moves nothing"
    ),
    "quiet_end: waiting = min(ends)": (
        "of two nights that overlap in a leap, the second step reaches the later end"
    ),
    "write_days: numbers = [number for number in range(8) if bits >> number & 1]": (
        "there are seven bits"
    ),
    "_first_slot: pass": "the error is never raised: every hour has a day within 16",
    "_is_lost: if at.astimezone(hour.zone).date() < day:": (
        "a shortcut: a time on its own date is before the next day's"
    ),
}


def survives(mutant: Mutant, folder: Path, number: int, patience: float = 3600.0) -> bool:
    changed = folder / f"due_{number}.py"
    changed.write_text(mutant.source, "utf-8")
    command = [sys.executable, "tests/soak/mutants.py", str(changed), "bot.newsroom.due", TESTS]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


@pytest.mark.soak
def test_every_mutant_of_the_time_rule_is_noticed_or_excused(
    tmp_path: Path, figure: Callable[[str], None]
) -> None:
    # It takes minutes, and that is no reason to print where it is.
    faulthandler.cancel_dump_traceback_later()
    source = MODULE.read_text("utf-8")
    began = time.monotonic()
    assert survives(Mutant("none", source), tmp_path, 0), "the tests fail without any mistake"
    patience = max(PATIENCE, 10 * (time.monotonic() - began))
    made = list(mutants(source))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        numbers = range(1, len(made) + 1)
        lived = list(threads.map(survives, made, repeat(tmp_path), numbers, repeat(patience)))
    survivors = [mutant.name for mutant, alive in zip(made, lived, strict=True) if alive]
    figure(
        f"{len(made)} mutants of {MODULE.name}: {len(made) - len(survivors)} killed, "
        f"{len(survivors)} shown equivalent"
    )
    unexplained = [name for name in survivors if name not in EQUIVALENT]
    print(*unexplained, sep="\n")
    assert unexplained == []
    assert sorted(EQUIVALENT) == sorted(survivors)
