"""The clerk: what cannot be written holds up nobody else's answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.chat.clerk import Clerk
from bot.store import chats, inbox, sql
from bot.store.database import Database, Hot
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


async def test_what_comes_in_is_written_with_the_answers_that_wait(database: Database) -> None:
    async with database.write() as conn:
        ada = await chats.ensure(conn, 1001, "private", "Ada", "en", NOW)
        await inbox.keep(conn, [Update(1, 1001, "{}")], NOW)
    clerk = Clerk(database)
    seen: list[object] = []

    async def keep(conn: Hot) -> None:
        seen.append(await inbox.keep(conn, [Update(1, 1001, "{}"), Update(2, 1001, "{}")], NOW))
        # In the transaction of the answers: what they write is there, and nobody else sees it.
        seen.append(await sql.fetch(conn, "SELECT state FROM inbox WHERE update_id = 1", {}))
        seen.append(await sql.fetch(conn, "SELECT message_id FROM receipts", {}))

    clerk.receive([receipt(ada.id, 5)])
    async with asyncio.timeout(10):
        await asyncio.gather(clerk.add(keep), clerk.close(1))
    assert seen == [[2], [("done",)], [(5,)]]


async def test_what_cannot_be_kept_is_told_to_who_brought_it_and_spoils_no_answer(
    database: Database,
) -> None:
    async with database.write() as conn:
        await inbox.keep(conn, [Update(1, 1001, "{}")], NOW)
    clerk = Clerk(database)

    async def spoil(conn: Hot) -> None:
        await inbox.keep(conn, [Update(2, 1001, "{}")], NOW)
        raise ValueError("no update")

    async def keep(conn: Hot) -> None:
        await inbox.keep(conn, [Update(3, 1001, "{}")], NOW)

    async with asyncio.timeout(10):
        ends = await asyncio.gather(
            clerk.add(spoil), clerk.close(1), clerk.add(keep), return_exceptions=True
        )
    assert [type(end) for end in ends] == [ValueError, type(None), type(None)]
    async with database.read() as conn:
        rows = await conn.execute(text("SELECT update_id, state FROM inbox ORDER BY 1"))
        assert [tuple(row) for row in rows] == [(1, "done"), (3, "new")]
