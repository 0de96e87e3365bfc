"""Being a guest: greeted groups, a bot thrown out and asked back, and what stands in its way."""

from __future__ import annotations

from tests.cast import Actor, Town, buttons


async def test_a_group_that_adds_us_is_told_what_it_can_ask(ada: Actor, town: Town) -> None:
    room = town.world.supergroup("Room", ada.person, bot=False)
    town.world.add_bot(ada.person, room, payload="here")
    await town.answered()
    [greeting] = ada.told(room)
    name = town.world.bot.username
    assert f"@{name} and a question, or by a reply to me" in greeting.text
    assert "Middle Corridor" in greeting.text
    assert greeting.silent
    assert buttons(greeting) == ["Topics", "Subscribe", "Settings"]
    await ada.presses("Subscribe", greeting)
    assert greeting.text.startswith("Which brief would you like?")


async def test_the_greetings_subscribe_is_for_admins_alone(zoe: Actor, town: Town) -> None:
    greeting = zoe.told(town.club)[0]
    press = await zoe.presses("Subscribe", greeting)
    assert press.answer == "Only the group's admins can change that."
    assert press.alert


async def test_start_in_a_group_says_how_to_ask_there(zoe: Actor, town: Town) -> None:
    await town.pass_time(minutes=11)
    asked = await zoe.says(f"/start@{town.world.bot.username}", town.club)
    answer = zoe.last(town.club)
    assert "by a reply to me" in answer.text
    assert answer.payload["reply_to_message"]["message_id"] == asked.id


async def test_hints_name_what_stands_in_the_way(ada: Actor, town: Town) -> None:
    room = town.world.supergroup("Room", ada.person, bot=False)
    town.world.slow_mode(room, 30)
    town.world.add_bot(ada.person, room)
    await town.answered()
    said = ada.last(room).text
    assert "Slow mode holds me to one message in 30 seconds" in said
    assert f"write /topics@{town.world.bot.username}" in said
    other = town.world.supergroup("Other", ada.person, bot=False)
    town.world.add_bot(ada.person, other, admin=True)
    await town.pass_time(minutes=2)
    await ada.says("/start", other)
    assert "Slow mode" not in ada.last(other).text
    assert "my own name" not in ada.last(other).text


async def test_who_takes_our_voice_is_told_in_private(ada: Actor, town: Town) -> None:
    room = town.world.supergroup("Room", ada.person)
    await ada.says("/start")
    town.world.restrict(ada.person, room, None, allow=[])
    await town.answered()
    assert ada.sees.startswith("I may not write in Room.")
    told = len(ada.told())
    town.world.restrict(ada.person, room, None, allow=["can_send_messages"])
    await town.answered()
    assert len(ada.told()) == told


