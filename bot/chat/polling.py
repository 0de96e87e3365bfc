"""Long polling that never ends by itself: what fails is tried again with patience, and told.

Told means: one line in the log when a trouble begins and one when it is over, not one for each
poll; and to the admins what they have to do something about, once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot import telemetry
from bot.chat.unreadable import Search, is_answer
from bot.clock import Clock
from bot.delivery import codec
from bot.delivery.transport import CallFailed, MaybeSent, Refused, Unreadable, Wire
from bot.errors import StoreError
from bot.text import Words

log = telemetry.logger(__name__)

HOLD = 25
"""Seconds that Telegram holds an empty poll open."""
BATCH = 100
ALLOWED = (
    "message", "edited_message", "channel_post", "edited_channel_post", "callback_query",
    "my_chat_member", "inline_query", "chosen_inline_result",
)  # fmt: skip
DEAF = 300.0
"""Seconds without a good poll after which the admins are told."""
SELDOM = 3600.0
"""Seconds in which the admins are not told of the same trouble again."""

Keep = Callable[[list[dict[str, Any]]], Awaitable[None]]
SetAside = Callable[[int, bytes], Awaitable[bool]]
"""By its number and the answer it came in; False if it had come before. Raises StoreError."""
Tell = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a poll failed. The pauses between tries double from the `first` to the `longest`."""

    action: str
    sentence: str
    first: float = 1.0
    longest: float = 30.0
    is_known: bool = False
    """Whether Telegram said it, so that it is no matter of the network."""


SILENT = Trouble("poll failed", "Telegram gives no updates; trying again.")
GARBLED = Trouble(
    "answer unreadable",
    "Telegram's answer cannot be read; its updates are fetched one by one.",
)
CONFLICT = Trouble(
    "conflict",
    "Another process polls with this token, or a webhook is set. Stop the other one.",
    first=10.0,
    longest=60.0,
    is_known=True,
)
TOKEN = Trouble(
    "token refused",
    "Telegram does not accept the token. Ask @BotFather for a new one.",
    first=60.0,
    longest=600.0,
    is_known=True,
)
STORE = Trouble(
    "store away", "Updates cannot be kept; they stay with Telegram.", first=5.0, is_known=True
)


