"""The flight log: what a worker that was killed had on the wire, known at the next start."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bot.delivery import flight as flights
from bot.delivery.flight import Flight, Relic
from bot.delivery.worker import Settings
from tests.delivery.test_outages import most_copies
from tests.delivery.town import Town

FAST = Settings(rate=500.0, in_flight=512)


def left_by(folder: Path) -> list[Relic]:
    """What a next worker finds."""
    found = list(Flight(folder).relics())
    for relic in found:
        relic.close(done=False)
    return found


def test_what_was_begun_and_what_ended_is_read_back(tmp_path: Path) -> None:
    flight = Flight(tmp_path)
    flight.claim("t")
    flight.claimed("t", 5)
    for key in (1, 2, 3, 4):
        assert flight.begin("t", key, 0)
    flight.arrived("t", 1, 0, 77)
    flight.missed("t", 2, 0)
    flight.arrived("t", 4, 0, None)
    flight.drop()
    (relic,) = left_by(tmp_path)
    assert relic.tokens == {"t"}
    assert [relic.fate("t", key, 0) for key in (1, 2, 3, 4, 5)] == [
        ("arrived", 77),
        ("missed", None),
        ("open", None),
        ("arrived", None),
        ("waiting", None),
    ]
    assert relic.fate("t", 1, 1) == ("waiting", None)


def test_the_log_of_a_worker_that_lives_is_left_alone(tmp_path: Path) -> None:
    flight = Flight(tmp_path)
    flight.claim("t")
    assert left_by(tmp_path) == []
    flight.drop()
    assert len(left_by(tmp_path)) == 1


def test_one_reader_at_a_time_has_a_log(tmp_path: Path) -> None:
    flight = Flight(tmp_path)
    flight.claim("t")
    flight.drop()
    (held,) = Flight(tmp_path).relics()
    assert left_by(tmp_path) == []
    held.close(done=True)
    assert left_by(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_grows_is_written_anew_with_what_is_open(tmp_path: Path) -> None:
    flight = Flight(tmp_path, limit=2000)
    flight.claim("early")
    flight.claimed("early", 2)
    flight.begin("early", 1, 0)
    for number in range(200):
        token = f"token{number}"
        flight.claim(token)
        flight.claimed(token, 1)
        flight.begin(token, number, 0)
        flight.arrived(token, number, 0, number)
        flight.forget(token, number)
    (path,) = tmp_path.glob("*.log")
    assert path.stat().st_size < 2500
    assert left_by(tmp_path) == []
    flight.drop()
    (relic,) = left_by(tmp_path)
    assert relic.fate("early", 1, 0) == ("open", None)
    assert relic.fate("early", 2, 0) == ("waiting", None)
    assert "early" in relic.tokens
    assert "token0" not in relic.tokens


def test_claims_without_an_answer_do_not_pile_up(tmp_path: Path) -> None:
    flight = Flight(tmp_path, limit=2000)
    flight.claim("kept")
    flight.claimed("kept", 1)
    for number in range(1000):
        flight.claim(f"token{number}")
    (path,) = tmp_path.glob("*.log")
    flight.drop()
    (relic,) = left_by(tmp_path)
    assert {"kept", "token999"} <= relic.tokens
    assert len(relic.tokens) < 400
    assert path.stat().st_size < 5000


def test_a_good_end_leaves_no_log(tmp_path: Path) -> None:
    flight = Flight(tmp_path)
    flight.claim("t")
    flight.claimed("t", 1)
    flight.begin("t", 1, 0)
    flight.arrived("t", 1, 0, 5)
    flight.forget("t", 1)
    flight.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    ["flight 1 {boot}\nc t\nb t 1", "flight 1 {boot}\nc t\nb t 1 0\ne t 1 0 4", "flight 1 {boot}"],
)
def test_a_line_without_its_end_was_never_written(tmp_path: Path, text: str) -> None:
    (tmp_path / "1.log").write_text(text.format(boot=flights.boot_id()), "ascii")
    (relic,) = left_by(tmp_path)
    assert relic.is_ours
    assert relic.fate("t", 1, 0) == (("open" if "\ne" in text else "waiting"), None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "flight 1 another-boot\nc t\nb t 1 0\n",
        "flight 2 {boot}\nc t\n",
        "flight 1 {boot}\nc t\nwhat is this\n",
        "flight 1 {boot}\nc t\nb t one 0\n",
        "\u00ff\u00fe\n",
    ],
)
def test_the_log_of_another_boot_or_make_is_not_believed(tmp_path: Path, text: str) -> None:
    (tmp_path / "1.log").write_text(text.format(boot=flights.boot_id()), "utf-8")
    (relic,) = left_by(tmp_path)
    assert not relic.is_ours


def test_where_the_machine_tells_no_boot_no_log_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flights, "BOOT", tmp_path / "nothing")
    flight = Flight(tmp_path)
    flight.claim("t")
    flight.drop()
    (relic,) = left_by(tmp_path)
    assert not relic.is_ours


def test_a_folder_that_takes_nothing_lets_nothing_begin(tmp_path: Path) -> None:
    (tmp_path / "flight").write_text("in the way", "ascii")
    flight = Flight(tmp_path / "flight")
    flight.claim("t")
    assert not flight.begin("t", 1, 0)
    (tmp_path / "flight").unlink()
    assert flight.begin("t", 1, 0)
    flight.drop()
    (relic,) = left_by(tmp_path / "flight")
    assert relic.fate("t", 1, 0) == ("open", None)
    assert relic.tokens == {"t"}


# --- and what it is good for ---------------------------------------------------------------


async def test_a_log_that_cannot_be_written_stops_sending_and_loses_nothing(
    tmp_path: Path,
) -> None:
    async with Town.open(tmp_path, logged=True) as town:
        (tmp_path / "flight").write_text("in the way", "ascii")
        await town.owe(await town.bulletin("x"), *await town.readers(3))
        town.start()
        await town.passes(5.0)
        assert town.sent == []
        (tmp_path / "flight").unlink()
        await town.passes(5.0)
        assert await town.states() == {"sent": 3}
        assert most_copies(town) == 1


async def test_at_500_a_second_a_kill_leaves_only_the_wire_unknown(tmp_path: Path) -> None:
    """C2 in small: what was marked and not begun goes back, what was answered is sent."""
    draws = random.Random(4)
    async with Town.open(tmp_path, FAST, logged=True) as town:
        town.world.rates.off()
        town.line.latency = 0.02
        await town.owe(await town.bulletin("x"), *await town.readers(600))
        for _ in range(6):
            _, _, town.worker = town.hire()
            town.start()
            await town.passes(draws.uniform(0.02, 0.2))
            await town.kill()
        _, _, town.worker = town.hire()
        town.start()
        await town.passes(5.0)
        states = await town.states()
        assert set(states) == {"sent", "unknown"}
        assert states["unknown"] <= 6 * (500 * 0.02 + 2)
        assert most_copies(town) == 1
        assert sum(states.values()) == 600
        assert 600 - len({chat for _, chat, _ in town.sent}) <= states["unknown"]
        receipts = await town.rows("id", "receipts")
        assert len(receipts) == states["sent"]


async def test_an_answer_that_was_not_written_down_is_found_in_the_log(tmp_path: Path) -> None:
    """The database goes first, then the process: the message's number is known all the same."""
    async with Town.open(tmp_path, logged=True) as town:
        town.line.latency = 1.0
        await town.owe(await town.bulletin("one", "two"), *await town.readers(2))
        town.start()
        await town.passes(0.6)
        town.database.away = True
        await town.passes(2.0)
        await town.kill()
        town.database.away = False
        assert await town.states() == {"sending": 2}
        _, _, town.worker = town.hire()
        town.start()
        await town.passes(0.5)
        assert await town.rows("next_part, message_id > 0") == [(1, 1), (1, 1)]
        await town.passes(5.0)
        assert await town.states() == {"sent": 2}
        assert most_copies(town) == 1
        assert len(await town.rows("id", "receipts")) == 4


async def test_without_a_log_that_is_believed_what_was_marked_is_held(tmp_path: Path) -> None:
    async with Town.open(tmp_path, FAST, logged=True) as town:
        town.world.rates.off()
        town.line.latency = 0.1
        await town.owe(await town.bulletin("x"), *await town.readers(200))
        town.start()
        await town.passes(0.2)
        await town.kill()
        for path in (tmp_path / "flight").glob("*.log"):
            path.write_text("flight 1 another-boot\n", "ascii")
        marked = (await town.states())["sending"]
        _, _, town.worker = town.hire()
        town.start()
        await town.passes(5.0)
        assert await town.states() == {"sent": 200 - marked, "unknown": marked}
        assert most_copies(town) == 1
