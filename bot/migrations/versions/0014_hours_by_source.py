"""Hours are added up by source from the index alone.

Revision ID: 0014
Revises: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_hour_entry_sums", "hour_entry", ["member_id", "day", "source", "halves"])
    op.drop_index("ix_hour_entry_member_id_day_halves", table_name="hour_entry")


def downgrade() -> None:
    op.create_index("ix_hour_entry_member_id_day_halves", "hour_entry", ["member_id", "day", "halves"])
    op.drop_index("ix_hour_entry_sums", table_name="hour_entry")
