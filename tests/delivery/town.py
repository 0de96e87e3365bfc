"""A town to deliver in: the sandbox's world, a real SQLite store, a worker, and time by hand.

Time stands still while the database works, then jumps to whoever sleeps shortest: hours pass in
moments, and each run is the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from sqlalchemy import text

from bot.clock import ManualClock, micros, settle
from bot.delivery.flight import Flight
from bot.delivery.pace import Pacer
from bot.delivery.post import Post
from bot.delivery.transport import Files, Params, Wire
from bot.delivery.worker import Settings, Worker
from bot.errors import StoreAway
from bot.sandbox.chats import Chat as Place
from bot.sandbox.chats import Person
from bot.sandbox.transport import InProcess
from bot.sandbox.world import World
from bot.store import bulletins, chats, deliveries, occasions
from bot.store.bulletins import Part, Variant
from bot.store.database import Connection, Database

START = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
HOUR = 3_600_000_000


class TownClock(ManualClock):
    """Tells when its next sleeper wakes."""

    @property
    def next_at(self) -> float | None:
        times = [at for at, _, sleeper in self._sleepers if not sleeper.done()]
        return min(times, default=None)


class Watched(Database):
    """A database that tells when it is at work, and can go away."""

    busy = 0
    visits = 0
    away = False
    lose_commits = 0
    slowly: Callable[[], Awaitable[None]] | None = None
    """What each writer waits for once its transaction is kept."""

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        self._check()
        self.busy += 1
        self.visits += 1
        try:
            async with super().read() as conn:
                yield conn
        finally:
            self.busy -= 1
            self.visits += 1

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        self._check()
        self.busy += 1
        self.visits += 1
        try:
            async with super().write() as conn:
                yield conn
            if self.lose_commits:
                self.lose_commits -= 1
                raise StoreAway("the connection broke after COMMIT")
        finally:
            self.busy -= 1
            self.visits += 1
        if self.slowly is not None:
            await self.slowly()

    def _check(self) -> None:
        if self.away:
            raise StoreAway("no database here")


class Line:
    """Carries calls to the world in the town's time, `latency` seconds each, and counts them."""

    def __init__(self, world: World, clock: TownClock, latency: float = 0.05) -> None:
        self._inner = InProcess(world, sleep=clock.sleep)
        self._clock = clock
        self.latency = latency
        self.bugs: set[object] = set()
        self.open = 0
        self.most = 0
        self.calls: list[tuple[float, str, object]] = []

    async def post(
        self, method: str, params: Params, files: Files | None, timeout: float
    ) -> tuple[int, bytes]:
        self.open += 1
        self.most = max(self.most, self.open)
        self.calls.append((self._clock.monotonic(), method, params.get("chat_id")))
        try:
            if params.get("chat_id") in self.bugs:
                raise ArithmeticError("a mistake of our own")
            await self._clock.sleep(self.latency * 0.4)
            answer = await self._inner.post(method, params, dict(files or {}), timeout)
            await self._clock.sleep(self.latency * 0.6)
            return answer
        finally:
            self.open -= 1

    async def close(self) -> None: ...


