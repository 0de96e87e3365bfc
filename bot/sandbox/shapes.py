"""Persons, chats and members as the Bot API writes them."""

from __future__ import annotations

from bot.sandbox.chats import (
    CHANNEL_RIGHTS,
    GROUP_RIGHTS,
    PERMISSIONS,
    Bot,
    Chat,
    Member,
    Payload,
    Person,
)

ANONYMOUS: Payload = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
"""In whose name an anonymous admin writes."""


def user_shape(person: Person) -> Payload:
    """A User."""
    shape: Payload = {"id": person.id, "is_bot": False, "first_name": person.first_name}
    if person.last_name:
        shape["last_name"] = person.last_name
    if person.username:
        shape["username"] = person.username
    if person.language_code:
        shape["language_code"] = person.language_code
    return shape


def bot_shape(bot: Bot) -> Payload:
    """The bot as the sender of its messages."""
    return {
        "id": bot.id,
        "is_bot": True,
        "first_name": bot.first_name,
        "username": bot.username,
    }


def me_shape(bot: Bot) -> Payload:
    """The answer to getMe."""
    return bot_shape(bot) | {
        "can_join_groups": True,
        "can_read_all_group_messages": not bot.privacy,
        "supports_inline_queries": bot.inline,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
    }


def chat_shape(chat: Chat) -> Payload:
    """A Chat."""
    shape: Payload = {"id": chat.id}
    if chat.person is not None:
        person = chat.person
        shape["first_name"] = person.first_name
        if person.last_name:
            shape["last_name"] = person.last_name
        if person.username:
            shape["username"] = person.username
    else:
        shape["title"] = chat.title
        if chat.username:
            shape["username"] = chat.username
        if chat.forum:
            shape["is_forum"] = True
    shape["type"] = chat.kind
    return shape


def member_shape(chat: Chat, user: Payload, member: Member) -> Payload:
    """A ChatMember of the right kind."""
    shape: Payload = {"user": user, "status": member.status}
    match member.status:
        case "creator":
            shape["is_anonymous"] = member.anonymous
        case "administrator":
            shape |= {"can_be_edited": False, "is_anonymous": member.anonymous}
            names = CHANNEL_RIGHTS if chat.kind == "channel" else GROUP_RIGHTS
            shape |= {name: name in member.rights for name in names}
            shape["can_manage_chat"] = True
        case "restricted":
            shape |= {"is_member": True, "until_date": member.until}
            shape |= {name: name in member.rights for name in PERMISSIONS}
        case "kicked":
            shape["until_date"] = member.until
    if member.title and member.admin:
        shape["custom_title"] = member.title
    return shape


def permissions_shape(chat: Chat) -> Payload:
    """The ChatPermissions of a chat."""
    return {name: name in chat.permissions for name in PERMISSIONS}


def full_shape(chat: Chat) -> Payload:
    """A ChatFullInfo."""
    shape = chat_shape(chat) | {
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": chat.kind == "private",
            "limited_gifts": chat.kind == "private",
            "unique_gifts": chat.kind == "private",
            "premium_subscription": chat.kind == "private",
            "gifts_from_channels": chat.kind == "private",
        },
    }
    username = chat.person.username if chat.person else chat.username
    if username:
        shape["active_usernames"] = [username]
    if chat.description:
        shape["description"] = chat.description
    if chat.kind in ("group", "supergroup"):
        shape["permissions"] = permissions_shape(chat)
    if chat.kind == "supergroup" and chat.slow_mode:
        shape["slow_mode_delay"] = chat.slow_mode
    if chat.pinned and chat.pinned[-1] in chat.messages:
        shape["pinned_message"] = bare(chat.messages[chat.pinned[-1]].payload)
    return shape


def bare(payload: Payload) -> Payload:
    """A message as it stands inside another: without the one that it replies to itself."""
    if "reply_to_message" not in payload:
        return payload
    return {name: value for name, value in payload.items() if name != "reply_to_message"}
