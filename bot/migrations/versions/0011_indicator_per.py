"""An indicator of 考核 may be measured over the whole year.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("assessment_indicator") as table:
        table.add_column(sa.Column("per", sa.String(4), nullable=False, server_default="本期"))


def downgrade() -> None:
    with op.batch_alter_table("assessment_indicator") as table:
        table.drop_column("per")
