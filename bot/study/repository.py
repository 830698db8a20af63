"""Every query about study, scoped to a branch."""

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, func, or_, select

from bot.branch import retention
from bot.branch.models import Member
from bot.core.db import UnitOfWork, insert_ignore, upsert
from bot.core.errors import UserError
from bot.study import tally_repository as tally
from bot.study.models import (
    Assignment,
    Completion,
    Expected,
    LowerProof,
    Material,
    MaterialTerm,
    Plan,
    PlanItem,
    PlanState,
    Slot,
    SlotState,
)
from bot.study.rules import Person, Query, Reading


async def material_by_no(uow: UnitOfWork, branch_id: int, no: int) -> Material | None:
    query = select(Material).where(Material.branch_id == branch_id, Material.no == no, Material.deleted_at.is_(None))
    return (await uow.session.scalars(query)).one_or_none()


async def materials_by_no(uow: UnitOfWork, branch_id: int, numbers: Collection[int]) -> Sequence[Material]:
    query = select(Material).where(
        Material.branch_id == branch_id, Material.no.in_(numbers), Material.deleted_at.is_(None)
    )
    return (await uow.session.scalars(query)).all()


async def titled(uow: UnitOfWork, branch_id: int, title: str) -> Sequence[Material]:
    """The materials of the library that are called exactly so."""
    query = select(Material).where(
        Material.branch_id == branch_id, Material.title == title, Material.deleted_at.is_(None)
    )
    return (await uow.session.scalars(query)).all()


async def material_by_text(uow: UnitOfWork, branch_id: int, sha256: str) -> Material | None:
    query = select(Material).where(Material.branch_id == branch_id, Material.sha256 == sha256)
    return (await uow.session.scalars(query)).one_or_none()


def _found(branch_id: int, wanted: Query) -> tuple[ColumnElement[bool], ...]:
    """What a material must meet: the words stand in its title, or it holds all of the terms."""
    in_library = (Material.branch_id == branch_id, Material.deleted_at.is_(None))
    if not wanted.words:
        return in_library
    hits = (
        select(MaterialTerm.material_id)
        .where(MaterialTerm.term.in_(wanted.terms))
        .group_by(MaterialTerm.material_id)
        .having(func.count() == len(wanted.terms))
    )
    titled = Material.title.contains(wanted.words, autoescape=True)
    return (*in_library, or_(titled, Material.id.in_(hits)) if wanted.terms else titled)


async def search(uow: UnitOfWork, branch_id: int, wanted: Query, limit: int, offset: int = 0) -> Sequence[Material]:
    """What is found, newest first; without words, all."""
    query = select(Material).where(*_found(branch_id, wanted)).order_by(Material.no.desc())
    return (await uow.session.scalars(query.limit(limit).offset(offset))).all()


async def count_found(uow: UnitOfWork, branch_id: int, wanted: Query) -> int:
    query = select(func.count()).select_from(Material).where(*_found(branch_id, wanted))
    return int((await uow.session.scalars(query)).one())


async def numbers_found(uow: UnitOfWork, branch_id: int, wanted: Query, limit: int) -> Sequence[int]:
    """The numbers of what ``search`` finds, oldest first."""
    query = select(Material.no).where(*_found(branch_id, wanted)).order_by(Material.no).limit(limit)
    return (await uow.session.scalars(query)).all()


async def last_push_of(uow: UnitOfWork, branch_id: int, material_id: int, since: datetime) -> Assignment | None:
    query = select(Assignment).where(
        Assignment.branch_id == branch_id, Assignment.material_id == material_id, Assignment.pushed_at >= since
    )
    return (await uow.session.scalars(query.order_by(Assignment.no.desc()).limit(1))).one_or_none()


async def assignment_by_no(uow: UnitOfWork, branch_id: int, no: int) -> Assignment | None:
    query = select(Assignment).where(Assignment.branch_id == branch_id, Assignment.no == no)
    return (await uow.session.scalars(query)).one_or_none()


