"""The time rule, against known oddities of the zones and a clock that is read minute by minute.

`read_clock` shares nothing with the code under test: it reads a zone's wall clock at each
minute of UTC and notes when the asked time shows on it, as a person with a notebook would.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.newsroom.due import (
    EVERY_DAY,
    WORKING_DAYS,
    Hour,
    Skip,
    Slot,
    due,
    find_zone,
    next_slot,
    quiet_end,
    read_days,
    read_minute,
    read_span,
    renew_slot,
    resolve,
    write_days,
)

SOAK = settings.get_current_profile_name() == "soak"
often = settings(
    max_examples=6000 if SOAK else 150, deadline=None, derandomize=not SOAK, database=None
)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FIRST, LAST = datetime(1990, 1, 4, tzinfo=UTC), datetime(2037, 12, 10, tzinfo=UTC)
ZONES = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()

# --- the notebook -----------------------------------------------------------------------------


def read_clock(zone: ZoneInfo, minute: int, begin: datetime, end: datetime) -> dict[date, datetime]:
    """For each local date between two moments, when its clocks first show `minute`.

    Where they leap over it: as long after the leap as it lies behind the leap's edge. A date
    that the clocks never show is absent. Walls are counted in minutes of local time.
    """
    shown: dict[int, datetime] = {}
    leapt: dict[int, datetime] = {}
    dates: set[int] = set()
    now, before = begin, 0
    while now < end:
        now += MINUTE
        local = now.astimezone(zone)
        today = local.toordinal()
        dates.add(today)
        wall = today * 1440 + local.hour * 60 + local.minute
        if wall % 1440 == minute:
            shown.setdefault(today, now)
        if before and wall - before > 1:
            for day in range(today - 2, today + 1):
                if before < day * 1440 + minute < wall:
                    leapt[day] = now + (day * 1440 + minute - before - 1) * MINUTE
        before = wall
    found = leapt | shown
    return {date.fromordinal(day): found[day] for day in sorted(dates) if day in found}


@cache
def find_changes(name: str) -> tuple[datetime, ...]:
    """The minutes at which a zone's clocks are changed, 1990 to 2037."""
    zone, step = ZoneInfo(name), timedelta(hours=12)
    changes, now, offset = [], FIRST, FIRST.astimezone(zone).utcoffset()
    while now < LAST:
        low, high = now, now + step
        now, before, offset = high, offset, high.astimezone(zone).utcoffset()
        if offset == before:
            continue
        while high - low > MINUTE:
            middle = low + (high - low) // MINUTE // 2 * MINUTE
            same = middle.astimezone(zone).utcoffset() == before
            low, high = (middle, high) if same else (low, middle)
        changes.append(high)
    return tuple(changes)


