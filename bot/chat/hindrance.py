"""What keeps us from writing in a group or channel, told to those of its admins who talk to us."""

from __future__ import annotations

from bot import telemetry
from bot.chat.desk import Desk
from bot.clock import micros
from bot.delivery.transport import CallFailed, MaybeSent, Refused
from bot.store import chats, topics
from bot.store.chats import Chat
from bot.store.deliveries import Claimed
from bot.text import words_for

log = telemetry.logger(__name__)

FORGOTTEN = 3
"""Deliveries in a row that find no topic, after which the group itself is written to."""
TOLD = 3
"""Admins who are told, at most."""
SELDOM = 24 * 3600.0
"""Seconds in which nobody is told again that we may not write."""
LOOK = 3600.0
"""Seconds after which it is looked again whether a group is in slow mode."""


async def hindered(desk: Desk, row: Claimed, reason: str) -> None:
    """A delivery found its topic closed or gone, or was refused for want of rights.

    Raises StoreError and CallFailed.
    """
    if row.part:
        return
    async with desk.database.read() as conn:
        group = await chats.get(conn, row.chat_id)
    if group is None or group.kind == "private":
        return
    if reason in (topics.GONE, topics.CLOSED):
        await _topic_lost(desk, group, row, is_gone=reason == topics.GONE)
    else:
        await muted(desk, group)


async def muted(desk: Desk, group: Chat) -> None:
    """We may not write there; told once a day at most. Raises as `hindered`."""
    now = desk.clock.monotonic()
    if now - desk.hinted.get(group.id, -SELDOM) < SELDOM:
        return
    desk.hinted[group.id] = now
    key = "channel.mute" if group.kind == "channel" else "group.mute"
    await _tell_admins(desk, group, key)


async def slowed(desk: Desk, group: Chat) -> None:
    """An answer was refused for now: if slow mode is why, its admins are told once a day at most.

    Raises NotSent, and as `hindered`.
    """
    now = desk.clock.monotonic()
    if group.kind != "supergroup" or now < desk.slowed.get(group.id, now):
        return
    desk.slowed[group.id] = now + LOOK
    try:
        chat = await desk.post.call("getChat", {"chat_id": group.tg_id})
    except (Refused, MaybeSent):
        return
    delay = chat.get("slow_mode_delay")
    if delay and desk.bot_id not in await desk.standing.admins(group.tg_id):
        desk.slowed[group.id] = now + SELDOM
        await _tell_admins(desk, group, "group.slow", seconds=delay)


async def _topic_lost(desk: Desk, group: Chat, row: Claimed, *, is_gone: bool) -> None:
    """The group has the brief. Told once for each loss; a topic gone is forgotten after three,
    one that is closed may be opened again."""
    async with desk.database.write() as conn:
        before = await topics.strayed(conn, group.id, row.thread_id, row.id, FORGOTTEN - 1)
        is_over = is_gone and before + 1 >= FORGOTTEN
        if is_over:
            now = micros(desk.clock.now())
            await topics.forget(conn, group.id, row.thread_id, now)
    if not (is_over or before == 0):
        return
    key = "group.topic_forgotten" if is_over else "group.topic_lost"
    if not await _tell_admins(desk, group, key):
        text = words_for(group.language)(key, title=group.title)
        params = {"chat_id": group.tg_id, "text": text, "disable_notification": True}
        await desk.post.answer(group.tg_id, params)


async def _tell_admins(desk: Desk, group: Chat, key: str, **values: object) -> int:
    """In their private chats with us; to how many."""
    admins = await desk.standing.admins(group.tg_id)
    async with desk.database.read() as conn:
        known = await chats.find_all(conn, admins)
    told = 0
    for person in sorted(known.values(), key=lambda one: one.id):
        if told == TOLD or person.state != "active" or person.kind != "private":
            continue
        text = words_for(person.language)(key, title=group.title, **values)
        try:
            await desk.post.answer(person.tg_id, {"chat_id": person.tg_id, "text": text})
            told += 1
        except CallFailed as failure:
            log.info("An admin cannot be told.", action="admin away", why=str(failure))
    return told