# What a check-in asks is put together once: that takes longer than asking.
_OPEN = (
    select(
        Assignment.id,
        Assignment.branch_id,
        Assignment.no,
        Material.title,
        Assignment.due_at,
        Assignment.proof,
        Assignment.pushed_at,
    )
    .join(Material, Material.id == Assignment.material_id)
    .where(
        Assignment.branch_id.in_(bindparam("branches", expanding=True)),
        or_(Assignment.due_at >= bindparam("since"), Assignment.no.in_(bindparam("numbers", expanding=True))),
    )
    .order_by(Assignment.no)
)


def _pairs(table: type[Completion | Expected]) -> Select[int, int]:
    return select(table.assignment_id, table.member_id).where(
        table.assignment_id.in_(bindparam("assignments", expanding=True)),
        table.member_id.in_(bindparam("members", expanding=True)),
    )


_COMPLETED, _EXPECTED = _pairs(Completion), _pairs(Expected)


async def readings(
    uow: UnitOfWork, branches: Collection[int], numbers: Collection[int], since: datetime
) -> list[Reading]:
    """The readings of these branches that were not due at ``since``, and those with these numbers, in the order of
    numbers."""
    given = {"branches": list(branches), "numbers": list(numbers), "since": since}
    return [Reading(*row) for row in await uow.session.execute(_OPEN, given)]


async def _pairs_in(
    uow: UnitOfWork, pairs: Select[int, int], assignments: Collection[int], members: Collection[int]
) -> set[tuple[int, int]]:
    rows = await uow.session.execute(pairs, {"assignments": list(assignments), "members": list(members)})
    return {(assignment, member) for assignment, member in rows}


async def completed_pairs(
    uow: UnitOfWork, assignments: Collection[int], members: Collection[int]
) -> set[tuple[int, int]]:
    """(assignment id, member id) of what these members have completed of these."""
    return await _pairs_in(uow, _COMPLETED, assignments, members)


async def summed_up(uow: UnitOfWork, assignments: Collection[int]) -> set[int]:
    """Those of these readings of which only totals are kept."""
    if not assignments:
        return set()
    old = Assignment.pushed_at < await retention.kept_from(uow)
    query = select(Assignment.id).where(Assignment.id.in_(assignments), old)
    return set((await uow.session.scalars(query)).all())


async def need_kept(uow: UnitOfWork, assignments: Collection[int]) -> None:
    """Raises ``UserError`` if only totals are kept of one of these."""
    if await summed_up(uow, assignments):
        raise UserError("这次学习只留了合计,不能再登记或更正。")


async def complete(uow: UnitOfWork, rows: list[dict[str, Any]]) -> set[tuple[int, int]]:
    """Insert completions that aren't there yet; (assignment id, member id) of the new ones. The rows have the same
    columns. Raises ``UserError`` for those of which only totals are kept."""
    assignments, members = {row["assignment_id"] for row in rows}, {row["member_id"] for row in rows}
    held = await tally.hold(uow, assignments)
    await need_kept(uow, {row["assignment_id"] for row in rows if row["late"]})
    asked = await _pairs_in(uow, _EXPECTED, assignments, members)
    whole = [
        {"proved_at": row["at"]} | row | {"extra": (row["assignment_id"], row["member_id"]) not in asked}
        for row in sorted(rows, key=itemgetter("assignment_id", "member_id"))
    ]
    # not ``.values(rows)``: a statement with its rows in it is compiled each time, at a millisecond a row
    statement = upsert(uow.session, Completion).on_conflict_do_nothing(index_elements=["assignment_id", "member_id"])
    rows_in = await uow.session.execute(statement.returning(Completion.assignment_id, Completion.member_id), whole)
    new = {(assignment, member) for assignment, member in rows_in}
    await tally.count(uow, {assignment for assignment, _ in new}.intersection(held))
    return new


