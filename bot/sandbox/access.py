"""Whether the bot may: finding the chat of a call, the rights in it, the topic, the reply."""

from __future__ import annotations

import math
import re

from bot.sandbox.chats import Chat, Message, Payload
from bot.sandbox.entities import formatted
from bot.sandbox.html import utf16
from bot.sandbox.params import Field, Params, field_boolean, field_integer, field_text
from bot.sandbox.refusals import Refusal, Unmodelled, bad, forbidden, too_many
from bot.sandbox.state import State

_ID = re.compile(r"\s*-?\d+")
_NAMES = {"group": "group chat", "supergroup": "supergroup chat", "channel": "channel chat"}
_NOUNS = {
    "can_send_messages": "text messages",
    "can_send_photos": "photos",
    "can_send_documents": "documents",
    "can_send_other_messages": "stickers",
}


def find_chat(state: State, params: Params, name: str = "chat_id") -> Chat:
    """The chat that a call names by id or @username. Raises the 400 for none."""
    value = params.values.get(name)
    if type(value) is int:
        chat = state.chats.get(value)
    else:
        text = params.text(name)
        if not text:
            raise bad(f"{name} is empty")
        if text.startswith("@"):
            chat = state.usernames.get(text[1:].lower())
        else:
            found = _ID.match(text)
            number = int(found[0]) if found else 0
            chat = state.chats.get(number)
            value = number
    if chat is None:
        if value == state.bot.id:
            raise forbidden("bot can't send messages to bots")
        if isinstance(value, int) and state.known(value) is not None:
            raise forbidden("bot can't initiate conversation with a user")
        raise bad("Chat not found")
    return chat


def reach(state: State, params: Params, name: str = "chat_id", *, write: bool = True) -> Chat:
    """The chat of a call, where the bot may be heard (or at least look, without `write`).

    Raises the 400 and 403 for chats that blocked, kicked, moved or are gone.
    """
    chat = find_chat(state, params, name)
    person = chat.person
    if person is not None:
        if not person.started:
            if not person.known:
                raise bad("Chat not found")
            if write:
                raise forbidden("bot can't initiate conversation with a user")
        if write and person.deactivated:
            raise forbidden("user is deactivated")
        if write and person.blocked:
            raise forbidden("bot was blocked by the user")
        return chat
    where = _NAMES[chat.kind]
    if chat.migrated_to is not None:
        raise Refusal(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": chat.migrated_to},
        )
    if chat.deleted and chat.kind == "group":
        raise forbidden("the group chat was deleted")
    status = chat.member(state.bot.id).status
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {where}")
    if status == "left" and (write or not chat.username or chat.deleted):
        raise forbidden(f"bot is not a member of the {where}")
    return chat


def may_send(state: State, chat: Chat, right: str = "can_send_messages") -> None:
    """Check the bot's right to send this kind of message. Raises the 400s, or a slow mode's 429."""
    if chat.kind == "private":
        return
    member = chat.member(state.bot.id)
    if chat.kind == "channel":
        if not member.admin or "can_post_messages" not in member.rights:
            raise bad("Need administrator rights in the channel chat")
        return
    if member.admin:
        return
    allowed = chat.permissions
    if member.status == "restricted":
        allowed &= member.rights
    if right not in allowed:
        raise bad(f"Not enough rights to send {_NOUNS.get(right, 'messages')} to the chat")
    if chat.slow_mode:
        until = chat.last_spoken.get(state.bot.id, -math.inf) + chat.slow_mode
        if until > state.now():
            raise too_many(max(1, math.ceil(until - state.now())))


def find_thread(state: State, chat: Chat, params: Params) -> int | None:
    """The topic of a call, None for General or no forum. Raises the 400s for one that is shut."""
    thread = params.integer("message_thread_id")
    member = chat.member(state.bot.id)
    tends = member.admin and "can_manage_topics" in member.rights
    if not thread:
        if chat.forum and chat.general_closed and not tends:
            raise bad("TOPIC_CLOSED")
        return None
    if not chat.forum:
        if chat.kind != "supergroup" or thread not in chat.messages:
            raise bad("Message thread not found")
        return thread
    topic = chat.topics.get(thread)
    if topic is None or topic.deleted:
        raise bad("Message thread not found")
    if topic.closed and not tends:
        raise bad("TOPIC_CLOSED")
    return thread


def find_reply(state: State, chat: Chat, params: Params) -> tuple[Message | None, Payload]:
    """The message that is answered, and the quote from it. Raises the 400s for none."""
    value = params.json("reply_parameters", "reply parameters")
    if value is None:
        return None, {}
    if not isinstance(value, dict):
        raise bad("Object expected as reply parameters")
    try:
        number = field_integer(value, "message_id", required=True)
        lenient = field_boolean(value, "allow_sending_without_reply")
        quote = field_text(value, "quote")
        mode = field_text(value, "quote_parse_mode")
    except Field as error:
        raise bad(str(error)) from None
    elsewhere = value.get("chat_id")
    if elsewhere is not None and str(elsewhere) not in (str(chat.id), f"@{chat.username}"):
        raise Unmodelled("the sandbox has no replies to messages of other chats")
    message = chat.messages.get(number)
    if message is None:
        if lenient:
            return None, {}
        raise bad("Message to be replied not found")
    if not quote:
        return message, {}
    text, entities = formatted(quote, mode, value.get("quote_entities"), state.known)
    position = message.text.find(text)
    if position < 0 or not text or len(text) > 1024:
        raise bad("QUOTE_TEXT_INVALID")
    shape: Payload = {
        "text": text,
        "position": utf16(message.text[:position]),
        "is_manual": True,
    }
    if entities:
        shape["entities"] = entities
    return message, {"quote": shape}


def read_text(
    state: State, params: Params, name: str = "text", entities: str = "entities"
) -> tuple[str, list[Payload]]:
    """The text parameter with its entities, cleaned; it may be empty. Raises the parser's 400s."""
    given = params.json(entities, "message entities") if entities in params.values else None
    mode = params.text("parse_mode") if "parse_mode" in params.values else ""
    return formatted(params.text(name), mode, given, state.known)
