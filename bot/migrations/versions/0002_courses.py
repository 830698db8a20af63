"""courses: 培训 whose sessions are meetings

Revision ID: 0002
Revises: 0001
"""

from alembic import op
import sqlalchemy as sa
import bot.core.db


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('meeting_course',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('no', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('halves', sa.Integer(), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=True),
    sa.Column('dropped', sa.Boolean(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=True),
    sa.Column('created_at', bot.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_meeting_course_branch_id_branch')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_meeting_course_notice_id_notice')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_course')),
    sa.UniqueConstraint('branch_id', 'no', name=op.f('uq_meeting_course_branch_id_no'))
    )
    with op.batch_alter_table('meeting_course', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_course_notice_id'), ['notice_id'], unique=False)

    op.create_table('meeting_enrolment',
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('enrolled_at', bot.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['meeting_course.id'], name=op.f('fk_meeting_enrolment_course_id_meeting_course')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_meeting_enrolment_member_id_member')),
    sa.PrimaryKeyConstraint('course_id', 'member_id', name=op.f('pk_meeting_enrolment'))
    )
    with op.batch_alter_table('meeting_enrolment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_enrolment_member_id'), ['member_id'], unique=False)

    with op.batch_alter_table('meeting', schema=None) as batch_op:
        batch_op.add_column(sa.Column('course_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_meeting_course_id'), ['course_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_meeting_course_id_meeting_course'), 'meeting_course', ['course_id'], ['id'])
