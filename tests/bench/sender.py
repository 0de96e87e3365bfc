"""One worker in a process of its own, which sends what a database owes.

    python tests/bench/sender.py DATABASE STATE API --rate 1000 [--core 0]

ends at SIGTERM, or once nothing is owed any more with `--until-empty`, and prints as JSON how many
seconds of processor time it took.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

from bot import telemetry
from bot.clock import SystemClock
from bot.commands.entry import go, spare_memory
from bot.delivery.flight import Flight
from bot.delivery.pace import Pacer
from bot.delivery.post import Post
from bot.delivery.transport import HttpCarrier, Wire
from bot.delivery.worker import Settings, Worker
from bot.store import deliveries
from bot.store.database import Database

TOKEN = "4242:not-a-secret"
IN_FLIGHT = 256


async def main(given: argparse.Namespace) -> None:
    telemetry.setup("text", "error", ())
    database = await Database.open(given.database, state=given.state)
    clock = SystemClock()
    wire = Wire(HttpCarrier(given.api, TOKEN, in_flight=IN_FLIGHT))
    post = Post(wire, Pacer(clock, given.rate), clock)
    settings = Settings(rate=given.rate, bucket="bench", in_flight=IN_FLIGHT)
    flight = Flight(given.state / "flight")
    worker = Worker(database, post, clock, settings, flight=flight)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await post.probe(5)
    spare_memory()
    begun, cpu = time.time(), time.process_time()
    running = asyncio.create_task(worker.run())
    while not stopped.is_set():
        if given.until_empty and not worker.in_flight:
            async with database.read() as conn:
                if await deliveries.next_at(conn) is None:
                    break
        try:
            await asyncio.wait_for(stopped.wait(), 0.25)
        except TimeoutError:
            continue
    ended = time.time()
    await worker.stop()
    await running
    spent = time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    counts = dict(worker.counts)
    told = {"seconds": ended - begun, "cpu": spent, "memory": memory, "counts": counts}
    sys.stdout.write(json.dumps(told) + "\n")
    await wire.close()
    await database.close()


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=Path(__file__).name)
    words.add_argument("database")
    words.add_argument("state", type=Path)
    words.add_argument("api")
    words.add_argument("--rate", type=float, default=25.0)
    words.add_argument("--core", type=int)
    words.add_argument("--until-empty", action="store_true")
    told = words.parse_args()
    if told.core is not None:
        os.sched_setaffinity(0, {told.core})
    go(main(told))
