"""What Telegram refuses, in its own words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.sandbox.chats import PERMISSIONS
from tests.sandbox.house import PNG, START, House

BUTTON = {"text": "Go", "callback_data": "go"}


def inline(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


TEXTS: list[tuple[dict[str, Any], str]] = [
    ({"text": ""}, "message text is empty"),
    ({}, "message text is empty"),
    ({"text": "   "}, "text must be non-empty"),
    ({"text": " \u2800\n\u200b "}, "text must be non-empty"),
    ({"text": "<b> </b>", "parse_mode": "HTML"}, "text must be non-empty"),
    ({"text": "x" * 32769}, "text is too long"),
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": "\U0001f600" * 4097}, "message is too long"),
    ({"text": "x", "parse_mode": "INVALID"}, "unsupported parse_mode"),
    ({"text": "\ud800"}, "strings must be encoded in UTF-8"),
    (
        {"text": "<script>alert(1)</script>", "parse_mode": "HTML"},
        'can\'t parse entities: Unsupported start tag "script" at byte offset 0',
    ),
    (
        {"text": "*unclosed", "parse_mode": "Markdown"},
        "can't parse entities: Can't find end of the entity starting at byte offset 0",
    ),
    (
        {"text": "a-b", "parse_mode": "MarkdownV2"},
        (
            "can't parse entities: Character '-' is reserved and must be escaped with the "
            "preceding '\\'"
        ),
    ),
    (
        {"text": "hello", "entities": [{"type": "bold", "offset": 100, "length": 1}]},
        "entity begins after the end of the text at UTF-16 offset 100",
    ),
    (
        {"text": "hello", "entities": [{"type": "bold", "offset": 0, "length": 100}]},
        "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100",
    ),
    (
        {"text": "hello", "entities": [{"type": "bold", "offset": -1, "length": 1}]},
        "receive an entity with incorrect offset -1",
    ),
    (
        {"text": "\U0001f600", "entities": [{"type": "bold", "offset": 1, "length": 1}]},
        "entity begins in a middle of a UTF-16 symbol at UTF-16 offset 1",
    ),
    (
        {"text": "hello", "entities": [{"type": "new", "offset": 0, "length": 1}]},
        "can't parse MessageEntity: Unsupported type specified",
    ),
    (
        {"text": "link", "entities": [{"type": "text_link", "offset": 0, "length": 4}]},
        "can't parse MessageEntity: Can't find field \"url\"",
    ),
    (
        {
            "text": "link",
            "entities": [{"type": "text_link", "offset": 0, "length": 4, "url": "not-a-url"}],
        },
        "entity URL 'not-a-url' is invalid: Wrong HTTP URL",
    ),
    (
        {"text": "link", "entities": [{"type": "text_link", "offset": 0, "length": 4, "url": ""}]},
        "entity URL '' is invalid: URL host is empty",
    ),
    (
        {
            "text": "user",
            "entities": [{"type": "text_mention", "offset": 0, "length": 4, "user": {"id": 1}}],
        },
        "user not found",
    ),
    (
        {"text": "x", "link_preview_options": {"is_disabled": "yes"}},
        'field "is_disabled" must be of type Boolean',
    ),
    ({"text": "x", "link_preview_options": {"url": "not-a-url"}}, "WEBPAGE_URL_INVALID"),
    ({"text": "x", "message_thread_id": 999}, "message thread not found"),
    ({"text": "x", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
    ({"text": "x", "reply_parameters": {"quote": "x"}}, 'can\'t find field "message_id"'),
    ({"text": "x", "allow_paid_broadcast": True}, "FLOODSKIP_NOT_ALLOWED"),
    ({"text": "x", "business_connection_id": "b"}, "business connection not found"),
    ({"text": "x", "chat_id": ""}, "chat_id is empty"),
    ({"text": "x", "chat_id": 0}, "chat not found"),
    ({"text": "x", "chat_id": -1}, "chat not found"),
    ({"text": "x", "chat_id": "not_a_chat"}, "chat not found"),
    ({"text": "x", "chat_id": "@nowhere_at_all"}, "chat not found"),
]


@pytest.mark.parametrize(("params", "words"), TEXTS)
def test_a_text_is_refused_in_telegrams_words(params: dict[str, Any], words: str) -> None:
    house = House()
    ada = house.started()
    given = {"chat_id": ada.id} | params
    assert house.refused("sendMessage", **given) == f"400 Bad Request: {words}"
    assert house.ledger == []


KEYBOARDS: list[tuple[object, str]] = [
    ("nonsense", "can't parse reply keyboard markup JSON object"),
    ([], "object expected as reply markup"),
    ({"inline_keyboard": "bad"}, 'field "inline_keyboard" must be of type Array'),
    ({"keyboard": "bad"}, 'field "keyboard" must be of type Array'),
    ({"force_reply": "yes"}, 'field "force_reply" must be of type Boolean'),
    (
        {"keyboard": [[{"text": "A"}]], "selective": "yes"},
        'field "selective" must be of type Boolean',
    ),
    (
        inline({"callback_data": "x"}),
        "can't parse inline keyboard button: Can't find field \"text\"",
    ),
    (
        inline({"text": "x"}),
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    (
        inline({"text": "x", "callback_data": ""}),
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    (inline({"text": "x", "callback_data": "x" * 65}), "BUTTON_DATA_INVALID"),
    (inline({"text": "x", "callback_data": "я" * 33}), "BUTTON_DATA_INVALID"),
    (inline({"text": "x", "copy_text": {"text": ""}}), "BUTTON_COPY_TEXT_INVALID"),
    (inline({"text": "x", "copy_text": {"text": "x" * 257}}), "BUTTON_COPY_TEXT_INVALID"),
    (inline({"text": "x", "pay": True}), "BUTTON_TYPE_INVALID"),
    (inline({"text": "x", "callback_game": {}}), "BUTTON_TYPE_INVALID"),
    (
        inline({"text": "x", "url": "not-a-url"}),
        "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL",
    ),
    (
        inline({"text": "x", "url": "ftp://example.com"}),
        "inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
    ),
    (
        inline({"text": "x", "web_app": {"url": "http://example.com"}}),
        (
            "inline keyboard button Web App URL 'http://example.com' is invalid: "
            "Only HTTPS links are allowed"
        ),
    ),
    ({"inline_keyboard": [[BUTTON] * 8] * 13}, "reply markup is too long"),
    (
        {"keyboard": [[{"text": "x", "request_chat": {"chat_is_channel": True}}]]},
        "can't parse keyboard button: Can't find field \"request_id\"",
    ),
    (
        {"keyboard": [[{"text": "x", "request_chat": {"request_id": 1, "chat_is_forum": "y"}}]]},
        'can\'t parse keyboard button: Field "chat_is_forum" must be of type Boolean',
    ),
]


@pytest.mark.parametrize(("markup", "words"), KEYBOARDS)
def test_a_keyboard_is_refused_in_telegrams_words(markup: object, words: str) -> None:
    house = House()
    ada = house.started()
    said = house.refused("sendMessage", chat_id=ada.id, text="x", reply_markup=markup)
    assert said == f"400 Bad Request: {words}"


def test_the_longest_that_is_allowed_passes() -> None:
    house = House()
    ada = house.started()
    house.ask("sendMessage", chat_id=ada.id, text="\U0001f600" * 4096)
    keyboard = {"inline_keyboard": [[{"text": "x", "callback_data": "я" * 32}] * 8] * 12}
    house.ask("sendMessage", chat_id=ada.id, text="x", reply_markup=keyboard)
    house.ask(
        "sendMessage",
        chat_id=ada.id,
        text="x",
        reply_markup=inline({"text": "x", "copy_text": {"text": "x" * 256}}),
    )
    house.ask("sendPhoto", {"photo": ("a.png", PNG, "")}, chat_id=ada.id, caption="x" * 1024)


def blocked(house: House) -> int:
    ada = house.started()
    house.block(ada)
    return ada.id


def deactivated(house: House) -> int:
    ada = house.started()
    house.deactivate(ada)
    return ada.id


def seen_but_silent(house: House) -> int:
    zoe = house.person("Zoe")
    house.say(zoe, "/start", house.group("The Club", house.started(), members=[zoe]))
    return zoe.id


def stranger(house: House) -> int:
    return house.person("Zoe").id


def itself(house: House) -> int:
    return house.bot.id


def kicked_from_group(house: House) -> int:
    ada = house.started()
    chat = house.group("The Club", ada)
    house.remove_bot(ada, chat)
    return chat.id


def kicked_from_supergroup(house: House) -> int:
    ada = house.started()
    chat = house.supergroup("The Club", ada)
    house.remove_bot(ada, chat)
    return chat.id


def kicked_from_channel(house: House) -> int:
    ada = house.started()
    chat = house.channel("News", ada)
    house.remove_bot(ada, chat)
    return chat.id


def never_in_group(house: House) -> int:
    return house.group("The Club", house.started(), bot=False).id


def left_supergroup(house: House) -> int:
    chat = house.supergroup("The Club", house.started())
    house.ask("leaveChat", chat_id=chat.id)
    return chat.id


def public_channel(house: House) -> int:
    return house.channel("News", house.started(), username="news", bot=False).id


def deleted_group(house: House) -> int:
    ada = house.started()
    chat = house.group("The Club", ada)
    house.delete_chat(ada, chat)
    return chat.id


def closed_topic(house: House) -> int:
    ada = house.started()
    chat = house.supergroup("The Club", ada, forum=True)
    house.close_topic(ada, chat)
    return chat.id


def muted_group(house: House) -> int:
    chat = house.supergroup("The Club", house.started())
    house.permit(chat, set(PERMISSIONS) - {"can_send_messages"})
    return chat.id


def restricted(house: House) -> int:
    ada = house.started()
    chat = house.supergroup("The Club", ada)
    house.restrict(ada, chat, allow=["can_send_photos"])
    return chat.id


def silent_channel(house: House) -> int:
    ada = house.started()
    chat = house.channel("News", ada)
    house.promote(ada, chat, rights=["can_edit_messages"])
    return chat.id


STATES: list[tuple[Callable[[House], int], str]] = [
    (blocked, "403 Forbidden: bot was blocked by the user"),
    (deactivated, "403 Forbidden: user is deactivated"),
    (seen_but_silent, "403 Forbidden: bot can't initiate conversation with a user"),
    (stranger, "400 Bad Request: chat not found"),
    (itself, "403 Forbidden: bot can't send messages to bots"),
    (kicked_from_group, "403 Forbidden: bot was kicked from the group chat"),
    (kicked_from_supergroup, "403 Forbidden: bot was kicked from the supergroup chat"),
    (kicked_from_channel, "403 Forbidden: bot was kicked from the channel chat"),
    (never_in_group, "403 Forbidden: bot is not a member of the group chat"),
    (left_supergroup, "403 Forbidden: bot is not a member of the supergroup chat"),
    (public_channel, "403 Forbidden: bot is not a member of the channel chat"),
    (deleted_group, "403 Forbidden: the group chat was deleted"),
    (closed_topic, "400 Bad Request: TOPIC_CLOSED"),
    (muted_group, "400 Bad Request: not enough rights to send text messages to the chat"),
    (restricted, "400 Bad Request: not enough rights to send text messages to the chat"),
    (silent_channel, "400 Bad Request: need administrator rights in the channel chat"),
]


@pytest.mark.parametrize(("state", "words"), STATES)
def test_a_chat_that_cannot_be_written_to_says_why(
    state: Callable[[House], int], words: str
) -> None:
    house = House()
    chat = state(house)
    assert house.refused("sendMessage", chat_id=chat, text="Hello") == words


def test_a_group_that_moved_names_its_new_id() -> None:
    house = House()
    ada = house.started()
    group = house.group("The Club", ada)
    moved = house.migrate(ada, group)
    reply = house.call("sendMessage", {"chat_id": group.id, "text": "x"})
    assert reply.status == 400
    assert reply.body["description"] == (
        "Bad Request: group chat was upgraded to a supergroup chat"
    )
    assert reply.body["parameters"] == {"migrate_to_chat_id": moved.id}
    house.ask("sendMessage", chat_id=moved.id, text="x")


def test_photos_have_a_right_of_their_own() -> None:
    house = House()
    chat = house.supergroup("The Club", house.started())
    house.permit(chat, ["can_send_messages"])
    house.ask("sendMessage", chat_id=chat.id, text="x")
    said = house.refused("sendPhoto", {"photo": ("a.png", PNG, "")}, chat_id=chat.id)
    assert said == "400 Bad Request: not enough rights to send photos to the chat"


def test_edits_are_refused_in_telegrams_words() -> None:
    house = House()
    ada = house.started()
    mine = house.say(ada, "Hello")
    text = house.ask("sendMessage", chat_id=ada.id, text="one")["message_id"]
    keyboard = {"keyboard": [[{"text": "A"}]]}
    keyed = house.ask("sendMessage", chat_id=ada.id, text="two", reply_markup=keyboard)
    photo = house.ask("sendPhoto", {"photo": ("a.png", PNG, "")}, chat_id=ada.id)

    def edit(method: str, message: int, **more: Any) -> str:
        return house.refused(method, chat_id=ada.id, message_id=message, **more)

    assert edit("editMessageText", 999, text="x").endswith(": message to edit not found")
    assert edit("editMessageText", mine.id, text="x").endswith(": message can't be edited")
    assert edit("editMessageText", keyed["message_id"], text="x").endswith(
        ": message can't be edited"
    )
    assert edit("editMessageText", photo["message_id"], text="x").endswith(
        ": there is no text in the message to edit"
    )
    assert edit("editMessageCaption", text, caption="x").endswith(
        ": there is no caption in the message to edit"
    )
    assert edit("editMessageText", text, text="x" * 4097) == "400 Bad Request: MESSAGE_TOO_LONG"
    assert edit("editMessageCaption", photo["message_id"], caption="x" * 1025) == (
        "400 Bad Request: MEDIA_CAPTION_TOO_LONG"
    )
    assert edit("editMessageText", text, text="one") == (
        "400 Bad Request: message is not modified: specified new message content and reply "
        "markup are exactly the same as a current content and reply markup of the message"
    )
    assert edit("editMessageReplyMarkup", text).startswith(
        "400 Bad Request: message is not modified"
    )
    assert edit("editMessageText", text, text="x", reply_markup=keyboard) == (
        "400 Bad Request: inline keyboard expected"
    )
    assert house.refused("editMessageText", text="x", inline_message_id="no") == (
        "400 Bad Request: MESSAGE_ID_INVALID"
    )
    assert house.refused("editMessageText", text="x") == (
        "400 Bad Request: message identifier is not specified"
    )


def test_an_edit_without_a_keyboard_takes_the_keyboard_away() -> None:
    house = House()
    ada = house.started()
    sent = house.ask("sendMessage", chat_id=ada.id, text="x", reply_markup=inline(BUTTON))
    assert sent["reply_markup"] == inline(BUTTON)
    edited = house.ask("editMessageText", chat_id=ada.id, message_id=sent["message_id"], text="x")
    assert "reply_markup" not in edited


async def test_old_messages_cannot_be_deleted() -> None:
    house = House()
    ada = house.started()
    sent = house.ask("sendMessage", chat_id=ada.id, text="x")["message_id"]
    await house.clock.advance(48 * 3600 + 1)
    said = house.refused("deleteMessage", chat_id=ada.id, message_id=sent)
    assert said == "400 Bad Request: message can't be deleted"
    assert house.refused("deleteMessage", chat_id=ada.id, message_id=999) == (
        "400 Bad Request: message to delete not found"
    )
    house.ask("editMessageText", chat_id=ada.id, message_id=sent, text="edited after all")


def test_files_are_refused_in_telegrams_words() -> None:
    house = House()
    ada = house.started()

    def photo(value: str = "", data: bytes | None = None) -> str:
        files = {"photo": ("a.png", data, "image/png")} if data is not None else None
        return house.refused("sendPhoto", files, chat_id=ada.id, photo=value)

    wide = PNG[:16] + (10000).to_bytes(4) + (1).to_bytes(4) + PNG[24:]
    long = PNG[:16] + (210).to_bytes(4) + (10).to_bytes(4) + PNG[24:]
    assert photo() == "400 Bad Request: there is no photo in the request"
    assert photo("nonsense") == "400 Bad Request: wrong file identifier/HTTP URL specified"
    assert photo("A" * 40).startswith("400 Bad Request: wrong remote file identifier specified")
    assert photo("https://example.org/a.png") == ("400 Bad Request: failed to get HTTP URL content")
    assert photo(data=b"not a picture") == "400 Bad Request: IMAGE_PROCESS_FAILED"
    assert photo(data=wide) == "400 Bad Request: PHOTO_INVALID_DIMENSIONS"
    assert photo(data=long) == "400 Bad Request: PHOTO_INVALID_DIMENSIONS"
    document = house.ask("sendDocument", {"document": ("a", b"x", "")}, chat_id=ada.id)
    assert photo(document["document"]["file_id"]) == (
        "400 Bad Request: can't use file of type Document as Photo"
    )
    assert house.refused("getFile", file_id="nonsense").startswith("400 Bad Request: wrong file_id")


def test_commands_are_refused_in_telegrams_words() -> None:
    house = House()

    def set_commands(name: str, description: str = "x", **more: Any) -> str:
        commands = json.dumps([{"command": name, "description": description}])
        return house.refused("setMyCommands", commands=commands, **more)

    assert set_commands("Bad") == "400 Bad Request: BOT_COMMAND_INVALID"
    assert set_commands("x" * 33) == "400 Bad Request: command length must not exceed 32"
    assert set_commands("") == "400 Bad Request: command must be non-empty"
    assert set_commands("ok", "") == "400 Bad Request: command description must be non-empty"
    assert set_commands("ok", "x" * 257) == (
        "400 Bad Request: command description length must not exceed 256"
    )
    assert set_commands("ok", language_code="english") == (
        "400 Bad Request: invalid language code specified"
    )
    assert set_commands("ok", scope={"type": "chat", "chat_id": 5}) == (
        "400 Bad Request: chat not found"
    )
    assert house.refused("setMyShortDescription", short_description="x" * 121).startswith("400")


async def test_a_press_is_answered_once_and_in_time() -> None:
    house = House()
    ada = house.started()
    house.ask("sendMessage", chat_id=ada.id, text="x", reply_markup=inline(BUTTON))
    press = house.press(ada, house.sees(ada)[-1], "Go")
    too_old = (
        "400 Bad Request: query is too old and response timeout expired or query ID is invalid"
    )
    assert house.refused("answerCallbackQuery", callback_query_id="1") == too_old
    house.ask("answerCallbackQuery", callback_query_id=press.id, text="Hello")
    assert press.answer == "Hello"
    assert house.refused("answerCallbackQuery", callback_query_id=press.id) == too_old
    late = house.press(ada, house.sees(ada)[-1], (0, 0))
    await house.clock.advance(151)
    assert house.refused("answerCallbackQuery", callback_query_id=late.id) == too_old


def test_inline_answers_are_refused_in_telegrams_words() -> None:
    house = House()
    query = house.inline(house.started(), "x")
    article = {
        "type": "article",
        "id": "1",
        "title": "T",
        "input_message_content": {"message_text": "x"},
    }

    def answer(results: list[dict[str, Any]], **more: Any) -> str:
        return house.refused("answerInlineQuery", inline_query_id=query.id, results=results, **more)

    assert answer([article] * 51) == "400 Bad Request: too many inline query results specified"
    assert answer([article, article]) == "400 Bad Request: RESULT_ID_DUPLICATE"
    assert answer([article | {"id": "x" * 65}]) == "400 Bad Request: RESULT_ID_INVALID"
    bad = {"message_text": "<b>", "parse_mode": "HTML"}
    assert answer([article | {"input_message_content": bad}]).startswith(
        "400 Bad Request: can't parse entities"
    )
    button = {"text": "Open", "start_parameter": "not allowed"}
    assert answer([], button=button) == "400 Bad Request: START_PARAM_INVALID"
    house.ask("answerInlineQuery", inline_query_id=query.id, results=[article])
    assert answer([article]).startswith("400 Bad Request: query is too old")


def test_reactions_come_from_a_fixed_list() -> None:
    house = House()
    ada = house.started()
    message = house.say(ada, "Hello")

    def react(emoji: str) -> dict[str, Any]:
        reaction = [{"type": "emoji", "emoji": emoji}]
        return {"chat_id": ada.id, "message_id": message.id, "reaction": reaction}

    house.ask("setMessageReaction", **react("👍"))
    assert house.refused("setMessageReaction", **react("✅")) == (
        "400 Bad Request: REACTION_INVALID"
    )
    assert house.refused("setMessageReaction", **(react("👍") | {"message_id": 99})) == (
        "400 Bad Request: message to react not found"
    )


def test_a_revoked_token_is_unauthorized() -> None:
    house = House()
    house.revoke_token()
    assert house.refused("getMe") == "401 Unauthorized"
    house.restore_token()
    house.ask("getMe")


def test_webhooks_of_the_public_server_are_checked() -> None:
    house = House(local=False)

    def hook(url: str, **more: Any) -> str:
        return house.refused("setWebhook", url=url, **more)

    assert hook("http://example.org/").endswith("An HTTPS URL must be provided for webhook")
    assert hook("https://example.org:9000/").endswith(
        "Webhook can be set up only on ports 80, 88, 443 or 8443"
    )
    assert hook("https://127.0.0.1/").endswith("IP address 127.0.0.1 is reserved")
    assert hook("https://example.org/", secret_token="ä").endswith(
        "secret token contains unallowed characters"
    )
    assert hook("https://example.org/", secret_token="x" * 257).endswith("secret token is too long")
    house.ask("setWebhook", url="https://example.org:8443/hook", secret_token="s3cret")
    assert house.refused("getUpdates") == (
        "409 Conflict: can't use getUpdates method while webhook is active; use deleteWebhook "
        "to delete the webhook first"
    )
    house.ask("deleteWebhook")
    assert house.ask("getUpdates") == []


def test_a_strict_world_does_not_forgive_an_unknown_parameter() -> None:
    house = House()
    ada = house.started()
    said = house.refused("sendMessage", chat_id=ada.id, text="x", disable_preview=True)
    assert said == "501 Not Implemented: sendMessage has no parameter disable_preview"
    assert house.complaints == ["Not Implemented: sendMessage has no parameter disable_preview"]
    lenient = House(strict=False)
    ada = lenient.started()
    lenient.ask("sendMessage", chat_id=ada.id, text="x", disable_preview=True)


def test_a_method_that_is_not_of_the_api_is_not_found_and_one_not_played_says_so() -> None:
    house = House()
    assert house.refused("sendEverything") == "404 Not Found: method not found"
    assert house.complaints == []
    assert house.refused("sendDice").startswith("501 Not Implemented")
    assert len(house.complaints) == 1


def test_parameters_are_read_with_forgiveness() -> None:
    house = House()
    ada = house.started()
    sent = house.ask(
        "SENDMESSAGE", chat_id=str(ada.id), text="<b>x</b>", parse_mode="html", protect_content="1"
    )
    assert sent["entities"][0]["type"] == "bold"
    assert sent["has_protected_content"] is True
    assert sent["date"] == int(START.timestamp())
    for number in range(120):
        house.say(ada, str(number))
    assert len(house.ask("getUpdates", limit="1000", timeout="-5")) == 100
    assert len(house.ask("getUpdates", limit="3x")) == 3


def test_a_reply_to_a_message_that_is_gone_can_be_allowed() -> None:
    house = House()
    ada = house.started()
    reply = {"message_id": 999, "allow_sending_without_reply": True}
    sent = house.ask("sendMessage", chat_id=ada.id, text="x", reply_parameters=reply)
    assert "reply_to_message" not in sent
    first = house.say(ada, "What about Aktau?")
    quoted = {"message_id": first.id, "quote": "Aktau"}
    sent = house.ask("sendMessage", chat_id=ada.id, text="x", reply_parameters=quoted)
    assert sent["reply_to_message"]["message_id"] == first.id
    assert sent["quote"] == {"text": "Aktau", "position": 11, "is_manual": True}
    wrong = {"message_id": first.id, "quote": "Baku"}
    assert (
        house.refused("sendMessage", chat_id=ada.id, text="x", reply_parameters=wrong)
        == "400 Bad Request: QUOTE_TEXT_INVALID"
    )
