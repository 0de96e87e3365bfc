"""What an operator sees at a glance: revision, chats, subscriptions, the queue."""

from __future__ import annotations

from dataclasses import dataclass

from bot.newsroom.office import Office
from bot.store import chats, revisions, subscriptions
from bot.store.database import Database
from bot.store.overview import Overview, overview
from bot.text import Words


@dataclass(frozen=True, slots=True)
class Look:
    """`revision` is None before the first; `chats` by state, `subscriptions` by edition."""

    revision: int | None
    engine: str
    chats: dict[str, int]
    subscriptions: dict[str, int]
    queue: Overview


async def look(database: Database, now: int) -> Look:
    """The state of one moment (microseconds)."""
    async with database.read() as conn:
        head = await revisions.head(conn)
        return Look(
            revision=None if head is None else head[0],
            engine=database.version,
            chats=await chats.counts(conn),
            subscriptions=await subscriptions.counts(conn),
            queue=await overview(conn, now),
        )


async def look_around(office: Office) -> Look:
    """The same, of the office's database now."""
    return await look(office.database, office.now)


def tell_look(seen: Look, words: Words) -> list[str]:
    """The lines of a glance."""
    number, queue = words.number, seen.queue
    editions = ", ".join(f"{name} {number(count)}" for name, count in seen.subscriptions.items())
    away = sum(count for state, count in seen.chats.items() if state != "active")
    return [
        words(
            "operate.revision", number="none" if seen.revision is None else number(seen.revision)
        ),
        words("operate.chats", number=number(seen.chats.get("active", 0)), away=number(away)),
        words("operate.subscriptions", editions=editions or "none"),
        words(
            "operate.queue",
            due=number(queue.due),
            waiting=number(queue.waiting),
            going=number(queue.on_the_way),
            late=number(queue.late),
        ),
        words(
            "operate.day",
            sent=number(queue.sent),
            failed=number(queue.failed),
            expired=number(queue.expired),
        ),
        words("operate.doubts", number=number(queue.unknown)),
        words(
            "operate.readers",
            unanswered=number(queue.unanswered),
            reports=number(queue.reports),
        ),
    ]
