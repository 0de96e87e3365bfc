"""What persons write, and what of it the bot hears."""

from __future__ import annotations

import math
import struct
import zlib

from bot.sandbox.chats import Chat, Impossible, Message, Payload, Person, Topic
from bot.sandbox.entities import finish, is_blank
from bot.sandbox.members import require_alive, require_member
from bot.sandbox.places import private_chat, unblock
from bot.sandbox.shapes import ANONYMOUS
from bot.sandbox.state import State

_MEDIA = frozenset({"photo", "document"})


def _require_voice(
    state: State, person: Person, chat: Chat, thread: int | None, right: str
) -> None:
    """Check that this person may write here. Raises Impossible."""
    require_alive(person)
    if chat.kind == "private":
        if chat.person is not person:
            raise Impossible("this is another person's private chat")
        if person.blocked:
            raise Impossible(f"{person.name} has blocked the bot")
        return
    require_member(chat, person)
    member = chat.member(person.id)
    if chat.kind == "channel" and not member.admin:
        raise Impossible(f"{person.name} may not post in {chat.title}")
    if member.admin:
        return
    allowed = (
        chat.permissions & member.rights if member.status == "restricted" else chat.permissions
    )
    if right not in allowed:
        raise Impossible(f"{person.name} may not send this to {chat.title}")
    topic = chat.topics.get(thread) if thread is not None else None
    if (topic and topic.closed) or (chat.forum and thread is None and chat.general_closed):
        raise Impossible("the topic is closed")
    last = chat.last_spoken.get(person.id, -math.inf)
    if chat.slow_mode and state.now() < last + chat.slow_mode:
        raise Impossible("slow mode: wait")


def _thread_of(chat: Chat, thread: Topic | int | None, reply_to: Message | None) -> int | None:
    if thread is None:
        return reply_to.thread if reply_to is not None and chat.forum else None
    topic = thread if isinstance(thread, int) else thread.id
    if topic not in chat.topics or chat.topics[topic].deleted:
        raise Impossible("there is no such topic")
    return topic


def write(
    state: State,
    person: Person,
    chat: Chat | None,
    content: Payload,
    *,
    thread: Topic | int | None = None,
    reply_to: Message | None = None,
    right: str = "can_send_messages",
    markup: Payload | None = None,
) -> Message:
    """Put a person's message into a chat, and tell the bot if it may hear it."""
    place = chat if chat is not None else private_chat(state, person)
    number = _thread_of(place, thread, reply_to)
    _require_voice(state, person, place, number, right)
    if place.kind == "private":
        person.started = True
    if place.slow_mode:
        place.last_spoken[person.id] = state.now()
    channel = place.kind == "channel"
    anonymous = place.member(person.id).anonymous and not channel
    message = state.post(
        place,
        None if channel else ANONYMOUS if anonymous else person.user,
        content,
        sender_id=person.id,
        sender_chat=place.shape if channel or anonymous else None,
        thread=number,
        reply_to=reply_to,
        markup=markup,
    )
    _let_hear(state, message, person)
    state.tell("message", place.id, message_id=message.id)
    return message


def _let_hear(state: State, message: Message, person: Person, *, edited: bool = False) -> None:
    chat = message.chat
    if not hears(state, message):
        return
    person.known = True
    kind = "channel_post" if chat.kind == "channel" else "message"
    state.emit(f"edited_{kind}" if edited else kind, message.payload, chat.id)


def hears(state: State, message: Message) -> bool:
    """Whether the bot gets this message: privacy mode hides what is not meant for it.

    In groups it hears commands that name no other bot, mentions, replies to itself and what was
    sent through it; as an admin, or without privacy mode, everything.
    """
    chat = message.chat
    if chat.kind == "private":
        return True
    member = chat.member(state.bot.id)
    if not member.present:
        return False
    if chat.kind == "channel" or member.admin or not state.bot.privacy:
        return True
    payload = message.payload
    if "via_bot" in payload:
        return True
    answered = payload.get("reply_to_message", {}).get("from", {}).get("id")
    if answered == state.bot.id:
        return True
    name = f"@{state.bot.username}".lower()
    units = message.text.encode("utf-16-le")
    for entity in message.entities:
        start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
        shown = units[start:end].decode("utf-16-le").lower()
        if entity["type"] == "mention" and shown == name:
            return True
        if entity["type"] == "bot_command":
            _, at, bot = shown.partition("@")
            if (not at and start == 0) or at + bot == name:
                return True
    return False


def say(
    state: State,
    person: Person,
    text: str,
    chat: Chat | None,
    thread: Topic | int | None,
    reply_to: Message | None,
    entities: list[Payload] | None,
) -> Message:
    """A text."""
    text, found = finish(text, list(entities or ()), state.known)
    if is_blank(text) or len(text) > 4096:
        raise Impossible("a message has 1 to 4096 characters")
    content: Payload = {"text": text}
    if found:
        content["entities"] = found
    return write(state, person, chat, content, thread=thread, reply_to=reply_to)


def start(state: State, person: Person, payload: str) -> Message:
    """START, or a deep link."""
    if len(payload) > 64 or any(
        not (c.isalnum() and c.isascii()) and c not in "_-" for c in payload
    ):
        raise Impossible("a start parameter has up to 64 of A-Z a-z 0-9 _ -")
    if person.blocked:
        unblock(state, person)
    return say(state, person, f"/start {payload}".rstrip(), None, None, None, None)


