"""The frame around the code: the tested set of libraries, `make`, and what may be skipped."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
REPORT = """<testsuites><testsuite>
<testcase classname="tests.a" name="test_passes"/>
<testcase classname="tests.a" name="test_waits"><skipped message="{reason}"/></testcase>
</testsuite></testsuites>"""


def pinned() -> dict[str, str]:
    lines = [line for line in CONSTRAINTS.splitlines() if line and not line.startswith("#")]
    return dict(line.split("==") for line in lines)


def needed() -> Iterator[str]:
    """The names of all libraries that the bot and its test tools rest on, here."""
    wanted = [
        Requirement(text)
        for text in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
    ]
    seen = set()
    while wanted:
        each = wanted.pop()
        extras = each.extras or {""}
        if (each.name, *sorted(extras)) in seen:
            continue
        seen.add((each.name, *sorted(extras)))
        yield canonicalize_name(each.name)
        for text in distribution(each.name).requires or ():
            inner = Requirement(text)
            marker = inner.marker
            if marker is None or any(marker.evaluate({"extra": e}) for e in {"", *extras}):
                wanted.append(inner)


def test_the_tested_set_has_each_library_once_and_nothing_but_versions() -> None:
    lines = [line for line in CONSTRAINTS.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", line) for line in lines)
    assert list(pinned()) == sorted(pinned())


def test_the_tested_set_is_what_the_project_needs() -> None:
    assert set(needed()) == set(pinned())


def test_the_tested_set_is_what_is_installed() -> None:
    assert {name: distribution(name).version for name in pinned()} == pinned()


def test_make_alone_lists_what_can_be_done() -> None:
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    for target in ("setup", "run", "test", "bench", "soak", "clean"):
        assert re.search(rf"^  make {target} +\S", done.stdout, re.MULTILINE), target


@pytest.mark.parametrize(
    ("reason", "code"),
    [("the source document is not at hand", 0), ("somebody was lazy", 1)],
)
def test_a_skip_needs_a_reason_that_is_known(tmp_path: Path, reason: str, code: int) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT.format(reason=reason), encoding="utf-8")
    words = [sys.executable, *map(str, (ROOT / ".ci/skipped.py", report, ROOT / ".ci/may-skip"))]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert f"tests.a.test_waits: {reason}" in done.stdout
    assert "test_passes" not in done.stdout
