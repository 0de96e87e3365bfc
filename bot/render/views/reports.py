"""Reports of errors, as the reader who makes one and the admins who look into it see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.content.library import Library
from bot.render.buttons import nav, rows
from bot.render.message import Block, Button, Heading, Para, Quote, Text, View
from bot.text import Words

SHOWN = 60
"""Characters of a report in a list."""
BRIEF = 1200
"""Characters of the screen that it is about."""


@dataclass(frozen=True, slots=True)
class Said:
    """One report: `place` names the screen by the button that leads there (`f:corridor.volume`).

    `text` are the reader's words, `shown` is the screen as they saw it, as far as it is known.
    """

    number: int
    place: str
    revision: int
    text: str
    shown: str = ""


def title_of(words: Words, library: Library, place: str) -> str:
    """What a place is called; "the briefings" where it is none, or is no more."""
    verb, _, key = place.partition(":")
    if verb in {"f", "cp"} and key in library.figures:
        return library.figures[key].name
    if verb == "s" and key in library.sections:
        name = library.dossiers[key.partition(".")[0]].title
        return f"{name}: {library.sections[key].title}"
    if verb == "d" and key in library.dossiers:
        return library.dossiers[key].title
    if verb == "c" and key in library.facts:
        source, _, number = key.rpartition(".")
        return words("report.fact", number=number, name=library.sources[source].name)
    return words("status.title") if verb == "status" else words("report.anything")


def onward(words: Words, library: Library, place: str) -> Button | None:
    """A button to the place, answered anew, so that what it stands under stays."""
    verb, _, key = place.partition(":")
    there = {"f": library.figures, "s": library.sections, "d": library.dossiers}
    if verb == "c" and key in library.facts:
        return nav(words("button.see_it"), "c!", key)
    if verb == "cp" and key in library.figures:
        return nav(words("button.see_it"), "cp!", key)
    if verb in there and key in there[verb]:
        return nav(words("button.see_it"), f"{verb}!", key)
    return None


def for_admins(words: Words, library: Library, said: Said) -> View:
    """What is said to be wrong, with what was shown; no word of who says so."""
    title = title_of(words, library, said.place)
    blocks: list[Block] = [
        Heading((Text(words("report.title", number=said.number, title=title)),)),
        Para((Text(f"“{said.text}”"),), tight=True),
    ]
    if said.shown:
        lines = [line for line in said.shown[:BRIEF].splitlines() if line.strip()]
        blocks.append(Para((Text(words("report.shown", revision=said.revision)),)))
        blocks.append(Quote(tuple(Para((Text(line),), tight=True) for line in lines)))
    blocks.append(Para((Text(words("report.how")),)))
    buttons = (
        nav(words("button.mended"), "rm", said.number),
        nav(words("button.no_error"), "rn", said.number),
        onward(words, library, said.place),
    )
    return View(tuple(blocks), rows(buttons), "report")


def open_ones(words: Words, library: Library, reports: Sequence[Said]) -> View:
    """Those that nobody has looked into yet, the oldest first."""
    if not reports:
        return View((Para((Text(words("report.none")),)),), (), "reports")
    lines = [
        Para(
            (
                Text(f"{one.number}. {title_of(words, library, one.place)}: ", bold=True),
                Text(f"“{one.text[:SHOWN]}{'…' if len(one.text) > SHOWN else ''}”"),
            ),
            tight=True,
        )
        for one in reports
    ]
    buttons: Iterable[Button] = (
        nav(words("button.report", number=one.number), "ro", one.number) for one in reports
    )
    heading = Heading((Text(words("report.open")),))
    return View((heading, *lines), rows(buttons), "reports")


def outcome(words: Words, library: Library, place: str, said: str) -> View:
    """What came of it, for the reader who reported it."""
    title = title_of(words, library, place)
    blocks: list[Block] = [Para((Text(words("report.yours", title=title), bold=True),))]
    blocks.append(Para((Text(said),), tight=True))
    return View(tuple(blocks), rows((onward(words, library, place),)), "report")
