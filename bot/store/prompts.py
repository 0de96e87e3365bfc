"""Prompts: questions of ours whose answer comes as a reply, perhaps days later."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import delete, select

from bot.store.database import Connection
from bot.store.sql import insert, phrase
from bot.store.tables import prompts

KEPT = 30 * 24 * 3600 * 1_000_000


async def ask(
    conn: Connection, chat_id: int, message_id: int, body: Mapping[str, object], now: int
) -> None:
    """Keep what a question of ours (`message_id`) was about; older ones of the chat lapse."""
    await conn.execute(
        delete(prompts).where(prompts.c.chat_id == chat_id, prompts.c.asked_at < now - KEPT)
    )
    values = {"body": json.dumps(body), "asked_at": now}
    statement = insert(conn, prompts).values(chat_id=chat_id, message_id=message_id, **values)
    await conn.execute(
        statement.on_conflict_do_update(index_elements=["chat_id", "message_id"], set_=values)
    )


async def take(conn: Connection, chat_id: int, message_id: int) -> dict[str, object] | None:
    """What that question was about; None if it was not one, or has lapsed."""
    query = select(prompts.c.body).where(
        prompts.c.chat_id == chat_id, prompts.c.message_id == message_id
    )
    body = await conn.scalar(query)
    return None if body is None else dict(json.loads(body))


async def close(conn: Connection, chat_id: int, message_id: int) -> None:
    """It was answered."""
    await conn.execute(
        delete(prompts).where(prompts.c.chat_id == chat_id, prompts.c.message_id == message_id)
    )


async def sweep(conn: Connection, now: int, limit: int = 1000) -> int:
    """Drop up to `limit` that have lapsed unanswered; returns how many."""
    bounds = {"before": now - KEPT, "limit": limit}
    return (await conn.execute(phrase(conn, SWEEP), bounds)).rowcount


SWEEP = """
DELETE FROM prompts WHERE (chat_id, message_id) IN (
  SELECT chat_id, message_id FROM prompts WHERE asked_at < :before LIMIT :limit)
"""
