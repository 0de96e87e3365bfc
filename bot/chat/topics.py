"""A forum topic is closed or gone: what was to go there stands in the group, its admins told."""

from __future__ import annotations

from bot import telemetry
from bot.chat.desk import Desk
from bot.clock import micros
from bot.delivery.transport import CallFailed
from bot.store import chats, topics
from bot.store.chats import Chat
from bot.store.deliveries import Claimed
from bot.text import words_for

log = telemetry.logger(__name__)

FORGOTTEN = 3
"""Deliveries in a row that find no topic, after which the group itself is written to."""
TOLD = 3
"""Admins who are told, at most."""


async def topic_lost(desk: Desk, row: Claimed, reason: str) -> None:
    """A delivery went to the group since its topic took none; `reason` is one of `store.topics`.

    Told once for each loss. A topic that is gone is forgotten after three; one that is closed may
    be opened again. Raises StoreError and CallFailed.
    """
    if row.part:
        return
    async with desk.database.write() as conn:
        before = await topics.strayed(conn, row.chat_id, row.thread_id, row.id, FORGOTTEN - 1)
        is_over = reason == topics.GONE and before + 1 >= FORGOTTEN
        if is_over:
            now = micros(desk.clock.now())
            await topics.forget(conn, row.chat_id, row.thread_id, now)
        group = await chats.get(conn, row.chat_id)
    if group is None or not (is_over or before == 0):
        return
    key = "group.topic_forgotten" if is_over else "group.topic_lost"
    await _tell_admins(desk, group, key)


async def _tell_admins(desk: Desk, group: Chat, key: str) -> None:
    """Tell those admins of the group who talk to us; where nobody does, the group."""
    admins = await desk.standing.admins(group.tg_id)
    async with desk.database.read() as conn:
        known = await chats.find_all(conn, admins)
    told = 0
    for person in sorted(known.values(), key=lambda one: one.id):
        if told == TOLD or person.state != "active" or person.kind != "private":
            continue
        text = words_for(person.language)(key, title=group.title)
        try:
            await desk.post.answer(person.tg_id, {"chat_id": person.tg_id, "text": text})
            told += 1
        except CallFailed as failure:
            log.info("An admin cannot be told of a topic.", action="admin away", why=str(failure))
    if not told:
        text = words_for(group.language)(key, title=group.title)
        params = {"chat_id": group.tg_id, "text": text, "disable_notification": True}
        await desk.post.answer(group.tg_id, params)
