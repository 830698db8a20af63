"""Who is exempt is said by the days alone.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM undo_step WHERE kind = 'roster.exempt'")  # what they keep is of the other shape
    op.drop_column("member", "exempt_reason")


def downgrade() -> None:
    op.add_column("member", sa.Column("exempt_reason", sa.String(200), nullable=False, server_default=""))
    op.execute(
        "UPDATE member SET exempt_reason = COALESCE((SELECT max(reason) FROM leave WHERE leave.member_id = member.id "
        "AND leave.exempt AND leave.first_day <= CURRENT_DATE AND leave.last_day >= CURRENT_DATE), '')"
    )
    op.execute("DELETE FROM undo_step WHERE kind = 'exemption'")
