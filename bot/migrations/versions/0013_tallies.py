"""Readings bear all their totals; exemptions have days.

Whoever is exempt was so all along, so no figure changes by this.

Revision ID: 0013
Revises: 0012
"""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TOTALS = ("counted", "done", "late", "extra")
AWAY = """EXISTS (SELECT 1 FROM leave WHERE leave.member_id = member.id
    AND leave.first_day <= study_assignment.last_day AND leave.last_day >= study_assignment.first_day)"""
GONE = "(member.left_on IS NOT NULL AND member.left_on <= study_assignment.last_day AND c.member_id IS NULL)"
EXPECTED = f"""FROM study_expected e JOIN member ON member.id = e.member_id LEFT JOIN study_completion c
    ON c.assignment_id = e.assignment_id AND c.member_id = e.member_id
    WHERE e.assignment_id = study_assignment.id AND NOT {AWAY} AND NOT {GONE}"""


def upgrade() -> None:
    no = sa.false()
    op.add_column("leave", sa.Column("exempt", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("notice_expected", sa.Column("exempt", sa.Boolean(), nullable=False, server_default=no))
    for name in TOTALS:
        op.add_column("study_assignment", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    spans = sa.text(
        "INSERT INTO leave (member_id, first_day, last_day, reason, exempt, created_at) "
        "SELECT id, joined_on, :last, exempt_reason, :yes, created_at FROM member WHERE exempt_reason <> ''"
    )
    op.execute(
        spans.bindparams(sa.bindparam("last", date.max, sa.Date()), sa.bindparam("yes", True, sa.Boolean()))
    )
    op.execute(
        "UPDATE notice_expected SET exempt = TRUE "
        "WHERE member_id IN (SELECT id FROM member WHERE exempt_reason <> '')"
    )
    op.execute(
        f"UPDATE study_assignment SET counted = (SELECT count(*) {EXPECTED}), "
        f"done = (SELECT count(c.member_id) {EXPECTED}), late = (SELECT count(*) {EXPECTED} AND c.late)"
    )
    op.execute("UPDATE study_assignment SET extra = completions - done")
    op.drop_index("ix_study_completion_late", table_name="study_completion")
    op.drop_index("ix_assignment_branch_pushed", table_name="study_assignment")
    op.drop_column("study_assignment", "completions")
    op.create_index(
        "ix_assignment_figures", "study_assignment", ["branch_id", "pushed_at", "due_at", "halves", *TOTALS]
    )


def downgrade() -> None:
    op.add_column("study_assignment", sa.Column("completions", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE study_assignment SET completions = done + extra")
    op.drop_index("ix_assignment_figures", table_name="study_assignment")
    op.create_index("ix_assignment_branch_pushed", "study_assignment", ["branch_id", "pushed_at"])
    op.create_index(
        "ix_study_completion_late",
        "study_completion",
        ["assignment_id"],
        sqlite_where=sa.text("late = 1"),
        postgresql_where=sa.text("late"),
    )
    for name in TOTALS:
        op.drop_column("study_assignment", name)
    op.drop_column("notice_expected", "exempt")
    op.execute("DELETE FROM leave WHERE exempt")
    op.drop_column("leave", "exempt")
