"""Sources of a branch and what they list."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base


class Source(Base):
    """来源 ``no`` of a branch. ``shape`` is JSON (``json_list.Shape``); ``etag`` and ``modified`` are what it said of
    itself last. ``asked_at`` is the last try, ``answered_at`` the last readable answer, ``new_at`` when something was
    new last. ``trouble`` says what is the matter, ``failures`` how often in a row."""

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    no: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(2000))
    shape: Mapped[str] = mapped_column(String(400), default="{}")
    etag: Mapped[str] = mapped_column(String(400), default="")
    modified: Mapped[str] = mapped_column(String(80), default="")
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    new_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(String(200), default="")
    failures: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("branch_id", "no"),)


class SourceItem(Base):
    """One line of a source. ``key`` tells lines apart (a digest of the title); those of the newest answer bear
    its time as ``listed_at``."""

    __tablename__ = "source_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    key: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(Text, default="")
    summary: Mapped[str] = mapped_column(String(400), default="")
    pinned: Mapped[bool] = mapped_column(default=False)
    rank: Mapped[int] = mapped_column(default=0)
    published: Mapped[datetime | None]
    first_at: Mapped[datetime]
    listed_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("source_id", "key"),
        Index("ix_source_item_source_id_listed_at", "source_id", "listed_at"),
    )
