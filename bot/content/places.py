"""Where things stand in a file: the data of a file with the place of each value and key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.errors import Problem

Keys = tuple[str | int, ...]
"""Where a value stands: `("figures", "volume", "observations", 0, "period")`."""

LINE_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_ESCAPE = re.compile(r"\\(?:x..|u.{4}|U.{8}|\s+|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Word:
    """An unquoted scalar that is neither text nor a whole number nor `true` or `false`."""

    text: str
    why: Literal["truth", "time", "number"]

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the file: line and column from 1, and how many characters it is long."""

    line: int
    column: int
    length: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar's text, its style (`'`, `"`, `|`, `>` or nothing), and its span in the file."""

    text: str
    style: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tree:
    """What one file holds, and where. `data` is made of dict, list, str, int, bool, None, Word."""

    file: str
    text: str
    lines: tuple[str, ...]
    data: dict[str, object]
    values: Mapping[Keys, Mark]
    keys: Mapping[Keys, Mark]
    scalars: Mapping[Keys, Scalar]

    def mark(self, keys: Keys, *, key: bool = False) -> Mark:
        """Where `keys` stands, or the nearest thing around it that the file has."""
        if not key and keys in self.values:
            return self.values[keys]
        if keys and keys[:-1] in self.scalars and isinstance(keys[-1], int):
            return self.values[keys[:-1]]
        for size in range(len(keys), 0, -1):
            around = keys[:size]
            if around in self.keys:
                return self.keys[around]
            if around in self.values:
                return self.values[around]
        return Mark(1, 1, 1)

    def within(self, keys: Keys, offset: int, length: int) -> Mark:
        """Where a piece of a scalar's text stands, whatever its quotes and line breaks."""
        scalar = self.scalars.get(keys)
        if scalar is None:
            return self.mark(keys)
        places = _align(self.text[scalar.start : scalar.end], scalar)
        if not places:
            return self.mark(keys)
        first = scalar.start + places[min(offset, len(places) - 1)]
        last = scalar.start + places[min(offset + max(length, 1) - 1, len(places) - 1)]
        line, column = position(self.text, first)
        return Mark(line, column, max(1, min(last - first + 1, self._rest(line, column))))

    def problem(
        self, mark: Mark, message: str, remedy: str = "", *, warning: bool = False
    ) -> Problem:
        excerpt = self.lines[mark.line - 1] if mark.line <= len(self.lines) else ""
        return Problem(
            self.file, mark.line, mark.column, message, remedy, excerpt, mark.length, warning
        )

    def _rest(self, line: int, column: int) -> int:
        return len(self.lines[line - 1].rstrip()) - column + 1


def position(text: str, index: int) -> tuple[int, int]:
    """Line and column, both from 1, of a character."""
    line, start = 1, 0
    for found in LINE_BREAK.finditer(text, 0, index):
        line, start = line + 1, found.end()
    return line, index - start + 1


def _align(source: str, scalar: Scalar) -> list[int]:
    """For each character of a scalar's text its index in the source that it was read from."""
    places: list[int] = []
    at = 0
    if scalar.style in {"|", ">"}:
        header = LINE_BREAK.search(source)
        at = header.end() if header else len(source)
    elif scalar.style:
        at = 1
    for piece in scalar.text:
        if piece.isspace():
            places.append(min(at, max(len(source) - 1, 0)))
            continue
        while at < len(source) and source[at].isspace():
            at += 1
        places.append(min(at, max(len(source) - 1, 0)))
        if scalar.style == '"' and source[at : at + 1] == "\\":
            escape = _ESCAPE.match(source, at)
            at = escape.end() if escape else at + 1
        elif scalar.style == "'" and source[at : at + 2] == "''":
            at += 2
        else:
            at += 1
    return places
