"""What a question is answered with, and what else may have been meant."""

from __future__ import annotations

from dataclasses import dataclass

from bot.content.dates import When
from bot.content.leads import Kind


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that answers, or comes near. `period` and `base` are EDTF texts of a figure.

    `paragraph` is the one of a section that comes nearest, from 0. `home` is the section that a
    figure stands in, if it does.
    """

    kind: Kind
    key: str
    title: str
    dossier: str
    period: str = ""
    base: str = ""
    paragraph: int = 0
    home: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`best` is None where nothing answers; `missing` names the figure whose period is lacking.

    `others` are the next three, beside the section that a figure stands in. `reason` says where
    the answer stands: "Middle Corridor, Transit time". `corrected` are words that were read as
    others. `lacking` are the periods asked for that the figure does not have; none where a change
    was asked of one period. `is_blank` tells that no word says what about. `unsaid` are amounts of
    the question, in its words, that the answer does not have.
    """

    kind: Kind
    best: Hit | None
    others: tuple[Hit, ...]
    reason: str = ""
    corrected: tuple[tuple[str, str], ...] = ()
    lacking: tuple[When, ...] = ()
    is_blank: bool = False
    unsaid: tuple[str, ...] = ()

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The best and the next three."""
        return (self.best, *self.others) if self.best else self.others
