"""The ledger of study hours that come from something else than a reading; those of readings follow from completions."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base


class Source(StrEnum):
    """Where hours come from. ``READING`` is never stored: it is counted from completions."""

    READING = "阅读"
    MEETING = "会议"
    TRAINING = "培训"
    MANUAL = "补登"


class HourEntry(Base):
    """Hours of a member on a day, in ``halves`` (half hours). ``origin`` (``meeting:5``) says what they are for: a
    member has hours for one thing once. ``branch_id`` is where they were booked.

    What is kept of a month that is long past is one entry of its first day and a source (``month:…``).
    """

    __tablename__ = "hour_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    source: Mapped[str] = mapped_column(String(8))
    origin: Mapped[str] = mapped_column(String(60), index=True)
    day: Mapped[date]
    halves: Mapped[int]
    note: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("member_id", "origin"),
        # Sums of people are read from the index alone.
        Index("ix_hour_entry_sums", "member_id", "day", "source", "halves"),
    )


class HourDay(Base):
    """What the roster of a branch has got on a day from a source, in half hours: what their entries add up to."""

    __tablename__ = "hour_day"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(8), primary_key=True)
    halves: Mapped[int]
