"""What a branch has got of hours and receipts is kept added up; hours of months long past are entries like others.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

import bot.core.db

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


TOTALS = """INSERT INTO notice_total (branch_id, at, notice_id, wanted, given)
    SELECT branch_id, at, notice_id, sum(wanted), sum(given) FROM (
        SELECT member.branch_id, n.published_at AS at, n.id AS notice_id,
            CASE WHEN r.member_id IS NOT NULL OR (NOT e.exempt AND member.left_on IS NULL) THEN 1 ELSE 0 END AS wanted,
            CASE WHEN r.member_id IS NOT NULL THEN 1 ELSE 0 END AS given
        FROM notice n JOIN notice_expected e ON e.notice_id = n.id JOIN member ON member.id = e.member_id
        LEFT JOIN notice_receipt r ON r.notice_id = n.id AND r.version = n.version AND r.member_id = e.member_id
        WHERE n.state IN ('published', 'closed') AND n.published_at IS NOT NULL
        UNION ALL SELECT o.branch_id, n.published_at, n.id, o.wanted, o.given
        FROM old_total o JOIN notice n ON n.id = o.notice_id WHERE n.state IN ('published', 'closed')
    ) each_one GROUP BY branch_id, at, notice_id"""


def upgrade() -> None:
    op.execute(
        "INSERT INTO hour_entry (branch_id, member_id, source, origin, day, halves, note, created_at) "
        "SELECT member.branch_id, o.member_id, o.source, 'month:' || substr(CAST(o.month AS VARCHAR), 1, 7) || ':' "
        "|| o.source, o.month, o.halves, '', member.created_at "
        "FROM hour_month o JOIN member ON member.id = o.member_id"
    )
    op.drop_table("hour_month")
    op.create_table(
        "hour_day",
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("halves", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name="fk_hour_day_branch_id_branch"),
        sa.PrimaryKeyConstraint("branch_id", "day", "source", name="pk_hour_day"),
    )
    op.execute(
        "INSERT INTO hour_day (branch_id, day, source, halves) SELECT member.branch_id, e.day, e.source, sum(e.halves) "
        "FROM hour_entry e JOIN member ON member.id = e.member_id GROUP BY member.branch_id, e.day, e.source"
    )
    op.execute("CREATE TABLE old_total AS SELECT * FROM notice_total")
    op.drop_table("notice_total")
    op.create_table(
        "notice_total",
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("at", bot.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name="fk_notice_total_branch_id_branch"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_notice_total_notice_id_notice"),
        sa.PrimaryKeyConstraint("branch_id", "at", "notice_id", name="pk_notice_total"),
    )
    op.create_index("ix_notice_total_notice_id", "notice_total", ["notice_id"], unique=False)
    op.execute(TOTALS)
    op.drop_table("old_total")
