"""Materials, plans, pushes and who has completed them."""

from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.clock import to_local
from bot.core.db import Base
from bot.textmining.originality import Verdict


def _first_day(row: DefaultExecutionContext) -> date:
    return to_local(_given(row)["pushed_at"]).date()


def _last_day(row: DefaultExecutionContext) -> date:
    return to_local(_given(row)["due_at"] - timedelta(microseconds=1)).date()


def _at(row: DefaultExecutionContext) -> datetime:
    return _given(row)["at"]


def _given(row: DefaultExecutionContext) -> dict[str, datetime]:
    return row.get_current_parameters()  # type: ignore[no-any-return, no-untyped-call]


TOTALS = ("counted", "done", "late", "extra")
"""What a reading bears of its completions."""


class PlanState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class SlotState(StrEnum):
    RUN = "run"
    MISSED = "missed"


class Method(StrEnum):
    """How a completion was claimed."""

    PHRASE = "phrase"
    REPLY = "reply"
    REACTION = "reaction"
    PRIVATE = "private"
    MANUAL = "manual"
    CODE = "code"
    LINK = "link"
    QUIZ = "quiz"
    REFLECTION = "reflection"
    ATTENDANCE = "attendance"
    HISTORY = "history"
    """Said in the group while nobody listened, and read in its history afterwards."""


class Proof(IntEnum):
    """What a completion rests on, the higher the stronger: a plan says which one is enough, a higher replaces a
    lower."""

    WORD = 1
    PAGE = 2
    QUIZ = 3
    REFLECTION = 4
    ATTENDANCE = 5


class Material(Base):
    """A text to read. ``sha256`` is of its text: the same text is in a branch once. ``key_terms`` is a JSON list."""

    __tablename__ = "study_material"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    no: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(80), default="")
    url: Mapped[str] = mapped_column(String(1000), default="")
    published: Mapped[date | None]
    text: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int]
    key_terms: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("branch_id", "no"), UniqueConstraint("branch_id", "sha256"))


class MaterialTerm(Base):
    """The inverted index: one code path for full-text search on both databases."""

    __tablename__ = "study_material_term"

    term: Mapped[str] = mapped_column(String(40), primary_key=True)
    material_id: Mapped[int] = mapped_column(ForeignKey("study_material.id"), primary_key=True)


class Plan(Base):
    """A series of materials on a recurrence (JSON), or, where that is empty, each at a moment of its own.

    ``below``: to every branch under this one too; ``proof``: what its readings need.
    ``next_at`` is None once it is paused or at its end.
    ``decided_at`` is when it was worked out. If that lies ahead, the clock has been set back since.
    """

    __tablename__ = "study_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    no: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    recurrence: Mapped[str] = mapped_column(Text)
    below: Mapped[bool] = mapped_column(default=False)
    proof: Mapped[int] = mapped_column(default=Proof.WORD)
    state: Mapped[str] = mapped_column(String(10))
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    decided_at: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("branch_id", "no"),)


