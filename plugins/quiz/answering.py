"""What members type to answer questions, in the group or in private: one at a time, a person."""

from bot.branch import service as branch
from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.quiz import answering, said, views
from bot.quiz.answering import Asked, Judged, Unclear
from bot.rendering.content import Content
from plugins.quiz.asking import addressed, ask, question

commands = CommandSet("quiz")


@commands.command(
    "答题",
    who=Who.MEMBER,
    bare=True,
    bare_blank=r"\S{2,12}",
    usage="答题 [学习编号或题库名称]",
    example="答题 7",
    summary="一题一题地答,通过就登记学完",
)
async def begin(call: Call) -> Reply:
    wanted = call.args.removeprefix("学习").strip()
    async with call.app.database.unit_of_work() as uow:
        reader = await branch.as_reader(uow, call.actor)
        if wanted.isdecimal() and len(wanted) <= 6:
            return question(call, await answering.of_reading(uow, reader, int(wanted)))
        if wanted:
            bank, category = await answering.find_bank(uow, call.actor, wanted)
            return question(call, await answering.of_bank(uow, call.actor, bank, category))
        if (going_on := await answering.resume(uow, call.actor)) is not None:
            return question(call, going_on)
        readings = await answering.open_readings(uow, reader)
        if len(readings) == 1:
            return question(call, await answering.of_reading(uow, reader, readings[0][0].no))
        if readings:
            shown = readings[:10]
            choices = tuple(str(assignment.no) for assignment, _ in shown)
            asked = views.which(shown, in_group=call.actor.group_id is not None)
            return Ask(Content.of(asked), "quiz.which", choices=choices)
        if (again := await answering.of_mistakes(uow, call.actor)) is not None:
            return question(call, again)
        banks = await answering.practice(uow, call.actor)
        return views.subjects(banks) if banks else views.NOTHING


@commands.answer("which")
async def which(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        return question(call, await answering.of_reading(uow, await branch.as_reader(uow, call.actor), int(call.args)))


@commands.command(
    "错题", "错题本", "复习错题", who=Who.MEMBER, bare=True, usage="错题", summary="再答一遍以前答错的题", under="答题"
)
async def mistakes(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        again = await answering.of_mistakes(uow, call.actor)
        if again is not None:
            return question(call, again)
        return views.no_mistakes(*await answering.outlook(uow, call.actor))


@commands.command(
    "结束答题",
    "不答了",
    "退出答题",
    "停止答题",
    who=Who.MEMBER,
    bare=True,
    usage="结束答题",
    summary="不往下答了",
    under="答题",
)
async def stop(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        return views.stopped(await answering.stop(uow, call.actor))


@commands.answer("answered", reads=said.is_answer)
async def answered(call: Call) -> Reply:
    sitting, position = int(str(call.payload["sitting"])), int(str(call.payload["position"]))
    in_group = call.actor.group_id is not None
    async with call.app.database.unit_of_work() as uow:
        found = await answering.answer(uow, call.actor, sitting, position, call.args, call.message.message_id)
    match found:
        case Judged(then=Asked() as following):
            return ask(call, following, views.judged(found, in_group=in_group))
        case Judged():
            return Say(addressed(call, views.judged(found, in_group=in_group)))
        case Unclear(asked=again):
            return ask(call, again, views.unclear(found, in_group=in_group))
        case Asked():
            return question(call, found)
    return None if in_group else "这次答题已经结束了。想再答发「答题」。"


commands.keeps(answering.kept_of, answering.forget)
commands.lets_go(answering.let_go)
