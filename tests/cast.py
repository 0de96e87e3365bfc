"""The cast, and the town they live in: the real bot over a pretend Telegram, time by hand.

Ada follows, Ben blocks us, the Club is a group that becomes a supergroup, Zoe reads another
language in another zone, Ed edits. Nothing sleeps: the town waits until nobody works any more, and
moves its clock only when all that is left to do is to wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest
from sqlalchemy import text

from bot.app import App, running
from bot.chat.cities import Cities
from bot.clock import ManualClock, micros, settle
from bot.config import Settings
from bot.delivery.witness import Witness
from bot.sandbox.chats import Chat, Message, Person, Press
from bot.sandbox.scene import ED
from bot.sandbox.transport import InProcess
from bot.sandbox.world import World
from bot.store.database import Connection, Database, Hot

START = datetime(2025, 11, 24, 5, 0, tzinfo=UTC)
"""A Monday, 10:00 in Almaty and 08:00 in Istanbul."""
HAND = 0.5
"""Seconds that a person takes to press a button."""
STEPS = 400
TURN = timedelta(seconds=4)
"""What is owed within this time only waits for its turn in a chat."""

BRIEFS = ("Morning brief, ", "Morning brief: ", "Weekly brief, ")

P = ParamSpec("P")
T = TypeVar("T")


class Work:
    """What is being done just now, in transactions and in threads."""

    def __init__(self) -> None:
        self.open = 0
        self.begun = 0
        self._ended = asyncio.Event()

    @contextmanager
    def doing(self) -> Iterator[None]:
        self.begin()
        try:
            yield
        finally:
            self.end()

    def begin(self) -> None:
        self.open += 1
        self.begun += 1

    def end(self) -> None:
        self.open -= 1
        self._ended.set()

    async def rests(self) -> None:
        """Return once nobody works, and nobody has begun to meanwhile."""
        while True:
            seen = self.begun
            await settle()
            if self.open:
                self._ended.clear()
                await self._ended.wait()
            elif self.begun == seen:
                return


class Threads(ThreadPoolExecutor):
    """The loop's threads, counted as work."""

    def __init__(self, work: Work) -> None:
        super().__init__(max_workers=4)
        self._work = work

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        loop = asyncio.get_running_loop()
        self._work.begin()
        future = super().submit(fn, *args, **kwargs)
        future.add_done_callback(lambda _: loop.call_soon_threadsafe(self._work.end))
        return future


class TownClock(ManualClock):
    """Stands still; can tell when its next sleeper wakes, and skip hours in which nobody acts."""

    @property
    def next_at(self) -> float | None:
        times = [at for at, _, sleeper in self._sleepers if not sleeper.done()]
        return min(times, default=None)

    async def leap(self, seconds: float) -> None:
        """Let time pass as a machine does that slept: all who were due meanwhile wake now."""
        self._elapsed += seconds
        await self.advance(0)


class Line:
    """Carries calls to the world, and remembers what was called.

    Its `witness` hears by what time of the world each answer was given, if the line `is_dated`.
    """

    def __init__(self, world: World, clock: TownClock) -> None:
        self._world = world
        self.witness = Witness()
        self.is_dated = False
        self._inner = InProcess(world, sleep=clock.sleep)
        self._clock = clock
        self.calls: list[tuple[float, str]] = []

    async def post(
        self,
        method: str,
        params: Mapping[str, object],
        files: Mapping[str, tuple[str, bytes, str]] | None,
        timeout: float,
    ) -> tuple[int, bytes]:
        self.calls.append((self._clock.monotonic(), method))
        asked = self._clock.now()
        answer = await self._inner.post(method, params, files, timeout)
        if self.is_dated:
            date = formatdate(self._world.now(), usegmt=True)
            self.witness.hear(date, asked, self._clock.now())
        return answer

    async def close(self) -> None: ...


