"""What a propagandist types about a 公示."""

from bot.branch import rights
from bot.branch.telling import quiet_hours
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import numbered
from bot.core.clock import to_local
from bot.notice import drafting, periods, policy, publicity, publicity_views, views
from bot.notice.models import State
from bot.notice.rules import Wording
from bot.rendering.content import Content

commands = CommandSet("notice")


@commands.command(
    "公示",
    who=Who.COMMITTEE,
    usage="公示 <事项> <几个工作日>",
    example="公示 王芳同志拟接收为预备党员 5个工作日",
    summary="公示一件事,按工作日算,到期提醒",
)
async def compose(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        actor = await rights.here(uow, call.actor)
        await drafting.need_author(uow, actor)
        starts = to_local((await quiet_hours(uow, actor.branch)).shift(uow.now)).date()
        rule = await policy.of(uow, actor.branch)
    wish = periods.read(call.args, starts)
    workdays, last = publicity.measure(wish, starts, call.app.calendar)
    pictures = tuple([await call.app.media.put(await call.download(each)) for each in call.message.pictures])
    wording = publicity.worded(wish.text, pictures)
    when = "今天公开" if rule.after(State.DRAFT) is State.SCHEDULED else "书记同意后公开,从那天起算"
    ask = f"按「{periods.rule_for(wish.text).name}」,{when}。{call.app.calendar.caveat_of(last)}\n"
    ask += "回复「确认」公示,「取消」放弃。"
    payload: dict[str, object] = {"text": wording.text, "workdays": workdays, "pictures": pictures}
    shown = views.shown(wording, "公示", foot=views.publicity_foot("N", last, workdays))
    return Ask(shown + Content.of(ask), "notice.publicity", payload, minutes=10)


@commands.answer("publicity")
async def confirmed(call: Call) -> Reply:
    pictures, workdays = call.payload["pictures"], int(str(call.payload["workdays"]))
    assert isinstance(pictures, list)
    wording: Wording = publicity.worded(str(call.payload["text"]), tuple(map(str, pictures)))
    async with call.app.database.unit_of_work() as uow:
        actor = await rights.here(uow, call.actor)
        await drafting.need_author(uow, actor)
        notice = await publicity.draft(uow, actor, wording, workdays)
        return publicity_views.stored(notice, workdays)


@commands.command(
    "公示结果",
    who=Who.COMMITTEE,
    usage="公示结果 <编号> [结果]",
    example="公示结果 3 公示期间没有收到异议",
    summary="公示到期后公布结果",
)
async def report(call: Call) -> Reply:
    no, result = numbered(call.args, "公示", "公示结果 3")
    async with call.app.database.reading() as uow:
        said = await publicity.result(uow, await rights.here(uow, call.actor), no, result)
    ask = f"{said}\n回复「确认」发到群里并归档,「取消」放弃。"
    return Ask(Content.of(ask), "notice.result", {"no": no, "result": result}, minutes=10)


@commands.answer("result")
async def reported(call: Call) -> Reply:
    no, result = int(str(call.payload["no"])), str(call.payload["result"])
    async with call.app.database.unit_of_work() as uow:
        await publicity.report(uow, await rights.here(uow, call.actor), no, result)
    return f"公示 {no} 的结果已发到群里,这件事归档了。"
