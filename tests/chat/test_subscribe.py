"""Subscribing by a line of words, and the city that goes with it."""

from __future__ import annotations

from tests.cast import Actor, Town


async def test_daily_with_hour_and_zone_is_put_down_at_once(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    assert ada.sees == (
        "Morning brief at 08:30 Almaty time, Monday to Friday.\n"
        "Topics: all. Length: full.\n"
        "The first comes tomorrow, Tuesday 25 November, 08:30."
    )
    assert await town.held() == [("daily", 510, 0b11111, "Asia/Almaty", "", "active")]


async def test_an_hour_that_is_yet_to_come_is_todays(ada: Actor) -> None:
    await ada.says("/subscribe daily 18:00 Asia/Almaty")
    assert ada.sees.endswith("The first comes today at 18:00.")


async def test_weekly_asks_for_the_city_once_and_remembers_it(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe weekly mon 09:00")
    assert ada.sees.startswith("In which city is your morning?")
    assert await town.held() == []
    await ada.says("Baku", to=ada.last())
    assert ada.sees.startswith("Weekly brief at 09:00 Baku time, Monday.")
    assert ada.sees.endswith("The first comes on Monday 1 December, 09:00.")
    await ada.says("/subscribe daily 08:00")
    assert "08:00 Baku time" in ada.sees
    assert [row[:2] for row in await town.held()] == [("weekly", 540), ("daily", 480)]


async def test_alerts_need_no_hour_and_no_city(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe alerts corridor")
    assert "Alerts: sent when something changes." in ada.sees
    assert "Topics: Middle Corridor." in ada.sees
    assert await town.held() == [("alerts", None, 0, None, "corridor", "active")]


async def test_topics_and_days_may_stand_in_any_order(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily corridor Asia/Tbilisi mon;thu trade 7:05")
    assert await town.held() == [("daily", 425, 0b1001, "Asia/Tbilisi", "corridor;trade", "active")]


async def test_days_may_be_words_of_their_own(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily mon thu 7:05 Asia/Tbilisi")
    assert await town.held() == [("daily", 425, 0b1001, "Asia/Tbilisi", "", "active")]


async def test_several_hours_are_a_subscription_each(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 18:00 corridor")
    await ada.says("Almaty", to=ada.last())
    assert ada.sees.startswith("Your subscriptions")
    assert "08:30 Almaty time" in ada.sees
    assert "18:00 Almaty time" in ada.sees
    assert [row[1::3] for row in await town.held()] == [(510, "corridor"), (1080, "corridor")]
    await ada.says("/subscribe daily 18:00 12:00")
    assert sorted(row[1] for row in await town.held()) == [510, 720, 1080]


async def test_topics_go_by_their_titles_and_lists_and_the_length_is_a_word(
    ada: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily middle corridor, 08:30 and 18:00, short, in Asia/Tbilisi")
    assert ada.sees.count("Topics: Middle Corridor. Length: short.") == 2
    assert [row[1::3] for row in await town.held()] == [(510, "corridor"), (1080, "corridor")]
    await ada.says("/subscribe weekly trade;visit mon 7:00 Tbilisi full")
    assert "Topics: Bilateral trade and Visit and council. Length: full." in ada.sees
    await ada.says("/subscribe alerts visit and council and transit")
    assert "Topics: Armenia transit ban and Visit and council." in ada.sees


async def test_another_hour_in_words_keeps_topics_and_length(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty corridor short")
    await ada.says("/subscribe daily 18:00")
    assert "Topics: Middle Corridor. Length: short." in ada.sees
    assert len(ada.buttons) <= 6
    assert "Keep 08:30 too" in ada.buttons
    await ada.says("/subscribe daily 18:00 full")
    assert "Topics: Middle Corridor. Length: full." in ada.sees


async def test_what_the_line_says_is_kept_while_the_city_is_asked(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily trade 07:00 short mon-sun")
    await ada.says("Almaty", to=ada.last())
    assert ada.sees.startswith("Morning brief at 07:00 Almaty time, every day.")
    assert "Topics: Bilateral trade. Length: short." in ada.sees


UNCLEAR = [
    ("hourly", "There is no edition “hourly”. There are: daily, weekly, alerts."),
    ("x" * 4000, "There is no edition “xxx"),
    ("daily " + "9" * 4000, "9…” is not an hour."),
    ("daily 08:30 " + "x" * 4000, "I do not know a city or time zone “xxx"),
    ("daily 25:00", "“25:00” is not an hour. Write it like 08:30."),
    ("daily 08:75", "“08:75” is not an hour."),
    ("daily 99999999999999999999", "is not an hour."),
    ("alerts 08:30", "Alerts have no hour"),
    ("alerts coridor", "There is no topic “coridor”. There are: transit, corridor, trade, "),
    ("alerts trade in Baku", "There is no topic “Baku”."),
    ("daily 08:30 Nowheresville", "I do not know a city or time zone “Nowheresville”"),
    ("daily 08:30 Asia/Nowhere", "I do not know a city or time zone “Asia/Nowhere”"),
]


async def test_a_line_that_is_not_understood_names_the_word(ada: Actor, town: Town) -> None:
    for line, said in UNCLEAR:
        await ada.says(f"/subscribe {line}")
        assert said in ada.sees
    assert await town.held() == []


async def test_an_unknown_city_is_asked_for_again(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30")
    await ada.says("Qwxyzburg", to=ada.last())
    assert "I do not know a city or time zone “Qwxyzburg”" in ada.sees
    await ada.says("Almaty", to=ada.last())
    assert ada.sees.startswith("Morning brief at 08:30 Almaty time")
    assert len(await town.held()) == 1


async def test_a_mistyped_city_is_understood(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30")
    await ada.says("Almatty", to=ada.last())
    if "Which of these" in ada.sees:
        await ada.presses(next(item for item in ada.buttons if item.startswith("Almaty")))
    assert "08:30 Almaty time" in ada.sees
    assert (await town.held())[0][3] == "Asia/Almaty"


async def test_the_city_may_be_a_place_on_the_map(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30")
    await ada.is_at(41.72, 44.79, to=ada.last())
    assert ada.sees.startswith("Morning brief at 08:30 Tbilisi time")
    assert (await town.held())[0][3] == "Asia/Tbilisi"


async def test_of_several_cities_the_reader_chooses(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30")
    await ada.says("Springfield", to=ada.last())
    assert ada.sees.startswith("Which of these is nearest to you?")
    assert len(ada.buttons) > 1
    assert all(item.startswith("Springfield") for item in ada.buttons)
    assert len(set(ada.buttons)) == len(ada.buttons), "they cannot be told apart"
    await ada.presses(ada.buttons[0])
    assert "08:30" in ada.sees
    assert len(await town.held()) == 1


async def test_a_city_that_is_no_reply_is_a_question_like_any_other(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30")
    await ada.says("Almaty")
    assert await town.held() == []


async def test_the_question_is_still_known_after_a_restart(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30")
    question = ada.last()
    await town.restart()
    await ada.says("Almaty", to=question)
    assert ada.sees.startswith("Morning brief at 08:30 Almaty time")


async def test_the_same_line_again_changes_nothing(ada: Actor, town: Town) -> None:
    for _ in range(3):
        await ada.says("/subscribe daily 08:30 Asia/Almaty")
    assert len(await town.held()) == 1


async def test_another_hour_changes_the_one_there_is_and_offers_to_keep_both(
    ada: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/subscribe daily 18:00")
    assert ada.sees.startswith("Changed from 08:30 to 18:00.")
    assert "The next comes today at 18:00." in ada.sees
    assert [row[1] for row in await town.held()] == [1080]
    await ada.presses("Keep 08:30 too")
    assert sorted(row[1] for row in await town.held()) == [510, 1080]


async def test_twenty_are_the_limit(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 05:00 Asia/Almaty")
    number = (await town.rows("SELECT id FROM subscriptions"))[0][0]
    for minute in range(19):
        await ada.forges(f"sk:{number}:{600 + minute}")
    assert len(await town.held()) == 20
    await town.pass_time(minutes=1)
    await ada.forges(f"sk:{number}:700")
    assert "more than 20 subscriptions" in ada.sees
    assert len(await town.held()) == 20


async def test_unsubscribing_the_only_one_takes_no_tap(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/unsubscribe")
    assert "Stopped: Morning brief at 08:30." in ada.sees
    assert await town.held() == []


async def test_of_several_one_tap_stops_one_and_one_stops_all(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/subscribe weekly")
    await ada.says("/subscribe alerts")
    await ada.says("/unsubscribe")
    await ada.presses("Weekly brief at 09:00")
    assert [row[0] for row in await town.held()] == ["daily", "alerts"]
    await town.pass_time(minutes=1)
    await ada.says("/unsubscribe")
    await ada.presses("Stop all")
    assert await town.held() == []


async def test_without_a_subscription_both_lists_say_so(ada: Actor) -> None:
    for command in ("/subscriptions", "/unsubscribe"):
        await ada.says(command)
        assert ada.sees.startswith("You have no subscriptions.")


async def test_subscribing_again_revives_the_old_one(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/unsubscribe")
    await ada.says("/subscribe daily 08:30")
    assert len(await town.rows("SELECT id FROM subscriptions")) == 1
    assert len(await town.held()) == 1
