"""Pace, on a clock that is moved by hand: who waits for what, and for how long."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import ManualClock
from bot.delivery.pace import (
    GROUP_KEPT,
    GROUP_LIMIT,
    LATE,
    PRIVATE_BURST,
    PRIVATE_GAP,
    Pacer,
    Usual,
    lateness,
)

ADA, BEN, CLUB, DESK = 7, 8, -1001, -1002


class Steps:
    """A clock without an event loop: it only counts."""

    def __init__(self) -> None:
        self.at = 1000.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def monotonic(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


def pacer(rate: float = 25.0) -> tuple[Pacer, Steps]:
    clock = Steps()
    return Pacer(clock, rate), clock


def most_within(times: list[float], window: float) -> int:
    """The most of `times` that fall into any half-open window of so many seconds."""
    ordered = sorted(times)
    return max(
        (index + 1 - bisect_right(ordered, at - window) for index, at in enumerate(ordered)),
        default=0,
    )


# --- all chats together --------------------------------------------------------------------


def test_what_is_owed_leaves_evenly_and_never_in_a_burst() -> None:
    pace, clock = pacer(25.0)
    clock.at += 3600
    times = [clock.at + pace.owe(chat).wait for chat in range(1, 101)]
    gaps = [after - before for before, after in pairwise(times)]
    assert min(gaps) == pytest.approx(0.04)
    assert max(gaps) == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("rate", "late", "most"), [(25, LATE, 28), (25, 0.25, 32), (24, LATE, 27), (28, LATE, 31)]
)
def test_slots_used_late_and_those_after_them_make_this_many_in_a_second(
    rate: float, late: float, most: int
) -> None:
    """The worst there is: a halt as long as may be, and punctual from then on."""
    leaving = [max(late - 1e-9, number / rate) for number in range(100)]
    assert most_within(leaving, 1.0) == most == int((1 + late) * rate + 1e-9) + 1


@given(
    st.floats(0.0, 0.1),
    st.lists(
        st.tuples(st.sampled_from([0, 0, 0, 1, 5]), st.floats(0.0, 1.0), st.floats(0.0, 1.0)),
        min_size=2,
        max_size=120,
    ),
)
def test_no_second_is_too_full_however_late_workers_are_and_misread_the_clock(
    doubt: float, sends: list[tuple[int, float, float]]
) -> None:
    """Slots may be left out; each is used as late as may be, by a clock read as late as may be."""
    leaving, slot = [], 0.0
    for left_out, misread, late in sends:
        slot += (1 + left_out) / 25
        leaving.append(slot + misread * doubt + late * lateness(25.0, doubt))
    assert most_within(leaving, 1.0) <= (28 if doubt <= LATE / 2 else 29)


def test_a_slow_clock_shortens_the_time_and_never_to_nothing() -> None:
    assert [lateness(25.0, doubt) for doubt in (0.0, 0.03, 0.05, 9.0)] == pytest.approx(
        [0.1, 0.07, 0.05, 0.05]
    )
    assert lateness(50.0) == pytest.approx(0.08)
    assert lateness(1000.0) == 0.25


def test_the_usual_time_is_not_that_of_one_hiccup() -> None:
    usual = Usual()
    assert usual.seconds == 0.0
    for seconds in (0.01, 0.02, 0.03, 5.0):
        usual.note(seconds)
    assert usual.seconds == 0.03
    for _ in range(9):
        usual.note(0.4)
    assert usual.seconds == 0.4


def test_a_pause_is_not_saved_up() -> None:
    pace, clock = pacer(25.0)
    pace.owe(1)
    clock.at += 60
    assert [pace.owe(chat).wait for chat in (2, 3)] == pytest.approx([0.0, 0.04])


def test_a_slot_in_the_future_is_waited_for() -> None:
    pace, clock = pacer(25.0)
    assert pace.owe(1, slot=clock.at + 0.08).wait == pytest.approx(0.08)
    assert pace.owe(2).wait == pytest.approx(0.12)


def test_a_turn_too_far_off_is_not_taken() -> None:
    pace, _ = pacer(1.0)
    assert pace.owe(1).granted
    refused = pace.owe(2, within=0.5)
    assert not refused.granted
    assert refused.wait == pytest.approx(1.0)
    assert pace.owe(3, within=1.0).wait == pytest.approx(1.0)


@given(
    st.lists(
        st.tuples(
            st.floats(0.0, 0.4),
            st.booleans(),
        ),
        min_size=1,
        max_size=400,
    )
)
def test_no_second_holds_more_than_thirty(steps: list[tuple[float, bool]]) -> None:
    pace, clock = pacer(25.0)
    times: list[float] = []
    last_ask = -1.0
    for number, (pause, asks) in enumerate(steps):
        clock.at += pause / 10 if not asks else pause
        if asks and clock.at - last_ask >= 1 / 3:
            last_ask = clock.at
            times.append(clock.at + pace.ask(number + 1).wait)
        else:
            times.append(clock.at + pace.owe(number + 1).wait)
    assert most_within(times, 1.0) <= 30


def test_one_who_asks_does_not_wait_for_what_is_owed() -> None:
    pace, _ = pacer(25.0)
    for chat in range(1, 1001):
        pace.owe(chat)
    assert pace.ask(5000).wait == 0.0
    assert pace.ask(CLUB).wait == 0.0


def test_answers_are_taken_from_what_is_owed() -> None:
    pace, _ = pacer(25.0)
    for chat in range(1, 4):
        pace.ask(chat)
    assert pace.spent() == 3
    assert pace.spent() == 0
    assert pace.owe(50).wait == pytest.approx(0.12)


def test_a_flood_of_questions_leaves_twenty_two_a_second_to_what_is_owed() -> None:
    pace, clock = pacer(25.0)
    start = clock.at
    sent = 0
    chat = 0
    while clock.at < start + 10:
        for _ in range(10):
            chat += 1
            assert pace.ask(chat).wait == 0.0
        while pace.owe(100_000 + chat + sent, within=0.0).granted:
            sent += 1
        clock.at += 0.01
    assert sent >= 10 * 21.5


# --- one person ----------------------------------------------------------------------------


@given(st.lists(st.floats(0.0, 2.0), min_size=2, max_size=50))
def test_what_is_owed_to_one_person_is_spaced(pauses: list[float]) -> None:
    pace, clock = pacer(1000.0)
    times = []
    for pause in pauses:
        clock.at += pause
        times.append(clock.at + pace.owe(ADA).wait)
    assert all(after - before >= PRIVATE_GAP - 1e-6 for before, after in pairwise(times))


@given(st.lists(st.tuples(st.floats(0.0, 2.0), st.booleans()), min_size=2, max_size=60))
def test_a_person_gets_short_bursts_and_no_long_ones(steps: list[tuple[float, bool]]) -> None:
    pace, clock = pacer(1000.0)
    times = []
    for pause, asks in steps:
        clock.at += pause
        turn = pace.ask(ADA) if asks else pace.owe(ADA)
        times.append(clock.at + turn.wait)
    for seconds in (1.0, 5.0, 20.0):
        assert most_within(times, seconds) <= PRIVATE_BURST + seconds / PRIVATE_GAP + 1


def test_a_long_answer_has_its_first_parts_at_once() -> None:
    pace, _ = pacer()
    waits = [pace.ask(ADA).wait for _ in range(5)]
    assert waits == pytest.approx([0.0, 0.0, 0.0, PRIVATE_GAP, 2 * PRIVATE_GAP])


def test_one_person_does_not_wait_for_another() -> None:
    pace, _ = pacer()
    for _ in range(10):
        pace.ask(ADA)
    assert pace.ask(BEN).wait == 0.0


# --- one group -----------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.floats(0.0, 8.0), st.booleans()), min_size=2, max_size=120),
)
def test_a_group_gets_at_most_twenty_in_any_minute(steps: list[tuple[float, bool]]) -> None:
    pace, clock = pacer(1000.0)
    times = []
    for pause, asks in steps:
        clock.at += pause
        turn = pace.ask(CLUB) if asks else pace.owe(CLUB)
        times.append(clock.at + turn.wait)
    assert most_within(times, 60.0) <= GROUP_LIMIT


@given(st.lists(st.floats(0.0, 5.0), min_size=2, max_size=60))
def test_what_is_owed_to_a_group_is_spaced_and_leaves_room(pauses: list[float]) -> None:
    pace, clock = pacer(1000.0)
    times = []
    for pause in pauses:
        clock.at += pause
        times.append(clock.at + pace.owe(CLUB).wait)
    assert all(after - before >= 3.1 - 1e-6 for before, after in pairwise(times))
    assert most_within(times, 60.0) <= GROUP_LIMIT - GROUP_KEPT


def test_five_places_are_kept_for_those_who_ask_in_a_group() -> None:
    pace, clock = pacer(1000.0)
    for _ in range(GROUP_LIMIT - GROUP_KEPT):
        clock.at += pace.owe(CLUB).wait
    assert not pace.owe(CLUB, within=5.0).granted
    assert [pace.ask(CLUB).wait for _ in range(GROUP_KEPT)] == [0.0] * GROUP_KEPT
    assert pace.ask(CLUB, within=5.0).granted is False


def test_a_group_that_moved_has_sent_what_it_had_sent() -> None:
    pace, _ = pacer()
    for _ in range(GROUP_LIMIT):
        pace.ask(CLUB)
    pace.move(CLUB, DESK)
    assert not pace.ask(DESK, within=5.0).granted
    assert pace.ask(CLUB).wait == 0.0


def test_an_edit_waits_for_no_window() -> None:
    pace, _ = pacer()
    for _ in range(GROUP_LIMIT):
        pace.ask(CLUB)
    assert pace.edit(CLUB).wait == 0.0


# --- 429 -----------------------------------------------------------------------------------


def test_a_wait_of_one_chat_is_its_own() -> None:
    pace, clock = pacer()
    assert pace.hold(CLUB, 35.0) is False
    assert pace.ask(CLUB).wait == pytest.approx(35.0)
    assert pace.edit(CLUB).wait == pytest.approx(35.0)
    assert pace.ask(DESK).wait == 0.0
    clock.at += 36
    assert pace.edit(CLUB).wait == 0.0


def test_two_chats_told_to_wait_within_ten_seconds_mean_all() -> None:
    pace, clock = pacer()
    assert pace.hold(CLUB, 5.0) is False
    assert pace.hold(CLUB, 5.0) is False
    clock.at += 9
    assert pace.hold(DESK, 5.0) is True
    clock.at += 11
    assert pace.hold(CLUB, 5.0) is False


def test_a_wait_of_all_stops_every_door() -> None:
    pace, clock = pacer()
    pace.hold_all(3.0)
    waits = [pace.ask(ADA).wait, pace.edit(BEN).wait, pace.owe(CLUB).wait]
    assert waits == pytest.approx([3.0, 3.0, 3.0])
    clock.at += 2.5
    assert pace.held() == pytest.approx(0.5)
    pace.hold_all(0.1)
    assert pace.held() == pytest.approx(0.5)
    clock.at += 1
    assert pace.held() == 0.0


# --- memory --------------------------------------------------------------------------------


def test_a_hundred_thousand_chats_are_forgotten_again() -> None:
    pace, clock = pacer(1000.0)
    most = 0
    for number in range(100_000):
        clock.at += 0.001
        chat = number + 1 if number % 2 else -number - 1
        pace.owe(chat)
        if number % 10 == 0:
            pace.hold(chat, 5.0)
        most = max(most, len(pace))
    assert most < 80_000
    clock.at += 120
    for number in range(2 * most):
        clock.at += 1.2
        pace.ask(number % 5 + 1)
    assert len(pace) < 10


def test_no_pace_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="pace"):
        Pacer(ManualClock(datetime(2026, 11, 24, tzinfo=UTC)), 0.0)
