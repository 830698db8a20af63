"""What members type to write about a reading, and what leaders type about that."""

import re

from bot.branch import service as branch
from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Where, Who
from bot.chat.numbers import number
from bot.rendering.content import Content
from bot.study import reflecting, reflecting_views, views
from bot.study.rules import Reading
from plugins.study.claiming import answer

commands = CommandSet("study")

_NUMBERED = re.compile(r"(\d{1,6})\s*[号篇]?(?:[\s::,,、。]+|$)")


@commands.command(
    "心得",
    who=Who.MEMBER,
    usage="心得 [编号] <您的话>",
    example="心得 7 读了以后,我想到楼道里的灯……",
    summary="写下自己的体会,达到字数与原创要求就登记",
    under="已学",
    opens=True,
)
async def write(call: Call) -> Reply:
    text = call.args
    found = _NUMBERED.match(text)
    no, text = (int(found[1]), text[found.end() :]) if found else (None, text)
    async with call.app.database.reading() as uow:
        readings = await reflecting.meant(uow, await branch.as_reader(uow, call.actor), no)
    if len(readings) > 1:
        choices = tuple(str(reading.no) for reading in readings[:10])
        asked = views.which(readings[:10], in_group=call.actor.group_id is not None)
        return Ask(asked, "study.reflection", {"text": text}, choices)
    return await written(call, readings[0], text)


@commands.answer("reflection")
async def which(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        readings = await reflecting.meant(uow, await branch.as_reader(uow, call.actor), int(call.args))
    return await written(call, readings[0], str(call.payload["text"]))


async def written(call: Call, reading: Reading, text: str) -> Reply:
    if not text.strip():
        return Say(Content.of(reflecting_views.wanted(reading)), privately=True)
    async with call.app.database.reading() as uow:
        judged = await reflecting.judge(uow, call.actor, reading, text)
    async with call.app.database.unit_of_work() as uow:
        kept = await reflecting.keep(uow, call.actor, judged, call.message.message_id)
    if kept.done is None:
        told = reflecting_views.short_of(reading, judged.verdict, before=kept.before)
        return Say(Content.of(told), privately=True)
    return await answer(call, kept.done)


@commands.command(
    "心得列表",
    "看心得",
    who=Who.LEADER,
    where=Where.PRIVATE,
    usage="心得列表 [编号]",
    example="心得列表 7",
    summary="看一次学习的心得",
    under="谁还没学",
)
async def read(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        assignment, found = await reflecting.about(uow, call.actor, number(call.args))
    return Say(reflecting_views.listed(assignment, found))


@commands.command(
    "心得通过",
    "心得退回",
    who=Who.LEADER,
    usage="心得通过 <心得号> <理由> · 心得退回 <心得号> <理由>",
    example="心得通过 12 写得短,但说到了点子上",
    summary="改变一篇心得算不算数",
    under="谁还没学",
)
async def decide(call: Call) -> Reply:
    passes = call.word == "心得通过"
    found = _NUMBERED.match(call.args)
    if found is None:
        return f"请写心得的编号和理由,比如:{call.word} 12 写得短,但说到了点子上"
    async with call.app.database.unit_of_work() as uow:
        reason = call.args[found.end() :]
        one = await reflecting.overrule(uow, call.actor, int(found[1]), reason, passes=passes)
    return f"心得 {one.no} {'算数了,已登记' if passes else '不算数了'},理由已私下告诉本人。改主意发「撤销」。"


commands.undo("study.reflection")(reflecting.change_back)
