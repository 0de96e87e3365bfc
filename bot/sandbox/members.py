"""Who comes into a chat, who goes, and what they may do there."""

from __future__ import annotations

from collections.abc import Iterable

from bot.sandbox.chats import (
    CHANNEL_RIGHTS,
    GROUP_RIGHTS,
    Chat,
    Impossible,
    Member,
    Payload,
    Person,
)
from bot.sandbox.shapes import ANONYMOUS, member_shape
from bot.sandbox.state import State

USUAL = frozenset(GROUP_RIGHTS) - {"can_promote_members"}
USUAL_CHANNEL = frozenset(CHANNEL_RIGHTS) - {"can_promote_members"}


def require_alive(person: Person) -> None:
    """Deleted accounts do nothing."""
    if person.deactivated:
        raise Impossible(f"the account of {person.name} is deleted")


def require_admin(chat: Chat, person: Person) -> None:
    """Only those in charge may."""
    require_alive(person)
    if not chat.member(person.id).admin:
        raise Impossible(f"{person.name} is no admin of {chat.title}")


def require_member(chat: Chat, person: Person) -> None:
    """Only those inside may."""
    require_alive(person)
    if chat.migrated_to is not None:
        raise Impossible(f"{chat.title} has become a supergroup")
    if not chat.member(person.id).present:
        raise Impossible(f"{person.name} is not in {chat.title}")


def enter(chat: Chat, person: Person) -> None:
    """Make someone a member, quietly."""
    require_alive(person)
    if chat.member(person.id).status == "kicked":
        raise Impossible(f"{person.name} was removed from {chat.title}")
    if not chat.member(person.id).present:
        chat.members[person.id] = Member("member")


def bot_member(state: State, chat: Chat, new: Member, by: Payload) -> None:
    """Change how the bot stands in a chat, and tell it by my_chat_member."""
    old = chat.member(state.bot.id)
    chat.members[state.bot.id] = new
    update: Payload = {
        "chat": chat.shape,
        "from": by,
        "date": int(state.now()),
        "old_chat_member": member_shape(chat, state.bot.user, old),
        "new_chat_member": member_shape(chat, state.bot.user, new),
    }
    state.emit("my_chat_member", update, chat.id)
    state.tell("member", chat.id, person=state.bot.id)


def _person_member(state: State, chat: Chat, whom: Person, new: Member, by: Person) -> None:
    """Change how a person stands; chat_member comes to a bot that is an admin and asked."""
    old = chat.member(whom.id)
    chat.members[whom.id] = new
    if chat.member(state.bot.id).admin:
        update: Payload = {
            "chat": chat.shape,
            "from": by.user,
            "date": int(state.now()),
            "old_chat_member": member_shape(chat, whom.user, old),
            "new_chat_member": member_shape(chat, whom.user, new),
        }
        state.emit("chat_member", update, chat.id)
    state.tell("member", chat.id, person=whom.id)


def _service(state: State, chat: Chat, person: Person, content: Payload) -> None:
    """A service message of a group about its members; channels have none."""
    if chat.kind == "channel":
        return
    anonymous = chat.member(person.id).anonymous
    message = state.post(
        chat,
        ANONYMOUS if anonymous else person.user,
        content,
        sender_id=person.id,
        sender_chat=chat.shape if anonymous else None,
    )
    if chat.member(state.bot.id).present or "left_chat_member" in content:
        person.known = True
        state.emit("message", message.payload, chat.id)
    state.tell("message", chat.id, message_id=message.id)


