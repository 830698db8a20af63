"""The queries that keep the totals of readings, and the condition by which an expectation counts."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ColumnExpressionArgument,
    Update,
    and_,
    bindparam,
    case,
    exists,
    func,
    select,
    update,
)

from bot.branch.models import Leave, Member
from bot.branch.retention_repository import KEPT_FROM
from bot.core.db import UnitOfWork
from bot.study.models import Assignment, Completion, Expected

A, E, C = Assignment, Expected, Completion


def away(*also: ColumnExpressionArgument[bool]) -> ColumnElement[bool]:
    """On leave or exempt on any day on which it was to be read."""
    return exists().where(
        Leave.member_id == Member.id, Leave.first_day <= A.last_day, Leave.last_day >= A.first_day, *also
    )


def exempt() -> ColumnElement[bool]:
    return away(Leave.exempt)


def counts() -> ColumnElement[bool]:
    """Whether an expectation counts, as ``rules.standing`` has it: not exempt, not on leave, not gone undone."""
    gone = and_(Member.left_on.is_not(None), Member.left_on <= A.last_day, C.member_id.is_(None))
    return and_(~away(), ~gone)


async def readings_of(uow: UnitOfWork, members: Collection[int], since: date) -> Collection[int]:
    """The ids of what these members were to read by ``since`` or later."""
    query = select(A.id).join(E, E.assignment_id == A.id).where(E.member_id.in_(members), A.last_day >= since)
    return (await uow.session.scalars(query.distinct())).all()


async def over(uow: UnitOfWork, member_id: int, since: date, today: date) -> int:
    """How many this member was to read whose last day was ``since`` or later, but before ``today``."""
    query = select(func.count()).select_from(A).join(E, E.assignment_id == A.id)
    query = query.where(E.member_id == member_id, A.last_day >= since, A.last_day < today)
    return (await uow.session.execute(query)).scalar_one()


async def hold(uow: UnitOfWork, readings: Collection[int]) -> Collection[int]:
    """Have these readings ours alone until the end of the unit of work: to be called before what was completed of them
    is changed, so that nobody waits for a completion while somebody else waits for its reading. Gives those of which
    not only totals are left."""
    return (await uow.session.scalars(_LOCK, {"readings": list(readings)})).all() if readings else ()


async def count(uow: UnitOfWork, held: Collection[int]) -> None:
    """Keep what these readings, held before, add up to now."""
    if held:
        await uow.session.execute(_COUNT, {"readings": list(held)}, execution_options={"synchronize_session": False})


def _count() -> Update:
    each = (
        select(
            A.id.label("id"),
            case((and_(E.member_id.is_not(None), counts()), 1), else_=0).label("counts"),
            case((C.member_id.is_not(None), 1), else_=0).label("done"),
            case((C.late, 1), else_=0).label("late"),
        )
        .select_from(A)
        .outerjoin(E, E.assignment_id == A.id)
        .outerjoin(Member, Member.id == E.member_id)
        .outerjoin(C, and_(C.assignment_id == E.assignment_id, C.member_id == E.member_id))
        .where(A.id.in_(_THESE))
        .subquery()
    )
    done, late = func.sum(each.c.counts * each.c.done), func.sum(each.c.counts * each.c.late)
    sums = (func.sum(each.c.counts).label("counted"), done.label("done"), late.label("late"))
    total = select(each.c.id, *sums).group_by(each.c.id).subquery()
    completed = select(func.count()).where(C.assignment_id == A.id).scalar_subquery()
    values = {"counted": total.c.counted, "done": total.c.done, "late": total.c.late, "extra": completed - total.c.done}
    return update(A).where(A.id == total.c.id).values(values)


# Put together once: they are part of every check-in.
_THESE: BindParameter[int] = bindparam("readings", expanding=True)
# The key is left free: two who have each just written something about a reading hold it for their foreign keys, and
# would wait for each other.
_LOCK = select(A.id).where(A.id.in_(_THESE), A.pushed_at >= KEPT_FROM).order_by(A.id).with_for_update(key_share=True)
_COUNT = _count()
