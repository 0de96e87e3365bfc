"""How a chat likes it: every setting by buttons, kept over a restart, and guarded in groups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.cast import Actor, Town, data

CHAT = "SELECT zone, quiet_from, quiet_to, length, empty, open_to_all FROM chats WHERE tg_id = "


async def kept(town: Town, who: Actor) -> tuple[object, ...]:
    return (await town.rows(f"{CHAT}{who.person.id}"))[0]


async def settle_in_almaty(ada: Actor) -> None:
    await ada.says("/settings")
    await ada.presses("Time zone")
    await ada.says("Almaty", to=ada.last())


async def test_a_newcomers_settings_say_what_is_not_known(ada: Actor) -> None:
    await ada.says("/settings")
    assert ada.sees.splitlines() == [
        "Settings",
        "Time zone: not known yet. Until you name your city, a day begins at midnight UTC.",
        "Quiet hours: none.",
        "Briefs: full.",
        "When nothing is new: one line says so.",
    ]
    [moment] = [item for item in ada.last().entities if item["type"] == "date_time"]
    assert datetime.fromtimestamp(moment["unix_time"], UTC) == datetime(2025, 11, 25, tzinfo=UTC)
    assert len(ada.buttons) <= 6


async def test_the_zone_is_asked_for_and_shown_with_its_hour(ada: Actor, town: Town) -> None:
    await settle_in_almaty(ada)
    assert ada.sees.startswith("Settings\nYour time zone is Almaty now.")
    assert "Time zone: Almaty. It is 10:00 there now." in ada.sees
    assert (await kept(town, ada))[0] == "Asia/Almaty"


async def test_a_city_that_is_not_known_is_asked_for_again(ada: Actor, town: Town) -> None:
    await ada.says("/settings")
    await ada.presses("Time zone")
    await ada.says("Qwxyzburg", to=ada.last())
    assert "I do not know a city or time zone “Qwxyzburg”" in ada.sees
    await ada.is_at(41.72, 44.79, to=ada.last())
    assert "Time zone: Tbilisi." in ada.sees
    assert (await kept(town, ada))[0] == "Asia/Tbilisi"


async def test_of_several_cities_the_reader_chooses(ada: Actor, town: Town) -> None:
    await ada.says("/settings")
    await ada.presses("Time zone")
    await ada.says("Springfield", to=ada.last())
    assert ada.sees.startswith("Which of these is nearest to you?")
    await ada.presses(ada.buttons[0])
    assert ada.sees.startswith("Settings\nYour time zone is")
    assert str((await kept(town, ada))[0]).startswith("America/")


async def test_briefs_keep_their_zone_until_they_are_told_to_move(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Baku")
    await settle_in_almaty(ada)
    assert [row[3] for row in await town.held()] == ["Asia/Baku"]
    await ada.presses("Move the briefs too")
    assert [row[:4] for row in await town.held()] == [("daily", 510, 0b11111, "Asia/Almaty")]
    assert "Move the briefs too" not in ada.buttons


async def test_quiet_hours_want_a_city_first(ada: Actor, town: Town) -> None:
    await ada.says("/settings")
    await ada.presses("Quiet hours")
    assert ada.sees.startswith("In which city are you?")
    await ada.says("Almaty", to=ada.last())
    assert ada.sees.startswith("Quiet hours: none.")
    await ada.presses("22:00–07:00")
    assert ada.sees.startswith("Quiet hours: 22:00 to 07:00.")
    assert "by Almaty time" in ada.sees
    assert (await kept(town, ada))[1:3] == (1320, 420)


async def test_both_ends_of_the_quiet_hours_are_chosen(ada: Actor, town: Town) -> None:
    await settle_in_almaty(ada)
    await ada.presses("Quiet hours")
    await ada.presses("Begin at 22:00")
    await ada.presses("23:00")
    await ada.presses("End at 07:00")
    assert "✓ 07:00" in ada.buttons
    await ada.presses("06:00")
    assert ada.sees.startswith("Quiet hours: 23:00 to 06:00.")
    assert (await kept(town, ada))[1:3] == (1380, 360)
    await ada.presses("‹‹ Settings")
    assert "Quiet hours: 23:00 to 06:00." in ada.sees


async def test_quiet_hours_that_begin_as_they_end_are_none(ada: Actor, town: Town) -> None:
    await settle_in_almaty(ada)
    await ada.presses("Quiet hours")
    await ada.presses("22:00–07:00")
    await ada.presses("End at 07:00")
    await ada.presses("22:00")
    assert ada.sees.startswith("Quiet hours: none.")
    assert (await kept(town, ada))[1:3] == (None, None)
    await ada.presses("22:00–07:00")
    await ada.presses("None")
    assert (await kept(town, ada))[1:3] == (None, None)


async def test_quiet_hours_hold_an_announcement_and_never_the_chosen_hour(
    ada: Actor, ed: Actor, town: Town, figure: Callable[[str], None]
) -> None:
    await ada.says("/subscribe daily 23:30 Asia/Almaty")
    await ada.says("/settings")
    await ada.presses("Quiet hours")
    await ada.presses("22:00–07:00")
    await town.until(18)
    assert len(town.briefs(ada)) == 0
    await ed.says("/announce Hello")
    await ed.presses("Send to 1")
    await town.until(18, 45)
    assert len(town.briefs(ada)) == 1
    early = town.sent(ada).count("Hello")
    assert early == 0
    await town.until(2, 5)
    figure(f"{early} sent in quiet hours, {town.sent(ada).count('Hello')} after them")
    assert town.sent(ada).count("Hello") == 1


async def test_length_and_silence_are_switched_and_switched_back(ada: Actor, town: Town) -> None:
    await ada.says("/settings")
    await ada.presses("Make briefs short")
    assert "Briefs: short." in ada.sees
    await ada.presses("Silence if no news")
    assert "When nothing is new: silence." in ada.sees
    assert (await kept(town, ada))[3:5] == ("short", "silence")
    await town.restart()
    await ada.presses("A line if no news")
    await ada.presses("Make briefs full")
    assert (await kept(town, ada))[3:5] == ("full", "line")


async def test_the_length_reaches_the_next_brief(ada: Actor, zoe: Actor, town: Town) -> None:
    for reader in (ada, zoe):
        await reader.says("/subscribe weekly mon 12:00 Asia/Almaty")
    await ada.says("/settings")
    await ada.presses("Make briefs short")
    await town.pass_time(hours=3)
    [(_, hers)], [(_, theirs)] = town.briefs(ada), town.briefs(zoe)
    assert hers == theirs
    assert "Also open" in town.sent(zoe)[-1]
    assert "Also open" not in town.sent(ada)[-1]


async def test_who_chose_silence_is_not_told_that_nothing_is_new(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    for reader in (ada, zoe):
        await reader.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/settings")
    await ada.presses("Silence if no news")
    await town.pass_time(days=3)
    assert sum("nothing new since" in text for text in town.sent(zoe)) == 2
    assert sum("nothing new since" in text for text in town.sent(ada)) == 0


FORGED = [
    "qs:0:1440", "qs:-1:5", "qs:a:b", "qs::", "qs:²:3", "qs:0", "setl:long", "sete:no", "seto:1",
    "seto:0", "zt:Nowhere/City", "zt:", "zt:Asia/Baku:other", "pd:5", "pd:-1", "pd:x", "zm",
]  # fmt: skip


@pytest.mark.parametrize("forged", FORGED)
async def test_a_forged_setting_changes_nothing(ada: Actor, town: Town, forged: str) -> None:
    await settle_in_almaty(ada)
    if forged != "zt:Asia/Baku:other":
        before = await kept(town, ada)
        press = await ada.forges(forged)
        assert press.answered
        assert await kept(town, ada) == before
    else:
        # A zone is one's own to choose, however it is chosen.
        await ada.forges(forged)
        assert (await kept(town, ada))[0] == "Asia/Baku"


# --- groups ---------------------------------------------------------------------------------


async def test_in_a_group_only_its_admins_change_settings(
    ada: Actor, ben: Actor, town: Town
) -> None:
    await ben.says("/settings", town.club)
    assert "Who may change this: admins." in ben.last(town.club).text
    screen = ben.last(town.club)
    for value in data(screen):
        if value == "subs":
            continue
        press = await ben.forges(value, screen)
        assert press.answer == "Only the group's admins can change that.", value
    await ada.presses("Make briefs short", screen, town.club)
    row = await town.rows(f"{CHAT}{town.club.id}")
    assert row[0][3] == "short"


async def test_the_group_can_open_them_to_all_and_only_admins_close_them_again(
    ada: Actor, ben: Actor, town: Town
) -> None:
    await ada.says("/settings", town.club)
    screen = ada.last(town.club)
    assert len(data(screen)) <= 6
    press = await ben.forges("seto:1", screen)
    assert press.answer == "Only the group's admins can change that."
    await ada.presses("Let all change it", screen, town.club)
    assert "Who may change this: every member." in screen.text
    await ben.presses("Make briefs short", screen, town.club)
    assert "Briefs: short." in screen.text
    press = await ben.presses("Only admins", screen, town.club)
    assert press.answer == "Only the group's admins can change that."
    await ada.presses("Only admins", screen, town.club)
    assert "Who may change this: admins." in screen.text
