"""What becomes of an answer that could not be given: decided once, for every handler."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from bot import telemetry
from bot.chat.desk import Ask
from bot.chat.hindrance import muted, slowed
from bot.clock import micros
from bot.delivery.transport import CallFailed, MaybeSent, NotSent, Refused
from bot.delivery.verdict import GiveUp, judge
from bot.errors import NotCovered
from bot.render.views import home
from bot.store import chats

log = telemetry.logger(__name__)


class Caught:
    """Holds what its block raised, to be decided upon after it; a cancelling goes through."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if isinstance(error, Exception):
            self.error = error
        return self.error is not None


async def tell_failure(ask: Ask, error: BaseException) -> None:
    """Tell the asker if they can be reached, and write down what an operator needs.

    Raises NotSent where Telegram could not be reached at all: the update is then kept.
    """
    if ask.typed is not None and not isinstance(error, NotSent):
        # There is no chat to tell it in; who types on asks again.
        log.error("Inline mode failed.", action="handler failed", exc_info=error)
        return
    match error:
        case NotCovered():
            try:
                await _gone(ask)
            except CallFailed as failure:
                await tell_failure(ask, failure)
        case NotSent():
            raise error
        case MaybeSent():
            log.warning(
                "An answer may not have arrived.", action="answer unknown", chat=ask.chat.id
            )
        case Refused():
            await _refused(ask, error)
        case _:
            log.error(
                "An update could not be handled.",
                action="handler failed",
                chat=ask.chat.id,
                exc_info=error,
            )
            await _apologise(ask)


async def _gone(ask: Ask) -> None:
    """A button or link to what is no longer there."""
    if ask.press is not None:
        await ask.toast(ask.words("unknown.gone"))
    await ask.show(home.topics(ask.pen()))


async def _refused(ask: Ask, error: Refused) -> None:
    verdict = judge(error, private=ask.is_private)
    if isinstance(verdict, GiveUp) and verdict.ending in ("blocked", "gone"):
        state = "blocked" if verdict.ending == "blocked" else "gone"
        async with ask.desk.database.write() as conn:
            await chats.set_state(
                conn,
                ask.place.id,
                "blocked" if state == "blocked" else "gone",
                micros(ask.desk.clock.now()),
            )
        return
    if isinstance(verdict, GiveUp) and verdict.ending == "strike" and not ask.is_private:
        # There is no other way to tell than in private.
        await muted(ask.desk, ask.place)
    if error.code == 429:
        await slowed(ask.desk, ask.place)
    log.warning(
        "An answer was refused.",
        action="answer refused",
        chat=ask.chat.id,
        code=error.code,
        description=error.description,
    )
    if ask.press is not None:
        # Its spinner would go on turning.
        await _apologise(ask, "unknown.slow" if error.code == 429 else "unknown.failed")


async def _apologise(ask: Ask, key: str = "unknown.failed") -> None:
    try:
        if ask.press is not None:
            await ask.toast(ask.words(key), alert=True)
        else:
            await ask.say(key)
    except CallFailed:
        log.warning("The asker could not be told.", action="apology failed", chat=ask.chat.id)