class Actor:
    """One of the cast. `chat` left out is their private chat with the bot."""

    def __init__(self, town: Town, person: Person) -> None:
        self._town = town
        self.person = person

    # --- what they do ----------------------------------------------------------------------

    async def starts(self, payload: str = "") -> None:
        self._town.world.start(self.person, payload)
        await self._town.answered()

    async def says(
        self, words: str, chat: Chat | None = None, *, to: Message | None = None, thread: int = 0
    ) -> Message:
        """Write, in reply `to` a message if one is given, and wait for the answer."""
        said = self._town.world.say(self.person, words, chat, reply_to=to, thread=thread or None)
        await self._town.answered()
        return said

    async def presses(
        self, button: str, under: Message | None = None, chat: Chat | None = None
    ) -> Press:
        """Press a button, by default under the newest message of the bot."""
        await self._town.clock.advance(HAND)
        press = self._town.world.press(self.person, under or self.last(chat), button)
        await self._town.answered()
        return press

    async def forges(self, data: str, under: Message | None = None) -> Press:
        """Press what no button says: only the bot's own word guards against it."""
        await self._town.clock.advance(HAND)
        message = under or self.last()
        kept, message.markup = message.markup, _keyboard(data)
        try:
            press = self._town.world.press(self.person, message, "forged")
        finally:
            message.markup = kept
        await self._town.answered()
        return press

    async def edits(self, said: Message, words: str) -> None:
        """Change what they wrote."""
        self._town.world.edit(self.person, said, words)
        await self._town.answered()

    async def is_at(self, latitude: float, longitude: float, to: Message | None = None) -> None:
        """Send where they are."""
        self._town.world.send_location(self.person, latitude, longitude, reply_to=to)
        await self._town.answered()

    async def blocks(self) -> None:
        self._town.world.block(self.person)
        await self._town.answered()

    async def unblocks(self) -> None:
        self._town.world.unblock(self.person)
        await self._town.answered()

    # --- what they see ---------------------------------------------------------------------

    def told(self, chat: Chat | None = None) -> list[Message]:
        """What the bot wrote here, oldest first."""
        bot = self._town.world.bot.id
        return [item for item in self._town.world.sees(self.person, chat) if item.sender == bot]

    def last(self, chat: Chat | None = None) -> Message:
        return self.told(chat)[-1]

    @property
    def sees(self) -> str:
        """The newest message of the bot, in private."""
        return self.last().text

    @property
    def buttons(self) -> list[str]:
        """The buttons under it."""
        return buttons(self.last())


def buttons(message: Message) -> list[str]:
    return [str(item["text"]) for row in message.buttons for item in row]


def data(message: Message) -> list[str]:
    """What the callback buttons under a message send."""
    every = [item for row in message.buttons for item in row]
    return [str(item["callback_data"]) for item in every if "callback_data" in item]


def _keyboard(value: str) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "forged", "callback_data": value}]]}


