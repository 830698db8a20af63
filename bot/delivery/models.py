"""What waits to leave, what has left, and what nobody may write to just now."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base
from bot.delivery.transport import Target


class State(StrEnum):
    PENDING = "pending"  # waits for its time, its turn, a connection
    SENDING = "sending"  # claimed by a worker; ``sending_at`` tells whether it may have reached the wire
    SENT = "sent"  # the platform gave it a message id, or it was seen there
    REJECTED = "rejected"  # refused for good: the account is no longer in the group
    UNKNOWN = "unknown"  # may or may not have arrived; echo and history will tell
    NEEDS_HUMAN = "needs_human"  # nobody can tell, or the platform won't take it
    EXPIRED = "expired"  # its time passed before it could be sent
    CANCELLED = "cancelled"
    RECALLED = "recalled"  # it had arrived and was taken back there


class HoldKind(StrEnum):
    MUTED = "muted"
    REMOVED = "removed"


class OutboxRow(Base):
    """One message on the wire. ``lane`` is account and target: within it messages leave in the order of ``due_at``, id.

    ``fence`` grows with every claim, so that a worker which lost its lease can't overwrite what came after it.
    ``attempts`` counts the sends that the platform left open: never more than two without a person. A send that our own
    end broke off (no connection, a killed process) isn't counted.
    """

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"))
    origin: Mapped[str] = mapped_column(String(80))
    platform: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(40))
    target_kind: Mapped[str] = mapped_column(String(8))
    target_id: Mapped[str] = mapped_column(String(40))
    lane: Mapped[str] = mapped_column(String(120))
    reference: Mapped[str] = mapped_column(String(24))
    content: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12), default=State.PENDING.value)
    reason: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    owner: Mapped[str] = mapped_column(String(40), default="")
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    sending_at: Mapped[datetime | None]
    first_sending_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    message_id: Mapped[str | None] = mapped_column(String(80))
    unknown_at: Mapped[datetime | None]
    look_at: Mapped[datetime | None]
    looking_since: Mapped[datetime | None]
    absent_since: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_outbox_state_account_due_at", "state", "account", "due_at"),
        Index("ix_outbox_lane_state_due_at", "lane", "state", "due_at"),
        Index("ix_outbox_message_id_target_id", "message_id", "target_id"),
        Index("ix_outbox_reference", "reference"),
        Index("ix_outbox_origin", "origin"),
        Index("ix_outbox_branch_id_state", "branch_id", "state"),
    )

    @property
    def target(self) -> Target:
        kind = "group" if self.target_kind == "group" else "private"
        return Target(self.account, kind, self.target_id, self.platform)  # type: ignore[arg-type]


class Hold(Base):
    """A lane in which nothing is sent until somebody lifts it: the account was muted or removed there."""

    __tablename__ = "outbox_hold"

    lane: Mapped[str] = mapped_column(String(120), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(400), default="")
    since: Mapped[datetime]


class Counter(Base):
    """The last number of a branch (0: messages that belong to none) for a kind of message and a day, e.g. 学1124."""

    __tablename__ = "outbox_counter"

    branch_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    last: Mapped[int]


def lane_of(target: Target) -> str:
    """Account and target as one text: the unit of order and of holding back."""
    return f"{target.platform}:{target.account}:{target.kind}:{target.id}"


def target_of(lane: str) -> Target:
    """The target whose lane it is."""
    platform, account, kind, target_id = lane.split(":", 3)
    return Target(account, "group" if kind == "group" else "private", target_id, platform)


class HeardRow(Base):
    """Up to when everything that was said where an account is was heard."""

    __tablename__ = "heard"

    platform: Mapped[str] = mapped_column(String(20), primary_key=True)
    account: Mapped[str] = mapped_column(String(40), primary_key=True)
    until: Mapped[datetime]


class ProcessRow(Base):
    """What a process said of itself last (``processes.Process``); ``accounts`` is JSON."""

    __tablename__ = "process"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    accounts: Mapped[str] = mapped_column(Text)
    lag_ms: Mapped[int]
    drift_ms: Mapped[int]
    connections: Mapped[int]
