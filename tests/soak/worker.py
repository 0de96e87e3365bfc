"""One process that sends what is owed, as the bot does, to be killed and frozen.

    python -m tests.soak.worker '{"url": ..., "state": ..., "api": ..., "rate": 25}'

It says `ready UNKNOWN` once it has settled what its predecessor left, and `idle` each time that
nothing is left to send. SIGTERM ends it as it ends the bot.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from bot.clock import SystemClock
from bot.delivery.flight import Flight
from bot.delivery.pace import Pacer
from bot.delivery.post import Post
from bot.delivery.transport import HttpCarrier, Wire
from bot.delivery.worker import Settings, Worker
from bot.errors import StoreError
from bot.store import deliveries
from bot.store.database import Database, read_clock

LOOK = 0.1
REAP = 1.0


@dataclass(frozen=True)
class Order:
    """What the harness wants; `skew` is by how many seconds this machine's clock is wrong."""

    url: str
    state: str
    api: str
    rate: float = 25.0
    lease: float = 60.0
    deadline: float = 20.0
    skew: float = 0.0
    logged: bool = True


UNKNOWN = "SELECT count(*) FROM deliveries WHERE state = 'unknown'"
OPEN = """
SELECT EXISTS (SELECT 1 FROM deliveries WHERE state = 'pending')
  OR EXISTS (SELECT 1 FROM deliveries WHERE state IN ('claimed', 'sending'))
"""


class SkewedClock(SystemClock):
    def __init__(self, seconds: float) -> None:
        self._skew = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return super().now() + self._skew


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def main(order: Order) -> None:
    clock = SkewedClock(order.skew)
    state = Path(order.state)
    database = await Database.open(order.url, state=state)
    wire = Wire(HttpCarrier(order.api, "4242:SOAK"))
    settings = Settings(rate=order.rate, lease=order.lease, deadline=order.deadline, in_flight=512)
    flight = Flight(state / "flight" if order.logged else None)
    post = Post(wire, Pacer(clock, order.rate), clock)
    worker = Worker(database, post, clock, settings, flight=flight)
    running = asyncio.create_task(worker.run())
    watching = asyncio.create_task(watch(database, worker))
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    await stopping.wait()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    left = await worker.stop(25.0)
    await running
    await wire.close()
    await database.close()
    say("stopped", left)


async def watch(database: Database, worker: Worker) -> None:
    """Take back leases, and tell how far it is."""
    loop = asyncio.get_running_loop()
    told, reaped_at = False, -REAP
    while True:
        try:
            if worker.is_recovered and loop.time() - reaped_at >= REAP:
                async with database.write() as conn:
                    await deliveries.reap(conn, await read_clock(conn))
                reaped_at = loop.time()
            async with database.read() as conn:
                if worker.is_recovered and not told:
                    say("ready", await conn.scalar(text(UNKNOWN)))
                    told = True
                if not await conn.scalar(text(OPEN)):
                    say("idle")
        except StoreError:
            pass
        await asyncio.sleep(LOOK)


if __name__ == "__main__":
    asyncio.run(main(Order(**json.loads(sys.argv[1]))))
