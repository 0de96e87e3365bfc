"""What the worker writes down: marks before the first byte, endings after the answer.

Both are written in groups as large as what came while the last group was written: one row at a
quiet pace, hundreds at a high one. A mark that may not have been kept is taken back; an ending
is told until the database has it, since telling it twice changes nothing.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable

from bot import telemetry
from bot.clock import Clock, micros
from bot.delivery.endings import Ending, released
from bot.delivery.flight import Flight
from bot.delivery.pace import Usual
from bot.errors import StoreError, StoreFull
from bot.store import bulletins, chats, deliveries, receipts
from bot.store.database import Connection, Database, read_clock
from bot.store.deliveries import Claimed
from bot.store.receipts import Receipt

log = telemetry.logger(__name__)

GROUP = 500
RETRY = 0.5
CLOCK_AGE = 30.0
CLOCK_SURE = 0.01
"""Seconds that reading the database's clock may take; a slower reading is soon done again."""
CLOCK_UNSURE_AGE = 1.0


class Ledger:
    """Marks and settles for one worker. `away` tells that the database does not answer."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        bucket: str,
        deadline: int,
        flight: Flight | None = None,
    ) -> None:
        self.flight = Flight() if flight is None else flight
        self._database = database
        self._clock = clock
        self._shared = database.engine_name != "sqlite"
        self._bucket = bucket
        self._deadline = deadline
        self._marks: list[tuple[Claimed, asyncio.Future[bool]]] = []
        self._endings: list[Ending] = []
        self._marking = asyncio.Event()
        self._ending = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()
        self._read_at: tuple[float, int] | None = None
        self._size = GROUP
        self.doubt = 0.0
        """Seconds by which the shared clock may be ahead of `moment`; it is never behind."""
        self.marking = Usual()
        self.away = False
        self.full = False
        """Whether the disk was full when last something was to be added."""

    async def run(self) -> None:
        """Write until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._loop(self._marking, self._mark_group))
            group.create_task(self._loop(self._ending, self._settle_group))

    def step_over(self) -> None:
        """After an error of our own in `run`: go on one by one, and without what fails alone."""
        if self._endings and self._size == 1:
            ending = self._endings.pop(0)
            log.error(
                "An ending could not be written; the lease will tell.",
                action="settle_failed",
                delivery=ending.row.id,
            )
        self._size = 1
        self._marking.set()
        self._ending.set()

    async def now(self, conn: Connection) -> int:
        """The moment in microseconds, by the clock that all who share the database agree on."""
        before = self._clock.monotonic()
        age = math.inf if self._read_at is None else before - self._read_at[0]
        sure = self.doubt <= CLOCK_SURE
        if self._shared and age > (CLOCK_AGE if sure else CLOCK_UNSURE_AGE):
            then = await read_clock(conn)
            after = self._clock.monotonic()
            if age > CLOCK_AGE or after - before < self.doubt:
                self._read_at, self.doubt = (after, then), after - before
        return self.moment()

    def moment(self, at: float | None = None) -> int:
        """The same, as last read and counted on from there; at the monotonic time `at`, or now."""
        if self._read_at is None:
            return micros(self._clock.now())
        read_at, then = self._read_at
        passed = (self._clock.monotonic() if at is None else at) - read_at
        return then + round(passed * 1_000_000)

    async def mark(self, row: Claimed) -> bool:
        """Whether `row` may be sent now; the mark is committed when this returns."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        begun = self._clock.monotonic()
        self._marks.append((row, future))
        self._marking.set()
        passed = await future
        self.marking.note(self._clock.monotonic() - begun)
        return passed

    def settle(self, ending: Ending) -> None:
        """Have it written, now or as soon as the database is back."""
        self._endings.append(ending)
        self._settled.clear()
        self._ending.set()

    async def drained(self) -> None:
        """Wait until every ending is written."""
        await self._settled.wait()

    @property
    def unwritten(self) -> int:
        """Endings that the database does not have yet."""
        return len(self._endings)

    async def _loop(self, ready: asyncio.Event, write: Callable[[], Awaitable[None]]) -> None:
        while True:
            await ready.wait()
            ready.clear()
            await write()

    async def _mark_group(self) -> None:
        group, self._marks = self._marks, []
        by_token: dict[str, list[int]] = {}
        for row, _ in group:
            by_token.setdefault(row.token, []).append(row.id)
        passed: set[tuple[str, int]] = set()
        try:
            passed = await self._mark(by_token)
            self.away = False
        except StoreError as error:
            self.lost(error)
        finally:
            for row, future in group:
                may_go = (row.token, row.id) in passed
                if not may_go:
                    # The mark may have been kept all the same; that nothing was sent is certain.
                    self.settle(released(row))
                if not future.done():
                    future.set_result(may_go)

    async def _mark(self, by_token: dict[str, list[int]]) -> set[tuple[str, int]]:
        passed: set[tuple[str, int]] = set()
        async with self._database.write() as conn:
            now = await self.now(conn)
            for token, ids in by_token.items():
                marked = await deliveries.mark(conn, ids, token, now, self._deadline)
                passed |= {(token, one) for one in marked}
        return passed

    async def _settle_group(self) -> None:
        while self._endings:
            group = self._endings[: self._size]
            try:
                await self._write(group)
            except StoreError as error:
                self.lost(error)
                await self._clock.sleep(RETRY)
                continue
            # Receipts are new rows: where they found room, there is room.
            self.away = self.full = False
            del self._endings[: len(group)]
            for ending in group:
                self.flight.forget(ending.row.token, ending.row.id)
        self._size = GROUP
        self._settled.set()

    async def _write(self, group: list[Ending]) -> None:
        async with self._database.write() as conn:
            now = await self.now(conn)
            done = await deliveries.settle(conn, [ending.outcome for ending in group], now)
            # The chat may have been joined to another while the message was on its way.
            shown = [one for one in group if one.outcome.message_id and one.outcome.id in done]
            rows = [_receipt(one, done[one.outcome.id], now) for one in shown]
            await receipts.write(conn, rows)
            for ending in group:
                await self._write_one(conn, ending, ending.outcome.id in done, now)
            until = max((ending.all_until or 0 for ending in group), default=0)
            if until:
                await deliveries.block_until(conn, self._bucket, until)

    @staticmethod
    async def _write_one(conn: Connection, ending: Ending, fresh: bool, now: int) -> None:
        chat_id = ending.row.chat_id
        # Written down late, it must not shut out who has come back meanwhile.
        if ending.drop is not None and not await chats.is_touched(conn, chat_id, ending.at):
            await chats.set_state(conn, chat_id, ending.drop, now)
        if ending.strike and fresh and (await chats.strike(conn, chat_id, now)).out:
            await chats.set_state(conn, chat_id, "blocked", now)
        if ending.chat_until is not None:
            await chats.wait_until(conn, chat_id, ending.chat_until)
        if ending.hold:
            await bulletins.hold(conn, ending.row.bulletin_id, ending.hold)

    def lost(self, error: StoreError) -> None:
        """A write failed; told in the log, once."""
        self.full = self.full or isinstance(error, StoreFull)
        if not self.away:
            log.error(
                "The database is away; nothing is sent until it is back.",
                action="store_away",
                error=str(error),
            )
        self.away = True


def _receipt(ending: Ending, chat_id: int, now: int) -> Receipt:
    """For a message that was sent; what it shows is known by its bulletin and part."""
    row = ending.row
    return Receipt(
        chat_id=chat_id,
        thread_id=row.thread_id,
        message_id=ending.outcome.message_id or 0,
        revision=row.revision or 0,
        place="bulletin",
        sent_at=now,
        bulletin_id=row.bulletin_id,
        part=row.part,
    )
