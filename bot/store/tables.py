"""The tables, in the project's nouns. Every time is UTC microseconds, every date is ISO text.

States are words, so that the rows can be read by SQL. A change here wants a migration: a test
compares both.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

NOTHING = text("''")

# SQLite numbers rows by itself only in a column that says INTEGER, and gives the number of the
# last row again once that is gone, unless told `sqlite_autoincrement`: a chat that was forgotten
# must not lend its number, and what was on its way to it, to the next that comes.
Key = BigInteger().with_variant(Integer, "sqlite")

chats = Table(
    "chats",
    metadata,
    Column("id", Key, primary_key=True),
    Column("tg_id", BigInteger, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("title", Text, nullable=False, server_default=NOTHING),
    Column("state", String(8), nullable=False, server_default="active"),
    Column("strikes", Integer, nullable=False, server_default="0"),
    Column("struck_at", BigInteger),
    Column("language", String(12), nullable=False, server_default="en"),
    Column("zone", String(64)),
    Column("quiet_from", Integer),
    Column("quiet_to", Integer),
    Column("length", String(8), nullable=False, server_default="full"),
    Column("empty", String(8), nullable=False, server_default="line"),
    Column("open_to_all", Boolean, nullable=False, server_default=false()),
    Column("admitted", Boolean, nullable=False, server_default=false()),
    Column("next_send_at", BigInteger, nullable=False, server_default="0"),
    Column("seen_revision", Integer, nullable=False, server_default="0"),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("tg_id"),
    sqlite_autoincrement=True,
)

cohorts = Table(
    "cohorts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("edition", String(64), nullable=False),
    Column("minute", Integer, nullable=False),
    Column("days", Integer, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("next_at", BigInteger),
    Column("next_date", String(10)),
    UniqueConstraint("edition", "minute", "days", "zone"),
    sqlite_autoincrement=True,
)
Index("ix_cohorts_next_at", cohorts.c.next_at, cohorts.c.id)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("chat_id", ForeignKey("chats.id"), nullable=False),
    Column("thread_id", BigInteger, nullable=False, server_default="0"),
    Column("edition", String(64), nullable=False),
    Column("topics", Text, nullable=False, server_default=NOTHING),
    Column("cohort_id", ForeignKey("cohorts.id")),
    Column("minute", Integer),
    Column("days", Integer, nullable=False, server_default="0"),
    Column("zone", String(64)),
    Column("length", String(8)),
    Column("state", String(8), nullable=False, server_default="active"),
    Column("paused_until", BigInteger),
    Column("since", BigInteger, nullable=False),
    Column("done_date", String(10)),
    Column("done_at", BigInteger),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    postgresql_with={"fillfactor": "80"},
    sqlite_autoincrement=True,
)
Index("ix_subscriptions_cohort_id", subscriptions.c.cohort_id, subscriptions.c.id)
Index(
    "uq_subscriptions_scheduled",
    subscriptions.c.chat_id,
    subscriptions.c.thread_id,
    subscriptions.c.edition,
    subscriptions.c.minute,
    unique=True,
    sqlite_where=text("minute IS NOT NULL"),
    postgresql_where=text("minute IS NOT NULL"),
)
Index(
    "uq_subscriptions_alerts",
    subscriptions.c.chat_id,
    subscriptions.c.thread_id,
    subscriptions.c.edition,
    unique=True,
    sqlite_where=text("minute IS NULL"),
    postgresql_where=text("minute IS NULL"),
)
Index(
    "ix_subscriptions_alerts",
    subscriptions.c.edition,
    subscriptions.c.id,
    sqlite_where=text("cohort_id IS NULL"),
    postgresql_where=text("cohort_id IS NULL"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("accepted_at", BigInteger, nullable=False),
)
Index("ix_revisions_accepted_at", revisions.c.accepted_at)

occasions = Table(
    "occasions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("key", String(200), nullable=False),
    Column("edition", String(64), nullable=False, server_default=NOTHING),
    Column("cohort_id", BigInteger),
    Column("local_date", String(10)),
    Column("due_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("state", String(8), nullable=False, server_default="open"),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("key"),
    sqlite_autoincrement=True,
)
Index("ix_occasions_due_at", occasions.c.due_at)

bulletins = Table(
    "bulletins",
    metadata,
    Column("id", Key, primary_key=True),
    Column("occasion_id", ForeignKey("occasions.id"), nullable=False),
    Column("variant", Text, nullable=False),
    Column("state", String(10), nullable=False, server_default="building"),
    Column("sha256", String(64)),
    Column("parts", Integer, nullable=False, server_default="0"),
    Column("revision", Integer),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retry_at", BigInteger, nullable=False, server_default="0"),
    Column("error", Text, nullable=False, server_default=NOTHING),
    UniqueConstraint("occasion_id", "variant"),
    sqlite_autoincrement=True,
)
Index(
    "ix_bulletins_building",
    bulletins.c.retry_at,
    bulletins.c.id,
    sqlite_where=text("state = 'building'"),
    postgresql_where=text("state = 'building'"),
)

bulletin_parts = Table(
    "bulletin_parts",
    metadata,
    Column("bulletin_id", ForeignKey("bulletins.id"), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("html", Text, nullable=False),
    Column("plain", Text, nullable=False),
    Column("keyboard", Text),
    Column("carries", Text, nullable=False, server_default="[]"),
)

bulletin_figures = Table(
    "bulletin_figures",
    metadata,
    Column("observation", String(200), primary_key=True),
    Column("bulletin_id", ForeignKey("bulletins.id"), primary_key=True),
    Column("part", Integer, primary_key=True),
)
Index("ix_bulletin_figures_bulletin_id", bulletin_figures.c.bulletin_id)

# The ledger of what is owed. It has no foreign keys: checking four parents for each row costs
# PostgreSQL more than the insert itself, and rows are made from their parents by the statement
# that reads them. The claim lets a row without parents lie until it expires.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Key, primary_key=True),
    Column("occasion_id", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False, server_default="0"),
    Column("subscription_id", BigInteger),
    Column("local_date", String(10)),
    Column("bulletin_id", BigInteger, nullable=False),
    Column("preface", Text, nullable=False, server_default=NOTHING),
    Column("next_part", Integer, nullable=False, server_default="0"),
    Column("state", String(10), nullable=False, server_default="pending"),
    Column("not_before", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("lease_until", BigInteger),
    Column("token", String(40)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("repeats", Integer, nullable=False, server_default="0"),
    Column("message_id", BigInteger),
    Column("error_class", String(40), nullable=False, server_default=NOTHING),
    Column("error", Text, nullable=False, server_default=NOTHING),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    postgresql_with={
        "fillfactor": "80",
        "autovacuum_vacuum_scale_factor": "0.02",
        "autovacuum_vacuum_cost_delay": "0",
    },
    sqlite_autoincrement=True,
)
Index(
    "uq_deliveries_slot",
    deliveries.c.subscription_id,
    deliveries.c.local_date,
    unique=True,
    sqlite_where=text("subscription_id IS NOT NULL"),
    postgresql_where=text("subscription_id IS NOT NULL"),
)
Index(
    "uq_deliveries_occasion",
    deliveries.c.occasion_id,
    deliveries.c.chat_id,
    deliveries.c.thread_id,
    unique=True,
    sqlite_where=text("subscription_id IS NULL"),
    postgresql_where=text("subscription_id IS NULL"),
)
Index(
    "ix_deliveries_pending",
    deliveries.c.not_before,
    deliveries.c.id,
    sqlite_where=text("state = 'pending'"),
    postgresql_where=text("state = 'pending'"),
)
Index(
    "ix_deliveries_lease",
    deliveries.c.lease_until,
    sqlite_where=text("state IN ('claimed', 'sending')"),
    postgresql_where=text("state IN ('claimed', 'sending')"),
)
Index(
    "ix_deliveries_unknown",
    deliveries.c.id,
    sqlite_where=text("state = 'unknown'"),
    postgresql_where=text("state = 'unknown'"),
)
Index("ix_deliveries_chat_id", deliveries.c.chat_id, deliveries.c.id)
Index("ix_deliveries_occasion_id", deliveries.c.occasion_id, deliveries.c.id)

receipts = Table(
    "receipts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("chat_id", ForeignKey("chats.id"), nullable=False),
    Column("thread_id", BigInteger, nullable=False, server_default="0"),
    Column("message_id", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("place", String(200), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("bulletin_id", BigInteger),
    Column("part", Integer),
    Column("sent_at", BigInteger, nullable=False),
    UniqueConstraint("chat_id", "message_id"),
    sqlite_autoincrement=True,
)
Index("ix_receipts_sent_at", receipts.c.sent_at)
Index(
    "ix_receipts_bulletin_id",
    receipts.c.bulletin_id,
    receipts.c.part,
    sqlite_where=text("bulletin_id IS NOT NULL"),
    postgresql_where=text("bulletin_id IS NOT NULL"),
)

receipt_figures = Table(
    "receipt_figures",
    metadata,
    Column("receipt_id", ForeignKey("receipts.id", ondelete="CASCADE"), primary_key=True),
    Column("observation", String(200), primary_key=True),
)
Index("ix_receipt_figures_observation", receipt_figures.c.observation)

inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat_id", BigInteger),
    Column("received_at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(8), nullable=False, server_default="new"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text, nullable=False, server_default=NOTHING),
    Column("holder", String(32), nullable=False, server_default=NOTHING),
)
Index(
    "ix_inbox_new",
    inbox.c.received_at,
    inbox.c.update_id,
    sqlite_where=text("state = 'new'"),
    postgresql_where=text("state = 'new'"),
)
Index("ix_inbox_received_at", inbox.c.received_at)
Index("ix_inbox_chat_id", inbox.c.chat_id)

bucket = Table(
    "bucket",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("tat", BigInteger, nullable=False),
    Column("blocked_until", BigInteger, nullable=False, server_default="0"),
)

meta = Table(
    "meta",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

questions = Table(
    "questions",
    metadata,
    Column("text", String(200), primary_key=True),
    Column("language", String(12), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)

reports = Table(
    "reports",
    metadata,
    Column("id", Key, primary_key=True),
    Column("chat_id", ForeignKey("chats.id"), nullable=False),
    Column("thread_id", BigInteger, nullable=False, server_default="0"),
    Column("place", String(200), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("text", Text, nullable=False, server_default=NOTHING),
    Column("state", String(8), nullable=False, server_default="open"),
    Column("outcome", Text, nullable=False, server_default=NOTHING),
    Column("created_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("shown", Text, nullable=False, server_default=NOTHING),
    sqlite_autoincrement=True,
)
Index("ix_reports_state", reports.c.state, reports.c.id)
Index("ix_reports_chat_id", reports.c.chat_id)

prompts = Table(
    "prompts",
    metadata,
    Column("chat_id", ForeignKey("chats.id"), primary_key=True),
    Column("message_id", BigInteger, primary_key=True),
    Column("body", Text, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
)
