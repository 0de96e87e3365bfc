"""The schema is what the migrations make of it, and the hot statements find their indexes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, func, select, text

from bot.store import chats, claims, deliveries, fan, migrations
from bot.store.database import Database, metadata
from bot.store.inbox import PENDING
from bot.store.receipts import HOLDERS
from bot.store.sql import pack, phrase
from tests.store.conftest import Place, opened
from tests.store.scene import daily, reader


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
    "since_at": 3,
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
    "open": (
        fan.said_in(fan.OPEN, ("en",)),
        PAGE,
        ("ix_subscriptions_cohort_id",),
        "subscriptions",
    ),
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
        sql = fan.said_in(fan.OWE_SQLITE if lite else fan.OWE_POSTGRES, ("en", "kk"))
        explained = ("EXPLAIN QUERY PLAN " if lite else "EXPLAIN ") + phrase(conn, sql).text
        rows = await conn.execute(text(explained), OWE)
        plan = "\n".join(str(row[-1]) for row in rows)
    assert "ix_subscriptions_cohort_id" in plan, plan
    assert "uq_deliveries_slot" in plan, plan


NUMBERED = (
    "chats",
    "cohorts",
    "subscriptions",
    "occasions",
    "bulletins",
    "deliveries",
    "receipts",
    "reports",
)
BEFORE = "0004"


async def test_the_number_of_a_chat_that_is_gone_is_given_to_no_other(database: Database) -> None:
    async with database.write() as conn:
        gone = await reader(conn, 1)
        wish = await daily(conn, gone)
        await chats.forget(conn, gone.id)
        stranger = await reader(conn, 2)
        assert stranger.id > gone.id
        assert (await daily(conn, stranger)).id > wish.id


async def test_an_older_sqlite_keeps_every_row_and_index_when_its_tables_are_numbered_anew(
    tmp_path: Path,
) -> None:
    path = tmp_path / "bot.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as old:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = old
        command.upgrade(config, BEFORE)
        for statement in (
            "INSERT INTO chats (id, tg_id, kind, created_at, updated_at) VALUES (7, 1, 'p', 1, 1)",
            (
                "INSERT INTO subscriptions (chat_id, edition, since, created_at, updated_at)"
                " VALUES (7, 'alerts', 1, 1, 1)"
            ),
            (
                "INSERT INTO receipts (id, chat_id, message_id, revision, place, kind, sent_at)"
                " VALUES (3, 7, 5, 1, 'x', 'text', 1)"
            ),
            "INSERT INTO receipt_figures (receipt_id, observation) VALUES (3, 'a@2024')",
        ):
            old.exec_driver_sql(statement)
        before = sorted(old.scalars(text("SELECT name FROM sqlite_master WHERE type = 'index'")))
    engine.dispose()
    async with opened(str(path), tmp_path) as database:
        async with database.write() as conn:
            assert await conn.run_sync(differences) == []
            counts = [
                await conn.scalar(select(func.count()).select_from(metadata.tables[name]))
                for name in ("chats", "subscriptions", "receipts", "receipt_figures")
            ]
            after = await conn.scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name")
            )
            bodies = await conn.scalars(
                text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")
            )
            assert counts == [1, 1, 1, 1]
            assert set(before) - set(after) == set()
            assert set(bodies) == set(NUMBERED)
            assert await conn.scalar(text("PRAGMA foreign_keys")) == 1
        async with database.write() as conn:
            await chats.forget(conn, 7)
            assert (await reader(conn, 9)).id == 8
