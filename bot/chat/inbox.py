"""Intake that loses nothing: updates are kept before they are confirmed, and handled in order.

Telegram hands an update over again until it is confirmed. So each batch is written to the inbox
first; then, for each chat by itself, one after the other is handled and marked done once its
answer has left. After a crash what is not done is handled again.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot import telemetry
from bot.chat import envelope
from bot.chat.desk import Ask, Desk
from bot.chat.door import Door
from bot.chat.failures import Caught, tell_failure
from bot.chat.flood import Flood
from bot.chat.holder import Holder
from bot.chat.polling import ALLOWED, Poller, Tell
from bot.chat.unreadable import Aside
from bot.clock import Clock, micros
from bot.delivery import codec
from bot.delivery.transport import NotSent, Wire
from bot.errors import StoreAway, StoreError
from bot.store import chats, inbox
from bot.store.chats import Chat
from bot.store.database import Database, Hot
from bot.store.inbox import Letter, Update
from bot.text import load_words

__all__ = ["ALLOWED", "Intake"]

log = telemetry.logger(__name__)

SIDE_BY_SIDE = 64
"""Updates being answered at one moment: so many at most can be answered twice after a crash."""
MOST_WAITING = 5000
"""Updates that wait in memory; the rest waits at Telegram."""
TRIES = 3
"""How often an update that a process died over is begun again before it is set aside."""
STALE = timedelta(minutes=10)
WISHES = ("/subscribe", "/unsubscribe", "/pause", "/settings", "/report", "/forget")
"""Commands that are carried out however late."""
ENDING = 5.0
"""Seconds that answers under way get to leave when the bot goes down."""
LONGEST_PAUSE = 30.0

Answer = Callable[[Ask], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Item:
    """A letter that waits in its chat's queue.

    `body` is its JSON, parsed. `known` is the chat's row, read with the batch. `is_left` tells
    that a process before this one took it in; `is_hasty` that its answer is to slow down.
    """

    letter: Letter
    body: dict[str, Any]
    known: Chat | None = None
    is_left: bool = False
    is_hasty: bool = False

    @property
    def is_press(self) -> bool:
        """Answered by an edit, which no pace holds up."""
        return "callback_query" in self.body


class Intake:
    """Keeps updates, and hands each chat's to `answer`, one at a time."""

    def __init__(
        self,
        wire: Wire,
        database: Database,
        clock: Clock,
        door: Door,
        answer: Answer,
        desk: Desk,
        tell: Tell,
    ) -> None:
        self._database = database
        self._clock = clock
        self._door = door
        self._answer = answer
        self._clerk = desk.clerk
        self._pace = desk.post.wait
        self._queues: dict[int, deque[_Item]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing: set[asyncio.Task[Any]] = set()
        self._slots = asyncio.Semaphore(SIDE_BY_SIDE)
        self._alone = asyncio.Lock()
        self._waiting = 0
        self._room = asyncio.Event()
        self._stopping = asyncio.Event()
        self._told_late: dict[int, int] = {}
        self._holder = Holder(database, clock)
        self._flood = Flood()
        self.aside = Aside(database, clock, self._holder.name)
        self._poller = Poller(
            wire,
            clock,
            self.keep,
            self.aside.put,
            self._is_full,
            self._has_room,
            self._stopping,
            load_words(),
            tell,
        )

    @property
    def polled_at(self) -> float | None:
        """The monotonic second of the last good poll, for whoever watches."""
        return self._poller.polled_at

    @property
    def dropped(self) -> int:
        """Updates that were dropped since the start: of those who were told to slow down."""
        return self._flood.dropped

    @property
    def waiting(self) -> int:
        """Updates that are taken in and not yet answered."""
        return self._waiting

    async def run(self, *, poll: bool = True) -> None:
        """Take up what a crash left; then poll until `stop`, or wait where a webhook brings all."""
        await self._insist(self._recover, "What was kept cannot be taken up yet.")
        self._holder.beat(self._recover)
        if poll:
            await self._poller.run()
        else:
            await self._stopping.wait()

    async def stop(self, deadline: float = ENDING) -> None:
        """Take no more, and give what is being answered some seconds to end."""
        self._stopping.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=deadline)
        for task in self._tasks - self._closing:
            log.warning("An answer is given up: the bot goes down.", action="answer cut off")
            task.cancel()
        # Their transactions end before the database does, and what has left is written down.
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._clerk.idle()
        await self._holder.leave()

    async def idle(self) -> None:
        """Wait until all that was taken up is answered."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self._clerk.idle()
        await self._poller.idle()

    # --- taking in -------------------------------------------------------------------------

    async def keep(self, updates: list[dict[str, Any]]) -> None:
        """Write a batch down, then hand it out; it may be confirmed once this returns.

        One that cannot even be written down is passed over, or it would keep all others out.
        Raises StoreAway where too much waits already.
        """
        with Caught() as caught:
            await self._keep(updates)
        if isinstance(caught.error, StoreError):
            raise caught.error
        if caught.error is not None and len(updates) == 1:
            log.error(
                "An update cannot be kept and is passed over.",
                action="update lost",
                update=updates[0].get("update_id"),
                exc_info=caught.error,
            )
        elif caught.error is not None:
            for body in updates:
                await self.keep([body])

    async def _keep(self, updates: list[dict[str, Any]]) -> None:
        if self._is_full():
            raise StoreAway("Too many updates wait; they are taken in a moment.")
        if not self._holder.is_seated:
            raise StoreAway("What was kept before comes first.")
        found = {
            number: (envelope.chat_of(body), body)
            for body in updates
            if isinstance(number := body.get("update_id"), int)
        }
        hasty = self._too_many(found)
        # Half a surrogate pair is no text to a database: JSON keeps it as an escape.
        rows = [
            Update(number, chat, codec.write(body))
            for number, (chat, body) in found.items()
            if hasty.get(number) != "drop"
        ]
        if not rows:
            return
        now = micros(self._clock.now())
        new: set[int] = set()
        known: dict[int, Chat] = {}

        async def write(conn: Hot) -> None:
            nonlocal new, known
            new = set(await inbox.keep(conn, rows, now, self._holder.name))
            wanted = {row.chat_id for row in rows if row.chat_id and row.update_id in new}
            known = await chats.find_all(conn, wanted)
            bodies = [found[number][1] for number in new if found[number][0] not in known]
            known |= await chats.meet(conn, envelope.strangers(bodies), now)

        await self._clerk.add(write)
        for row in rows:
            if row.update_id in new:
                letter = Letter(row.update_id, row.chat_id, now, row.body, 0)
                chat, body = known.get(row.chat_id or 0), found[row.update_id][1]
                self._enqueue(_Item(letter, body, chat, is_hasty=row.update_id in hasty))

    def _too_many(self, found: Mapping[int, tuple[int | None, dict[str, Any]]]) -> dict[int, str]:
        """Those whose senders ask more than anybody would: `drop`, or `warn` for the first."""
        now = self._clock.monotonic()
        verdicts: dict[int, str] = {}
        for number, (chat, body) in found.items():
            person = envelope.asker(body)
            if chat is None or person is None:
                continue
            verdict = self._flood.judge(chat, person, len(self._queues.get(chat, ())), now)
            if verdict != "take":
                verdicts[number] = verdict
        return verdicts

    def _is_full(self) -> bool:
        return self._waiting >= MOST_WAITING

    async def _has_room(self) -> None:
        while self._is_full():
            self._room.clear()
            await self._room.wait()

    async def _recover(self) -> None:
        """What was kept and not finished by a process that lives no more."""
        for letter in await self._holder.take_over(2 * MOST_WAITING - self._waiting):
            self._enqueue(_Item(letter, json.loads(letter.body), is_left=True))

    # --- handling --------------------------------------------------------------------------

    def _enqueue(self, item: _Item) -> None:
        """Behind what this chat asked before; chats do not wait for each other."""
        self._waiting += 1
        key = item.letter.chat_id or 0
        queue = self._queues.get(key)
        if queue is not None:
            queue.append(item)
            return
        self._queues[key] = deque([item])
        task = asyncio.create_task(self._serve(key), name=f"chat {key}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, key: int) -> None:
        queue = self._queues[key]
        # A row read with the batch is good for the first only: what it does may change the row.
        is_first = True
        try:
            while queue and not self._stopping.is_set():
                # Who has to wait for their own chat's pace does so without a slot.
                if not queue[0].is_press and (wait := self._pace(key)) > 0:
                    await self._poller.rest(wait)
                # A slot for each update, not for each chat: one that floods takes one at a time.
                async with self._slots:
                    await self._take_up(queue[0], queue[0].known if is_first else None)
                is_first = False
                queue.popleft()
                self._waiting -= 1
                self._room.set()
        finally:
            del self._queues[key]

    async def _take_up(self, item: _Item, known: Chat | None) -> None:
        """Handle one; what a process died over before is begun on record, and by itself."""
        letter = item.letter
        if not item.is_left:
            await self._handle(item, known)
            return
        if letter.attempts >= TRIES:
            await self._set_aside(letter, None)
            return
        async with AsyncExitStack() as stack:
            if letter.attempts:
                await stack.enter_async_context(self._alone)
            await self._insist(
                lambda: self._clerk.begin(letter.update_id), "An update cannot be begun yet."
            )
            await self._handle(item, known)

    async def _handle(self, item: _Item, known: Chat | None) -> None:
        letter, pause = item.letter, 1.0
        while not self._stopping.is_set():
            with Caught() as caught:
                await self._respond(item, known)
            if not isinstance(caught.error, NotSent | StoreError):
                break
            log.warning("An answer waits: there is no way out.", action="answer waits")
            await self._poller.rest(pause)
            pause, known = min(pause * 2, LONGEST_PAUSE), None
        else:
            # It stays in the inbox, for the process after this one.
            return
        if caught.error is not None:
            # The chat's other questions must not go down with this one.
            await self._set_aside(letter, caught.error)
            return
        # The answer has left: if that is never written down, it comes twice.
        task = asyncio.current_task()
        self._closing |= {task} if task else set()
        with Caught() as caught:
            await self._insist(
                lambda: self._clerk.close(letter.update_id), "An answer cannot be written down yet."
            )
        if caught.error is not None:
            await self._set_aside(letter, caught.error)
        self._closing -= {task} if task else set()

    async def _insist(self, write: Callable[[], Awaitable[None]], sentence: str) -> None:
        """Do it as soon as the store is there, or leave it to the process after this one."""
        while True:
            try:
                await write()
            except StoreError:
                log.warning(sentence, action="store away")
                if self._stopping.is_set():
                    return
                await self._poller.rest(1.0)
            else:
                return

    async def _respond(self, item: _Item, known: Chat | None) -> None:
        ask = self._door.glance(item.body, known) if known else None
        if ask is None:
            ask = await self._door.admit(self._door.parse(item.body), known)
        if ask is None:
            return
        with Caught() as caught:
            if item.is_hasty:
                await _slow_down(ask)
            elif self._is_stale(item.body, ask):
                await self._excuse(ask)
            else:
                await self._answer(ask)
        if isinstance(caught.error, StoreError):
            raise caught.error
        if caught.error is not None:
            await tell_failure(ask, caught.error)

    def _is_stale(self, body: Mapping[str, Any], ask: Ask) -> bool:
        """A question of more than ten minutes ago; wishes are still carried out."""
        asked = envelope.asked_at(body)
        if asked is None or self._clock.now() - asked < STALE:
            return False
        return ask.press is None and not ask.text.startswith(WISHES)

    async def _excuse(self, ask: Ask) -> None:
        """One line for each chat, however much it asked while we were away."""
        hour = int(self._clock.now().timestamp() // 3600)
        if self._told_late.get(ask.chat.id) == hour or not ask.is_private:
            return
        self._told_late[ask.chat.id] = hour
        await ask.say("unknown.away")

    async def _set_aside(self, letter: Letter, error: Exception | None) -> None:
        """It is kept for whoever looks into it, with the `error`; without one, a process died."""
        why = f"{type(error).__name__}: {error}" if error else "begun three times, never finished"
        log.error(
            "An update is set aside: it cannot be handled.",
            action="update set aside",
            update=letter.update_id,
            why=why,
        )

        async def write() -> None:
            async with self._database.write() as conn:
                await inbox.bad(conn, letter.update_id, why)

        await self._insist(write, "An update cannot be set aside yet.")


async def _slow_down(ask: Ask) -> None:
    if ask.press is not None:
        await ask.toast(ask.words("unknown.slow"))
    else:
        await ask.say("unknown.slow")
