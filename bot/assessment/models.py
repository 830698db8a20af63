"""The indicators of a branch where it has its own, and the marks that are given by hand."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base


class OwnIndicator(Base):
    """Line ``no`` of the scheme of a branch; ``what`` names the formula (``rules.What``), ``weight`` are its points,
    ``target`` what is needed for all of them, ``per`` over which days (``rules.Per``)."""

    __tablename__ = "assessment_indicator"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(20))
    weight: Mapped[int]
    target: Mapped[int]
    per: Mapped[str] = mapped_column(String(4), default="本期")
    note: Mapped[str] = mapped_column(String(200), default="")


class Mark(Base):
    """What a leader gave an indicator by hand for the days from ``first`` to ``last``, in tenths of a point, and
    why."""

    __tablename__ = "assessment_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    name: Mapped[str] = mapped_column(String(40))
    first: Mapped[date]
    last: Mapped[date]
    tenths: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    by_name: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("branch_id", "name", "first", "last"),)