class Poller:
    """Fetches updates for `keep`, one batch after the other, until `stopping`.

    A batch is confirmed by the poll after it: so only once `keep` has written it down.
    """

    def __init__(
        self,
        wire: Wire,
        clock: Clock,
        keep: Keep,
        set_aside: SetAside,
        is_full: Callable[[], bool],
        room: Callable[[], Awaitable[object]],
        stopping: asyncio.Event,
        words: Words,
        tell: Tell,
    ) -> None:
        self._wire = wire
        self._clock = clock
        self._keep = keep
        self._set_aside = set_aside
        self._search = Search()
        self._is_full = is_full
        self._room = room
        self._ending: asyncio.Task[object] | None = None
        self._stopping = stopping
        self._words = words
        self._tell = tell
        self._offset = 0
        self._trouble: Trouble | None = None
        self._pause = 0.0
        self._since = clock.monotonic()
        self._told: dict[str, float] = {}
        self._is_deaf = False
        self._telling: set[asyncio.Task[None]] = set()
        self.polled_at: float | None = None
        """The monotonic second of the last good poll, for whoever watches."""

    async def run(self) -> None:
        """Poll until told to stop."""
        self._since = self._clock.monotonic()
        watching = asyncio.create_task(self._watch(), name="poll watch")
        try:
            while not self._stopping.is_set():
                if self._is_full():
                    await self._until(self._room())
                await self._turn()
        finally:
            watching.cancel()
            ending, self._ending = self._ending, None
            if ending is not None:
                ending.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def rest(self, seconds: float) -> None:
        """Wait, but not beyond the end."""
        await self._until(self._clock.sleep(seconds))

    async def idle(self) -> None:
        """Wait until what the admins are told has left."""
        await asyncio.gather(*self._telling)

    async def _turn(self) -> None:
        try:
            updates = await self._fetch()
            await self._keep(updates)
        except CallFailed as failure:
            await self.rest(self._weigh(failure))
        except StoreError as error:
            log.debug(str(error), action="store away")
            await self.rest(self._meet(STORE))
        else:
            self._search.reads(len(updates))
            if updates:
                self._offset = max([self._offset, *map(_after, updates)])
            if not self._stopping.is_set():
                self._hear()

    async def _fetch(self) -> list[dict[str, Any]]:
        """What there is; nothing where an update that cannot be read was just passed over."""
        try:
            return await self._poll()
        except Unreadable as failure:
            body, number = failure.body, None
            if is_answer(body):
                number = self._search.fails(body, self._offset, BATCH)
            if number is None:
                raise
        if await self._set_aside(number, body):
            self._tell_once("unreadable", self._words("intake.unreadable", update=str(number)))
        self._search.ends()
        self._offset = number + 1
        return []

    async def _poll(self) -> list[dict[str, Any]]:
        params: dict[str, object] = {
            "timeout": 0 if self._search.is_on else HOLD,
            "limit": 1 if self._search.is_on else BATCH,
            "allowed_updates": list(ALLOWED),
        }
        if self._offset:
            params["offset"] = self._offset
        polling = asyncio.ensure_future(self._wire.call("getUpdates", params, timeout=HOLD + 15.0))
        await self._until(polling)
        if polling.cancelled():
            return []
        found = polling.result()
        if not isinstance(found, list):
            raise MaybeSent("the answer holds no list of updates")
        updates = [body for body in found if _after(body)]
        if found and not updates:
            # Nothing could ever confirm them.
            raise Unreadable("no update has a number", codec.encode({"ok": True, "result": found}))
        if len(updates) < len(found):
            log.error("An update without a number is passed over.", action="update lost")
        return updates

    async def _until(self, work: Awaitable[object]) -> None:
        """Wait for `work`, or until the end, which ends it."""
        doing = asyncio.ensure_future(work)
        # One for all waits: a task for each would be dear where polls come back at once.
        if self._ending is None:
            self._ending = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({doing, self._ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not doing.done():
                doing.cancel()
                await asyncio.gather(doing, return_exceptions=True)

    # --- troubles --------------------------------------------------------------------------

    def _weigh(self, failure: CallFailed) -> float:
        """Why polling failed, written down; the seconds to wait."""
        if not isinstance(failure, Refused):
            is_garbled = isinstance(failure, Unreadable) and is_answer(failure.body)
            return self._meet(GARBLED if is_garbled else SILENT)
        if failure.code == 409:
            return self._meet(CONFLICT)
        if failure.code in (401, 404):
            return self._meet(TOKEN)
        wait = self._meet(SILENT)
        return float(failure.retry_after or wait)

    def _meet(self, trouble: Trouble) -> float:
        """One more failure; it is told when it begins. The seconds to wait."""
        if trouble is self._trouble:
            self._pause = min(self._pause * 2, trouble.longest)
            if trouble is CONFLICT:
                # The first may be the last poll of the process before this one.
                self._tell_once(trouble.action, self._words("intake.conflict"))
            return self._pause
        self._trouble, self._pause = trouble, trouble.first
        level = log.error if trouble.is_known else log.warning
        level(trouble.sentence, action=trouble.action)
        return self._pause

    def _hear(self) -> None:
        """A good poll."""
        now = self._clock.monotonic()
        seconds = now - self._since
        self._since = self.polled_at = now
        # While one is looked for that hides others, the trouble is not over.
        if self._trouble is not None and not self._search.is_on:
            log.info(
                "Telegram gives updates again.",
                action="poll again",
                after=self._trouble.action,
                seconds=round(seconds),
            )
            self._trouble = None
        if self._is_deaf:
            self._is_deaf = False
            minutes = self._words.number(round(seconds / 60))
            self._start_telling(self._words("intake.hears", minutes=minutes))

    async def _watch(self) -> None:
        """Tell when nothing was heard for too long, whatever the loop beside this one believes."""
        while True:
            left = self._since + DEAF - self._clock.monotonic()
            if left <= 0 and not self._is_deaf:
                self._is_deaf = True
                why = self._trouble.sentence if self._trouble else "The poll does not come back."
                log.error("Nothing was heard from Telegram for too long.", action="deaf", why=why)
                minutes = self._words.number(round(DEAF / 60))
                self._start_telling(self._words("intake.deaf", minutes=minutes, why=why))
            await self._clock.sleep(left if left > 0 else DEAF)

    def _tell_once(self, what: str, text: str) -> None:
        now = self._clock.monotonic()
        if now - self._told.get(what, -SELDOM) >= SELDOM:
            self._told[what] = now
            self._start_telling(text)

    def _start_telling(self, text: str) -> None:
        # Beside the loop: an admin who cannot be reached must not keep it from polling.
        async def tell() -> None:
            await self._tell(text)

        task = asyncio.create_task(tell(), name="tell admins")
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)


def _after(body: object) -> int:
    number = body.get("update_id") if isinstance(body, dict) else None
    return number + 1 if isinstance(number, int) else 0
