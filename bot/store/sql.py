"""The few places where the two engines' SQL differs.

Hot statements are texts with four words of our own, which become the engine's:

    AMONG(:ids)                         is one of the numbers in the JSON list
    ROWS(:rows, id BIGINT, error TEXT)  a table `v` made of a JSON list of lists
    LOCKED(d)                           lock the rows of `d`, pass over those that others hold
    KEPT(s)                             lock the rows of `s` against edits, waiting for others

One JSON text is one parameter on either engine, whatever the number of rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import aiosqlite
from sqlalchemy import Table, TextClause, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.straight import Straight

WORDS = re.compile(r"\b(AMONG|ROWS|LOCKED|KEPT)\(([^()]*)\)")


def is_sqlite(conn: AsyncConnection) -> bool:
    return conn.dialect.name == "sqlite"


def insert(conn: AsyncConnection, table: Table) -> SqliteInsert | PostgresInsert:
    """An INSERT that knows ON CONFLICT."""
    return sqlite.insert(table) if is_sqlite(conn) else postgresql.insert(table)


def upsert(
    conn: AsyncConnection,
    table: Table,
    values: Mapping[str, object],
    key: Sequence[str],
    changed: Sequence[str],
) -> SqliteInsert | PostgresInsert:
    """An INSERT that changes the columns `changed` where a row with this `key` is known."""
    statement = insert(conn, table).values(**values)
    return statement.on_conflict_do_update(
        index_elements=key, set_={name: statement.excluded[name] for name in changed}
    )


def phrase(conn: AsyncConnection, sql: str) -> TextClause:
    """The statement in the engine's own words; made once, then kept."""
    return _clause(conn.dialect.name, sql)


async def fetch(
    conn: AsyncConnection | Straight, sql: str, values: Mapping[str, object]
) -> Sequence[tuple[Any, ...]]:
    """Run a hot statement; its rows, if it returns any.

    On SQLite it goes straight to the driver: each step there is a hop to another thread and
    back, and SQLAlchemy takes four of them for one statement, seven times the time of one.
    """
    if isinstance(conn, Straight):
        return conn.fetch(_phrased("sqlite", sql), values)
    if not is_sqlite(conn):
        result = await conn.execute(_clause("postgresql", sql), values)
        return [tuple(row) for row in result] if result.returns_rows else []
    driver = (await conn.get_raw_connection()).driver_connection
    if not isinstance(driver, aiosqlite.Connection):
        raise TypeError(f"an SQLite connection without its driver: {driver!r}")
    rows = await driver.execute_fetchall(_phrased("sqlite", sql), dict(values))
    return [tuple(row) for row in rows]


@cache
def _clause(engine: str, sql: str) -> TextClause:
    return text(_phrased(engine, sql))


@cache
def _phrased(engine: str, sql: str) -> str:
    say = _sqlite if engine == "sqlite" else _postgres
    return WORDS.sub(lambda found: say(found[1], found[2].split(", ")), sql)


def _sqlite(word: str, parts: list[str]) -> str:
    if word == "AMONG":
        return "IN (SELECT value FROM json_each(#))".replace("#", parts[0])
    if word == "ROWS":
        names = [part.split(" ")[0] for part in parts[1:]]
        fields = (
            f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(names)
        )
        whole = "(SELECT @ FROM json_each(#)) AS v"
        return whole.replace("#", parts[0]).replace("@", ", ".join(fields))
    return ""


def _postgres(word: str, parts: list[str]) -> str:
    if word == "AMONG":
        numbers = "IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(# AS JSON)))"
        return numbers.replace("#", parts[0])
    if word == "ROWS":
        pairs = [part.split(" ") for part in parts[1:]]
        fields = (
            f"CAST(value ->> {place} AS {kind}) AS {name}"
            for place, (name, kind) in enumerate(pairs)
        )
        whole = "(SELECT @ FROM json_array_elements(CAST(# AS JSON)) AS e(value)) AS v"
        return whole.replace("#", parts[0]).replace("@", ", ".join(fields))
    if word == "LOCKED":
        return f"FOR NO KEY UPDATE OF {parts[0]} SKIP LOCKED"
    return f"FOR NO KEY UPDATE OF {parts[0]}"


def pack(rows: Sequence[object]) -> str:
    """The JSON text for `AMONG` and `ROWS`."""
    return json.dumps(rows, separators=(",", ":"), ensure_ascii=False)
