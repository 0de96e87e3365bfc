"""Crashes, freezes, stops, a lost database: nothing doubled, nothing lost in silence."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bot.delivery.endings import released
from bot.delivery.ledger import Ledger
from bot.delivery.transport import Refused
from bot.delivery.worker import Settings
from bot.sandbox import faults
from bot.store import chats, deliveries, occasions
from tests.delivery.town import Town


def most_copies(town: Town) -> int:
    """How often the luckiest reader got the same text."""
    return max(Counter((chat, text) for _, chat, text in town.sent).values(), default=0)


async def test_stopping_gives_back_what_is_claimed_and_ends_what_is_sent(town: Town) -> None:
    """C5."""
    town.line.latency = 1.0
    await town.owe(await town.bulletin("x"), *await town.readers(60))
    town.start()
    await town.passes(1.0)
    stopping = town.running[0]
    left: list[int] = []

    async def stop() -> None:
        left.append(await town.worker.stop(25.0))

    town.running.append(asyncio.create_task(stop()))
    await town.passes(5.0)
    assert stopping.done()
    assert left == [0]
    states = await town.states()
    assert set(states) == {"sent", "pending"}
    assert states["sent"] == len(town.sent)


async def test_a_crash_between_mark_and_answer_holds_what_was_on_the_wire(town: Town) -> None:
    """C1."""
    town.line.latency = 0.3
    await town.owe(await town.bulletin("x"), *await town.readers(40))
    town.start()
    await town.passes(0.7)
    await town.kill()
    _, _, town.worker = town.hire()
    town.start()
    await town.passes(20.0)
    states = await town.states()
    assert 0 < states["unknown"] <= 25 * 0.3 + 2
    assert states["sent"] + states["unknown"] == 40
    assert max(Counter(chat for _, chat, _ in town.sent).values()) == 1


async def test_a_frozen_worker_that_wakes_after_its_lease_sends_nothing(town: Town) -> None:
    """C6: the mark is the fence."""
    await town.owe(await town.bulletin("x"), *await town.readers(1))
    async with town.database.write() as conn:
        (row,) = await deliveries.claim(
            conn,
            now=town.now,
            token="t",
            limit=1,
            lease=60_000_000,
            interval=40_000,
            horizon=100_000,
        )
    ledger = Ledger(town.database, town.clock, bucket="", deadline=20_000_000)
    writing = asyncio.create_task(ledger.run())
    await town.passes(45.0)
    assert await ledger.mark(row) is False
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)


def test_a_lease_shorter_than_a_send_is_refused() -> None:
    with pytest.raises(ValueError, match="lease"):
        Settings(lease=6.0)


@pytest.mark.parametrize("seed", range(2))
async def test_twenty_crashes_double_nothing_and_lose_nothing_in_silence(
    town: Town, seed: int
) -> None:
    """C1 in small: killed at random moments of a broadcast at 25 a second."""
    draws = random.Random(seed)
    await town.owe(await town.bulletin("x"), *await town.readers(120))
    for _ in range(20):
        _, _, town.worker = town.hire()
        town.start()
        await town.passes(draws.uniform(0.01, 0.6))
        await town.kill()
    _, _, town.worker = town.hire()
    town.start()
    await town.passes(20.0)
    states = await town.states()
    assert set(states) <= {"sent", "unknown"}
    assert sum(states.values()) == 120
    assert states.get("unknown", 0) <= 20 * 4
    assert most_copies(town) == 1
    silent = 120 - len({chat for _, chat, _ in town.sent})
    assert silent <= states.get("unknown", 0)


@pytest.mark.parametrize("seed", range(2))
async def test_any_mix_of_faults_doubles_nothing_and_loses_nothing_in_silence(
    tmp_path: Path, seed: int
) -> None:
    async with Town.open(tmp_path, seed=seed) as town:
        for fault, chance in (
            (faults.too_many(2), 0.02),
            (faults.status(502), 0.02),
            (faults.reset(), 0.02),
            (faults.lose_answer(), 0.03),
            (faults.hang(), 0.01),
            (faults.refuse(), 0.05),
            (faults.broken_json(), 0.02),
            (faults.refusal(403, "Forbidden: bot was blocked by the user"), 0.02),
            (faults.refusal(400, "Bad Request: FRESH_WORDS"), 0.02),
        ):
            town.world.faults.add(fault, method="sendMessage", chance=chance)
        await town.owe(await town.bulletin("one", "two"), *await town.readers(40))
        town.start()
        await town.passes(300.0)
        states = await town.states()
        assert set(states) <= {"sent", "unknown", "gone", "dead"}
        assert sum(states.values()) == 40
        assert most_copies(town) == 1
        arrived = Counter(chat for _, chat, _ in town.sent)
        for chat_id, state in await town.rows("chat_id, state"):
            if state == "sent":
                async with town.database.read() as conn:
                    chat = await chats.get(conn, int(str(chat_id)))
                assert chat is not None
                assert arrived[chat.tg_id] == 2


# --- the database --------------------------------------------------------------------------


async def test_nothing_is_sent_while_the_database_is_away(town: Town) -> None:
    """D3, as seen from here."""
    await town.owe(await town.bulletin("x"), *await town.readers(30))
    town.start()
    await town.passes(0.5)
    town.database.away = True
    await town.passes(1.0)
    calls = len(town.called())
    await town.passes(120.0)
    assert len(town.called()) == calls
    assert town.worker.state == "away"
    town.database.away = False
    await town.passes(30.0)
    assert await town.states() == {"sent": 30}
    assert most_copies(town) == 1
    assert town.worker.state == "running"


async def test_a_mark_whose_commit_is_unknown_is_not_sent_upon(town: Town) -> None:
    """D2: what was marked and not sent goes back, and arrives once."""
    await town.owe(await town.bulletin("x"), *await town.readers(8))
    town.start()
    await town.passes(0.15)
    town.database.lose_commits = 6
    await town.passes(61.0)
    async with town.database.write() as conn:
        await deliveries.reap(conn, town.now)
    await town.passes(5.0)
    assert await town.states() == {"sent": 8}
    assert most_copies(town) == 1


async def test_an_answer_that_cannot_be_written_down_is_written_later(town: Town) -> None:
    town.line.latency = 2.0
    await town.owe(await town.bulletin("x"), *await town.readers(3))
    town.start()
    await town.passes(1.0)
    town.database.away = True
    await town.passes(45.0)
    assert len(town.sent) == 3
    town.database.away = False
    await town.passes(10.0)
    assert await town.states() == {"sent": 3}
    assert len(await town.rows("id", "receipts")) == 3


async def test_a_start_without_database_waits_for_it(town: Town) -> None:
    await town.owe(await town.bulletin("x"), *await town.readers(1))
    town.database.away = True
    town.start()
    await town.passes(30.0)
    town.database.away = False
    await town.passes(5.0)
    assert await town.states() == {"sent": 1}


# --- what is no longer wanted --------------------------------------------------------------


async def test_what_is_too_late_expires_and_is_not_sent(town: Town) -> None:
    script = town.world.faults.add(faults.refuse(), times=None)
    await town.owe(await town.bulletin("x"), *await town.readers(3), lasts=60_000_000)
    town.start()
    await town.passes(90.0)
    script.stop()
    await town.passes(120.0)
    assert await town.states() == {"expired": 3}
    assert town.sent == []


async def test_a_stopped_occasion_ends_within_a_second(town: Town) -> None:
    """O5."""
    bulletin = await town.bulletin("x")
    await town.owe(bulletin, *await town.readers(100))
    town.start()
    await town.passes(1.0)
    async with town.database.write() as conn:
        await occasions.stop(conn, bulletin.occasion_id)
    stopped = len(town.sent)
    await town.passes(10.0)
    assert len(town.sent) <= stopped + 10
    assert (await town.states())["cancelled"] == 100 - len(town.sent)


async def test_two_workers_on_one_database_share_and_double_nothing(town: Town) -> None:
    await town.owe(await town.bulletin("x"), *await town.readers(100))
    _, _, second = town.hire()
    town.start()
    town.start(second)
    await town.passes(15.0)
    assert await town.states() == {"sent": 100}
    assert most_copies(town) == 1
    times = [at for at, _, _ in town.sent]
    assert max(sum(at - 1 < other <= at for other in times) for at in times) <= 28
    assert second.counts["sent"] > 0
    assert town.worker.counts["sent"] > 0


# --- those who ask -------------------------------------------------------------------------


async def test_one_who_asks_during_a_broadcast_waits_for_the_line_only(town: Town) -> None:
    """I7: the answer leaves at once, and the broadcast keeps its pace."""
    await town.owe(await town.bulletin("x"), *await town.readers(80))
    ben, _ = await town.reader("Ben")
    town.start()
    waits = []
    for _ in range(3):
        await town.passes(0.7)
        asked = town.clock.monotonic()
        answer = asyncio.ensure_future(town.post.answer(ben.id, {"text": "at once"}))
        await town.passes(2.0, until=answer.done)
        waits.append(town.clock.monotonic() - asked)
        await answer
    assert max(waits) < 0.15
    await town.passes(10.0)
    assert (await town.states())["sent"] == 80
    assert town.world.rates.refused == Counter()


async def test_a_ban_met_by_one_who_asks_is_kept_by_every_process(town: Town) -> None:
    ben, _ = await town.reader("Ben")
    town.world.faults.add(faults.too_many(20), chat=ben.id)
    answer = asyncio.ensure_future(town.post.answer(ben.id, {"text": "x"}))
    await town.passes(1.0)
    with pytest.raises(Refused):
        await answer
    await town.owe(await town.bulletin("x"), *await town.readers(5))
    town.start()
    await town.passes(1.0)
    _, _, second = town.hire()
    town.start(second)
    await town.passes(17.0)
    assert town.sent == []
    await town.passes(5.0)
    assert await town.states() == {"sent": 5}


# --- mistakes of our own -------------------------------------------------------------------


async def test_an_ending_that_cannot_be_written_stops_no_other(town: Town) -> None:
    await town.owe(await town.bulletin("x"), *await town.readers(3))
    async with town.database.write() as conn:
        rows = await deliveries.claim(
            conn,
            now=town.now,
            token="t",
            limit=3,
            lease=60_000_000,
            interval=40_000,
            horizon=100_000,
        )
    ledger = Ledger(town.database, town.clock, bucket="", deadline=20_000_000)
    good = [released(row) for row in rows]
    spoilt = replace(good[1], outcome=replace(good[1].outcome, error="\ud83d"))
    for ending in (good[0], spoilt, good[2]):
        ledger.settle(ending)
    for _ in range(2):
        with pytest.raises(ExceptionGroup):
            await ledger.run()
        ledger.step_over()
    writing = asyncio.create_task(ledger.run())
    await ledger.drained()
    writing.cancel()
    assert await town.rows("state") == [("pending",), ("claimed",), ("pending",)]


async def test_an_error_in_our_own_code_holds_that_delivery_and_no_other(town: Town) -> None:
    ada, first = await town.reader("Ada")
    _, second = await town.reader("Ben")
    town.line.bugs.add(ada.id)
    await town.owe(await town.bulletin("x"), first, second)
    town.start()
    await town.passes(5.0)
    assert await town.rows("state, error_class") == [("unknown", "bug"), ("sent", "")]
