"""Hot words that were offered, discussions, and what was said in them. Nothing else that is said in a group is here."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base


class State(StrEnum):
    """Where a discussion stands. An ended one is only told of after somebody posts its summary."""

    OPEN = "open"
    ENDED = "ended"
    CANCELLED = "cancelled"


class HotList(Base):
    """The candidates that a person was shown last, as JSON: what 「讨论 2」 means for them."""

    __tablename__ = "hot_list"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    platform: Mapped[str] = mapped_column(String(20), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
    shown: Mapped[int]
    candidates: Mapped[str] = mapped_column(Text)


class HotShown(Base):
    """A title that a branch was offered among the first on a day."""

    __tablename__ = "hot_shown"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    title: Mapped[str] = mapped_column(String(200), primary_key=True)
    day: Mapped[date] = mapped_column(index=True)


class BranchWord(Base):
    """A word that a branch added: its own term, or (``warn``) one to be warned about."""

    __tablename__ = "branch_word"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    word: Mapped[str] = mapped_column(String(30), primary_key=True)
    warn: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Discussion(Base):
    """讨论 ``no`` of a branch. ``prompts`` is a JSON list; ``whole_window`` takes everything that is said in its
    groups. ``summary`` is what was posted at the end, ``cloud`` its word cloud as JSON; ``draft`` a summary in the
    propagandist's own words that hasn't been posted yet."""

    __tablename__ = "discussion"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    no: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20), default="")
    about: Mapped[str] = mapped_column(String(400), default="")
    source: Mapped[str] = mapped_column(String(100), default="")
    url: Mapped[str] = mapped_column(Text, default="")
    prompts: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    whole_window: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    summary: Mapped[str] = mapped_column(Text, default="")
    draft: Mapped[str] = mapped_column(Text, default="")
    cloud: Mapped[str] = mapped_column(Text, default="")
    posted_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("branch_id", "no"),
        Index("ix_discussion_state_ends_at", "state", "ends_at"),
        Index("ix_discussion_branch_id_opened_at", "branch_id", "opened_at"),
    )


class DiscussionPlace(Base):
    """A group chat in which a discussion runs."""

    __tablename__ = "discussion_place"

    discussion_id: Mapped[int] = mapped_column(ForeignKey("discussion.id"), primary_key=True)
    platform: Mapped[str] = mapped_column(String(20), primary_key=True)
    group_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account: Mapped[str] = mapped_column(String(40))


class Voice(Base):
    """What a member said in a discussion. One that was recalled, or whose author doesn't want to be counted, has lost
    its text."""

    __tablename__ = "discussion_voice"

    id: Mapped[int] = mapped_column(primary_key=True)
    discussion_id: Mapped[int] = mapped_column(ForeignKey("discussion.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    platform: Mapped[str] = mapped_column(String(20))
    group_id: Mapped[str] = mapped_column(String(40))
    message_id: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    verdict: Mapped[str] = mapped_column(String(12))
    likes: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    recalled_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("platform", "group_id", "message_id"),
        Index("ix_discussion_voice_discussion_id_member_id", "discussion_id", "member_id"),
    )


class Part(Base):
    """How often a member was heard in a discussion whose ``Voice``s are no longer kept."""

    __tablename__ = "discussion_part"

    discussion_id: Mapped[int] = mapped_column(ForeignKey("discussion.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    voices: Mapped[int]


class OptOut(Base):
    """A member who wants no part in the statistics of discussions."""

    __tablename__ = "discussion_opt_out"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    at: Mapped[datetime]
