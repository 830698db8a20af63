"""What ``outbox`` asks of its table: putting in, looking up, taking back, and what is in trouble."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, true, update

from bot.core.db import UnitOfWork, changed, upsert
from bot.delivery.models import Counter, OutboxRow, State
from bot.delivery.transport import Target

_CHUNK = 500
"""Rows a statement: databases limit the number of parameters."""

SHOWN_FOR = timedelta(days=7)
"""How long what was refused or expired is still shown; what a person must decide stays until it is decided."""

NOT_RECALLED = "平台不让撤回"
"""The reason of a message that is still there although it was to be recalled."""

Place = tuple[str, str, str]
"""(platform, target id, message id) of a message on the platform."""


class Known(NamedTuple):
    """What one of our messages is of, which it is, and whose."""

    origin: str
    key: str
    branch_id: int | None


async def keys_among(uow: UnitOfWork, keys: Sequence[str]) -> dict[str, str]:
    """Those of ``keys`` that are in the outbox, with their references."""
    found: dict[str, str] = {}
    for start in range(0, len(keys), _CHUNK):
        some = select(OutboxRow.key, OutboxRow.reference).where(OutboxRow.key.in_(keys[start : start + _CHUNK]))
        for key, reference in await uow.session.execute(some):
            found[key] = reference
    return found


async def insert(uow: UnitOfWork, rows: list[dict[str, Any]]) -> int:
    """Insert what isn't there by key, in the order in which it is to leave; how many rows are new. Whoever has the same
    keys has waited for the other by the numbers (``take_numbers``)."""
    new = 0
    for start in range(0, len(rows), _CHUNK):
        some = upsert(uow.session, OutboxRow).values(rows[start : start + _CHUNK])
        new += await changed(uow.session, some.on_conflict_do_nothing(index_elements=["key"]))
    return new


async def take_numbers(uow: UnitOfWork, branch_id: int, kind: str, count: int) -> int:
    """Take ``count`` numbers of a branch (0: none); the last of them. Two processes never share one."""
    first = upsert(uow.session, Counter).values(branch_id=branch_id, kind=kind, last=count)
    following = first.on_conflict_do_update(index_elements=["branch_id", "kind"], set_={"last": Counter.last + count})
    return int((await uow.session.execute(following.returning(Counter.last))).scalar_one())


async def known_at(uow: UnitOfWork, places: Collection[Place]) -> dict[Place, Known]:
    """The newest of our messages at each of these places."""
    row = OutboxRow
    query = select(row.platform, row.target_id, row.message_id, row.origin, row.key, row.branch_id).where(
        row.message_id.in_({message_id for _, _, message_id in places}),
        row.target_id.in_({target_id for _, target_id, _ in places}),
    )
    rows = await uow.session.execute(query.order_by(row.id))
    found = {
        (platform, target, str(message)): Known(origin, key, branch_id)
        for platform, target, message, origin, key, branch_id in rows
    }
    return {place: found[place] for place in places if place in found}


async def recallable(uow: UnitOfWork, origin: str) -> list[tuple[Target, str]]:
    row = OutboxRow
    query = select(row).where(row.origin == origin, row.state == State.SENT, row.message_id.is_not(None))
    query = query.where(row.reason != NOT_RECALLED).order_by(row.id)
    return [(one.target, str(one.message_id)) for one in await uow.session.scalars(query)]


async def recalled(uow: UnitOfWork, lane: str, message_id: str, *, gone: bool) -> None:
    row = OutboxRow
    statement = update(row).where(row.message_id == message_id, row.lane == lane, row.state == State.SENT)
    await uow.session.execute(
        statement.values(**({"state": State.RECALLED.value} if gone else {"reason": NOT_RECALLED}))
        .execution_options(synchronize_session=False)
    )  # fmt: skip


async def fates(uow: UnitOfWork, keys: Collection[str]) -> list[OutboxRow]:
    return list(await uow.session.scalars(select(OutboxRow).where(OutboxRow.key.in_(keys)).order_by(OutboxRow.id)))


async def files(uow: UnitOfWork) -> Sequence[str]:
    """What names the pictures and files of messages that are to arrive yet, or may be sent again."""
    row, over = OutboxRow, (State.SENT, State.RECALLED, State.CANCELLED)
    named = row.content.contains('"sha256"', autoescape=True)
    return (await uow.session.scalars(select(row.content).where(row.state.not_in(over), named))).all()


async def on_its_way(uow: UnitOfWork, origin: str) -> bool:
    """Whether something of this origin may be on the wire: claimed, or nobody knows."""
    row = OutboxRow
    query = select(row.id).where(row.origin == origin, row.state.in_((State.SENDING, State.UNKNOWN))).limit(1)
    return await uow.session.scalar(query) is not None


async def cancel(uow: UnitOfWork, *which: ColumnElement[bool]) -> int:
    """Withdraw what hasn't been brought to the wire, or was given up; how many messages that were."""
    row = OutboxRow
    waiting = or_(
        row.state.in_((State.PENDING, State.NEEDS_HUMAN)), and_(row.state == State.SENDING, row.sending_at.is_(None))
    )
    in_turn = select(row.id).where(waiting, *which).order_by(row.id).with_for_update(key_share=True)
    cancelled = update(row).where(row.id.in_(in_turn)).values(state=State.CANCELLED, lease_until=None)
    return await changed(uow.session, cancelled.execution_options(synchronize_session=False))


