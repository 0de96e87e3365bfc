"""The demo page on a real port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import aiohttp
import pytest_asyncio
from playwright.async_api import Browser

from bot.sandbox.demo import Demo
from bot.sandbox.scene import furnish
from bot.sandbox.server import serve
from bot.sandbox.world import World
from tests.page.stage import Clock, EchoBot, Stage
from tests.page.window import chromium


@pytest_asyncio.fixture(loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    clock = Clock()
    world = World(clock.now)
    world.rates.off()
    actors = furnish(world)
    bot = EchoBot(world)
    bot.take()
    demo = Demo(world, actors, advance=clock.advance, next_due=clock.next_due, beat=0.5)
    server = await serve(world, routes=demo.routes())
    task = asyncio.create_task(bot.run())
    async with aiohttp.ClientSession() as session:
        yield Stage(server.url, world, bot, clock, demo, server, session)
    await demo.close()
    await server.close()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running
