"""Use cases of being away: while on leave a member is not counted."""

from datetime import date, timedelta

from bot.branch import audit, counting, retention, undo
from bot.branch import roster_repository as repository
from bot.branch import service as branch
from bot.branch.actor import LEADERS, Actor
from bot.branch.models import Leave, Member
from bot.branch.roster import REASON_LENGTH, subject
from bot.core.db import UnitOfWork
from bot.core.errors import UserError


async def take(uow: UnitOfWork, actor: Actor, member: Member, first: date, last: date, reason: str) -> Leave:
    """Note that ``member`` is away from ``first`` to ``last``, both included. Days that have gone by are for a leader.

    Raises ``UserError``.
    """
    if not reason:
        raise UserError("请写上事由,比如:请假 出差 11月25日到28日")
    if len(reason) > REASON_LENGTH:
        raise UserError(f"事由请写在 {REASON_LENGTH} 字以内。")
    if first < branch.today(uow) and not actor.may(LEADERS):
        raise UserError("已经过去的日子请书记来补记。")
    await retention.need_kept(uow, first)
    await counting.hold(uow, [member.id])
    for known in await repository.leaves_from(uow, member.id, first):
        if known.first_day <= first and known.last_day >= last:
            raise UserError(f"{known.first_day.month}月{known.first_day.day}日起已经请过假了。")
    leave = Leave(member_id=member.id, first_day=first, last_day=last, reason=reason, created_at=uow.now)
    uow.session.add(leave)
    await counting.changed(uow, [member.id], first)
    await audit.record(uow, actor, "leave.take", subject(member), detail={"leave": leave.id})
    await undo.remember(uow, actor, "leave.take", {"leave": leave.id}, f"{member.name}请假")
    return leave


async def end(uow: UnitOfWork, actor: Actor, member: Member) -> None:
    """Back from today on: a running leave ended yesterday, one to come is dropped. Raises ``UserError`` without any."""
    today = branch.today(uow)
    await counting.hold(uow, [member.id])
    leaves = await repository.leaves_from(uow, member.id, today)
    if not leaves:
        raise UserError(f"{member.name}现在没有请假。")
    before = [[leave.id, leave.first_day.isoformat(), leave.last_day.isoformat(), leave.reason] for leave in leaves]
    for leave in leaves:
        if leave.first_day < today:
            leave.last_day = today - timedelta(days=1)
        else:
            await uow.session.delete(leave)
    await counting.changed(uow, [member.id], today)
    await audit.record(uow, actor, "leave.end", subject(member), detail={"leaves": [leave.id for leave in leaves]})
    await undo.remember(uow, actor, "leave.end", {"member": member.id, "leaves": before}, f"{member.name}销假")


async def resume(uow: UnitOfWork, actor: Actor, payload: undo.Payload) -> None:
    """Undo ``end``: they are away again as before."""
    await counting.hold(uow, [payload["member"]])
    for leave_id, first, last, reason in payload["leaves"]:
        leave = await uow.session.get(Leave, leave_id)
        if leave is None or leave.member_id != payload["member"]:
            leave = Leave(member_id=payload["member"], first_day=date.fromisoformat(first), created_at=uow.now)
            uow.session.add(leave)
        leave.last_day, leave.reason = date.fromisoformat(last), reason
    first_days = [date.fromisoformat(first) for _, first, _, _ in payload["leaves"]]
    await counting.changed(uow, [payload["member"]], min(first_days))
