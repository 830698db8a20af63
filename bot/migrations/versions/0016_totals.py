"""What stays of records that are older than a year: totals.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

import bot.core.db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MEMBER = {"study_month": ("counted", "done", "late", "halves"), "notice_month": ("wanted", "given")}


def upgrade() -> None:
    instant = bot.core.db.UtcDateTime(timezone=True)
    op.create_table(
        "retention",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kept_from", instant, nullable=False),
        sa.Column("since", instant, nullable=False),
        sa.Column("finished_at", instant, nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_retention"),
    )
    op.create_index("ix_assignment_pushed", "study_assignment", ["pushed_at"])
    for name, sums in MEMBER.items():
        op.create_table(
            name,
            sa.Column("member_id", sa.Integer(), nullable=False),
            sa.Column("month", sa.Date(), nullable=False),
            *(sa.Column(each, sa.Integer(), nullable=False) for each in sums),
            sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=f"fk_{name}_member_id_member"),
            sa.PrimaryKeyConstraint("member_id", "month", name=f"pk_{name}"),
        )
    op.create_table(
        "hour_month",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("halves", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_hour_month_member_id_member"),
        sa.PrimaryKeyConstraint("member_id", "month", "source", name="pk_hour_month"),
    )
    op.create_table(
        "notice_total",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name="fk_notice_total_branch_id_branch"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_notice_total_notice_id_notice"),
        sa.PrimaryKeyConstraint("notice_id", "branch_id", name="pk_notice_total"),
    )
    op.create_index("ix_notice_total_branch_id", "notice_total", ["branch_id"], unique=False)
    op.create_table(
        "discussion_part",
        sa.Column("discussion_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("voices", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["discussion_id"], ["discussion.id"], name="fk_discussion_part_discussion_id_discussion"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_discussion_part_member_id_member"),
        sa.PrimaryKeyConstraint("discussion_id", "member_id", name="pk_discussion_part"),
    )
    op.create_index("ix_discussion_part_member_id", "discussion_part", ["member_id"], unique=False)
    op.create_table(
        "study_old_proof",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("proof", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["study_assignment.id"], name="fk_study_old_proof_assignment_id_study_assignment"
        ),
        sa.PrimaryKeyConstraint("assignment_id", "proof", "by_hand", name="pk_study_old_proof"),
    )
