"""The inbox knows which process has an update in hand, so that no other answers it too.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "inbox", sa.Column("holder", sa.String(32), server_default=sa.text("''"), nullable=False)
    )