async def test_removed_the_subscriptions_rest_and_added_back_they_are_offered(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty", town.club)
    town.world.remove_bot(ada.person, town.club)
    await town.answered()
    await town.pass_time(days=3)
    town.world.add_bot(ada.person, town.club)
    await town.answered()
    offer = ada.last(town.club)
    assert offer.text.startswith("Here again. These subscriptions rest until an admin says so:")
    assert "Morning brief at 08:30 Almaty time" in offer.text
    await town.pass_time(days=1)
    assert ada.last(town.club) is offer
    press = await zoe.presses("Go on", offer)
    assert press.answer == "Only the group's admins can change that."
    await ada.presses("Go on", offer)
    await town.pass_time(days=3)
    assert ada.last(town.club).text.startswith("Morning brief, Monday 1 December")


async def test_subscriptions_of_every_topic_come_back_or_end_together(
    ada: Actor, town: Town
) -> None:
    forum = town.world.supergroup("Desk", ada.person, forum=True)
    topic = town.world.topic(ada.person, forum, "Corridor")
    await ada.says("/subscribe daily 08:30 Asia/Almaty", forum, thread=topic.id)
    await ada.says("/subscribe alerts", forum)
    for button, state in (("Go on", ["active", "active"]), ("Stop all", [])):
        town.world.remove_bot(ada.person, forum)
        await town.answered()
        assert [row[-1] for row in await town.held()] == ["paused", "paused"]
        town.world.add_bot(ada.person, forum)
        await town.answered()
        await ada.presses(button, chat=forum)
        assert [row[-1] for row in await town.held()] == state


async def test_a_reader_who_lets_us_in_again_is_asked_first(ben: Actor, town: Town) -> None:
    await ben.says("/subscribe daily 08:30 Europe/Berlin")
    await ben.blocks()
    await town.pass_time(days=2)
    await ben.unblocks()
    assert ben.sees.startswith("Here again. These subscriptions rest until you say so:")
    await town.pass_time(days=1)
    assert town.briefs(ben) == []
    await ben.presses("Go on")
    await town.pass_time(days=1)
    assert len(town.briefs(ben)) == 1


async def test_the_start_that_unblocks_is_answered_after_the_offer(ben: Actor, town: Town) -> None:
    await ben.says("/subscribe alerts")
    await ben.blocks()
    await ben.starts()
    *_, offer, welcome = ben.told()
    assert offer.text.startswith("Here again.")
    assert welcome.text.startswith("I brief from dossiers")
    await ben.presses("Stop all", offer)
    assert await town.held() == []
    await ben.says("/topics")
    assert ben.sees.startswith("Topics")


async def test_a_return_that_nobody_told_us_of_is_seen_by_the_next_question(
    ben: Actor, town: Town
) -> None:
    await ben.says("/subscribe alerts")
    await ben.blocks()
    town.world.updates.allow(["message", "callback_query"])
    await ben.unblocks()
    await ben.says("/corridor")
    *_, offer, answer = ben.told()
    assert offer.text.startswith("Here again.")
    assert answer.text.startswith("Middle Corridor")


async def test_who_never_subscribed_is_not_greeted_twice(ben: Actor) -> None:
    await ben.starts()
    told = len(ben.told())
    await ben.blocks()
    await ben.unblocks()
    assert len(ben.told()) == told


async def test_help_leads_into_groups_and_channels(ada: Actor, town: Town) -> None:
    await ada.says("/help")
    await ada.presses("Groups and channels")
    links = [item["url"] for row in ada.last().buttons for item in row if "url" in item]
    root = f"https://t.me/{town.world.bot.username}"
    assert links == [
        f"{root}?startgroup=here",
        f"{root}?startchannel&admin=post_messages+edit_messages",
    ]
    await ada.says("/channels", town.club)
    assert "in private" in ada.last(town.club).text


async def test_rights_that_a_whole_group_lost_are_told_to_an_admin_once_a_day(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    room = town.world.supergroup("Room", ada.person, members=(zoe.person,))
    await ada.says("/start")
    await zoe.says("/start")
    await ada.says("/subscribe daily 08:30 Asia/Almaty", room)
    screen = ada.last(room)
    town.world.permit(room, [])
    await ada.says("/corridor", room)
    await town.pass_time(minutes=5)
    await zoe.presses("Topics", screen)
    told = [text for text in town.sent(ada) if text.startswith("I may not write in Room.")]
    assert len(told) == 1
    await town.pass_time(days=1)
    await town.pass_time(days=1)
    told = [text for text in town.sent(ada) if text.startswith("I may not write in Room.")]
    assert len(told) == 2
    assert not any("may not write" in text for text in town.sent(zoe))


async def test_slow_mode_that_costs_an_answer_is_told_to_an_admin_once_a_day(
    ada: Actor, zoe: Actor, ben: Actor, town: Town
) -> None:
    room = town.world.supergroup("Room", ada.person, members=(zoe.person, ben.person))
    for who in (ada, zoe, ben):
        await who.says("/start")
    told = len(ada.told(room))
    town.world.slow_mode(room, 30)
    await zoe.says("/corridor", room)
    await ben.says("/trade", room)
    await ada.says("/visit", room)
    assert len(ada.told(room)) == told + 1
    hints = [text for text in town.sent(ada) if text.startswith("Slow mode in Room")]
    [hint] = hints
    assert hint == (
        "Slow mode in Room holds me to one message in 30 seconds, and an answer is missing there "
        "now. It does not hold an admin; I need no rights for that."
    )
    assert not any("Slow mode" in text for text in (*town.sent(zoe), *town.sent(ben)))
    await town.pass_time(days=1)
    await ada.says("/corridor", room)
    await ada.says("/trade", room)
    assert len([text for text in town.sent(ada) if text.startswith("Slow mode in Room")]) == 2


async def test_a_group_that_is_only_busy_is_not_said_to_be_in_slow_mode(
    ada: Actor, town: Town
) -> None:
    room = town.world.supergroup("Room", ada.person)
    await ada.says("/start")
    for _ in range(24):
        await ada.says("/corridor 2024", room)
    assert not any("Slow mode" in text for text in town.sent(ada))


async def test_rights_lost_in_a_channel_are_told_to_an_admin(ada: Actor, town: Town) -> None:
    news = town.world.channel("News", ada.person)
    await ada.says("/subscribe daily 08:30 Asia/Almaty", news)
    town.world.updates.allow(["message", "callback_query"])
    await ada.says("/start")
    town.world.demote(ada.person, news)
    town.world.promote(ada.person, news, rights=["can_edit_messages"])
    await town.pass_time(days=1)
    assert ada.sees.startswith("I may not post in News.")


async def test_an_anonymous_admin_presses_and_is_one(ada: Actor, zoe: Actor, town: Town) -> None:
    room = town.world.supergroup("Room", ada.person, members=(zoe.person,))
    town.world.promote(ada.person, room, zoe.person, anonymous=True)
    await ada.says("/subscribe alerts", room)
    await zoe.presses("Stop", chat=room)
    assert await town.held() == []
