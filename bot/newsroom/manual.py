"""A brief for one chat now: "Send me one now", or an operator's word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from zoneinfo import ZoneInfo

from bot.clock import Clock, micros
from bot.errors import NotCovered
from bot.newsroom.build import Builder
from bot.newsroom.due import find_zone, quiet_end
from bot.newsroom.publish import Publisher
from bot.newsroom.slots import late_limit
from bot.store import bulletins, deliveries, occasions
from bot.store.bulletins import Variant
from bot.store.chats import Chat, Length
from bot.store.database import Database
from bot.text import spoken


class Manual:
    """Owes single briefs. `on_owed` is called when one was written (the worker's `wake`)."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        publisher: Publisher,
        builder: Builder,
        on_owed: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._publisher = publisher
        self._builder = builder
        self._on_owed = on_owed

    async def send_now(
        self,
        chat: Chat,
        edition_name: str,
        *,
        key: str,
        thread_id: int = 0,
        topics: tuple[str, ...] = (),
        length: Length | None = None,
        is_asked: bool = True,
    ) -> int | None:
        """Owe one chat an edition now; the delivery's id, or None if `key` was served before.

        `key` names the wish, so that a repeated press is one. What the chat did not ask for
        itself (`is_asked` False) waits for the end of its quiet hours. Raises `NotCovered` for
        an edition that there is not.
        """
        editions = self._publisher.current.library.editions
        if edition_name not in editions:
            raise NotCovered(edition_name, tuple(editions))
        now = self._clock.now()
        zone = find_zone(chat.zone or "UTC") or UTC
        start = now
        if isinstance(zone, ZoneInfo) and not is_asked:
            start = quiet_end(now, chat.quiet_from, chat.quiet_to, zone)
        async with self._database.write() as conn:
            occasion = await occasions.ensure(
                conn,
                kind="manual",
                key=f"manual:{key}",
                edition=edition_name,
                local_date=now.astimezone(zone).date(),
                due_at=micros(now),
                expires_at=micros(start + late_limit(editions[edition_name])),
                now=micros(now),
            )
            is_public = chat.kind != "private"
            language = spoken(chat.language)
            variant = Variant(language, length or chat.length, topics, is_public=is_public)
            bulletin = await bulletins.ensure(conn, occasion.id, variant)
        await self._builder.build_all(occasion)
        async with self._database.write() as conn:
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
        self._on_owed()
        return made
