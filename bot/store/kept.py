"""All that is kept about one chat, read from every table that knows it."""

from __future__ import annotations

from sqlalchemy import Table, select

from bot.clock import moment
from bot.store.chats import Chat
from bot.store.database import Connection
from bot.store.tables import chats, inbox, metadata, receipt_figures, receipts

TIMES = frozenset(
    {
        "accepted_at", "asked_at", "closed_at", "created_at", "done_at", "due_at", "expires_at",
        "last_at", "lease_until", "next_send_at", "not_before", "paused_until", "received_at",
        "sent_at", "since", "struck_at", "updated_at",
    }
)  # fmt: skip
"""Columns that hold a moment."""


async def everything(conn: Connection, chat: Chat) -> dict[str, list[dict[str, object]]]:
    """Each table's rows about the chat, moments as ISO text in UTC; tables without any stand too.

    A table that gains a `chat_id` is found by that.
    """
    found: dict[str, list[dict[str, object]]] = {}
    for table in metadata.sorted_tables:
        if table is chats:
            found[table.name] = await _rows(conn, table, "id", chat.id)
        elif table is inbox:
            found[table.name] = await _rows(conn, table, "chat_id", chat.tg_id)
        elif table is receipt_figures:
            mine = select(receipts.c.id).where(receipts.c.chat_id == chat.id)
            query = select(table).where(table.c.receipt_id.in_(mine))
            found[table.name] = [
                _plain(dict(row)) for row in (await conn.execute(query)).mappings()
            ]
        elif "chat_id" in table.c:
            found[table.name] = await _rows(conn, table, "chat_id", chat.id)
    return found


async def _rows(conn: Connection, table: Table, column: str, value: int) -> list[dict[str, object]]:
    query = select(table).where(table.c[column] == value).order_by(*table.primary_key)
    return [_plain(dict(row)) for row in (await conn.execute(query)).mappings()]


def _plain(row: dict[str, object]) -> dict[str, object]:
    return {
        name: moment(value).isoformat() if name in TIMES and isinstance(value, int) else value
        for name, value in row.items()
    }