def add_bot(
    state: State,
    person: Person,
    chat: Chat,
    *,
    admin: bool,
    rights: Iterable[str] | None,
    payload: str | None,
) -> None:
    """Bring the bot in; into a channel only as an admin."""
    require_member(chat, person)
    if chat.kind == "private":
        raise Impossible("the bot is in its private chats already")
    if chat.member(state.bot.id).present:
        raise Impossible(f"the bot is in {chat.title} already")
    if chat.kind == "channel" or admin:
        require_admin(chat, person)
    if chat.kind == "channel":
        promote(state, person, chat, None, rights=rights, anonymous=False)
        return
    person.known = True
    bot_member(state, chat, Member("member"), person.user)
    _service(state, chat, person, {"new_chat_members": [state.bot.user]})
    if admin:
        promote(state, person, chat, None, rights=rights, anonymous=False)
    if payload is not None:
        text = f"/start@{state.bot.username} {payload}".rstrip()
        command = {
            "type": "bot_command",
            "offset": 0,
            "length": len(f"/start@{state.bot.username}"),
        }
        message = state.post(
            chat, person.user, {"text": text, "entities": [command]}, sender_id=person.id
        )
        state.emit("message", message.payload, chat.id)
        state.tell("message", chat.id, message_id=message.id)


def remove_bot(state: State, person: Person, chat: Chat) -> None:
    """Throw the bot out."""
    require_admin(chat, person)
    if not chat.member(state.bot.id).present:
        raise Impossible(f"the bot is not in {chat.title}")
    bot_member(state, chat, Member("kicked"), person.user)
    _service(state, chat, person, {"left_chat_member": state.bot.user})


def promote(
    state: State,
    person: Person,
    chat: Chat,
    whom: Person | None,
    *,
    rights: Iterable[str] | None,
    anonymous: bool,
) -> None:
    """Make an administrator of a person, or of the bot when `whom` is None."""
    require_admin(chat, person)
    names = CHANNEL_RIGHTS if chat.kind == "channel" else GROUP_RIGHTS
    granted = USUAL_CHANNEL if chat.kind == "channel" else USUAL
    if rights is not None:
        granted = frozenset(rights)
        if granted - set(names):
            raise Impossible(f"no such rights: {', '.join(sorted(granted - set(names)))}")
    if whom is None:
        person.known = True
        bot_member(state, chat, Member("administrator", granted), person.user)
        return
    if chat.member(whom.id).status == "creator":
        chat.members[whom.id].anonymous = anonymous
        return
    require_member(chat, whom)
    new = Member("administrator", granted, anonymous)
    _person_member(state, chat, whom, new, person)


def demote(state: State, person: Person, chat: Chat, whom: Person | None) -> None:
    """Make a member of an administrator."""
    require_admin(chat, person)
    who = state.bot.id if whom is None else whom.id
    if chat.member(who).status != "administrator":
        raise Impossible("only an administrator can be made a member again")
    if whom is None:
        # A channel knows no bots but administrators.
        channel = chat.kind == "channel"
        bot_member(state, chat, Member("left" if channel else "member"), person.user)
    else:
        _person_member(state, chat, whom, Member("member"), person)


def restrict(
    state: State, person: Person, chat: Chat, whom: Person | None, *, allow: Iterable[str]
) -> None:
    """Leave someone only some permissions."""
    require_admin(chat, person)
    if chat.kind != "supergroup":
        raise Impossible("members can be restricted in supergroups only")
    new = Member("restricted", frozenset(allow))
    if whom is None:
        bot_member(state, chat, new, person.user)
    else:
        _person_member(state, chat, whom, new, person)


def join(state: State, person: Person, chat: Chat) -> None:
    """Come in."""
    if chat.migrated_to is not None or chat.deleted or chat.kind == "private":
        raise Impossible("there is no such group or channel")
    if chat.member(person.id).present:
        return
    enter(chat, person)
    _service(state, chat, person, {"new_chat_members": [person.user]})
    state.tell("member", chat.id, person=person.id)


def leave(state: State, person: Person, chat: Chat) -> None:
    """Go out."""
    require_member(chat, person)
    _person_member(state, chat, person, Member("left"), person)
    _service(state, chat, person, {"left_chat_member": person.user})


def kick(state: State, person: Person, chat: Chat, whom: Person) -> None:
    """Remove someone for good."""
    require_admin(chat, person)
    require_member(chat, whom)
    if chat.member(whom.id).status == "creator":
        raise Impossible("an owner cannot be removed")
    _person_member(state, chat, whom, Member("kicked"), person)
    _service(state, chat, person, {"left_chat_member": whom.user})
