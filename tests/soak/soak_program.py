"""The whole program, killed again and again in the middle of a broadcast."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.store.database import Database
from tests.soak.burst import Burst, burst
from tests.soak.stage import (
    FIRST_CHAT,
    PATIENCE,
    ROWS,
    Ledger,
    lay_beside,
    number_of,
    owe,
    seed,
)
from tests.store.conftest import Place

OPEN = "SELECT count(*) FROM deliveries WHERE state IN ('pending', 'claimed', 'sending')"


async def settle(made: Burst, arrivals: int) -> None:
    """Wait until so many messages have arrived, or nothing is left to send; no longer than our
    patience: what is left then counts as still open."""
    end = time.monotonic() + PATIENCE
    while len(made.world.ledger) < arrivals and await made.rows(OPEN) != [(0,)]:
        assert made.process is not None
        assert made.process.returncode is None, made.log.read_text("utf-8")
        if time.monotonic() > end:
            return
        await asyncio.sleep(0.05)


@pytest.mark.soak
async def test_the_program_killed_in_a_broadcast_doubles_nothing_and_loses_nothing(
    place: Place, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    chosen, kills = seed(), number_of("SOAK_PROGRAM_KILLS", 12)
    print(f"\n{place.engine}, SOAK_SEED={chosen}")
    draws = random.Random(chosen)
    many = kills * 20
    address = None if place.engine == "sqlite" else place.url
    async with burst(tmp_path, address) as made:
        for number in range(1, many + 1):
            made.world.start(made.world.person(f"R{number}", user_id=FIRST_CHAT + number))
        made.world.updates.pending.clear()
        database = await Database.open(made.database, state=tmp_path / "state")
        await owe(database, range(1, many + 1))
        await database.close()
        for _ in range(kills):
            await made.start()
            await settle(made, len(made.world.ledger) + draws.randint(2, 30))
            await made.kill()
        await made.start()
        await settle(made, many + 1)
        await made.end()
        rows = {int(str(chat)): str(state) for chat, state in await made.rows(ROWS)}
        done = [(0.0, entry.chat_id) for entry in made.world.ledger if entry.act == "sent"]
    found = lay_beside(Ledger(done, [], {}), rows, many)
    figure(f"{place.engine}: {kills} kills of the program, {many} messages: {found.figure}")
    found.check()
    assert set(found.states) <= {"sent", "unknown"}
