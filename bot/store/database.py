"""The door to what must be remembered: opened once, one transaction at a time through it.

    database = await Database.open("var/briefing.db", state=Path("var"))
    async with database.write() as conn:
        chat = await chats.ensure(conn, ...)

Functions of this room take the connection, so that the transaction is seen where it matters.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Self, TypeVar

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StoreAway, StoreError, StoreFull, WrongBot
from bot.store import engines, migrations
from bot.store.folder import hold, make
from bot.store.sql import is_sqlite, upsert
from bot.store.straight import Hand, Straight
from bot.store.tables import meta, metadata

__all__ = [
    "Connection",
    "Database",
    "Hot",
    "claim_bot",
    "lock_name",
    "metadata",
    "read_clock",
    "read_meta",
    "take_tick",
    "write_meta",
]

Connection = AsyncConnection

Hot = AsyncConnection | Straight
"""For functions whose every statement is a `fetch`."""

T = TypeVar("T")

OLDEST_SQLITE = (3, 35)

# PostgreSQL's codes for "not now": lock and statement timeouts, deadlock, shutdown, too many
# connections, cut connections (class 08).
PASSING = ("55P03", "57014", "40P01", "40001", "57P01", "57P02", "57P03", "53300", "25P03", "08")
FULL = "53100"
REFUSED = ("28", "3D000")


class Database:
    """An open database of either engine.

    `engine_name` is `sqlite` or `postgresql`; `version` names the engine as people know it.
    """

    def __init__(
        self, writer: AsyncEngine, reader: AsyncEngine, locks: tuple[int, ...], path: Path | None
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._locks = locks
        self._turn = asyncio.Lock()
        self._hand = Hand(path, engines.PRAGMAS) if path and locks else None
        self.path = path
        self.engine_name = writer.dialect.name
        self.version = ""

    @classmethod
    async def open(cls, url: str, *, state: Path | None = None, pool: int = 5) -> Self:
        """Open `url`, bring its schema up to date, and hold the state folder (SQLite).

        `state` is the folder whose `lock` is taken, by default the one of the database's file.
        `pool` is the number of connections to PostgreSQL.
        Raises `StateInUse`, `SchemaMismatch`, `StoreAway` or another `StoreError`.
        """
        address = engines.read_url(url)
        locks: tuple[int, ...] = ()
        path = None
        if state is not None:
            make(state)
        if address.get_backend_name() == "sqlite":
            path = engines.file_of(address)
            locks = hold(path.parent if state is None else state, path)
            writer, reader = engines.sqlite_engines(address)
        else:
            writer = engines.postgres_engine(address, pool)
            reader = writer.execution_options(postgresql_readonly=True)
        database = cls(writer, reader, locks, path)
        try:
            await database._prepare()
        except BaseException:
            await database.close()
            raise
        return database

    @classmethod
    async def glance(cls, url: str) -> Self:
        """Open what there is for reading alone: no lock is taken and nothing migrated, so that
        it may be done beside whoever writes. Raises `StoreError` where there is nothing to read.
        """
        address = engines.read_url(url)
        path = None
        if address.get_backend_name() == "sqlite":
            path = engines.file_of(address)
            if not path.is_file():
                raise StoreError(f"There is no database {path} yet.")
            _, reader = engines.sqlite_engines(address)
        else:
            reader = engines.postgres_engine(address, 1)
            reader = reader.execution_options(postgresql_readonly=True)
        database = cls(reader, reader, (), path)
        try:
            async with database.read() as conn:
                database.version = await _engine_version(conn)
                if not await migrations.is_current(conn):
                    raise StoreError("The database is of another release; start the bot once.")
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        """Close every connection and give the state folder back."""
        if self._hand is not None:
            await self._hand.close()
            self._hand = None
        await self._reader.dispose()
        await self._writer.dispose()
        for lock in self._locks:
            os.close(lock)
        self._locks = ()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A transaction that only reads. Raises `StoreAway` when the database is lost."""
        async with _transaction(self._reader) as conn:
            yield conn

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        """One transaction: committed at the end of the block, undone if the block raises.

        On SQLite writers take turns in the order they came. Raises `StoreAway` when the
        connection is lost (if at the commit, whether it was kept is not known: ask again),
        `StoreFull` when the disk is full.
        """
        async with AsyncExitStack() as stack:
            if self.engine_name == "sqlite":
                await stack.enter_async_context(self._turn)
            yield await stack.enter_async_context(_transaction(self._writer))

    async def carry_out(self, work: Callable[[Hot], Awaitable[T]]) -> T:
        """Do `work` in one transaction, as `write`; on SQLite in one visit to a thread.

        For what writes all the time. `work` waits for nothing but `fetch`, and may be done in
        another thread. Raises as `write`.
        """
        if self._hand is None:
            async with self.write() as conn:
                return await work(conn)
        async with self._turn:
            with _in_words():
                return await self._hand.carry_out(work)

    async def checkpoint(self) -> None:
        """Fold SQLite's log into its file and cut it short; for idle minutes."""
        if self.engine_name != "sqlite":
            return
        async with self._alone() as conn:
            await conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    async def backup(self, target: Path) -> None:
        """Write a whole copy of an SQLite database to `target`, while it is in use."""
        if self.engine_name != "sqlite":
            raise StoreError("Back PostgreSQL up with pg_dump; this copy is for SQLite files.")
        async with self._alone() as conn:
            await conn.exec_driver_sql("VACUUM INTO ?", (str(target),))

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[Connection]:
        # These commands refuse to run inside a transaction, which SQLAlchemy begins by itself.
        async with self._turn, _connected(self._writer) as conn:
            await conn.exec_driver_sql("COMMIT")
            yield conn

    async def _prepare(self) -> None:
        """Check the engine, migrate, and read its version."""
        if self.engine_name == "sqlite":
            await self._check_file()
        async with self._turn, self._migrating() as conn:
            self.version = await _engine_version(conn)
            if (
                not is_sqlite(conn)
                and await conn.scalar(text("SHOW transaction_read_only")) == "on"
            ):
                raise StoreError(
                    "The database only takes reads (a replica?); give the primary's address."
                )
            await migrations.upgrade(conn)

    @asynccontextmanager
    async def _migrating(self) -> AsyncIterator[Connection]:
        """A transaction in which the schema may change.

        On SQLite a table that is written anew is dropped in between: its foreign keys must not
        take that for the end of its rows. That is switched outside of transactions only, for a
        connection that then ends.
        """
        async with AsyncExitStack() as stack:
            conn = await stack.enter_async_context(_transaction(self._writer))
            if not is_sqlite(conn) or await migrations.is_current(conn):
                yield conn
                return
        async with _connected(self._writer) as conn:
            try:
                for word in ("COMMIT", "PRAGMA foreign_keys = OFF", "BEGIN IMMEDIATE"):
                    await conn.exec_driver_sql(word)
                yield conn
                if (await conn.exec_driver_sql("PRAGMA foreign_key_check")).first() is not None:
                    raise StoreError(f"The database {self.path} could not be brought up to date.")
                await conn.commit()
            finally:
                await conn.invalidate()

    async def _check_file(self) -> None:
        async with _transaction(self._writer) as conn:
            version = str(await conn.scalar(text("SELECT sqlite_version()")))
            if tuple(int(number) for number in version.split(".")[:2]) < OLDEST_SQLITE:
                raise StoreError(f"SQLite {version} is too old; 3.35 or later is needed.")
            verdict = await conn.scalar(text("PRAGMA quick_check(1)"))
            if verdict != "ok":
                raise StoreError(
                    f"The database {self.path} is damaged ({verdict}); restore a backup."
                )


