"""Chats: whom we write to, and how they like it. Times are UTC microseconds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, Unpack

from sqlalchemy import Row, delete, func, select, update

from bot.store import moves
from bot.store.database import Connection, Hot
from bot.store.sql import fetch, insert, pack
from bot.store.tables import (
    chats,
    deliveries,
    inbox,
    prompts,
    receipt_figures,
    receipts,
    reports,
    subscriptions,
)
from bot.text import language_code

Kind = Literal["private", "group", "supergroup", "channel"]
State = Literal["active", "blocked", "gone"]
Length = Literal["short", "full"]
Empty = Literal["line", "silence"]

STRIKES = 3
STRIKES_APART = 24 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat. `id` is ours and stays; `tg_id` is Telegram's and may change once.

    `admitted` counts where the desk is closed: this chat may use the bot. `quiet_from` and
    `quiet_to` are minutes of the local day, None or equal for no quiet hours.
    `zone` is None until the reader has told it.
    """

    id: int
    tg_id: int
    kind: Kind
    title: str
    state: State
    strikes: int
    struck_at: int | None
    language: str
    zone: str | None
    quiet_from: int | None
    quiet_to: int | None
    length: Length
    empty: Empty
    open_to_all: bool
    admitted: bool
    next_send_at: int
    seen_revision: int
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Strike:
    """How often in a row a chat could not be reached for want of rights, and since when."""

    count: int
    since: int
    now: int

    @property
    def out(self) -> bool:
        """Whether that is enough to stop writing: three times, and over 24 hours."""
        return self.count >= STRIKES and self.now - self.since >= STRIKES_APART


class Fields(TypedDict, total=False):
    """What `set_fields` may change."""

    kind: Kind
    title: str
    language: str
    zone: str | None
    quiet_from: int | None
    quiet_to: int | None
    length: Length
    empty: Empty
    open_to_all: bool
    admitted: bool
    seen_revision: int
    next_send_at: int


async def find(conn: Connection, tg_id: int) -> Chat | None:
    """The chat of this Telegram id, if it is known."""
    row = (await conn.execute(select(chats).where(chats.c.tg_id == tg_id))).one_or_none()
    return None if row is None else _chat(row)


async def find_all(conn: Hot, tg_ids: Collection[int]) -> dict[int, Chat]:
    """Those of these Telegram ids that are known."""
    rows = await fetch(conn, KNOWN, {"ids": pack(list(tg_ids))})
    # Straight from SQLite's driver, a yes is a 1.
    fields = ([*row[:YES], *map(bool, row[YES : YES + 2]), *row[YES + 2 :]] for row in rows)
    found = (Chat(*row) for row in fields)
    return {chat.tg_id: chat for chat in found}


KNOWN = """
SELECT id, tg_id, kind, title, state, strikes, struck_at, language, zone, quiet_from, quiet_to,
  length, empty, open_to_all, admitted, next_send_at, seen_revision, created_at, updated_at
FROM chats WHERE tg_id AMONG(:ids)
"""
TOO_LARGE = 2**63
"""SQLite would round such a number where it comes out of JSON."""
YES = 13
"""Where its columns that say yes or no begin: `open_to_all`, `admitted`."""


async def get(conn: Connection, chat_id: int) -> Chat | None:
    """The chat of our own id."""
    row = (await conn.execute(select(chats).where(chats.c.id == chat_id))).one_or_none()
    return None if row is None else _chat(row)


async def ensure(
    conn: Connection, tg_id: int, kind: Kind, title: str, language: str, now: int
) -> Chat:
    """The chat, made if it is new. A known one keeps its language; kind and title follow.

    A `language` that is no code becomes the default.
    """
    known = await find(conn, tg_id)
    if known is not None and (known.kind, known.title) == (kind, title):
        return known
    statement = insert(conn, chats).values(
        tg_id=tg_id,
        kind=kind,
        title=title,
        language=language_code(language),
        created_at=now,
        updated_at=now,
    )
    fresh = statement.excluded
    row = await conn.execute(
        statement.on_conflict_do_update(
            index_elements=["tg_id"],
            set_={"kind": fresh.kind, "title": fresh.title, "updated_at": fresh.updated_at},
        ).returning(*chats.c)
    )
    return _chat(row.one())


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who writes for the first time, as their first update names them."""

    tg_id: int
    kind: Kind
    title: str
    language: str


async def meet(conn: Hot, strangers: Collection[Stranger], now: int) -> dict[int, Chat]:
    """Rows for those who are new; each of them by its Telegram id. One that is known stays."""
    if not strangers:
        return {}
    rows = [(one.tg_id, one.kind, one.title, language_code(one.language)) for one in strangers]
    if any(abs(one.tg_id) >= TOO_LARGE for one in strangers):
        raise OverflowError("a chat's number does not fit into 64 bits")
    await fetch(conn, MEET, {"rows": pack(rows), "now": now})
    return await find_all(conn, [one.tg_id for one in strangers])


MEET = """
INSERT INTO chats (tg_id, kind, title, language, created_at, updated_at)
SELECT v.tg_id, v.kind, v.title, v.language, CAST(:now AS BIGINT), CAST(:now AS BIGINT)
FROM ROWS(:rows, tg_id BIGINT, kind TEXT, title TEXT, language TEXT)
WHERE true
ON CONFLICT DO NOTHING
"""


async def set_fields(
    conn: Connection, chat_id: int, *, now: int | None = None, **fields: Unpack[Fields]
) -> None:
    """Change the chat's own settings. Subscriptions keep their hours and zones."""
    values: dict[str, object] = {**fields}
    if now is not None:
        values["updated_at"] = now
    if values:
        await conn.execute(update(chats).where(chats.c.id == chat_id).values(values))


