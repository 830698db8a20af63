"""The processes that run, as each last said of itself.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

import bot.core.db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = bot.core.db.UtcDateTime(timezone=True)
    op.create_table(
        "process",
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("started_at", instant, nullable=False),
        sa.Column("beat_at", instant, nullable=False),
        sa.Column("accounts", sa.Text(), nullable=False),
        sa.Column("lag_ms", sa.Integer(), nullable=False),
        sa.Column("drift_ms", sa.Integer(), nullable=False),
        sa.Column("connections", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_process"),
    )
