"""Polling never ends by itself; troubles are told when they begin and when they are over."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.sandbox import faults
from tests.cast import Actor, Town

TROUBLES = [
    (faults.refuse(), 3, "poll failed", 1 + 2 + 4),
    (faults.reset(), 2, "poll failed", 1 + 2),
    (faults.status(502), 2, "poll failed", 1 + 2),
    (faults.broken_json(), 1, "answer unreadable", 1),
    (faults.refusal(409, "Conflict: terminated by other getUpdates request"), 3, "conflict", 70),
    (faults.refusal(401, "Unauthorized"), 2, "token refused", 60 + 120),
    (faults.refusal(404, "Not Found"), 1, "token refused", 60),
    (faults.too_many(7), 1, "poll failed", 7),
]


def actions(lines: Sequence[EventDict]) -> list[str]:
    return [line["action"] for line in lines]


@pytest.mark.parametrize(("fault", "times", "action", "pause"), TROUBLES)
async def test_a_poll_that_fails_is_tried_again_after_a_pause_and_told_in_the_log(
    ada: Actor, town: Town, fault: faults.Fault, times: int, action: str, pause: float
) -> None:
    town.world.faults.add(fault, method="getUpdates", times=times)
    polls = len(town.line.calls)
    with capture_logs() as lines:
        await ada.says("/corridor")
        await town.clock.advance(300)
    assert ada.sees.startswith("Middle Corridor")
    assert len(ada.told()) == 1
    assert actions(lines).count(action) == 1
    assert actions(lines).count("poll again") == 1
    tried = [at for at, method in town.line.calls[polls:] if method == "getUpdates"]
    assert tried[times] - tried[0] == pytest.approx(pause)


async def test_a_token_that_is_taken_back_for_a_day_does_not_end_polling(
    ada: Actor, ed: Actor, town: Town
) -> None:
    town.world.revoked = True
    with capture_logs() as lines:
        await town.clock.advance(24 * 3600)
    polls = [at for at, method in town.line.calls if method == "getUpdates"]
    assert actions(lines).count("token refused") == 1
    assert actions(lines).count("deaf") == 1
    assert 100 < len(polls) < 200
    town.world.revoked = False
    await town.clock.advance(600)
    await ada.says("/corridor")
    assert ada.sees.startswith("Middle Corridor")


async def test_a_second_bot_with_the_token_is_told_to_the_admins_once_in_an_hour(
    ada: Actor, ed: Actor, town: Town
) -> None:
    conflict = faults.refusal(409, "Conflict: terminated by other getUpdates request")
    said = "Somebody else fetches my updates"
    await ed.starts()
    for _ in range(5):
        town.world.faults.add(conflict, method="getUpdates", times=2)
        await ada.says("/corridor")
        await town.clock.advance(120)
    assert sum(text.startswith(said) for text in town.sent(ed)) == 1
    await town.clock.advance(3600)
    town.world.faults.add(conflict, method="getUpdates", times=2)
    await town.clock.advance(120)
    assert sum(text.startswith(said) for text in town.sent(ed)) == 2


async def test_one_conflict_as_a_restart_makes_it_is_nobodys_business(
    ed: Actor, town: Town
) -> None:
    await ed.starts()
    greeted = town.sent(ed)
    conflict = faults.refusal(409, "Conflict: terminated by other getUpdates request")
    town.world.faults.add(conflict, method="getUpdates")
    await town.clock.advance(120)
    assert town.sent(ed) == greeted


async def test_admins_hear_that_the_bot_is_deaf_and_that_it_hears_again(
    ada: Actor, ed: Actor, town: Town
) -> None:
    await ed.starts()
    greeted = town.sent(ed)
    away = town.world.faults.add(faults.refuse(), method="getUpdates", times=None)
    await town.clock.advance(280)
    assert town.sent(ed) == greeted
    with capture_logs() as lines:
        await town.clock.advance(2400)
    assert actions(lines).count("deaf") == 1
    away.stop()
    await town.clock.advance(60)
    heard = "I have heard nothing from Telegram for 5 minutes."
    again = "I hear Telegram again, after 45 minutes."
    assert [text.partition(".")[0] + "." for text in town.sent(ed)[1:]] == [heard, again]
    await ada.says("/corridor")
    assert ada.sees.startswith("Middle Corridor")


async def test_polls_that_never_come_back_are_noticed_too(ed: Actor, town: Town) -> None:
    await ed.starts()
    town.world.faults.add(faults.hang(), method="getUpdates", times=None)
    with capture_logs() as lines:
        await town.clock.advance(400)
    assert actions(lines).count("deaf") == 1
    assert town.sent(ed)[-1].startswith("I have heard nothing from Telegram for 5 minutes.")
