"""What cannot be sent in time is told before, not after."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.newsroom.forecast import Forecaster, Surge, shortfalls
from bot.newsroom.office import Office
from tests.newsroom.desk import Desk

NOW = datetime(2025, 11, 24, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def surge(hours: float, count: int, limit: float = 3) -> Surge:
    return Surge(NOW + hours * HOUR, count, limit * HOUR)


def test_what_fits_is_no_matter() -> None:
    assert shortfalls([surge(1, 90_000, 3), surge(5, 90_000, 1)], 0, 25, NOW) == []


def test_what_is_left_at_its_limit_is_too_late() -> None:
    [short] = shortfalls([surge(1, 300_000)], 0, 25, NOW)
    assert short.missed == 30_000
    assert short.until == NOW + HOUR + timedelta(seconds=12_000)


def test_an_hour_behind_another_waits_for_it() -> None:
    first, second = surge(1, 270_000), surge(2, 180_000)
    [short] = shortfalls([second, first], 0, 25, NOW)
    # The first takes until four; until five there is time for 90,000.
    assert (short.surge, short.missed) == (second, 90_000)


def test_what_waits_already_goes_first() -> None:
    assert shortfalls([surge(1, 90_000, 1)], 90_000, 25, NOW) == []
    [short] = shortfalls([surge(1, 90_000, 1)], 180_000, 25, NOW)
    assert short.missed == 90_000


rows = st.lists(
    st.tuples(st.integers(0, 24), st.integers(1, 200_000), st.integers(1, 24)), max_size=8
)


@given(rows)
def test_a_forecast_agrees_with_a_queue_that_is_served_step_by_step(
    hours: list[tuple[int, int, int]],
) -> None:
    steps = 900
    order = [
        replace(surge(at, count - count % steps + steps, limit), mark=mark)
        for mark, (at, count, limit) in enumerate(sorted(hours))
    ]
    told = {one.surge: one.missed for one in shortfalls(order, 0, 25, NOW)}
    left, missed = [one.count for one in order], [0] * len(order)
    now = NOW
    while any(left):
        for place, one in enumerate(order):
            if now >= one.at + one.limit:
                missed[place] += left[place]
                left[place] = 0
        ready = [place for place, one in enumerate(order) if left[place] and one.at <= now]
        if ready:
            left[ready[0]] -= steps
        now += timedelta(seconds=steps / 25)
    for place, one in enumerate(order):
        assert abs(missed[place] - told.get(one, 0)) <= steps * (len(order) + 1)


async def test_the_admins_hear_of_it_once_and_while_it_can_be_helped(
    desk: Desk, office: Office
) -> None:
    await desk.crowd(300)
    assert await Forecaster(office, desk.tell).look() == 0
    slow = Forecaster(replace(office, rate=0.02), desk.tell)
    assert await slow.look() == 1
    [told] = desk.told
    assert "daily, Monday 24 November, 08:00 (Asia/Almaty): 84 of 300 would be too late" in told
    assert "BRIEFING_PAID_BROADCAST" in told
    assert await slow.look() == 0
    assert len(desk.told) == 1
