"""Plans: materials on a recurrence, or each at a moment of its own. What the clock makes of them is in ``running``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.branch import audit
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.scheduling.calendar import WorkdayCalendar
from bot.scheduling.recurrence import Recurrence
from bot.study import feeds_repository, repository
from bot.study.models import Material, Plan, PlanItem, PlanState, Proof

MOST_ITEMS = 200
"""Materials in one plan."""
NOTHING_TO_ANSWER = "来源推来的文章没有题目,不能凭答题完成。请换一种完成方式,比如打卡。"


@dataclass(frozen=True)
class Listed:
    """A plan as it stands: how many materials are left, how many slots were missed, which source feeds it."""

    plan: Plan
    left: int
    missed: int
    source: str = ""


async def series(
    uow: UnitOfWork,
    actor: Actor,
    name: str,
    recurrence: Recurrence,
    numbers: Sequence[int],
    calendar: WorkdayCalendar,
    *,
    below: bool = False,
    proof: Proof = Proof.WORD,
) -> Plan:
    """Materials one after the other on a recurrence. Raises ``NotFound`` if one doesn't exist, ``UserError``."""
    materials = await _materials(uow, actor, numbers)
    plan = await empty(uow, actor, name, recurrence, calendar, below=below, proof=proof)
    uow.session.add_all(PlanItem(plan_id=plan.id, position=i, material_id=m.id) for i, m in enumerate(materials))
    await uow.session.flush()
    return plan


async def empty(
    uow: UnitOfWork,
    actor: Actor,
    name: str,
    recurrence: Recurrence,
    calendar: WorkdayCalendar,
    *,
    below: bool,
    proof: Proof,
) -> Plan:
    """A plan on a recurrence without anything to push yet."""
    first = recurrence.next_after(uow.now, calendar)
    return await _create(uow, actor, name, recurrence.to_json(), first, below, proof)


async def dated(
    uow: UnitOfWork,
    actor: Actor,
    name: str,
    items: Sequence[tuple[datetime, Material]],
    *,
    below: bool = False,
    proof: Proof = Proof.WORD,
) -> Plan:
    """Materials each at its own moment; no two moments may be the same. All lie ahead."""
    ordered = sorted(items, key=lambda item: item[0])
    plan = await _create(uow, actor, name, "", ordered[0][0], below, proof)
    uow.session.add_all(
        PlanItem(plan_id=plan.id, position=i, material_id=material.id, at=at)
        for i, (at, material) in enumerate(ordered)
    )
    await uow.session.flush()
    return plan


async def extend(uow: UnitOfWork, actor: Actor, no: int, numbers: Sequence[int]) -> tuple[Plan, int]:
    """Append materials to a series; the plan, and how many it has now before it. Raises ``NotFound``, ``UserError``."""
    plan = await get(uow, actor, no)
    if not plan.recurrence:
        raise UserError("这个计划的每一篇都有自己的时间,不能往后加。请另发「推送 资料 12 明天8点」。")
    materials = await _materials(uow, actor, numbers)
    left = len(await repository.items_left(uow, [plan.id]))
    if left + len(materials) > MOST_ITEMS:
        raise UserError(f"一个计划最多 {MOST_ITEMS} 篇资料,请分成几个计划。")
    first = await repository.last_position(uow, plan.id) + 1
    uow.session.add_all(
        PlanItem(plan_id=plan.id, position=first + i, material_id=m.id) for i, m in enumerate(materials)
    )
    await uow.session.flush()
    await audit.record(uow, actor, "plan.extend", subject=f"计划 {no}", detail={"materials": list(numbers)})
    return plan, left + len(materials)


