"""Organisation, people, their accounts and roles. Nothing about a person is kept beyond what is needed to study."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base


class BranchKind(StrEnum):
    COMMITTEE = "党委"
    GENERAL = "总支"
    BRANCH = "支部"
    GROUP = "党小组"


class MemberKind(StrEnum):
    FULL = "正式党员"
    PROBATIONARY = "预备党员"
    PROSPECT = "发展对象"
    ACTIVIST = "积极分子"


class Role(StrEnum):
    SECRETARY = "书记"
    DEPUTY = "副书记"
    ORGANISER = "组织委员"
    PROPAGANDIST = "宣传委员"
    DISCIPLINE = "纪检委员"
    GROUP_LEADER = "党小组长"
    MEMBER = "党员"


class Branch(Base):
    """A node of the tree 党委 → 总支 → 支部 → 党小组. ``path`` is ``/1/4/9/``: the ids from the root to itself."""

    __tablename__ = "branch"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(80))
    path: Mapped[str] = mapped_column(String(200), index=True)
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("parent_id", "name"),)


class BranchSetting(Base):
    """A setting of a branch that differs from the default; the known ones with their sources are in ``rules.py``."""

    __tablename__ = "branch_setting"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class ChatGroup(Base):
    """A group chat that belongs to a branch. ``paused`` says why nothing is sent there (empty: all is well)."""

    __tablename__ = "chat_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), index=True)
    platform: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(40))
    group_id: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80), default="")
    paused: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("platform", "group_id"),)


class Member(Base):
    """A person on the roster of a branch. ``left_on`` ends it; the row stays, so that old figures stay true."""

    __tablename__ = "member"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(8), default=MemberKind.FULL.value)
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_member_branch_id_name", "branch_id", "name"),)


class MemberAccount(Base):
    """The chat account of a person. One account belongs to one person; ``via`` is the bot account that knows it."""

    __tablename__ = "member_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    platform: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[str] = mapped_column(String(40))
    display_name: Mapped[str] = mapped_column(String(80), default="")
    via: Mapped[str] = mapped_column(String(40), default="")
    bound_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("platform", "user_id"),)


class RoleGrant(Base):
    """A role that a member holds in a branch; it reaches down to every branch below."""

    __tablename__ = "role_grant"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(8), primary_key=True)
    granted_at: Mapped[datetime]


class Leave(Base):
    """A member is away from ``first_day`` to ``last_day``, both included, and not counted meanwhile. ``exempt``: they
    needn't study (免学), until further notice if ``last_day`` is the last there is."""

    __tablename__ = "leave"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200), default="")
    exempt: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Numbering(Base):
    """The last number given out in a branch for a kind of thing (资料 12, 学习 7, 公告 3)."""

    __tablename__ = "numbering"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    last: Mapped[int]


class AuditEntry(Base):
    """Who did what, when and why. Never changed; ``detail`` is JSON without message bodies."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"), index=True)
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(String(400), default="")
    detail: Mapped[str] = mapped_column(Text, default="{}")


class Request(Base):
    """Something that only a leader may decide, waiting for 「同意 N」 or 「不同意 N」.

    ``kind`` says what agreeing does, ``payload`` (JSON) with whom or what; ``said`` is what the leaders read. Platform,
    accounts and group are those of the asker. ``roles``, parted by spaces, are whose decision it is; empty: the
    leaders'. ``no`` is what people call it by: that of a notice, or its own; so it needn't be the only one.
    """

    __tablename__ = "branch_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    no: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[str] = mapped_column(Text)
    said: Mapped[str] = mapped_column(String(200))
    platform: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[str] = mapped_column(String(40))
    group_id: Mapped[str] = mapped_column(String(40), default="")
    display_name: Mapped[str] = mapped_column(String(80), default="")
    roles: Mapped[str] = mapped_column(String(60), default="", server_default="")
    state: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (
        Index("ix_branch_request_state_branch_id", "state", "branch_id"),
        Index("ix_branch_request_platform_user_id", "platform", "user_id"),
    )


class UndoStep(Base):
    """An act that its doer may take back with 「撤销」.

    ``said`` is what they read, ``payload`` (JSON) is for the handler that undoes acts of ``kind``. ``rights`` are the
    offices they had then: somebody who has lost one of them takes nothing back.
    """

    __tablename__ = "undo_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    platform: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[str] = mapped_column(String(40))
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"))
    kind: Mapped[str] = mapped_column(String(40))
    said: Mapped[str] = mapped_column(String(200))
    payload: Mapped[str] = mapped_column(Text)
    rights: Mapped[str] = mapped_column(String(80), default="")
    undone_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_undo_step_platform_user_id_id", "platform", "user_id", "id"),)


class Retention(Base):
    """From when on records are kept in full (one row, ``id`` 1; the beginning of a month in China); of what is older
    only totals are. ``finished_at`` is None while something is still to be summed up; ``rows`` went since ``since``."""

    __tablename__ = "retention"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kept_from: Mapped[datetime]
    since: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    rows: Mapped[int] = mapped_column(default=0)
