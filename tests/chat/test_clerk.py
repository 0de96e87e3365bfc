"""The clerk: what cannot be written holds up nobody else's answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.chat.clerk import Clerk
from bot.store import chats, inbox
from bot.store.database import Database
from bot.store.inbox import Update
from bot.store.receipts import Receipt

NOW = 1_767_583_800_000_000


@pytest.fixture
async def database(state: Path) -> AsyncIterator[Database]:
    it = await Database.open(str(state / "briefing.sqlite"), state=state)
    yield it
    await it.close()


def receipt(chat_id: int, message_id: int, place: str = "corridor") -> Receipt:
    return Receipt(chat_id, message_id, 1, place, NOW, observations=("corridor.volume@2024:a",))


async def test_a_receipt_that_cannot_be_written_holds_up_no_answer(database: Database) -> None:
    async with database.write() as conn:
        ada = await chats.ensure(conn, 1001, "private", "Ada", "en", NOW)
        await inbox.keep(conn, [Update(number, 1001, "{}") for number in (1, 2)], NOW)
    clerk = Clerk(database)
    clerk.receive([receipt(ada.id, 5)])
    # Half of a surrogate pair is no text to a database.
    clerk.receive([receipt(ada.id, 6, "\ud83d")])
    async with asyncio.timeout(10):
        await clerk.close(1)
        clerk.receive([receipt(ada.id, 7)])
        await clerk.close(2)
    async with database.read() as conn:
        kept = await conn.execute(text("SELECT message_id FROM receipts ORDER BY 1"))
        assert [row[0] for row in kept] == [5, 7]
        done = await conn.execute(text("SELECT state FROM inbox"))
        assert [row[0] for row in done] == ["done", "done"]
