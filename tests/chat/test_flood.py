"""How much one person may ask: more than any human does, and never more than is said."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from bot.chat.flood import BURST, QUIET, RATE, WAITING, Flood

ADA, BEN, CLUB = 1001, 1004, -100


def test_a_hasty_human_never_meets_the_limit() -> None:
    flood = Flood()
    # Three presses a second for ten seconds, then one each second for an hour.
    times = [number / 3 for number in range(30)] + [10.0 + number for number in range(3600)]
    assert {flood.judge(ADA, ADA, 0, at) for at in times} == {"take"}
    assert flood.dropped == 0


def test_a_flood_gets_one_request_to_slow_down_a_minute() -> None:
    flood = Flood()
    verdicts = [flood.judge(ADA, ADA, 0, number / 100) for number in range(18_000)]
    assert verdicts[:BURST] == ["take"] * BURST
    assert verdicts.count("warn") == 3
    assert verdicts.count("take") <= BURST + 180 * RATE + 1
    assert flood.dropped == verdicts.count("drop")


def test_in_a_group_each_has_their_own_measure() -> None:
    flood = Flood()
    for _ in range(1000):
        flood.judge(CLUB, BEN, 0, 0.0)
    assert flood.judge(CLUB, ADA, 0, 0.0) == "take"


def test_what_waits_in_one_chat_is_bounded() -> None:
    flood = Flood()
    assert flood.judge(ADA, ADA, WAITING - 1, 0.0) == "take"
    assert flood.judge(ADA, ADA, WAITING, 0.0) == "warn"
    assert flood.judge(ADA, ADA, WAITING, 1.0) == "drop"
    assert flood.judge(ADA, ADA, 0, 2.0) == "take"


def test_those_who_are_gone_are_forgotten() -> None:
    flood = Flood()
    for person in range(100_000):
        flood.judge(person, person, 0, person / 1000)
    assert len(flood) < 10_000


@given(gaps=some.lists(some.floats(0, 5), min_size=1, max_size=200))
def test_no_stretch_of_time_holds_more_than_the_measure(gaps: list[float]) -> None:
    flood, now, taken, warned = Flood(), 0.0, [], []
    for gap in gaps:
        now += gap
        verdict = flood.judge(ADA, ADA, 0, now)
        if verdict == "take":
            taken.append(now)
        elif verdict == "warn":
            warned.append(now)
    for first, start in enumerate(taken):
        for count, end in enumerate(taken[first:], start=1):
            assert count <= BURST + (end - start) * RATE + 1e-6
    assert all(late - early >= QUIET for early, late in pairwise(warned))
