"""Completions that a leader enters for somebody: with a reason, on record, undoable."""

from collections.abc import Sequence

from sqlalchemy import Row

from bot.branch import audit, roster, undo
from bot.branch.actor import Actor
from bot.branch.models import Member
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.study import completion, proving, repository
from bot.study.models import Assignment, Method

REASON_LENGTH = 200


async def open_for(uow: UnitOfWork, actor: Actor, member: Member) -> Sequence[Row[Assignment, str]]:
    """(assignment, title) of what this member has not completed, oldest first."""
    return await repository.open_for(uow, actor.branch, member.id)


async def enter(uow: UnitOfWork, actor: Actor, member: Member, no: int, reason: str) -> Assignment:
    """Record that ``member`` has completed the reading ``no``. Raises ``NotFound``, ``UserError``."""
    reason = " ".join(reason.split())
    if not reason:
        raise UserError(f"请写上原因,比如:补登 {member.name} 学习 {no} 手机坏了")
    if len(reason) > REASON_LENGTH:
        raise UserError(f"原因请写在 {REASON_LENGTH} 字以内。")
    assignment = await completion.get(uow, actor.branch, no)
    row = {
        "assignment_id": assignment.id,
        "member_id": member.id,
        "at": uow.now,
        "method": Method.MANUAL.value,
        "late": uow.now > assignment.due_at,
        "message_id": "",
        "proof": assignment.proof,
    }
    if not await repository.complete(uow, [row]):
        raise UserError(f"{member.name}的学习 {no} 已经登记过了,不用补登。")
    await audit.record(uow, actor, "study.manual", roster.subject(member), reason, {"no": no})
    payload = {"assignment": assignment.id, "member": member.id}
    await undo.remember(uow, actor, "study.manual", payload, f"补登{member.name} 学习 {no}")
    return assignment


async def take_out(uow: UnitOfWork, actor: Actor, payload: undo.Payload) -> None:
    """Undo ``enter``. Raises ``UserError`` if there is nothing left to undo."""
    found = await repository.locked_completion(uow, int(payload["assignment"]), int(payload["member"]))
    if found is None or found.method != Method.MANUAL:
        raise UserError("这条补登已经不在了。")
    assignment = await uow.session.get_one(Assignment, found.assignment_id)
    await proving.step_down(uow, found)
    subject = f"member:{found.member_id}"
    await audit.record(
        uow, actor, "study.manual_undone", subject, detail={"no": assignment.no}, branch_id=assignment.branch_id
    )
