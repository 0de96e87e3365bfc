"""The door of those who ask: an answer at once, or an error to tell them; nothing is kept.

What may have arrived is not sent again, an edit is: to edit twice does no harm. What is owed
goes through `turn` and `owed`, which never repeat by themselves: the deliveries table does.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.clock import Clock
from bot.delivery.pace import Pacer, Turn
from bot.delivery.transport import (
    DEADLINE,
    CallFailed,
    Files,
    MaybeSent,
    NotSent,
    Params,
    Refused,
    Wire,
)
from bot.delivery.verdict import (
    Moved,
    Plain,
    RetryAt,
    Sent,
    Verdict,
    Without,
    accepted,
    judge,
)

PATIENCE = 3.0
"""Seconds that one who asks is kept waiting for a turn; beyond it they are told."""
PAUSES = (0.2, 0.8)
"""Seconds before each further try of a call that was certainly not sent."""
WAITS = 2
"""How often a 429 is waited for within one answer."""
FIELDS: Mapping[str, tuple[str, ...]] = {
    "thread": ("message_thread_id",),
    "reply": ("reply_parameters", "reply_to_message_id"),
    "keyboard": ("reply_markup",),
}

Moving = Callable[[int, int], Awaitable[None]]


class Post:
    """Sends by raw Bot API parameters, at the pace of both doors.

    `moved(old, new)` is told when a group became a supergroup, before the message is repeated.
    """

    def __init__(
        self, wire: Wire, pacer: Pacer, clock: Clock, *, moved: Moving | None = None
    ) -> None:
        self._wire = wire
        self._pacer = pacer
        self._clock = clock
        self._moved = moved

    async def answer(
        self,
        chat_id: int,
        params: Params,
        method: str = "sendMessage",
        *,
        files: Files | None = None,
        plain: str | None = None,
    ) -> Any:
        """Send to one who asked; the `result`. `plain` goes out if the formatting is refused.

        Raises NotSent, MaybeSent or Refused; a wait of more than three seconds is a
        `Refused(429)` whose `retry_after` says how long, whoever asked for it.
        """
        return await self._deliver(chat_id, params, method, files, plain, self._pacer.ask)

    async def edit(
        self,
        chat_id: int,
        params: Params,
        method: str = "editMessageText",
        *,
        plain: str | None = None,
    ) -> Any:
        """Change a message that is there; the `result`, or True where nothing had to change.

        Raises as `answer`; `judge` calls a refusal `Anew` where a new message is the way out.
        """
        return await self._deliver(chat_id, params, method, None, plain, self._pacer.edit)

    async def call(
        self, method: str, params: Params | None = None, timeout: float = DEADLINE
    ) -> Any:
        """Any other method (answerCallbackQuery, getChatMember ...): no chat's pace applies."""
        tries = iter(PAUSES)
        while True:
            try:
                return await self._wire.call(method, params, timeout=timeout)
            except NotSent:
                pause = next(tries, None)
                if pause is None:
                    raise
            except Refused as refused:
                verdict = judge(refused)
                if isinstance(verdict, Sent):
                    return True
                wait = verdict.seconds if isinstance(verdict, RetryAt) else math.inf
                pause = next(tries, None)
                if pause is None or wait > PATIENCE:
                    raise
                pause = max(pause, wait)
            await self._clock.sleep(pause)

    async def probe(self, timeout: float) -> None:
        """Whether Telegram answers at all; one try. Raises as `call`."""
        await self._wire.call("getMe", timeout=timeout)

    def wait(self, chat_id: int) -> float:
        """Seconds until one who asks here could be answered; no more than their patience."""
        return min(self._pacer.ready(chat_id), PATIENCE)

    def turn(self, chat_id: int, *, slot: float = -math.inf, within: float = math.inf) -> Turn:
        """A turn for what is owed; after its wait, `held` must still be 0."""
        return self._pacer.owe(chat_id, slot=slot, within=within)

    def held(self, chat_id: int | None = None) -> float:
        """Seconds for which a 429 holds all, or this chat."""
        return self._pacer.held(chat_id)

    def spent(self) -> int:
        """Turns that askers took since this was last read; the database's rate row wants them."""
        return self._pacer.spent()

    async def owed(
        self,
        chat_id: int,
        params: Params,
        method: str = "sendMessage",
        *,
        timeout: float = DEADLINE,
    ) -> Verdict:
        """Send once what is owed, its turn having come; what became of it, as a value."""
        try:
            result = await self._wire.call(method, params, timeout=timeout)
        except CallFailed as failure:
            return self._weigh(chat_id, failure)
        return accepted(result)

    async def _deliver(
        self,
        chat_id: int,
        params: Params,
        method: str,
        files: Files | None,
        plain: str | None,
        take: Callable[..., Turn],
    ) -> Any:
        sending: dict[str, object] = {**params, "chat_id": chat_id}
        pauses, waits, editing = iter(PAUSES), WAITS, method.startswith("edit")
        moved = False
        while True:
            await self._wait(chat_id, take)
            try:
                return await self._wire.call(method, sending, files)
            except NotSent:
                pause = next(pauses, None)
                if pause is None:
                    raise
                await self._clock.sleep(pause)
            except MaybeSent:
                pause = next(pauses, None) if editing else None
                if pause is None:
                    raise
                await self._clock.sleep(pause)
            except Refused as refused:
                match self._weigh(chat_id, refused):
                    case Sent():
                        return True
                    case RetryAt(seconds=seconds) if seconds <= PATIENCE and waits > 0:
                        waits -= 1
                    case Moved(tg_id=new) if not moved:
                        moved = True
                        if self._moved is not None:
                            await self._moved(chat_id, new)
                        chat_id = sending["chat_id"] = new
                    case Plain() if plain is not None:
                        sending = plainly(sending, plain)
                        plain = None
                    case Without(part=part) if any(name in sending for name in FIELDS[part]):
                        sending = without(sending, part)
                    case _:
                        raise

    async def _wait(self, chat_id: int, take: Callable[..., Turn]) -> None:
        turn = take(chat_id, within=PATIENCE)
        if not turn.granted:
            raise Refused(429, "Too Many Requests: our own pace", math.ceil(turn.wait))
        while turn.wait > 0:
            await self._clock.sleep(turn.wait)
            # A 429 may have come to others meanwhile.
            held = self._pacer.held(chat_id)
            if held > PATIENCE:
                raise Refused(429, "Too Many Requests: our own pace", math.ceil(held))
            turn = Turn(True, held)

    def _weigh(self, chat_id: int, failure: CallFailed) -> Verdict:
        """Judge, and let the pacer know of a 429 and of a move."""
        if isinstance(failure, Refused) and failure.code == 429:
            first = judge(failure)
            wait = first.seconds if isinstance(first, RetryAt) else 0.0
            others = self._pacer.hold(chat_id, wait)
            verdict = judge(failure, private=chat_id > 0, others_limited=others)
            if isinstance(verdict, RetryAt) and verdict.scope == "all":
                self._pacer.hold_all(wait)
            return verdict
        verdict = judge(failure)
        if isinstance(verdict, Moved):
            self._pacer.move(chat_id, verdict.tg_id)
        return verdict


def plainly(params: Params, plain: str) -> dict[str, object]:
    """The same message as plain text: nothing in it that could be parsed."""
    kept = {
        name: value
        for name, value in params.items()
        if name not in {"parse_mode", "entities", "caption_entities", "text", "caption"}
    }
    return kept | {"caption" if "caption" in params else "text": plain}


def without(params: Params, part: str) -> dict[str, object]:
    """The same message without `part`: thread, reply or keyboard."""
    return {name: value for name, value in params.items() if name not in FIELDS[part]}
