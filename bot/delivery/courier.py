"""Brings one claimed delivery to its end: its turn, the mark, the message in a form that is taken.

What concerns more than the one delivery is kept here too: the breaker, whether the bot is let in
at all, and which bulletins are kept back because Telegram cannot read them.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot import telemetry
from bot.clock import Clock
from bot.delivery.breaker import Breaker
from bot.delivery.endings import Ending, conclude, lead, micros, params, released
from bot.delivery.ledger import Ledger
from bot.delivery.post import FIELDS, Post, plainly, without
from bot.delivery.transport import CallFailed
from bot.delivery.verdict import (
    GiveUp,
    Halt,
    Moved,
    Plain,
    RetryAt,
    Sent,
    Unknown,
    Verdict,
    Without,
)
from bot.errors import StoreError
from bot.store import chats
from bot.store.database import Database
from bot.store.deliveries import Claimed

log = telemetry.logger(__name__)

FORMS = 5
"""Forms in which one message is tried: plain, without thread, without keyboard ..."""
REFUSED_FORMATS = 20
"""Refusals of a bulletin's formatting after which it is kept back."""
JUST_HELD = 5.0
UNLOGGED = 1_000_000
"""Microseconds until a message is tried again that the flight log could not take."""

Tell = Callable[[str], Awaitable[None]]
Hindered = Callable[[Claimed, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to send. `rate` is messages a second, `bucket` names the bot's rate row (a hash of its
    token), `paid` lets Stars be spent, `in_flight` bounds what is claimed and not settled,
    `doubtful` (microseconds) is up to when what was owed may have been sent before a backup was
    put back; the rest are seconds."""

    rate: float = 25.0
    bucket: str = ""
    paid: bool = False
    in_flight: int = 256
    doubtful: int = 0
    lease: float = 60.0
    deadline: float = 20.0

    def __post_init__(self) -> None:
        if self.lease <= self.deadline:
            raise ValueError("a lease that ends before a send may would let nothing be sent")


class Courier:
    """Serves claimed deliveries. `halted` says why the bot is not let in; empty when it is."""

    def __init__(
        self,
        database: Database,
        post: Post,
        clock: Clock,
        settings: Settings,
        ledger: Ledger,
        *,
        tell: Tell | None = None,
        hindered: Hindered | None = None,
    ) -> None:
        self._settings = settings
        self._database = database
        self._post = post
        self._clock = clock
        self._tell = tell
        self._hindered = hindered
        self._ledger = ledger
        self._draws = secrets.SystemRandom()
        self._told: set[asyncio.Task[None]] = set()
        self._refusals: Counter[int] = Counter()
        self._held_bulletins: dict[int, float] = {}
        self.breaker = Breaker(clock, self._draws)
        self.stopping = False
        self.halted = ""
        self.counts: Counter[str] = Counter()

    async def close(self) -> None:
        """Let go of sentences that nobody has heard yet."""
        for task in self._told:
            task.cancel()
        await asyncio.gather(*self._told, return_exceptions=True)

    async def serve(self, row: Claimed, slot: float, ends: float) -> None:
        """Send a row from the monotonic time `slot` on and not after `ends`, and settle it."""
        at = await self._turn(row, slot, ends)
        if at is None:
            return
        if not await self._ledger.mark(row):
            self.counts["fenced"] += 1
            return
        if (early := at - self._clock.monotonic()) > 0:
            await self._clock.sleep(early)
        if self._gave_back(row, ends):
            return
        flight = self._ledger.flight
        if not flight.begin(row.token, row.id, row.part):
            self._ledger.settle(released(row, not_before=self._ledger.moment() + UNLOGGED))
            return
        ending = await self._send(row)
        outcome = ending.outcome
        if outcome.state == "sent" or outcome.next_part is not None:
            flight.arrived(row.token, row.id, row.part, outcome.message_id)
        elif outcome.state != "unknown":
            flight.missed(row.token, row.id, row.part)
        self._ledger.settle(ending)

    async def _turn(self, row: Claimed, slot: float, ends: float) -> float | None:
        """When to send a claimed row, once it is time to mark it; None if it was given back."""
        now = self._clock.monotonic()
        turn = self._post.turn(row.tg_id, slot=slot, within=ends - now)
        if not turn.granted:
            self._give_back(row, turn.wait)
            return None
        at = now + turn.wait
        # The mark is kept by the time that the slot comes, so that its commit makes nobody late.
        if (early := turn.wait - self._ledger.marking.seconds) > 0:
            await self._clock.sleep(early)
        return None if self._gave_back(row, ends) else at

    def _gave_back(self, row: Claimed, ends: float) -> bool:
        """Whether the row may not be sent now; then it is given back. Nothing of it has left."""
        held = self._post.held(row.tg_id)
        if held <= 0 and self._clock.monotonic() <= ends and self._may_send(row):
            return False
        self._give_back(row, held)
        return True

    def _give_back(self, row: Claimed, wait: float) -> None:
        self.counts["released"] += 1
        not_before = self._ledger.moment() + micros(wait) if wait > 0 else None
        self._ledger.settle(released(row, not_before=not_before))

    def _may_send(self, row: Claimed) -> bool:
        return (
            not self.stopping
            and not self.halted
            and not self._ledger.away
            and self.breaker.state != "open"
            and not self._just_held(row.bulletin_id)
        )

    async def _send(self, row: Claimed) -> Ending:
        """Send in the form that Telegram takes; what became of it."""
        began = self._clock.monotonic()
        sending = params(row, paid=self._settings.paid)
        formatted, lost_topic = True, ""
        verdict: Verdict = GiveUp("dead", "refused in every form")
        for _ in range(FORMS):
            verdict = await self._post.owed(row.tg_id, sending, timeout=self._settings.deadline)
            match verdict:
                case Plain(reason=reason):
                    if not formatted:
                        verdict = GiveUp("dead", reason)
                        break
                    formatted = False
                    self._refusals[row.bulletin_id] += 1
                    sending = plainly(sending, lead(row) + row.plain)
                case Without(part=part, reason=reason):
                    if not any(name in sending for name in FIELDS[part]):
                        # General itself is closed: that may pass.
                        verdict = GiveUp("strike" if part == "thread" else "dead", reason)
                        break
                    lost_topic = lost_topic or (reason if part == "thread" else "")
                    sending = without(sending, part)
                case Moved(tg_id=new):
                    await self._move(row, new)
                    break
                case _:
                    break
            spent = self._clock.monotonic() - began
            if spent + 2 * self._settings.deadline > self._settings.lease:
                verdict = RetryAt(0.0, "call", "out of time")
                break
        if self._hindered is not None:
            if isinstance(verdict, GiveUp) and verdict.ending == "strike":
                self._later(self._hindered(row, "rights lost"))
            elif lost_topic and isinstance(verdict, Sent):
                self._later(self._hindered(row, lost_topic))
        note = lost_topic or ("" if formatted else "plain")
        return self._conclude(row, verdict, formatted=formatted, note=note)

    async def _move(self, row: Claimed, new: int) -> None:
        """Write to the chat at its new number from now on.

        The row itself goes back and is claimed anew: where both numbers were known, the group may
        have had this bulletin at the other one, and then the row is no more.
        """
        try:
            async with self._database.write() as conn:
                now = await self._ledger.now(conn)
                await chats.migrate(conn, row.tg_id, new, now)
        except StoreError as error:
            log.warning("A group's move could not be kept.", action="moved", error=str(error))

    # --- what it means ---------------------------------------------------------------------

    def _conclude(self, row: Claimed, verdict: Verdict, *, formatted: bool, note: str) -> Ending:
        """The verdict as it is written down; breaker and operator hear of it here."""
        match verdict:
            case RetryAt(scope="line", reason=reason) | Unknown(reason=reason):
                self.breaker.fail(reason)
            case Sent() | GiveUp():
                self.breaker.succeed()
            case Halt(reason=reason):
                self.halt(reason)
        ending = conclude(
            row,
            verdict,
            self._ledger.moment(),
            pause=self.breaker.pause,
            jitter=self._draws.random(),
            note=note,
        )
        if not formatted:
            ending = replace(ending, hold=self._hold(row.bulletin_id))
        self.counts[ending.outcome.state] += 1
        return ending

    def _hold(self, bulletin_id: int) -> str:
        """Why the bulletin is to be kept back; empty while few of its messages were refused."""
        if len(self._refusals) > 1000:
            self._refusals = Counter(dict(self._refusals.most_common(100)))
        if self._refusals[bulletin_id] < REFUSED_FORMATS:
            return ""
        del self._refusals[bulletin_id]
        self._held_bulletins[bulletin_id] = self._clock.monotonic()
        self.say(
            f"Bulletin {bulletin_id} is kept back: Telegram refused its formatting "
            f"{REFUSED_FORMATS} times. Readers so far got it as plain text."
        )
        return f"formatting refused {REFUSED_FORMATS} times"

    def _just_held(self, bulletin_id: int) -> bool:
        """Kept back a moment ago; later the database knows, and an operator may let it go."""
        since = self._held_bulletins.get(bulletin_id)
        if since is None:
            return False
        if self._clock.monotonic() - since < JUST_HELD:
            return True
        del self._held_bulletins[bulletin_id]
        return False

    def halt(self, reason: str) -> None:
        if self.halted:
            return
        self.halted = reason
        self.say(
            f"Telegram does not let the bot in ({reason}). Nothing is sent until it does; "
            "what is owed waits. Look at BRIEFING_TOKEN and BRIEFING_API_URL."
        )

    def say(self, sentence: str) -> None:
        log.error(sentence, action="told")
        if self._tell is not None:
            self._later(self._tell(sentence))

    def _later(self, work: Awaitable[None]) -> None:
        """Let it happen beside the sending; its failure is logged and changes nothing."""
        task = asyncio.ensure_future(self._kept(work))
        self._told.add(task)
        task.add_done_callback(self._told.discard)

    @staticmethod
    async def _kept(work: Awaitable[None]) -> None:
        try:
            await work
        except (CallFailed, StoreError) as error:
            log.warning("Nobody could be told.", action="told", error=str(error))
