"""Reports keep the screen that they are about, as the reader saw it.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "reports", sa.Column("shown", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
