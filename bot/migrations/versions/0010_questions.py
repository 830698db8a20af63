"""questions: banks, sittings, answers, and what comes back

Revision ID: 0010
Revises: 0009
"""

from alembic import op
import sqlalchemy as sa
import bot.core.db


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('quiz_bank',
sa.Column('id', sa.Integer(), nullable=False),
sa.Column('branch_id', sa.Integer(), nullable=False),
sa.Column('no', sa.Integer(), nullable=False),
sa.Column('name', sa.String(length=80), nullable=False),
sa.Column('material_id', sa.Integer(), nullable=True),
sa.Column('last', sa.Integer(), nullable=False),
sa.Column('created_at', bot.core.db.UtcDateTime(timezone=True), nullable=False),
sa.Column('deleted_at', bot.core.db.UtcDateTime(timezone=True), nullable=True),
sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_quiz_bank_branch_id_branch')),
sa.ForeignKeyConstraint(['material_id'], ['study_material.id'], name=op.f('fk_quiz_bank_material_id_study_material')),
sa.PrimaryKeyConstraint('id', name=op.f('pk_quiz_bank')),
sa.UniqueConstraint('branch_id', 'no', name=op.f('uq_quiz_bank_branch_id_no')),
sa.UniqueConstraint('material_id', name=op.f('uq_quiz_bank_material_id'))
)
    op.create_table('quiz_question',
sa.Column('id', sa.Integer(), nullable=False),
sa.Column('bank_id', sa.Integer(), nullable=False),
sa.Column('no', sa.Integer(), nullable=False),
sa.Column('state', sa.String(length=8), nullable=False),
sa.Column('kind', sa.String(length=4), nullable=False),
sa.Column('stem', sa.Text(), nullable=False),
sa.Column('options', sa.Text(), nullable=False),
sa.Column('answer', sa.Text(), nullable=False),
sa.Column('explanation', sa.Text(), nullable=False),
sa.Column('source', sa.Text(), nullable=False),
sa.Column('category', sa.String(length=40), nullable=False),
sa.Column('digest', sa.String(length=64), nullable=False),
sa.Column('created_at', bot.core.db.UtcDateTime(timezone=True), nullable=False),
sa.ForeignKeyConstraint(['bank_id'], ['quiz_bank.id'], name=op.f('fk_quiz_question_bank_id_quiz_bank')),
sa.PrimaryKeyConstraint('id', name=op.f('pk_quiz_question')),
sa.UniqueConstraint('bank_id', 'digest', name=op.f('uq_quiz_question_bank_id_digest')),
sa.UniqueConstraint('bank_id', 'no', name=op.f('uq_quiz_question_bank_id_no'))
)
    op.create_index('ix_quiz_question_bank_state', 'quiz_question', ['bank_id', 'state'], unique=False)
    op.create_table('quiz_sitting',
sa.Column('id', sa.Integer(), nullable=False),
sa.Column('branch_id', sa.Integer(), nullable=False),
sa.Column('member_id', sa.Integer(), nullable=False),
sa.Column('assignment_id', sa.Integer(), nullable=True),
sa.Column('title', sa.String(length=100), nullable=False),
sa.Column('questions', sa.Text(), nullable=False),
sa.Column('right', sa.Integer(), nullable=False),
sa.Column('passed', sa.Boolean(), nullable=False),
sa.Column('began_at', bot.core.db.UtcDateTime(timezone=True), nullable=False),
sa.Column('ended_at', bot.core.db.UtcDateTime(timezone=True), nullable=True),
sa.ForeignKeyConstraint(['assignment_id'], ['study_assignment.id'], name=op.f('fk_quiz_sitting_assignment_id_study_assignment')),
sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_quiz_sitting_branch_id_branch')),
sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_quiz_sitting_member_id_member')),
sa.PrimaryKeyConstraint('id', name=op.f('pk_quiz_sitting'))
)
    op.create_index('ix_quiz_sitting_member', 'quiz_sitting', ['member_id', 'ended_at'], unique=False)
    op.create_table('quiz_answer',
sa.Column('sitting_id', sa.Integer(), nullable=False),
sa.Column('position', sa.Integer(), nullable=False),
sa.Column('question_id', sa.Integer(), nullable=False),
sa.Column('said', sa.String(length=200), nullable=False),
sa.Column('correct', sa.Boolean(), nullable=False),
sa.Column('message_id', sa.String(length=40), nullable=False),
sa.Column('at', bot.core.db.UtcDateTime(timezone=True), nullable=False),
sa.ForeignKeyConstraint(['question_id'], ['quiz_question.id'], name=op.f('fk_quiz_answer_question_id_quiz_question')),
sa.ForeignKeyConstraint(['sitting_id'], ['quiz_sitting.id'], name=op.f('fk_quiz_answer_sitting_id_quiz_sitting')),
sa.PrimaryKeyConstraint('sitting_id', 'position', name=op.f('pk_quiz_answer'))
)
    op.create_index(op.f('ix_quiz_answer_question_id'), 'quiz_answer', ['question_id'], unique=False)
    op.create_table('quiz_review',
sa.Column('member_id', sa.Integer(), nullable=False),
sa.Column('question_id', sa.Integer(), nullable=False),
sa.Column('due_on', sa.Date(), nullable=False),
sa.Column('stability', sa.Double(), nullable=False),
sa.Column('difficulty', sa.Double(), nullable=False),
sa.Column('reviewed_at', bot.core.db.UtcDateTime(timezone=True), nullable=False),
sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_quiz_review_member_id_member')),
sa.ForeignKeyConstraint(['question_id'], ['quiz_question.id'], name=op.f('fk_quiz_review_question_id_quiz_question')),
sa.PrimaryKeyConstraint('member_id', 'question_id', name=op.f('pk_quiz_review'))
)
    op.create_index('ix_quiz_review_due', 'quiz_review', ['member_id', 'due_on'], unique=False)
