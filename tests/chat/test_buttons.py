"""A subscription by buttons: made, changed, tried, stopped; and presses that nobody offered."""

from __future__ import annotations

from tests.cast import Actor, Town, buttons, data


async def test_from_the_topic_to_the_subscription_by_buttons_alone(ada: Actor, town: Town) -> None:
    await ada.says("/corridor")
    await ada.presses("🔔 Follow")
    assert ada.sees.startswith("Follow Middle Corridor: in which brief?")
    await ada.presses("Morning brief")
    assert ada.sees.startswith("In which city is your morning?")
    await ada.says("Almaty", to=ada.last())
    assert "Topics: Middle Corridor." in ada.sees
    await ada.presses("Hour")
    await ada.presses("07:00")
    assert "Changed from 08:00 to 07:00." in ada.sees
    await ada.presses("Days")
    await ada.presses("Every day")
    assert "✓ Every day" in ada.buttons
    assert await town.held() == [("daily", 420, 0b1111111, "Asia/Almaty", "corridor", "active")]


async def test_days_are_switched_one_by_one_and_never_all_off(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty mon")
    await ada.presses("Days")
    await ada.presses("Tue")
    await ada.presses("✓ Mon")
    assert (await town.held())[0][2] == 0b10
    assert "✓ Tue" not in ada.buttons


async def test_topics_and_length_are_switched(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.presses("Topics")
    await ada.presses("✓ Bilateral trade")
    assert "trade" not in (await town.held())[0][4].split(";")
    assert "corridor" in (await town.held())[0][4].split(";")
    await ada.presses("All topics")
    assert (await town.held())[0][4] == ""
    await ada.presses("Short")
    assert "✓ Short" in ada.buttons
    await ada.presses(ada.buttons[-1])
    assert "Length: short." in ada.sees


async def test_one_now_comes_once_however_often_it_is_pressed(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    offer = ada.last()
    first = await ada.presses("Send me one now", offer)
    assert first.answer == "On its way."
    for _ in range(3):
        again = await ada.presses("Send me one now", offer)
        assert again.answer == "You have that already."
    briefs = [text for text in town.sent(ada) if text.startswith("Morning brief, ")]
    assert len(briefs) == 1


async def test_one_now_does_not_take_the_place_of_tomorrows(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.presses("Send me one now")
    await town.pass_time(hours=24)
    assert len([text for text in town.sent(ada) if text.startswith("Morning brief")]) == 3


async def test_stop_ends_it_and_starting_again_is_one_press_away(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.presses("Stop")
    assert ada.sees.startswith("Stopped: Morning brief at 08:30.")
    assert await town.held() == []
    await ada.presses("Start again")
    assert ada.sees.startswith("Which brief would you like?")


async def test_a_brief_can_be_stopped_from_below_it_and_stays(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.pass_time(days=1)
    brief = ada.last()
    assert buttons(brief) == ["Read more", "Figures", "Hour and days", "Stop"]
    for button in ("Read more", "Hour and days"):
        await ada.presses(button, brief)
        assert ada.last() is not brief
    await ada.says("/subscribe alerts")
    await ada.presses("Stop", brief)
    assert ada.sees == "Which one shall I stop?"
    await ada.presses("Morning brief at 08:30")
    assert [row[0] for row in await town.held()] == ["alerts"]
    await ada.presses("Stop", brief)
    assert ada.sees.startswith("Stopped: Alerts.")
    assert await town.held() == []
    assert brief.text.startswith("Morning brief, Tuesday 25 November")


async def test_the_list_names_each_and_leads_to_it(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/subscribe alerts corridor")
    await ada.says("/subscriptions")
    assert ada.sees.startswith("Your subscriptions")
    assert ada.buttons == ["Alerts", "Morning brief at 08:30", "New subscription", "Pause"]
    await ada.presses("Alerts")
    assert "Topics: Middle Corridor." in ada.sees


async def test_an_old_button_works_after_a_restart(ada: Actor, town: Town) -> None:
    await ada.says("/corridor")
    screen = ada.last()
    await town.restart()
    await ada.presses("Sections", screen)
    assert ada.sees.startswith("Middle Corridor: sections")


async def test_the_button_of_an_ended_subscription_says_so(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    made = ada.last()
    await ada.says("/unsubscribe")
    press = await ada.presses("Hour", made)
    assert press.answer.startswith("This button has had its day.")
    assert await town.held() == []


# --- forged ----------------------------------------------------------------------------------

FORGED = [
    "sm:{n}:1440",
    "sm:{n}:-5",
    "sm:{n}:" + "9" * 30,
    "sm:{n}:",
    "sm:{n}:²",
    "sm:{n}:٣",
    "sm:{n}",
    "sm:{n}:480:1",
    "sb:{n}:0",
    "sb:{n}:128",
    "sb:{n}:-1",
    "sl:{n}:long",
    "sp:{n}:nowhere",
    "sp:{n}:",
    "sx:" + "9" * 30,
    "sx:-1",
    "sx:",
    "sx",
    "sx:{n}:1",
    "sk:{n}:2000",
    "sz:token:Asia/Almaty",
    "sz::",
    "se:nothing",
    "se:",
    "sxa:1",
    "nothing",
    "nothing:at:all",
    ":",
    "!",
    "sx!:",
    "d:",
    "d:nowhere",
    "s:corridor",
    "s:corridor.nowhere",
    "so:x",
    "f:",
    "f:corridor.volume:1999:x",
    "c:astana-talks.999",
    "c:",
    "B:nowhere",
    "o:nowhere",
    "tl:nowhere",
    "d:\x00\x01\x1b",
    "sm:\x00:\x07",
    "d:" + "x" * 60,
]


async def test_a_forged_press_changes_nothing_and_is_told(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    made = ada.last()
    number = (await town.rows("SELECT id FROM subscriptions"))[0][0]
    before = await town.rows("SELECT * FROM subscriptions")
    for pattern in FORGED:
        await ada.forges(f"sv:{number}", made)
        told, seen = len(ada.told()), made.text
        press = await ada.forges(pattern.format(n=number), made)
        assert press.answered, pattern
        assert await town.rows("SELECT * FROM subscriptions") == before, pattern
        assert press.answer or len(ada.told()) > told or made.text != seen, pattern
    assert await town.rows("SELECT state FROM inbox WHERE state <> 'done'") == []


async def test_nobody_reaches_anothers_subscription(ada: Actor, zoe: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    number = (await town.rows("SELECT id FROM subscriptions"))[0][0]
    before = await town.rows("SELECT * FROM subscriptions")
    await zoe.says("/topics")
    for verb in ("sx:{}", "sm:{}:480", "sb:{}:1", "sp:{}:*", "sl:{}:short", "sk:{}:480", "sv:{}"):
        press = await zoe.forges(verb.format(number))
        assert press.answer.startswith("This button has had its day."), verb
    press = await zoe.forges(f"sn:{number}")
    assert press.answer.startswith("This button has had its day.")
    assert await town.rows("SELECT * FROM subscriptions") == before
    assert not any("Morning brief" in text for text in town.sent(zoe))


async def test_a_press_on_a_period_that_is_not_there_shows_no_number(ada: Actor) -> None:
    await ada.says("/topics")
    press = await ada.forges("f:corridor.volume:1999")
    assert press.answered
    assert "1999" not in ada.sees


async def test_every_button_fits_what_telegram_carries(ada: Actor) -> None:
    await ada.says("/corridor")
    assert all(len(item.encode()) <= 64 for item in data(ada.last()))
