"""Database addresses and the engines behind them, for SQLite and PostgreSQL."""

from __future__ import annotations

import ssl
from pathlib import Path

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import AdaptedConnection, DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import StoreError

READERS = 3

# A frozen process must give its locks back: a claim or a tick holds them for milliseconds.
GUARDS = {
    "application_name": "briefing-bot",
    "idle_in_transaction_session_timeout": "5s",
    "lock_timeout": "2s",
    "statement_timeout": "5s",
    "synchronous_commit": "on",
    "timezone": "UTC",
}

SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


def read_url(text: str) -> URL:
    """The address as an SQLAlchemy URL with our drivers.

    Takes `postgresql://...` (also `postgres://`), `sqlite:///path` and a bare path of a file.
    Raises `StoreError` for anything else; the message never holds the password.
    """
    if "://" not in text:
        return URL.create("sqlite+aiosqlite", database=text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise StoreError(
            "The database address cannot be read; write postgresql://user@host/name, "
            "or the path of a file."
        ) from None
    kind = url.drivername.partition("+")[0]
    if kind in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+asyncpg")
    if kind == "sqlite":
        if url.database in {None, "", ":memory:"}:
            raise StoreError("The database address names no file; write sqlite:///path/to/file.")
        return url.set(drivername="sqlite+aiosqlite")
    raise StoreError(
        f"Databases of the kind {kind!r} are not supported; use postgresql:// or a file's path."
    )


def sqlite_engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """One writer that begins at once with the write lock, and readers that cannot write."""
    # A deferred BEGIN that turns into a write fails at once with "database is locked" and does
    # not wait for the timeout; BEGIN IMMEDIATE waits.
    # Python's own BEGIN is switched off; `_set_up` issues ours.
    ours = {"isolation_level": None}
    writer = create_async_engine(url, pool_size=1, max_overflow=0, connect_args=ours)
    reader = create_async_engine(url, pool_size=READERS, max_overflow=0, connect_args=ours)
    for engine, opening, extra in (
        (writer, "BEGIN IMMEDIATE", ("PRAGMA journal_mode = WAL",)),
        (reader, "BEGIN", ("PRAGMA query_only = ON",)),
    ):
        _set_up(engine, opening, extra)
    return writer, reader


PRAGMAS = (
    "PRAGMA busy_timeout = 5000",
    # FULL: after a power cut no delivery marked as sent may look unsent again.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -32000",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA temp_store = MEMORY",
)
"""What every connection to SQLite begins with."""


def _set_up(engine: AsyncEngine, opening: str, extra: tuple[str, ...]) -> None:
    pragmas = (*PRAGMAS, *extra)

    def connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    def begun(connection: Connection) -> None:
        # One hop to the driver's thread, where a cursor of SQLAlchemy's takes three.
        adapted = connection.connection.dbapi_connection
        if not isinstance(adapted, AdaptedConnection):
            raise TypeError(f"a connection that is none of a driver: {adapted!r}")
        adapted.run_async(lambda driver: driver.execute_fetchall(opening))

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", begun)


def postgres_engine(url: URL, pool: int) -> AsyncEngine:
    """An engine of `pool` connections, each with its time limits."""
    query = {
        key: value if isinstance(value, str) else value[-1] for key, value in url.query.items()
    }
    settings = dict(GUARDS)
    arguments: dict[str, object] = {"server_settings": settings}
    settings.update(_settings(query))
    if "connect_timeout" in query:
        arguments["timeout"] = float(query.pop("connect_timeout"))
    encryption = _encryption(query)
    if encryption is not None:
        arguments["ssl"] = encryption
    kept = {"host", "port", "target_session_attrs", "prepared_statement_cache_size"}
    unknown = sorted(set(query) - kept)
    if unknown:
        raise StoreError(
            f"The database address has a part that is not understood: {', '.join(unknown)}; "
            "take it out."
        )
    return create_async_engine(
        url.set(query=query),
        connect_args=arguments,
        pool_size=pool,
        max_overflow=0,
        pool_timeout=10,
    )


def _settings(query: dict[str, str]) -> dict[str, str]:
    found = {}
    if "application_name" in query:
        found["application_name"] = query.pop("application_name")
    if "options" in query:
        for word in query.pop("options").replace("-c ", "-c").split():
            name, _, value = word.removeprefix("-c").partition("=")
            found[name] = value
    return found


def _encryption(query: dict[str, str]) -> str | ssl.SSLContext | None:
    """What asyncpg takes for libpq's `sslmode` and its files."""
    # The driver has no channel binding: "prefer" is what it does, "require" it cannot keep.
    if query.pop("channel_binding", "prefer") == "require":
        raise StoreError(
            "channel_binding=require is not supported; take it out and use sslmode=verify-full."
        )
    query.pop("gssencmode", None)
    mode = query.pop("sslmode", query.pop("ssl", None))
    root = query.pop("sslrootcert", None)
    certificate = query.pop("sslcert", None)
    key = query.pop("sslkey", None)
    if mode is None and root is None and certificate is None:
        return None
    mode = mode or "prefer"
    if mode not in SSL_MODES:
        raise StoreError(f"sslmode is {mode!r}; write one of {', '.join(SSL_MODES)}.")
    if root is None and certificate is None:
        return mode
    try:
        context = ssl.create_default_context(cafile=None if root == "system" else root)
        if certificate is not None:
            context.load_cert_chain(certificate, key)
    except OSError as error:
        raise StoreError(f"The database's certificate file cannot be read: {error}.") from None
    context.check_hostname = mode == "verify-full"
    if mode not in {"verify-ca", "verify-full"} and root is None:
        context.verify_mode = ssl.CERT_NONE
    return context


def file_of(url: URL) -> Path:
    """Where an SQLite address keeps its file."""
    return Path(url.database or "")
