"""A pretend Telegram in a process of its own, for measuring: it asks, and counts the answers.

    python tests/bench/town.py PORT

`POST /bench/ask?count=1000` has that many people write `/corridor`, each in their own chat;
`GET /bench/answered` tells how many messages the bot has sent since.
"""

from __future__ import annotations

import asyncio
import sys
import time

from aiohttp import web

from bot.sandbox.server import serve
from bot.sandbox.world import World


async def main(port: int) -> None:
    world = World(now=time.time, ledger=False, seed=1)
    world.rates.off()
    people = [world.person(f"Reader {number}") for number in range(2000)]
    before = 0

    async def ask(request: web.Request) -> web.Response:
        nonlocal before
        before = world.calls.get("sendMessage", 0)
        began = time.monotonic()
        for number in range(int(request.query["count"])):
            world.say(people[number % len(people)], request.query.get("text", "/corridor"))
        return web.json_response({"began": began, "asked": time.monotonic()})

    async def answered(_: web.Request) -> web.Response:
        done = world.calls.get("sendMessage", 0) - before
        return web.json_response({"answers": done, "now": time.monotonic()})

    routes = [web.post("/bench/ask", ask), web.get("/bench/answered", answered)]
    running = await serve(world, port=port, routes=routes)
    for person in people:
        world.start(person)
    world.updates.pending.clear()
    sys.stdout.write(f"{running.url}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
