"""The first schema.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NOTHING = sa.text("''")


def upgrade() -> None:
    op.create_table(
        "bucket",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("tat", sa.BigInteger(), nullable=False),
        sa.Column("blocked_until", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_bucket"),
    )
    op.create_table(
        "chats",
        sa.Column("id", KEY, nullable=False),
        sa.Column("tg_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.Text(), server_default=NOTHING, nullable=False),
        sa.Column("state", sa.String(length=8), server_default="active", nullable=False),
        sa.Column("strikes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("struck_at", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.String(length=12), server_default="en", nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_to", sa.Integer(), nullable=True),
        sa.Column("length", sa.String(length=8), server_default="full", nullable=False),
        sa.Column("empty", sa.String(length=8), server_default="line", nullable=False),
        sa.Column("open_to_all", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("admitted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("next_send_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seen_revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chats"),
        sa.UniqueConstraint("tg_id", name="uq_chats_tg_id"),
    )
    op.create_table(
        "cohorts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("next_date", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_cohorts"),
        sa.UniqueConstraint(
            "edition", "minute", "days", "zone", name="uq_cohorts_edition_minute_days_zone"
        ),
    )
    op.create_index("ix_cohorts_next_at", "cohorts", ["next_at", "id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("occasion_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("subscription_id", sa.BigInteger(), nullable=True),
        sa.Column("local_date", sa.String(length=10), nullable=True),
        sa.Column("bulletin_id", sa.BigInteger(), nullable=False),
        sa.Column("preface", sa.Text(), server_default=NOTHING, nullable=False),
        sa.Column("next_part", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.String(length=10), server_default="pending", nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("token", sa.String(length=40), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("error_class", sa.String(length=40), server_default=NOTHING, nullable=False),
        sa.Column("error", sa.Text(), server_default=NOTHING, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        postgresql_with={
            "fillfactor": "80",
            "autovacuum_vacuum_scale_factor": "0.02",
            "autovacuum_vacuum_cost_delay": "0",
        },
    )
    op.create_index("ix_deliveries_chat_id", "deliveries", ["chat_id", "id"], unique=False)
    op.create_index(
        "ix_deliveries_lease",
        "deliveries",
        ["lease_until"],
        unique=False,
        sqlite_where=sa.text("state IN ('claimed', 'sending')"),
        postgresql_where=sa.text("state IN ('claimed', 'sending')"),
    )
    op.create_index("ix_deliveries_occasion_id", "deliveries", ["occasion_id", "id"], unique=False)
    op.create_index(
        "ix_deliveries_pending",
        "deliveries",
        ["not_before", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_deliveries_unknown",
        "deliveries",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'unknown'"),
        postgresql_where=sa.text("state = 'unknown'"),
    )
    op.create_index(
        "uq_deliveries_occasion",
        "deliveries",
        ["occasion_id", "chat_id", "thread_id"],
        unique=True,
        sqlite_where=sa.text("subscription_id IS NULL"),
        postgresql_where=sa.text("subscription_id IS NULL"),
    )
    op.create_index(
        "uq_deliveries_slot",
        "deliveries",
        ["subscription_id", "local_date"],
        unique=True,
        sqlite_where=sa.text("subscription_id IS NOT NULL"),
        postgresql_where=sa.text("subscription_id IS NOT NULL"),
    )
    op.create_table(
        "inbox",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="new", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default=NOTHING, nullable=False),
        sa.PrimaryKeyConstraint("update_id", name="pk_inbox"),
    )
    op.create_index("ix_inbox_chat_id", "inbox", ["chat_id"], unique=False)
    op.create_index(
        "ix_inbox_new",
        "inbox",
        ["received_at", "update_id"],
        unique=False,
        sqlite_where=sa.text("state = 'new'"),
        postgresql_where=sa.text("state = 'new'"),
    )
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"], unique=False)
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "occasions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("edition", sa.String(length=64), server_default=NOTHING, nullable=False),
        sa.Column("cohort_id", sa.BigInteger(), nullable=True),
        sa.Column("local_date", sa.String(length=10), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="open", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_occasions"),
        sa.UniqueConstraint("key", name="uq_occasions_key"),
    )
    op.create_index("ix_occasions_due_at", "occasions", ["due_at"], unique=False)
    op.create_table(
        "questions",
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("text", "language", name="pk_questions"),
    )
    op.create_table(
        "revisions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_revisions"),
    )
    op.create_index("ix_revisions_accepted_at", "revisions", ["accepted_at"], unique=False)
    op.create_table(
        "bulletins",
        sa.Column("id", KEY, nullable=False),
        sa.Column("occasion_id", KEY, nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="building", nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("parts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retry_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default=NOTHING, nullable=False),
        sa.ForeignKeyConstraint(
            ["occasion_id"], ["occasions.id"], name="fk_bulletins_occasion_id_occasions"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bulletins"),
        sa.UniqueConstraint("occasion_id", "variant", name="uq_bulletins_occasion_id_variant"),
    )
    op.create_index(
        "ix_bulletins_building",
        "bulletins",
        ["retry_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'building'"),
        postgresql_where=sa.text("state = 'building'"),
    )
    op.create_table(
        "receipts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("chat_id", KEY, nullable=False),
        sa.Column("thread_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("bulletin_id", sa.BigInteger(), nullable=True),
        sa.Column("part", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_receipts_chat_id_chats"),
        sa.PrimaryKeyConstraint("id", name="pk_receipts"),
        sa.UniqueConstraint("chat_id", "message_id", name="uq_receipts_chat_id_message_id"),
    )
    op.create_index(
        "ix_receipts_bulletin_id",
        "receipts",
        ["bulletin_id", "part"],
        unique=False,
        sqlite_where=sa.text("bulletin_id IS NOT NULL"),
        postgresql_where=sa.text("bulletin_id IS NOT NULL"),
    )
    op.create_index("ix_receipts_sent_at", "receipts", ["sent_at"], unique=False)
    op.create_table(
        "reports",
        sa.Column("id", KEY, nullable=False),
        sa.Column("chat_id", KEY, nullable=False),
        sa.Column("thread_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), server_default=NOTHING, nullable=False),
        sa.Column("state", sa.String(length=8), server_default="open", nullable=False),
        sa.Column("outcome", sa.Text(), server_default=NOTHING, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_reports_chat_id_chats"),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
    )
    op.create_index("ix_reports_chat_id", "reports", ["chat_id"], unique=False)
    op.create_index("ix_reports_state", "reports", ["state", "id"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("chat_id", KEY, nullable=False),
        sa.Column("thread_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("topics", sa.Text(), server_default=NOTHING, nullable=False),
        sa.Column("cohort_id", KEY, nullable=True),
        sa.Column("minute", sa.Integer(), nullable=True),
        sa.Column("days", sa.Integer(), server_default="0", nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("length", sa.String(length=8), nullable=True),
        sa.Column("state", sa.String(length=8), server_default="active", nullable=False),
        sa.Column("paused_until", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("done_date", sa.String(length=10), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_subscriptions_chat_id_chats"),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name="fk_subscriptions_cohort_id_cohorts"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        "ix_subscriptions_alerts",
        "subscriptions",
        ["edition", "id"],
        unique=False,
        sqlite_where=sa.text("cohort_id IS NULL"),
        postgresql_where=sa.text("cohort_id IS NULL"),
    )
    op.create_index(
        "ix_subscriptions_cohort_id", "subscriptions", ["cohort_id", "id"], unique=False
    )
    op.create_index(
        "uq_subscriptions_alerts",
        "subscriptions",
        ["chat_id", "thread_id", "edition"],
        unique=True,
        sqlite_where=sa.text("minute IS NULL"),
        postgresql_where=sa.text("minute IS NULL"),
    )
    op.create_index(
        "uq_subscriptions_scheduled",
        "subscriptions",
        ["chat_id", "thread_id", "edition", "minute"],
        unique=True,
        sqlite_where=sa.text("minute IS NOT NULL"),
        postgresql_where=sa.text("minute IS NOT NULL"),
    )
    op.create_table(
        "bulletin_figures",
        sa.Column("observation", sa.String(length=200), nullable=False),
        sa.Column("bulletin_id", KEY, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bulletin_id"], ["bulletins.id"], name="fk_bulletin_figures_bulletin_id_bulletins"
        ),
        sa.PrimaryKeyConstraint("observation", "bulletin_id", "part", name="pk_bulletin_figures"),
    )
    op.create_index(
        "ix_bulletin_figures_bulletin_id", "bulletin_figures", ["bulletin_id"], unique=False
    )
    op.create_table(
        "bulletin_parts",
        sa.Column("bulletin_id", KEY, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.Column("keyboard", sa.Text(), nullable=True),
        sa.Column("carries", sa.Text(), server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(
            ["bulletin_id"], ["bulletins.id"], name="fk_bulletin_parts_bulletin_id_bulletins"
        ),
        sa.PrimaryKeyConstraint("bulletin_id", "part", name="pk_bulletin_parts"),
    )
    op.create_table(
        "receipt_figures",
        sa.Column("receipt_id", KEY, nullable=False),
        sa.Column("observation", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"],
            ["receipts.id"],
            name="fk_receipt_figures_receipt_id_receipts",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("receipt_id", "observation", name="pk_receipt_figures"),
    )
    op.create_index(
        "ix_receipt_figures_observation", "receipt_figures", ["observation"], unique=False
    )
    op.create_table(
        "prompts",
        sa.Column("chat_id", KEY, nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_prompts_chat_id_chats"),
        sa.PrimaryKeyConstraint("chat_id", "message_id", name="pk_prompts"),
    )
