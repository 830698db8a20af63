"""What propagandists type to change a plan that is there: its state, its materials, by what a reading is completed."""

import re

from bot.chat.call import Call, Reply
from bot.chat.numbers import number, ranges
from bot.core.db import UnitOfWork
from bot.quiz import banks
from bot.study import plan_views, plans
from bot.study.models import Plan, PlanState, Proof
from bot.study.rules import PROOFS, proof_named

STATES = {
    "暂停": PlanState.PAUSED,
    "恢复": PlanState.ACTIVE,
    "继续": PlanState.ACTIVE,
    "删除": PlanState.ENDED,
    "取消": PlanState.ENDED,
}


async def change(call: Call, verb: str, rest: str) -> Reply:
    no = number(rest)
    if no is None:
        return f"请写编号,比如:学习计划 {verb} 1"
    async with call.app.database.unit_of_work() as uow:
        changed = await plans.set_state(uow, call.actor, no, STATES[verb], call.app.calendar)
        return plan_views.changed(changed, uow.now)


async def without_questions(uow: UnitOfWork, plan: Plan) -> list[int]:
    """The numbers of the materials that this plan wants answered and that have nothing to answer."""
    return await banks.without(uow, await plans.to_come(uow, plan)) if plan.proof == Proof.QUIZ else []


async def set_proof(call: Call, rest: str) -> Reply:
    found = re.match(r"(\d{1,6})\s*凭?(\S+)", rest)
    proof = proof_named(found[2]) if found else None
    if found is None or proof is None:
        return f"请写计划的编号和完成方式({'、'.join(PROOFS.values())}),比如:学习计划 完成方式 1 答题"
    call.app.pages.check(proof)
    async with call.app.database.unit_of_work() as uow:
        changed = await plans.set_proof(uow, call.actor, int(found[1]), proof)
        lacking = plan_views.no_questions(await without_questions(uow, changed))
    return f"计划 {changed.no}「{changed.name}」以后推送的,都凭{PROOFS[proof]}完成。{lacking}"


async def extend(call: Call, rest: str) -> Reply:
    found = re.match(r"(\d{1,6})\s*资料\s*(.+)", rest)
    if found is None:
        return "请写计划和资料的编号,比如:学习计划 添加 1 资料 20-25"
    async with call.app.database.unit_of_work() as uow:
        changed, left = await plans.extend(uow, call.actor, int(found[1]), ranges(found[2], plans.MOST_ITEMS))
    return f"计划 {changed.no}「{changed.name}」后面加上了,现在还有 {left} 篇。"
