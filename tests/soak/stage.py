"""A stage for real processes: a pretend Telegram, workers to be killed, and the reckoning.

What arrived is told by Telegram's own ledger, what the bot believes by the database; both are
laid beside each other at the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from aiohttp import ClientSession
from sqlalchemy import insert, text

from bot.clock import SystemClock, micros
from bot.store import bulletins, occasions
from bot.store.bulletins import Part, Variant
from bot.store.database import Database
from bot.store.tables import chats, deliveries
from tests.soak.worker import Order

ROOT = Path(__file__).parent.parent.parent
DAY = 86_400_000_000
FIRST_CHAT = 1_000_000
BATCH = 5000
PATIENCE = float(os.environ.get("SOAK_PATIENCE") or 900)
"""Seconds; a busy machine is no fault of the bot."""


def seed() -> int:
    """The seed of this run: `SOAK_SEED`, or a new one."""
    return int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(1 << 31))


def number_of(name: str, usual: int) -> int:
    """A number that may be set from outside, such as `SOAK_KILLS`."""
    return int(os.environ.get(name) or usual)


@dataclass(frozen=True)
class Reckoning:
    """What both ledgers say together. `delivered` counts the unknown that did arrive.

    Lost is what is called sent and did not arrive, or has no row at all; still open is what
    nobody got to, as when the machine was too slow for the patience of a test.
    """

    states: dict[str, int]
    arrived: int
    doubled: int
    lost: int
    open: int
    unknown: int
    delivered: int
    busiest: int
    hits: dict[str, int]

    @property
    def figure(self) -> str:
        told = f"{self.doubled} doubled, {self.lost} silently lost, {self.unknown} unknown"
        return f"{told}, {self.open} STILL OPEN" if self.open else told

    def check(self) -> None:
        """Fails for what is doubled, lost or still open, and says which it was."""
        assert (self.doubled, self.lost, self.open) == (0, 0, 0), self.figure


@dataclass(frozen=True)
class Ledger:
    """Telegram's own: each message that it delivered (seconds, chat), each call, each fault."""

    done: list[tuple[float, int]]
    calls: list[float]
    hits: dict[str, int]


class Silence(AssertionError):
    """A worker did not say in time what was waited for."""


class Process:
    """One worker's process."""

    def __init__(self, inner: asyncio.subprocess.Process) -> None:
        self._inner = inner
        self.started_at = time.monotonic()

    @classmethod
    async def start(cls, order: Order) -> Process:
        return cls(await _spawn("tests.soak.worker", json.dumps(asdict(order))))

    @property
    def memory(self) -> int:
        """Bytes that it holds in memory."""
        pages = Path(f"/proc/{self._inner.pid}/statm").read_text("ascii").split()[1]
        return int(pages) * resource.getpagesize()

    async def says(self, word: str, patience: float = PATIENCE) -> list[str]:
        """Wait until it says `word`; what it said with it."""
        try:
            async with asyncio.timeout(patience):
                while line := await _line(self._inner):
                    said, *rest = line.split()
                    if said == word:
                        return rest
        except TimeoutError:
            raise Silence(f"the worker did not say {word!r} within {patience:g} s") from None
        raise AssertionError(f"the worker ended without saying {word!r}")

    async def finish(self, patience: float = PATIENCE) -> None:
        """Wait until nothing is left to send; what is left all the same, the reckoning tells."""
        with contextlib.suppress(Silence):
            await self.says("idle", patience)

    def send(self, sign: signal.Signals) -> None:
        """Send it a signal; nothing if it has ended."""
        if self._inner.returncode is None:
            self._inner.send_signal(sign)

    async def kill(self) -> None:
        """As `kill -9` does, also to one that is frozen; nothing if it has ended."""
        if self._inner.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._inner.kill()
            await self._end()

    async def stop(self) -> tuple[int, float]:
        """As an operator does: SIGTERM. How many sends were left open, and the seconds it took."""
        began = time.monotonic()
        self.send(signal.SIGTERM)
        (left,) = await self.says("stopped")
        await self._end()
        return int(left), time.monotonic() - began

    async def _end(self) -> None:
        # What it still said must be read, or its pipe stays open.
        if self._inner.stdout is not None:
            await self._inner.stdout.read()
        await self._inner.wait()


