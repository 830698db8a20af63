"""Use cases of 免学: on the days for which it is given, somebody is not expected to study.

The days are kept like those of a leave, so what is over keeps its figures unless the days themselves are over too.
No two exemptions of a member share a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.branch import audit, counting, retention, undo
from bot.branch import roster_repository as repository
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Leave, Member
from bot.branch.roster import REASON_LENGTH, subject
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.scheduling.period import Period

KIND = "exemption"

Days = list[tuple[str, str, str]]
"""(first day, last day, reason) of each exemption of a member, the earliest first, as undoing keeps them."""


@dataclass(frozen=True)
class Exempted:
    """``days`` are those that hold now; ``before`` those that they took the place of, if any."""

    days: Period
    before: Period | None
    reason: str

    @property
    def since(self) -> date:
        """From when on somebody counts otherwise."""
        return min(self.days.first, self.before.first) if self.before is not None else self.days.first


async def exempt(uow: UnitOfWork, actor: Actor, member: Member, days: Period | None, reason: str) -> Exempted:
    """Take a member out of what is expected on these days, on a stated ground; they take the place of exemptions that
    they touch. Without days: from today on until further notice, and of somebody exempt already only the ground
    changes. Raises ``UserError``."""
    reason = " ".join(reason.split())
    if not reason:
        raise UserError(f"请写明依据,比如:免学 {member.name} 年老体弱,支委会11月3日同意")
    if len(reason) > REASON_LENGTH:
        raise UserError(f"依据请写在 {REASON_LENGTH} 字以内。")
    if days is not None:
        await retention.need_kept(uow, days.first)
    await counting.hold(uow, [member.id])
    today, known = branch.today(uow), await repository.exemptions(uow, member.id)
    before = _days(known)
    if days is None:
        now = (Period(one.first_day, one.last_day) for one in known if one.first_day <= today <= one.last_day)
        days = next(now, Period(today, date.max))
    touched = [one for one in known if one.first_day <= days.last and one.last_day >= days.first]
    span, *others = touched or [Leave(member_id=member.id, exempt=True, created_at=uow.now)]
    replaced = Period(span.first_day, touched[-1].last_day) if touched else None
    for one in others:
        await uow.session.delete(one)
    span.first_day, span.last_day, span.reason = days.first, days.last, reason
    uow.session.add(span)
    done = Exempted(days, replaced, reason)
    await _changed(uow, actor, member, before, done.since, f"{member.name}免学")
    detail = {"first": days.first.isoformat(), "last": days.last.isoformat()}
    await audit.record(uow, actor, "roster.exempt", subject(member), reason, detail=detail)
    return done


async def resume(uow: UnitOfWork, actor: Actor, member: Member, day: date, reason: str = "") -> None:
    """End an exemption, and drop one to come: they are expected from ``day`` on. Raises ``UserError``."""
    await retention.need_kept(uow, day)
    await counting.hold(uow, [member.id])
    known = await repository.exemptions(uow, member.id)
    before = _days(known)
    ended = [one for one in known if one.last_day >= day]
    if not ended:
        raise UserError(f"{member.name}没有登记免学,本来就计入应学。")
    for one in ended:
        if one.first_day < day:
            one.last_day = day - timedelta(days=1)
        else:
            await uow.session.delete(one)
    await _changed(uow, actor, member, before, day, f"{member.name}恢复学习")
    await audit.record(uow, actor, "roster.resume", subject(member), reason, detail={"first": day.isoformat()})


def _days(spans: Sequence[Leave]) -> Days:
    return [(one.first_day.isoformat(), one.last_day.isoformat(), one.reason) for one in spans]


async def _changed(uow: UnitOfWork, actor: Actor, member: Member, before: Days, since: date, said: str) -> None:
    await uow.session.flush()
    now = _days(await repository.exemptions(uow, member.id))
    payload = {"member": member.id, "before": before, "now": now, "since": since.isoformat()}
    await undo.remember(uow, actor, KIND, payload, said)
    await counting.changed(uow, [member.id], since)


async def put_back(uow: UnitOfWork, _actor: Actor, payload: undo.Payload) -> None:
    """Undo either. Raises ``UserError`` where it was changed again since."""
    member = await uow.session.get_one(Member, payload["member"])
    await counting.hold(uow, [member.id])
    known = await repository.exemptions(uow, member.id)
    if [list(one) for one in _days(known)] != payload["now"]:
        raise UserError("后来又改过,撤销不了。")
    for one in known:
        await uow.session.delete(one)
    for first, last, reason in payload["before"]:
        days = {"first_day": date.fromisoformat(first), "last_day": date.fromisoformat(last), "reason": reason}
        uow.session.add(Leave(member_id=member.id, exempt=True, created_at=uow.now, **days))
    await counting.changed(uow, [member.id], date.fromisoformat(payload["since"]))
