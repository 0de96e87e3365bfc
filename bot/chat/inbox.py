"""Intake that loses nothing: updates are kept before they are confirmed, and handled in order.

Telegram hands an update over again until a later offset confirms it. So each batch is written
to the inbox first; then, for each chat by itself, one after the other is handled and marked
done once its answer has left. After a crash what is not done is handled again.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot import telemetry
from bot.chat.clerk import Clerk
from bot.chat.desk import Ask
from bot.chat.door import Door, stranger
from bot.chat.failures import tell_failure
from bot.clock import Clock, micros, moment
from bot.delivery.transport import CallFailed, NotSent, Refused, Wire
from bot.errors import StoreError
from bot.store import chats, inbox
from bot.store.chats import Chat, Stranger
from bot.store.database import Database
from bot.store.inbox import Letter, Update

log = telemetry.logger(__name__)

HOLD = 25
"""Seconds that Telegram holds an empty poll open."""
BATCH = 100
ALLOWED = ("message", "edited_message", "channel_post", "callback_query", "my_chat_member")
SIDE_BY_SIDE = 256
TRIES = 3
"""How often an update is begun before it is set aside: one that kills us does so thrice."""
STALE = timedelta(minutes=10)
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, OSError)
"""What a malformed update raises; a date beyond all calendars one of the last two."""
LONGEST_PAUSE = 30.0
REFUSED_PAUSE = 60.0

Answer = Callable[[Ask], Awaitable[None]]
Tell = Callable[[str], Awaitable[None]]


class Intake:
    """Polls, keeps, and hands each chat's updates to `answer`, one at a time."""

    def __init__(
        self,
        wire: Wire,
        database: Database,
        clock: Clock,
        door: Door,
        answer: Answer,
        clerk: Clerk,
    ) -> None:
        self._wire = wire
        self._database = database
        self._clock = clock
        self._door = door
        self._answer = answer
        self._clerk = clerk
        self._offset = 0
        self._queues: dict[int, deque[tuple[Letter, Chat | None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(SIDE_BY_SIDE)
        self._stopping = asyncio.Event()
        self._told_late: dict[int, int] = {}
        self.polled_at: float | None = None
        """The monotonic second of the last good poll, for whoever watches."""

    async def run(self, *, poll: bool = True) -> None:
        """Take up what a crash left; then poll until `stop`, or wait where a webhook brings all."""
        await self._insist(self._recover, "What was kept cannot be taken up yet.")
        if not poll:
            await self._stopping.wait()
            return
        pause = 1.0
        while not self._stopping.is_set():
            try:
                updates = await self._poll()
            except CallFailed as failure:
                wait = self._explain(failure, pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                await self._rest(wait)
                continue
            pause = 1.0
            self.polled_at = self._clock.monotonic()
            try:
                await self.keep(updates)
            except StoreError as error:
                log.error("Updates cannot be kept; they stay with Telegram.", action="store away")
                log.debug(str(error), action="store away")
                await self._rest(5.0)

    async def stop(self, deadline: float = 10.0) -> None:
        """Poll no more, and give what is being answered some seconds to end."""
        self._stopping.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=deadline)
        for task in self._tasks:
            task.cancel()
        await self._clerk.idle()

    async def idle(self) -> None:
        """Wait until all that was taken up is answered."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self._clerk.idle()

    # --- taking in -------------------------------------------------------------------------

    async def _poll(self) -> list[dict[str, Any]]:
        params: dict[str, object] = {
            "timeout": HOLD,
            "limit": BATCH,
            "allowed_updates": list(ALLOWED),
        }
        if self._offset:
            params["offset"] = self._offset
        polling = asyncio.ensure_future(self._wire.call("getUpdates", params, timeout=HOLD + 15.0))
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if polling.done():
                found: list[dict[str, Any]] = polling.result()
                return found
            return []
        finally:
            for task in (polling, stopping):
                task.cancel()
            await asyncio.gather(polling, stopping, return_exceptions=True)

    async def keep(self, updates: list[dict[str, Any]]) -> None:
        """Write a batch down, then hand it out; only then does the offset move."""
        # Half a surrogate pair is no text to a database: JSON keeps it as an escape.
        found = {
            number: Update(number, _chat_of(body), json.dumps(body))
            for body in updates
            if isinstance(number := body.get("update_id"), int)
        }
        rows = list(found.values())
        if not rows:
            return
        now = micros(self._clock.now())
        async with self._database.write() as conn:
            new = set(await inbox.keep(conn, rows, now))
            await inbox.begin(conn, new)
            wanted = {row.chat_id for row in rows if row.chat_id and row.update_id in new}
            known = await chats.find_all(conn, wanted)
            known |= await chats.meet(conn, _strangers(updates, new, known), now)
        self._offset = max(row.update_id for row in rows) + 1
        for row in rows:
            if row.update_id in new:
                letter = Letter(row.update_id, row.chat_id, now, row.body, 1)
                self._enqueue(letter, known.get(row.chat_id or 0))

    async def _recover(self) -> None:
        """What was kept and not finished by the process before this one."""
        async with self._database.write() as conn:
            letters = await inbox.pending(conn, 10_000)
            await inbox.begin(conn, [letter.update_id for letter in letters])
        for letter in letters:
            self._enqueue(replace(letter, attempts=letter.attempts + 1))

    def _explain(self, failure: CallFailed, pause: float) -> float:
        """Write down why polling failed; the seconds to wait."""
        if isinstance(failure, Refused) and failure.code == 409:
            log.error(
                "Another process polls with this token, or a webhook is set. Stop the other one.",
                action="conflict",
            )
            return 10.0
        if isinstance(failure, Refused) and failure.code in (401, 404):
            log.error(
                "Telegram does not accept the token. Ask @BotFather for a new one.",
                action="token refused",
            )
            return REFUSED_PAUSE
        log.warning("Telegram gives no updates; trying again.", action="poll failed")
        if isinstance(failure, Refused) and failure.retry_after:
            return failure.retry_after
        return pause

    async def _rest(self, seconds: float) -> None:
        resting = asyncio.ensure_future(self._clock.sleep(seconds))
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({resting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in (resting, stopping):
            task.cancel()
        await asyncio.gather(resting, stopping, return_exceptions=True)

    # --- handling --------------------------------------------------------------------------

    def _enqueue(self, letter: Letter, known: Chat | None = None) -> None:
        """Behind what this chat asked before; chats do not wait for each other.

        A row read with the batch is good for the first only: what it does may change the row.
        """
        key = letter.chat_id or 0
        queue = self._queues.get(key)
        if queue is not None:
            queue.append((letter, None))
            return
        self._queues[key] = deque([(letter, known)])
        task = asyncio.create_task(self._serve(key), name=f"chat {key}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, key: int) -> None:
        queue = self._queues[key]
        try:
            while queue:
                # A slot for each update, not for each chat: one that floods takes one at a time.
                async with self._slots:
                    await self._handle(*queue[0])
                queue.popleft()
        finally:
            del self._queues[key]

    async def _handle(self, letter: Letter, known: Chat | None) -> None:
        if letter.attempts > TRIES:
            await self._set_aside(letter, "begun three times and never finished")
            return
        try:
            update = self._door.parse(json.loads(letter.body))
        except UNREADABLE as error:
            await self._set_aside(letter, f"{type(error).__name__}: {error}")
            return
        pause = 1.0
        while not self._stopping.is_set():
            [result] = await asyncio.gather(
                self._respond(letter, update, known), return_exceptions=True
            )
            if not isinstance(result, NotSent | StoreError):
                break
            log.warning("An answer waits: there is no way out.", action="answer waits")
            await self._rest(pause)
            pause, known = min(pause * 2, LONGEST_PAUSE), None
        else:
            # It stays in the inbox, for the process after this one.
            return
        if isinstance(result, Exception):
            # The chat's other questions must not go down with this one.
            await self._set_aside(letter, f"{type(result).__name__}: {result}")
            return
        if result is not None:
            raise result
        # The answer has left: if that is never written down, it comes twice.
        await self._insist(
            lambda: self._clerk.close(letter.update_id), "An answer cannot be written down yet."
        )

    async def _insist(self, write: Callable[[], Awaitable[None]], sentence: str) -> None:
        """Do it as soon as the store is there, or leave it to the process after this one."""
        while True:
            try:
                await write()
            except StoreError:
                log.warning(sentence, action="store away")
                if self._stopping.is_set():
                    return
                await self._rest(1.0)
            else:
                return

    async def _respond(self, letter: Letter, update: Any, known: Chat | None) -> None:
        ask = await self._door.admit(update, known)
        if ask is None:
            return
        if self._is_stale(letter, ask):
            await self._excuse(ask)
            return
        [result] = await asyncio.gather(self._answer(ask), return_exceptions=True)
        if isinstance(result, StoreError) or not isinstance(result, Exception | None):
            raise result
        if isinstance(result, Exception):
            await tell_failure(ask, result)

    def _is_stale(self, letter: Letter, ask: Ask) -> bool:
        """A question of more than ten minutes ago; wishes are still carried out."""
        asked = _asked_at(letter)
        if asked is None or self._clock.now() - asked < STALE:
            return False
        return ask.press is None and not ask.text.startswith(("/subscribe", "/unsubscribe"))

    async def _excuse(self, ask: Ask) -> None:
        """One line for each chat, however much it asked while we were away."""
        hour = int(self._clock.now().timestamp() // 3600)
        if self._told_late.get(ask.chat.id) == hour or not ask.is_private:
            return
        self._told_late[ask.chat.id] = hour
        try:
            await ask.say("unknown.away")
        except CallFailed as failure:
            await tell_failure(ask, failure)

    async def _set_aside(self, letter: Letter, why: str) -> None:
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


def _strangers(
    updates: list[dict[str, Any]], new: set[int], known: Mapping[int, Chat]
) -> list[Stranger]:
    """Who of a batch is not known yet, each once."""
    found = (stranger(body) for body in updates if body["update_id"] in new)
    return list({one.tg_id: one for one in found if one and one.tg_id not in known}.values())


def _chat_of(body: dict[str, Any]) -> int | None:
    """The chat that an update belongs to, as far as it can be told without parsing it."""
    for name, part in body.items():
        if name == "update_id" or not isinstance(part, dict):
            continue
        inner = part.get("message")
        holder = inner if isinstance(inner, dict) else part
        chat = holder.get("chat")
        found = chat.get("id") if isinstance(chat, dict) else None
        if isinstance(found, int):
            return found
        sender = part.get("from")
        known = sender.get("id") if isinstance(sender, dict) else None
        return known if isinstance(known, int) else None
    return None


def _asked_at(letter: Letter) -> Any:
    """When a message was written, from its own date."""
    body = json.loads(letter.body)
    message = body.get("message") or body.get("channel_post")
    if not isinstance(message, dict) or not isinstance(message.get("date"), int):
        return None
    return moment(message["date"] * 1_000_000)
