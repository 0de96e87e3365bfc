"""Channels: chosen in private by one of their admins, managed from there, and by posts."""

from __future__ import annotations

import pytest

from bot.sandbox.chats import Chat
from tests.cast import Actor, Town, buttons, data


@pytest.fixture
async def news(ada: Actor, town: Town) -> Chat:
    """Ada's channel, with Zoe and Ben as readers and without the bot."""
    readers = (town.zoe.person, town.ben.person)
    return town.world.channel("News", ada.person, members=readers, bot=False)


async def choose(who: Actor, town: Town, channel: Chat) -> None:
    await who.says("/channels")
    await who.presses("Choose a channel")
    picker = who.last()
    town.world.press(who.person, picker, "Choose a channel", chat=channel)
    await town.answered()


async def test_a_channel_is_picked_and_subscribed_from_private(
    ada: Actor, news: Chat, town: Town
) -> None:
    await choose(ada, town, news)
    assert town.world.private(ada.person).keyboard is None
    assert ada.told()[-2].text == "The channel: News."
    assert ada.sees.startswith("News\n")
    await ada.presses("New subscription")
    await ada.presses("Morning brief")
    assert ada.sees.startswith("News\nIn which city")
    await ada.says("Almaty", to=ada.last())
    assert ada.sees.startswith("News\nMorning brief at 08:00 Almaty time")
    assert ada.told(news) == []
    await ada.presses("Hour")
    await ada.presses("07:00")
    await town.pass_time(days=1)
    brief = ada.last(news)
    assert brief.text.startswith("Morning brief, Tuesday 25 November")
    assert len(town.briefs(ada)) == 0
    rows = "SELECT c.kind, s.minute FROM subscriptions s JOIN chats c ON c.id = s.chat_id"
    assert await town.rows(rows) == [("channel", 420)]


async def test_the_buttons_of_a_channel_still_lead_to_it_after_a_restart(
    ada: Actor, news: Chat, town: Town
) -> None:
    await choose(ada, town, news)
    screen = ada.last()
    await town.restart()
    await ada.presses("New subscription", screen)
    await ada.presses("Alerts", screen)
    assert screen.text.startswith("News\nAlerts: sent when something changes.")
    await ada.presses("Stop", screen)
    assert screen.text.startswith("News\nStopped: Alerts.")
    assert await town.held() == []


async def test_its_settings_are_seen_and_set_from_private(
    ada: Actor, news: Chat, town: Town
) -> None:
    town.world.add_bot(ada.person, news)
    await ada.says("/start")
    await choose(ada, town, news)
    number = (await town.rows("SELECT id FROM chats WHERE kind = 'channel'"))[0][0]
    await ada.forges(f"@{number}:set")
    assert ada.sees.startswith("News\n")
    await ada.presses("Make briefs short")
    kinds = await town.rows("SELECT kind, length FROM chats WHERE length = 'short'")
    assert kinds == [("channel", "short")]
    await ada.presses("Time zone")
    await ada.says("Tbilisi", to=ada.last())
    zones = await town.rows("SELECT kind, zone FROM chats WHERE zone IS NOT NULL")
    assert zones == [("channel", "Asia/Tbilisi")]


async def test_who_is_no_admin_of_the_channel_cannot_have_it(
    ada: Actor, zoe: Actor, news: Chat, town: Town
) -> None:
    await choose(ada, town, news)
    await ada.presses("New subscription")
    await ada.presses("Alerts")
    screen, before = ada.last(), await town.held()
    await zoe.says("/topics")
    for value in data(screen):
        press = await zoe.forges(value)
        assert press.answer == "Only admins of News can look after it.", value
        assert press.alert
    assert await town.held() == before
    # A client of her own making may name any chat.
    shared = {"request_id": 1, "chat_id": news.id, "title": "News"}
    message = {
        "message_id": 900,
        "from": zoe.person.user,
        "chat": town.world.private(zoe.person).shape,
        "date": int(town.world.now()),
        "chat_shared": shared,
    }
    await town.receives("message", message)
    assert zoe.sees == "Only admins of News can look after it."


async def test_a_dismissed_admin_finds_the_channels_buttons_dead(
    ada: Actor, zoe: Actor, news: Chat, town: Town
) -> None:
    await choose(ada, town, news)
    town.world.promote(ada.person, news, zoe.person)
    await choose(zoe, town, news)
    await zoe.presses("New subscription")
    town.world.demote(ada.person, news, zoe.person)
    press = await zoe.presses("Alerts")
    assert press.answer == "Only the group's admins can change that."
    assert await town.held() == []


