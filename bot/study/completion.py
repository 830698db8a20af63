"""Use cases of asking about completions: what is open, and who has and hasn't."""

from collections.abc import Sequence

from sqlalchemy import Row

from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.study import repository
from bot.study.models import Assignment
from bot.study.rules import Standing, standing


async def get(uow: UnitOfWork, branch_id: int, no: int) -> Assignment:
    """Raises ``NotFound``, ``UserError`` where only totals are kept."""
    assignment = await repository.assignment_by_no(uow, branch_id, no)
    if assignment is None:
        raise NotFound(f"没有学习 {no}。发「补学」看看有哪些。")
    return await _kept(uow, assignment)


async def _kept(uow: UnitOfWork, one: Assignment) -> Assignment:
    """The same. Raises ``UserError`` with its totals, where they are all that is kept."""
    if one.due_at >= uow.now or not await repository.summed_up(uow, [one.id]):
        return one
    month, late = f"{one.first_day.year}年{one.first_day.month}月", f"(补学 {one.late} 人)" if one.late else ""
    sums = f"应学 {one.counted} 人,完成 {one.done} 人{late}"
    raise UserError(f"学习 {one.no} 是{month}的,只留了合计:{sums}。名单和登记都已过保留期。")


async def open_items(uow: UnitOfWork, actor: Actor) -> Sequence[Row[Assignment, str]]:
    """(assignment, title) of what the speaker was to read and has not completed, oldest first."""
    if actor.member_id is None:
        return ()
    return await repository.open_for(uow, actor.branch, actor.member_id)


async def standing_of(uow: UnitOfWork, assignment: Assignment) -> Standing:
    """Who has completed it, who hasn't, who doesn't count."""
    people = await repository.expected(uow, assignment.id)
    done = await repository.completed(uow, assignment.id)
    first, last = assignment.first_day, assignment.last_day
    leaves = await branch.leaves_between(uow, [person.member_id for person in people], first, last)
    return standing(people, done, leaves, first, last)


async def latest_or(uow: UnitOfWork, branch_id: int, no: int | None) -> Assignment:
    """The assignment of that number, or the newest. Raises as ``get``."""
    if no is not None:
        return await get(uow, branch_id, no)
    assignment = await repository.latest_assignment(uow, branch_id)
    if assignment is None:
        raise NotFound("还没有推送过学习材料。")
    return await _kept(uow, assignment)


async def others_open(uow: UnitOfWork, assignment: Assignment) -> list[int]:
    """The numbers of the other readings of the branch that aren't due yet."""
    current = await repository.current(uow, [assignment.branch_id], uow.now)
    return [other.no for other in current if other.id != assignment.id]
