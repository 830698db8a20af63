"""Use cases of the scheme: which indicators are in force, and changing them as a whole or one by one."""

from collections.abc import Sequence

from bot.assessment import repository, rules
from bot.assessment.models import OwnIndicator
from bot.assessment.rules import Indicator, Per, Scheme, What
from bot.branch import audit, rights, undo
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Branch
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError


async def in_force(uow: UnitOfWork, here: Branch) -> Scheme:
    """The branch's own scheme, else that of the nearest branch above, else the ready-made one."""
    chain = list(reversed(branch.ids_on(here.path)))
    own = await repository.indicators(uow, chain)
    whose = next((one for one in chain if one in own), None)
    if whose is None:
        return rules.ready_made()
    rows = [Indicator(i.no, i.name, What(i.what), i.weight, i.target, i.note, Per(i.per)) for i in own[whose]]
    name = "本支部的方案" if whose == here.id else f"上级「{(await branch.get(uow, whose)).name}」的方案"
    return Scheme(tuple(rows), name)


async def replace(uow: UnitOfWork, actor: Actor, indicators: Sequence[Indicator]) -> None:
    """Make these the branch's own scheme; without any, go back to that of above. Can be undone. Raises
    ``NotAllowed``."""
    here = await branch.get(uow, actor.branch)
    await rights.need_leader(uow, actor, here)
    before = (await repository.indicators(uow, [here.id])).get(here.id, [])
    kept = [[i.name, i.what, i.weight, i.target, i.note, i.per] for i in before]
    await _put(uow, here.id, indicators)
    detail = {"indicators": len(indicators), "weight": sum(one.weight for one in indicators)}
    await audit.record(uow, actor, "assessment.scheme", f"branch:{here.id}", detail=detail)
    await undo.remember(uow, actor, "assessment.scheme", {"branch": here.id, "before": kept}, "改考核方案")


async def put_back(uow: UnitOfWork, actor: Actor, payload: undo.Payload) -> None:
    """Undo ``replace``."""
    rows = [
        Indicator(no, name, What(what), weight, target, note, *map(Per, per))
        for no, (name, what, weight, target, note, *per) in enumerate(payload["before"], 1)
    ]
    await _put(uow, int(payload["branch"]), rows)


async def add(uow: UnitOfWork, actor: Actor, new: Indicator) -> Scheme:
    """Put one more at the end, or change the one of that name. Raises ``NotAllowed`` or ``UserError``."""
    scheme = await in_force(uow, await branch.get(uow, actor.branch))
    rows = [new if one.name == new.name else one for one in scheme.indicators]
    if new not in rows:
        rows.append(new)
    if len(rows) > rules.MOST:
        raise UserError(f"最多 {rules.MOST} 个指标。")
    await replace(uow, actor, rows)
    return await in_force(uow, await branch.get(uow, actor.branch))


async def remove(uow: UnitOfWork, actor: Actor, no: int) -> str:
    """Take one out; its name. Raises ``NotAllowed``, ``NotFound`` or ``UserError``."""
    scheme = await in_force(uow, await branch.get(uow, actor.branch))
    gone = numbered(scheme, no)
    rest = [one for one in scheme.indicators if one.no != no]
    if not rest:
        raise UserError("至少留一个指标。要用回现成的方案,发「考核 恢复」。")
    await replace(uow, actor, rest)
    return gone.name


def numbered(scheme: Scheme, no: int) -> Indicator:
    """Raises ``NotFound``."""
    found = next((one for one in scheme.indicators if one.no == no), None)
    if found is None:
        raise NotFound(f"没有指标 {no}。发「考核 方案」看有哪些。")
    return found


async def _put(uow: UnitOfWork, branch_id: int, indicators: Sequence[Indicator]) -> None:
    await repository.drop_indicators(uow, branch_id)
    uow.session.add_all(
        OwnIndicator(
            branch_id=branch_id,
            no=no,
            name=one.name,
            what=one.what.value,
            weight=one.weight,
            target=one.target,
            per=one.per.value,
            note=one.note,
        )
        for no, one in enumerate(indicators, 1)
    )
    await uow.session.flush()
