"""A crowd at the door: however many ask at once, what is owed goes out at its pace."""

from __future__ import annotations

import pytest

from tests.cast import BRIEFS, Town

SECONDS = 10
STEPS = 50
"""Moments of a second."""


async def crowd_and_deliveries(town: Town, crowd: int, readers: int) -> None:
    # Answers to those who ask are not held to the thirty a second of Telegram.
    town.world.rates.off()
    followers = [town.world.person(f"Follower {number}") for number in range(readers)]
    for person in followers:
        town.world.start(person)
        town.world.say(person, "/subscribe daily 11:00 Asia/Almaty")
    await town.answered()
    strangers = iter([town.world.person(f"Stranger {number}") for number in range(crowd)])
    due = await town.app.next_due()
    assert due is not None
    await town.clock.leap((due - town.clock.now()).total_seconds())
    await town.app.rounds.tick()
    began = town.world.now()
    for _ in range(SECONDS * STEPS):
        for _ in range(crowd // (SECONDS * STEPS)):
            town.world.start(next(strangers))
        await town.clock.advance(1 / STEPS)
        await town.work.rests()
    sent = [entry for entry in town.world.ledger if entry.at >= began and entry.act == "sent"]
    owed = [entry for entry in sent if any(line in entry.text for line in BRIEFS)]
    # Twenty-five a second less three for those who ask; the first takes a moment to begin.
    assert len(owed) >= 21 * SECONDS
    await town.answered()
    asked = {entry.chat_id for entry in town.world.ledger if entry.at >= began}
    assert len(asked) == crowd + readers
    assert town.app.intake.dropped == 0


async def test_a_thousand_newcomers_in_ten_seconds_do_not_slow_a_broadcast(town: Town) -> None:
    await crowd_and_deliveries(town, 1000, 300)


@pytest.mark.soak
async def test_ten_thousand_newcomers_in_ten_seconds_do_not_slow_a_broadcast(town: Town) -> None:
    await crowd_and_deliveries(town, 10_000, 300)
