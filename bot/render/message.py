"""What a screen says (View) and what Telegram can carry (Message). Pure data.

A View knows no markup and no limits: blocks of spans, and rows of buttons. `html` writes it,
`split` cuts it into Messages that Telegram accepts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

# --- spans: pieces of a line ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Words as they are, optionally bold, italic or struck through; with `url` a link."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    shows: tuple[str, ...] = ()
    """The keys of the observations that these words state; receipts keep them."""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Cite:
    """A mark (¹) that keys the sources at the end; `facts` are such as `astana-talks.18`."""

    facts: tuple[str, ...]
    mark: str


@dataclass(frozen=True, slots=True)
class Time:
    """A moment, shown in the reader's own zone by `<tg-time>`; `text` for clients without it."""

    at: datetime
    text: str
    format: str = "wDT"


Span = Text | Link | Cite | Time

# --- blocks --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Para:
    """A line or paragraph. `bullet` sets a mark before it; `tight` adds no empty line above."""

    spans: tuple[Span, ...]
    bullet: bool = False
    tight: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A share of a goal between 0 and 1, drawn in ten cells; only where both ends are given."""

    share: float


@dataclass(frozen=True, slots=True)
class Quote:
    """Lines in a quote that opens on a tap."""

    paras: tuple[Para, ...]
    expandable: bool = True


Block = Para | Heading | Bar | Quote

# --- buttons -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Button:
    """One button; exactly one of the four actions. `data` is at most 64 bytes of UTF-8."""

    text: str
    data: str | None = None
    url: str | None = None
    copy: str | None = None
    inline: str | None = None


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class View:
    """One screen. `place` says which, for golden files and logs: `corridor.bottlenecks`."""

    blocks: tuple[Block, ...]
    buttons: Rows = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message within Telegram's limits: `html` to send, `plain` if it is refused.

    `carries` are the keys of the observations that it shows.
    """

    html: str
    plain: str
    buttons: Rows = ()
    carries: tuple[str, ...] = ()
