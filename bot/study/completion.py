"""Use cases of asking about completions: what is open, and who has and hasn't."""

from collections.abc import Sequence
from datetime import date

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
    if assignment.due_at < uow.now and await repository.summed_up(uow, [assignment.id]):
        raise UserError(old(no, assignment.first_day))
    return assignment


def old(no: int, day: date) -> str:
    """What is said to whoever asks for a reading of which only totals are kept."""
    return f"学习 {no} 是{day.year}年{day.month}月的,只留了合计。书记发「统计 {day.year}年{day.month}月」看。"


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
    """The assignment of that number, or the newest. Raises ``NotFound``."""
    if no is not None:
        return await get(uow, branch_id, no)
    assignment = await repository.latest_assignment(uow, branch_id)
    if assignment is None:
        raise NotFound("还没有推送过学习材料。")
    return assignment


async def others_open(uow: UnitOfWork, assignment: Assignment) -> list[int]:
    """The numbers of the other readings of the branch that aren't due yet."""
    current = await repository.current(uow, [assignment.branch_id], uow.now)
    return [other.no for other in current if other.id != assignment.id]
