"""In groups: any member looks up, only admins subscribe, and nobody is disturbed."""

from __future__ import annotations

import pytest

from bot.sandbox.chats import Chat
from tests.cast import Actor, Town


async def test_a_lookup_is_answered_in_reply_and_silently(zoe: Actor, town: Town) -> None:
    asked = await zoe.says(f"/corridor@{town.world.bot.username} 2024", town.club)
    answer = zoe.last(town.club)
    assert answer.text.startswith("4.5 million tons")
    assert answer.payload["reply_to_message"]["message_id"] == asked.id
    assert answer.silent


async def test_in_a_forum_the_answer_stays_in_its_topic(ada: Actor, town: Town) -> None:
    forum = town.world.supergroup("Desk", ada.person, members=(town.zoe.person,), forum=True)
    topic = town.world.topic(ada.person, forum, "Corridor")
    await town.zoe.says("/corridor", forum, thread=topic.id)
    assert town.zoe.last(forum).thread == topic.id
    await town.zoe.says("/trade", forum)
    assert town.zoe.last(forum).thread in (None, 1)


async def test_commands_for_other_bots_are_left_to_them(ada: Actor, town: Town) -> None:
    room = town.world.supergroup("Room", ada.person, admin=True)
    await ada.says("/corridor@some_other_bot", room)
    await ada.says("/start@some_other_bot", room)
    assert ada.told(room) == []


async def test_what_is_not_meant_for_us_gets_no_answer(ada: Actor, town: Town) -> None:
    room = town.world.supergroup("Room", ada.person, admin=True)
    for words in ("hello", "corridor", "/unknown", "/ban zoe"):
        await ada.says(words, room)
    for thing in ("sticker", "voice", "photo"):
        getattr(town.world, f"send_{thing}")(ada.person, room)
    await town.answered()
    assert ada.told(room) == []


async def test_buttons_work_in_a_group_for_everybody(zoe: Actor, town: Town) -> None:
    await zoe.says("/corridor", town.club)
    press = await town.ben.presses("Sections", chat=town.club)
    assert press.answered
    assert zoe.last(town.club).text.startswith("Middle Corridor: sections")


async def test_a_member_may_not_subscribe_a_group(zoe: Actor, town: Town) -> None:
    await zoe.says("/subscribe daily 08:30 Asia/Almaty", town.club)
    assert zoe.last(town.club).text == "In a group, only its admins change subscriptions."
    assert await town.held() == []


async def test_an_admin_may_and_the_brief_comes_to_the_group(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty", town.club)
    assert ada.last(town.club).text.startswith("Morning brief at 08:30 Almaty time")
    await town.pass_time(days=1)
    assert ada.last(town.club).text.startswith("Morning brief, Tuesday 25 November")
    assert town.briefs(ada) == []


@pytest.mark.parametrize("anonymous", [True, False])
async def test_a_made_admin_may_even_in_the_groups_name(
    ada: Actor, zoe: Actor, town: Town, anonymous: bool
) -> None:
    room = town.world.supergroup("Room", ada.person, members=(zoe.person,))
    town.world.promote(ada.person, room, zoe.person, anonymous=anonymous)
    await zoe.says("/subscribe daily 08:30 Asia/Almaty", room)
    assert zoe.last(room).text.startswith("Morning brief at 08:30 Almaty time")
    assert len(await town.held()) == 1


async def test_a_members_press_on_the_groups_subscription_is_refused(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty", town.club)
    before = await town.held()
    for button in ("Stop", "Hour", "Topics", "Send me one now"):
        press = await zoe.presses(button, chat=town.club)
        assert press.answer == "Only the group's admins can change that."
        assert press.alert
    assert await town.held() == before
    await ada.presses("Stop", chat=town.club)
    assert await town.held() == []


async def test_a_right_that_was_taken_away_is_no_right(ada: Actor, zoe: Actor, town: Town) -> None:
    room = town.world.supergroup("Room", ada.person, members=(zoe.person,))
    town.world.promote(ada.person, room, zoe.person)
    await zoe.says("/subscribe daily 08:30 Asia/Almaty", room)
    town.world.demote(ada.person, room, zoe.person)
    press = await zoe.presses("Stop", chat=room)
    assert press.answer == "Only the group's admins can change that."
    assert len(await town.held()) == 1


async def test_a_city_in_a_group_counts_only_from_an_admin(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30", town.club)
    question = ada.last(town.club)
    assert question.text.startswith("In which city")
    await zoe.says("Almaty", town.club, to=question)
    assert await town.held() == []
    await ada.says("Almaty", town.club, to=question)
    assert len(await town.held()) == 1


async def test_a_group_that_becomes_a_supergroup_keeps_its_subscription(
    ada: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty", town.club)
    moved: Chat = town.world.migrate(ada.person, town.club)
    await town.answered()
    await town.pass_time(days=1)
    assert ada.last(moved).text.startswith("Morning brief, Tuesday 25 November")
    await ada.says("/subscriptions", moved)
    assert "08:30 Almaty time" in ada.last(moved).text
    assert len(await town.held()) == 1


async def test_a_move_that_nobody_told_us_of_is_found_when_sending(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty", town.club)
    town.world.updates.allow(["callback_query"])
    moved = town.world.migrate(ada.person, town.club)
    await town.pass_time(days=1)
    assert ada.last(moved).text.startswith("Morning brief, Tuesday 25 November")


async def test_a_group_that_throws_us_out_gets_nothing_more(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty", town.club)
    town.world.remove_bot(ada.person, town.club)
    await town.answered()
    tried = town.calls("sendMessage")
    await town.pass_time(days=2)
    assert town.calls("sendMessage") == tried
