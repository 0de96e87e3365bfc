"""Writes down what was asked and answered, many at a time: one transaction for all who wait.

A commit that reaches the disk costs milliseconds, whether it holds one row or a hundred.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from bot import telemetry
from bot.errors import StoreError
from bot.store import inbox, receipts
from bot.store.database import Database, Hot
from bot.store.receipts import Receipt

log = telemetry.logger(__name__)


@dataclass(slots=True)
class _Slip:
    """What is to be written; `written`, where somebody waits, is settled when it is on disk."""

    receipts: Sequence[Receipt] = ()
    bare: tuple[int, Sequence[int]] | None = None
    begun: int | None = None
    done: int | None = None
    work: Callable[[Hot], Awaitable[None]] | None = None
    written: asyncio.Future[None] | None = None


@dataclass(slots=True)
class Clerk:
    """Writes in the order in which it was told."""

    database: Database
    _slips: list[_Slip] = field(default_factory=list)
    _writing: asyncio.Task[None] | None = None

    def receive(
        self, kept: Sequence[Receipt], bare: tuple[int, Sequence[int]] | None = None
    ) -> None:
        """Keep receipts; `bare` are a chat's messages that show no figure any more.

        Nobody waits for it: it is on disk before any `close` that is told later.
        """
        self._hand_in(_Slip(kept, bare))

    async def begin(self, update_id: int) -> None:
        """An update is begun again; as `close`."""
        written = asyncio.get_running_loop().create_future()
        self._hand_in(_Slip(begun=update_id, written=written))
        await written

    async def close(self, update_id: int) -> None:
        """An update is answered; returns once that is on disk. Raises StoreError if it is not,
        or whatever keeps this one alone from being written."""
        written = asyncio.get_running_loop().create_future()
        self._hand_in(_Slip(done=update_id, written=written))
        await written

    async def add(self, work: Callable[[Hot], Awaitable[None]]) -> None:
        """Do `work` in the transaction that comes next, after what it has of answers; as `close`.

        It may be done in another thread, and waits for nothing but `fetch`; it is done again, and
        alone, where another's slip spoils the transaction.
        """
        written = asyncio.get_running_loop().create_future()
        self._hand_in(_Slip(work=work, written=written))
        await written

    async def idle(self) -> None:
        """Wait until all that was told is on disk, or cannot be just now."""
        if self._writing is not None:
            await asyncio.wait([self._writing])

    def _hand_in(self, slip: _Slip) -> None:
        self._slips.append(slip)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write(), name="clerk")

    async def _write(self) -> None:
        """Write until none waits; what comes meanwhile makes the next transaction."""
        try:
            while self._slips:
                slips, self._slips = self._slips, []
                [result] = await asyncio.gather(self._commit(slips), return_exceptions=True)
                if isinstance(result, StoreError):
                    self._hand_back(slips, result)
                    break
                if result is None:
                    _settle(slips, None)
                elif not await self._write_singly(slips):
                    break
        finally:
            self._writing = None

    async def _write_singly(self, slips: Sequence[_Slip]) -> bool:
        """One that cannot be written must not hold up the others; False if the store is away."""
        for place, slip in enumerate(slips):
            [result] = await asyncio.gather(self._commit([slip]), return_exceptions=True)
            if isinstance(result, StoreError):
                self._hand_back(slips[place:], result)
                return False
            if isinstance(result, Exception) and slip.work is None:
                log.error(
                    "An answer cannot be written down.", action="not written", exc_info=result
                )
            elif result is not None and not isinstance(result, Exception):
                raise result
            _settle([slip], result)
        return True

    def _hand_back(self, slips: Sequence[_Slip], error: StoreError) -> None:
        """Who waits hears of it and comes again; the rest goes with the next that comes."""
        self._slips[:0] = [slip for slip in slips if slip.written is None]
        _settle(slips, error)

    async def _commit(self, slips: Sequence[_Slip]) -> None:
        # The last word on each message counts, whatever was told before it.
        last: dict[tuple[int, int], Receipt | None] = {}
        for slip in slips:
            last |= {(one.chat_id, one.message_id): one for one in slip.receipts}
            if slip.bare is not None:
                chat_id, numbers = slip.bare
                last |= dict.fromkeys(((chat_id, number) for number in numbers), None)
        kept = [receipt for receipt in last.values() if receipt is not None]
        begun = [slip.begun for slip in slips if slip.begun is not None]
        done = [slip.done for slip in slips if slip.done is not None]

        async def write(conn: Hot) -> None:
            if kept:
                await receipts.write(conn, kept)
            for (chat_id, number), receipt in last.items():
                if receipt is None:
                    await receipts.forget(conn, chat_id, [number])
            if begun:
                await inbox.begin(conn, begun)
            if done:
                await inbox.done(conn, done)
            for slip in slips:
                if slip.work is not None:
                    await slip.work(conn)

        await self.database.carry_out(write)


def _settle(slips: Iterable[_Slip], error: Exception | None) -> None:
    for slip in slips:
        if slip.written is None or slip.written.done():
            continue
        if error is None:
            slip.written.set_result(None)
        else:
            slip.written.set_exception(error)
