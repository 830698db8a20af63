"""Hours are added up from the index alone.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_hour_entry_member_id_day_halves", "hour_entry", ["member_id", "day", "halves"])
    op.drop_index("ix_hour_entry_member_id_day", table_name="hour_entry")


def downgrade() -> None:
    op.create_index("ix_hour_entry_member_id_day", "hour_entry", ["member_id", "day"])
    op.drop_index("ix_hour_entry_member_id_day_halves", table_name="hour_entry")
