"""What a branch makes public, in which words, to whom, and who has confirmed it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base


class State(StrEnum):
    """Where a notice is on its way; ``rules.py`` says who may move it on."""

    DRAFT = "draft"
    REVIEWING = "reviewing"
    APPROVING = "approving"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class Scope(StrEnum):
    """Whom it is for; ``PEOPLE``: only those who are expected to confirm it, told privately."""

    OWN = "own"
    BELOW = "below"
    PEOPLE = "people"


class Method(StrEnum):
    """How a receipt came."""

    PHRASE = "phrase"
    REPLY = "reply"
    REACTION = "reaction"
    PRIVATE = "private"


class Pin(StrEnum):
    """How else it is kept in sight in the group."""

    NONE = ""
    ESSENCE = "essence"
    BOARD = "board"


class Notice(Base):
    """公告 ``no`` of a branch. ``text`` is that of the newest ``version``; ``pictures`` and ``files`` are JSON lists of
    what is kept in the media folder (``sha256``, ``[sha256, name]``). ``pin_due`` and ``recall_due`` are what the clock
    has still to do about its messages."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    no: Mapped[int]
    category: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12))
    scope: Mapped[str] = mapped_column(String(8), default=Scope.OWN.value)
    version: Mapped[int] = mapped_column(default=1)
    text: Mapped[str] = mapped_column(Text)
    pictures: Mapped[str] = mapped_column(Text, default="[]")
    files: Mapped[str] = mapped_column(Text, default="[]")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    author_account: Mapped[str] = mapped_column(String(40), default="")
    mention_all: Mapped[bool] = mapped_column(default=False)
    pin: Mapped[str] = mapped_column(String(8), default=Pin.NONE.value)
    pin_due: Mapped[bool] = mapped_column(default=False, index=True)
    recall_due: Mapped[bool] = mapped_column(default=False, index=True)
    publish_at: Mapped[datetime | None] = mapped_column(index=True)
    published_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("branch_id", "no"),
        Index("ix_notice_branch_id_state", "branch_id", "state"),
        Index("ix_notice_published_at", "published_at"),
    )


class NoticeVersion(Base):
    """The words of one version, kept for ever. One above the ``version`` of its notice is proposed and not approved."""

    __tablename__ = "notice_version"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class NoticeExpected(Base):
    """Who was on the roster when it was published; ``exempt`` then: they needn't confirm it."""

    __tablename__ = "notice_expected"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    exempt: Mapped[bool] = mapped_column(default=False)


class NoticeReceipt(Base):
    """A member has confirmed a version, once."""

    __tablename__ = "notice_receipt"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    at: Mapped[datetime]
    method: Mapped[str] = mapped_column(String(10))


class NoticeTotal(Base):
    """How many of the roster of a branch are to confirm a notice that is out since ``at``, and have (``totals``). Once
    it is no longer kept who they were, this is all there is."""

    __tablename__ = "notice_total"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True, index=True)
    wanted: Mapped[int]
    given: Mapped[int]


class NoticeMonth(Base):
    """How many notices of a month (its first day) a member was to confirm and has, once it is no longer kept which."""

    __tablename__ = "notice_month"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    wanted: Mapped[int]
    given: Mapped[int]


class Publicity(Base):
    """公示: a notice that stands for a number of working days. ``starts_on`` is the day it came out (it doesn't count),
    ``ends_on`` the last day; None until it is out. ``told_at`` is when its end was announced."""

    __tablename__ = "notice_publicity"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(String(20))
    workdays: Mapped[int]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None] = mapped_column(index=True)
    told_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(Text, default="")


class Letter(Base):
    """An opinion, or (with ``notice_id``) an objection to a 公示, sealed: only those it was addressed to read it.

    An anonymous one holds nothing about who wrote it, not even the hour; nobody can answer it.
    """

    __tablename__ = "notice_letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    no: Mapped[int]
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    on: Mapped[date]
    answered_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("branch_id", "no"),)


class NoticeTemplate(Base):
    """A notice of the branch with ``{blanks}``, beside those that everybody has (``data/notice/templates.json``)."""

    __tablename__ = "notice_template"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
