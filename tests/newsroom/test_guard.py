"""When the wall clock is believed."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

from bot.clock import ManualClock, SystemClock
from bot.delivery.witness import Witness
from bot.newsroom.guard import ClockGuard, Look
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


# --- Telegram's clock beside it -----------------------------------------------------------------


class Beside:
    """A guarded clock, and Telegram's, which is `ahead` of it by so many seconds."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.clock = ManualClock(MONDAY)
        self.witness = Witness()
        self.guard = ClockGuard(self.clock, self.clock.monotonic, self.witness)
        self.ahead = ahead

    def answers(self, times: int = 1) -> None:
        now = self.clock.now()
        for _ in range(times):
            date = format_datetime(now + timedelta(seconds=self.ahead), usegmt=True)
            self.witness.hear(date, now, now)

    def set(self, by: float) -> None:
        """Somebody sets our clock; Telegram's stays."""
        self.clock.jump(by)
        self.ahead -= by

    async def looks(self, times: int, answers: int = 1) -> list[Look]:
        """Each 15 seconds after the last, and after so many answers."""
        seen: list[Look] = []
        for _ in range(times):
            await self.clock.advance(15)
            self.answers(answers)
            seen.append(self.guard.look())
        return seen


async def test_a_clock_that_is_wrong_from_the_start_is_told_once_and_until_it_is_mended() -> None:
    both = Beside(-86_400)
    both.answers(2)
    assert (both.guard.look(), both.guard.is_right()) == ("doubtful", False)
    assert await both.looks(3) == ["wrong", "doubtful", "doubtful"]
    assert both.guard.is_denied
    assert not both.guard.is_right()
    assert both.guard.theirs == both.clock.now() - timedelta(days=1)
    both.set(-86_400)
    assert await both.looks(5) == ["doubtful", "doubtful", "doubtful", "mended", "steady"]
    assert both.guard.is_right()
    assert not both.guard.is_denied


async def test_a_clock_that_telegrams_reaches_by_itself_is_mended_at_once() -> None:
    both = Beside(-86_400)
    assert await both.looks(1, answers=3) == ["wrong"]
    both.ahead = 0
    assert await both.looks(2) == ["mended", "steady"]


async def test_one_answer_that_disagrees_stops_nothing() -> None:
    both = Beside()
    assert await both.looks(1) == ["steady"]
    both.ahead = 86_400
    assert await both.looks(2) == ["steady", "steady"]
    both.ahead = 0
    assert await both.looks(1) == ["steady"]


async def test_after_a_jump_to_a_wrong_time_no_number_of_looks_makes_it_believed() -> None:
    both = Beside()
    await both.looks(1)
    both.set(86_400)
    assert await both.looks(6, answers=0) == ["jumped", *["doubtful"] * 5]
    assert await both.looks(4) == ["doubtful", "doubtful", "wrong", "doubtful"]


async def test_after_a_jump_to_the_right_time_it_is_believed_by_looks_and_a_new_word() -> None:
    both = Beside()
    await both.looks(1)
    both.set(200)
    assert await both.looks(5) == ["jumped", "doubtful", "doubtful", "settled", "steady"]


async def test_without_a_word_of_the_witness_the_looks_alone_decide() -> None:
    both = Beside(86_400)
    assert await both.looks(1, answers=0) == ["steady"]
    both.set(600)
    looks = await both.looks(5, answers=0)
    assert looks == ["jumped", "doubtful", "doubtful", "settled", "steady"]


def test_the_machine_counts_its_own_seconds() -> None:
    guard = ClockGuard(SystemClock())
    assert [guard.look(), guard.look()] == ["steady", "steady"]
