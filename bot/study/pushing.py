"""Pushing a material: who should read it, by when, and where it is said. All of it in one unit of work."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.branch import service as branch
from bot.branch import telling
from bot.core.db import UnitOfWork, insert_ignore
from bot.core.errors import UserError
from bot.delivery import outbox
from bot.delivery.transport import Target
from bot.study import views
from bot.study.checking_in import ORIGIN
from bot.study.models import Assignment, Expected, Material


@dataclass(frozen=True)
class Pushed:
    """``leaves_at`` is when it goes out; ``groups`` how many group chats it goes to."""

    assignment: Assignment
    material: Material
    leaves_at: datetime
    groups: int
    readers: int


async def push(
    uow: UnitOfWork, branch_id: int, material: Material, at: datetime | None = None, *, even_at_night: bool = False
) -> Pushed:
    """Assign a material to everybody on the roster and enqueue it for the groups of the branch.

    It leaves at ``at`` (default: now), shifted out of the quiet hours unless ``even_at_night``. Raises ``UserError`` if
    the branch has no group.
    """
    groups = await branch.groups_of(uow, branch_id, below=False)
    if not groups:
        raise UserError("支部还没有绑定群,不知道推到哪里。请在群里发「/开始」。")
    leaves_at = at or uow.now
    if not even_at_night:
        leaves_at = (await telling.quiet_hours(uow, branch_id)).shift(leaves_at)
    days = int(await branch.setting(uow, branch_id, "deadline_days"))
    assignment = Assignment(
        branch_id=branch_id,
        no=await branch.next_number(uow, branch_id, "assignment"),
        material_id=material.id,
        pushed_at=leaves_at,
        due_at=views.end_of_day(leaves_at + timedelta(days=days)),
    )
    uow.session.add(assignment)
    await uow.session.flush()
    readers = await branch.readers(uow, branch_id, branch.today(uow))
    rows = [{"assignment_id": assignment.id, "member_id": reader.member_id} for reader in readers]
    await insert_ignore(uow.session, Expected, rows, ["assignment_id", "member_id"])
    content = views.push(assignment, material)
    messages = [
        outbox.Outgoing(
            branch_id=branch_id,
            target=Target(group.account, "group", group.group_id, group.platform),
            content=content,
            origin=f"{ORIGIN}:{assignment.no}",
            key=f"push:{assignment.id}:group:{group.group_id}",
            prefix="学",
            not_before=leaves_at,
            expires_at=assignment.due_at,
        )
        for group in groups
    ]
    await outbox.enqueue_all(uow, messages)
    return Pushed(assignment, material, leaves_at, len(groups), len(rows))
