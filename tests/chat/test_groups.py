"""In groups: any member looks up, only admins subscribe, and nobody is disturbed."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.chats import Chat
from tests.cast import Actor, Town

STICKER = {
    "file_id": "s", "file_unique_id": "s", "type": "regular", "width": 512, "height": 512,
    "is_animated": False, "is_video": False,
}  # fmt: skip


def _reply_with(who: Actor, town: Town, content: dict[str, Any]) -> dict[str, Any]:
    """A message without words that answers our newest, as Telegram hands it over."""
    last = who.last(town.club)
    return {
        "message_id": last.id + 500,
        "from": who.person.user,
        "chat": town.club.shape,
        "date": last.payload["date"],
        "reply_to_message": last.payload,
        **content,
    }


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
    await ada.says("ahem", room)
    greeted = len(ada.told(room))
    await ada.says("/corridor@some_other_bot", room)
    await ada.says("/start@some_other_bot", room)
    await ada.says(f"/corridor@some_other_bot @{town.world.bot.username}", room)
    assert len(ada.told(room)) == greeted


async def test_what_is_not_meant_for_us_gets_no_answer(ada: Actor, town: Town) -> None:
    room = town.world.supergroup("Room", ada.person, admin=True)
    await ada.says("ahem", room)
    greeted = ada.told(room)
    for words in ("hello", "corridor", "/unknown", "/ban zoe", "ask @somebody_else"):
        await ada.says(words, room)
    for thing in ("sticker", "voice", "photo"):
        getattr(town.world, f"send_{thing}")(ada.person, room)
    await town.answered()
    assert ada.told(room) == greeted


async def test_a_sticker_sent_in_reply_to_us_is_no_question(zoe: Actor, town: Town) -> None:
    await zoe.says("/corridor", town.club)
    told = len(zoe.told(town.club))
    await town.receives("message", _reply_with(zoe, town, {"sticker": STICKER}))
    assert len(zoe.told(town.club)) == told


@pytest.mark.parametrize("words", ["@{bot} ferries", "ferries, @{bot}?", "@{bot} /corridor"])
async def test_a_mention_is_a_question(zoe: Actor, town: Town, words: str) -> None:
    told = len(zoe.told(town.club))
    asked = await zoe.says(words.format(bot=town.world.bot.username), town.club)
    answer = zoe.last(town.club)
    assert len(zoe.told(town.club)) == told + 1
    assert "Caspian" in answer.text
    assert answer.payload["reply_to_message"]["message_id"] == asked.id
    assert answer.silent


async def test_a_reply_to_us_is_a_question(zoe: Actor, town: Town) -> None:
    await zoe.says("/topics", town.club)
    asked = await zoe.says("bottlenecks", town.club, to=zoe.last(town.club))
    answer = zoe.last(town.club)
    assert "where the route is held up" in answer.text
    assert answer.payload["reply_to_message"]["message_id"] == asked.id


async def test_a_bare_mention_is_told_what_there_is(zoe: Actor, town: Town) -> None:
    await zoe.says(f"@{town.world.bot.username}", town.club)
    assert zoe.last(town.club).text.startswith("Topics")


async def test_a_mention_in_a_topic_is_answered_in_it(ada: Actor, town: Town) -> None:
    forum = town.world.supergroup("Desk", ada.person, members=(town.zoe.person,), forum=True)
    topic = town.world.topic(ada.person, forum, "Corridor")
    await town.zoe.says(f"@{town.world.bot.username} corridor", forum, thread=topic.id)
    assert town.zoe.last(forum).thread == topic.id
    told = len(town.zoe.told(forum))
    await town.zoe.says("just talking", forum, thread=topic.id)
    assert len(town.zoe.told(forum)) == told


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


async def test_who_writes_in_the_name_of_another_channel_is_no_admin(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    """Telegram names a stand-in as the sender, and the channel beside it."""
    room = town.world.supergroup("Room", ada.person, members=(zoe.person,))
    await zoe.says("/topics", room)
    told = len(zoe.told(room))
    message = {
        "message_id": zoe.last(room).id + 1,
        "from": {"id": 136817688, "is_bot": True, "first_name": "Channel"},
        "sender_chat": {"id": -1009999, "type": "channel", "title": "Elsewhere"},
        "chat": room.shape,
        "date": int(town.world.now()),
        "text": "/subscribe daily 08:30 Asia/Almaty",
    }
    await town.receives("message", message)
    assert zoe.last(room).text == "In a group, only its admins change subscriptions."
    assert await town.held() == []
    await town.receives("message", {**message, "text": "/corridor 2024"})
    assert zoe.last(room).text.startswith("4.5 million tons")
    assert len(zoe.told(room)) == told + 2


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


# --- nothing long twice ----------------------------------------------------------------------


async def test_one_figure_is_one_line_whose_number_leads_to_the_bot(zoe: Actor, town: Town) -> None:
    await zoe.says("/corridor 2024", town.club)
    answer = zoe.last(town.club)
    first, *sources = answer.text.split("\n\n")
    assert first.startswith("4.5 million tons")
    assert "up about two thirds" in first
    assert "¹ ¶" in "".join(sources)
    links = [entity["url"] for entity in answer.entities if entity["type"] == "text_link"]
    assert links == [f"https://t.me/{town.world.bot.username}?start=f-corridor-volume"]
    await zoe.presses("How we know", chat=town.club)
    assert "Said by: " in zoe.last(town.club).text


async def test_a_long_answer_asked_for_again_is_pointed_to(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    await zoe.says("/corridor", town.club)
    first = zoe.last(town.club)
    await ada.says(f"@{town.world.bot.username} middle corridor", town.club)
    again = zoe.last(town.club)
    assert again.text == "Answered above."
    assert again.payload["reply_to_message"]["message_id"] == first.id
    assert again.silent
    await town.pass_time(minutes=11)
    await ada.says("/corridor", town.club)
    assert zoe.last(town.club).text == first.text


async def test_a_one_line_answer_is_given_again(ada: Actor, zoe: Actor, town: Town) -> None:
    for who in (ada, zoe, ada):
        await who.says("/corridor 2024", town.club)
        assert who.last(town.club).text.startswith("4.5 million tons")


async def test_another_topic_and_a_private_chat_get_their_own(ada: Actor, town: Town) -> None:
    forum = town.world.supergroup("Desk", ada.person, forum=True)
    topic = town.world.topic(ada.person, forum, "Corridor")
    for thread in (0, topic.id):
        await ada.says("/corridor", forum, thread=thread)
        assert ada.last(forum).text.startswith("Middle Corridor")
    await ada.says("/corridor", forum, thread=topic.id)
    assert ada.last(forum).text == "Answered above."
    assert ada.last(forum).thread == topic.id
    for _ in range(2):
        await ada.says("/corridor")
        assert ada.sees.startswith("Middle Corridor")


async def test_a_message_that_was_navigated_away_is_not_pointed_to(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    await zoe.says("/corridor", town.club)
    first = zoe.last(town.club)
    await ada.presses("Sections", first)
    await ada.says("/corridor", town.club)
    assert ada.last(town.club).text.startswith("Middle Corridor\n")
    await zoe.says("/trade", town.club)
    trade = zoe.last(town.club)
    await ada.presses("Sections", trade)
    await ada.presses("‹‹ Bilateral trade", trade)
    await ada.says("/trade", town.club)
    assert ada.last(town.club).text == "Answered above."


async def test_a_first_answer_that_was_deleted_is_not_pointed_to(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    await zoe.says("/corridor", town.club)
    first = zoe.last(town.club)
    town.world.delete(ada.person, first)
    await zoe.says("/corridor", town.club)
    assert zoe.last(town.club).text == first.text
    assert not any(item.text == "Answered above." for item in zoe.told(town.club))
    await zoe.says("/corridor", town.club)
    assert zoe.last(town.club).text == "Answered above."


# --- edited questions --------------------------------------------------------------------------


async def test_an_edited_question_edits_its_answer(zoe: Actor, town: Town) -> None:
    asked = await zoe.says("/corridor", town.club)
    answer, told = zoe.last(town.club), len(zoe.told(town.club))
    await zoe.edits(asked, "/trade")
    assert answer.text.startswith("Bilateral trade")
    assert len(zoe.told(town.club)) == told
    await zoe.edits(asked, f"/corridor@{town.world.bot.username} 2024")
    assert answer.text.startswith("4.5 million tons")
    assert len(zoe.told(town.club)) == told


async def test_an_edit_that_makes_a_question_of_chatter_is_answered(zoe: Actor, town: Town) -> None:
    room = town.world.supergroup("Room", zoe.person, admin=True)
    said = await zoe.says("corridor", room)
    await zoe.edits(said, "/corridor")
    assert zoe.last(room).payload["reply_to_message"]["message_id"] == said.id
    told = len(zoe.told(room))
    await zoe.edits(said, "never mind")
    assert len(zoe.told(room)) == told


async def test_in_private_plain_words_and_plain_lines_are_edited_too(ada: Actor) -> None:
    asked = await ada.says("coridor")
    answer, told = ada.last(), len(ada.told())
    assert answer.text.startswith("Middle Corridor")
    await ada.edits(asked, "trade")
    assert answer.text.startswith("Bilateral trade")
    await ada.edits(asked, "/subscribe nothing")
    assert answer.text.startswith("There is no edition “nothing”.")
    assert answer.buttons == []
    await ada.edits(asked, "/subscribe daily 08:30 Asia/Almaty")
    assert answer.text.startswith("Morning brief at 08:30 Almaty time")
    assert len(ada.told()) == told


async def test_an_edit_to_what_is_asked_by_a_reply_begins_anew(ada: Actor, town: Town) -> None:
    asked = await ada.says("/subscribe daily 08:30")
    assert ada.sees.startswith("In which city")
    await ada.edits(asked, "/corridor")
    assert ada.sees.startswith("Middle Corridor")
    assert await town.held() == []


# --- who may -------------------------------------------------------------------------------------


async def test_admins_are_asked_for_once_a_minute_and_anew_before_an_effect(
    ada: Actor, town: Town
) -> None:
    room = town.world.supergroup("Room", ada.person, members=(town.zoe.person,))
    await ada.says("/subscribe daily 08:30 Asia/Almaty", room)
    asked = town.calls("getChatAdministrators")
    for button in ("Hour", "‹‹ Morning brief at 08:30", "Topics"):
        await ada.presses(button, chat=room)
    assert town.calls("getChatAdministrators") == asked
    await ada.presses("Short", chat=room)
    assert town.calls("getChatAdministrators") == asked + 1
    await town.pass_time(minutes=2)
    await ada.says("/subscriptions", room)
    await ada.presses("Morning brief at 08:30", chat=room)
    assert town.calls("getChatAdministrators") == asked + 2


async def test_a_group_may_open_its_settings_to_all_and_close_them_again(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    await ada.says("/settings", town.club)
    screen = ada.last(town.club)
    press = await zoe.presses("Let all change it", screen)
    assert press.answer == "Only the group's admins can change that."
    await ada.presses("Let all change it", screen)
    await zoe.says("/subscribe daily 08:30 Asia/Almaty", town.club)
    assert zoe.last(town.club).text.startswith("Morning brief at 08:30 Almaty time")
    press = await zoe.presses("Only admins", screen)
    assert press.answer == "Only the group's admins can change that."
    await ada.presses("Only admins", screen)
    made = zoe.last(town.club)
    press = await zoe.presses("Stop", made)
    assert press.answer == "Only the group's admins can change that."
    assert len(await town.held()) == 1


async def test_a_groups_brief_has_one_button_to_the_bot_and_linked_numbers(
    ada: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty", town.club)
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.pass_time(days=1)
    brief = ada.last(town.club)
    [[button]] = brief.buttons
    root = f"https://t.me/{town.world.bot.username}?start="
    assert button["url"] == f"{root}brief"
    links = [entity["url"] for entity in brief.entities if entity["type"] == "text_link"]
    assert f"{root}f-corridor-volume" in links
    own = next(item for item in ada.told() if item.text.startswith("Morning brief, "))
    assert len(own.buttons) > 1
    assert own.text == brief.text
    await ada.starts("brief")
    assert ada.sees.startswith("Morning brief, ")


async def test_a_move_loses_nothing(ada: Actor, zoe: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty", town.club)
    await ada.says("/settings", town.club)
    await ada.presses("Let all change it", chat=town.club)
    await ada.presses("Make briefs short", chat=town.club)
    await zoe.says("/corridor 2024", town.club)
    receipts = "SELECT abs(message_id), place FROM receipts ORDER BY 1"
    kept, settings = await town.rows(receipts), "SELECT zone, length, open_to_all FROM chats"
    before = await town.rows(f"{settings} WHERE title = 'The Club'")
    moved = town.world.migrate(ada.person, town.club)
    await town.answered()
    assert await town.rows(receipts) == kept
    assert await town.rows(f"{settings} WHERE title = 'The Club'") == before
    assert ada.told(moved) == []
    await zoe.says("/subscriptions", moved)
    assert "08:30 Almaty time" in zoe.last(moved).text
    await zoe.presses("Morning brief at 08:30", chat=moved)
    await zoe.presses("Stop", chat=moved)
    assert await town.held() == []


async def test_a_move_that_is_told_as_a_farewell_first_loses_nothing(
    ada: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty", town.club)
    bot = {"user": town.world.bot.user}
    change = {
        "chat": town.club.shape,
        "from": ada.person.user,
        "date": int(town.world.now()),
        "old_chat_member": {**bot, "status": "member"},
        "new_chat_member": {**bot, "status": "left"},
    }
    await town.receives("my_chat_member", change)
    moved = town.world.migrate(ada.person, town.club)
    await town.answered()
    await town.receives(
        "my_chat_member",
        {
            **change,
            "chat": moved.shape,
            "old_chat_member": {**bot, "status": "left"},
            "new_chat_member": {**bot, "status": "member"},
        },
    )
    assert ada.told(moved) == []
    await town.pass_time(days=1)
    assert ada.last(moved).text.startswith("Morning brief, Tuesday 25 November")


async def test_a_question_from_before_the_move_is_answered_by_no_reply(
    ada: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30", town.club)
    asked = ada.last(town.club).id
    moved = town.world.migrate(ada.person, town.club)
    await town.answered()
    while moved.last_id < asked - 1:
        await ada.says("ahem", moved)
    await ada.says("/topics", moved)
    await ada.says("Almaty", moved, to=ada.last(moved))
    assert await town.held() == []


# --- presses that nobody should make ---------------------------------------------------------


async def test_forged_presses_in_a_group_change_nothing_and_are_told(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/subscribe daily 08:30 Asia/Almaty", town.club)
    made = ada.last(town.club)
    rows = await town.rows("SELECT id, chat_id FROM subscriptions ORDER BY id")
    (own, _), (groups, _) = rows
    before = await town.rows("SELECT * FROM subscriptions")
    patterns = ("sx:{}", "sm:{}:480", "sb:{}:1", "sp:{}:*", "sl:{}:short", "sk:{}:480", "sn:{}")
    # Somebody else's, from the group; an admin has no power over it either.
    for pattern in patterns:
        press = await ada.forges(pattern.format(own), made)
        assert press.answer.startswith("This button has had its day."), pattern
    # The group's own, by a member.
    told = len(zoe.told(town.club))
    others = ("sxa", "po", "pd:7", "bo", "bx", "setl:short", "sete:silence", "seto:1", "qs:60:90")
    for value in (*(pattern.format(groups) for pattern in patterns), *others):
        press = await zoe.forges(value, made)
        assert press.answer == "Only the group's admins can change that.", value
        assert press.alert
    for value in ("am", "ac", "ax:1", "aq"):
        press = await zoe.forges(value, made)
        assert "admins" in press.answer, value
    assert await town.rows("SELECT * FROM subscriptions") == before
    assert len(zoe.told(town.club)) == told
    chats = await town.rows("SELECT open_to_all, length FROM chats WHERE title = 'The Club'")
    assert [(bool(free), length) for free, length in chats] == [(False, "full")]


async def test_old_presses_and_presses_on_what_is_gone_are_told_in_a_group(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    await zoe.says("/corridor", town.club)
    screen = zoe.last(town.club)
    for value in ("d:nowhere", "s:corridor.nowhere", "f:corridor.nowhere"):
        press = await zoe.forges(value, screen)
        assert press.answer == "That is no longer in the briefings.", value
        assert screen.text.startswith("Topics")
    press = await zoe.forges("zz:1", screen)
    assert press.answer == "This button is from an older version. Here is the list of topics."
    await ada.says("/subscribe alerts", town.club)
    made = ada.last(town.club)
    await ada.says("/unsubscribe", town.club)
    press = await ada.presses("Stop", made)
    assert press.answer.startswith("This button has had its day.")
    await town.restart()
    press = await zoe.forges("d:corridor", screen)
    assert press.answered
    assert screen.text.startswith("Middle Corridor")


async def test_a_group_that_a_message_was_forwarded_to_has_no_power_over_it(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty", town.club)
    [[number]] = await town.rows("SELECT id FROM subscriptions")
    room = town.world.supergroup("Room", zoe.person)
    await zoe.says("/topics", room)
    press = await zoe.forges(f"sx:{number}", zoe.last(room))
    assert press.answer.startswith("This button has had its day.")
    assert len(await town.held()) == 1
