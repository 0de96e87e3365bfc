"""Topics of a forum that are closed or deleted: the group gets the brief, its admins are told."""

from __future__ import annotations

import pytest

from bot.sandbox.chats import Chat, Message, Topic
from tests.cast import Actor, Town


@pytest.fixture
async def forum(ada: Actor, town: Town) -> Chat:
    """Ada's forum, with Zoe in it."""
    return town.world.supergroup("Desk", ada.person, members=(town.zoe.person,), forum=True)


def briefs(who: Actor, forum: Chat) -> list[Message]:
    """What came by the clock, whether there was news or not."""
    starts = ("Morning brief, ", "Morning brief: ")
    return [item for item in who.told(forum) if item.text.startswith(starts)]


async def subscribed(ada: Actor, town: Town, forum: Chat) -> Topic:
    topic = town.world.topic(ada.person, forum, "Corridor")
    await ada.says("/subscribe daily 08:30 Asia/Almaty", forum, thread=topic.id)
    return topic


async def test_a_closed_topics_brief_stands_in_the_group_until_it_opens_again(
    ada: Actor, forum: Chat, town: Town
) -> None:
    await ada.says("/start")
    topic = await subscribed(ada, town, forum)
    town.world.close_topic(ada.person, forum, topic)
    for days in (1, 2, 3, 4):
        await town.pass_time(days=1)
        assert [item.thread for item in briefs(ada, forum)] == [None] * days
    told = [text for text in town.sent(ada) if text.startswith("A topic of Desk")]
    assert told == [
        "A topic of Desk takes no messages. What was to go there stands in the group itself."
    ]
    town.world.reopen_topic(ada.person, forum, topic)
    await town.pass_time(days=3)
    assert ada.last(forum).thread == topic.id


async def test_a_deleted_topic_is_forgotten_after_three(
    ada: Actor, forum: Chat, town: Town
) -> None:
    await ada.says("/start")
    topic = await subscribed(ada, town, forum)
    town.world.delete_topic(ada.person, forum, topic)
    await town.pass_time(days=3)
    told = [text for text in town.sent(ada) if text.startswith("A topic of Desk")]
    assert [text.split(".")[0] for text in told] == [
        "A topic of Desk takes no messages",
        "A topic of Desk is gone",
    ]
    assert await town.rows("SELECT thread_id, state FROM subscriptions") == [(0, "active")]
    await town.pass_time(days=4)
    assert len(briefs(ada, forum)) == 5
    assert len([text for text in town.sent(ada) if text.startswith("A topic of Desk")]) == 2
    await ada.says("/subscriptions", forum)
    assert "08:30 Almaty time" in ada.last(forum).text


async def test_where_no_admin_talks_to_us_the_group_is_told(
    ada: Actor, forum: Chat, town: Town
) -> None:
    topic = await subscribed(ada, town, forum)
    town.world.delete_topic(ada.person, forum, topic)
    await town.pass_time(days=1)
    brief, told = ada.told(forum)[-2:]
    assert brief.text.startswith("Morning brief, Tuesday 25 November")
    assert told.text.startswith("A topic of Desk takes no messages.")
    assert told.silent


async def test_a_forgotten_topic_does_not_double_what_the_group_has(
    ada: Actor, forum: Chat, town: Town
) -> None:
    topic = await subscribed(ada, town, forum)
    await ada.says("/subscribe daily 08:30 Asia/Almaty", forum)
    town.world.delete_topic(ada.person, forum, topic)
    await town.pass_time(days=4)
    held = await town.rows("SELECT thread_id, state FROM subscriptions ORDER BY thread_id")
    assert held == [(0, "active"), (topic.id, "ended")]
    before = len(briefs(ada, forum))
    await town.pass_time(days=4)
    assert len(briefs(ada, forum)) == before + 2


async def test_a_press_in_a_deleted_topic_is_answered_in_the_group(
    ada: Actor, forum: Chat, town: Town
) -> None:
    topic = town.world.topic(ada.person, forum, "Corridor")
    asked = await ada.says("/corridor", forum, thread=topic.id)
    town.world.close_topic(ada.person, forum, topic)
    await ada.edits(asked, "/trade")
    assert ada.last(forum).text.startswith("Bilateral trade")