async def set_state(conn: Connection, chat_id: int, state: State, now: int) -> int:
    """Mark the chat as reachable or not; returns how many deliveries ended with it.

    For `blocked` and `gone` whatever was owed and not yet marked as sending ends as `gone`, in
    this transaction. The subscriptions rest until told for `blocked`, and end for `gone` (they
    are kept and can be revived). `active` forgets the strikes and revives nothing: that is for
    the reader to say.
    """
    ended = 0
    if state != "active":
        # Deliveries before the chat: the order in which claims lock them.
        done = await conn.execute(
            update(deliveries)
            .where(deliveries.c.chat_id == chat_id, deliveries.c.state.in_(("pending", "claimed")))
            .values(state="gone", lease_until=None, error_class=state, updated_at=now)
        )
        ended = done.rowcount
    await conn.execute(
        update(chats)
        .where(chats.c.id == chat_id)
        .values(state=state, strikes=0, struck_at=None, updated_at=now)
    )
    if state != "active":
        await conn.execute(
            update(subscriptions)
            .where(subscriptions.c.chat_id == chat_id, subscriptions.c.state != "ended")
            .values(
                state="ended" if state == "gone" else "paused",
                paused_until=None,
                version=subscriptions.c.version + 1,
                updated_at=now,
            )
        )
    return ended


async def is_touched(conn: Connection, chat_id: int, since: int) -> bool:
    """Whether something of the chat was changed after a moment, as by one who is back."""
    at = await conn.scalar(select(chats.c.updated_at).where(chats.c.id == chat_id))
    return at is not None and at > since


async def migrate(conn: Connection, old_tg: int, new_tg: int, now: int) -> Chat | None:
    """Follow a group to its new Telegram id; the chat as it is then, None if neither is known.

    If the new id is known already (an update came first), both become one: the old row stays,
    with its settings, and what both were owed is owed once. Repeating it does nothing.
    """
    old = await find(conn, old_tg)
    new = await find(conn, new_tg)
    if old is None:
        return new
    if new is None:
        new = await _made_meanwhile(conn, old, new_tg, now)
    values: dict[str, object] = {"tg_id": new_tg, "kind": "supergroup", "updated_at": now}
    await moves.leave_behind(conn, old.id)
    if old.state == "blocked":
        # We may be told first that we are no longer in the group that was.
        await moves.come_along(conn, old.id, old.updated_at, now)
        values["state"] = "active"
    if new is not None:
        await moves.join(conn, old.id, new.id, now)
        values["next_send_at"] = max(old.next_send_at, new.next_send_at)
        values["seen_revision"] = max(old.seen_revision, new.seen_revision)
        values["state"] = new.state
    await conn.execute(update(chats).where(chats.c.id == old.id).values(values))
    return await get(conn, old.id)


async def _made_meanwhile(conn: Connection, old: Chat, new_tg: int, now: int) -> Chat | None:
    """The chat of the new id if another transaction is just making it. A row of our own in its
    place waits for that one, and keeps others waiting until this transaction ends."""
    row = {"tg_id": new_tg, "kind": old.kind, "created_at": now, "updated_at": now}
    place = insert(conn, chats).values(row).on_conflict_do_nothing().returning(chats.c.id)
    made = (await conn.execute(place)).scalar_one_or_none()
    if made is None:
        return await find(conn, new_tg)
    await conn.execute(delete(chats).where(chats.c.id == made))
    return None


async def strike(conn: Connection, chat_id: int, now: int) -> Strike:
    """Note a refusal that may pass (lost rights, chat not found). A message sent wipes all."""
    row = await conn.execute(
        update(chats)
        .where(chats.c.id == chat_id)
        .values(
            strikes=chats.c.strikes + 1,
            struck_at=func.coalesce(chats.c.struck_at, now),
            updated_at=now,
        )
        .returning(chats.c.strikes, chats.c.struck_at)
    )
    found = row.one_or_none()
    return Strike(0, now, now) if found is None else Strike(found.strikes, found.struck_at, now)


async def wait_until(conn: Connection, chat_id: int, moment: int) -> None:
    """Send the chat nothing that is owed before `moment` (a 429 of its own, UTC microseconds)."""
    await conn.execute(
        update(chats)
        .where(chats.c.id == chat_id, chats.c.next_send_at < moment)
        .values(next_send_at=moment)
    )


async def forget(conn: Connection, chat_id: int) -> None:
    """Erase the chat and all that hangs on it: subscriptions, deliveries, receipts, updates."""
    tg_id = select(chats.c.tg_id).where(chats.c.id == chat_id).scalar_subquery()
    await conn.execute(
        update(inbox).where(inbox.c.chat_id == tg_id).values(body="", chat_id=None, state="done")
    )
    held = select(receipts.c.id).where(receipts.c.chat_id == chat_id)
    await conn.execute(delete(receipt_figures).where(receipt_figures.c.receipt_id.in_(held)))
    # Subscriptions before deliveries: a fan-out that holds them is waited for, and swept after.
    for table in (prompts, receipts, reports, subscriptions, deliveries):
        await conn.execute(delete(table).where(table.c.chat_id == chat_id))
    await conn.execute(delete(chats).where(chats.c.id == chat_id))


async def counts(conn: Connection) -> dict[str, int]:
    """How many chats there are in each state."""
    rows = await conn.execute(select(chats.c.state, func.count()).group_by(chats.c.state))
    return {row[0]: row[1] for row in rows}


def _chat(row: Row[*tuple[Any, ...]]) -> Chat:
    return Chat(*row)
