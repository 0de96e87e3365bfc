"""The schema is what the migrations make of it, and the hot statements find their indexes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.store import claims, deliveries, fan, migrations
from bot.store.database import Database, metadata
from bot.store.inbox import PENDING
from bot.store.receipts import HOLDERS
from bot.store.sql import pack, phrase
from tests.store.conftest import Place, opened


def differences(conn: Connection) -> list[object]:
    context = MigrationContext.configure(conn, opts={"compare_server_default": True})
    return list(compare_metadata(context, metadata))


async def test_the_migrations_make_the_schema_that_the_code_knows(database: Database) -> None:
    async with database.write() as conn:
        assert await conn.run_sync(differences) == []


def test_the_steps_are_read_as_the_migrations_library_reads_them() -> None:
    folder = Path(migrations.__file__).parent
    config = Config()
    config.set_main_option("script_location", str(folder))
    scripts = ScriptDirectory.from_config(config)
    every = frozenset(script.revision for script in scripts.walk_revisions())
    assert migrations.steps() == (every, frozenset(scripts.get_heads()))


async def test_migrations_from_nothing_make_the_same_schema(place: Place) -> None:
    async with opened(place.url, place.state) as database, database.write() as conn:
        await conn.run_sync(metadata.drop_all)
        await conn.execute(text("DROP TABLE alembic_version"))
    async with opened(place.url, place.state) as database, database.write() as conn:
        assert await conn.run_sync(differences) == []


ONE = {"now": 1, "limit": 10, "token": "t", "end": 5, "until": 5, "ids": pack([1])}
PAGE = {
    "cohort": 1,
    "after": 0,
    "upto": 9,
    "due_at": 5,
    "local_date": "2026-01-05",
    "occasion": 1,
    "since": "2026-01-02",
}
OWE = {**PAGE, "not_before": 1, "expires_at": 2, "now": 1, "said": "[]"}
SETTLED = {"now": 1, "rows": pack([[1, "t", 0, "sent", "sent", 5, 0, None, 0, "", ""]])}

# A statement, what it is given, the indexes of which it uses one, a table not to be read whole.
HOT: dict[str, tuple[str, Mapping[str, object], tuple[str, ...], str]] = {
    "claim": (claims.WAITING, ONE, ("ix_deliveries_pending",), "deliveries"),
    "take": (claims.TAKE, ONE, ("pk_deliveries",), "deliveries"),
    "mark": (deliveries.MARK, ONE, ("pk_deliveries", "ix_deliveries_lease"), "deliveries"),
    "settle": (deliveries.SETTLE, SETTLED, ("pk_deliveries",), "deliveries"),
    "release": (deliveries.RELEASE, ONE, ("ix_deliveries_lease",), "deliveries"),
    "lose": (deliveries.LOSE, ONE, ("ix_deliveries_lease",), "deliveries"),
    "next": (deliveries.NEXT, {}, ("ix_deliveries_pending",), "deliveries"),
    "held": (deliveries.HELD, {"after": 0, "limit": 9}, ("ix_deliveries_unknown",), "deliveries"),
    "latest": (deliveries.LATEST, {"chat": 1, "thread": 0}, ("ix_deliveries_chat_id",), ""),
    "page": (fan.PAGE, {**PAGE, "limit": 9}, ("ix_subscriptions_cohort_id",), "subscriptions"),
    "open": (fan.OPEN, PAGE, ("ix_subscriptions_cohort_id",), "subscriptions"),
    "inbox": (PENDING, {"limit": 9}, ("ix_inbox_new",), "inbox"),
    "holders": (HOLDERS, {"rows": '[["a"]]'}, ("ix_receipts_bulletin_id",), "receipt_figures"),
}


@pytest.mark.parametrize("name", HOT)
async def test_a_hot_statement_uses_its_index(database: Database, name: str) -> None:
    sql, values, indexes, table = HOT[name]
    lite = database.engine_name == "sqlite"
    async with database.write() as conn:
        if not lite:
            # The tables of a test are so small that reading them whole would be right.
            await conn.execute(text("SET LOCAL enable_seqscan = off"))
            await conn.execute(text("SET LOCAL enable_bitmapscan = off"))
        explained = ("EXPLAIN QUERY PLAN " if lite else "EXPLAIN ") + phrase(conn, sql).text
        rows = await conn.execute(text(explained), values)
        plan = "\n".join(str(row[-1]) for row in rows)
    names = [
        "INTEGER PRIMARY KEY" if lite and index.startswith("pk_") else index for index in indexes
    ]
    assert any(name in plan for name in names), plan
    if table:
        assert f"SCAN {table}\n" not in f"{plan}\n", plan
        assert f"Seq Scan on {table}" not in plan, plan


async def test_the_fan_out_reads_its_own_page_only(database: Database) -> None:
    lite = database.engine_name == "sqlite"
    async with database.write() as conn:
        if not lite:
            await conn.execute(text("SET LOCAL enable_seqscan = off"))
        sql = fan.OWE_SQLITE if lite else fan.OWE_POSTGRES
        explained = ("EXPLAIN QUERY PLAN " if lite else "EXPLAIN ") + phrase(conn, sql).text
        rows = await conn.execute(text(explained), OWE)
        plan = "\n".join(str(row[-1]) for row in rows)
    assert "ix_subscriptions_cohort_id" in plan, plan
    assert "uq_deliveries_slot" in plan, plan
