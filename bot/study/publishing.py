"""Saying in the group how a reading stands: that all have finished, or who hasn't, where the branch wants that."""

from datetime import datetime, timedelta

from bot.branch import audit
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.telling import quiet_hours, tell
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.delivery.transport import Target
from bot.study import completion, repository, views
from bot.study.models import Assignment, Material

ON = "开"


async def may_name(uow: UnitOfWork, branch_id: int) -> bool:
    """Whether the branch wants the names of the unfinished in its group."""
    return await branch.setting(uow, branch_id, "name_unfinished_in_group") == ON


async def name_unfinished(uow: UnitOfWork, actor: Actor, no: int) -> datetime:
    """Say in the groups of the branch who hasn't completed the reading ``no``, outside the quiet hours; when. Raises
    ``NotFound``, ``UserError``."""
    assignment = await completion.get(uow, actor.branch, no)
    found = await completion.standing_of(uow, assignment)
    if not found.open:
        raise UserError(f"学习 {no} 都完成了,没有要公布的。")
    material = await uow.session.get_one(Material, assignment.material_id)
    text = f"{views.standing(assignment, material.title, found)}:\n{views.names(found.open)}"
    await _say(uow, assignment, text, f"named:{assignment.id}:{uow.now.isoformat()}")
    await audit.record(uow, actor, "study.named", subject=f"学习 {no}", detail={"people": len(found.open)})
    return (await quiet_hours(uow, assignment.branch_id)).shift(uow.now)


async def announce_completed(uow: UnitOfWork) -> None:
    """Say once of each reading that everybody has completed it, in the groups of branches that want to hear it."""
    wanting = await branch.having(uow, "announce_completed", ON)
    if not wanting:
        return
    for assignment in await repository.current(uow, wanting, uow.now - timedelta(days=1)):
        found = await completion.standing_of(uow, assignment)
        if found.done and not found.open:
            text = f"🎉 学习 {assignment.no} 已全部完成({found.progress})。"
            await _say(uow, assignment, text, f"completed:{assignment.id}")


async def _say(uow: UnitOfWork, assignment: Assignment, text: str, key: str) -> None:
    for group in await branch.groups_of(uow, assignment.branch_id):
        target = Target(group.account, "group", group.group_id, group.platform)
        await tell(uow, assignment.branch_id, target, text, f"{key}:{group.group_id}", "study.standing")
