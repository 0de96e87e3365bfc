"""The demo: the same bot on a pretend Telegram of its own, with a chat page in the browser."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from pydantic import SecretStr

from bot.app import App, running
from bot.clock import ShiftedClock
from bot.config import Settings
from bot.errors import ConfigError
from bot.sandbox.demo import Demo
from bot.sandbox.scene import ED, furnish
from bot.sandbox.server import Running, serve
from bot.sandbox.world import World

HOST = "127.0.0.1"
PORT = 8080
PORTS = 20
BOT_ID = 7_000_000_001
BOT_NAME = "briefing_demo_bot"


@asynccontextmanager
async def showing(settings: Settings, port: int | None = None) -> AsyncIterator[tuple[App, str]]:
    """The bot and its page's address. Without `port` the first free one from 8080 on.

    Raises ConfigError where no port is free, else as `running`.
    """
    clock = ShiftedClock()
    # A token that no page in another tab can guess; the number in front stays the bot's own.
    token = f"{BOT_ID}:{secrets.token_urlsafe(27)}"
    world = World(
        now=lambda: clock.now().timestamp(),
        token=token,
        username=BOT_NAME,
        first_name="Briefing bot",
        seed=secrets.randbits(32),
    )
    actors = furnish(world)
    stage = _Stage(clock)
    page = Demo(world, actors, advance=stage.skip_ahead, next_due=stage.next_due)
    server = await _open(world, page, port)
    try:
        own = settings.for_demo().model_copy(
            update={"token": SecretStr(token), "api_url": server.url, "admins": (ED,)}
        )
        async with running(own, clock) as app:
            stage.app = app
            yield app, f"{server.url}/"
            stage.app = None
            # The open pages end first: a stream that is listened to keeps the server up.
            await page.close()
    finally:
        await page.close()
        await server.close()


class _Stage:
    """Moves the demo's time, once there is a bot that it moves for."""

    def __init__(self, clock: ShiftedClock) -> None:
        self._clock = clock
        self.app: App | None = None

    async def skip_ahead(self, seconds: float) -> None:
        if self.app is None:
            return
        by = timedelta(seconds=seconds)
        self.app.rounds.guard.expect(by)
        self._clock.advance(by)
        self.app.schedule.wake()
        self.app.worker.wake()

    async def next_due(self) -> datetime | None:
        return None if self.app is None else await self.app.next_due()


async def _open(world: World, page: Demo, port: int | None) -> Running:
    tried = [port] if port is not None else [*range(PORT, PORT + PORTS)]
    for number in tried:
        try:
            return await serve(world, host=HOST, port=number, routes=page.routes())
        except OSError:
            continue
    said = f"Port {tried[0]} of {HOST} is taken; choose another with --port."
    raise ConfigError((said,))
