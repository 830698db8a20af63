"""What propagandists type to remind those who haven't finished."""

from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.rendering.content import Content
from bot.study import completion, reminding
from bot.study.models import Material
from plugins.study.numbers import number

commands = CommandSet("study")


@commands.command("催学", who=Who.EDITOR, usage="催学 [编号]", example="催学 7", summary="私下提醒还没学的人")
async def remind(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        assignment = await completion.latest_or(uow, call.actor.branch, number(call.args))
        standing = await completion.standing_of(uow, assignment)
    if not standing.open:
        return f"学习 {assignment.no} 都完成了,不用催。"
    text = f"将私下提醒 {len(standing.open)} 人学习 {assignment.no}(每人每天最多一次,避开安静时段)。回复「确认」发送。"
    return Ask(Content.of(text), "study.remind", {"no": assignment.no})


@commands.answer("remind")
async def remind_confirmed(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        assignment = await completion.get(uow, call.actor.branch, int(str(call.payload["no"])))
        standing = await completion.standing_of(uow, assignment)
        material = await uow.session.get_one(Material, assignment.material_id)
        sent = await reminding.remind(uow, call.actor, assignment, material.title, [p.member_id for p in standing.open])
    unreached = len(standing.open) - sent
    return f"已安排提醒 {sent} 人。" + (f"另有 {unreached} 人今天已提醒过或没有绑定账号。" if unreached else "")
