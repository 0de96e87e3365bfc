"""What a verdict means for the row and the chat, as a table; and when the breaker opens."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from bot.clock import ManualClock
from bot.delivery.breaker import FIRST, LONGEST, Breaker
from bot.delivery.endings import Ending, conclude, params, released
from bot.delivery.verdict import (
    Anew,
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
from bot.store.deliveries import Claimed

NOW = 1_800_000_000_000_000
SECOND = 1_000_000

ROW = Claimed(
    id=1,
    token="t",
    occasion_id=2,
    chat_id=3,
    tg_id=7,
    kind="private",
    thread_id=0,
    language="en",
    slot_at=NOW,
    delay=0,
    bulletin_id=4,
    revision=5,
    part=0,
    parts=1,
    preface="",
    html="<b>x</b>",
    plain="x",
    keyboard=None,
    carries=(),
    attempts=0,
    expires_at=NOW + 3600 * SECOND,
)


def brief(ending: Ending) -> dict[str, object]:
    """What is not as it is by default, names of the outcome and of the ending together."""
    bare = released(ROW)
    told = {
        field.name: getattr(ending.outcome, field.name)
        for field in fields(ending.outcome)
        if field.name in {"state", "counted"}
        or getattr(ending.outcome, field.name) != getattr(bare.outcome, field.name)
    }
    for name in ("drop", "strike", "chat_until", "all_until", "hold"):
        if getattr(ending, name) != getattr(bare, name):
            told[name] = getattr(ending, name)
    return told


TABLE: list[tuple[Verdict, dict[str, object]]] = [
    (Sent(9), {"state": "sent", "counted": True, "message_id": 9}),
    (Sent(), {"state": "sent", "counted": True}),
    (
        RetryAt(0.0, "line", "not sent: ConnectionRefusedError"),
        {
            "state": "pending",
            "counted": False,
            "not_before": NOW + 2 * SECOND,
            "error_class": "not sent: ConnectionRefusedError",
        },
    ),
    (
        RetryAt(3.0, "call", "another process polls"),
        {
            "state": "pending",
            "counted": False,
            "not_before": NOW + 3 * SECOND,
            "error_class": "another process polls",
        },
    ),
    (
        RetryAt(35.0, "chat", "too many requests"),
        {
            "state": "pending",
            "counted": False,
            "not_before": NOW + 35 * SECOND,
            "error_class": "too many requests",
            "chat_until": NOW + 35 * SECOND,
        },
    ),
    (
        RetryAt(10.0, "all", "too many requests"),
        {
            "state": "pending",
            "counted": False,
            "not_before": NOW + 10 * SECOND,
            "error_class": "too many requests",
            "chat_until": NOW + 10 * SECOND,
            "all_until": NOW + 10 * SECOND,
        },
    ),
    (
        Unknown("no answer: TimeoutError"),
        {
            "state": "unknown",
            "counted": True,
            "error_class": "held",
            "error": "no answer: TimeoutError",
        },
    ),
    (
        GiveUp("blocked", "kicked"),
        {"state": "gone", "counted": True, "error_class": "kicked", "drop": "blocked"},
    ),
    (
        GiveUp("gone", "deactivated"),
        {"state": "gone", "counted": True, "error_class": "deactivated", "drop": "gone"},
    ),
    (
        GiveUp("strike", "rights lost"),
        {
            "state": "dead",
            "counted": True,
            "error_class": "strike",
            "error": "rights lost",
            "strike": True,
        },
    ),
    (
        GiveUp("dead", "refused: 403 new"),
        {"state": "dead", "counted": True, "error_class": "dead", "error": "refused: 403 new"},
    ),
    (
        Moved(-1005),
        {
            "state": "pending",
            "counted": False,
            "not_before": NOW + SECOND,
            "error_class": "moved",
        },
    ),
    (Halt("token refused"), {"state": "pending", "counted": False}),
    (
        Plain("too long"),
        {"state": "dead", "counted": True, "error_class": "refused", "error": "too long"},
    ),
    (
        Without("thread", "topic gone"),
        {"state": "dead", "counted": True, "error_class": "refused", "error": "topic gone"},
    ),
    (
        Anew("not to be edited"),
        {"state": "dead", "counted": True, "error_class": "refused", "error": "not to be edited"},
    ),
]


@pytest.mark.parametrize(("verdict", "told"), TABLE, ids=[repr(row[0]) for row in TABLE])
def test_each_verdict_has_its_ending(verdict: Verdict, told: dict[str, object]) -> None:
    assert brief(conclude(ROW, verdict, NOW, pause=2.0)) == told


def test_jitter_only_ever_lengthens_a_wait() -> None:
    verdict = RetryAt(10.0, "all", "too many requests")
    waits = [
        conclude(ROW, verdict, NOW, jitter=jitter).outcome.not_before for jitter in (0.0, 0.5, 1.0)
    ]
    assert waits == [NOW + 10 * SECOND, NOW + 10 * SECOND + 600_000, NOW + 11 * SECOND + 200_000]


@pytest.mark.parametrize(("kind", "gap"), [("private", 1_100_000), ("group", 3_100_000)])
def test_the_next_part_is_owed_after_the_chats_own_spacing(kind: str, gap: int) -> None:
    row = replace(ROW, kind="private" if kind == "private" else "group", part=1, parts=3)
    outcome = conclude(row, Sent(9), NOW).outcome
    assert (outcome.state, outcome.next_part, outcome.not_before) == ("sent", 2, NOW + gap)


def test_a_part_is_written_as_telegram_takes_it() -> None:
    assert params(ROW) == {
        "chat_id": 7,
        "text": "<b>x</b>",
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    row = replace(ROW, thread_id=3, keyboard=keyboard, preface="late & <sorry>")
    assert params(row) == {
        "chat_id": 7,
        "text": "late &amp; &lt;sorry&gt;\n\n<b>x</b>",
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "message_thread_id": 3,
        "reply_markup": keyboard,
    }


# --- the breaker ---------------------------------------------------------------------------


class Even(random.Random):
    """Draws that never spread."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 24, tzinfo=UTC))


@pytest.fixture
def breaker(clock: ManualClock) -> Breaker:
    return Breaker(clock, Even())


async def test_the_first_failure_opens_and_the_others_change_nothing(
    breaker: Breaker, clock: ManualClock
) -> None:
    breaker.fail("no answer")
    assert (breaker.state, breaker.wait()) == ("open", FIRST)
    for _ in range(50):
        breaker.fail("no answer")
    assert breaker.wait() == FIRST
    await clock.advance(FIRST)
    assert breaker.wait() == 0.0


def test_pauses_double_up_to_a_minute(breaker: Breaker) -> None:
    breaker.fail("x")
    pauses = []
    for _ in range(10):
        pauses.append(breaker.pause)
        breaker.probe_failed("x")
    assert pauses == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, LONGEST]


def test_a_probe_is_not_yet_proof(breaker: Breaker) -> None:
    breaker.fail("x")
    breaker.probe_answered()
    assert breaker.state == "trial"
    breaker.fail("x")
    assert (breaker.state, breaker.pause) == ("open", 0.5)


def test_a_message_that_gets_through_closes_it(breaker: Breaker) -> None:
    breaker.fail("x")
    breaker.succeed()
    assert breaker.state == "open"
    breaker.probe_answered()
    breaker.succeed()
    assert (breaker.state, breaker.pause, breaker.wait()) == ("closed", 0.0, 0.0)
