"""The door: opened once, shared in turns, refused when it must be, whole after any end."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.errors import SchemaMismatch, StateInUse, StoreAway, StoreError, StoreFull, WrongBot
from bot.store.database import (
    Database,
    claim_bot,
    read_clock,
    read_meta,
    take_tick,
    write_meta,
)
from bot.store.folder import is_held
from tests.postgres import Server
from tests.store.conftest import Place, command, opened

HOLDER = """
import asyncio, sys
from pathlib import Path
from bot.store.database import Database, write_meta

async def main(url, rounds):
    database = await Database.open(url)
    for number in range(rounds):
        async with database.write() as conn:
            await write_meta(conn, "a", str(number))
            await write_meta(conn, "b", str(number))
    async with database.write() as conn:
        await write_meta(conn, "a", "half")
        print("ready", flush=True)
        await asyncio.sleep(600)

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


def holder(url: str, rounds: int = 0) -> subprocess.Popen[str]:
    """Another process that holds the database, in the middle of a transaction."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url, str(rounds)], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "ready\n"
    return other


def kill(other: subprocess.Popen[str]) -> None:
    other.send_signal(signal.SIGKILL)
    other.communicate()


async def test_it_tells_which_engine_it_is(place: Place) -> None:
    async with opened(place.url, place.state) as database:
        assert database.engine_name == place.engine
        expected = "SQLite 3." if place.engine == "sqlite" else "PostgreSQL "
        assert database.version.startswith(expected)


async def test_a_block_that_ends_well_is_kept_and_one_that_raises_is_not(
    database: Database,
) -> None:
    async with database.write() as conn:
        await write_meta(conn, "a", "1")

    async def fail() -> None:
        async with database.write() as conn:
            await write_meta(conn, "a", "2")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with database.read() as conn:
        assert await read_meta(conn, "a") == "1"
        assert await read_meta(conn, "b") is None


async def test_what_was_noted_is_replaced_by_what_is_noted_later(database: Database) -> None:
    async with database.write() as conn:
        await write_meta(conn, "a", "1")
        await write_meta(conn, "a", "2")
        assert await read_meta(conn, "a") == "2"


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError):
        async with database.read() as conn:
            await write_meta(conn, "a", "1")


async def test_writers_take_turns_and_lose_nothing(database: Database) -> None:
    async with database.write() as conn:
        await write_meta(conn, "n", "0")

    async def add() -> None:
        async with database.write() as conn:
            if database.engine_name == "postgresql":
                await conn.execute(text("SELECT value FROM meta WHERE key = 'n' FOR UPDATE"))
            await write_meta(conn, "n", str(int(await read_meta(conn, "n") or "0") + 1))

    await asyncio.gather(*(add() for _ in range(20)))
    async with database.read() as conn:
        assert await read_meta(conn, "n") == "20"


async def test_a_reader_is_not_kept_waiting_by_a_writer(database: Database) -> None:
    async with database.write() as writing:
        await write_meta(writing, "a", "1")
        async with database.read() as conn:
            assert await read_meta(conn, "a") is None


async def test_a_writer_that_is_cancelled_leaves_nothing_and_blocks_nobody(
    database: Database,
) -> None:
    begun = asyncio.Event()

    async def long() -> None:
        async with database.write() as conn:
            await write_meta(conn, "a", "1")
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(long())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.write() as conn:
        assert await read_meta(conn, "a") is None
        await write_meta(conn, "a", "2")


async def test_a_mistake_of_ours_is_not_told_as_a_lost_database(database: Database) -> None:
    async with database.write() as conn:
        await write_meta(conn, "a", "1")
    with pytest.raises(IntegrityError):
        async with database.write() as conn:
            await conn.execute(text("INSERT INTO meta (key, value) VALUES ('a', 'b')"))


async def test_the_database_has_one_owner(database: Database) -> None:
    async with database.write() as conn:
        await claim_bot(conn, 7)
    async with database.write() as conn:
        await claim_bot(conn, 7)
    with pytest.raises(WrongBot, match="belongs to bot 7"):
        async with database.write() as conn:
            await claim_bot(conn, 8)


async def test_the_clock_of_the_database_runs(database: Database) -> None:
    async with database.read() as conn:
        first = await read_clock(conn)
    async with database.read() as conn:
        assert await read_clock(conn) >= first > 1_600_000_000_000_000


async def test_opening_again_changes_nothing(place: Place) -> None:
    async with opened(place.url, place.state) as first, first.write() as conn:
        await write_meta(conn, "a", "1")
    async with opened(place.url, place.state) as again, again.read() as conn:
        assert await read_meta(conn, "a") == "1"


async def test_a_database_of_a_newer_release_is_refused(place: Place) -> None:
    async with opened(place.url, place.state) as database, database.write() as conn:
        await conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaMismatch, match="9999"):
        await Database.open(place.url, state=place.state)


# --- SQLite alone: the lock of its folder, and its file -------------------------------------


async def test_two_state_folders_cannot_share_one_file(sqlite_url: str, tmp_path: Path) -> None:
    async with opened(sqlite_url):
        with pytest.raises(StateInUse, match=rf"pid {os.getpid()}\) uses the database"):
            await Database.open(sqlite_url, state=tmp_path / "another")
        assert is_held(tmp_path / "another") is False
    async with opened(sqlite_url, tmp_path / "another"):
        pass


def test_a_second_process_is_refused_and_told_who_holds_it(sqlite_url: str) -> None:
    other = holder(sqlite_url)
    try:
        with pytest.raises(StateInUse, match=rf"pid {other.pid}\).*stop it first"):
            asyncio.run(Database.open(sqlite_url))
    finally:
        kill(other)


async def test_the_folder_is_free_again_after_closing(sqlite_url: str) -> None:
    async with opened(sqlite_url):
        with pytest.raises(StateInUse, match=f"pid {os.getpid()}"):
            await Database.open(sqlite_url)
    async with opened(sqlite_url) as second:
        assert second.version


def test_a_process_killed_in_a_transaction_leaves_a_whole_database(sqlite_url: str) -> None:
    kill(holder(sqlite_url, rounds=20))

    async def look() -> list[str | None]:
        async with opened(sqlite_url) as database, database.read() as conn:
            return [await read_meta(conn, "a"), await read_meta(conn, "b")]

    assert asyncio.run(look()) == ["19", "19"]


def spoil(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


async def test_a_damaged_file_is_refused_with_a_remedy(sqlite_url: str) -> None:
    spoil(Path(sqlite_url))
    with pytest.raises(StoreError, match="backup"):
        await Database.open(sqlite_url)


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "briefing.db").write_text("this is a letter\n" * 100)
    with pytest.raises(StoreError, match="cannot be used"):
        await Database.open(str(tmp_path / "briefing.db"))


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be used"):
        await Database.open(str(tmp_path / "file" / "briefing.db"))


async def test_a_full_disk_stops_writing_and_loses_nothing(sqlite_url: str) -> None:
    async with opened(sqlite_url) as database:
        async with database.write() as conn:
            await write_meta(conn, "a", "1")
            pages = await conn.scalar(text("PRAGMA page_count"))
            await conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreFull):
            async with database.write() as conn:
                await write_meta(conn, "b", "x" * 1_000_000)
        async with database.write() as conn:
            assert await read_meta(conn, "a") == "1"
            assert await read_meta(conn, "b") is None


async def test_a_backup_is_a_whole_copy_made_while_in_use(sqlite_url: str, tmp_path: Path) -> None:
    async with opened(sqlite_url) as database:
        async with database.write() as conn:
            await write_meta(conn, "a", "1")
        await database.backup(tmp_path / "copy.db")
        await database.checkpoint()
        async with database.write() as conn:
            await write_meta(conn, "a", "2")
        copy = sqlite3.connect(tmp_path / "copy.db")
        assert copy.execute("SELECT value FROM meta WHERE key = 'a'").fetchall() == [("1",)]
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        copy.close()


async def test_every_commit_reaches_the_disk(sqlite_url: str) -> None:
    async with opened(sqlite_url) as database, database.write() as conn:
        assert await conn.scalar(text("PRAGMA synchronous")) == 2
        assert await conn.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await conn.scalar(text("PRAGMA foreign_keys")) == 1


# --- PostgreSQL alone: shared by processes, and away at times --------------------------------


async def test_of_two_processes_one_ticks(postgres_url: str) -> None:
    one, two = await Database.open(postgres_url), await Database.open(postgres_url)
    async with one.write() as first:
        assert await take_tick(first)
        async with two.write() as second:
            assert not await take_tick(second)
    async with two.write() as second:
        assert await take_tick(second)
    await one.close()
    await two.close()


async def test_processes_that_start_together_migrate_once(postgres_server: Server) -> None:
    url = postgres_server.url("postgres")
    await command(url, "DROP DATABASE IF EXISTS fresh WITH (FORCE)", "CREATE DATABASE fresh")
    together = (Database.open(postgres_server.url("fresh")) for _ in range(3))
    for database in await asyncio.gather(*together):
        await database.close()


async def test_a_cut_connection_is_told_and_the_next_try_works(postgres_url: str) -> None:
    async with opened(postgres_url, pool=2) as database:

        async def interrupted() -> None:
            async with database.write() as conn:
                await write_meta(conn, "a", "1")
                await command(
                    postgres_url,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()",
                )
                await write_meta(conn, "b", "1")

        with pytest.raises(StoreAway, match="trying again"):
            await interrupted()
        async with database.write() as conn:
            assert await read_meta(conn, "a") is None
            await write_meta(conn, "a", "2")


async def test_a_server_that_is_not_there_is_told() -> None:
    nobody = "postgresql://bot:secret@127.0.0.1:1/briefing"
    with pytest.raises(StoreAway) as told:
        await Database.open(nobody)
    assert "secret" not in str(told.value)


async def test_a_lock_that_is_held_too_long_is_told(postgres_url: str) -> None:
    async with opened(postgres_url) as database, database.write() as first:
        await first.execute(text("LOCK TABLE meta"))

        async def wait() -> None:
            async with database.write() as second:
                await second.execute(text("SET LOCAL lock_timeout = '20ms'"))
                await write_meta(second, "a", "1")

        with pytest.raises(StoreAway):
            await wait()


async def test_a_database_that_only_takes_reads_is_refused(postgres_url: str) -> None:
    name = postgres_url.rpartition("/")[2]
    await command(postgres_url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(StoreError, match="only takes reads"):
        await Database.open(postgres_url)


async def test_a_frozen_process_gives_its_locks_back(postgres_url: str) -> None:
    async with opened(postgres_url) as database:
        async with database.read() as conn:
            found = {
                name: await conn.scalar(text(f"SHOW {name}"))
                for name in (
                    "idle_in_transaction_session_timeout",
                    "statement_timeout",
                    "lock_timeout",
                )
            }
        assert found == {
            "idle_in_transaction_session_timeout": "5s",
            "statement_timeout": "5s",
            "lock_timeout": "2s",
        }
