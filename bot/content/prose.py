"""Prose that names figures and dates instead of typing their digits.

    {volume@2024}            a value with its unit; {corridor.volume@2024} of another dossier
    {transit_time}           where the figure has exactly one observation
    {volume@2024 vs 2023}    the change between two periods
    {turnover@2024 of goal}  the share of a target
    {on ebrd_loan}           the date of an event
    [[12th]]                 a number that is no figure, printed as it stands

A blank line parts paragraphs; a line that starts with "- " is a bullet. Any other digit is a
mistake. Whether a name exists is for the rules to say: this file only reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Text as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure's value with its unit; `period` None means the only one."""

    figure: str
    period: str | None


@dataclass(frozen=True, slots=True)
class Shift:
    """The change of a figure from `base` to `period`."""

    figure: str
    period: str
    base: str


@dataclass(frozen=True, slots=True)
class Share:
    """A figure as a share of another one."""

    figure: str
    period: str | None
    goal: str
    goal_period: str | None


@dataclass(frozen=True, slots=True)
class Dated:
    """The date of an event."""

    event: str


Reference = Shown | Shift | Share
Span = Words | Shown | Shift | Share | Dated


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: tuple[Span, ...]
    bullet: bool


class ProseError(ValueError):
    """Prose that cannot be read; `offset` and `length` count characters of the text.

    `number` is the number that was typed, where that is the mistake.
    """

    def __init__(
        self, offset: int, length: int, message: str, remedy: str, number: str | None = None
    ) -> None:
        super().__init__(f"{message}; {remedy}")
        self.offset = offset
        self.length = length
        self.message = message
        self.remedy = remedy
        self.number = number


@dataclass(frozen=True, slots=True)
class Mention:
    """A span that names something, and where in the text it stands."""

    span: Span
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Scan:
    """All that a text holds, and all that is wrong with it."""

    paragraphs: tuple[Paragraph, ...]
    mentions: tuple[Mention, ...]
    errors: tuple[ProseError, ...]


_NAME = r"[a-z][a-z0-9_]*"
_THING = rf"{_NAME}(?:\.{_NAME})?"
_PERIOD = r"[^\s@{}]+"
_SHOWN = re.compile(rf"(?P<figure>{_THING})(?:@(?P<period>{_PERIOD}))?")
_SHIFT = re.compile(rf"(?P<figure>{_THING})@(?P<period>{_PERIOD}) vs (?P<base>{_PERIOD})")
_SHARE = re.compile(
    rf"(?P<figure>{_THING})(?:@(?P<period>{_PERIOD}))?"
    rf" of (?P<goal>{_THING})(?:@(?P<goal_period>{_PERIOD}))?"
)
_DATED = re.compile(rf"on (?P<event>{_THING})")
_TOKEN = re.compile(r"\{(?P<inside>[^{}]*)\}|\[\[(?P<marked>[^\[\]]*)\]\]|[{}]|\[\[|\]\]")
# Any digit, and the signs that are one number in themselves: ½, ², ①.
_TYPED = re.compile(r"[^\W_]*(?:\d|[²³¹¼-¾⁰⁴-⁹₀-₉⅐-↉①-⒛])(?:\w|[.,:](?=\d)|\.\.(?=\d)|[–-](?=\d))*")
_FORMS = "{name}, {name@2024}, {name@2024 vs 2023}, {name@2024 of goal} or {on event}"


def parse(text: str, dossier: str) -> tuple[Paragraph, ...]:
    """Paragraphs of `text`, keys made absolute with `dossier`; raises the first ProseError."""
    found = scan(text, dossier)
    if found.errors:
        raise found.errors[0]
    return found.paragraphs


def reference(text: str, dossier: str) -> Reference:
    """One reference without braces, as in `key_figures`; raises ProseError."""
    cleaned = text.strip()
    span = _span(cleaned, dossier)
    if span is None or isinstance(span, Dated):
        hint = "; leave the braces out" if cleaned.startswith("{") else ""
        raise ProseError(
            0,
            max(len(text), 1),
            f"`{text}` is not a reference to a figure",
            f"write name@2024, name@2024 vs 2023 or name@2024 of goal{hint}",
        )
    return span


