"""The same house on PostgreSQL."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot

from bot.chat.cities import Cities
from bot.chat.desk import Ask
from bot.chat.door import Door
from bot.chat.inbox import Intake
from bot.clock import micros, settle
from bot.delivery.transport import Wire
from bot.store.database import Connection
from tests import postgres
from tests.cast import Town
from tests.store.conftest import command


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.server() as running:
        yield running


numbers = itertools.count(1)


@pytest.fixture
async def town(
    server: postgres.Server, tmp_path: Path, gazetteer: Cities, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Town]:
    name = f"town_{next(numbers)}"
    await command(server.url("postgres"), f"CREATE DATABASE {name}")
    made = Town(tmp_path, monkeypatch, gazetteer, {"BRIEFING_DATABASE_URL": server.url(name)})

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


async def test_an_update_that_cannot_be_read_is_set_aside_on_postgresql(town: Town) -> None:
    town.world.say(town.ada.person, "/corridor")
    town.world.say(town.ben.person, "/visit")
    number = town.world.updates.spoil(b'{"message":{"text":"\xff \x00"},"update_id":NUMBER}')
    town.world.say(town.zoe.person, "/trade")
    await town.answered()
    assert [item.text.splitlines()[0] for item in town.ada.told()] == ["Middle Corridor"]
    assert [item.text.splitlines()[0] for item in town.zoe.told()] == ["Bilateral trade"]
    [(found, why)] = await town.rows("SELECT update_id, error FROM inbox WHERE state = 'bad'")
    assert (found, why) == (number, "what Telegram sent cannot be read")
    await town.restart()
    await town.ada.says("/visit")
    assert town.app.intake.aside.count == 0


async def question(town: Town) -> dict[str, Any]:
    """An update that no poll brings, as a webhook would."""
    said = await town.ada.says("/topics")
    return {"update_id": 987_654_321, "message": {**said.payload, "text": "/corridor"}}


def hire(town: Town, answer: Callable[[Ask], Awaitable[None]]) -> Intake:
    """The intake of another process."""
    desk = town.app.desk
    door, wire = Door(desk, Bot(town.world.token)), Wire(town.line)
    return Intake(wire, desk.database, town.clock, door, answer, desk, deaf)


async def deaf(_: str) -> None:
    """Nobody is told."""


async def seated(town: Town, number: int) -> None:
    """Wait until so many processes have given a sign of life."""
    seen = "SELECT 1 FROM meta WHERE key LIKE 'intake:%'"
    while len(await town.rows(seen)) < number:
        await settle()


async def test_a_second_bot_that_starts_answers_nothing_that_the_first_has_in_hand(
    town: Town,
) -> None:
    """As in a rolling deploy, or of replicas behind a load balancer."""
    update, free = await question(town), asyncio.Event()

    async def slowly(ask: Ask) -> None:
        await free.wait()
        await ask.say("unknown.away")

    one, two = hire(town, slowly), hire(town, slowly)
    running = [asyncio.create_task(one.run(poll=False))]
    await seated(town, 2)
    await one.keep([update])
    running.append(asyncio.create_task(two.run(poll=False)))
    await seated(town, 3)
    assert (one.waiting, two.waiting) == (1, 0)
    free.set()
    await one.idle()
    for other in (one, two):
        await other.stop()
    await asyncio.gather(*running)
    assert len(town.ada.told()) == 2
    assert await town.rows("SELECT state FROM inbox WHERE state = 'new'") == []


async def test_what_a_bot_leaves_when_it_goes_is_answered_by_the_other(town: Town) -> None:
    update = await question(town)

    async def never(_: Ask) -> None:
        await asyncio.Event().wait()

    other = hire(town, never)
    running = asyncio.create_task(other.run(poll=False))
    await seated(town, 2)
    await other.keep([update])
    await settle()
    await other.stop(0.1)
    await running
    assert len(town.ada.told()) == 1
    await town.clock.advance(10)
    await town.answered()
    assert town.ada.sees.startswith("Middle Corridor")
    assert len(town.ada.told()) == 2
