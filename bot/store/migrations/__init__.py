"""The schema's history. Each file in `versions` is one step; missing ones run at the opening.

A step is written by hand against `tables.py`; a test holds both against each other on SQLite and
on PostgreSQL. Steps only add (expand, then contract a release later), so that an old and a new
process can share one PostgreSQL for a while.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import SchemaMismatch


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
    return set(MigrationContext.configure(conn).get_current_heads()) == _steps()[1]


def _upgrade(conn: Connection) -> None:
    known, newest = _steps()
    present = set(MigrationContext.configure(conn).get_current_heads())
    if present - known:
        raise SchemaMismatch(
            f"The database has schema {', '.join(sorted(present))}, which this release does not "
            "know. Run the newer release, or restore a backup."
        )
    if present != newest:
        config = _config()
        config.attributes["connection"] = conn
        command.upgrade(config, "head")


@cache
def _steps() -> tuple[frozenset[str], frozenset[str]]:
    """The names of all steps, and of the last."""
    steps = ScriptDirectory.from_config(_config())
    known = frozenset(step.revision for step in steps.walk_revisions())
    return known, frozenset(steps.get_heads())


def _config() -> Config:
    config = Config()
    # A % in the path would be read as a reference to another option.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
