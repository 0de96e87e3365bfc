"""What persons do, and what of it the bot is told."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.chats import Impossible, Payload
from tests.sandbox.house import House

GO = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}


def texts(house: House) -> list[str]:
    return [update["message"]["text"] for update in house.news() if "message" in update]


def test_a_deep_link_carries_its_word() -> None:
    house = House()
    ada = house.person("Ada")
    house.start(ada, "corridor")
    message = house.news()[0]["message"]
    assert message["text"] == "/start corridor"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"]["language_code"] == "en"
    with pytest.raises(Impossible):
        house.start(ada, "not allowed")


def test_one_who_blocks_is_told_of_and_may_come_back() -> None:
    house = House()
    ada = house.started()
    house.block(ada)
    update = house.news()[0]["my_chat_member"]
    assert update["chat"]["type"] == "private"
    assert update["old_chat_member"]["status"] == "member"
    assert update["new_chat_member"]["status"] == "kicked"
    with pytest.raises(Impossible):
        house.say(ada, "Hello")
    house.start(ada)
    back, start = house.news()
    assert back["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert start["message"]["text"] == "/start"
    house.ask("sendMessage", chat_id=ada.id, text="Welcome back")


def test_privacy_mode_hides_what_is_not_meant_for_the_bot() -> None:
    house = House()
    ada = house.started()
    club = house.supergroup("The Club", ada)
    house.news()
    answered = house.ask("sendMessage", chat_id=club.id, text="Question?")
    question = club.messages[answered["message_id"]]
    for text in (
        "just talk",
        "/help",
        "/help@briefing_sandbox_bot",
        "/help@Another_bot",
        "a word to @Briefing_Sandbox_Bot",
        "see /help there",
        "for @another_bot",
    ):
        house.say(ada, text, club)
    house.say(ada, "an answer", club, reply_to=question)
    assert texts(house) == [
        "/help",
        "/help@briefing_sandbox_bot",
        "a word to @Briefing_Sandbox_Bot",
        "an answer",
    ]


def test_an_admin_and_a_bot_without_privacy_mode_hear_everything() -> None:
    house = House()
    ada = house.started()
    club = house.supergroup("The Club", ada, admin=True)
    house.news()
    house.say(ada, "just talk", club)
    assert texts(house) == ["just talk"]
    house = House(privacy=False)
    ada = house.started()
    club = house.supergroup("The Club", ada)
    house.news()
    house.say(ada, "just talk", club)
    assert texts(house) == ["just talk"]
    assert house.ask("getMe")["can_read_all_group_messages"] is True


def test_a_bot_is_told_when_it_comes_and_goes() -> None:
    house = House()
    ada = house.started()
    club = house.group("The Club", ada, bot=False)
    house.add_bot(ada, club, payload="trade")
    added, service, start = house.news()
    assert added["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert service["message"]["new_chat_members"][0]["id"] == house.bot.id
    assert start["message"]["text"] == "/start@briefing_sandbox_bot trade"
    house.promote(ada, club)
    assert house.news()[0]["my_chat_member"]["new_chat_member"]["status"] == "administrator"
    house.demote(ada, club)
    assert house.news()[0]["my_chat_member"]["new_chat_member"]["status"] == "member"
    house.remove_bot(ada, club)
    removed, service = house.news()
    assert removed["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert service["message"]["left_chat_member"]["id"] == house.bot.id
    with pytest.raises(Impossible):
        house.remove_bot(ada, club)


def test_a_group_becomes_a_supergroup_and_says_so_twice() -> None:
    house = House()
    ada = house.started()
    group = house.group("The Club", ada)
    house.news()
    club = house.migrate(ada, group)
    old, new = (update["message"] for update in house.news())
    assert (old["chat"]["id"], old["migrate_to_chat_id"]) == (group.id, club.id)
    assert (new["chat"]["id"], new["migrate_from_chat_id"]) == (club.id, group.id)
    assert new["chat"]["type"] == "supergroup"
    with pytest.raises(Impossible):
        house.say(ada, "Hello", group)
    house.say(ada, "/help", club)


def test_an_anonymous_admin_writes_in_the_groups_name() -> None:
    house = House()
    ada = house.started()
    club = house.supergroup("The Club", ada)
    house.promote(ada, club, ada, anonymous=True)
    house.news()
    house.say(ada, "/settings", club)
    message = house.news()[0]["message"]
    assert message["from"]["username"] == "GroupAnonymousBot"
    assert message["sender_chat"]["id"] == club.id
    admins = house.ask("getChatAdministrators", chat_id=club.id)
    assert [(admin["user"]["id"], admin["is_anonymous"]) for admin in admins] == [(ada.id, True)]


def test_a_channel_post_has_no_author() -> None:
    house = House()
    ada = house.started()
    news = house.channel("News", ada)
    house.news()
    post = house.say(ada, "First", news)
    house.edit(ada, post, "Second")
    first, edited = house.news()
    assert "from" not in first["channel_post"]
    assert first["channel_post"]["sender_chat"]["id"] == news.id
    assert edited["edited_channel_post"]["text"] == "Second"
    ben = house.person("Ben")
    house.join(ben, news)
    with pytest.raises(Impossible):
        house.say(ben, "Mine", news)


def test_messages_of_a_topic_say_which() -> None:
    house = House()
    ada = house.started()
    forum = house.supergroup("Forum", ada, forum=True, admin=True)
    topic = house.topic(ada, forum, "News")
    house.news()
    said = house.say(ada, "/help", forum, thread=topic)
    general = house.say(ada, "/help", forum)
    first, second = (update["message"] for update in house.news())
    assert first["message_thread_id"] == topic.id
    assert first["is_topic_message"] is True
    assert first["reply_to_message"]["forum_topic_created"]["name"] == "News"
    assert "message_thread_id" not in second
    assert "reply_to_message" not in second
    assert (said.thread, general.thread) == (topic.id, None)
    reply = {"message_id": said.id}
    sent = house.ask(
        "sendMessage",
        chat_id=forum.id,
        message_thread_id=topic.id,
        text="x",
        reply_parameters=reply,
    )
    assert sent["message_thread_id"] == topic.id


def test_a_topic_closes_opens_and_goes() -> None:
    house = House()
    ada = house.started()
    forum = house.supergroup("Forum", ada, forum=True)
    topic = house.topic(ada, forum, "News")

    def send() -> dict[str, Any]:
        return {"chat_id": forum.id, "message_thread_id": topic.id, "text": "x"}

    house.close_topic(ada, forum, topic)
    assert house.refused("sendMessage", **send()) == "400 Bad Request: TOPIC_CLOSED"
    house.reopen_topic(ada, forum, topic)
    house.ask("sendMessage", **send())
    house.close_topic(ada, forum, topic)
    house.promote(ada, forum)
    house.ask("sendMessage", **send())
    house.delete_topic(ada, forum, topic)
    assert house.refused("sendMessage", **send()) == ("400 Bad Request: message thread not found")
    assert house.refused("sendMessage", **(send() | {"message_thread_id": 1})) == (
        "400 Bad Request: message thread not found"
    )


def test_a_reply_in_a_plain_supergroup_has_a_thread_that_is_no_topic() -> None:
    house = House()
    ada = house.started()
    club = house.supergroup("The Club", ada, admin=True)
    first = house.say(ada, "one", club)
    house.news()
    house.say(ada, "two", club, reply_to=first)
    message = house.news()[0]["message"]
    assert message["message_thread_id"] == first.id
    assert "is_topic_message" not in message


def test_buttons_do_what_they_say() -> None:
    house = House()
    ada = house.started()
    rows = [
        [{"text": "Link", "url": "https://example.org"}, {"text": "Go", "callback_data": "go"}],
        [{"text": "Copy", "copy_text": {"text": "4.5"}}],
        [{"text": "Here", "switch_inline_query_current_chat": "aktau"}],
    ]
    house.ask("sendMessage", chat_id=ada.id, text="x", reply_markup={"inline_keyboard": rows})
    message = house.sees(ada)[-1]
    link = house.press(ada, message, "Link")
    assert (link.kind, link.value) == ("url", "https://example.org/")
    assert house.press(ada, message, (1, 0)).value == "4.5"
    assert house.kinds() == []
    house.press(ada, message, "Go")
    query = house.news()[0]["callback_query"]
    assert query["data"] == "go"
    assert query["message"]["message_id"] == message.id
    typed = house.press(ada, message, "Here")
    assert typed.inline is not None
    assert house.news()[0]["inline_query"]["chat_type"] == "sender"
    with pytest.raises(Impossible, match=r"no button 'Nowhere'; there is 'Link', 'Go'"):
        house.press(ada, message, "Nowhere")
    zoe = house.started("Zoe")
    with pytest.raises(Impossible):
        house.press(zoe, message, "Go")


def test_a_reply_keyboard_writes_shares_and_goes() -> None:
    house = House()
    ada = house.started()
    news = house.channel("News", ada)
    club = house.group("The Club", ada)
    house.news()
    request = {"request_id": 7, "chat_is_channel": True, "request_title": True}
    keyboard = {
        "keyboard": [
            ["Plain", {"text": "Where I am", "request_location": True}],
            [{"text": "Channel", "request_chat": request}],
        ],
    }
    house.ask("sendMessage", chat_id=ada.id, text="x", reply_markup=keyboard)
    message = house.sees(ada)[-1]
    assert house.private(ada).keyboard is message
    house.press(ada, message, "Plain")
    house.press(ada, message, "Where I am")
    house.press(ada, message, "Channel", chat=news)
    plain, place, shared = (update["message"] for update in house.news())
    assert plain["text"] == "Plain"
    assert "latitude" in place["location"]
    assert shared["chat_shared"] == {"request_id": 7, "chat_id": news.id, "title": "News"}
    with pytest.raises(Impossible):
        house.press(ada, message, "Channel", chat=club)
    house.ask("sendMessage", chat_id=ada.id, text="x", reply_markup={"remove_keyboard": True})
    assert house.private(ada).keyboard is None
    refused = house.refused("sendMessage", chat_id=club.id, text="x", reply_markup=keyboard)
    assert refused == "400 Bad Request: location can be requested in private chats only"


def test_an_inline_result_is_posted_and_its_message_edited() -> None:
    house = House()
    ada = house.started()
    club = house.supergroup("The Club", ada)
    house.news()
    query = house.inline(ada, "aktau", chat=club)
    asked = house.news()[0]["inline_query"]
    assert (asked["query"], asked["chat_type"]) == ("aktau", "supergroup")
    with pytest.raises(Impossible):
        house.choose(ada, query, 0)
    article = {"type": "article", "id": "a", "title": "Aktau", "reply_markup": GO}
    article["input_message_content"] = {"message_text": "<b>Aktau</b>", "parse_mode": "HTML"}
    house.ask("answerInlineQuery", inline_query_id=query.id, results=[article], cache_time=30)
    assert (query.titles, query.cache_time) == (["Aktau"], 30)
    message = house.choose(ada, query, "Aktau", chat=club)
    assert message.text == "Aktau"
    posted, chosen = house.news()
    assert posted["message"]["via_bot"]["id"] == house.bot.id
    assert chosen["chosen_inline_result"]["inline_message_id"] == message.inline_id
    house.press(ada, message, "Go")
    assert house.news()[0]["callback_query"]["inline_message_id"] == message.inline_id
    done = house.ask("editMessageText", inline_message_id=message.inline_id, text="Later")
    assert done is True
    assert message.text == "Later"


def menu(house: House, *who: Any) -> list[str]:
    return [command["command"] for command in house.menu(*who)]


def test_the_menu_is_that_of_the_narrowest_scope_in_the_persons_language() -> None:
    house = House()
    ada = house.started()
    zoe = house.started("Zoe", language_code="ru")
    club = house.supergroup("The Club", ada, members=[zoe])

    def set_menu(name: str, scope: Payload | None = None, language: str = "") -> None:
        house.ask(
            "setMyCommands",
            commands=[{"command": name, "description": name}],
            scope=scope or {"type": "default"},
            language_code=language,
        )

    assert menu(house, ada) == []
    set_menu("any")
    assert menu(house, ada) == menu(house, ada, club) == ["any"]
    set_menu("any_ru", language="ru")
    assert (menu(house, ada), menu(house, zoe)) == (["any"], ["any_ru"])
    set_menu("private", {"type": "all_private_chats"})
    assert (menu(house, zoe), menu(house, zoe, club)) == (["private"], ["any_ru"])
    set_menu("groups", {"type": "all_group_chats"})
    set_menu("admins", {"type": "all_chat_administrators"})
    assert (menu(house, ada, club), menu(house, zoe, club)) == (["admins"], ["groups"])
    set_menu("club", {"type": "chat", "chat_id": club.id})
    assert (menu(house, ada, club), menu(house, zoe, club)) == (["club"], ["club"])
    set_menu("club_admins", {"type": "chat_administrators", "chat_id": club.id})
    set_menu("zoes", {"type": "chat_member", "chat_id": club.id, "user_id": zoe.id})
    assert (menu(house, ada, club), menu(house, zoe, club)) == (["club_admins"], ["zoes"])
    house.ask("deleteMyCommands", scope={"type": "all_private_chats"})
    assert menu(house, ada) == ["any"]


def test_photos_are_uploaded_once_and_kept() -> None:
    house = House()
    ada = house.started()
    message = house.send_photo(ada, caption="Look")
    file_id = message.payload["photo"][-1]["file_id"]
    sent = house.ask("sendPhoto", chat_id=ada.id, photo=file_id)
    assert sent["photo"] == message.payload["photo"]
    path = house.ask("getFile", file_id=file_id)["file_path"]
    assert house.files.by_path[path].data.startswith(b"\x89PNG")
    house.web["https://example.org/a.png"] = ("a.png", house.files.by_path[path].data, "")
    house.ask("sendPhoto", chat_id=ada.id, photo="https://example.org/a.png")


async def test_the_bots_typing_fades() -> None:
    house = House()
    ada = house.started()
    house.ask("sendChatAction", chat_id=ada.id, action="typing")
    action = house.private(ada).action
    assert action is not None
    assert action[:2] == ("typing", house.now() + 5)
    house.ask("sendMessage", chat_id=ada.id, text="x")
    assert house.private(ada).action is None
    refused = house.refused("sendChatAction", chat_id=ada.id, action="dancing")
    assert refused == "400 Bad Request: wrong parameter action in request"


async def test_people_keep_to_the_rules_too() -> None:
    house = House()
    ada, ben = house.started(), house.started("Ben")
    club = house.supergroup("The Club", ada, members=[ben], forum=True)
    topic = house.topic(ada, club, "News")
    house.slow_mode(club, 10)
    house.say(ben, "one", club)
    with pytest.raises(Impossible, match="slow mode"):
        house.say(ben, "two", club)
    await house.clock.advance(10)
    house.close_topic(ada, club, topic)
    with pytest.raises(Impossible, match="closed"):
        house.say(ben, "two", club, thread=topic)
    house.restrict(ada, club, ben)
    with pytest.raises(Impossible):
        house.say(ben, "two", club)
    house.kick(ada, club, ben)
    with pytest.raises(Impossible):
        house.join(ben, club)
    house.deactivate(ben)
    with pytest.raises(Impossible):
        house.say(ben, "Hello")
    with pytest.raises(Impossible):
        house.edit(ada, house.sees(ben)[0], "mine now")


def test_a_bot_leaves_and_deletes_and_pins() -> None:
    house = House()
    ada = house.started()
    club = house.supergroup("The Club", ada, admin=True)
    message = house.say(ada, "Hello", club)
    house.ask("pinChatMessage", chat_id=club.id, message_id=message.id)
    assert house.ask("getChat", chat_id=club.id)["pinned_message"]["text"] == "Hello"
    house.ask("deleteMessage", chat_id=club.id, message_id=message.id)
    assert "pinned_message" not in house.ask("getChat", chat_id=club.id)
    assert house.ask("getChatMemberCount", chat_id=club.id) == 2
    house.ask("leaveChat", chat_id=club.id)
    assert house.refused("getChat", chat_id=club.id).startswith("403")


def test_watchers_are_told_of_each_happening() -> None:
    house = House()
    seen: list[str] = []
    stop = house.watch(lambda event: seen.append(event["kind"]))
    ada = house.person("Ada")
    house.start(ada)
    sent = house.ask("sendMessage", chat_id=ada.id, text="x", reply_markup=GO)
    house.ask("editMessageText", chat_id=ada.id, message_id=sent["message_id"], text="y")
    house.ask("deleteMessage", chat_id=ada.id, message_id=sent["message_id"])
    house.ask("sendChatAction", chat_id=ada.id, action="typing")
    house.block(ada)
    assert seen == ["message", "message", "edit", "delete", "action", "member"]
    stop()
    house.start(ada)
    assert len(seen) == 6


def test_two_cannot_have_one_id_or_name() -> None:
    house = House()
    ada = house.started(user_id=5)
    with pytest.raises(Impossible):
        house.person("Ben", user_id=5)
    house.channel("News", ada, username="news")
    with pytest.raises(Impossible):
        house.supergroup("Other", ada, username="News")
    assert house.ask("sendMessage", chat_id="@NEWS", text="x")["chat"]["username"] == "news"
