"""The files by which subscribers are moved: CSV and JSON lines, read and written. No database.

A line of CSV is one subscription. A line of JSON is one chat with all that is kept of it, or a
subscription with the names of the CSV's columns.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from bot.clock import micros, moment
from bot.newsroom.due import write_days
from bot.newsroom.office import Refusal
from bot.store.roster import Known, Wish

Form = Literal["csv", "jsonl"]
HEADER = ("chat_id", "thread_id", "edition", "topics", "time", "days", "timezone", "language")
LONGEST = 65_536
"""Characters of one line."""


@dataclass(frozen=True, slots=True)
class Record:
    """One line as it stands in the file, by the names of its columns; nothing is checked yet."""

    line: int
    columns: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line, or a part of one, that is passed over: `column` is where, `reason` why and what
    to write."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return (
            f"{self.line}:{self.column}: {self.reason}"
            if self.column
            else (f"{self.line}: {self.reason}")
        )


def form_of(path: Path) -> Form:
    """By the ending of its name. Raises Refusal for an ending that tells nothing."""
    match path.suffix.lower():
        case ".csv":
            return "csv"
        case ".jsonl" | ".ndjson" | ".json":
            return "jsonl"
    raise Refusal(f"{path.name}: name it .csv or .jsonl, or say which with --format.")


def read_lines(file: Iterable[str], form: Form) -> Iterator[Record | Wrong]:
    """The lines of a file in order. Raises Refusal where a CSV has not our header."""
    return _read_csv(file) if form == "csv" else _read_json(file)


def _read_csv(file: Iterable[str]) -> Iterator[Record | Wrong]:
    """Line by line: no column of ours holds a line's end, and one stray quote costs one line."""
    lines = iter(file)
    header = [name.strip() for name in _cells(next(lines, "").removeprefix("\ufeff")) or ()]
    if sorted(header) != sorted(HEADER):
        raise Refusal(f"The first line is not our header. Write: {','.join(HEADER)}")
    seen: dict[tuple[str, ...], int] = {}
    languages: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            continue
        cells = _cells(line)
        if cells is None:
            yield Wrong(number, "", "is no line of CSV: a quote is open, or it is too long")
            continue
        if len(cells) != len(HEADER):
            yield Wrong(number, "", f"has {len(cells)} columns; there are {len(HEADER)}")
            continue
        columns = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        first = seen.setdefault(_key(columns), number)
        language, where = languages.setdefault(columns["chat_id"], (columns["language"], number))
        if first != number:
            yield Wrong(number, "", f"says the same subscription as line {first}")
        elif language != columns["language"]:
            said = f"line {where} says {language or 'nothing'} for the same chat; write that"
            yield Wrong(number, "language", said)
        else:
            yield Record(number, columns)


def _cells(line: str) -> list[str] | None:
    if len(line) > LONGEST:
        return None
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return None


def _key(columns: Mapping[str, object]) -> tuple[str, ...]:
    """What a subscription is unique by, as it is written."""
    texts = [str(columns.get(name) or "0") for name in ("chat_id", "thread_id", "edition", "time")]
    return (*texts[:3], texts[3].rjust(5, "0"))


def _read_json(file: Iterable[str]) -> Iterator[Record | Wrong]:
    seen: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        if len(line) > LONGEST:
            yield Wrong(number, "", f"is longer than {LONGEST} characters")
            continue
        try:
            columns = json.loads(line)
        except (ValueError, RecursionError) as error:
            column = str(error.colno) if isinstance(error, json.JSONDecodeError) else ""
            yield Wrong(number, column, "no JSON object")
            continue
        if not isinstance(columns, dict):
            yield Wrong(number, "", "no JSON object")
            continue
        is_chat = "subscriptions" in columns
        key = (str(columns.get("chat_id")),) if is_chat else _key(columns)
        first = seen.setdefault(key, number)
        if first != number:
            yield Wrong(number, "", f"says the same as line {first}")
        else:
            yield Record(number, columns)


# --- writing -------------------------------------------------------------------------------


def write_header(form: Form) -> str:
    return ",".join(HEADER) + "\n" if form == "csv" else ""


def write_chat(chat: Known, wishes: Iterable[Wish], form: Form) -> list[str]:
    """The lines of one chat. CSV has those that are reached and have not ended."""
    if form == "jsonl":
        return [_write_json(chat, wishes)]
    if chat.state != "active":
        return []
    return [_write_csv(chat, wish) for wish in wishes if wish.state != "ended"]


def _write_csv(chat: Known, wish: Wish) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(
        (
            chat.tg_id,
            wish.thread_id or "",
            wish.edition,
            wish.topics,
            write_clock(wish.minute),
            write_days(wish.days) if wish.days else "",
            wish.zone or chat.settings.zone or "",
            chat.settings.language,
        )
    )
    return line.getvalue()


def _write_json(chat: Known, wishes: Iterable[Wish]) -> str:
    own = chat.settings
    body = {
        "chat_id": chat.tg_id,
        "kind": own.kind,
        "title": own.title,
        "state": chat.state,
        "language": own.language,
        "timezone": own.zone,
        "quiet_from": None if own.quiet_from is None else write_clock(own.quiet_from),
        "quiet_to": None if own.quiet_to is None else write_clock(own.quiet_to),
        "length": own.length,
        "empty": own.empty,
        "open_to_all": bool(own.open_to_all),
        "admitted": bool(own.admitted),
        "created_at": write_moment(chat.created_at),
        "subscriptions": [
            {
                "thread_id": wish.thread_id,
                "edition": wish.edition,
                "topics": wish.topics,
                "time": write_clock(wish.minute),
                "days": write_days(wish.days) if wish.days else "",
                "timezone": wish.zone,
                "length": wish.length,
                "state": wish.state,
                "paused_until": write_moment(wish.paused_until),
                "since": write_moment(wish.since),
                "done_date": wish.done_date,
                "created_at": write_moment(wish.created_at),
            }
            for wish in wishes
        ],
    }
    return json.dumps(body, ensure_ascii=False) + "\n"


def write_clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"


def write_moment(at: int | None) -> str | None:
    """A moment in ISO 8601, whole to the microsecond."""
    return None if at is None else moment(at).isoformat()


def read_moment(text: str) -> int:
    """The moment in microseconds; without an offset it is UTC. Raises ValueError."""
    at = datetime.fromisoformat(text)
    return micros(at if at.tzinfo is not None else at.replace(tzinfo=UTC))
