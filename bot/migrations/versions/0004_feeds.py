"""plans whose readings come from a source

Revision ID: 0004
Revises: 0003
"""

from alembic import op
import sqlalchemy as sa
import bot.core.db


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('study_feed',
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('fed_for', bot.core.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['plan_id'], ['study_plan.id'], name=op.f('fk_study_feed_plan_id_study_plan')),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_study_feed_source_id_source')),
    sa.PrimaryKeyConstraint('plan_id', name=op.f('pk_study_feed'))
    )
    op.create_table('study_feed_item',
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['plan_id'], ['study_feed.plan_id'], name=op.f('fk_study_feed_item_plan_id_study_feed')),
    sa.PrimaryKeyConstraint('plan_id', 'key', name=op.f('pk_study_feed_item'))
    )


def downgrade() -> None:
    op.drop_table('study_feed_item')
    op.drop_table('study_feed')
