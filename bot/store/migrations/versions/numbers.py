"""On SQLite the number of a row that is gone is never given again; PostgreSQL never did.

SQLite cannot change that of a table that is there: each is written anew, with its rows and indexes.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (
    "chats",
    "cohorts",
    "subscriptions",
    "occasions",
    "bulletins",
    "deliveries",
    "receipts",
    "reports",
)
BODY = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table"
ROWS = "INSERT INTO new_# SELECT * FROM # ORDER BY id"
INDEXES = "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table AND sql > ''"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            _renew(op.get_bind(), table)


def _renew(conn: sa.Connection, table: str) -> None:
    """The connection has foreign keys switched off: rows that name this table's stay."""
    body = str(conn.scalar(sa.text(BODY), {"table": table}))
    indexes = list(conn.scalars(sa.text(INDEXES), {"table": table}))
    for old, new in (
        (f"CREATE TABLE {table} (", f"CREATE TABLE new_{table} ("),
        ("(\n\tid INTEGER NOT NULL", "(\n\tid INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT"),
        (f", \n\tCONSTRAINT pk_{table} PRIMARY KEY (id)", ""),
    ):
        if body.count(old) != 1:
            raise ValueError(f"the table {table} is not as the first schema made it: {body}")
        body = body.replace(old, new)
    for statement in (
        body,
        ROWS.replace("#", table),
        f"DROP TABLE {table}",
        f"ALTER TABLE new_{table} RENAME TO {table}",
        *indexes,
    ):
        conn.exec_driver_sql(statement)
