"""The queries by which messages are sent: claims, results, what is unknown, lanes held back. The same statements run on
SQLite and PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Update, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from bot.core.db import UnitOfWork, changed, delete_some, insert_ignore
from bot.delivery.models import Hold, HoldKind, OutboxRow, State, target_of
from bot.delivery.transport import Target


@dataclass(frozen=True)
class Claimed:
    """A message in the hands of one worker. Results count only while ``fence`` is still the row's. ``content`` is as it
    stands in the row: one that can't be read is no reason not to send the others."""

    id: int
    fence: int
    target: Target
    lane: str
    reference: str
    content: str


async def _changed(uow: UnitOfWork, statement: Update) -> bool:
    return await changed(uow.session, statement) > 0


async def claim(uow: UnitOfWork, account: str, limit: int, owner: str, lease: float) -> list[Claimed]:
    """Take up to ``limit`` due messages of an account: the first of every lane that isn't held or busy."""
    row, earlier = OutboxRow, aliased(OutboxRow)
    live = or_(earlier.expires_at.is_(None), earlier.expires_at > uow.now, earlier.state == State.SENDING)
    before = or_(earlier.due_at < row.due_at, and_(earlier.due_at == row.due_at, earlier.id < row.id))
    busy = exists().where(
        earlier.lane == row.lane, earlier.state.in_((State.PENDING, State.SENDING)), earlier.id != row.id, live,
        or_(earlier.state == State.SENDING, before),
    )  # fmt: skip
    due = (
        select(row)
        .where(row.state == State.PENDING, row.account == account, row.due_at <= uow.now)
        .where(or_(row.expires_at.is_(None), row.expires_at > uow.now))
        .where(~busy, ~exists().where(Hold.lane == row.lane))
        .order_by(row.due_at, row.id)
        .limit(limit)
        .with_for_update(of=row, key_share=True, skip_locked=True)
    )
    rows = list(await uow.session.scalars(due))
    if not rows:
        return []
    await uow.session.execute(
        update(row)
        .where(row.id.in_([r.id for r in rows]))
        .values(
            state=State.SENDING, owner=owner, fence=row.fence + 1, sending_at=None,
            lease_until=uow.now + timedelta(seconds=lease),
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return [Claimed(r.id, r.fence + 1, r.target, r.lane, r.reference, r.content) for r in rows]


async def mark_sending(uow: UnitOfWork, ids: Collection[int], owner: str, lease: float) -> set[int]:
    """Write "about to send" on claimed messages; those of them that are still ours. From here on they may have left."""
    row = OutboxRow
    ours = (row.id.in_(ids), row.owner == owner, row.state == State.SENDING, row.sending_at.is_(None))
    in_turn = select(row.id).where(*ours, row.lease_until > uow.now).order_by(row.id).with_for_update(key_share=True)
    marked = await uow.session.execute(
        update(row)
        .where(row.id.in_(in_turn))
        .values(
            sending_at=uow.now, first_sending_at=func.coalesce(row.first_sending_at, uow.now),
            attempts=row.attempts + 1, lease_until=uow.now + timedelta(seconds=lease),
        )
        .returning(row.id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return set(marked.scalars())


def _mine(row_id: int, fence: int, *states: State) -> Update:
    row = OutboxRow
    return (
        update(row)
        .where(row.id == row_id, row.fence == fence, row.state.in_(states))
        .execution_options(synchronize_session=False)
    )


async def set_sent(uow: UnitOfWork, row_id: int, fence: int, message_id: str) -> bool:
    """It has arrived. True also for an answer that comes late, as long as nobody has claimed the message since. Some
    files are given a number longer than any message's; nobody answers or recalls by it."""
    statement = _mine(row_id, fence, State.SENDING, State.UNKNOWN, State.NEEDS_HUMAN, State.PENDING)
    statement = statement.values(
        state=State.SENT, message_id=message_id[:80], sent_at=uow.now, reason="", lease_until=None, look_at=None
    )
    return await _changed(uow, statement)


async def set_unknown(uow: UnitOfWork, row_id: int, fence: int, reason: str) -> bool:
    statement = _mine(row_id, fence, State.SENDING).values(
        state=State.UNKNOWN, reason=reason[:400], unknown_at=uow.now, look_at=uow.now,
        looking_since=None, absent_since=None, lease_until=None,
    )  # fmt: skip
    return await _changed(uow, statement)


async def set_pending(uow: UnitOfWork, row_id: int, fence: int, *, unspent: bool, reason: str = "") -> bool:
    """Back in the queue. ``unspent``: the attempt certainly never reached anybody and doesn't count."""
    row = OutboxRow
    values: dict[str, Any] = {"state": State.PENDING, "reason": reason[:400], "lease_until": None, "look_at": None}
    if unspent:
        values["attempts"] = row.attempts - 1
        values["sending_at"] = None
    return await _changed(uow, _mine(row_id, fence, State.SENDING, State.UNKNOWN).values(**values))


async def release(uow: UnitOfWork, row_id: int, fence: int) -> bool:
    """Give back what was claimed and never brought to the wire by us, whether or not the mark got on disk."""
    values: dict[str, Any] = {"state": State.PENDING, "sending_at": None, "lease_until": None}
    return await _changed(uow, _mine(row_id, fence, State.SENDING).values(**values))


async def set_final(uow: UnitOfWork, row_id: int, fence: int, state: State, reason: str) -> bool:
    statement = _mine(row_id, fence, State.SENDING, State.UNKNOWN)
    return await _changed(uow, statement.values(state=state, reason=reason[:400], lease_until=None, look_at=None))


async def look_again(
    uow: UnitOfWork, row_id: int, fence: int, look_at: datetime, looking_since: datetime, absent_since: datetime | None
) -> bool:
    statement = _mine(row_id, fence, State.UNKNOWN)
    return await _changed(
        uow, statement.values(look_at=look_at, looking_since=looking_since, absent_since=absent_since)
    )


async def recover_leases(uow: UnitOfWork, owner: str, in_flight: Collection[int]) -> tuple[int, int]:
    """Take back what its worker has lost: (back to pending, now unknown). ``in_flight`` are ours, still on the way.

    That our own process died is no sign against the platform, so the attempt isn't held against the message: proven
    absent, it is sent again as if for the first time.
    """
    row = OutboxRow
    late = and_(row.state == State.SENDING, row.lease_until <= uow.now)
    if in_flight:
        late = and_(late, or_(row.owner != owner, row.id.not_in(in_flight)))
    freed = await changed(
        uow.session,
        update(row).where(late, row.sending_at.is_(None)).values(state=State.PENDING, lease_until=None)
        .execution_options(synchronize_session=False),
    )  # fmt: skip
    unknown = await changed(uow.session, _to_unknown().where(late, row.sending_at.is_not(None)).values(
        unknown_at=uow.now, look_at=uow.now, reason="发送的进程中断了"))  # fmt: skip
    return freed, unknown


def _to_unknown() -> Update:
    values: dict[str, Any] = {
        "state": State.UNKNOWN,
        "attempts": OutboxRow.attempts - 1,
        "looking_since": None,
        "absent_since": None,
        "lease_until": None,
    }
    return update(OutboxRow).values(**values).execution_options(synchronize_session=False)


async def take_over(uow: UnitOfWork, account: str, owner: str) -> int:
    """Somebody else was sending for this account, and its connection is ours now: their calls are cut, so unknown."""
    row = OutboxRow
    statement = _to_unknown().values(unknown_at=uow.now, look_at=uow.now, reason="发送的连接断开了")
    others = (row.state == State.SENDING, row.sending_at.is_not(None), row.account == account, row.owner != owner)
    return await changed(uow.session, statement.where(*others))


async def in_flight(uow: UnitOfWork) -> bool:
    """Whether a worker that is alive has claimed anything."""
    row = OutboxRow
    claimed = select(row.id).where(row.state == State.SENDING, row.lease_until > uow.now)
    return await uow.session.scalar(claimed.limit(1)) is not None


async def doubt(uow: UnitOfWork, since: datetime) -> int:
    """Make unknown what should have left by now: it may have, at ``since`` or later. How many messages that are."""
    row = OutboxRow
    open_then = or_(row.state == State.SENDING, and_(row.state == State.PENDING, row.due_at <= uow.now))
    statement = _to_unknown().where(open_then).values(
        attempts=0, unknown_at=uow.now, look_at=uow.now, reason="从备份恢复,之后可能已经发过",
        sending_at=func.coalesce(row.sending_at, since), first_sending_at=func.coalesce(row.first_sending_at, since),
    )  # fmt: skip
    return await changed(uow.session, statement)


async def expire(uow: UnitOfWork) -> Sequence[OutboxRow]:
    """Close what is past its time and was not sent; the rows."""
    row = OutboxRow
    late_ones = select(row).where(row.state == State.PENDING, row.expires_at <= uow.now)
    rows = list(await uow.session.scalars(late_ones.with_for_update(key_share=True, skip_locked=True)))
    for late in rows:
        late.state = State.EXPIRED
        late.reason = "到期仍没有发出"
    await uow.session.flush()
    return rows


async def next_due(uow: UnitOfWork, accounts: Collection[str]) -> datetime | None:
    """When the next message that is still to come falls due."""
    row = OutboxRow
    statement = select(func.min(row.due_at)).where(row.state == State.PENDING, row.account.in_(accounts))
    return cast("datetime | None", await uow.session.scalar(statement.where(row.due_at > uow.now)))


async def unknowns(uow: UnitOfWork, accounts: Collection[str], at_once: Collection[str]) -> Sequence[OutboxRow]:
    """Unknown messages that are due for a look; those of the accounts ``at_once`` without waiting for their time."""
    row = OutboxRow
    due = or_(row.look_at.is_(None), row.look_at <= uow.now, row.account.in_(at_once))
    statement = select(row).where(row.state == State.UNKNOWN, row.account.in_(accounts), due)
    return list(await uow.session.scalars(statement.order_by(row.look_at, row.id).limit(100)))


async def abandoned(uow: UnitOfWork, since: datetime, accounts: Collection[str]) -> Sequence[OutboxRow]:
    """Unknown messages from before ``since`` whose account isn't among the online ones."""
    row = OutboxRow
    statement = select(row).where(row.state == State.UNKNOWN, row.unknown_at < since, row.account.not_in(accounts))
    return list(await uow.session.scalars(statement.limit(100)))


async def by_reference(uow: UnitOfWork, lane: str, reference: str) -> OutboxRow | None:
    """The newest message of a lane with this reference that isn't known to have arrived."""
    row = OutboxRow
    open_states = (State.PENDING, State.SENDING, State.UNKNOWN, State.NEEDS_HUMAN)
    statement = select(row).where(row.reference == reference, row.lane == lane, row.state.in_(open_states))
    return await uow.session.scalar(statement.where(row.first_sending_at.is_not(None)).order_by(row.id.desc()).limit(1))


async def get(uow: UnitOfWork, row_id: int) -> OutboxRow | None:
    return await uow.session.get(OutboxRow, row_id, populate_existing=True)


async def holder_of(uow: UnitOfWork, lane: str, message_id: str) -> int | None:
    """The row that already owns a platform message."""
    row = OutboxRow
    statement = select(row.id).where(row.message_id == message_id, row.lane == lane, row.state == State.SENT)
    return await uow.session.scalar(statement.limit(1))


async def hold(uow: UnitOfWork, lane: str, kind: HoldKind, reason: str) -> bool:
    """Hold a lane back; False if it was held already."""
    values = {"lane": lane, "kind": kind.value, "reason": reason[:400], "since": uow.now}
    return await insert_ignore(uow.session, Hold, [values], ["lane"]) > 0


async def held(uow: UnitOfWork, accounts: Collection[str]) -> list[Target]:
    """Where these accounts are muted or removed."""
    targets = [target_of(lane) for lane in await uow.session.scalars(select(Hold.lane).order_by(Hold.since))]
    return [target for target in targets if target.account in accounts]


async def lift(uow: UnitOfWork, lane: str, kind: HoldKind | None = None) -> bool:
    statement = delete(Hold).where(Hold.lane == lane)
    if kind is not None:
        statement = statement.where(Hold.kind == kind.value)
    return await changed(uow.session, statement) > 0


_OVER = (State.SENT, State.REJECTED, State.EXPIRED, State.CANCELLED, State.RECALLED)


async def drop_old(uow: UnitOfWork, before: datetime) -> int:
    """Some of what is over of before then; what a person must decide stays."""
    over = OutboxRow.state.in_([state.value for state in _OVER])
    return await delete_some(uow.session, OutboxRow, OutboxRow.created_at < before, over)
