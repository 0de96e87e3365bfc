"""C8: the current fails while SQLite writes; its log is cut wherever that may have been."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store import deliveries
from bot.store.database import Database
from bot.store.deliveries import Outcome
from tests.store.scene import EIGHT_THIRTY, MINUTE, owed, take

READERS = 8
HEADER = 32
FRAME_HEADER = 24
STATES = {"pending", "claimed", "sending", "sent"}
SENT = "SELECT id FROM deliveries WHERE state = 'sent'"
ALL = "SELECT state FROM deliveries"


@dataclass(frozen=True)
class Commit:
    """After one transaction: how long the log was, and which deliveries were sent."""

    length: int
    sent: frozenset[int]


async def deliver(database: Database, log: Path) -> list[Commit]:
    """Claim, mark and settle one by one, each in its own transaction."""
    done: list[Commit] = []
    sent: set[int] = set()

    def commit() -> None:
        done.append(Commit(log.stat().st_size, frozenset(sent)))

    commit()
    for number in range(READERS):
        [row] = await take(database, EIGHT_THIRTY + number * MINUTE, token=f"t{number}", limit=1)
        commit()
        async with database.write() as conn:
            await deliveries.mark(conn, [row.id], row.token, EIGHT_THIRTY, 1)
        commit()
        async with database.write() as conn:
            await deliveries.settle(
                conn, [Outcome(row.id, row.token, 0, "sent", 100 + row.id)], EIGHT_THIRTY
            )
        sent.add(row.id)
        commit()
    return done


def look(path: Path) -> tuple[str, list[str], set[int]]:
    """What a next start finds: whether the file is whole, the states, and who was sent to."""
    connection = sqlite3.connect(path)
    try:
        [[verdict]] = connection.execute("PRAGMA integrity_check").fetchall()
        states = [row[0] for row in connection.execute(ALL)]
        return verdict, states, {row[0] for row in connection.execute(SENT)}
    finally:
        connection.close()


@pytest.mark.filterwarnings("error")
async def test_a_log_cut_anywhere_leaves_a_whole_database_with_all_that_was_sent(
    tmp_path: Path, figure: Callable[[str], None]
) -> None:
    path, log = tmp_path / "bot.db", tmp_path / "bot.db-wal"
    database = await Database.open(str(path), state=tmp_path)
    async with database.write() as conn:
        for number in range(1, READERS + 1):
            await owed(conn, number)
    await database.checkpoint()
    async with database.write() as conn:
        size = int(await conn.scalar(text("PRAGMA page_size")) or 0)
    commits = await deliver(database, log)
    whole, written = path.read_bytes(), log.read_bytes()
    await database.close()

    frames = (len(written) - HEADER) // (FRAME_HEADER + size)
    cuts = [HEADER + frame * (FRAME_HEADER + size) for frame in range(frames + 1)]
    torn = [cut + (FRAME_HEADER + size) // 2 for cut in cuts[:-1]]
    undone = 0
    for number, cut in enumerate(sorted({0, *cuts, *torn})):
        copy = tmp_path / f"copy{number}.db"
        copy.write_bytes(whole)
        copy.with_name(f"{copy.name}-wal").write_bytes(written[:cut])
        verdict, states, sent = look(copy)
        assert verdict == "ok"
        assert len(states) == READERS
        assert set(states) <= STATES
        known = [commit.sent for commit in commits if commit.length <= cut]
        undone += len((known[-1] if known else frozenset()) - sent)
    figure(f"{len(cuts) + len(torn)} cuts of {frames} frames: {undone} sent ones undone")
    assert frames > READERS * 3
    assert undone == 0
