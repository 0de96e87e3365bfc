"""A note that one chat is owed: a few words of the desk's, kept until they have left."""

from __future__ import annotations

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from bot.clock import micros
from bot.newsroom.due import find_zone, quiet_end
from bot.newsroom.office import Office
from bot.render.buttons import markup
from bot.render.message import View
from bot.render.split import split
from bot.store import bulletins, deliveries, occasions
from bot.store.bulletins import Part, Variant
from bot.store.chats import Chat
from bot.store.database import Connection
from bot.text import spoken

GRACE = timedelta(days=7)
"""How long a chat that cannot be reached just now is still told."""


async def owe_note(
    conn: Connection, office: Office, chat: Chat, view: View, key: str, *, thread_id: int = 0
) -> bool:
    """Owe it, in this transaction, after the chat's quiet hours; False if `key` was owed before.

    Call `office.on_owed` once it is committed.
    """
    now = office.clock.now()
    zone = find_zone(chat.zone or "UTC") or UTC
    start = now
    if isinstance(zone, ZoneInfo):
        start = quiet_end(now, chat.quiet_from, chat.quiet_to, zone)
    occasion = await occasions.ensure(
        conn,
        kind="manual",
        key=f"note:{key}",
        due_at=micros(now),
        expires_at=micros(start + GRACE),
        now=micros(now),
    )
    bulletin = await bulletins.ensure(conn, occasion.id, Variant(spoken(chat.language), "full"))
    parts = [
        Part(item.html, item.plain, markup(item.buttons), item.carries) for item in split(view)
    ]
    await bulletins.finish(conn, bulletin.id, parts, revision=office.publisher.number)
    made = await deliveries.owe(
        conn,
        occasion_id=occasion.id,
        chat_id=chat.id,
        bulletin_id=bulletin.id,
        not_before=micros(start),
        expires_at=occasion.expires_at,
        now=micros(now),
        thread_id=thread_id,
    )
    return made is not None
