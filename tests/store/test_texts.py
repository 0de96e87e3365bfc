"""S6: whatever somebody writes is a value to the database, and never a part of a statement."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.store import chats, deliveries, reports
from bot.store.database import Database
from bot.store.deliveries import Outcome
from tests.store.scene import BEFORE, mark, owed, settle, take

WORDS = (
    "'; DROP TABLE chats; --",
    '" OR 1=1 --',
    "Robert'); DELETE FROM deliveries;--",
    ":now %s $1 ? {} \\",
    "AMONG(:ids) ROWS(:rows, id BIGINT) LOCKED(d)",
    "[1, 2] \u202e \U0001f9ff 'x",
)


@pytest.mark.parametrize("words", WORDS)
async def test_any_text_is_kept_as_it_was_written(database: Database, words: str) -> None:
    async with database.write() as conn:
        await owed(conn, 7)
        chat = await chats.ensure(conn, 7, "private", words, "en", BEFORE)
        await reports.add(conn, chat_id=chat.id, place=words, revision=1, now=BEFORE, text=words)
    taken = await take(database)
    await mark(database, taken)
    [row] = taken
    await settle(database, Outcome(row.id, row.token, 0, "dead", error=words))
    async with database.read() as conn:
        titles = [title for (title,) in await conn.execute(text("SELECT title FROM chats"))]
        told = [tuple(row) for row in await conn.execute(text("SELECT place, text FROM reports"))]
        errors = [error for (error,) in await conn.execute(text("SELECT error FROM deliveries"))]
        counts = await deliveries.counts(conn)
    assert titles == [words]
    assert told == [(words, words)]
    assert errors == [words]
    assert counts == {"dead": 1}