def edit(state: State, person: Person, message: Message, text: str) -> Message:
    """Other words in one's own message, or below one's own photo or file."""
    has_text = "text" in message.payload
    if message.sender != person.id or not (has_text or _MEDIA & message.payload.keys()):
        raise Impossible("only one's own texts and captions can be edited")
    if message.id not in message.chat.messages:
        raise Impossible("the message is gone")
    text, found = finish(text, [], state.known)
    if has_text and (is_blank(text) or len(text) > 4096):
        raise Impossible("a message has 1 to 4096 characters")
    name, entities = ("text", "entities") if has_text else ("caption", "caption_entities")
    changes: Payload = {name: text, "edit_date": int(state.now())}
    if found:
        changes[entities] = found
    if not text:
        del changes[name]
    state.replace(message, changes, name, entities)
    _let_hear(state, message, person, edited=True)
    state.tell("edit", message.chat.id, message_id=message.id)
    return message


def delete(state: State, person: Person, message: Message) -> None:
    """Away with it."""
    chat = message.chat
    member = chat.member(person.id)
    if chat.kind != "private" and message.sender != person.id and not member.admin:
        raise Impossible(f"{person.name} may not delete this")
    chat.messages.pop(message.id, None)
    if chat.keyboard is message:
        chat.keyboard = None
    state.tell("delete", chat.id, message_id=message.id)


def send_location(
    state: State,
    person: Person,
    latitude: float,
    longitude: float,
    chat: Chat | None,
    thread: Topic | int | None,
    reply_to: Message | None,
) -> Message:
    """A point on the map."""
    content: Payload = {"location": {"latitude": latitude, "longitude": longitude}}
    return write(state, person, chat, content, thread=thread, reply_to=reply_to)


def _captioned(state: State, content: Payload, caption: str) -> Payload:
    text, found = finish(caption, [], state.known)
    if text:
        content["caption"] = text
    if found:
        content["caption_entities"] = found
    return content


def send_photo(
    state: State,
    person: Person,
    chat: Chat | None,
    caption: str,
    data: bytes | None,
    thread: Topic | int | None,
    reply_to: Message | None,
) -> Message:
    """A photo."""
    shape = state.files.add_photo("photo.png", data or grey_dot())
    content = _captioned(state, {"photo": shape}, caption)
    right = "can_send_photos"
    return write(state, person, chat, content, thread=thread, reply_to=reply_to, right=right)


def send_document(
    state: State,
    person: Person,
    name: str,
    data: bytes,
    mime: str,
    chat: Chat | None,
    caption: str,
) -> Message:
    """A file."""
    extra = {"file_name": name, "mime_type": mime}
    shape = state.files.add_file("Document", name, data, mime, extra)
    content = _captioned(state, {"document": shape}, caption)
    return write(state, person, chat, content, right="can_send_documents")


def send_sticker(state: State, person: Person, chat: Chat | None, emoji: str) -> Message:
    """A sticker."""
    extra: Payload = {
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
        "emoji": emoji,
        "set_name": "sandbox",
    }
    shape = state.files.add_file("Sticker", "sticker.webp", b"sticker", "image/webp", extra)
    return write(state, person, chat, {"sticker": shape}, right="can_send_other_messages")


def send_voice(state: State, person: Person, chat: Chat | None, seconds: int) -> Message:
    """A voice message."""
    extra = {"duration": seconds, "mime_type": "audio/ogg"}
    shape = state.files.add_file("Voice", "voice.oga", b"voice", "audio/ogg", extra)
    return write(state, person, chat, {"voice": shape}, right="can_send_voice_notes")


def send_contact(state: State, person: Person, chat: Chat | None) -> Message:
    """One's own number."""
    contact: Payload = {
        "phone_number": f"+99400{person.id}",
        "first_name": person.first_name,
        "user_id": person.id,
    }
    return write(state, person, chat, {"contact": contact})


def react(state: State, person: Person, message: Message, emoji: tuple[str, ...]) -> None:
    """Reactions. The bot hears of them in private chats, and as an admin if it asked."""
    chat = message.chat
    require_alive(person)
    if chat.kind != "private":
        require_member(chat, person)
    old = message.reactions.get(person.id, ())
    new = tuple({"type": "emoji", "emoji": one} for one in emoji)
    message.reactions[person.id] = new
    update: Payload = {
        "chat": chat.shape,
        "message_id": message.id,
        "date": int(state.now()),
    }
    if chat.kind == "channel":
        counts: dict[str, int] = {}
        for given in message.reactions.values():
            for one in given:
                counts[one["emoji"]] = counts.get(one["emoji"], 0) + 1
        update["reactions"] = [
            {"type": {"type": "emoji", "emoji": name}, "total_count": count}
            for name, count in counts.items()
        ]
        state.emit("message_reaction_count", update, chat.id)
    elif chat.kind == "private" or chat.member(state.bot.id).admin:
        if chat.member(person.id).anonymous:
            update["actor_chat"] = chat.shape
        else:
            update["user"] = person.user
        update |= {"old_reaction": list(old), "new_reaction": list(new)}
        state.emit("message_reaction", update, chat.id)
    state.tell("reaction", chat.id, message_id=message.id)


def grey_dot() -> bytes:
    """A picture of one grey pixel, as PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0\x80")
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )
