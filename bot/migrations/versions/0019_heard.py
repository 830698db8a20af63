"""Up to when each account has heard what was said, so that what was said while nobody listened is made up for.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

import bot.core.db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heard",
        sa.Column("platform", sa.String(20), nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("until", bot.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("platform", "account", name="pk_heard"),
    )
