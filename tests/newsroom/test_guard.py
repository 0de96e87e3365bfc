"""When the wall clock is believed."""

from __future__ import annotations

from datetime import timedelta

from bot.clock import ManualClock, SystemClock
from bot.newsroom.guard import ClockGuard
from tests.newsroom.desk import MONDAY


def watched() -> tuple[ManualClock, ClockGuard]:
    clock = ManualClock(MONDAY)
    return clock, ClockGuard(clock, clock.monotonic)


async def test_a_clock_that_passes_like_the_machine_is_believed_however_long_it_slept() -> None:
    clock, guard = watched()
    assert guard.look() == "steady"
    await clock.advance(8 * 3600)
    assert guard.look() == "steady"


async def test_two_minutes_are_forgiven_and_more_is_a_jump() -> None:
    clock, guard = watched()
    guard.look()
    clock.jump(120)
    assert guard.look() == "steady"
    clock.jump(-120.5)
    assert guard.look() == "jumped"
    assert guard.jump == timedelta(seconds=-120.5)


async def test_three_looks_that_agree_make_it_believed_again() -> None:
    clock, guard = watched()
    guard.look()
    clock.jump(600)
    looks = [guard.look()]
    for _ in range(4):
        await clock.advance(15)
        looks.append(guard.look())
    assert looks == ["jumped", "doubtful", "doubtful", "settled", "steady"]


async def test_between_two_looks_a_jump_is_seen_too() -> None:
    clock, guard = watched()
    assert guard.is_right()
    guard.look()
    await clock.advance(3600)
    assert guard.is_right()
    clock.jump(86_400)
    assert not guard.is_right()
    clock.jump(-86_400)
    assert guard.is_right()
    guard.expect(timedelta(days=1))
    clock.jump(86_400)
    assert guard.is_right()
    clock.jump(600)
    guard.look()
    assert not guard.is_right()


async def test_another_jump_begins_the_count_anew() -> None:
    clock, guard = watched()
    guard.look()
    clock.jump(600)
    guard.look()
    await clock.advance(15)
    assert guard.look() == "doubtful"
    clock.jump(600)
    assert guard.look() == "jumped"
    await clock.advance(15)
    assert guard.look() == "doubtful"
    await clock.advance(15)
    assert guard.look() == "doubtful"
    assert not guard.is_steady


async def test_looks_in_quick_succession_count_as_one() -> None:
    clock, guard = watched()
    guard.look()
    clock.jump(600)
    guard.look()
    await clock.advance(15)
    assert [guard.look() for _ in range(5)] == ["doubtful"] * 5


async def test_a_jump_on_purpose_is_none_and_counts_once() -> None:
    clock, guard = watched()
    guard.look()
    guard.expect(timedelta(days=1))
    clock.jump(86400)
    assert guard.look() == "steady"
    clock.jump(86400)
    assert guard.look() == "jumped"


async def test_an_operator_may_trust_the_clock_at_once() -> None:
    clock, guard = watched()
    guard.look()
    clock.jump(600)
    guard.look()
    guard.trust()
    assert guard.look() == "steady"


def test_the_machine_counts_its_own_seconds() -> None:
    guard = ClockGuard(SystemClock())
    assert [guard.look(), guard.look()] == ["steady", "steady"]
