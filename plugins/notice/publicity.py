"""What people type about a 公示, and into the 意见箱."""

import re

from bot.branch import service as branch
from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Where, Who
from bot.chat.numbers import number
from bot.core.errors import UserError
from bot.notice import categories, letters, periods, publicity, publicity_views, publishing, rules, views
from bot.notice.models import State
from bot.notice.rules import Wording
from bot.rendering.content import Content

commands = CommandSet("notice")
commands.keeps(letters.kept_of, letters.forget)

_NAMELESS = re.compile(r"^匿名[\s,,::]*")
_NUMBERED = re.compile(r"^第?(\d{1,6})号?(?:\s+|$)")
LISTED = 10
"""Letters that one answer lists."""


@commands.command(
    "公示",
    who=Who.EDITOR,
    usage="公示 <事项> <几个工作日>",
    example="公示 王芳同志拟接收为预备党员 5个工作日",
    summary="公示一件事,按工作日算,到期提醒",
)
async def compose(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        today = branch.today(uow)
        waits = await publishing.needs_approval(uow, call.actor.branch)
    wish = periods.read(call.args, today)
    text = rules.check_text(wish.text)
    workdays, last = publicity.measure(wish, today, call.app.calendar)
    category = categories.OF_ADMISSION if periods.rule_for(text).name == "发展党员公示" else categories.names()[-1]
    pictures = [call.app.media.put(await call.download(each)) for each in call.message.pictures]
    shown = views.shown(Wording(text, category, tuple(pictures)), "【公示】", views.publicity_foot("N", last, workdays))
    from_when = "书记同意后公开,从那天起算" if waits else "今天公开"
    caveat = call.app.calendar.caveat_of(last)
    ask = f"按「{periods.rule_for(text).name}」,{from_when}。{caveat}\n回复「确认」公示,「取消」放弃。"
    payload: dict[str, object] = {"text": text, "category": category, "workdays": workdays, "pictures": pictures}
    return Ask(shown + Content.of(ask), "notice.publicity", payload, minutes=10)


@commands.answer("publicity")
async def confirmed(call: Call) -> Reply:
    pictures, workdays = call.payload["pictures"], int(str(call.payload["workdays"]))
    assert isinstance(pictures, list)
    wording = Wording(str(call.payload["text"]), str(call.payload["category"]), tuple(map(str, pictures)))
    async with call.app.database.unit_of_work() as uow:
        notice = await publicity.draft(uow, call.actor, wording, workdays)
        return publicity_views.stored(notice, workdays, reviewing=notice.state == State.REVIEWING)


@commands.command(
    "公示结果",
    who=Who.EDITOR,
    usage="公示结果 <编号> [结果]",
    example="公示结果 3 公示期间没有收到异议",
    summary="公示到期后公布结果",
)
async def report(call: Call) -> Reply:
    word, _, result = call.args.partition(" ")
    no = number(word)
    if no is None:
        raise UserError("请写公示的编号,比如:公示结果 3")
    async with call.app.database.unit_of_work() as uow:
        await publicity.report(uow, call.actor, no, result.strip())
    return f"公示 {no} 的结果已发到群里,这件事归档了。"


@commands.command(
    "异议",
    who=Who.MEMBER,
    where=Where.PRIVATE,
    usage="异议 [编号] [匿名] <内容>",
    example="异议 3 匿名 材料里的工作时间不对",
    summary="对公示提出异议,只有书记和组织委员看得到",
)
async def object_to(call: Call) -> Reply:
    found = _NUMBERED.match(call.args)
    about = int(found[1]) if found else None
    nameless, text = _nameless(call.args[found.end() :] if found else call.args)
    async with call.app.database.unit_of_work() as uow:
        no = about if about is not None else await letters.only_standing(uow, call.actor.branch)
        one, told = await letters.write(uow, call.actor, text, anonymous=nameless, about=no)
        return publicity_views.received(one, told, "书记和组织委员")


@commands.command(
    "意见",
    who=Who.MEMBER,
    where=Where.PRIVATE,
    usage="意见 [匿名] <内容>",
    example="意见 能不能把学习时间改到晚上",
    summary="给书记提意见,不会说是谁写的",
)
async def suggest(call: Call) -> Reply:
    nameless, text = _nameless(call.args)
    async with call.app.database.unit_of_work() as uow:
        one, told = await letters.write(uow, call.actor, text, anonymous=nameless)
        return publicity_views.received(one, told, "书记")


def _nameless(text: str) -> tuple[bool, str]:
    text = text.strip()
    return bool(_NAMELESS.match(text)), _NAMELESS.sub("", text)


@commands.command("意见箱", who=Who.COMMITTEE, usage="意见箱", summary="看收到的意见和异议")
async def box(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        text = publicity_views.letters(await letters.listed(uow, call.actor, LISTED))
    return Say(Content.of(text), privately=True, here="意见箱私聊发给您了。")


@commands.command(
    "回复意见",
    who=Who.COMMITTEE,
    where=Where.PRIVATE,
    usage="回复意见 <编号> <内容>",
    example="回复意见 2 谢谢,下周开会商量",
    summary="回复意见,看不到是谁写的",
)
async def answer(call: Call) -> Reply:
    word, _, text = call.args.partition(" ")
    no = number(word)
    if no is None:
        raise UserError("请写意见的编号,比如:回复意见 2 谢谢,下周开会商量")
    async with call.app.database.unit_of_work() as uow:
        await letters.answer(uow, call.actor, no, text)
    return "回复已转给写的人。"
