"""Who may change what is not only theirs: in groups and channels, their admins."""

from __future__ import annotations

from bot.chat.desk import Ask
from bot.delivery.transport import MaybeSent, Refused

ANONYMOUS_ADMIN = 1087968824
"""@GroupAnonymousBot, which Telegram names as the sender of an anonymous admin's message."""
MEMBERS = frozenset({"creator", "administrator", "member", "restricted"})


def is_admin(ask: Ask) -> bool:
    """One of the desk's admins, in their private chat."""
    return ask.is_private and ask.user_id in ask.desk.admins


async def may_manage(ask: Ask, *, fresh: bool = True) -> bool:
    """Whether the asker may change what the chat gets, or all may by the group's own choice.

    `fresh` asks Telegram at once, as every effect must; without it a minute-old list will do.
    Raises NotSent where Telegram cannot be asked.
    """
    return ask.chat.kind == "private" or ask.chat.open_to_all or await in_charge(ask, fresh=fresh)


async def in_charge(ask: Ask, *, fresh: bool = True) -> bool:
    """Whether the asker is an admin of the group or channel, whatever it allows to others."""
    if ask.chat.kind == "private":
        return True
    # Who posts in a channel, and an anonymous admin of a group, writes in the chat's own name.
    if ask.sender_chat == ask.chat.tg_id or ask.user_id == ANONYMOUS_ADMIN:
        return ask.at is None
    return ask.user_id in await ask.desk.standing.admins(ask.chat.tg_id, fresh=fresh)


async def is_member(ask: Ask, user_id: int) -> bool:
    """Whether somebody is a member of the chat that asks. Raises as `may_manage`."""
    try:
        member = await ask.desk.post.call(
            "getChatMember", {"chat_id": ask.chat.tg_id, "user_id": user_id}
        )
    except (Refused, MaybeSent):
        return False
    return str(member.get("status", "")) in MEMBERS
