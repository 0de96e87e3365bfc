"""Signs of life, noted in the database and in a file beside it, so that a backup that was put
back can be told from the present.

What was owed between the backup and the last sign of life may have been sent already, and the
database that knew is gone. So it is held as unknown, and everything later goes its usual way.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot import telemetry
from bot.clock import moment
from bot.store.database import Connection, Database, read_clock, read_meta, write_meta
from bot.text import Words

log = telemetry.logger(__name__)

NAME = "last_alive"
DOUBTFUL = "doubtful_until"
MARGIN = 10_000_000
"""Microseconds for which it may have gone on sending after the last sign of life."""


@dataclass(frozen=True, slots=True)
class Restored:
    """`until` (microseconds) is up to when what was owed may have been sent; 0 if nothing may.

    `known` is the last moment that a backup knows of which was put back just now, else 0.
    """

    until: int
    known: int = 0

    def tell(self, words: Words) -> str:
        """What an admin has to know."""
        return words("operate.restored", known=words.stamp(moment(self.known)))


async def note(database: Database, state: Path | None, now: int) -> None:
    """Note that we live at `now` (microseconds; on PostgreSQL its own clock is asked)."""
    async with database.write() as conn:
        at = str(await _agreed(conn, database, now))
        await write_meta(conn, NAME, at)
    if state is not None:
        _replace(state / NAME, at + "\n")


async def notice(database: Database, state: Path) -> Restored:
    """Whether the database is older than the last sign of life beside it; remembered if so.

    Keep the file `last_alive` when a backup is put back: it is what this is known by.
    """
    seen = _read(state / NAME)
    async with database.write() as conn:
        known = int(await read_meta(conn, NAME) or 0)
        until = int(await read_meta(conn, DOUBTFUL) or 0)
        # The file is always written after the database: it is never ahead of its own.
        if not known or seen <= known:
            return Restored(until)
        until = max(until, seen + MARGIN)
        await write_meta(conn, DOUBTFUL, str(until))
        # Noticed once: it is told once.
        await write_meta(conn, NAME, str(seen))
    log.error(
        "A backup was put back; what was owed meanwhile is held.",
        action="restored",
        seconds=(seen - known) // 1_000_000,
    )
    return Restored(until, known)


async def _agreed(conn: Connection, database: Database, now: int) -> int:
    return now if database.engine_name == "sqlite" else await read_clock(conn)


def _read(path: Path) -> int:
    """What the file says; 0 where there is none, or nothing that can be read."""
    try:
        return int(path.read_text("ascii"))
    except (OSError, ValueError):
        return 0


def _replace(path: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    draft = path.with_suffix(".new")
    draft.write_text(text, "utf-8")
    draft.replace(path)
