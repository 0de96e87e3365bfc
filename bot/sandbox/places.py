"""Persons and chats come to be, block, move and go."""

from __future__ import annotations

from collections.abc import Iterable

from bot.sandbox.chats import Chat, Impossible, Kind, Member, Message, Payload, Person
from bot.sandbox.members import add_bot, bot_member, enter, promote, require_admin, require_alive
from bot.sandbox.shapes import ANONYMOUS, member_shape, user_shape
from bot.sandbox.state import State

FIRST_PERSON = 100_000
SUPERGROUP = -1_000_000_000_000


def make_person(
    state: State,
    first_name: str,
    last_name: str | None,
    username: str | None,
    language_code: str | None,
    user_id: int | None,
) -> Person:
    """A new person."""
    number = user_id if user_id is not None else FIRST_PERSON + state.number()
    if number in state.persons or number == state.bot.id or number <= 0:
        raise Impossible(f"the id {number} is taken")
    person = Person(number, first_name, last_name, username, language_code)
    person.user = user_shape(person)
    state.persons[number] = person
    return person


def private_chat(state: State, person: Person) -> Chat:
    """The private chat of a person with the bot, made when first asked for."""
    chat = state.chats.get(person.id)
    if chat is None:
        chat = Chat(person.id, "private", person=person)
        state.reshape(chat)
        state.chats[chat.id] = chat
    return chat


def _make(
    state: State,
    kind: Kind,
    title: str,
    creator: Person,
    members: Iterable[Person],
    username: str | None = None,
) -> Chat:
    require_alive(creator)
    number = state.number()
    chat_id = -(4_000_000 + number) if kind == "group" else SUPERGROUP - 1_000_000_000 - number
    chat = Chat(chat_id, kind, title, username)
    state.reshape(chat)
    state.chats[chat_id] = chat
    if username:
        if username.lower() in state.usernames:
            raise Impossible(f"the name @{username} is taken")
        state.usernames[username.lower()] = chat
    chat.members[creator.id] = Member("creator")
    for person in members:
        enter(chat, person)
    return chat


def make_group(
    state: State, title: str, creator: Person, members: Iterable[Person], *, bot: bool
) -> Chat:
    """A basic group. With the bot in it from the start, it is told of the creation."""
    chat = _make(state, "group", title, creator, members)
    if bot:
        creator.known = True
        bot_member(state, chat, Member("member"), creator.user)
        service(state, chat, creator, {"group_chat_created": True})
    return chat


def make_supergroup(
    state: State,
    title: str,
    creator: Person,
    members: Iterable[Person],
    username: str | None,
    *,
    forum: bool,
    bot: bool,
    admin: bool,
) -> Chat:
    """A supergroup or a forum."""
    chat = _make(state, "supergroup", title, creator, members, username)
    if forum:
        chat.forum = True
        state.reshape(chat)
    if bot:
        add_bot(state, creator, chat, admin=admin, rights=None, payload=None)
    return chat


def make_channel(
    state: State,
    title: str,
    creator: Person,
    members: Iterable[Person],
    username: str | None,
    *,
    bot: bool,
) -> Chat:
    """A channel."""
    chat = _make(state, "channel", title, creator, members, username)
    if bot:
        promote(state, creator, chat, None, rights=None, anonymous=False)
    return chat


def service(
    state: State, chat: Chat, person: Person, content: Payload, *, thread: int | None = None
) -> Message:
    """A service message; the bot sees it wherever it is a member."""
    member = chat.member(person.id)
    anonymous = member.anonymous and chat.kind != "channel"
    channel = chat.kind == "channel"
    message = state.post(
        chat,
        None if channel else ANONYMOUS if anonymous else person.user,
        content,
        sender_id=person.id,
        sender_chat=chat.shape if channel or anonymous else None,
        thread=thread,
    )
    if chat.member(state.bot.id).present or chat.kind == "private":
        person.known = True
        state.emit("channel_post" if channel else "message", message.payload, chat.id)
    state.tell("message", chat.id, message_id=message.id)
    return message


def block(state: State, person: Person) -> None:
    """The person stops the bot; it is told by my_chat_member."""
    require_alive(person)
    if not person.started:
        raise Impossible(f"{person.name} has not started the bot")
    if not person.blocked:
        person.blocked = True
        _private_member(state, person, "member", "kicked")


def unblock(state: State, person: Person) -> None:
    """The person takes it back."""
    require_alive(person)
    if person.blocked:
        person.blocked = False
        _private_member(state, person, "kicked", "member")


def _private_member(state: State, person: Person, old: str, new: str) -> None:
    chat = private_chat(state, person)
    shapes = {
        "member": member_shape(chat, state.bot.user, Member("member")),
        "kicked": member_shape(chat, state.bot.user, Member("kicked")),
    }
    update: Payload = {
        "chat": chat.shape,
        "from": person.user,
        "date": int(state.now()),
        "old_chat_member": shapes[old],
        "new_chat_member": shapes[new],
    }
    state.emit("my_chat_member", update, chat.id)
    state.tell("member", chat.id, person=person.id)


def deactivate(state: State, person: Person) -> None:
    """The account is gone; the bot learns it when it writes."""
    person.deactivated = True
    state.tell("member", person.id, person=person.id)


def rename(state: State, person: Person, chat: Chat, title: str) -> None:
    """Another title."""
    require_admin(chat, person)
    chat.title = title
    state.reshape(chat)
    service(state, chat, person, {"new_chat_title": title})
    state.tell("chat", chat.id)


def migrate(state: State, person: Person, chat: Chat) -> Chat:
    """A basic group becomes a supergroup: two service messages tell the two ids."""
    require_admin(chat, person)
    if chat.kind != "group" or chat.migrated_to is not None or chat.deleted:
        raise Impossible("only a basic group can become a supergroup")
    new = Chat(
        SUPERGROUP - 1_000_000_000 - state.number(),
        "supergroup",
        chat.title,
        members=dict(chat.members),
        permissions=chat.permissions,
        description=chat.description,
    )
    state.reshape(new)
    state.chats[new.id] = new
    service(state, chat, person, {"migrate_to_chat_id": new.id})
    chat.migrated_to = new.id
    service(state, new, person, {"migrate_from_chat_id": chat.id})
    state.tell("chat", chat.id)
    state.tell("chat", new.id)
    return new


def delete_chat(state: State, person: Person, chat: Chat) -> None:
    """The owner deletes it for all; the bot is told that it left."""
    if chat.member(person.id).status != "creator":
        raise Impossible(f"{person.name} does not own {chat.title}")
    if chat.member(state.bot.id).present:
        bot_member(state, chat, Member("left"), person.user)
    chat.deleted = True
    if chat.username:
        state.usernames.pop(chat.username.lower(), None)
    for member in chat.members.values():
        member.status = "left"
    state.tell("chat", chat.id)