class Town:
    """Everything, wired. `async with Town.open(folder) as town:`"""

    def __init__(
        self,
        database: Watched,
        clock: TownClock,
        settings: Settings,
        seed: int,
        logs: Path | None = None,
    ) -> None:
        self.logs = logs
        self.flights: list[Flight] = []
        self.database = database
        self.clock = clock
        self.world = World(now=lambda: clock.now().timestamp(), seed=seed)
        self.line = Line(self.world, clock)
        self.settings = settings
        self.told: list[str] = []
        self.lost_topics: list[int] = []
        self._occasions = 0
        self.pacer, self.post, self.worker = self.hire()
        self.running: list[asyncio.Task[None]] = []

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        folder: Path,
        settings: Settings | None = None,
        *,
        seed: int = 0,
        logged: bool = False,
    ) -> AsyncIterator[Self]:
        """`logged` gives each worker a flight log, as the bot has it."""
        database = await Watched.open(str(folder / "town.db"), state=folder)
        logs = folder / "flight" if logged else None
        town = cls(database, TownClock(START), settings or Settings(), seed, logs)
        try:
            yield town
        finally:
            for task in town.running:
                task.cancel()
            await asyncio.gather(*town.running, return_exceptions=True)
            await database.close()

    def hire(self) -> tuple[Pacer, Post, Worker]:
        """A worker as a new process would have it."""
        pacer = Pacer(self.clock, self.settings.rate)
        post = Post(Wire(self.line), pacer, self.clock)
        self.flights.append(Flight(self.logs))
        worker = Worker(
            self.database,
            post,
            self.clock,
            self.settings,
            flight=self.flights[-1],
            tell=self._tell,
            hindered=self._hindered,
        )
        return pacer, post, worker

    async def _tell(self, sentence: str) -> None:
        self.told.append(sentence)

    async def _hindered(self, row: deliveries.Claimed, reason: str) -> None:
        if "topic" in reason:
            self.lost_topics.append(row.thread_id)

    # --- time --------------------------------------------------------------------------

    def start(self, worker: Worker | None = None) -> None:
        self.running.append(asyncio.create_task((worker or self.worker).run()))

    async def kill(self) -> None:
        """As kill -9 would: nothing of the worker runs any more, nothing is cleaned up."""
        task = self.running.pop()
        self.flights[-1].drop()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def quiet(self) -> None:
        """Wait, in real time, until nobody works and all sleep."""
        while True:
            seen = self.database.visits
            await settle()
            if self.database.busy:
                await asyncio.sleep(0.0005)
            elif self.database.visits == seen:
                return

    async def passes(self, seconds: float, until: Callable[[], bool] | None = None) -> None:
        """Let time pass, until it has or something has come true."""
        end = self.clock.monotonic() + seconds
        while True:
            await self.quiet()
            if until is not None and until():
                return
            upcoming = self.clock.next_at
            if upcoming is None or upcoming > end:
                await self.clock.advance(end - self.clock.monotonic())
                await self.quiet()
                return
            await self.clock.advance(max(0.0, upcoming - self.clock.monotonic()))

    @property
    def now(self) -> int:
        return micros(self.clock.now())

    # --- who lives here, and what they are owed ----------------------------------------

    async def reader(self, name: str) -> tuple[Person, chats.Chat]:
        person = self.world.person(name)
        self.world.start(person)
        async with self.database.write() as conn:
            chat = await chats.ensure(conn, person.id, "private", name, "en", self.now)
        return person, chat

    async def readers(self, number: int) -> list[chats.Chat]:
        return [(await self.reader(f"Reader {count}"))[1] for count in range(number)]

    async def settle_in(self, place: Place) -> chats.Chat:
        """Let the store know a group or channel."""
        kind = place.kind
        assert kind != "private"
        async with self.database.write() as conn:
            return await chats.ensure(conn, place.id, kind, "place", "en", self.now)

    async def bulletin(
        self, *parts: str | Part, lasts: int = 6 * HOUR, ready: bool = True
    ) -> bulletins.Bulletin:
        """A new occasion with one bulletin; each part is HTML, or a Part."""
        self._occasions += 1
        made = [part if isinstance(part, Part) else Part(part, part) for part in parts]
        async with self.database.write() as conn:
            occasion = await occasions.ensure(
                conn,
                kind="announcement",
                key=f"test:{self._occasions}",
                due_at=self.now,
                expires_at=self.now + lasts,
                now=self.now,
            )
            bulletin = await bulletins.ensure(conn, occasion.id, Variant("en", "full"))
            if ready:
                await bulletins.finish(conn, bulletin.id, made, revision=1)
        return bulletin

    async def owe(
        self,
        bulletin: bulletins.Bulletin,
        *to: chats.Chat,
        thread_id: int = 0,
        preface: str = "",
        lasts: int = 6 * HOUR,
    ) -> None:
        async with self.database.write() as conn:
            for chat in to:
                await deliveries.owe(
                    conn,
                    occasion_id=bulletin.occasion_id,
                    chat_id=chat.id,
                    bulletin_id=bulletin.id,
                    not_before=self.now,
                    expires_at=self.now + lasts,
                    now=self.now,
                    thread_id=thread_id,
                    preface=preface,
                )
        self.worker.wake()

    # --- what became of it -------------------------------------------------------------

    async def states(self) -> dict[str, int]:
        async with self.database.read() as conn:
            return await deliveries.counts(conn)

    async def rows(self, columns: str, table: str = "deliveries") -> Sequence[tuple[object, ...]]:
        async with self.database.read() as conn:
            found = await conn.execute(text(f"SELECT {columns} FROM {table} ORDER BY id"))
            return [tuple(row) for row in found]

    async def chat(self, tg_id: int) -> chats.Chat:
        async with self.database.read() as conn:
            chat = await chats.find(conn, tg_id)
        assert chat is not None
        return chat

    @property
    def sent(self) -> list[tuple[float, int, str]]:
        """What truly arrived: when, where, what; by the world's own ledger."""
        return [
            (entry.at - START.timestamp(), entry.chat_id, entry.text)
            for entry in self.world.ledger
            if entry.act == "sent"
        ]

    def called(self, method: str = "sendMessage") -> list[tuple[float, object]]:
        return [(at, chat) for at, name, chat in self.line.calls if name == method]