async def test_a_channel_that_we_may_not_post_in_is_said_so(
    ada: Actor, news: Chat, town: Town
) -> None:
    await ada.says("/start")
    town.world.add_bot(ada.person, news, rights=["can_invite_users"])
    await town.answered()
    assert ada.sees.startswith("I may not post in News.")
    [button] = buttons(ada.last())
    assert button == "Add to a channel"
    await town.receives("message", _shared(ada, town, {"request_id": 1, "chat_id": news.id}))
    assert ada.sees.startswith("I may not post in News.")
    await town.receives("message", _shared(ada, town, {"request_id": 1, "chat_id": -1009}))
    assert ada.sees.startswith("I am not in that channel.")


def _shared(who: Actor, town: Town, shared: dict[str, object]) -> dict[str, object]:
    return {
        "message_id": 901,
        "from": who.person.user,
        "chat": town.world.private(who.person).shape,
        "date": int(town.world.now()),
        "chat_shared": shared,
    }


async def test_a_channel_that_threw_us_out_keeps_its_record(
    ada: Actor, news: Chat, town: Town
) -> None:
    await choose(ada, town, news)
    await ada.presses("New subscription")
    await ada.presses("Alerts")
    screen = ada.last()
    town.world.remove_bot(ada.person, news)
    await town.answered()
    press = await ada.presses("Stop", screen)
    assert press.answer == "I am not in News any more."
    await town.pass_time(minutes=10)
    town.world.add_bot(ada.person, news)
    await town.answered()
    assert ada.sees.startswith("News\nHere again. These subscriptions rest")
    await ada.presses("Go on")
    assert [state for *_, state in await town.held()] == ["active"]
    assert ada.told(news) == []


async def test_whoever_adds_us_to_a_channel_is_told_in_private(
    ada: Actor, news: Chat, town: Town
) -> None:
    town.world.add_bot(ada.person, news)
    await town.answered()
    assert ada.told() == []
    await ada.says("/start")
    other = town.world.channel("Other", ada.person)
    await town.answered()
    assert ada.sees.startswith("Other\nI may post there now.")
    await ada.presses("Subscribe")
    assert ada.sees.startswith("Other\nWhich brief would you like?")
    assert ada.told(other) == []


async def test_a_post_that_is_a_command_is_obeyed_and_others_are_not_heard(
    ada: Actor, news: Chat, town: Town
) -> None:
    town.world.add_bot(ada.person, news)
    for words in ("Good morning", "corridor", f"@{town.world.bot.username} corridor", "/nothing"):
        await ada.says(words, news)
    assert ada.told(news) == []
    await ada.says("/subscribe daily 08:30 Asia/Almaty", news)
    answer = ada.last(news)
    assert answer.text.startswith("Morning brief at 08:30 Almaty time")
    assert answer.silent
    [[button]] = answer.buttons
    assert button["url"].startswith(f"https://t.me/{town.world.bot.username}")
    await town.pass_time(days=1)
    assert ada.last(news).text.startswith("Morning brief, Tuesday 25 November")


async def test_an_edited_post_that_is_a_command_edits_its_answer(
    ada: Actor, news: Chat, town: Town
) -> None:
    town.world.add_bot(ada.person, news)
    post = await ada.says("/subscribe daily 08:70 Asia/Almaty", news)
    answer = ada.last(news)
    assert answer.text.startswith("“08:70” is not an hour.")
    await ada.edits(post, "/subscribe daily 08:30 Asia/Almaty")
    assert answer.text.startswith("Morning brief at 08:30 Almaty time")
    assert len(await town.held()) == 1
    await ada.edits(post, "Good morning")
    assert [item.text for item in ada.told(news)] == [answer.text]
    other = await ada.says("Good morning", news)
    await ada.edits(other, "/corridor")
    assert ada.last(news).text.startswith("Middle Corridor\n")
    photo = town.world.send_photo(ada.person, news, caption="/trade")
    await town.answered()
    assert ada.last(news).text.startswith("Bilateral trade\n")
    await ada.edits(photo, "/visit")
    assert ada.last(news).text.startswith("Visit and council\n")


async def test_a_managed_channel_is_not_mixed_up_with_ones_own(
    ada: Actor, news: Chat, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await choose(ada, town, news)
    assert ada.sees.startswith("News\nYou have no subscriptions.")
    await ada.says("/subscriptions")
    assert "Morning brief" in ada.sees
    assert "News" not in ada.sees
    [[own]] = await town.rows("SELECT id FROM chats WHERE kind = 'private'")
    numbers = (own, 999, "x", "", -1, "²", "9" * 30)
    forged = [f"@{number}:subs" for number in numbers]
    for value in (*forged, "@1:am", "@1:@1:subs", "@1", "@1:"):
        press = await ada.forges(value)
        assert press.answered, value
        assert press.answer, value
    await town.zoe.says("/start")
    press = await town.zoe.forges("@1:sub")
    assert press.answer == "Only admins of The Club can look after it."
    assert len(await town.held()) == 1
