"""A clock that is wrong from the start: nothing is owed until it agrees with Telegram's."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.app import running
from bot.chat.cities import Cities
from bot.chat.menu import hang_menus
from bot.clock import SystemClock
from bot.config import Settings
from bot.sandbox.scene import ED
from bot.sandbox.server import serve
from bot.sandbox.world import World
from tests.cast import START, Town

DAY = 86_400.0


@pytest.fixture
async def dated(
    state: Path, gazetteer: Cities, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Town]:
    """A town whose Telegram keeps its own time, whatever becomes of the machine's, and says it."""
    town = Town(state, monkeypatch, gazetteer)
    town.line.is_dated = True
    town.world.now = lambda: START.timestamp() + town.clock.monotonic()
    try:
        await town.open()
        yield town
    finally:
        await town.close()


async def rounds(town: Town, minutes: int) -> None:
    """Let minutes pass with a round in each, as the timers would make them."""
    for _ in range(minutes):
        await town.clock.advance(60)
        await town.app.rounds.tick()
        await town.answered()


async def follows(town: Town) -> None:
    """Ed looks after the desk, and Ada wants her brief at 03:30 UTC; it is 03:20 of Tuesday."""
    await town.ed.starts()
    await town.ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.until(3, 20)


async def test_a_bot_that_starts_a_day_ahead_owes_nothing_and_serves_the_right_day_once_mended(
    dated: Town,
) -> None:
    town = dated
    await follows(town)
    await town.close()
    heard = len(town.sent(town.ed))
    town.clock.jump(DAY)
    await town.open()
    await rounds(town, 15)
    assert town.clock.now() == datetime(2025, 11, 26, 3, 35, tzinfo=UTC)
    assert await town.rows("SELECT id FROM deliveries") == []
    [told] = town.sent(town.ed)[heard:]
    assert told == (
        "The clock of the machine is wrong: it says 2025-11-26 03:20 UTC, Telegram's says "
        "2025-11-25 03:20 UTC. No new brief leaves until they agree. Set the clock of the "
        "machine; I then go on by myself."
    )
    town.clock.jump(-DAY)
    await rounds(town, 10)
    assert town.sent(town.ed)[heard + 1 :] == [
        "The clock of the machine agrees with Telegram's again. Sending goes on."
    ]
    [(at, brief)] = town.briefs(town.ada)
    assert (
        datetime(2025, 11, 25, 3, 35, tzinfo=UTC) < at < datetime(2025, 11, 25, 3, 45, tzinfo=UTC)
    )
    assert "25 November" in brief
    assert await town.rows("SELECT local_date, state FROM deliveries") == [("2025-11-25", "sent")]


async def test_a_start_ten_years_ahead_drops_nothing_as_too_old(dated: Town) -> None:
    town = dated
    await follows(town)
    await rounds(town, 12)
    assert await town.rows("SELECT state FROM deliveries") == [("sent",)]
    await town.close()
    town.clock.jump(3652 * DAY)
    await town.open()
    await rounds(town, 5)
    assert await town.rows("SELECT state FROM deliveries") == [("sent",)]


async def test_a_clock_that_jumps_and_then_agrees_with_itself_alone_is_not_believed(
    dated: Town,
) -> None:
    town = dated
    await follows(town)
    await rounds(town, 2)
    heard = len(town.sent(town.ed))
    town.clock.jump(DAY)
    await rounds(town, 15)
    assert await town.rows("SELECT id FROM deliveries") == []
    jumped, wrong = town.sent(town.ed)[heard:]
    assert jumped.startswith("The clock of the machine moved by 1440 minutes.")
    assert wrong.startswith("The clock of the machine is wrong:")


async def test_a_suspended_machine_whose_clock_is_right_is_not_called_wrong(dated: Town) -> None:
    town = dated
    await follows(town)
    heard = len(town.sent(town.ed))
    await town.clock.leap(3600)
    await rounds(town, 5)
    assert town.sent(town.ed)[heard:] == []
    assert len(town.briefs(town.ada)) == 1


async def test_over_http_the_bot_holds_its_clock_against_the_servers_and_is_not_ready(
    state: Path, gazetteer: Cities, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.Cities", lambda: gazetteer)
    world = World(now=lambda: time.time() - DAY)
    ed = world.person("Ed", user_id=ED)
    world.start(ed)
    server = await serve(world)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    given = {
        "BRIEFING_STATE": str(state),
        "BRIEFING_TOKEN": world.token,
        "BRIEFING_API_URL": server.url,
        "BRIEFING_ADMINS": str(ED),
        "BRIEFING_LISTEN": f"127.0.0.1:{port}",
    }
    try:
        settings = Settings.load(given, needs_token=True)
        async with running(settings, SystemClock()) as app:
            assert not (await app.rounds.tick()).is_whole
            assert (await ask(port))["clock"] == "wrong"
            assert (await ask(port))["ready"] is False
            world.now = time.time
            await hang_menus(app.desk)
            assert (await app.rounds.tick()).is_whole
            assert (await ask(port))["clock"] == "right"
    finally:
        await server.close()
    told = [entry.text for entry in world.received(ED) if "Telegram's" in entry.text]
    assert [text.split(":")[0] for text in told] == [
        "The clock of the machine is wrong",
        "The clock of the machine agrees with Telegram's again. Sending goes on.",
    ]


async def ask(port: int) -> dict[str, object]:
    """What the bot says of its health."""
    async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}/healthz") as found:
        return dict(json.loads(await found.text()))