async def set_state(uow: UnitOfWork, actor: Actor, no: int, state: PlanState, calendar: WorkdayCalendar) -> Plan:
    """Pause, resume or end a plan. Raises ``NotFound``, and ``UserError`` where nothing is left to resume."""
    plan = await get(uow, actor, no)
    plan.next_at = await _next(uow, plan, calendar) if state is PlanState.ACTIVE else None
    plan.state, plan.decided_at = state, uow.now
    await audit.record(uow, actor, f"plan.{state.value}", subject=f"计划 {no}")
    return plan


async def get(uow: UnitOfWork, actor: Actor, no: int) -> Plan:
    """A plan that hasn't ended. Raises ``NotFound``."""
    plan = await repository.plan_by_no(uow, actor.branch, no)
    if plan is None or plan.state == PlanState.ENDED:
        raise NotFound(f"没有进行中的计划 {no}。发「学习计划 列表」看看有哪些。")
    return plan


async def listed(uow: UnitOfWork, branch_id: int) -> list[Listed]:
    """The plans of a branch that haven't ended, oldest first."""
    found = await repository.plans(uow, branch_id)
    ids = [plan.id for plan in found]
    missed = await repository.missed_slots(uow, ids)
    left = [item.plan_id for item in await repository.items_left(uow, ids)]
    sources = await feeds_repository.sources_of(uow, ids)
    return [Listed(one, left.count(one.id), missed.get(one.id, 0), sources.get(one.id, "")) for one in found]


async def _materials(uow: UnitOfWork, actor: Actor, numbers: Sequence[int]) -> list[Material]:
    if not numbers:
        raise UserError("计划里还没有资料。比如:学习计划 新建 党章学习 每个工作日8点 资料 3-12")
    if len(numbers) > MOST_ITEMS:
        raise UserError(f"一个计划最多 {MOST_ITEMS} 篇资料,请分成几个计划。")
    known = {material.no: material for material in await repository.materials_by_no(uow, actor.branch, numbers)}
    missing = [str(no) for no in numbers if no not in known]
    if missing:
        raise NotFound(f"没有资料 {'、'.join(missing[:5])},计划没有改动。发「资料」看看有哪些。")
    return [known[no] for no in numbers]


async def set_proof(uow: UnitOfWork, actor: Actor, no: int, proof: Proof) -> Plan:
    """What the readings that a plan has still to push will need. Raises ``NotFound``, ``UserError``."""
    plan = await get(uow, actor, no)
    if proof is Proof.QUIZ and await feeds_repository.sources_of(uow, [plan.id]):
        raise UserError(NOTHING_TO_ANSWER)
    await audit.record(uow, actor, "plan.proof", subject=f"计划 {no}", detail={"old": plan.proof, "new": proof})
    plan.proof = proof
    return plan


async def to_come(uow: UnitOfWork, plan: Plan) -> Sequence[Material]:
    """The materials that a plan has still to push, in its order."""
    return await repository.materials_left(uow, plan.id)


async def _create(
    uow: UnitOfWork, actor: Actor, name: str, recurrence: str, next_at: datetime, below: bool, proof: Proof
) -> Plan:
    plan = Plan(
        branch_id=actor.branch,
        no=await branch.next_number(uow, actor.branch, "plan"),
        name=name[:80],
        recurrence=recurrence,
        below=below,
        proof=proof,
        state=PlanState.ACTIVE,
        next_at=next_at,
        decided_at=uow.now,
        created_at=uow.now,
    )
    uow.session.add(plan)
    await uow.session.flush()
    await audit.record(uow, actor, "plan.create", subject=f"计划 {plan.no}")
    return plan


async def _next(uow: UnitOfWork, plan: Plan, calendar: WorkdayCalendar) -> datetime:
    if plan.recurrence:
        return Recurrence.from_json(plan.recurrence).next_after(uow.now, calendar)
    left = await repository.items_left(uow, [plan.id])
    ahead = [item.at for item in left if item.at is not None and item.at > uow.now]
    if not ahead:
        raise UserError(f"计划 {plan.no} 的时间都已经过了,不能恢复。可以再发「推送 资料 编号 时间」。")
    return min(ahead)
