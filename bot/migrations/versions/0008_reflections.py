"""reflections; completions are found by their time

Revision ID: 0008
Revises: 0007
"""

from alembic import op
import sqlalchemy as sa
import bot.core.db


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('study_reflection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('no', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('verdict', sa.String(length=12), nullable=False),
    sa.Column('overruled', sa.Boolean(), nullable=True),
    sa.Column('like_id', sa.Integer(), nullable=True),
    sa.Column('at', bot.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['assignment_id'], ['study_assignment.id'], name=op.f('fk_study_reflection_assignment_id_study_assignment')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_study_reflection_branch_id_branch')),
    sa.ForeignKeyConstraint(['like_id'], ['study_reflection.id'], name=op.f('fk_study_reflection_like_id_study_reflection')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_study_reflection_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_study_reflection')),
    sa.UniqueConstraint('assignment_id', 'member_id', name=op.f('uq_study_reflection_assignment_id_member_id')),
    sa.UniqueConstraint('branch_id', 'no', name=op.f('uq_study_reflection_branch_id_no'))
    )
    with op.batch_alter_table('study_reflection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_study_reflection_member_id'), ['member_id'], unique=False)
    op.create_index('ix_study_completion_at', 'study_completion', ['at'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_study_completion_at', 'study_completion')
    op.drop_table('study_reflection')
