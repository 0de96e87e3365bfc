"""A pretend Telegram in a process of its own, for measuring: it asks, and counts the answers.

    python tests/bench/town.py PORT

`POST /bench/ask?count=1000` has that many people write `/corridor`, each in their own chat;
`GET /bench/answered` tells how many of them were answered since, and how many times the bot polled.
`POST /bench/pace?rate=500&seconds=10` has them write at a steady pace, and gives how long each
waited for the answer, in seconds.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time

from aiohttp import web

from bot.sandbox.server import serve
from bot.sandbox.world import World

PEOPLE = 5000
LAST = 50
"""Tenths of a second in which the last answers of a pace may come."""


async def main(port: int) -> None:
    world = World(now=time.time, seed=1)
    world.rates.off()
    people = [world.person(f"Reader {number}") for number in range(PEOPLE)]
    before = 0
    # A round of its collector through all these people takes 90 ms, which would count as ours.
    gc.collect()
    gc.freeze()
    gc.disable()

    def sent() -> int:
        return world.calls.get("sendMessage", 0)

    async def ask(request: web.Request) -> web.Response:
        nonlocal before
        world.ledger.clear()
        before = sent()
        for number in range(int(request.query["count"])):
            world.say(people[number % PEOPLE], request.query.get("text", "/corridor"))
        return web.json_response({})

    async def answered(_: web.Request) -> web.Response:
        polls = world.calls.get("getUpdates", 0)
        return web.json_response({"answers": sent() - before, "polls": polls})

    async def pace(request: web.Request) -> web.Response:
        rate, seconds = float(request.query["rate"]), float(request.query["seconds"])
        world.ledger.clear()
        asked: dict[int, float] = {}
        began = time.monotonic()
        for number in range(int(rate * seconds)):
            late = began + number / rate - time.monotonic()
            if late > 0:
                await asyncio.sleep(late)
            person = people[number % PEOPLE]
            asked[person.id] = time.time()
            world.say(person, "/corridor")
        for _ in range(LAST):
            await asyncio.sleep(0.1)
            if sum(entry.chat_id in asked for entry in world.ledger) >= len(asked):
                break
        # Others may be sent their briefs meanwhile.
        answers = [entry for entry in world.ledger if entry.chat_id in asked]
        waited = [entry.at - asked[entry.chat_id] for entry in answers]
        return web.json_response(waited)

    routes = [
        web.post("/bench/ask", ask),
        web.get("/bench/answered", answered),
        web.post("/bench/pace", pace),
    ]
    running = await serve(world, port=port, routes=routes)
    for person in people:
        world.start(person)
    world.updates.pending.clear()
    sys.stdout.write(f"{running.url}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
