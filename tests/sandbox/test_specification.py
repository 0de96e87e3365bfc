"""The world held against the Bot API's own specification, where that file is at hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.chats import Payload
from bot.sandbox.dispatch import METHODS, specification
from bot.sandbox.intake import KINDS
from tests.sandbox.house import PNG, House

FILE = Path(__file__).parents[2].parent / "shared" / "telegram" / "api-10.1.json"


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    if not FILE.is_file():
        pytest.skip("the machine-readable specification of the Bot API is not at hand")
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def test_every_method_and_parameter_is_the_specifications(api: dict[str, Any]) -> None:
    theirs = {
        name: {field["name"]: field["required"] for field in method.get("fields", [])}
        for name, method in api["methods"].items()
    }
    assert specification() == theirs


def test_every_kind_of_update_is_the_specifications(api: dict[str, Any]) -> None:
    fields = {field["name"] for field in api["types"]["Update"]["fields"]}
    assert fields - {"update_id"} == KINDS


def test_every_method_played_is_of_the_api() -> None:
    assert METHODS.keys() <= specification().keys()


def check(api: dict[str, Any], name: str, value: object, where: str) -> None:
    """Hold a value against a type of the specification, fields and all below them."""
    if name.startswith("Array of "):
        assert isinstance(value, list), where
        for place, item in enumerate(value):
            check(api, name.removeprefix("Array of "), item, f"{where}[{place}]")
        return
    plain = {"Integer": int, "String": str, "Boolean": bool, "True": bool, "Float": int | float}
    if name in plain:
        assert isinstance(value, plain[name]), f"{where}: {value!r} is no {name}"
        return
    kind = api["types"][name]
    assert isinstance(value, dict), where
    if kind.get("subtypes"):
        fits = [option for option in kind["subtypes"] if matches(api, option, value)]
        assert fits, f"{where}: {value} is no {name}"
        kind = api["types"][fits[0]]
    fields = {field["name"]: field for field in kind.get("fields", [])}
    assert value.keys() <= fields.keys(), f"{where}: {value.keys() - fields.keys()}"
    for field in fields.values():
        if field["required"]:
            assert field["name"] in value, f"{where} lacks {field['name']}"
    for key, item in value.items():
        types = fields[key]["types"]
        if len(types) == 1:
            check(api, types[0], item, f"{where}.{key}")


def matches(api: dict[str, Any], name: str, value: Payload) -> bool:
    """Whether a value is this one of several types: it has its fields, and its kind's name."""
    for field in api["types"][name].get("fields", []):
        key, described = field["name"], field["description"].replace("“", '"').replace("”", '"')
        if field["required"] and key not in value:
            return False
        fixed = re.search(r', (?:always|must be) "?(\w+)"?', described)
        if fixed and key in ("status", "type", "source") and value[key] != fixed[1]:
            return False
    return True


def tour(house: House) -> list[tuple[str, object]]:
    """Call every method that the world plays; each with its result."""
    ada = house.started("Ada", last_name="L", username="ada")
    club = house.supergroup("The Club", ada, forum=True, admin=True, username="club")
    topic = house.topic(ada, club, "News")
    house.slow_mode(club, 10)
    news = house.channel("News", ada)
    markup = {"inline_keyboard": [[{"text": "Go", "callback_data": "go", "style": "primary"}]]}
    text = "<b>x</b> /start <a href='example.org'>l</a> <tg-time unix='5' format='r'>t</tg-time>"
    done: list[tuple[str, object]] = []

    def ask(method: str, files: Any = None, **params: object) -> Any:
        result = house.ask(method, files, **params)
        done.append((method, result))
        return result

    first = ask("sendMessage", chat_id=ada.id, text=text, parse_mode="HTML", reply_markup=markup)
    here = {"chat_id": ada.id, "message_id": first["message_id"]}
    ask("sendMessage", chat_id=club.id, text="x", message_thread_id=topic.id)
    ask("sendMessage", chat_id=news.id, text="x")
    photo = ask("sendPhoto", {"photo": ("a.png", PNG, "")}, chat_id=ada.id, caption="c")
    ask("sendDocument", {"document": ("a.txt", b"x", "text/plain")}, chat_id=ada.id)
    ask("sendLocation", chat_id=ada.id, latitude=40.4, longitude=49.9)
    ask("sendChatAction", chat_id=ada.id, action="typing")
    ask("forwardMessage", chat_id=ada.id, from_chat_id=ada.id, message_id=first["message_id"])
    ask("copyMessage", chat_id=ada.id, from_chat_id=ada.id, message_id=first["message_id"])
    ask("editMessageText", **here, text="y", reply_markup=markup)
    ask("editMessageCaption", chat_id=ada.id, message_id=photo["message_id"], caption="d")
    media = {"type": "photo", "media": photo["photo"][-1]["file_id"], "caption": "e"}
    ask("editMessageMedia", **here, media=media)
    ask("editMessageReplyMarkup", **here, reply_markup=markup)
    ask("setMessageReaction", **here, reaction=[{"type": "emoji", "emoji": "👍"}])
    ask("pinChatMessage", **here)
    ask("unpinChatMessage", **here)
    press = house.press(ada, house.sees(ada)[0], "Go") if house.sees(ada)[0].buttons else None
    press = press or house.press(ada, house.private(ada).messages[first["message_id"]], "Go")
    ask("answerCallbackQuery", callback_query_id=press.id)
    query = house.inline(ada, "x", chat=club)
    content = {"message_text": "x"}
    article = {"type": "article", "id": "1", "title": "T", "input_message_content": content}
    ask(
        "answerInlineQuery",
        inline_query_id=query.id,
        results=[article | {"reply_markup": markup}],
        button={"text": "Open", "start_parameter": "x"},
    )
    house.choose(ada, query, 0)
    for chat in (ada, club, news):
        ask("getChat", chat_id=chat.id)
        ask("getChatMemberCount", chat_id=chat.id)
        ask("getChatMember", chat_id=chat.id, user_id=ada.id)
    ask("getChatMember", chat_id=club.id, user_id=house.bot.id)
    ask("getChatMember", chat_id=club.id, user_id=house.person("Zoe").id)
    ask("getChatAdministrators", chat_id=club.id)
    ask("getChatAdministrators", chat_id=news.id)
    ask("getFile", file_id=photo["photo"][-1]["file_id"])
    ask("getUserProfilePhotos", user_id=ada.id)
    ask("getMe")
    ask("setMyCommands", commands=[{"command": "a", "description": "b"}], language_code="en")
    ask("getMyCommands", language_code="en")
    ask("deleteMyCommands", language_code="en")
    for name, what in (
        ("Name", "name"),
        ("Description", "description"),
        ("ShortDescription", "short_description"),
    ):
        ask(f"setMy{name}", **{what: "x"})
        ask(f"getMy{name}")
    ask("setChatMenuButton", menu_button={"type": "commands"})
    ask("getChatMenuButton")
    ask("setMyDefaultAdministratorRights", rights={})
    ask("getMyDefaultAdministratorRights")
    ask("getWebhookInfo")
    ask("deleteMessage", **here)
    ask("deleteMessages", chat_id=ada.id, message_ids=[photo["message_id"], 999])
    ask("leaveChat", chat_id=news.id)
    ask("logOut")
    ask("getUpdates", limit=100)
    ask("setWebhook", url="http://127.0.0.1/h", allowed_updates=["message"])
    ask("getWebhookInfo")
    ask("deleteWebhook")
    return done


