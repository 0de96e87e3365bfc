"""What the Date of Telegram's answers says of our clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from bot.clock import ManualClock
from bot.delivery.transport import HttpCarrier
from bot.delivery.witness import Says, Witness
from tests.delivery.servers import TOKEN, answering, serving

NOW = datetime(2025, 11, 24, 5, tzinfo=UTC)
DAY = 86_400


def after(*apart: float) -> Witness:
    """A witness after answers of a clock that was so many seconds ahead of ours."""
    witness = Witness()
    for seconds in apart:
        date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
        witness.hear(date, NOW - timedelta(seconds=30), NOW)
    return witness


@pytest.mark.parametrize(
    ("apart", "says"),
    [
        ((), "nothing"),
        ((0,), "agrees"),
        ((300,), "agrees"),
        ((-300,), "agrees"),
        ((301,), "unsure"),
        ((-DAY, -DAY), "unsure"),
        ((301, 301, 301), "disagrees"),
        ((-DAY, -DAY, -DAY), "disagrees"),
        ((3652 * DAY, -DAY, DAY), "disagrees"),
        ((0, DAY), "agrees"),
        ((0, DAY, DAY), "agrees"),
        ((0, DAY, DAY, DAY), "disagrees"),
        ((DAY, DAY, 0, DAY, DAY), "agrees"),
        ((DAY, DAY, DAY, 0), "agrees"),
        ((DAY, DAY, DAY, 0, DAY), "agrees"),
    ],
)
def test_one_answer_may_be_mistaken_and_three_in_a_row_are_believed(
    apart: tuple[float, ...], says: Says
) -> None:
    assert after(*apart).says == says


@pytest.mark.parametrize(
    "date",
    [
        None,
        "",
        "soon",
        "Mon, 24 Nov 2025",
        "Mon, 99 Nov 2025 05:00:00 GMT",
        "Mon, 24 Nov 99999 05:00:00 GMT",
        "Mon, 24 Nov 2025 05:00:00 +9999999999",
        "Fri, 31 Dec 9999 23:59:59 -2300",
        "1763960400",
        "\udcff" * 3,
    ],
)
def test_a_header_that_is_no_date_is_no_word(date: str | None) -> None:
    witness = Witness()
    for _ in range(3):
        witness.hear(date, NOW, NOW)
    assert witness.says == "nothing"
    told = after(-DAY, -DAY)
    told.hear(date, NOW, NOW)
    assert (told.says, told.apart) == ("unsure", timedelta(days=-1))


@pytest.mark.parametrize(
    "date",
    [
        "Sun, 23 Nov 2025 05:00:00 GMT",
        "Sun, 23 Nov 2025 05:00:00 -0000",
        "Sun, 23 Nov 2025 10:00:00 +0500",
        "Sunday, 23-Nov-25 05:00:00 GMT",
    ],
)
def test_a_date_is_read_in_its_own_zone(date: str) -> None:
    witness = Witness()
    witness.hear(date, NOW, NOW)
    assert witness.apart == timedelta(days=-1)


@pytest.mark.parametrize("took", [-1, 121, 8 * 3600])
def test_an_answer_that_was_frozen_on_its_way_is_no_word(took: float) -> None:
    witness = Witness()
    date = format_datetime(NOW, usegmt=True)
    for _ in range(3):
        witness.hear(date, NOW, NOW + timedelta(seconds=took))
    assert witness.says == "nothing"


def test_after_our_clock_has_moved_a_new_word_is_waited_for() -> None:
    witness = after(0)
    witness.forget()
    assert witness.says == "unsure"
    silent = after()
    silent.forget()
    assert silent.says == "nothing"


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ("Content-Type: application/json\r\nDate: Sun, 23 Nov 2025 05:00:00 GMT\r\n", "disagrees"),
        ("Content-Type: application/json\r\nDate: Mon, 24 Nov 2025 05:00:01 GMT\r\n", "agrees"),
        ("Content-Type: application/json\r\nDate: tomorrow\r\n", "nothing"),
        ("Content-Type: application/json\r\n", "nothing"),
        ("Content-Type: text/html\r\nDate: Sun, 23 Nov 2025 05:00:00 GMT\r\n", "nothing"),
    ],
)
async def test_the_carrier_hands_over_the_date_of_telegrams_own_answers(
    headers: str, says: Says
) -> None:
    witness = Witness()
    async with serving(answering(b'{"ok":true,"result":1}', headers=headers)) as address:
        carrier = HttpCarrier(address, TOKEN, clock=ManualClock(NOW), witness=witness)
        for _ in range(3):
            assert (await carrier.post("getMe", {}, None, 5.0))[0] == 200
        await carrier.close()
    assert witness.says == says