class Stage:
    """`async with Stage.open(url, state) as stage:`"""

    def __init__(self, order: Order) -> None:
        self.order = order
        self._owed = 0
        self._hired: list[Process] = []

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        url: str,
        state: Path,
        *,
        seed: int,
        chances: dict[str, float] | None = None,
        rate: float = 25.0,
        lease: float = 60.0,
        deadline: float = 20.0,
    ) -> AsyncIterator[Stage]:
        """Start the pretend Telegram; `chances` are those of its faults, for each message."""
        telegram = await _spawn("tests.soak.telegram", str(seed), json.dumps(chances or {}))
        try:
            api = await _line(telegram)
            stage = cls(Order(url, str(state), api, rate, lease, deadline))
            try:
                yield stage
            finally:
                for process in stage._hired:
                    await process.kill()
        finally:
            telegram.kill()
            await telegram.communicate()

    async def hire(
        self, *, rate: float | None = None, skew: float = 0.0, url: str | None = None
    ) -> Process:
        """Start a worker, with another pace, a wrong clock or another way to the database."""
        order = replace(
            self.order,
            rate=self.order.rate if rate is None else rate,
            skew=skew,
            url=self.order.url if url is None else url,
        )
        self._hired.append(await Process.start(order))
        return self._hired[-1]

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Database]:
        """The database, while no worker holds it (SQLite)."""
        database = await Database.open(self.order.url, state=Path(self.order.state))
        try:
            yield database
        finally:
            await database.close()

    async def owe(self, number: int) -> None:
        """Owe so many more people one message each."""
        async with self.store() as database:
            await owe(database, range(self._owed + 1, self._owed + number + 1))
        self._owed += number

    async def reckon(self) -> Reckoning:
        """Lay Telegram's ledger and the bot's beside each other, once all is at rest."""
        return lay_beside(await self.ledger(), await self._rows(), self._owed)

    async def ledger(self) -> Ledger:
        """What Telegram has done so far."""
        address = f"{self.order.api}/ledger"
        async with ClientSession() as session, session.get(address) as answer:
            told = await answer.json()
        return Ledger(
            done=[(float(at), int(chat)) for at, chat, _ in told["done"]],
            calls=[float(at) for at in told["calls"]],
            hits={str(name): int(number) for name, number in told["hits"].items() if name},
        )

    async def arrivals(self) -> list[float]:
        """When each message arrived, by the machine's own seconds."""
        return [at for at, _ in (await self.ledger()).done]

    async def _rows(self) -> dict[int, str]:
        """The state of each delivery, by its chat."""
        async with self.store() as database, database.read() as conn:
            found = await conn.execute(text(ROWS))
            return {int(tg_id): str(state) for tg_id, state in found}


ENDED = {"sent", "unknown", "gone", "dead", "expired"}


def lay_beside(ledger: Ledger, rows: dict[int, str], owed: int) -> Reckoning:
    """Telegram's ledger, and the state of each delivery by its chat; `owed` were written down."""
    arrived = Counter(chat for _, chat in ledger.done)
    lost = [chat for chat, state in rows.items() if state == "sent" and not arrived[chat]]
    unknown = [chat for chat, state in rows.items() if state == "unknown"]
    return Reckoning(
        states=dict(Counter(rows.values())),
        arrived=len(arrived),
        doubled=sum(number - 1 for number in arrived.values()),
        lost=len(lost) + owed - len(rows),
        open=sum(1 for state in rows.values() if state not in ENDED),
        unknown=len(unknown),
        delivered=sum(1 for chat in unknown if arrived[chat]),
        busiest=busiest(ledger.calls),
        hits=ledger.hits,
    )


ROWS = "SELECT c.tg_id, d.state FROM deliveries d JOIN chats c ON c.id = d.chat_id"


def busiest(times: Sequence[float]) -> int:
    """The most in any second, wherever it begins."""
    ordered, most, first = sorted(times), 0, 0
    for last, at in enumerate(ordered):
        while ordered[first] <= at - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


async def owe(database: Database, numbers: range) -> None:
    """Owe one message each to the people of these numbers, whom nobody knew before."""
    now = micros(SystemClock().now())
    words = f"Words from {numbers.start} on"
    async with database.write() as conn:
        occasion = await occasions.ensure(
            conn,
            kind="announcement",
            key=f"soak {numbers.start}",
            due_at=now,
            expires_at=now + DAY,
            now=now,
        )
        bulletin = await bulletins.ensure(conn, occasion.id, Variant("en", "full"))
        await bulletins.finish(conn, bulletin.id, [Part(words, words)], revision=1)
    for first in range(0, len(numbers), BATCH):
        some = numbers[first : first + BATCH]
        await _fill(database, some, occasion.id, bulletin.id, now)


async def _fill(database: Database, numbers: range, occasion: int, bulletin: int, now: int) -> None:
    async with database.write() as conn:
        await conn.execute(
            insert(chats),
            [
                {
                    "id": number,
                    "tg_id": FIRST_CHAT + number,
                    "kind": "private",
                    "created_at": now,
                    "updated_at": now,
                }
                for number in numbers
            ],
        )
        await conn.execute(
            insert(deliveries),
            [
                {
                    "occasion_id": occasion,
                    "chat_id": number,
                    "bulletin_id": bulletin,
                    "not_before": now,
                    "expires_at": now + DAY,
                    "created_at": now,
                    "updated_at": now,
                }
                for number in numbers
            ],
        )


async def _spawn(module: str, *words: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *words,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=None if os.environ.get("SOAK_LOG") else asyncio.subprocess.DEVNULL,
    )


async def _line(process: asyncio.subprocess.Process) -> str:
    if process.stdout is None:
        raise AssertionError("a process without its output")
    return (await process.stdout.readline()).decode().strip()
