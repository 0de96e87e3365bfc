"""Tells which tests were skipped, and fails if one was for a reason that is not on the list.

Usage: skipped.py REPORT LIST, a JUnit file of pytest's and a file with a line for each reason
that is allowed: what the reason contains, a `|`, and why that is allowed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree


def allowed(text: str) -> tuple[str, ...]:
    """What a reason may contain, in lower case."""
    lines = (line.strip() for line in text.splitlines())
    return tuple(
        line.partition("|")[0].strip().lower() for line in lines if line and line[0] != "#"
    )


def skipped(report: Path) -> list[tuple[str, str]]:
    """Name and reason of each test that was skipped."""
    found = []
    for case in ElementTree.parse(report).iter("testcase"):
        skip = case.find("skipped")
        if skip is not None:
            name = f"{case.get('classname')}.{case.get('name')}"
            found.append((name, skip.get("message") or (skip.text or "").strip()))
    return found


def main(report: str, may_skip: str) -> int:
    parts = allowed(Path(may_skip).read_text(encoding="utf-8"))
    silent = 0
    for name, reason in skipped(Path(report)):
        fine = any(part in reason.lower() for part in parts)
        silent += not fine
        print(f"skipped{'' if fine else ', not allowed here'}: {name}: {reason}")
    if silent:
        print(f"{silent} skipped for a reason that .ci/may-skip does not know.")
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
