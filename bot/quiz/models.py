"""Question banks, the sittings in which members answer, and what comes back to them later."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base


class State(StrEnum):
    """A draft has not been approved by a person yet; only what is live is asked."""

    DRAFT = "draft"
    LIVE = "live"
    DELETED = "deleted"


class Bank(Base):
    """Questions that belong together, 题库 ``no``: those of one material, or of a subject of the branch.

    ``last`` is the highest number of a question that was ever in it.
    """

    __tablename__ = "quiz_bank"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    no: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    material_id: Mapped[int | None] = mapped_column(ForeignKey("study_material.id"), unique=True)
    last: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("branch_id", "no"),)


class Question(Base):
    """Question ``no`` of a bank, its texts as in ``rules.Item``, ``options`` and ``answer`` as JSON lists. ``digest``
    is of stem and options: the same question is in a bank once."""

    __tablename__ = "quiz_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("quiz_bank.id"))
    no: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(4))
    stem: Mapped[str] = mapped_column(Text)
    options: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    explanation: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")
    category: Mapped[str] = mapped_column(String(40), default="")
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("bank_id", "no"),
        UniqueConstraint("bank_id", "digest"),
        Index("ix_quiz_question_bank_state", "bank_id", "state"),
    )


class Sitting(Base):
    """A member answers some questions, one after the other: of a reading (then it may prove it), of a bank, or those
    answered wrong before. ``questions`` is the JSON list of their ids in order. It goes on until ``ended_at``;
    ``passed`` then says whether enough were right."""

    __tablename__ = "quiz_sitting"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("study_assignment.id"))
    title: Mapped[str] = mapped_column(String(100))
    questions: Mapped[str] = mapped_column(Text)
    right: Mapped[int] = mapped_column(default=0)
    passed: Mapped[bool] = mapped_column(default=False)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_quiz_sitting_member", "member_id", "ended_at"),)


class Answer(Base):
    """What was answered to one question of a sitting, once. ``message_id`` is of the message that said it."""

    __tablename__ = "quiz_answer"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("quiz_sitting.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("quiz_question.id"), index=True)
    said: Mapped[str] = mapped_column(String(200))
    correct: Mapped[bool]
    message_id: Mapped[str] = mapped_column(String(40), default="")
    at: Mapped[datetime]


class Review(Base):
    """A question that a member has answered wrong and is asked again on ``due_on`` or later, until it sits.

    ``stability`` (days) and ``difficulty`` are those of FSRS, as of ``reviewed_at``.
    """

    __tablename__ = "quiz_review"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("quiz_question.id"), primary_key=True)
    due_on: Mapped[date]
    stability: Mapped[float]
    difficulty: Mapped[float]
    reviewed_at: Mapped[datetime]

    __table_args__ = (Index("ix_quiz_review_due", "member_id", "due_on"),)