def scan(text: str, dossier: str) -> Scan:
    """Read a whole text without raising: what it says, what it names, what is wrong."""
    paragraphs: list[Paragraph] = []
    mentions: list[Mention] = []
    errors: list[ProseError] = []
    for line, places, bullet in _paragraphs(text):
        spans: list[Span] = []
        for start, end, span, error in _tokens(line, dossier):
            offset = places[start]
            length = places[end - 1] - offset + 1
            if error is not None:
                errors.append(ProseError(offset, length, error.message, error.remedy, error.number))
            elif isinstance(span, Words) and spans and isinstance(spans[-1], Words):
                spans[-1] = Words(spans[-1].text + span.text)
            elif span is not None:
                spans.append(span)
            if span is not None and not isinstance(span, Words):
                mentions.append(Mention(span, offset, length))
        if spans:
            paragraphs.append(Paragraph(tuple(spans), bullet))
    return Scan(tuple(paragraphs), tuple(mentions), tuple(errors))


def mentioned(paragraphs: tuple[Paragraph, ...]) -> tuple[Span, ...]:
    """The spans that name a figure or an event, in the order of the text."""
    return tuple(span for part in paragraphs for span in part.spans if not isinstance(span, Words))


def _paragraphs(text: str) -> Iterator[tuple[str, list[int], bool]]:
    """Each paragraph on one line, with the offset in `text` of each of its characters."""
    line, places, bullet = "", list[int](), False
    at = 0
    for raw in text.splitlines(keepends=True):
        stripped = raw.strip()
        start = at + len(raw) - len(raw.lstrip())
        at += len(raw)
        starts_bullet = stripped.startswith("- ")
        if (not stripped or starts_bullet) and line:
            yield line, places, bullet
            line, places, bullet = "", [], False
        if not stripped:
            continue
        if starts_bullet:
            bullet = True
            body = stripped[2:].lstrip()
            start += len(stripped) - len(body)
            stripped = body
        if line:
            line += " "
            places.append(start)
        line += stripped
        places.extend(range(start, start + len(stripped)))
    if line:
        yield line, places, bullet


def _tokens(line: str, dossier: str) -> Iterator[tuple[int, int, Span | None, ProseError | None]]:
    at = 0
    for found in _TOKEN.finditer(line):
        yield from _words(line, at, found.start())
        at = found.end()
        yield (found.start(), at, *_token(found, dossier))
    yield from _words(line, at, len(line))


def _token(found: re.Match[str], dossier: str) -> tuple[Span | None, ProseError | None]:
    inside, marked = found["inside"], found["marked"]
    if marked is not None:
        if marked.strip():
            return Words(marked), None
        return None, ProseError(
            0, 0, "`[[]]` marks nothing", "write the number in it, or remove it"
        )
    if inside is not None:
        span = _span(inside.strip(), dossier)
        if span is not None:
            return span, None
        return None, ProseError(0, 0, f"`{{{inside}}}` is not a reference", f"write {_FORMS}")
    match found.group():
        case "{":
            return None, ProseError(0, 0, "a brace that is not closed", f"write {_FORMS}")
        case "}":
            return None, ProseError(0, 0, "a closing brace alone", f"write {_FORMS}")
        case "[[":
            return None, ProseError(0, 0, "`[[` that is not closed", "write it as in [[12th]]")
    return None, ProseError(0, 0, "`]]` alone", "write it as in [[12th]]")


def _words(
    line: str, start: int, end: int
) -> Iterator[tuple[int, int, Span | None, ProseError | None]]:
    if start == end:
        return
    yield start, end, Words(line[start:end]), None
    for typed in _TYPED.finditer(line, start, end):
        number = typed.group()
        yield (
            typed.start(),
            typed.end(),
            None,
            ProseError(
                0,
                0,
                f'a number typed into prose: "{number}"',
                f"write the figure that says it as {{name@period}}, or [[{number}]] if it is no "
                "figure",
                number,
            ),
        )


def _span(text: str, dossier: str) -> Reference | Dated | None:
    text = " ".join(text.split())

    def absolute(name: str) -> str:
        return name if "." in name or not dossier else f"{dossier}.{name}"

    if found := _DATED.fullmatch(text):
        return Dated(absolute(found["event"]))
    if found := _SHOWN.fullmatch(text):
        return Shown(absolute(found["figure"]), found["period"])
    if found := _SHIFT.fullmatch(text):
        return Shift(absolute(found["figure"]), found["period"], found["base"])
    if found := _SHARE.fullmatch(text):
        return Share(
            absolute(found["figure"]),
            found["period"],
            absolute(found["goal"]),
            found["goal_period"],
        )
    return None
