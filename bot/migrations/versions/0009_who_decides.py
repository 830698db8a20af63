"""Requests say whose decision they are."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("branch_request", sa.Column("roles", sa.String(60), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("branch_request", "roles")
