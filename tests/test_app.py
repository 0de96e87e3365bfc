"""The bot as a whole: when a part of it dies, the whole ends in order and says so."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.app import running
from bot.chat.cities import Cities
from bot.clock import SystemClock
from bot.config import Settings
from bot.sandbox.transport import InProcess
from bot.sandbox.world import World
from bot.store.folder import is_held


class Faulty:
    """Carries calls to the world; `breaks` makes it fail as only our own code can."""

    def __init__(self, world: World) -> None:
        self._inner = InProcess(world, sleep=asyncio.sleep)
        self.breaks = asyncio.Event()

    async def post(
        self,
        method: str,
        params: Mapping[str, object],
        files: Mapping[str, tuple[str, bytes, str]] | None,
        timeout: float,
    ) -> tuple[int, bytes]:
        if method == "getUpdates":
            await self.breaks.wait()
            raise ArithmeticError("a mistake of our own")
        return await self._inner.post(method, params, files, timeout)

    async def close(self) -> None: ...


async def test_a_part_that_dies_takes_the_bot_down_in_order_and_says_so(
    state: Path, gazetteer: Cities, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.Cities", lambda: gazetteer)
    clock = SystemClock()
    world = World(now=lambda: clock.now().timestamp())
    line = Faulty(world)
    settings = Settings.load(
        {
            "BRIEFING_STATE": str(state),
            "BRIEFING_TOKEN": world.token,
            "BRIEFING_API_URL": "http://127.0.0.1:1",
        },
        needs_token=True,
    )

    async def live() -> None:
        async with running(settings, clock, line):
            line.breaks.set()
            await asyncio.Event().wait()

    with capture_logs() as logs, pytest.raises(ArithmeticError):
        await asyncio.wait_for(live(), 30)
    assert not is_held(state)
    [told] = [line for line in logs if line["action"] == "part died"]
    assert (told["log_level"], told["part"]) == ("critical", "intake")
