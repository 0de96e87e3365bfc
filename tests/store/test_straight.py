"""A transaction in one go: as whole as any other, on either engine."""

from __future__ import annotations

import asyncio
import sqlite3
import threading

import pytest

from bot.errors import StoreAway
from bot.store import chats, inbox
from bot.store.chats import Stranger
from bot.store.database import Database, Hot
from bot.store.inbox import Update
from bot.store.sql import fetch
from tests.store.conftest import opened

NOW = 1_767_583_800_000_000
ADA = Stranger(1001, "private", "Ada", "en")


async def kept(database: Database) -> list[int]:
    async with database.read() as conn:
        return [letter.update_id for letter in await inbox.pending(conn)]


async def test_what_was_done_in_one_go_is_there_and_its_result_brought_back(
    database: Database,
) -> None:
    async def work(conn: Hot) -> dict[int, chats.Chat]:
        await inbox.keep(conn, [Update(7, 1001, "{}")], NOW)
        await chats.meet(conn, [ADA], NOW)
        return await chats.meet(conn, [ADA], NOW + 1)

    known = await database.carry_out(work)
    assert [(chat.title, chat.created_at) for chat in known.values()] == [("Ada", NOW)]
    assert await kept(database) == [7]


async def test_one_that_fails_midway_leaves_nothing_and_the_next_is_done(
    database: Database,
) -> None:
    async def fail(conn: Hot) -> None:
        await inbox.keep(conn, [Update(7, 1001, "{}")], NOW)
        raise ValueError("midway")

    async def work(conn: Hot) -> None:
        await inbox.keep(conn, [Update(8, 1001, "{}")], NOW)

    with pytest.raises(ValueError, match="midway"):
        await database.carry_out(fail)
    await database.carry_out(work)
    assert await kept(database) == [8]


async def test_a_number_too_large_is_refused_and_not_rounded(database: Database) -> None:
    async def work(conn: Hot) -> None:
        await chats.meet(conn, [Stranger(2**63, "private", "X", "en")], NOW)

    with pytest.raises(OverflowError):
        await database.carry_out(work)
    async with database.read() as conn:
        assert await chats.counts(conn) == {}


async def test_on_sqlite_nothing_else_may_be_waited_for(sqlite_url: str) -> None:
    async def work(conn: Hot) -> None:
        await inbox.keep(conn, [Update(7, 1001, "{}")], NOW)
        await asyncio.sleep(0)

    async with opened(sqlite_url) as database:
        with pytest.raises(RuntimeError, match="waits for something else"):
            await database.carry_out(work)
        assert await kept(database) == []


async def test_on_sqlite_one_that_is_cancelled_is_through_before_the_next_begins(
    sqlite_url: str,
) -> None:
    began, go = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    async def work(conn: Hot) -> None:
        loop.call_soon_threadsafe(began.set)
        go.wait(10)
        await inbox.keep(conn, [Update(7, 1001, "{}")], NOW)

    async with opened(sqlite_url) as database:
        doing = asyncio.create_task(database.carry_out(work))
        await began.wait()
        doing.cancel()
        writing = asyncio.create_task(kept_by_another(database))
        go.set()
        assert await writing == [7]
        with pytest.raises(asyncio.CancelledError):
            await doing


async def kept_by_another(database: Database) -> list[int]:
    async with database.write() as conn:
        return [letter.update_id for letter in await inbox.pending(conn)]


async def test_on_sqlite_it_is_as_durable_and_as_patient_as_any_other(sqlite_url: str) -> None:
    async def ask(conn: Hot) -> list[int]:
        words = ("synchronous", "foreign_keys", "busy_timeout")
        return [(await fetch(conn, f"PRAGMA {word}", {}))[0][0] for word in words]

    async with opened(sqlite_url) as database:
        assert await database.carry_out(ask) == [2, 1, 5000]


async def test_on_sqlite_a_file_that_another_holds_is_told_as_away(sqlite_url: str) -> None:
    async def work(conn: Hot) -> None:
        await fetch(conn, "PRAGMA busy_timeout = 1", {})

    async with opened(sqlite_url) as database:
        await database.carry_out(work)
        assert database.path is not None
        other = sqlite3.connect(database.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreAway):
            await database.carry_out(work)
        other.close()
        await database.carry_out(work)