@st.composite
def moments(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    """A zone and a minute; three times of four within three days of a change of its clocks."""
    name = draw(st.sampled_from(ZONES))
    changes = find_changes(name)
    close = draw(st.integers(0, 3))
    if changes and close:
        near: datetime = draw(st.sampled_from(changes))
        minutes = draw(st.integers(-4320, 4320))
        return ZoneInfo(name), near + minutes * MINUTE
    minutes = draw(st.integers(0, int((LAST - FIRST) / MINUTE)))
    return ZoneInfo(name), FIRST + minutes * MINUTE


@st.composite
def hours(draw: st.DrawFn) -> tuple[Hour, datetime]:
    """An hour and a minute near which it is looked at; often a minute that a change touches."""
    zone, now = draw(moments())
    minute = draw(st.integers(0, 1439))
    touched = [at for at in find_changes(zone.key) if abs(at - now) < 4 * DAY]
    aim = draw(st.booleans())
    if touched and aim:
        wall = (touched[0] - MINUTE).astimezone(zone)
        offset = draw(st.integers(-90, 90))
        minute = (wall.hour * 60 + wall.minute + offset) % 1440
    days = draw(st.just(EVERY_DAY) | st.integers(1, EVERY_DAY))
    return Hour(minute, days, zone), now


def is_wanted(hour: Hour, day: date) -> bool:
    """Whether an hour is kept on that date; the weekday is taken from its English name."""
    week = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    bits = f"{hour.days:07b}"[::-1]
    return bits[week.index(day.strftime("%A"))] == "1"


# --- properties over all zones ----------------------------------------------------------------


@often
@given(hours())
def test_a_wall_time_is_the_instant_at_which_a_patient_watcher_sees_it(
    case: tuple[Hour, datetime],
) -> None:
    hour, now = case
    seen = read_clock(hour.zone, hour.minute, now - 2 * DAY, now + 2 * DAY)
    for day in list(seen)[1:-1]:
        assert resolve(day, hour.minute, hour.zone) == seen[day]


@often
@given(hours(), st.none() | st.integers(-2, 2))
def test_the_next_slot_is_in_the_future_and_none_comes_before_it(
    case: tuple[Hour, datetime], served: int | None
) -> None:
    hour, now = case
    done = None if served is None else now.astimezone(hour.zone).date() + served * DAY
    slot = next_slot(hour, now, done)
    seen = read_clock(hour.zone, hour.minute, now - 2 * DAY, slot.at + DAY)
    candidates = [
        (at, day)
        for day, at in seen.items()
        if at > now and is_wanted(hour, day) and (done is None or day > done)
    ]
    assert (slot.at, slot.day) == min(candidates)
    assert slot.at.tzinfo is UTC


@often
@given(hours())
def test_every_date_that_exists_comes_once_and_in_order(case: tuple[Hour, datetime]) -> None:
    hour, now = case
    begin, end = now - 3 * DAY, now + 3 * DAY
    seen = read_clock(hour.zone, hour.minute, begin - DAY, end + DAY)
    expected = [day for day, at in seen.items() if begin < at <= end and is_wanted(hour, day)]
    chain = []
    slot = next_slot(hour, begin)
    while slot.at <= end:
        chain.append(slot)
        slot = next_slot(hour, slot.at, slot.day)
    assert [slot.day for slot in chain] == expected
    assert all(one.at < other.at for one, other in pairwise(chain))


ticks = st.lists(st.integers(1, 5 * 1440), min_size=1, max_size=12)
graces = st.sampled_from([timedelta(minutes=30), timedelta(hours=3), DAY, 3 * DAY])


@often
@given(hours(), ticks, graces)
def test_whenever_the_bot_wakes_each_date_is_sent_at_most_once_and_within_its_limit(
    case: tuple[Hour, datetime], waits: list[int], grace: timedelta
) -> None:
    hour, now = case
    slot = next_slot(hour, now)
    sent: list[Slot] = []
    skipped: list[Skip] = []
    every: list[Slot] = []
    follower = slot
    for wait in waits:
        now += wait * MINUTE
        answer = due(slot, hour, now, grace)
        if answer.slot:
            assert timedelta() <= now - answer.slot.at <= grace
            sent.append(answer.slot)
        skipped.extend(answer.skipped)
        for skip in answer.skipped:
            assert skip.reason == ("late" if now - skip.slot.at > grace else "coalesced")
        assert answer.following.at > now
        slot = answer.following
        while follower.at <= now:
            every.append(follower)
            follower = next_slot(hour, follower.at, follower.day)
    # Nothing is lost from the books: each date that has passed is sent or skipped, once.
    accounted = Counter(slot.day for slot in sent) + Counter(skip.slot.day for skip in skipped)
    assert accounted == Counter(slot.day for slot in every)
    assert max(accounted.values(), default=1) == 1


edits = st.lists(
    st.tuples(
        st.integers(0, 2880), st.integers(0, 1439), st.sampled_from(ZONES), st.integers(1, 127)
    ),
    min_size=1,
    max_size=10,
)


@often
@given(hours(), edits)
def test_no_change_of_hour_day_or_zone_gives_a_second_brief_for_a_date(
    case: tuple[Hour, datetime], changes: list[tuple[int, int, str, int]]
) -> None:
    hour, now = case
    done: date | None = None
    slot = next_slot(hour, now)
    sent: list[date] = []
    for wait, minute, name, days in changes:
        for step in (wait * MINUTE, timedelta()):
            now += step
            answer = due(slot, hour, now, DAY)
            if answer.slot:
                sent.append(answer.slot.day)
                done = answer.slot.day
            slot = answer.following
        hour = Hour(minute, days, ZoneInfo(name))
        slot = next_slot(hour, now, done)
        assert slot.at > now
    assert sent == sorted(set(sent))


@often
@given(hours(), st.integers(0, 1439), st.integers(0, 1439))
def test_quiet_hours_end_at_their_end_by_the_wall_clock(
    case: tuple[Hour, datetime], start: int, end: int
) -> None:
    hour, at = case
    until = quiet_end(at, start, end, hour.zone)
    assert until >= at
    assert quiet_end(until, start, end, hour.zone) == until
    if until > at:
        ends = read_clock(hour.zone, end, until - MINUTE * 90, until + MINUTE * 90)
        assert until in ends.values()
    if all(abs(change - at) > 3 * DAY for change in find_changes(hour.zone.key)):
        wall = at.astimezone(hour.zone)
        shown = wall.hour * 60 + wall.minute
        inside = start <= shown < end if start < end else shown >= start or shown < end
        assert (until > at) == (inside and start != end)


# --- known oddities ---------------------------------------------------------------------------

KNOWN = [
    # a leap: the time is read with the offset before it, so it comes later by the leap
    ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:30"),
    ("Australia/Lord_Howe", "2025-10-05", "02:15", "2025-10-04T15:45"),
    ("America/Santiago", "2025-09-07", "00:30", "2025-09-07T04:30"),
    ("Asia/Beirut", "2025-03-30", "00:00", "2025-03-29T22:00"),
    ("Africa/Casablanca", "2026-03-22", "02:30", "2026-03-22T02:30"),
    ("America/Nuuk", "2025-03-29", "23:30", "2025-03-30T01:30"),
    # shown twice: the first
    ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30"),
    ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45"),
    ("America/Santiago", "2026-04-04", "23:30", "2026-04-05T02:30"),
    ("Asia/Beirut", "2025-10-25", "23:30", "2025-10-25T20:30"),
    ("Africa/Casablanca", "2026-02-15", "02:30", "2026-02-15T01:30"),
    # plain
    ("Asia/Almaty", "2025-11-25", "08:30", "2025-11-25T03:30"),
    ("Asia/Kathmandu", "2025-11-25", "08:30", "2025-11-25T02:45"),
]


@pytest.mark.parametrize(("zone", "day", "clock", "instant"), KNOWN)
def test_known_gaps_and_overlaps(zone: str, day: str, clock: str, instant: str) -> None:
    nominal, minute = date.fromisoformat(day), read_minute(clock)
    expected = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert resolve(nominal, minute, ZoneInfo(zone)) == expected
    daily = Hour(minute, EVERY_DAY, ZoneInfo(zone))
    assert next_slot(daily, expected - timedelta(seconds=1)) == Slot(nominal, expected)
    assert next_slot(daily, expected, nominal).day == nominal + DAY


@pytest.mark.parametrize(
    ("zone", "lost"),
    [
        ("Pacific/Apia", date(2011, 12, 30)),
        ("Pacific/Fakaofo", date(2011, 12, 30)),
        ("Pacific/Kiritimati", date(1994, 12, 31)),
        ("Pacific/Enderbury", date(1994, 12, 31)),
        ("Pacific/Kwajalein", date(1993, 8, 21)),
    ],
)
@pytest.mark.parametrize("minute", [0, 480, 1439])
def test_a_date_that_a_zone_never_had_is_passed_over(zone: str, lost: date, minute: int) -> None:
    daily = Hour(minute, EVERY_DAY, ZoneInfo(zone))
    slot = next_slot(daily, datetime.combine(lost - 3 * DAY, time(), UTC), lost - 2 * DAY)
    assert slot.day == lost - DAY
    after = next_slot(daily, slot.at, slot.day)
    assert after.day == lost + DAY
    assert after.at - slot.at == DAY
    weekly = Hour(minute, 1 << lost.weekday(), ZoneInfo(zone))
    assert next_slot(weekly, slot.at, slot.day).day == lost + 7 * DAY


def test_a_weekly_hour_on_a_lost_day_waits_for_the_week_after() -> None:
    fridays = Hour(480, 1 << 4, ZoneInfo("Pacific/Apia"))
    slot = next_slot(fridays, datetime(2011, 12, 20, tzinfo=UTC))
    assert slot.day == date(2011, 12, 23)
    assert next_slot(fridays, slot.at).day == date(2012, 1, 6)


def test_a_time_that_a_leap_moves_past_midnight_is_still_of_its_own_date() -> None:
    nuuk = Hour(23 * 60 + 30, EVERY_DAY, ZoneInfo("America/Nuuk"))
    slot = next_slot(nuuk, datetime(2025, 3, 29, 12, tzinfo=UTC))
    assert slot.day == date(2025, 3, 29)
    assert next_slot(nuuk, slot.at, slot.day).day == date(2025, 3, 30)


def test_a_slot_is_after_the_moment_and_never_the_moment_itself() -> None:
    almaty = Hour(510, EVERY_DAY, ZoneInfo("Asia/Almaty"))
    hour = datetime(2025, 11, 25, 3, 30, tzinfo=UTC)
    assert next_slot(almaty, hour).at == hour + DAY
    assert next_slot(almaty, hour - timedelta(microseconds=1)).at == hour


def test_weekdays_are_those_of_the_calendar() -> None:
    # 24 November 2025 was a Monday.
    asked = datetime(2025, 11, 22, 12, tzinfo=UTC)
    almaty = ZoneInfo("Asia/Almaty")
    for bit, day in enumerate(range(24, 31)):
        assert next_slot(Hour(540, 1 << bit, almaty), asked, date(2025, 11, 23)).day.day == day
    chain, slot = [], next_slot(Hour(480, WORKING_DAYS, almaty), asked)
    for _ in range(6):
        chain.append(slot.day.day)
        slot = next_slot(Hour(480, WORKING_DAYS, almaty), slot.at, slot.day)
    assert chain == [24, 25, 26, 27, 28, 1]


def test_the_hour_of_a_zone_is_kept_through_summer_time() -> None:
    london = Hour(480, EVERY_DAY, ZoneInfo("Europe/London"))
    slot = next_slot(london, datetime(2026, 3, 27, 12, tzinfo=UTC))
    instants = []
    for _ in range(3):
        instants.append(slot.at)
        slot = next_slot(london, slot.at, slot.day)
    assert [at.hour for at in instants] == [8, 7, 7]


def test_a_date_that_was_served_is_not_served_again_at_a_later_hour() -> None:
    almaty = ZoneInfo("Asia/Almaty")
    noon = datetime(2025, 11, 25, 7, tzinfo=UTC)
    evening = Hour(18 * 60, EVERY_DAY, almaty)
    assert next_slot(evening, noon).day == date(2025, 11, 25)
    assert next_slot(evening, noon, done=date(2025, 11, 25)).day == date(2025, 11, 26)


def test_a_reader_who_was_away_for_months_is_served_from_today_on() -> None:
    now = TUESDAY.at - timedelta(hours=1)
    assert next_slot(MORNING, now, done=date(2025, 3, 1)) == TUESDAY


def test_a_move_over_the_date_line_neither_repeats_nor_forgets_a_date() -> None:
    served = date(2025, 11, 25)
    now = datetime(2025, 11, 24, 19, tzinfo=UTC)  # 08:00 on the 25th in Auckland
    honolulu = Hour(480, EVERY_DAY, ZoneInfo("Pacific/Honolulu"))
    assert next_slot(honolulu, now, served).day == date(2025, 11, 26)


# --- late and missed --------------------------------------------------------------------------

MORNING = Hour(480, EVERY_DAY, ZoneInfo("Asia/Almaty"))
TUESDAY = Slot(date(2025, 11, 25), datetime(2025, 11, 25, 3, tzinfo=UTC))
THREE = timedelta(hours=3)


def test_nothing_is_due_before_its_hour() -> None:
    early = TUESDAY.at - timedelta(microseconds=1)
    assert due(TUESDAY, MORNING, early, THREE).slot is None
    assert due(TUESDAY, MORNING, early, THREE).following == TUESDAY
    assert due(TUESDAY, MORNING, TUESDAY.at, THREE).slot == TUESDAY


def test_the_limit_itself_is_still_in_time_and_a_moment_later_is_not() -> None:
    assert due(TUESDAY, MORNING, TUESDAY.at + THREE, THREE).slot == TUESDAY
    late = due(TUESDAY, MORNING, TUESDAY.at + THREE + timedelta(microseconds=1), THREE)
    assert late.slot is None
    assert late.skipped == (Skip(TUESDAY, "late"),)
    assert late.following.day == date(2025, 11, 26)


def test_after_days_away_only_the_latest_comes_and_the_rest_are_counted() -> None:
    back = TUESDAY.at + 3 * DAY + timedelta(hours=1)
    answer = due(TUESDAY, MORNING, back, THREE)
    assert answer.slot is not None
    assert answer.slot.day == date(2025, 11, 28)
    assert [skip.reason for skip in answer.skipped] == ["late"] * 3
    patient = due(TUESDAY, MORNING, back, 2 * DAY)
    assert [skip.reason for skip in patient.skipped] == ["late", "late", "coalesced"]


def test_at_the_very_moment_of_a_newer_slot_only_the_newer_one_is_sent() -> None:
    answer = due(TUESDAY, MORNING, TUESDAY.at + DAY, 2 * DAY)
    assert answer.slot == Slot(date(2025, 11, 26), TUESDAY.at + DAY)
    assert answer.skipped == (Skip(TUESDAY, "coalesced"),)
    # At the limit itself it was still in time: overtaken, not late.
    assert due(TUESDAY, MORNING, TUESDAY.at + DAY, DAY).skipped == answer.skipped
    assert answer.following.day == date(2025, 11, 27)


def test_a_clock_set_back_sends_nothing() -> None:
    following = due(TUESDAY, MORNING, TUESDAY.at, THREE).following
    again = due(following, MORNING, TUESDAY.at - timedelta(hours=2), THREE)
    assert again.slot is None
    assert again.following == following


def test_new_zone_rules_move_what_is_to_come_and_leave_what_is_due() -> None:
    now = TUESDAY.at - timedelta(hours=2)
    old = Slot(TUESDAY.day, TUESDAY.at - timedelta(hours=1))  # as if Almaty were still at +06:00
    assert renew_slot(old, MORNING, now) == TUESDAY
    assert renew_slot(old, MORNING, old.at) == old
    future = Slot(TUESDAY.day, TUESDAY.at + timedelta(hours=1))
    assert renew_slot(future, MORNING, TUESDAY.at + MINUTE) == TUESDAY


def test_new_zone_rules_that_drop_a_date_move_to_the_next() -> None:
    apia = Hour(480, EVERY_DAY, ZoneInfo("Pacific/Apia"))
    planned = Slot(date(2011, 12, 30), datetime(2011, 12, 30, 18, tzinfo=UTC))
    renewed = renew_slot(planned, apia, datetime(2011, 12, 29, 20, tzinfo=UTC))
    assert renewed == Slot(date(2011, 12, 31), datetime(2011, 12, 30, 18, tzinfo=UTC))


# --- quiet hours ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "at", "start", "end", "until"),
    [
        ("Asia/Almaty", "2025-11-25T18:00", "22:00", "07:00", "2025-11-26T02:00"),
        ("Asia/Almaty", "2025-11-25T01:00", "22:00", "07:00", "2025-11-25T02:00"),
        ("Asia/Almaty", "2025-11-25T02:00", "22:00", "07:00", "2025-11-25T02:00"),
        ("Asia/Almaty", "2025-11-25T17:00", "22:00", "07:00", "2025-11-26T02:00"),
        ("Asia/Almaty", "2025-11-25T16:59", "22:00", "07:00", "2025-11-25T16:59"),
        ("Asia/Almaty", "2025-11-25T08:30", "13:00", "14:00", "2025-11-25T09:00"),
        ("Asia/Almaty", "2025-11-25T18:00", "22:00", "22:00", "2025-11-25T18:00"),
        # the end falls into a leap, and into an hour that is shown twice
        ("Europe/Berlin", "2026-03-28T23:00", "22:00", "02:30", "2026-03-29T01:30"),
        ("Europe/Berlin", "2026-10-24T23:00", "22:00", "02:30", "2026-10-25T00:30"),
        # the night before a date that was never there
        ("Pacific/Apia", "2011-12-30T12:00", "22:00", "07:00", "2011-12-30T17:00"),
        # a leap pushes the end into the next quiet time
        ("Europe/Berlin", "2026-03-29T00:30", "03:15", "02:45", "2026-03-30T00:45"),
    ],
)
def test_quiet_hours_hold_until_their_end(
    zone: str, at: str, start: str, end: str, until: str
) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    expected = datetime.fromisoformat(until).replace(tzinfo=UTC)
    given_hours = read_minute(start), read_minute(end)
    assert quiet_end(moment, *given_hours, ZoneInfo(zone)) == expected


