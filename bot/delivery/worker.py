"""Sends what is owed: claim, wait for the turn, mark, send, settle.

    claim ──turn missed, stopping, breaker open──▶ given back
      └─▶ mark (committed before the first byte) ──▶ send ──▶ verdict ──▶ settle

A message is sent at most once, and exactly once unless its answer is lost: then it is held as
`unknown`, and the breaker sees to it that only what was on the wire shares that fate.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable

from bot import telemetry
from bot.clock import Clock
from bot.delivery.courier import Courier, Hindered, Settings, Tell
from bot.delivery.endings import Ending, micros
from bot.delivery.flight import Flight
from bot.delivery.ledger import Ledger
from bot.delivery.pace import Usual, lateness
from bot.delivery.post import Post
from bot.delivery.recovery import recover
from bot.delivery.transport import CallFailed, MaybeSent, NotSent
from bot.delivery.verdict import Halt, judge
from bot.errors import StoreError
from bot.store import deliveries
from bot.store.database import Database
from bot.store.deliveries import Claimed, Outcome

__all__ = ["Settings", "Worker"]

log = telemetry.logger(__name__)

ROUND = 0.1
"""Seconds that one claim looks ahead, beyond what it takes itself."""
IDLE = 1.0
AWAY = 0.5
HALTED = 60.0
PROBE_TIME = 5.0
FULL = (
    "The disk is full: briefs wait, and none is lost. Free some space, or delete the file ballast "
    "in BRIEFING_STATE; sending then goes on by itself."
)
ROOM = "There is room on the disk again; sending goes on."


class Worker:
    """One loop that sends. Any number of them, in any number of processes, share the work.

    `flight` is the log that a next start on this machine reads; `trusts` tells whether the clock
    may be believed, where it is this machine's; `tell` receives sentences for the
    operator, `hindered` a delivery that went to the group since its forum topic is gone or
    closed, or that was refused for want of rights, and which of these.
    """

    def __init__(
        self,
        database: Database,
        post: Post,
        clock: Clock,
        settings: Settings | None = None,
        *,
        flight: Flight | None = None,
        tell: Tell | None = None,
        hindered: Hindered | None = None,
        trusts: Callable[[], bool] = lambda: True,
    ) -> None:
        self._settings = settings or Settings()
        self._trusts = trusts
        self._database = database
        self._post = post
        self._clock = clock
        self._ledger = Ledger(
            database,
            clock,
            bucket=self._settings.bucket,
            deadline=micros(self._settings.deadline),
            flight=flight,
        )
        self._courier = Courier(
            database,
            post,
            clock,
            self._settings,
            self._ledger,
            tell=tell,
            hindered=hindered,
        )
        self._breaker = self._courier.breaker
        self._woken = asyncio.Event()
        self._active: set[asyncio.Task[None]] = set()
        self._full = False
        self._empty = 0
        self._told_full = False
        self._claiming = Usual()
        self._shared_until = 0.0
        self._ended = asyncio.Event()
        self.is_recovered = False
        """Whether what a predecessor left is settled."""

    # --- from outside ----------------------------------------------------------------------

    @property
    def state(self) -> str:
        """For health and status: running, halted, waiting (breaker), away (store) or stopping."""
        if self._courier.stopping:
            return "stopping"
        if self._courier.halted:
            return "halted"
        if self._ledger.away:
            return "away"
        return "running" if self._breaker.state == "closed" else "waiting"

    @property
    def counts(self) -> Counter[str]:
        """How many deliveries ended how (sent, pending, unknown, released ...) since the start."""
        return self._courier.counts

    @property
    def in_flight(self) -> int:
        """Deliveries claimed and not yet settled."""
        return len(self._active)

    def wake(self) -> None:
        """Something new is owed: look now."""
        self._woken.set()

    async def run(self) -> None:
        """Send until `stop`."""
        writing = asyncio.create_task(self._write_down())
        try:
            await self._recover()
            while not self._courier.stopping:
                await self._pause(await self._guarded_round())
            await self._ended.wait()
        finally:
            for task in (*self._active, writing):
                task.cancel()
            await asyncio.gather(*self._active, writing, return_exceptions=True)
            await self._courier.close()
            self._ledger.flight.close()

    async def stop(self, deadline: float = 25.0) -> int:
        """Give back what is claimed, let what is being sent end; within `deadline` seconds.

        Returns how many sends were still open then; those end as `unknown` when their lease does.
        """
        self._courier.stopping = True
        self.wake()
        ending = asyncio.ensure_future(self._idle())
        limit = asyncio.ensure_future(self._clock.sleep(deadline))
        await asyncio.wait({ending, limit}, return_when=asyncio.FIRST_COMPLETED)
        left = len(self._active) + self._ledger.unwritten
        for task in (ending, limit, *self._active):
            task.cancel()
        await asyncio.gather(ending, limit, *self._active, return_exceptions=True)
        self._ended.set()
        return left

    async def _idle(self) -> None:
        while self._active:
            await asyncio.wait(self._active)
        await self._ledger.drained()

    async def _pause(self, seconds: float) -> None:
        """Wait so long, or until woken."""
        if seconds > 0 and not self._woken.is_set():
            sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
            waking = asyncio.ensure_future(self._woken.wait())
            try:
                await asyncio.wait({sleeping, waking}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                sleeping.cancel()
                waking.cancel()
        else:
            await asyncio.sleep(0)
        self._woken.clear()

    # --- rounds ----------------------------------------------------------------------------

    async def _recover(self) -> None:
        """Settle what workers that live no more had in hand."""
        while not self._courier.stopping:
            try:
                found = await recover(self._database, self._ledger)
            except StoreError as error:
                log.error("The database is away.", action="store_away", error=str(error))
                await self._pause(AWAY)
                continue
            if found:
                log.warning(
                    "Sending was cut off when the bot last ended; what may have arrived is held.",
                    action="recovered",
                    held=found["unknown"],
                    arrived=found["sent"],
                    again=found["pending"],
                )
            self.is_recovered = True
            return

    async def _guarded_round(self) -> float:
        """One round; whatever goes wrong in it, the next one follows."""
        if self._ledger.full != self._told_full:
            self._told_full = self._ledger.full
            self._courier.say(FULL if self._told_full else ROOM)
        try:
            return await self._round()
        except StoreError as error:
            self._ledger.lost(error)
            return AWAY
        except Exception:
            log.exception("A round of sending failed; the next one follows.", action="failed")
            return IDLE

    async def _round(self) -> float:
        """Claim and start what may leave soon; returns the seconds until the next look."""
        if not self._trusts():
            return IDLE
        if (self._courier.halted or self._breaker.state == "open") and (
            rest := await self._probe()
        ):
            return rest
        spent = self._post.spent()
        trial = self._breaker.state == "trial"
        room = (1 if trial else self._settings.in_flight) - len(self._active)
        self._full = room <= 0
        if self._full:
            return IDLE
        if (held := self._post.held()) > 0:
            await self._share(held)
            return min(held, IDLE)
        async with self._database.read() as conn:
            now = await self._ledger.now(conn)
            at = await deliveries.next_at(conn)
        if at is None or at > now:
            # Where the disk is full it can still be read: what waits to be written decides.
            self._ledger.away = self._ledger.away and self._ledger.unwritten > 0
            return IDLE if at is None else min(IDLE, (at - now) / 1_000_000)
        return await self._claim(room, spent)

    async def _share(self, held: float) -> None:
        """Let all who share the database know of a ban; those who ask may have met it first."""
        until = self._clock.monotonic() + held
        if until <= self._shared_until + ROUND:
            return
        async with self._database.write() as conn:
            now = await self._ledger.now(conn)
            await deliveries.block_until(conn, self._settings.bucket, now + micros(held))
        self._shared_until = until

    async def _claim(self, room: int, spent: int) -> float:
        rate = self._settings.rate
        token = secrets.token_hex(16)
        # The claim and the marks are over when the first slot comes, and the slots last until the
        # next claim is over.
        notice = self._claiming.seconds + self._ledger.marking.seconds
        lasting = ROUND + self._claiming.seconds
        self._ledger.flight.claim(token)
        async with self._database.write() as conn:
            await self._ledger.now(conn)
            begun = self._clock.monotonic()
            rows = await deliveries.claim(
                conn,
                now=self._ledger.moment(begun),
                token=token,
                limit=min(room, max(1, int(rate * lasting))),
                lease=micros(self._settings.lease),
                interval=micros(1 / rate),
                horizon=micros(notice + lasting),
                notice=micros(notice),
                spent=spent,
                bucket=self._settings.bucket,
                doubtful=self._settings.doubtful,
            )
        self._ledger.away = self._ledger.away and self._ledger.unwritten > 0
        self._ledger.flight.claimed(token, len(rows))
        if not rows:
            # The pace of others, or a ban that another process met: no use asking at once again.
            self._empty = min(self._empty + 1, 3)
            return ROUND / 4 * (1 << self._empty)
        self._claiming.note(self._clock.monotonic() - begun)
        lasts = lateness(rate, self._ledger.doubt)
        for row in rows:
            slot = begun + row.delay / 1_000_000
            task = asyncio.create_task(self._serve(row, slot, slot + lasts))
            self._active.add(task)
            task.add_done_callback(self._served)
        self._empty = 0
        # A little before the slot that follows, so that none is left unused.
        following = begun + rows[-1].delay / 1_000_000 + 1 / rate
        return max(0.0, following - notice - ROUND / 2 - self._clock.monotonic())

    async def _probe(self) -> float:
        """Ask for something harmless; 0 if sending may be tried, else seconds to wait."""
        if (rest := self._breaker.wait()) > 0:
            return rest
        try:
            await self._post.probe(PROBE_TIME)
        except (NotSent, MaybeSent) as failure:
            self._breaker.probe_failed(str(failure))
            return self._breaker.wait()
        except CallFailed as refused:
            verdict = judge(refused)
            if isinstance(verdict, Halt):
                self._courier.halt(verdict.reason)
                return HALTED
            self._breaker.probe_failed(str(refused))
            return self._breaker.wait()
        if self._courier.halted:
            self._courier.halted = ""
            self._courier.say("Telegram lets the bot in again; sending goes on.")
        self._breaker.probe_answered()
        return 0.0

    async def _serve(self, row: Claimed, slot: float, ends: float) -> None:
        try:
            await self._courier.serve(row, slot, ends)
        except Exception:
            log.exception("Sending failed in our own code.", action="failed", delivery=row.id)
            # If it was marked, the error may have come after it left.
            outcome = Outcome(row.id, row.token, row.part, "unknown", error_class="bug")
            self._ledger.settle(Ending(row, outcome))

    def _served(self, task: asyncio.Task[None]) -> None:
        self._active.discard(task)
        if self._full:
            self.wake()

    async def _write_down(self) -> None:
        """Keep the ledger going: one ending that cannot be written must not stop the others."""
        while True:
            try:
                await self._ledger.run()
            except Exception:
                log.exception("Endings could not be written.", action="settle_failed")
                self._ledger.step_over()