async def forget_cancelled(uow: UnitOfWork, *which: ColumnElement[bool]) -> None:
    row = OutboxRow
    never_left = and_(row.state == State.CANCELLED, row.first_sending_at.is_(None))
    await uow.session.execute(delete(row).where(never_left, *which).execution_options(synchronize_session=False))


def with_key(key: str) -> ColumnElement[bool]:
    """The message of this key, and those that travel behind it."""
    return or_(OutboxRow.key == key, OutboxRow.key.startswith(f"{key}#", autoescape=True))


def of_origin(origin: str, keys: Collection[str] | None = None) -> ColumnElement[bool]:
    """The messages of this origin, of these ``keys`` only where they are given."""
    return and_(OutboxRow.origin == origin, OutboxRow.key.in_(keys) if keys is not None else true())


async def open_counts(uow: UnitOfWork) -> dict[str, int]:
    """How many messages are in each state that isn't final."""
    states = (State.PENDING, State.SENDING, State.UNKNOWN, State.NEEDS_HUMAN)
    query = select(OutboxRow.state, func.count()).where(OutboxRow.state.in_(states)).group_by(OutboxRow.state)
    return {state.value: 0 for state in states} | {row[0]: row[1] for row in await uow.session.execute(query)}


async def oldest_due(uow: UnitOfWork) -> datetime | None:
    """When the message fell due that has waited longest."""
    row = OutboxRow
    query = select(func.min(row.due_at)).where(row.state == State.PENDING, row.due_at <= uow.now)
    return cast("datetime | None", await uow.session.scalar(query))


async def waiting(uow: UnitOfWork, where: Collection[ColumnElement[bool]]) -> int:
    row = OutboxRow
    due = and_(row.state == State.PENDING, row.due_at <= uow.now)
    statement = select(func.count()).select_from(row).where(or_(due, row.state == State.SENDING), *where)
    return int((await uow.session.execute(statement)).scalar_one())


async def troubles(uow: UnitOfWork, where: Collection[ColumnElement[bool]], limit: int) -> Sequence[OutboxRow]:
    row = OutboxRow
    recent = and_(row.state.in_((State.REJECTED, State.EXPIRED)), row.due_at > uow.now - SHOWN_FOR)
    troubled = or_(row.state.in_((State.NEEDS_HUMAN, State.UNKNOWN)), recent)
    return list(await uow.session.scalars(select(row).where(troubled, *where).order_by(row.id.desc()).limit(limit)))


def of_branch(branch_id: int | None) -> ColumnElement[bool]:
    """The rows of a branch; None: those that belong to none."""
    return OutboxRow.branch_id.is_(None) if branch_id is None else OutboxRow.branch_id == branch_id


def with_reference(reference: str) -> ColumnElement[bool]:
    return OutboxRow.reference == reference


def with_id(row_id: int) -> ColumnElement[bool]:
    return OutboxRow.id == row_id
