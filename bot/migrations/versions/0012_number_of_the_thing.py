"""A request is called by the number of what it is about, which another one may have too.

Revision ID: 0012
Revises: 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("branch_request") as table:
        table.drop_constraint("uq_branch_request_branch_id_no", type_="unique")


def downgrade() -> None:
    with op.batch_alter_table("branch_request") as table:
        table.create_unique_constraint("uq_branch_request_branch_id_no", ["branch_id", "no"])
