"""Reminding those who haven't finished: privately, seldom, never at night."""

from collections.abc import Sequence
from datetime import timedelta

from bot.branch import audit
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.telling import quiet_hours
from bot.core.db import UnitOfWork
from bot.delivery import outbox
from bot.delivery.transport import Target
from bot.study import views
from bot.study.checking_in import ORIGIN
from bot.study.models import Assignment


async def remind(uow: UnitOfWork, actor: Actor, assignment: Assignment, title: str, people: Sequence[int]) -> int:
    """Enqueue one private line to each of these members who can be reached, outside the quiet hours: says how many.

    The key holds the day, so nobody is reminded of one reading twice on a day.
    """
    quiet = await quiet_hours(uow, assignment.branch_id)
    wanted, sent = set(people), 0
    for reader in await branch.readers(uow, assignment.branch_id, branch.today(uow)):
        if reader.member_id not in wanted or reader.account is None:
            continue
        out = outbox.Outgoing(
            branch_id=assignment.branch_id,
            target=Target(reader.account.via or actor.account, "private", reader.account.user_id),
            content=views.reminder(assignment, title),
            origin=f"{ORIGIN}:{assignment.no}",
            key=f"remind:{assignment.id}:{reader.member_id}:{branch.today(uow):%Y%m%d}",
            prefix="催",
            not_before=quiet.shift(uow.now),
            expires_at=uow.now + timedelta(days=1),
        )
        sent += await outbox.enqueue(uow, out) is not None
    await audit.record(uow, actor, "study.remind", subject=f"学习 {assignment.no}", detail={"people": sent})
    return sent
