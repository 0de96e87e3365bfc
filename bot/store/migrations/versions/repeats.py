"""Deliveries remember how often they were sent once more after their answer was lost.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "deliveries", sa.Column("repeats", sa.Integer(), server_default="0", nullable=False)
    )