class Town:
    """The world, the clock, and the bot that may be restarted."""

    def __init__(
        self,
        state: Path,
        monkeypatch: pytest.MonkeyPatch,
        cities: Cities,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.clock = TownClock(START)
        self.world = World(now=lambda: self.clock.now().timestamp())
        self.line = Line(self.world, self.clock)
        self.work = Work()
        self.settings = {
            "BRIEFING_STATE": str(state),
            "BRIEFING_TOKEN": self.world.token,
            "BRIEFING_API_URL": "http://127.0.0.1:1",
            "BRIEFING_ADMINS": str(ED),
            **(settings or {}),
        }
        self.ada = self._settles("Ada", 1001)
        self.ben = self._settles("Ben", 1004, "de")
        self.zoe = self._settles("Zoe", 1002, "ru")
        self.ed = self._settles("Ed", ED)
        self.club = self.world.group(
            "The Club", self.ada.person, members=(self.ben.person, self.zoe.person)
        )
        self._app: App | None = None
        self._running = AsyncExitStack()
        monkeypatch.setattr("bot.app.Database", _watched(self.work))
        monkeypatch.setattr("bot.app.Cities", lambda: cities)

    def _settles(self, name: str, number: int, language: str = "en") -> Actor:
        person = self.world.person(
            name, username=name.lower(), language_code=language, user_id=number
        )
        return Actor(self, person)

    @property
    def app(self) -> App:
        assert self._app is not None, "the bot is down"
        return self._app

    # --- the bot's life --------------------------------------------------------------------

    async def open(self) -> None:
        """Start the bot, and wait until it has nothing to do."""
        asyncio.get_running_loop().set_default_executor(Threads(self.work))
        settings = Settings.load(self.settings, needs_token=True)
        count = self.clock.monotonic
        started = running(settings, self.clock, self.line, count, self.line.witness)
        self._app = await self._running.enter_async_context(started)
        await self.answered()

    async def close(self) -> None:
        """Stop it, as a deploy does."""
        self._app = None
        await self._running.aclose()
        self._running = AsyncExitStack()

    async def restart(self, *, after: timedelta = timedelta()) -> None:
        """Stop it, let time pass, start it again."""
        await self.close()
        await self.clock.leap(after.total_seconds())
        await self.open()
        await self.app.rounds.tick()
        await self.answered()

    # --- time ------------------------------------------------------------------------------

    async def answered(self) -> None:
        """Wait until all that was asked is answered, and all that is owed by now has left.

        What waits for its turn gets it: the clock goes on to whoever waits the shortest.
        """
        for _ in range(STEPS):
            await self.work.rests()
            asked = bool(self.world.updates.pending) or not await self._is_idle()
            if not asked and not self.app.worker.in_flight and not await self._is_owing():
                return
            await self._step()
        raise AssertionError("the bot does not come to rest")

    async def pass_time(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        """Let time pass; each hour that somebody chose is kept on the way."""
        span = timedelta(days=days, hours=hours, minutes=minutes)
        end = self.clock.now() + span
        while (at := await self.app.next_due()) is not None and at <= end:
            await self.clock.leap(max(0.0, (at - self.clock.now()).total_seconds()))
            await self.app.rounds.tick()
            await self.answered()
            assert await self.app.next_due() != at, "an hour was not served"
        await self.clock.leap(max(0.0, (end - self.clock.now()).total_seconds()))
        await self.app.rounds.tick()
        await self.answered()

    async def until(self, hour: int, minute: int = 0, *, days: int = 0) -> None:
        """Pass time until this hour of the day, UTC; the next day where it has passed."""
        now = self.clock.now()
        wanted = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if wanted <= now:
            wanted += timedelta(days=1)
        span = wanted + timedelta(days=days) - now
        await self.pass_time(minutes=span.total_seconds() / 60)

    async def _step(self) -> None:
        """Nobody works: go on to whoever waits the shortest."""
        at = self.clock.next_at
        assert at is not None, "nobody waits for anything"
        await self.clock.advance(max(0.0, at - self.clock.monotonic()))

    async def _is_idle(self) -> bool:
        idle = asyncio.ensure_future(self.app.intake.idle())
        await settle()
        try:
            return idle.done()
        finally:
            idle.cancel()

    async def _is_owing(self) -> bool:
        found = await self.rows(
            "SELECT count(*) FROM deliveries WHERE state IN ('claimed', 'sending') "
            f"OR (state = 'pending' AND not_before <= {micros(self.clock.now() + TURN)})"
        )
        return bool(found[0][0])

    # --- looking in ------------------------------------------------------------------------

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database says."""
        async with self.app.database.read() as conn:
            return [tuple(row) for row in await conn.execute(text(query))]

    def sent(self, to: Actor) -> list[str]:
        """The texts that truly arrived at somebody's, by the world's ledger."""
        return [entry.text for entry in self.world.received(to.person.id)]

    async def held(self) -> list[tuple[Any, ...]]:
        """The subscriptions that have not ended: edition, minute, days, zone, topics, state."""
        return await self.rows(
            "SELECT edition, minute, days, zone, topics, state FROM subscriptions "
            "WHERE state <> 'ended' ORDER BY id"
        )

    def briefs(self, to: Actor) -> list[tuple[datetime, str]]:
        """When a brief truly arrived, and how it begins."""
        return [
            (datetime.fromtimestamp(entry.at, UTC), line)
            for entry in self.world.received(to.person.id)
            for line in entry.text.splitlines()[:3]
            if line.startswith(BRIEFS)
        ]

    async def receives(self, kind: str, content: Any) -> None:
        """Have Telegram hand over an update of any content."""
        self.world.updates.add(kind, content, 0, self.world.now())
        await self.answered()

    def calls(self, method: str) -> int:
        """How often the bot called a method."""
        return sum(name == method for _, name in self.line.calls)


def _watched(work: Work) -> type[Database]:
    class Watched(Database):
        """The database, its transactions counted as work."""

        @asynccontextmanager
        async def read(self) -> AsyncIterator[Connection]:
            with work.doing():
                async with super().read() as conn:
                    yield conn

        @asynccontextmanager
        async def write(self) -> AsyncIterator[Connection]:
            with work.doing():
                async with super().write() as conn:
                    yield conn

        async def carry_out(self, act: Callable[[Hot], Awaitable[T]]) -> T:
            with work.doing():
                return await super().carry_out(act)

    return Watched