async def _engine_version(conn: Connection) -> str:
    if is_sqlite(conn):
        return f"SQLite {await conn.scalar(text('SELECT sqlite_version()'))}"
    return f"PostgreSQL {await conn.scalar(text('SHOW server_version'))}"


@asynccontextmanager
async def _connected(engine: AsyncEngine) -> AsyncIterator[Connection]:
    connection = engine.connect()
    try:
        await connection.start()
    except (DBAPIError, PoolTimeout, OSError) as error:
        raise _told(error) from error
    try:
        with _in_words():
            yield connection
    finally:
        await asyncio.shield(connection.close())


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, sqlite3.Error, ConnectionError) as error:
        told = _told(error)
        if told is error:
            raise
        raise told from error


@asynccontextmanager
async def _transaction(engine: AsyncEngine) -> AsyncIterator[Connection]:
    async with _connected(engine) as conn, conn.begin():
        yield conn


def _told(error: Exception) -> Exception:
    """The error in an operator's words; one that is our own mistake stays as it is."""
    if not isinstance(error, DBAPIError | sqlite3.Error):
        return StoreAway(f"The database does not answer ({type(error).__name__}); trying again.")
    origin = error.orig if isinstance(error, DBAPIError) else error
    cause = str(origin)
    code = str(getattr(origin, "sqlstate", None) or "")
    if code == FULL or "disk is full" in cause:
        return StoreFull("The database's disk is full; free some space.")
    if code.startswith(REFUSED):
        return StoreError(f"The database refused us: {cause}. Check its address and password.")
    if (
        (isinstance(error, DBAPIError) and error.connection_invalidated)
        or code.startswith(PASSING)
        or "is locked" in cause
        or "connection was closed" in cause
        or "connection is closed" in cause
    ):
        return StoreAway(f"The database does not answer just now ({code or cause}); trying again.")
    if "unable to open database file" in cause or "not a database" in cause or "malformed" in cause:
        return StoreError(f"The database file cannot be used: {cause}. Restore a backup.")
    return error


async def read_meta(conn: Connection, key: str) -> str | None:
    """What was noted under `key`, if anything."""
    value: str | None = await conn.scalar(select(meta.c.value).where(meta.c.key == key))
    return value


async def write_meta(conn: Connection, key: str, value: str) -> None:
    """Note `value` under `key`."""
    await conn.execute(upsert(conn, meta, {"key": key, "value": value}, ("key",), ("value",)))


async def claim_bot(conn: Connection, bot_id: int) -> None:
    """Remember whose database this is. Raises `WrongBot` if it is another's."""
    owner = await read_meta(conn, "bot_id")
    if owner is None:
        await write_meta(conn, "bot_id", str(bot_id))
    elif owner != str(bot_id):
        raise WrongBot(
            f"This database belongs to bot {owner}, the token to bot {bot_id}; choose another "
            "BRIEFING_STATE or BRIEFING_DATABASE_URL."
        )


async def take_tick(conn: Connection) -> bool:
    """Whether this transaction may fan out; of several processes one may, until it ends.

    Only a transaction's lock: one of a session stays held for ever by a frozen process.
    """
    if is_sqlite(conn):
        return True
    return bool(await conn.scalar(text("SELECT pg_try_advisory_xact_lock(hashtext('tick'))")))


async def lock_name(conn: Connection, name: str) -> None:
    """Wait until no other transaction holds `name`; held until this one ends."""
    if not is_sqlite(conn):
        await conn.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})


async def read_clock(conn: Connection) -> int:
    """The database's own clock, in UTC microseconds; one for all who share it."""
    if is_sqlite(conn):
        days = await conn.scalar(text("SELECT julianday('now')"))
        return round((float(days or 0) - 2440587.5) * 86_400_000_000)
    seconds = text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)")
    return int(await conn.scalar(seconds) or 0)
