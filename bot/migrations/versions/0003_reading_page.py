"""reading page: visits and their codes

Revision ID: 0003
Revises: 0002
"""

from alembic import op
import sqlalchemy as sa
import bot.core.db


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('study_visit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('nonce', sa.String(length=16), nullable=False),
    sa.Column('code', sa.String(length=5), nullable=True),
    sa.Column('expires_at', bot.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used_at', bot.core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['assignment_id'], ['study_assignment.id'], name=op.f('fk_study_visit_assignment_id_study_assignment')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_study_visit_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_study_visit')),
    sa.UniqueConstraint('code', name=op.f('uq_study_visit_code')),
    sa.UniqueConstraint('nonce', name=op.f('uq_study_visit_nonce'))
    )
    with op.batch_alter_table('study_visit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_study_visit_assignment_id'), ['assignment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_study_visit_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_study_visit_member_id'), ['member_id'], unique=False)


def downgrade() -> None:
    op.drop_table('study_visit')
