"""Telegram's clock beside ours: each answer of the Bot API says when it was given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

FAR = timedelta(minutes=5)
"""By how much two clocks may differ and still agree."""
IN_A_ROW = 3
"""Answers that must be far apart before Telegram is said to disagree: one may be mistaken."""
LONGEST = timedelta(minutes=2)
"""No call takes longer; one that seems to was frozen on its way, and its time is an old one."""

Says = Literal["nothing", "agrees", "unsure", "disagrees"]


class Witness:
    """What Telegram's clock says of ours.

    `nothing` while no answer bore a time; `unsure` where some did, and neither one that agrees nor
    three in a row that disagree came since the start or since `forget`.
    """

    def __init__(self) -> None:
        self._spoke = False
        self._agreed = False
        self._against = 0
        self.apart = timedelta()
        """How far Telegram's clock is ahead of ours, by the last answer that bore a time."""

    @property
    def says(self) -> Says:
        if not self._spoke:
            return "nothing"
        if self._against >= IN_A_ROW:
            return "disagrees"
        return "agrees" if self._agreed else "unsure"

    def hear(self, date: str | None, asked: datetime, received: datetime) -> None:
        """An answer's Date header, and our clock when the call began and when the answer came.

        A header that is missing or malformed is no word; nor is one of a call during which our
        clock went back or on by minutes.
        """
        told = _read(date)
        if told is None or not timedelta() <= received - asked <= LONGEST:
            return
        self._spoke = True
        self.apart = told - received
        if abs(self.apart) > FAR:
            self._against += 1
            self._agreed = self._agreed and self._against < IN_A_ROW
        else:
            self._against, self._agreed = 0, True

    def forget(self) -> None:
        """Our clock has moved: what was said of it before holds no more."""
        self._against, self._agreed = 0, False


def _read(date: str | None) -> datetime | None:
    """The moment of a Date header; None where it is none."""
    try:
        told = parsedate_to_datetime(date or "")
        # An HTTP date is in GMT; one without a zone, or with -0000, is read as naive.
        return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
