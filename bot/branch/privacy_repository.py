"""Every query that forgets a person."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, String, cast, delete, func, literal, or_, select, tuple_, update

from bot.branch.models import AuditEntry, Leave, Request, UndoStep
from bot.core.db import UnitOfWork


async def hold(uow: UnitOfWork, accounts: Collection[tuple[str, str]], name: str, member_id: int) -> None:
    """Nobody else decides or takes back meanwhile what these accounts asked for or did, or what bears the name: both
    come before the person."""
    of_theirs = tuple_(Request.platform, Request.user_id).in_(accounts)
    named = or_(*(column.contains(name, autoescape=True) for column in (Request.said, Request.reason)))
    asked = select(Request.id).where(or_(of_theirs, named)).order_by(Request.id)
    await uow.session.execute(asked.with_for_update(key_share=True))
    done = or_(tuple_(UndoStep.platform, UndoStep.user_id).in_(accounts), _steps(name, member_id))
    steps = select(UndoStep.id).where(done).order_by(UndoStep.id)
    await uow.session.execute(steps.with_for_update(key_share=True))


def _steps(name: str, member_id: int) -> ColumnElement[bool]:
    """What would put the name back if it were undone."""
    return or_(
        UndoStep.said.contains(name, autoescape=True),
        UndoStep.payload.contains(f'"member": {member_id},', autoescape=True),
        UndoStep.payload.contains(f'"member": {member_id}}}', autoescape=True),
    )


async def forget_leaves(uow: UnitOfWork, member_id: int) -> None:
    """The days stay, for the totals; why they were away doesn't."""
    await uow.session.execute(update(Leave).where(Leave.member_id == member_id).values(reason=""))


async def forget_accounts(uow: UnitOfWork, platform: str, user_ids: Collection[str], reference: str) -> None:
    """Nothing refers to these accounts any more; what they did before they were bound was done by ``reference``."""
    execute = uow.session.execute
    await execute(delete(UndoStep).where(UndoStep.platform == platform, UndoStep.user_id.in_(user_ids)))
    theirs = update(Request).where(Request.platform == platform, Request.user_id.in_(user_ids))
    await execute(theirs.where(Request.state == "open").values(state="void"))
    nobody = literal("erased:") + cast(Request.id, String)
    await execute(theirs.values(user_id=nobody, display_name="", said="", group_id=""))
    speakers = [f"{platform}:{user_id}" for user_id in user_ids]
    await execute(update(AuditEntry).where(AuditEntry.actor.in_(speakers)).values(actor=reference))


async def forget_name(uow: UnitOfWork, name: str, instead: str, member_id: int) -> None:
    """``instead`` stands for ``name`` in reasons and in what waits for a decision; what would put it back can't be
    undone any more."""
    execute = uow.session.execute
    reasons = update(AuditEntry).where(AuditEntry.reason.contains(name, autoescape=True))
    await execute(reasons.values(reason=func.replace(AuditEntry.reason, name, instead)))
    for column in (Request.said, Request.reason):
        rows = update(Request).where(column.contains(name, autoescape=True))
        await execute(rows.values({column: func.replace(column, name, instead)}))
    await execute(delete(UndoStep).where(_steps(name, member_id)))