class PlanItem(Base):
    """The materials of a plan in their order; ``position`` counts from 0. ``assignment_id`` once it was pushed.

    ``at`` is set in a plan without recurrence only.
    """

    __tablename__ = "study_plan_item"

    plan_id: Mapped[int] = mapped_column(ForeignKey("study_plan.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    material_id: Mapped[int] = mapped_column(ForeignKey("study_material.id"), index=True)
    at: Mapped[datetime | None]
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("study_assignment.id"))


class Feed(Base):
    """A plan whose readings come from a source as it lists them; ``fed_for`` is the slot for which it was last asked.

    The plan is a series like any other that gets its next reading shortly before each slot.
    """

    __tablename__ = "study_feed"

    plan_id: Mapped[int] = mapped_column(ForeignKey("study_plan.id"), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    fed_for: Mapped[datetime | None]


class FeedItem(Base):
    """A line of its source that a plan has taken, by the key that it has there."""

    __tablename__ = "study_feed_item"

    plan_id: Mapped[int] = mapped_column(ForeignKey("study_feed.plan_id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)


class Slot(Base):
    """A moment of a plan. The key makes it happen once, whatever clocks and processes do.

    Only ``run`` is final: a slot missed under a wrong clock may still run when its time really comes.
    """

    __tablename__ = "study_slot"

    plan_id: Mapped[int] = mapped_column(ForeignKey("study_plan.id"), primary_key=True)
    planned_for: Mapped[datetime] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10))


class Assignment(Base):
    """One push of a material, 学习 ``no``: to be read by ``due_at``, and completed by ``proof`` or a higher one.

    ``first_day`` and ``last_day`` are the days in China on which it may be read in time. ``halves`` is what it counts
    in half 学时, by the rule of the branch on the day it was pushed. ``readers`` is how many were expected then.

    The rest is kept by ``tally``: ``counted`` of them count, ``done`` of these have completed it, ``late`` of these
    after the deadline, and ``extra`` people have completed it who don't count.
    Once it is no longer kept who they were (``retention_repository``), these totals are all there is.
    """

    __tablename__ = "study_assignment"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    no: Mapped[int]
    material_id: Mapped[int] = mapped_column(ForeignKey("study_material.id"))
    pushed_at: Mapped[datetime]
    due_at: Mapped[datetime]
    first_day: Mapped[date] = mapped_column(insert_default=_first_day)
    last_day: Mapped[date] = mapped_column(insert_default=_last_day)
    halves: Mapped[int] = mapped_column(default=1)
    proof: Mapped[int] = mapped_column(default=Proof.WORD)
    readers: Mapped[int] = mapped_column(default=0)
    counted: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    late: Mapped[int] = mapped_column(default=0)
    extra: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("branch_id", "no"),
        Index("ix_assignment_branch_due", "branch_id", "due_at"),
        Index("ix_assignment_pushed", "pushed_at"),
        # Figures of many branches are added up from the index alone.
        Index("ix_assignment_figures", "branch_id", "pushed_at", "due_at", "halves", *TOTALS),
    )


class Expected(Base):
    """Who was on the roster when it was pushed."""

    __tablename__ = "study_expected"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("study_assignment.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)

    __table_args__ = (Index("ix_study_expected_member", "member_id", "assignment_id"),)


class Completion(Base):
    """A member has completed an assignment, once: a row is there exactly if what it needs has been proved.

    ``at`` and ``late`` are of the first time and stay; ``proof`` with ``proved_at``, ``method``, ``message_id`` and
    ``evidence`` (「visit:12」, 「quiz:34」) is the highest so far.
    ``extra``: completed without being expected to.
    """

    __tablename__ = "study_completion"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("study_assignment.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    at: Mapped[datetime]
    method: Mapped[str] = mapped_column(String(10))
    late: Mapped[bool]
    message_id: Mapped[str] = mapped_column(String(40), default="")
    proof: Mapped[int] = mapped_column(default=Proof.WORD)
    proved_at: Mapped[datetime] = mapped_column(insert_default=_at)
    evidence: Mapped[str] = mapped_column(String(80), default="")
    extra: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index("ix_study_completion_member", "member_id", "assignment_id"),
        Index("ix_study_completion_at", "at"),
        Index(
            "ix_study_completion_extra",
            "assignment_id",
            sqlite_where=text("extra = 1"),
            postgresql_where=text("extra"),
        ),
    )


class StudyMonth(Base):
    """What a member has read in a month (its first day) of which no more than this is kept; as ``figures.Own``."""

    __tablename__ = "study_month"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    counted: Mapped[int]
    done: Mapped[int]
    late: Mapped[int]
    halves: Mapped[int]


class OldProof(Base):
    """How many of the ``done`` of a reading rest on a proof, ``by_hand`` or not, once it is no longer kept whose."""

    __tablename__ = "study_old_proof"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("study_assignment.id"), primary_key=True)
    proof: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    by_hand: Mapped[bool] = mapped_column(primary_key=True)
    done: Mapped[int]


class LowerProof(Base):
    """A proof of a completion that a higher one has replaced. It stands again if that one is taken back."""

    __tablename__ = "study_lower_proof"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("study_assignment.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    proof: Mapped[int] = mapped_column(primary_key=True)
    proved_at: Mapped[datetime]
    method: Mapped[str] = mapped_column(String(10))
    message_id: Mapped[str] = mapped_column(String(40), default="")
    evidence: Mapped[str] = mapped_column(String(80), default="")


class Visit(Base):
    """Somebody read a material on its page to the end. How long that took is kept nowhere.

    ``nonce`` names the visit in what its page holds. ``code`` may be sent until ``expires_at``, once: ``used_at`` and
    ``member_id`` say when and by whom. A personal link needs no code: it is used as it is made.
    """

    __tablename__ = "study_visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("study_assignment.id"), index=True)
    nonce: Mapped[str] = mapped_column(String(16), unique=True)
    code: Mapped[str | None] = mapped_column(String(5), unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)


class Reflection(Base):
    """心得 ``no`` of a branch: what a member thinks about a reading, one for each.

    ``verdict`` is what the rule says; a leader may decide otherwise (``overruled``). ``like_id`` is the one that holds
    most of this one's words, where there is one: shown to leaders, and of no consequence.
    """

    __tablename__ = "study_reflection"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    no: Mapped[int]
    assignment_id: Mapped[int] = mapped_column(ForeignKey("study_assignment.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    verdict: Mapped[str] = mapped_column(String(12))
    overruled: Mapped[bool | None]
    like_id: Mapped[int | None] = mapped_column(ForeignKey("study_reflection.id"))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("branch_id", "no"), UniqueConstraint("assignment_id", "member_id"))

    @property
    def passes(self) -> bool:
        """Whether it completes its reading."""
        return self.verdict == Verdict.GOOD if self.overruled is None else self.overruled
