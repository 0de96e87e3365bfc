"""Writes what became of each fault, as a table in `build/faults.md`, at the end of `make soak`.

A plugin of pytest: `-p tests.soak.table`. A test tells its figure by the fixture `figure`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.soak.faults import FAULTS, Fault

Row = tuple[str, str, str, str, str, str]
HEAD = ("", "fault", "expected", "tests", "figure", "verdict")
TARGET = Path(__file__).parent.parent.parent / "build" / "faults.md"


@dataclass
class Result:
    """How often a test passed and failed (it may have parameters), and its figures."""

    passed: int = 0
    failed: int = 0
    figures: list[str] = field(default_factory=list)


def rows(faults: Sequence[Fault], results: Mapping[str, Result]) -> list[Row]:
    """A row for each fault: it holds if all of its tests were run and passed."""
    return [_row(fault, [results.get(name, Result()) for name in fault.tests]) for fault in faults]


def _row(fault: Fault, found: Sequence[Result]) -> Row:
    passed, failed = sum(one.passed for one in found), sum(one.failed for one in found)
    figure = "; ".join(told for one in found for told in one.figures)
    if not figure and passed + failed:
        figure = f"{passed} passed" + (f", {failed} failed" if failed else "")
    whole = all(one.passed + one.failed for one in found)
    verdict = "BROKEN" if failed else "holds" if whole else "not run"
    names = ", ".join(f"`{name.partition('::')[2]}`" for name in fault.tests)
    return fault.key, fault.fault, fault.expected, names, figure, verdict


def write(faults: Sequence[Fault], results: Mapping[str, Result]) -> str:
    """The table in Markdown, and a line that sums it up."""
    found = rows(faults, results)
    verdicts = [row[-1] for row in found]
    hold, broken, missing = (verdicts.count(word) for word in ("holds", "BROKEN", "not run"))
    lines = [_line(HEAD), _line(["---"] * len(HEAD)), *(_line(row) for row in found)]
    summary = (
        f"{hold} of {len(found)} hold, {broken} {_is(broken)} broken, "
        f"{missing} {_is(missing, 'was', 'were')} not run"
    )
    return "\n".join((*lines, "", summary, ""))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _is(number: int, one: str = "is", many: str = "are") -> str:
    return one if number == 1 else many


class Table:
    """Collects reports; with several processes of pytest, in the one that gathers them."""

    def __init__(self) -> None:
        self.results: dict[str, Result] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        ended = report.when == "call" or (report.when == "setup" and report.failed)
        if not ended or report.skipped:
            return
        path, _, name = report.nodeid.partition("::")
        key = path.removeprefix("tests/").removesuffix(".py") + "::" + name.partition("[")[0]
        result = self.results.setdefault(key, Result())
        result.passed += report.passed
        result.failed += report.failed
        result.figures += [str(told) for what, told in report.user_properties if what == "figure"]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        table = write(FAULTS, self.results)
        TARGET.parent.mkdir(exist_ok=True)
        TARGET.write_text(table, "utf-8")
        terminalreporter.section("what became of each fault (build/faults.md)")
        terminalreporter.write(table)


def pytest_configure(config: pytest.Config) -> None:
    # The processes that only run tests report to the one that gathers.
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Table(), "faults")
