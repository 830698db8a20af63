"""meeting_feed: whose older calendar links are no good any more

Revision ID: 0007
Revises: 0006
"""

from alembic import op
import sqlalchemy as sa


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('meeting_feed',
    sa.Column('member_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_meeting_feed_member_id_member')),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_meeting_feed'))
    )
