"""What people type about the year's goals and about what they have taken on."""

from bot.branch import people
from bot.branch import service as branch
from bot.chat.call import Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.core.errors import UserError
from bot.meeting import circle, resolutions, tasks
from bot.meeting.models import TaskKind

commands = CommandSet("meeting")

_NEW = ("新建", "新增", "添加")


@commands.command(
    "目标",
    "年度目标",
    who=Who.MEMBER,
    usage="目标 · 目标 新建 <内容> 负责 <姓名> [日期] [指标:<指标>] · 目标 <编号> 进度 <百分比> · 目标 <编号> 删除",
    example="目标 2 进度 60% 已走访 12 户",
    summary="看今年的目标;负责的人报进度;支委新建",
)
async def goal(call: Call) -> Reply:
    words = call.args.strip()
    if not words:
        async with call.app.database.reading() as uow:
            found, names = await tasks.goals(uow, call.actor)
        empty = "今年还没有目标。支委可以发:目标 新建 走访老党员 负责 张三 12月20日 指标:每季度一次"
        return "\n".join(tasks.line(one, names.get(one.member_id or 0, "")) for one in found) or empty
    head, _, rest = words.partition(" ")
    if head in _NEW:
        return await _new(call, rest)
    return await _report(call, TaskKind.GOAL, words)


async def _new(call: Call, words: str) -> Reply:
    text, name, measure = tasks.split_goal(words)
    async with call.app.database.unit_of_work() as uow:
        actor = await circle.here(uow, call.actor)
        person = await people.find(uow, actor, name, call.message.mentions) if name or call.message.mentions else None
        text, due = resolutions.split_due(text, branch.today(uow))
        made = await tasks.set_goal(uow, call.actor, text, measure, person.id if person else None, due)
        said = tasks.line(made, person.name if person else "")
    return f"已定下{said}。\n报进度发「目标 {made.no} 进度 30% 说明」。"


async def _report(call: Call, kind: TaskKind, words: str) -> Reply:
    head, _, rest = words.partition(" ")
    if not head.isdecimal() or len(head) > 6:
        raise UserError(f"请写编号和进度,比如:{call.word} 2 进度 60% 已走访 12 户")
    async with call.app.database.unit_of_work() as uow:
        if not rest:
            return tasks.line(await tasks.find(uow, call.actor, kind, int(head)))
        if kind is TaskKind.GOAL and rest.strip() in ("删除", "取消"):
            return f"已删除目标 {(await tasks.drop(uow, call.actor, int(head))).no}。"
        found = await tasks.report(uow, call.actor, kind, int(head), tasks.read_report(rest))
        return f"已记:{tasks.line(found)}。"


@commands.command(
    "任务",
    who=Who.MEMBER,
    usage="任务 <编号> [进度 <百分比>|完成] [说明]",
    example="任务 3 完成 活动室整理好了",
    summary="报会议决议交办的任务到哪一步了",
    under="我的任务",
)
async def task(call: Call) -> Reply:
    if not call.args.strip():
        return await mine(call)
    return await _report(call, TaskKind.TASK, call.args.strip())


@commands.command("我的任务", who=Who.MEMBER, usage="我的任务", summary="我负责的目标和任务")
async def mine(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        found = await tasks.mine(uow, call.actor)
    if not found:
        return "您现在没有未完成的任务。"
    return "\n".join(tasks.line(one) for one in found)
