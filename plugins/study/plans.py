"""What propagandists type to push on a schedule."""

import re

from bot.chat.call import Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.core.errors import UserError
from bot.scheduling.recurrence import EXAMPLES, split_recurrence
from bot.scheduling.words import say_moment
from bot.study import pushing, repository
from bot.study.models import PlanState
from plugins.study.numbers import number

commands = CommandSet("study")


@commands.command(
    "学习计划",
    who=Who.EDITOR,
    usage="学习计划 [新建 <名称> <时间> 资料 <编号>|列表|暂停|恢复|删除]",
    summary="按时间表推送",
)
async def plan(call: Call) -> Reply:
    verb, _, rest = call.args.partition(" ")
    states = {"暂停": PlanState.PAUSED, "恢复": PlanState.ACTIVE, "删除": PlanState.ENDED}
    if verb == "新建":
        return await new_plan(call, rest)
    async with call.app.database.unit_of_work() as uow:
        if verb in states:
            no = number(rest)
            if no is None:
                return f"请写编号,比如:学习计划 {verb} 1"
            changed = await pushing.set_plan_state(uow, call.actor, no, states[verb], call.app.calendar)
            following = f",下次 {say_moment(changed.next_at, uow.now)}" if changed.next_at else ""
            return f"计划 {no}「{changed.name}」已{verb}{following}。"
        rows = await repository.plans(uow, call.actor.branch)
        lines = []
        for one in rows:
            left, missed = len(await repository.items_left(uow, one.id)), await repository.missed_slots(uow, one.id)
            state = f"下次 {say_moment(one.next_at, uow.now)}" if one.next_at else "已暂停"
            lines.append(f"{one.no}. {one.name}:{state},还有 {left} 篇" + (f",错过 {missed} 次" if missed else ""))
    return "\n".join(lines) or "还没有学习计划。比如:学习计划 新建 党章学习 每个工作日8点 资料 3-12"


async def new_plan(call: Call, text: str) -> Reply:
    recurrence, before, after = split_recurrence(text, call.app.clock.now())
    if recurrence is None or not before:
        return f"请写名称和时间,比如:学习计划 新建 党章学习 每个工作日8点 资料 3-12\n{EXAMPLES}"
    numbers: list[int] = []
    for first, last in re.findall(r"(\d{1,6})(?:\s*[-~到至]\s*(\d{1,6}))?", after):
        end = int(last or first)
        if end - int(first) > 200:
            raise UserError("一个计划最多 200 篇资料,请分成几个计划。")
        numbers += range(int(first), end + 1)
    async with call.app.database.unit_of_work() as uow:
        made = await pushing.create_plan(uow, call.actor, before, recurrence, numbers, call.app.calendar)
        assert made.next_at is not None
        when = (
            f"{recurrence.describe()},下次 {say_moment(made.next_at, uow.now)}{call.app.calendar.caveat(made.next_at)}"
        )
    return f"计划 {made.no}「{made.name}」已建立:{len(numbers)} 篇,{when}。\n要停发「学习计划 暂停 {made.no}」。"
