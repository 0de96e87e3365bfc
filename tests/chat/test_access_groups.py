"""A closed desk in groups and channels: served where one of the desk's admins is a member."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.chat.cities import Cities
from tests.cast import Town

CLOSED = "This desk is closed. One of its admins has to be a member of this group."


@pytest.fixture(params=["invite", "list"])
async def town(
    request: pytest.FixtureRequest,
    state: Path,
    gazetteer: Cities,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Town]:
    made = Town(state, monkeypatch, gazetteer, {"BRIEFING_ACCESS": request.param})
    try:
        await made.open()
        yield made
    finally:
        await made.close()
    assert made.world.complaints == []


async def test_a_group_without_an_admin_of_ours_is_told_so_and_nothing_else(town: Town) -> None:
    assert [item.text for item in town.zoe.told(town.club)] == [CLOSED]
    await town.zoe.says("/corridor", town.club)
    await town.zoe.says(f"@{town.world.bot.username} corridor", town.club)
    await town.ada.says("/subscribe daily 08:30 Asia/Almaty", town.club)
    assert {item.text for item in town.zoe.told(town.club)} == {CLOSED}
    await town.zoe.says("just talking", town.club)
    assert len(town.zoe.told(town.club)) == 4
    assert await town.held() == []


async def test_with_an_admin_of_ours_inside_every_member_is_served(town: Town) -> None:
    room = town.world.supergroup("Room", town.ada.person, members=(town.ed.person, town.zoe.person))
    await town.zoe.says("/corridor 2024", room)
    assert town.zoe.last(room).text.startswith("4.5 million tons")
    await town.ada.says("/subscribe daily 08:30 Asia/Almaty", room)
    await town.pass_time(days=1)
    assert town.zoe.last(room).text.startswith("Morning brief, Tuesday 25 November")
    # To be served in a group lets nobody in elsewhere.
    await town.zoe.says("/corridor")
    assert "Ask its editors" in town.zoe.sees


async def test_a_press_in_a_group_that_is_not_served_is_told(town: Town) -> None:
    screen = town.zoe.last(town.club)
    press = await town.zoe.forges("d:corridor", screen)
    assert press.answer == CLOSED
    assert press.alert
    assert screen.text == CLOSED


async def test_a_channel_of_an_outsider_is_not_served(town: Town) -> None:
    news = town.world.channel("News", town.ada.person)
    await town.answered()
    await town.ada.says("/subscribe alerts", news)
    assert await town.held() == []
    assert town.ada.told(news) == []


async def test_a_channel_of_an_admin_of_ours_is(town: Town) -> None:
    news = town.world.channel("News", town.ed.person, bot=False)
    await town.ed.says("/channels")
    await town.ed.presses("Choose a channel")
    town.world.press(town.ed.person, town.ed.last(), "Choose a channel", chat=news)
    await town.answered()
    await town.ed.presses("New subscription")
    await town.ed.presses("Alerts")
    assert town.ed.sees.startswith("News\nAlerts: sent when something changes.")