def test_no_quiet_hours_hold_nothing() -> None:
    assert quiet_end(TUESDAY.at, None, 420, MORNING.zone) == TUESDAY.at
    assert quiet_end(TUESDAY.at, 1320, None, MORNING.zone) == TUESDAY.at


NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# --- words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("mon-fri", 0b0011111),
        ("mon;thu", 0b0001001),
        ("sat-mon", 0b1100001),
        ("Mon, Wed", 0b0000101),
        ("sun", 0b1000000),
        ("mon-sun", 0b1111111),
    ],
)
def test_days_are_read_as_people_write_them(text: str, bits: int) -> None:
    assert read_days(text) == bits


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        *((1 << place, name) for place, name in enumerate(NAMES)),
        (0b0000011, "mon;tue"),
        (0b0000111, "mon-wed"),
        (0b0011111, "mon-fri"),
        (0b1110000, "fri-sun"),
        (0b0010101, "mon;wed;fri"),
        (0b0001011, "mon;tue;thu"),
        (0b1100001, "mon;sat;sun"),
        (0b1111111, "mon-sun"),
    ],
)
def test_days_are_written_as_people_write_them(bits: int, text: str) -> None:
    assert write_days(bits) == text


@often
@given(st.integers(1, EVERY_DAY))
def test_days_that_are_written_read_the_same(bits: int) -> None:
    assert read_days(write_days(bits)) == bits


