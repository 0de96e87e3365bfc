"""What a verdict means for the delivery and its chat, as it will be written down. Pure."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace

from bot.delivery.verdict import GiveUp, Halt, Moved, RetryAt, Sent, Unknown, Verdict
from bot.store.chats import State
from bot.store.deliveries import Claimed, Outcome, spacing

MOVED = 1.0
"""Seconds after which a delivery to a group that moved is taken up again."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How one claimed part ended, and what it means for others.

    `drop` is the chat's new state; `strike` counts a refusal that may pass; `chat_until` and
    `all_until` (microseconds) hold the chat or the whole bot; `hold` keeps the bulletin back; `at`
    is when it was told.
    """

    row: Claimed
    outcome: Outcome
    drop: State | None = None
    strike: bool = False
    chat_until: int | None = None
    all_until: int | None = None
    hold: str = ""
    at: int = 0


def conclude(
    row: Claimed,
    verdict: Verdict,
    now: int,
    *,
    pause: float = 0.0,
    jitter: float = 0.0,
    note: str = "",
) -> Ending:
    """The ending of a part that was marked, at `now` (microseconds).

    `pause` is the breaker's, in seconds, for what found no way to Telegram; `jitter` lies between
    0 and 1; `note` says how a message that was sent differs from the bulletin.
    """
    plain = Outcome(row.id, row.token, row.part, "dead")
    match verdict:
        case Sent(message_id=number):
            return Ending(row, replace(_sent(row, number, now), error_class=note))
        case RetryAt(seconds=seconds, scope=scope, reason=reason):
            wait = pause if scope == "line" else seconds
            spread = jitter * (0.2 + wait / 10)
            ending = released(row, not_before=now + micros(wait + spread), reason=reason)
            until = now + micros(seconds)
            if scope in {"line", "call"}:
                return ending
            return replace(ending, chat_until=until, all_until=until if scope == "all" else None)
        case Unknown(reason=reason):
            return Ending(row, replace(plain, state="unknown", error_class="held", error=reason))
        case GiveUp(ending="blocked" | "gone" as state, reason=reason):
            return Ending(row, replace(plain, state="gone", error_class=reason), drop=state, at=now)
        case GiveUp(ending=kind, reason=reason):
            outcome = replace(plain, error_class=kind, error=reason)
            return Ending(row, outcome, strike=kind == "strike")
        case Moved():
            return released(row, not_before=now + micros(MOVED), reason="moved")
        case Halt():
            return released(row)
    return Ending(row, replace(plain, error_class="refused", error=verdict.reason))


def released(row: Claimed, *, not_before: int | None = None, reason: str = "") -> Ending:
    """The claim given back: certainly not sent, and no attempt counted."""
    outcome = Outcome(
        row.id,
        row.token,
        row.part,
        "pending",
        not_before=not_before,
        counted=False,
        error_class=reason[:40],
    )
    return Ending(row, outcome)


def params(row: Claimed, *, paid: bool = False) -> dict[str, object]:
    """The part as `sendMessage` takes it. The preface is plain text, escaped here.

    `paid` lets Telegram take Stars for what goes beyond 30 messages a second.
    """
    preface = html.escape(lead(row), quote=False)
    sending: dict[str, object] = {
        "chat_id": row.tg_id,
        "text": preface + row.html,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if row.thread_id:
        sending["message_thread_id"] = row.thread_id
    if row.keyboard is not None:
        sending["reply_markup"] = row.keyboard
    if paid:
        sending["allow_paid_broadcast"] = True
    return sending


def lead(row: Claimed) -> str:
    """The preface and the empty line after it, if there is one."""
    return f"{row.preface}\n\n" if row.preface else ""


def micros(seconds: float) -> int:
    return round(seconds * 1_000_000)


def _sent(row: Claimed, number: int | None, now: int) -> Outcome:
    """Sent; if parts follow, the next is owed after the chat's own spacing."""
    if row.part + 1 >= row.parts:
        return Outcome(row.id, row.token, row.part, "sent", number)
    after = now + spacing(row.kind)
    return Outcome(
        row.id, row.token, row.part, "sent", number, next_part=row.part + 1, not_before=after
    )
