"""Every small mistake in the time rule is noticed by its tests, or shown to be none.

Each mutant runs against `tests/newsroom/test_due.py` in a process of its own; one that hangs is
noticed too. A survivor is excused only by the reasons below, and a reason without its survivor
fails as well.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.soak.mutants import Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
MODULE = ROOT / "bot" / "newsroom" / "due.py"
TESTS = "tests/newsroom/test_due.py"
AT_ONCE = 2
PATIENCE = 120

EQUIVALENT: dict[str, str] = {}


def survives(mutant: Mutant, folder: Path, number: int) -> bool:
    changed = folder / f"due_{number}.py"
    changed.write_text(mutant.source, "utf-8")
    command = [sys.executable, "tests/soak/mutants.py", str(changed), "bot.newsroom.due", TESTS]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


@pytest.mark.soak
def test_every_mutant_of_the_time_rule_is_noticed_or_excused(tmp_path: Path) -> None:
    source = MODULE.read_text("utf-8")
    assert survives(Mutant("none", source), tmp_path, 0), "the tests fail without any mistake"
    made = list(mutants(source))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        lived = list(threads.map(survives, made, [tmp_path] * len(made), range(1, len(made) + 1)))
    survivors = [mutant.name for mutant, alive in zip(made, lived, strict=True) if alive]
    print(
        f"\nmutants of {MODULE.name}: {len(made)}, killed {len(made) - len(survivors)}, "
        f"equivalent {len(survivors)}"
    )
    unexplained = [name for name in survivors if name not in EQUIVALENT]
    print(*unexplained, sep="\n")
    assert unexplained == []
    assert sorted(EQUIVALENT) == sorted(survivors)