@pytest.mark.parametrize("text", ["", "monday", "mon-", "-", "mon--fri", "mon;", "1-5"])
def test_days_that_are_none_are_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(ValueError, match="write mon-fri or mon;thu"):
        read_days(text)


@pytest.mark.parametrize(
    "text", ["", "8", "24:00", "08:60", "8:5", "-1:30", "008:30", "08:30:00", "8:x5", "x:30"]
)
def test_times_that_are_none_are_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(ValueError, match="write 08:30"):
        read_minute(text)


def test_times_and_spans_are_read() -> None:
    assert [read_minute(text) for text in ("08:30", "8:30", "00:00", "23:59")] == [
        510,
        510,
        0,
        1439,
    ]
    assert [read_span(text) for text in ("3h", "90m")] == [THREE, timedelta(minutes=90)]


@pytest.mark.parametrize("text", ["3 days", "3d", "xh", "h", "", "-3h", "1.5h"])
def test_spans_that_are_none_are_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(ValueError, match="write 3h or 90m"):
        read_span(text)


@pytest.mark.parametrize(("minute", "days"), [(-1, 1), (1440, 1), (0, 0), (0, 128)])
def test_an_hour_that_cannot_be_is_refused(minute: int, days: int) -> None:
    with pytest.raises(ValueError, match="not"):
        Hour(minute, days, ZoneInfo("UTC"))


@pytest.mark.parametrize("name", ["", "Mars/Base", "../etc/passwd", "Africa", "Asia/Almaty\0"])
def test_a_zone_that_is_none_is_not_found(name: str) -> None:
    assert find_zone(name) is None
    assert find_zone("Asia/Almaty") is not None
