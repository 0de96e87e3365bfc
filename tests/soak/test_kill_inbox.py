"""kill -9 in the middle of a burst: no question is lost, and none is answered twice but those
whose answer was just leaving. A short version here, the long one in `soak_inbox.py`."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from bot.chat.inbox import SIDE_BY_SIDE
from bot.sandbox import faults
from tests.soak.burst import Burst, burst


async def kill_until_answered(
    made: Burst, draws: random.Random, lives: tuple[int, int], most: int
) -> None:
    """Kill it each time after some more answers, `most` times at most; then let it finish."""
    await made.start()
    while made.kills < most and await made.until(made.sent + draws.randint(*lives)):
        await made.kill()
        await made.start()
    await made.through()
    await made.end()


def report(made: Burst, what: str) -> str:
    return (
        f"\n{what}: {len(made.people)} questions, {made.kills} kills, {len(made.unanswered)} lost, "
        f"{len(made.doubled)} answered twice of {made.at_risk.total()} in flight at a kill"
    )


def check(made: Burst) -> None:
    assert made.unanswered == set()
    # Nobody got more than one for each time that their answer was on its way at a kill.
    assert made.answers() - made.at_risk <= Counter(made.people)
    assert made.at_risk.total() <= SIDE_BY_SIDE * made.kills
    assert made.world.complaints == []


async def test_killed_four_times_in_a_burst_of_a_thousand(tmp_path: Path) -> None:
    async with burst(tmp_path) as made:
        made.ask(1000)
        await kill_until_answered(made, random.Random(7), (60, 220), 4)
        print(report(made, "polling, SQLite"))
        check(made)
        assert made.kills == 4
        left = await made.rows("SELECT count(*) FROM inbox WHERE state <> 'done'")
        assert left == [(0,)]


async def test_told_to_end_in_a_burst_it_finishes_what_is_on_its_way_and_no_more(
    tmp_path: Path,
) -> None:
    async with burst(tmp_path) as made:
        made.ask(1000)
        made.world.faults.add(faults.slow(0.5), method="sendMessage", times=None)
        await made.start()
        await made.until(made.sent + 100)
        took = await made.end()
        assert made.process is not None
        assert made.process.returncode == 0
        assert took < 10
        assert made.unanswered
        waiting = await made.rows("SELECT chat_id FROM inbox WHERE state = 'new'")
        assert {chat for (chat,) in waiting}.isdisjoint(made.answers())
        made.world.faults.clear()
        await made.start()
        await made.through()
        await made.end()
        assert set(made.answers().values()) == {1}


async def test_an_answer_that_hangs_does_not_keep_it_from_ending(tmp_path: Path) -> None:
    async with burst(tmp_path) as made:
        made.ask(50)
        made.world.faults.add(faults.hang(), method="sendMessage", times=20)
        await made.start()
        await made.until(30)
        took = await made.end()
        assert took < 15
        made.world.faults.clear()
        await made.start()
        await made.through()
        await made.end()
        assert set(made.answers().values()) == {1}


async def test_told_to_end_while_it_still_starts_it_writes_down_what_it_answered(
    tmp_path: Path,
) -> None:
    async with burst(tmp_path) as made:
        made.ask(50)
        # Questions are taken before the start is at its end.
        made.world.faults.add(faults.hang(), method="deleteWebhook")
        await made.start()
        await made.until(30)
        assert await made.end() < 15
        assert made.process is not None
        assert made.process.returncode == 0
        assert made.answers().keys().isdisjoint(await made.waiting())
        await made.start()
        await made.through()
        await made.end()
        assert set(made.answers().values()) == {1}
