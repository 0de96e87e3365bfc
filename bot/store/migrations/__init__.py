"""The schema's history. Each file in `versions` is one step; missing ones run at the opening.

A step is written by hand against `tables.py`; a test holds both against each other on SQLite and
on PostgreSQL. Steps only add (expand, then contract a release later), so that an old and a new
process can share one PostgreSQL for a while.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import SchemaMismatch

HERE = Path(__file__).parent
NAME = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)
AFTER = re.compile(r'^down_revision = "(\w+)"$', re.MULTILINE)


async def upgrade(conn: AsyncConnection) -> None:
    """Apply what is missing, in the transaction of `conn`, one process at a time.

    Raises `SchemaMismatch` when the database was written by a newer release.
    """
    if conn.dialect.name == "postgresql":
        # Replicas that start together wait here for the first, longer than a statement may.
        await conn.execute(text("SET LOCAL lock_timeout = '60s'"))
        await conn.execute(text("SET LOCAL statement_timeout = '10min'"))
        await conn.execute(text("SELECT pg_advisory_xact_lock(hashtext('migrations'))"))
    await conn.run_sync(_upgrade)


async def is_current(conn: AsyncConnection) -> bool:
    """Whether the schema is the one that this release writes."""
    return await conn.run_sync(_is_current)


def _is_current(conn: Connection) -> bool:
    return _present(conn) == steps()[1]


def _present(conn: Connection) -> frozenset[str]:
    """The steps that a database says it has reached; none where it is new."""
    if not inspect(conn).has_table("alembic_version"):
        return frozenset()
    return frozenset(conn.scalars(text("SELECT version_num FROM alembic_version")))


def _upgrade(conn: Connection) -> None:
    known, newest = steps()
    present = _present(conn)
    if present - known:
        raise SchemaMismatch(
            f"The database has schema {', '.join(sorted(present))}, which this release does not "
            "know. Run the newer release, or restore a backup."
        )
    if present != newest:
        # It takes a while to import, and a start seldom needs it.
        config = import_module("alembic.config").Config()
        # A % in the path would be read as a reference to another option.
        config.set_main_option("script_location", str(HERE).replace("%", "%%"))
        config.attributes["connection"] = conn
        import_module("alembic.command").upgrade(config, "head")


@cache
def steps() -> tuple[frozenset[str], frozenset[str]]:
    """The names of all steps, and of the last."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(HERE.glob("versions/*.py"))]
    known = {step for text in texts for step in NAME.findall(text)}
    return frozenset(known), frozenset(
        known - {step for text in texts for step in AFTER.findall(text)}
    )
