"""What can be told of an update before it is parsed: where it belongs, who asks, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.chat.door import stranger
from bot.clock import moment
from bot.store.chats import Stranger


def chat_of(body: dict[str, Any]) -> int | None:
    """The chat that an update belongs to, as far as it can be told without parsing it."""
    for name, part in body.items():
        if name == "update_id" or not isinstance(part, dict):
            continue
        inner = part.get("message")
        holder = inner if isinstance(inner, dict) else part
        chat = holder.get("chat")
        found = chat.get("id") if isinstance(chat, dict) else None
        if isinstance(found, int):
            return found
        sender = part.get("from")
        known = sender.get("id") if isinstance(sender, dict) else None
        return known if isinstance(known, int) else None
    return None


def asker(body: dict[str, Any]) -> int | None:
    """Who asks something of us by words or a press; None for all else, which is never dropped."""
    query = body.get("callback_query")
    part = query or body.get("message") or body.get("edited_message")
    if not isinstance(part, dict):
        return None
    sender, chat = part.get("from"), part.get("chat")
    text = part.get("text", part.get("caption"))
    person = sender.get("id") if isinstance(sender, dict) else None
    if not isinstance(person, int):
        return None
    if query is None:
        is_private = isinstance(chat, dict) and chat.get("type") == "private"
        # In a group, people mostly talk to each other.
        if not isinstance(text, str) or not (is_private or text.startswith("/") or "@" in text):
            return None
    return person


def asked_at(body: Mapping[str, Any]) -> datetime | None:
    """When a message was written, from its own date."""
    message = body.get("message") or body.get("channel_post")
    if not isinstance(message, dict) or not isinstance(message.get("date"), int):
        return None
    return moment(message["date"] * 1_000_000)


def strangers(bodies: Iterable[dict[str, Any]]) -> list[Stranger]:
    """Who of a batch writes for the first time, each once."""
    found = (stranger(body) for body in bodies)
    return list({one.tg_id: one for one in found if one}.values())
