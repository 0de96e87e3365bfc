"""The faults of `faults.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, what is to come of it, and where that is tried."""

    key: str
    fault: str
    expected: str
    tests: tuple[str, ...]


def _read(path: Path) -> tuple[Fault, ...]:
    found = yaml.safe_load(path.read_text("utf-8"))
    return tuple(
        Fault(key, told["fault"], told["expected"], tuple(told["tests"]))
        for key, told in found.items()
    )


FAULTS = _read(Path(__file__).with_name("faults.yaml"))
