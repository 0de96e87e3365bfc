"""The same house on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.cities import Cities
from bot.clock import micros
from bot.store.database import Connection
from tests import postgres
from tests.cast import Town


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.server() as running:
        yield running


@pytest.fixture
async def town(
    server: postgres.Server, tmp_path: Path, gazetteer: Cities, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Town]:
    made = Town(tmp_path, monkeypatch, gazetteer, {"BRIEFING_DATABASE_URL": server.url("postgres")})

    async def tell(_: Connection) -> int:
        return micros(made.clock.now())

    # The worker goes by the database's clock there, which cannot be moved by hand.
    monkeypatch.setattr("bot.delivery.ledger.read_clock", tell)
    try:
        await made.open()
        yield made
    finally:
        await made.close()
    assert made.world.complaints == []


async def test_subscribe_receive_and_restart_on_postgresql(town: Town) -> None:
    ada = town.ada
    await ada.says("/subscribe daily 08:30")
    await ada.says("Almaty", to=ada.last())
    assert ada.sees.startswith("Morning brief at 08:30 Almaty time")
    await town.restart(after=timedelta(hours=20))
    await town.pass_time(hours=4)
    assert len(town.briefs(ada)) == 1
    await town.restart(after=timedelta(hours=1))
    assert len(town.briefs(ada)) == 1
    await ada.says("half a \x00 sign")
    await ada.says("/corridor")
    await ada.presses("Sections")
    assert ada.sees.startswith("Middle Corridor: sections")
