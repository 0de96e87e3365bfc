"""A line of a subscribers' file, checked column by column against the library. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.content.library import Library
from bot.content.names import nearest
from bot.newsroom.due import find_zone, read_days, read_minute
from bot.newsroom.lines import Record, Wrong, read_moment
from bot.store.bulletins import join_topics, split_topics
from bot.text import clean

LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
CHAT = re.compile(r"-?[1-9][0-9]{0,15}")
LARGEST = 1 << 52
"""Telegram's ids have at most 52 bits, https://core.telegram.org/bots/api#chat."""
TITLE = 120
STATES = ("active", "paused", "ended")


@dataclass(frozen=True, slots=True)
class WishLine:
    """One subscription of a line; `fields` are columns of the table that the line gives."""

    thread_id: int
    edition: str
    minute: int | None
    days: int
    zone: str | None
    fields: dict[str, object]


@dataclass(frozen=True, slots=True)
class ChatLine:
    """One line: the chat, `own` settings that it gives, `zone` for a chat that has none yet."""

    line: int
    tg_id: int
    own: dict[str, object]
    zone: str | None
    state: str = "active"
    created_at: int | None = None
    wishes: tuple[WishLine, ...] = ()


class _Bad(Exception):
    """A column that cannot be taken, and why."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


@dataclass
class Checker:
    """Checks lines one after another; zones are looked up once."""

    library: Library
    zones: dict[str, bool] = field(default_factory=dict)

    def check(self, record: Record) -> tuple[ChatLine | None, tuple[Wrong, ...]]:
        """The line as far as it can be taken, and what is passed over."""
        try:
            if "subscriptions" in record.columns:
                return self._whole(record)
            return self._single(record), ()
        except _Bad as bad:
            return None, (Wrong(record.line, bad.column, bad.reason),)

    def _single(self, record: Record) -> ChatLine:
        columns = record.columns
        language = _language(columns)
        wish = self._wish(columns, is_whole=False)
        own: dict[str, object] = {"language": language} if language else {}
        zone = wish.zone or self._zone(columns)
        return ChatLine(record.line, _chat_id(columns), own, zone, wishes=(wish,))

    def _whole(self, record: Record) -> tuple[ChatLine, tuple[Wrong, ...]]:
        columns = record.columns
        tg_id = _chat_id(columns)
        own: dict[str, object] = {"zone": self._zone(columns)}
        if language := _language(columns):
            own["language"] = language
        if "kind" in columns:
            own["kind"] = _among(columns, "kind", ("private", "group", "supergroup", "channel"))
        if "title" in columns:
            own["title"] = clean(_text(columns, "title"), TITLE)
        if "length" in columns:
            own["length"] = _among(columns, "length", ("short", "full"))
        if "empty" in columns:
            own["empty"] = _among(columns, "empty", ("line", "silence"))
        for name in ("open_to_all", "admitted"):
            if name in columns:
                own[name] = int(columns[name] is True)
        for name in ("quiet_from", "quiet_to"):
            if name in columns:
                own[name] = _minute(columns, name)
        state = "active"
        if "state" in columns:
            state = _among(columns, "state", ("active", "blocked", "gone"))
        listed = columns["subscriptions"]
        if not isinstance(listed, list):
            raise _Bad("subscriptions", "is no list")
        wishes, wrong = [], []
        for place, item in enumerate(listed, start=1):
            try:
                if not isinstance(item, dict):
                    raise _Bad("", "is no object")
                wishes.append(self._wish(item, is_whole=True))
            except _Bad as bad:
                wrong.append(Wrong(record.line, f"subscriptions[{place}].{bad.column}", bad.reason))
        made = _moment(columns, "created_at")
        line = ChatLine(record.line, tg_id, own, None, state, made, tuple(wishes))
        return line, tuple(wrong)

    def _wish(self, columns: Mapping[str, object], *, is_whole: bool) -> WishLine:
        name = _text(columns, "edition")
        edition = self.library.editions.get(name)
        if edition is None:
            raise _Bad("edition", _unknown("edition", name, self.library.editions))
        fields: dict[str, object] = {"topics": self._topics(_text(columns, "topics"))}
        minute = _minute(columns, "time")
        days, zone = _days(columns), self._zone(columns)
        if edition.time is None:
            if minute is not None or days:
                raise _Bad("time", f"{name} has no hour; leave time and days empty")
            zone = None
        else:
            minute = read_minute(edition.time) if minute is None else minute
            days = days or read_days(edition.days or "mon-fri")
            if zone is None:
                raise _Bad("timezone", "is missing; write an IANA name such as Asia/Almaty")
        if is_whole:
            fields |= _kept(columns)
        return WishLine(_thread(columns), name, minute, days, zone, fields)

    def _topics(self, text: str) -> str:
        names = [name.strip() for name in split_topics(text) if name.strip()]
        for name in names:
            if name not in self.library.dossiers:
                raise _Bad("topics", _unknown("dossier", name, self.library.dossiers))
        return join_topics(names)

    def _zone(self, columns: Mapping[str, object]) -> str | None:
        name = _text(columns, "timezone")
        if not name:
            return None
        if name not in self.zones:
            self.zones[name] = find_zone(name) is not None
        if not self.zones[name]:
            raise _Bad("timezone", f"`{name}` is no time zone; write one such as Asia/Almaty")
        return name


def _kept(columns: Mapping[str, object]) -> dict[str, object]:
    """What only JSON keeps of a subscription."""
    kept: dict[str, object] = {}
    if "length" in columns:
        has = columns["length"] is not None
        kept["length"] = _among(columns, "length", ("short", "full")) if has else None
    if "state" in columns:
        kept["state"] = _among(columns, "state", STATES)
    for name in ("paused_until", "since", "created_at"):
        at = _moment(columns, name)
        if at is not None:
            kept[name] = at
    if text := _text(columns, "done_date"):
        try:
            kept["done_date"] = date.fromisoformat(text).isoformat()
        except ValueError as error:
            raise _Bad("done_date", f"`{text}` is no date; write 2025-11-24") from error
    return kept


def _text(columns: Mapping[str, object], name: str) -> str:
    value = columns.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _Bad(name, "is neither text nor a number")
    return str(value).strip()


def _among(columns: Mapping[str, object], name: str, choices: Collection[str]) -> str:
    text = _text(columns, name)
    if text not in choices:
        raise _Bad(name, f"`{text}` is none of {', '.join(choices)}")
    return text


def _chat_id(columns: Mapping[str, object]) -> int:
    text = _text(columns, "chat_id")
    if not CHAT.fullmatch(text) or abs(int(text)) >= LARGEST:
        raise _Bad("chat_id", f"`{text}` is no chat; write its number")
    return int(text)


def _thread(columns: Mapping[str, object]) -> int:
    text = _text(columns, "thread_id") or "0"
    if not text.isascii() or not text.isdecimal() or int(text) >= LARGEST:
        raise _Bad("thread_id", f"`{text}` is no forum topic; write its number, or nothing")
    return int(text)


def _minute(columns: Mapping[str, object], name: str) -> int | None:
    text = _text(columns, name)
    if not text:
        return None
    try:
        return read_minute(text)
    except ValueError as error:
        raise _Bad(name, str(error)) from error


def _days(columns: Mapping[str, object]) -> int:
    text = _text(columns, "days")
    try:
        return read_days(text) if text else 0
    except ValueError as error:
        raise _Bad("days", str(error)) from error


def _language(columns: Mapping[str, object]) -> str:
    text = _text(columns, "language")
    if text and (len(text) > 12 or not LANGUAGE.fullmatch(text)):
        raise _Bad("language", f"`{text}` is no language; write a code such as en or pt-br")
    return text


def _moment(columns: Mapping[str, object], name: str) -> int | None:
    text = _text(columns, name)
    if not text:
        return None
    try:
        return read_moment(text)
    except (ValueError, OverflowError) as error:
        raise _Bad(name, f"`{text}` is no moment; write 2025-11-24T03:00:00+00:00") from error


def _unknown(noun: str, name: str, names: Collection[str]) -> str:
    near = nearest(name, names)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
    return f"there is no {noun} `{name}`; {hint}"