async def latest_assignment(uow: UnitOfWork, branch_id: int) -> Assignment | None:
    """The newest that has gone out."""
    query = select(Assignment).where(Assignment.branch_id == branch_id, Assignment.pushed_at <= uow.now)
    return (await uow.session.scalars(query.order_by(Assignment.no.desc()).limit(1))).one_or_none()


async def current(uow: UnitOfWork, branch_ids: Collection[int] | None, since: datetime) -> Sequence[Assignment]:
    """What has gone out and was not due at ``since``, of these branches (None: of all), in the order of numbers."""
    query = select(Assignment).where(Assignment.pushed_at <= uow.now, Assignment.due_at >= since)
    if branch_ids is not None:
        query = query.where(Assignment.branch_id.in_(branch_ids))
    return (await uow.session.scalars(query.order_by(Assignment.branch_id, Assignment.no))).all()


async def open_for(uow: UnitOfWork, branch_id: int, member_id: int) -> Sequence[Row[Assignment, str]]:
    """(assignment, title) of what this member was to read and has not completed, oldest first."""
    done = exists().where(Completion.assignment_id == Assignment.id, Completion.member_id == member_id)
    query = (
        select(Assignment, Material.title)
        .join(Material, Material.id == Assignment.material_id)
        .join(Expected, and_(Expected.assignment_id == Assignment.id, Expected.member_id == member_id))
        .where(Assignment.branch_id == branch_id, Assignment.pushed_at <= uow.now, ~done)
        .order_by(Assignment.no)
    )
    return (await uow.session.execute(query)).all()


async def expected(uow: UnitOfWork, assignment_id: int) -> list[Person]:
    query = (
        select(Member.id, Member.name, Member.left_on)
        .join(Expected, Expected.member_id == Member.id)
        .where(Expected.assignment_id == assignment_id)
        .order_by(Member.id)
    )
    return [Person(*row) for row in await uow.session.execute(query)]


async def completed(uow: UnitOfWork, assignment_id: int) -> Sequence[int]:
    query = select(Completion.member_id).where(Completion.assignment_id == assignment_id)
    return (await uow.session.scalars(query)).all()


async def completions_of(uow: UnitOfWork, branch_id: int, member_id: int) -> Sequence[Completion]:
    query = (
        select(Completion)
        .join(Assignment, Assignment.id == Completion.assignment_id)
        .where(Assignment.branch_id == branch_id, Completion.member_id == member_id)
        .order_by(Completion.at.desc())
    )
    return (await uow.session.scalars(query)).all()


async def locked_completion(uow: UnitOfWork, assignment_id: int, member_id: int) -> Completion | None:
    """The completion, which nobody else changes until the end of the unit of work: its reading is held."""
    await tally.hold(uow, [assignment_id])
    return await uow.session.get(Completion, (assignment_id, member_id), populate_existing=True)


async def lower_proofs(uow: UnitOfWork, assignment_id: int, member_id: int) -> Sequence[LowerProof]:
    """The proofs that were replaced, the highest first."""
    query = select(LowerProof).where(LowerProof.assignment_id == assignment_id, LowerProof.member_id == member_id)
    return (await uow.session.scalars(query.order_by(LowerProof.proof.desc()))).all()


async def take_back(uow: UnitOfWork, found: Completion) -> None:
    """Delete a completion that is locked. Raises ``UserError`` if only totals are kept of its reading."""
    await need_kept(uow, [found.assignment_id])
    await uow.session.delete(found)
    await uow.session.flush()
    await tally.count(uow, [found.assignment_id])


async def due_plans(uow: UnitOfWork, now: datetime, ahead: datetime) -> Sequence[int]:
    """The ids of active plans whose next slot has come, or was worked out when the clock stood after ``ahead``."""
    query = select(Plan.id).where(Plan.state == PlanState.ACTIVE, or_(Plan.next_at <= now, Plan.decided_at > ahead))
    return (await uow.session.scalars(query.order_by(Plan.id))).all()


