"""What propagandists type to push on a schedule."""

import re

from bot.branch.telling import quiet_hours
from bot.chat.call import Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import ranges
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.scheduling.recurrence import EXAMPLES, Recurrence, split_recurrence
from bot.study import feeds, materials, plan_views, plans
from bot.study.models import Plan, Proof
from bot.study.rules import split_proof
from plugins.study.plan_changes import STATES, change, extend, set_proof, without_questions
from plugins.study.plan_file import ask_for_file
from plugins.study.pushing import split_below

commands = CommandSet("study")


@commands.command(
    "学习计划",
    who=Who.EDITOR,
    usage="学习计划 [新建 <名称> <时间> 资料 <编号> 或 来源 <编号> [凭阅读页|凭答题|凭心得|凭到会]"
    "|导入|列表|暂停|恢复|添加|完成方式|删除]",
    example="学习计划 新建 每日一学 每个工作日8点 资料 3-12",
    summary="按时间表推送",
)
async def plan(call: Call) -> Reply:
    found = re.match(r"(\S*?)(?=[\s\d]|$)", call.args)
    verb, rest = (found[1], call.args[found.end() :].strip()) if found else ("", "")
    if verb in ("新建", "新增"):
        return await new_plan(call, rest)
    if verb == "导入":
        return await ask_for_file(call, rest)
    if verb == "添加":
        return await extend(call, rest)
    if verb in STATES:
        return await change(call, verb, rest)
    if verb == "完成方式":
        return await set_proof(call, rest)
    if verb in ("", "列表"):
        async with call.app.database.reading() as uow:
            return plan_views.listed(await plans.listed(uow, call.actor.branch), uow.now)
    raise UserError(
        f"没有「学习计划 {verb[:10]}」。可以发:学习计划 新建、导入、列表、暂停、恢复、添加、完成方式、删除。"
    )


async def new_plan(call: Call, text: str) -> Reply:
    recurrence, before, after = split_recurrence(text, call.app.clock.now())
    if recurrence is None or not before:
        return f"请写名称和时间,比如:学习计划 新建 党章学习 每个工作日8点 资料 3-12\n{EXAMPLES}"
    below, after = split_below(after)
    proof, after = split_proof(after)
    call.app.pages.check(proof)
    if sourced := re.fullmatch(r"(?:来源|订阅)\s*(\d{1,6})号?", after):
        return await new_feed(call, before, recurrence, int(sourced[1]), below=below, proof=proof)
    searched = re.match(r"(?:搜索|关键词|查)\s*(.+)", after)
    wanted = await materials.query(searched[1].strip()) if searched else None
    async with call.app.database.unit_of_work() as uow:
        if wanted is not None:
            numbers = list(await materials.numbers(uow, call.actor.branch, wanted, plans.MOST_ITEMS))
            if not numbers:
                raise UserError(f"资料库里没有找到「{wanted.words[:20]}」,计划没有建立。")
        else:
            numbers = ranges(after, plans.MOST_ITEMS)
        made = await plans.series(
            uow, call.actor, before, recurrence, numbers, call.app.calendar, below=below, proof=proof
        )
        return await _made(call, uow, made, recurrence, f"{len(numbers)} 篇")


async def new_feed(
    call: Call, name: str, recurrence: Recurrence, source_no: int, *, below: bool, proof: Proof
) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        made, source = await feeds.begin(
            uow, call.actor, name, recurrence, source_no, call.app.calendar, below=below, proof=proof
        )
        return await _made(call, uow, made, recurrence, plan_views.fed_by(source))


async def _made(call: Call, uow: UnitOfWork, made: Plan, recurrence: Recurrence, what: str) -> str:
    assert made.next_at is not None
    quiet = await quiet_hours(uow, call.actor.branch)
    caveat = call.app.calendar.caveat(made.next_at) if recurrence.of_workdays else ""
    text = plan_views.made(made, recurrence.describe(), what, uow.now, quiet, caveat)
    return text + plan_views.no_questions(await without_questions(uow, made))
