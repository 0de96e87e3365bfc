"""The list of faults is whole, and each test that it names exists."""

from __future__ import annotations

import re

import pytest

from tests.soak.faults import FAULTS, Fault
from tests.soak.stage import ROOT, Ledger, lay_beside
from tests.soak.table import Result, rows, write

COUNTS = {"C": 10, "N": 7, "T": 11, "D": 10, "K": 7, "I": 10, "S": 6, "O": 5}


def test_no_fault_is_left_out_and_none_is_without_a_test() -> None:
    keys = [f"{letter}{number}" for letter, most in COUNTS.items() for number in range(1, most + 1)]
    assert [fault.key for fault in FAULTS] == keys
    assert [fault.key for fault in FAULTS if not fault.tests] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.key)
def test_each_test_that_is_named_exists(fault: Fault) -> None:
    for named in fault.tests:
        place, _, name = named.partition("::")
        source = (ROOT / "tests" / f"{place}.py").read_text("utf-8")
        assert re.search(rf"^(async )?def {name}\(", source, re.MULTILINE), named


def test_the_table_tells_what_passed_failed_and_was_not_run() -> None:
    faults = (
        Fault("C1", "a kill", "nothing", ("a/test_a::test_x", "a/test_a::test_y")),
        Fault("C2", "a freeze", "nothing", ("a/test_a::test_y", "a/test_a::test_z")),
        Fault("C3", "a | cut", "nothing", ("a/test_a::test_u",)),
    )
    results = {
        "a/test_a::test_x": Result(2, 0, ["one figure", "another"]),
        "a/test_a::test_y": Result(1, 0, []),
        "a/test_a::test_z": Result(1, 1, []),
    }
    assert rows(faults, results) == [
        ("C1", "a kill", "nothing", "`test_x`, `test_y`", "one figure; another", "holds"),
        ("C2", "a freeze", "nothing", "`test_y`, `test_z`", "2 passed, 1 failed", "BROKEN"),
        ("C3", "a | cut", "nothing", "`test_u`", "", "not run"),
    ]
    table = write(faults, results)
    assert "| C3 | a \\| cut | nothing | `test_u` |  | not run |" in table
    assert "1 of 3 hold, 1 is broken, 1 was not run" in table


def test_what_nobody_got_to_is_still_open_and_not_lost() -> None:
    ledger = Ledger(done=[(1.0, 1), (2.0, 2), (3.0, 2)], calls=[], hits={})
    rows = {1: "sent", 2: "unknown", 3: "sent", 4: "pending", 5: "sending"}
    found = lay_beside(ledger, rows, 6)
    assert (found.doubled, found.lost, found.open) == (1, 2, 2)
    assert (found.unknown, found.delivered) == (1, 1)
    assert found.figure == "1 doubled, 2 silently lost, 1 unknown, 2 STILL OPEN"
    with pytest.raises(AssertionError, match="2 STILL OPEN"):
        lay_beside(Ledger([], [], {}), {4: "pending", 5: "claimed"}, 2).check()
    lay_beside(Ledger([(1.0, 1)], [], {}), {1: "sent"}, 1).check()