async def lock_plan(uow: UnitOfWork, plan_id: int) -> Plan | None:
    """The plan, if it is active and nobody else is at it."""
    query = select(Plan).where(Plan.id == plan_id, Plan.state == PlanState.ACTIVE)
    return (await uow.session.scalars(query.with_for_update(key_share=True, skip_locked=True))).one_or_none()


async def take_slot(uow: UnitOfWork, plan_id: int, planned_for: datetime) -> bool:
    """Whether the slot was free: two that ask for one are decided by its key. A missed slot is free."""
    slot = upsert(uow.session, Slot).values(plan_id=plan_id, planned_for=planned_for, state=SlotState.RUN)
    taken = slot.on_conflict_do_update(
        index_elements=["plan_id", "planned_for"],
        set_={"state": SlotState.RUN},
        where=Slot.state == SlotState.MISSED,
    )
    return (await uow.session.execute(taken.returning(Slot.plan_id))).first() is not None


async def miss_slots(uow: UnitOfWork, plan_id: int, moments: Sequence[datetime]) -> int:
    """Note slots that were let go; how many weren't known before."""
    rows = [{"plan_id": plan_id, "planned_for": moment, "state": SlotState.MISSED} for moment in moments]
    return await insert_ignore(uow.session, Slot, rows, ["plan_id", "planned_for"])


async def plans(uow: UnitOfWork, branch_id: int) -> Sequence[Plan]:
    query = select(Plan).where(Plan.branch_id == branch_id, Plan.state != PlanState.ENDED).order_by(Plan.no)
    return (await uow.session.scalars(query)).all()


async def plan_by_no(uow: UnitOfWork, branch_id: int, no: int) -> Plan | None:
    return (await uow.session.scalars(select(Plan).where(Plan.branch_id == branch_id, Plan.no == no))).one_or_none()


async def items_left(uow: UnitOfWork, plan_ids: Collection[int]) -> Sequence[PlanItem]:
    """What these plans have still to push, in their order. What was deleted from the library is passed over."""
    query = (
        select(PlanItem)
        .join(Material, Material.id == PlanItem.material_id)
        .where(PlanItem.plan_id.in_(plan_ids), PlanItem.assignment_id.is_(None), Material.deleted_at.is_(None))
    )
    return (await uow.session.scalars(query.order_by(PlanItem.plan_id, PlanItem.position))).all()


async def materials_left(uow: UnitOfWork, plan_id: int) -> Sequence[Material]:
    """What a plan has still to push, in its order."""
    query = (
        select(Material)
        .join(PlanItem, PlanItem.material_id == Material.id)
        .where(PlanItem.plan_id == plan_id, PlanItem.assignment_id.is_(None), Material.deleted_at.is_(None))
    )
    return (await uow.session.scalars(query.order_by(PlanItem.position))).all()


async def last_position(uow: UnitOfWork, plan_id: int) -> int:
    """The position of the last item of a plan, -1 if it has none."""
    last = (await uow.session.scalars(select(func.max(PlanItem.position)).where(PlanItem.plan_id == plan_id))).one()
    return -1 if last is None else last


async def missed_slots(uow: UnitOfWork, plan_ids: Collection[int]) -> dict[int, int]:
    """How many slots each of these plans has missed."""
    query = select(Slot.plan_id, func.count()).where(Slot.plan_id.in_(plan_ids), Slot.state == SlotState.MISSED)
    rows = await uow.session.execute(query.group_by(Slot.plan_id))
    return {plan_id: count for plan_id, count in rows}  # noqa: C416 dict(rows) would not type


async def plans_with(uow: UnitOfWork, material_id: int) -> Sequence[Plan]:
    """The plans that have still to push this material."""
    query = (
        select(Plan)
        .join(PlanItem, PlanItem.plan_id == Plan.id)
        .where(PlanItem.material_id == material_id, PlanItem.assignment_id.is_(None), Plan.state != PlanState.ENDED)
        .order_by(Plan.no)
        .distinct()
    )
    return (await uow.session.scalars(query)).all()
