"""What a reader's wording leads to, as `questions/` and the marks of the search write it.

    figure corridor.volume@2024                a figure, for a period where one is named
    comparison corridor.volume@2024 vs 2023    two periods of one
    section corridor.aktau#2                   a section, by its second paragraph where one is named
    dossier, person, term or event and a key
    missing corridor.volume                    the figure is there, but not for that period
    none                                       the briefings do not cover it

Alternatives stand with `|` between. `[2025-11-25]` behind a wording is the day of asking.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, get_args

from bot.content.entries import Noun

Kind = Literal[
    "section", "figure", "comparison", "dossier", "person", "term", "event", "missing", "none"
]
KINDS: Mapping[str, Kind] = MappingProxyType({kind: kind for kind in get_args(Kind)})
NOUNS: Mapping[Kind, Noun] = MappingProxyType(
    {
        "dossier": "dossier",
        "section": "section",
        "figure": "figure",
        "comparison": "figure",
        "missing": "figure",
        "person": "person",
        "term": "term",
        "event": "event",
    }
)
"""The noun of each kind of answer; `none` has none."""
_DAY = re.compile(r"\s*\[(\d{4}-\d\d-\d\d)\]$")
_LEAD = re.compile(
    r"(?P<kind>[a-z]+)(?: (?P<key>[a-z0-9_.]+))?(?:@(?P<period>[-\d/.]+))?"
    r"(?: vs (?P<base>[-\d/.]+))?(?:#(?P<paragraph>[1-9]\d*))?"
)


@dataclass(frozen=True, slots=True)
class Lead:
    """One thing that answers; what is empty is left open. `paragraph` from 0."""

    kind: Kind
    key: str = ""
    period: str = ""
    base: str = ""
    paragraph: int | None = None

    @property
    def noun(self) -> Noun | None:
        return NOUNS.get(self.kind)

    @classmethod
    def parse(cls, text: str) -> Lead:
        """One alternative; ValueError for anything else."""
        found = _LEAD.fullmatch(text.strip())
        kind = KINDS.get(found["kind"]) if found else None
        if found is None or kind is None or (kind == "none") is bool(found["key"]):
            raise ValueError(f"no answer: {text!r}")
        number = found["paragraph"]
        return cls(
            kind,
            found["key"] or "",
            found["period"] or "",
            found["base"] or "",
            int(number) - 1 if number else None,
        )


@lru_cache(maxsize=16384)
def parse(text: str) -> tuple[Lead, ...]:
    """All alternatives; ValueError where one is none."""
    return tuple(map(Lead.parse, text.split("|")))


def asked_on(text: str, otherwise: date) -> tuple[str, date]:
    """A wording without its day, and the day; ValueError where there is no such day."""
    found = _DAY.search(text)
    return (_DAY.sub("", text), date.fromisoformat(found[1])) if found else (text, otherwise)
