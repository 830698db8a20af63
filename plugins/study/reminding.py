"""What propagandists type to remind those who haven't finished."""

from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import number
from bot.rendering.content import Content
from bot.study import reminding, reminding_views

commands = CommandSet("study")


@commands.command("催学", who=Who.EDITOR, usage="催学 [编号]", example="催学 7", summary="私下提醒还没学的人")
async def remind(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        found = await reminding.outlook(uow, call.actor.branch, number(call.args))
        text = reminding_views.preview(found, uow.now, named=call.actor.group_id is None)
    if not (found.reachable or found.before or found.without_account):
        why = f"还没学的 {found.away} 人在请假或免学" if found.away else "都完成了"
        return f"学习 {found.assignment.no} {why},不用催。"
    if not found.reachable:
        return text
    return Ask(Content.of(text), "study.remind", {"no": found.assignment.no})


@commands.answer("remind")
async def confirmed(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        done = await reminding.remind(uow, call.actor, int(str(call.payload["no"])), call.app.pages)
        return reminding_views.done(done, uow.now, named=call.actor.group_id is None)
