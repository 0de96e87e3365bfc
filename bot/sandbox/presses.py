"""What a press does: ask the bot, open a link, copy, type, write, share."""

from __future__ import annotations

from bot.sandbox import inline, people
from bot.sandbox.chats import Chat, Impossible, Message, Payload, Person, Press
from bot.sandbox.members import promote, require_alive, require_member
from bot.sandbox.places import service
from bot.sandbox.state import State


def press(
    state: State,
    person: Person,
    message: Message,
    button: str | tuple[int, int],
    chat: Chat | None,
) -> Press:
    """Press a button under a message. Raises Impossible where there is none such."""
    require_alive(person)
    place = message.chat
    if message.id not in place.messages:
        raise Impossible("the message is gone")
    if place.kind != "private":
        require_member(place, person)
    elif place.person is not person:
        raise Impossible("this is another person's private chat")
    found = _find(message, button)
    if message.markup is not None and "keyboard" in message.markup:
        return _key(state, person, message, found, chat)
    if "callback_data" in found:
        return _ask(state, person, message, found)
    made = Press("", "", message, person, at=state.now())
    for kind in ("url", "web_app", "copy_text"):
        if kind in found:
            value = found[kind]
            made.kind = "copy" if kind == "copy_text" else kind
            made.value = value if isinstance(value, str) else value.get("text", value.get("url"))
            return made
    made.kind = "inline"
    made.value, where = _typed(found, place)
    made.inline = inline.ask(state, person, made.value, where, "")
    return made


def _typed(found: Payload, place: Chat) -> tuple[str, Chat | None]:
    """What a switch button types, and where; elsewhere stands for a chat of their own choice."""
    if "switch_inline_query_current_chat" in found:
        return str(found["switch_inline_query_current_chat"]), place
    if "switch_inline_query_chosen_chat" in found:
        return str(found["switch_inline_query_chosen_chat"].get("query", "")), None
    return str(found.get("switch_inline_query", "")), None


def _find(message: Message, button: str | tuple[int, int]) -> Payload:
    rows = message.buttons
    if isinstance(button, tuple):
        row, column = button
        if 0 <= row < len(rows) and 0 <= column < len(rows[row]):
            return rows[row][column]
    else:
        for buttons in rows:
            for one in buttons:
                if one["text"] == button:
                    return one
    shown = ", ".join(repr(one["text"]) for buttons in rows for one in buttons) or "none"
    raise Impossible(f"no button {button!r}; there is {shown}")


def _ask(state: State, person: Person, message: Message, found: Payload) -> Press:
    chat = message.chat
    if chat.kind == "private" and person.blocked:
        raise Impossible(f"{person.name} has blocked the bot")
    number = state.number()
    made = Press(
        "callback",
        found["callback_data"],
        message,
        person,
        id=f"{person.id}{number:08d}",
        at=state.now(),
    )
    state.presses.append(made)
    person.known = True
    query: Payload = {"id": made.id, "from": person.user}
    if message.inline_id is not None:
        query["inline_message_id"] = message.inline_id
    else:
        query["message"] = message.payload
    query["chat_instance"] = str(chat.id * 7919)
    query["data"] = made.value
    state.emit("callback_query", query, chat.id)
    return made


def _key(
    state: State, person: Person, message: Message, found: Payload, chat: Chat | None
) -> Press:
    """A button of a reply keyboard writes something in its owner's name."""
    place = message.chat
    made = Press("key", found["text"], message, person, at=state.now())
    if "request_location" in found:
        people.send_location(state, person, 40.4093, 49.8671, place, None, None)
    elif "request_contact" in found:
        people.send_contact(state, person, place)
    elif "request_chat" in found:
        _share(state, person, place, found["request_chat"], chat)
    elif "request_users" in found:
        content = {
            "request_id": found["request_users"]["request_id"],
            "users": [{"user_id": person.id}],
        }
        service(state, place, person, {"users_shared": content})
    else:
        people.say(state, person, found["text"], place, None, None, None)
    if message.markup and message.markup.get("one_time_keyboard"):
        place.keyboard = None
    return made


def _rights(given: Payload) -> frozenset[str]:
    """The rights that a ChatAdministratorRights names."""
    return frozenset(name for name, value in given.items() if value)


def _has(chat: Chat, who: int, wanted: Payload | None) -> bool:
    """Whether somebody is an admin with these ChatAdministratorRights; none wanted is fine."""
    member = chat.member(who)
    if wanted is None or member.status == "creator":
        return True
    return member.admin and _rights(wanted) <= member.rights


def _share(state: State, person: Person, place: Chat, wanted: Payload, chat: Chat | None) -> None:
    """Hand the bot a chat's id, if the chat is what the button asks for."""
    if chat is None:
        raise Impossible("name the chat to share: press(..., chat=...)")
    require_member(chat, person)
    if bool(wanted.get("chat_is_channel")) != (chat.kind == "channel"):
        raise Impossible(f"the button does not ask for a {chat.kind}")
    if wanted.get("chat_is_created") and chat.member(person.id).status != "creator":
        raise Impossible(f"{person.name} does not own {chat.title}")
    if wanted.get("bot_is_member") and not chat.member(state.bot.id).present:
        raise Impossible(f"the bot is not in {chat.title}")
    if not _has(chat, person.id, wanted.get("user_administrator_rights")):
        raise Impossible(f"{person.name} has not the rights in {chat.title}")
    if not _has(chat, state.bot.id, wanted.get("bot_administrator_rights")):
        # The client gives the bot these rights first, if its user may.
        rights = _rights(wanted["bot_administrator_rights"])
        member = chat.member(state.bot.id)
        had = member.rights if member.admin else frozenset[str]()
        promote(state, person, chat, None, rights=had | rights, anonymous=False)
    shared: Payload = {"request_id": wanted["request_id"], "chat_id": chat.id}
    if wanted.get("request_title"):
        shared["title"] = chat.title
    if wanted.get("request_username") and chat.username:
        shared["username"] = chat.username
    service(state, place, person, {"chat_shared": shared})
