"""The short way from an update to an Ask, for what is asked most: words and presses in private.

The library's objects take a quarter of the time of an answer. What is read here is read from the
update as it came, and only where every part of it is of the plainest kind; the door reads the rest.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from bot.chat.desk import Ask, Desk, Press
from bot.store.chats import Chat
from bot.text import clean, words_for

TITLE = 120
PLAIN = frozenset({"message_id", "date", "chat", "from", "text", "entities"})
YEAR_10000 = 253_402_300_800
"""Seconds since 1970 that no date reaches."""
PRESS = frozenset({"id", "from", "message", "chat_instance", "data"})
"""The parts that a plain message and a press have; with any other, the door reads it."""


def read(desk: Desk, body: dict[str, Any], known: Chat) -> Ask | None:
    """Who asks what; None where the door should look. `known` is the row of the update's chat."""
    if len(body) != 2:
        return None
    message, query = body.get("message"), body.get("callback_query")
    if isinstance(message, dict) and message.keys() <= PLAIN:
        return _written(desk, message, known)
    if isinstance(query, dict) and query.keys() <= PRESS:
        return _pressed(desk, query, known)
    return None


def _written(desk: Desk, message: dict[str, Any], known: Chat) -> Ask | None:
    person = _person(message.get("chat"), message.get("from"), known)
    number, text = message.get("message_id"), message.get("text")
    if not (person and isinstance(text, str) and text and isinstance(number, int)):
        return None
    # Our name in it is taken out at the door.
    date = message.get("date")
    is_dated = isinstance(date, int) and 0 <= date < YEAR_10000
    if not is_dated or "@" in text or not _is_bare(message):
        return None
    words = words_for(known.language)
    return Ask(desk, known, person, words, message_id=number, text=text)


def _is_bare(message: dict[str, Any]) -> bool:
    """Whether no part of the text means somebody."""
    entities = message.get("entities", [])
    return isinstance(entities, list) and all(
        isinstance(entity, dict) and entity.get("type") == "bot_command" for entity in entities
    )


def _pressed(desk: Desk, query: dict[str, Any], known: Chat) -> Ask | None:
    under, key, data = query.get("message"), query.get("id"), query.get("data")
    if not (isinstance(under, dict) and isinstance(key, str) and isinstance(data, str)):
        return None
    person = _person(under.get("chat"), query.get("from"), known)
    number = under.get("message_id")
    if not (person and isinstance(number, int)) or under.get("is_topic_message"):
        return None
    words, shown = words_for(known.language), under.get("text")
    press = Press(key, number, data, shown=shown if isinstance(shown, str) else "")
    return Ask(desk, known, person, words, press=press)


def _person(chat: object, sender: object, known: Chat) -> int:
    """The id of one who writes in their own chat, whose row is as it should be; else 0."""
    if not (isinstance(chat, dict) and isinstance(sender, dict)):
        return 0
    number = sender.get("id")
    if chat.get("type") != "private" or not isinstance(number, int):
        return 0
    if number != chat.get("id") or number != known.tg_id or sender.get("is_bot") is not False:
        return 0
    first, last = chat.get("first_name"), chat.get("last_name")
    if not isinstance(first, str) or not isinstance(last, str | None):
        return 0
    is_same = known.kind == "private" and known.state == "active"
    return number if is_same and known.title == _title(first, last) else 0


@lru_cache(20_000)
def _title(first: str, last: str | None) -> str:
    return clean(f"{first} {last}" if last else first, TITLE)
