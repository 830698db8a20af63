"""Meetings, and who is to come to each of them and came."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base


class State(StrEnum):
    """``FAILED``: it was to be held, but too few came for what it was called for."""

    CALLED = "called"
    HELD = "held"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Method(StrEnum):
    """How somebody signed in."""

    WORD = "word"
    REACTION = "reaction"
    CODE = "code"
    MANUAL = "manual"


class Meeting(Base):
    """会议 ``no`` of a branch. ``of_id`` is whose meeting it is: the branch itself, or one of its 党小组.

    ``code`` is the number shown at the place. ``next_at`` is when the clock has to do something about it. ``revision``
    counts the changes of time and place. ``account`` is our account by which it was called. ``course_id`` is the course
    that it is a session of.
    """

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    no: Mapped[int]
    of_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_course.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(80))
    agenda: Mapped[str] = mapped_column(Text, default="")
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    account: Mapped[str] = mapped_column(String(40))
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"), index=True)
    revision: Mapped[int] = mapped_column(default=1)
    code: Mapped[str] = mapped_column(String(4))
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("branch_id", "no"),
        Index("ix_meeting_branch_id_starts_at", "branch_id", "starts_at"),
    )


class Course(Base):
    """培训 ``no`` of a branch: its sessions are meetings. It asks for ``halves`` half hours of study; one enrols until
    ``closes_on``, or until it is over."""

    __tablename__ = "meeting_course"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    no: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    halves: Mapped[int]
    closes_on: Mapped[date | None]
    dropped: Mapped[bool] = mapped_column(default=False)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"), index=True)
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("branch_id", "no"),)


class Enrolment(Base):
    """Somebody takes part in a course."""

    __tablename__ = "meeting_enrolment"

    course_id: Mapped[int] = mapped_column(ForeignKey("meeting_course.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    enrolled_at: Mapped[datetime]


class Feed(Base):
    """How often somebody has asked for another link to their calendar: the links before are no good any more."""

    __tablename__ = "meeting_feed"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, autoincrement=False)
    serial: Mapped[int]


class MeetingPlan(Base):
    """A meeting that a branch means to hold on ``day``; ``no`` is its number in the plan of that year."""

    __tablename__ = "meeting_plan"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]


class Minutes(Base):
    """What was said and decided. ``files`` is a JSON list of ``[sha256, name]``; confirmed by the chair they stay as
    they are."""

    __tablename__ = "meeting_minutes"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    files: Mapped[str] = mapped_column(Text, default="[]")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    written_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class TaskKind(StrEnum):
    """``GOAL``: one of the year's goals of the branch; ``TASK``: what a resolution asks of somebody."""

    GOAL = "goal"
    TASK = "task"


class Task(Base):
    """目标 or 任务 ``no`` of a branch: what, by whom, until when, how far. ``item`` is the number of the resolution in
    the minutes of ``meeting_id``; ``percent`` 100 is done."""

    __tablename__ = "meeting_task"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    kind: Mapped[str] = mapped_column(String(8))
    no: Mapped[int]
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    item: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(String(200), default="")
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    due: Mapped[date | None] = mapped_column(index=True)
    percent: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(200), default="")
    dropped: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("branch_id", "kind", "no"),
        UniqueConstraint("meeting_id", "item"),
    )


class MeetingPerson(Base):
    """Somebody who is to come, or (not ``expected``) may sit in. ``voting`` ones make the quorum.

    ``wrong`` counts wrong numbers at sign-in; ``reason`` is why they are excused, left early or were entered by hand.
    """

    __tablename__ = "meeting_person"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    expected: Mapped[bool] = mapped_column(default=True)
    voting: Mapped[bool] = mapped_column(default=False)
    signed_at: Mapped[datetime | None]
    method: Mapped[str] = mapped_column(String(10), default="")
    late: Mapped[bool] = mapped_column(default=False)
    left_at: Mapped[datetime | None]
    excused_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200), default="")
    wrong: Mapped[int] = mapped_column(default=0)