def test_every_result_has_the_shape_that_the_specification_gives(api: dict[str, Any]) -> None:
    done = tour(House())
    assert {method for method, _ in done} == METHODS.keys() - {"close"}
    for method, result in done:
        returns = api["methods"][method]["returns"]
        name = returns[0] if len(returns) == 1 or result is not True else "Boolean"
        check(api, name, result, method)


def test_every_update_has_the_shape_that_the_specification_gives(api: dict[str, Any]) -> None:
    house = House()
    house.ask("getUpdates", allowed_updates=sorted(KINDS))
    ada = house.person("Ada", username="ada")
    zoe = house.person("Zoe")
    house.start(ada, "corridor")
    house.block(ada)
    house.unblock(ada)
    group = house.group("The Club", ada, members=[zoe])
    club = house.migrate(ada, group)
    house.promote(ada, club)
    house.promote(ada, club, zoe, anonymous=True)
    house.say(zoe, "Hello", club)
    house.restrict(ada, club, zoe, allow=["can_send_messages"])
    house.rename(ada, club, "The New Club")
    forum = house.supergroup("Forum", ada, forum=True, admin=True)
    topic = house.topic(ada, forum, "News")
    house.say(ada, "/start", forum, thread=topic)
    house.close_topic(ada, forum, topic)
    house.reopen_topic(ada, forum, topic)
    channel = house.channel("News", ada)
    post = house.say(ada, "First", channel)
    house.edit(ada, post, "Second")
    house.react(ada, post, "👍")
    message = house.say(ada, "/help@briefing_sandbox_bot https://example.org @ada")
    house.react(ada, message, "👍")
    house.say(ada, "an answer", reply_to=message)
    house.send_location(ada, 40.4, 49.9)
    house.send_photo(ada, caption="c")
    house.send_document(ada, "a.txt", b"x")
    house.send_sticker(ada)
    house.send_voice(ada)
    house.send_contact(ada)
    request = {"request_id": 1, "chat_is_channel": True, "request_title": True}
    keyboard = {"keyboard": [[{"text": "Channel", "request_chat": request}]]}
    house.ask("sendMessage", chat_id=ada.id, text="x", reply_markup=keyboard)
    house.press(ada, house.sees(ada)[-1], "Channel", chat=channel)
    query = house.inline(ada, "aktau", chat=club)
    markup = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    result = {"type": "article", "id": "1", "title": "T", "reply_markup": markup}
    result["input_message_content"] = {"message_text": "x"}
    house.ask("answerInlineQuery", inline_query_id=query.id, results=[result])
    chosen = house.choose(ada, query, "T", chat=club)
    house.press(ada, chosen, "Go")
    house.leave(zoe, club)
    house.remove_bot(ada, club)
    house.delete_chat(ada, forum)
    news = house.news()
    assert len(news) > 35
    for update in news:
        check(api, "Update", update, str(update))
