"""C3, C4: killed with -9 within a round of the newsroom, at each of its steps, on both engines."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.clock import ManualClock
from bot.store.database import Database
from tests.newsroom.desk import MONDAY, Desk
from tests.soak.stage import ROOT
from tests.store.conftest import Place

READERS = 7
# Each step, and the how manieth time that it is passed; the crowd takes three pages.
DEATHS = (
    ("opening", 1),
    ("opened", 1),
    ("built", 1),
    ("owing", 1),
    ("owing", 2),
    ("owed", 1),
    ("owing", 3),
    ("owed", 3),
    ("advancing", 1),
)


async def tick(place: Place, folder: Path, step: str = "", times: int = 0) -> int:
    """A round in a process; how it ended."""
    words = ["-m", "tests.soak.tick", place.url, str(folder), step, str(times)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL
    )
    return await process.wait()


async def prepare(place: Place, folder: Path) -> None:
    """Readers of the morning brief, an hour before it."""
    database = await Database.open(place.url, state=folder)
    desk = Desk(folder, ManualClock(MONDAY), database)
    await desk.publisher.accept()
    await desk.crowd(READERS)
    await database.close()


async def rows(place: Place, folder: Path, query: str) -> list[tuple[object, ...]]:
    database = await Database.open(place.url, state=folder)
    async with database.read() as conn:
        found = [tuple(row) for row in await conn.execute(text(query))]
    await database.close()
    return found


@pytest.mark.soak
async def test_a_round_killed_at_any_step_owes_each_reader_one_bulletin(
    place: Place, figure: Callable[[str], None]
) -> None:
    folder = place.state.parent / "desk"
    folder.mkdir()
    await prepare(place, folder)
    kills: Counter[str] = Counter()
    for step, times in DEATHS:
        kills[step] += await tick(place, folder, step, times) == -signal.SIGKILL
    assert await tick(place, folder) == 0
    owed = await rows(place, folder, "SELECT subscription_id, local_date FROM deliveries")
    built = await rows(place, folder, "SELECT occasion_id, variant, state FROM bulletins")
    figure(
        f"{place.engine}: {kills.total()} kills at {len(+kills)} steps; {len(owed)} owed to "
        f"{READERS} readers, {len(built)} bulletin"
    )
    assert kills.total() == len(DEATHS)
    assert len(owed) == len(set(owed)) == READERS
    assert [state for _, _, state in built] == ["ready"]
