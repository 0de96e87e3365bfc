"""A crowd of subscribers, made in the database itself, and a watch on how long its lock is held."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from bot.store.database import Connection, Database

NUMBERS = {
    "sqlite": "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :many)",
    "postgresql": "WITH n(n) AS (SELECT * FROM generate_series(1, CAST(:many AS INTEGER)))",
}
CHATS = """
INSERT INTO chats (id, tg_id, kind, length, created_at, updated_at)
{numbers} SELECT n, n, 'private', CASE WHEN n % 5 = 0 THEN 'short' ELSE 'full' END, :now, :now
FROM n
"""
# The first `due` follow the cohorts from 1 on in equal shares, the others those after them.
SUBSCRIPTIONS = """
INSERT INTO subscriptions (id, chat_id, edition, topics, cohort_id, minute, days, zone, since,
  created_at, updated_at)
{numbers} SELECT n.n, n.n, h.edition, '', h.id, h.minute, h.days, h.zone, :now, :now, :now
FROM n JOIN cohorts h ON h.id = CASE WHEN n.n <= :due THEN 1 + n.n % :soon
  ELSE 1 + :soon + n.n % :later END
"""


# Numbers that were given by hand are not given again.
COUNTED = """
SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}))
"""


class Timed(Database):
    """Notes for how long each transaction that writes was open, in seconds."""

    longest = 0.0
    writes = 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        begun = 0.0
        try:
            async with super().write() as conn:
                begun = time.perf_counter()
                yield conn
        finally:
            self.writes += 1
            self.longest = max(self.longest, time.perf_counter() - begun if begun else 0.0)


async def fill(database: Database, many: int, due: int, soon: int, later: int, now: int) -> None:
    """`many` readers; `due` of them in the cohorts 1 to `soon`, the rest in the `later` others."""
    numbers = NUMBERS[database.engine_name]
    async with database.write() as conn:
        if database.engine_name == "postgresql":
            await conn.execute(text("SET LOCAL statement_timeout = 0"))
        await conn.execute(text(CHATS.format(numbers=numbers)), {"many": many, "now": now})
        values = {"many": many, "due": due, "soon": soon, "later": later, "now": now}
        await conn.execute(text(SUBSCRIPTIONS.format(numbers=numbers)), values)
    await tidy(database)


async def tidy(database: Database) -> None:
    """Let the engine learn what it holds, as it would by itself in an hour."""
    if database.engine_name == "postgresql":
        async with database.write() as conn:
            await conn.execute(text("SET LOCAL statement_timeout = 0"))
            await conn.execute(text("ANALYZE"))
            for table in ("chats", "subscriptions"):
                await conn.execute(text(COUNTED.format(table=table)))
    await database.checkpoint()
