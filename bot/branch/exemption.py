"""Use cases of 免学: from the day on which it is given until it is ended, somebody is not expected to study.

The days are kept like those of a leave, so months that are over keep their figures; ``Member.exempt_reason`` says
whether it is so now.
"""

from datetime import date, timedelta

from bot.branch import audit, counting, undo
from bot.branch import roster_repository as repository
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Leave, Member
from bot.branch.roster import REASON_LENGTH, subject
from bot.core.db import UnitOfWork
from bot.core.errors import UserError

KIND = "roster.exempt"


async def exempt(uow: UnitOfWork, actor: Actor, member: Member, reason: str) -> None:
    """Take a member out of what is expected from today on, on a stated ground. Of somebody exempt already the ground
    changes. Raises ``UserError``."""
    reason = " ".join(reason.split())
    if not reason:
        raise UserError(f"请写明依据,比如:免学 {member.name} 年老体弱,支委会11月3日同意")
    if len(reason) > REASON_LENGTH:
        raise UserError(f"依据请写在 {REASON_LENGTH} 字以内。")
    today = branch.today(uow)
    span = await repository.exemption(uow, member.id, today)
    before = _kept(span)
    if span is None:
        span = Leave(member_id=member.id, first_day=today, last_day=date.max, exempt=True, created_at=uow.now)
        uow.session.add(span)
    span.reason = reason
    await uow.session.flush()
    await _remember(uow, actor, member, span.id, before, reason, f"{member.name}免学")
    await counting.changed(uow, [member.id], span.first_day)
    await audit.record(uow, actor, "roster.exempt", subject(member), reason)


async def resume(uow: UnitOfWork, actor: Actor, member: Member, reason: str = "") -> None:
    """End an exemption: they are expected from today on. Raises ``UserError``."""
    today = branch.today(uow)
    span = await repository.exemption(uow, member.id, today)
    if span is None:
        raise UserError(f"{member.name}没有登记免学,本来就计入应学。")
    before = _kept(span)
    if span.first_day < today:
        span.last_day = today - timedelta(days=1)
    else:
        await uow.session.delete(span)
    await _remember(uow, actor, member, span.id, before, "", f"{member.name}恢复学习")
    await counting.changed(uow, [member.id], today)
    await audit.record(uow, actor, "roster.resume", subject(member), reason)


def _kept(span: Leave | None) -> list[str] | None:
    return None if span is None else [span.first_day.isoformat(), span.last_day.isoformat(), span.reason]


async def _remember(
    uow: UnitOfWork, actor: Actor, member: Member, span: int, before: list[str] | None, now: str, said: str
) -> None:
    payload = {"member": member.id, "span": span, "before": before, "old": member.exempt_reason, "new": now}
    member.exempt_reason = now
    await undo.remember(uow, actor, KIND, payload, said)


async def put_back(uow: UnitOfWork, actor: Actor, payload: undo.Payload) -> None:
    """Undo either. Raises ``UserError`` where it was changed again since."""
    member = await uow.session.get_one(Member, payload["member"])
    if member.exempt_reason != payload["new"]:
        raise UserError("后来又改过,撤销不了。")
    member.exempt_reason = payload["old"]
    span = await uow.session.get(Leave, payload["span"])
    since = span.first_day if span is not None else branch.today(uow)
    if payload["before"] is None:
        if span is not None:
            await uow.session.delete(span)
    else:
        first, last, reason = payload["before"]
        if span is None or span.member_id != member.id:
            span = Leave(member_id=member.id, exempt=True, created_at=uow.now)
            uow.session.add(span)
        span.first_day, span.last_day, span.reason = date.fromisoformat(first), date.fromisoformat(last), reason
        since = min(since, span.first_day)
    await counting.changed(uow, [member.id], since)
