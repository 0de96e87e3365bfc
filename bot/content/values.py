"""A quantity as its source gave it: exact, about, more than, at most, a range, a multiple."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Self

Kind = Literal["exact", "about", "over", "at_most", "range", "multiple"]

_NUMBER = r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?"
_FORMS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("range", re.compile(rf"(?P<low>{_NUMBER})\s*\.\.\s*(?P<high>{_NUMBER})")),
    ("multiple", re.compile(rf"x\s*(?P<low>{_NUMBER}) of (?P<base>\?|[a-z][a-z0-9_.]*@\S+)")),
    ("about", re.compile(rf"about (?P<low>{_NUMBER})")),
    ("over", re.compile(rf"(?:over|more than) (?P<low>{_NUMBER})")),
    ("at_most", re.compile(rf"at most (?P<low>{_NUMBER})")),
    ("exact", re.compile(rf"(?P<low>{_NUMBER})")),
)


@dataclass(frozen=True, slots=True)
class Value:
    """`low` is the number (the lower end of a range, the factor of a multiple).

    `high` is a range's upper end. `base` is what a multiple multiplies: a reference
    `figure@period`, or `?` where the source does not say.
    """

    text: str
    kind: Kind
    low: Decimal
    high: Decimal | None = None
    base: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a value as a person writes it; ValueError says what can be written."""
        cleaned = " ".join(text.split())
        for kind, form in _FORMS:
            if found := form.fullmatch(cleaned):
                parts = found.groupdict()
                high = Decimal(parts["high"]) if parts.get("high") else None
                low = Decimal(parts["low"])
                if high is not None and high <= low:
                    raise ValueError(f"`{text}` is a range that does not rise; write {high}..{low}")
                return cls(cleaned, kind, low, high, parts.get("base"))
        raise ValueError(
            f"`{text}` is not a value; write 4.5, about 4.5, over 550, at most 3, 15..18, "
            "x3 of ? or x3 of name@period"
        )

    @property
    def bounds(self) -> tuple[Decimal | None, Decimal | None]:
        """Least and greatest number that round to what is written; None where open.

        A multiple has none: its base may be unknown.
        """
        exponent = self.low.as_tuple().exponent
        half = Decimal(1).scaleb(int(exponent)) / 2
        match self.kind:
            case "exact" | "about":
                return self.low - half, self.low + half
            case "over":
                return self.low, None
            case "at_most":
                return None, self.low
            case "range":
                return self.low, self.high
            case "multiple":
                return None, None

    def __str__(self) -> str:
        return self.text
