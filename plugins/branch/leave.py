"""What people type to be left out of the count: for some days, or on a ground until further notice."""

import re

from bot.branch import exemption, leave, people, roster_views
from bot.branch import service as branch
from bot.branch.actor import LEADERS
from bot.branch.models import Member
from bot.chat.call import Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.core.db import UnitOfWork
from bot.core.errors import NotAllowed, UserError
from bot.scheduling.period import split_beginning, split_period
from bot.study import tally

commands = CommandSet("branch")


async def whom(uow: UnitOfWork, call: Call) -> tuple[Member, str]:
    """Whose leave it is, and the other words: a leader may name or @ somebody else. Raises ``UserError``."""
    word, _, rest = call.args.partition(" ")
    if call.message.mentions:
        other, rest = await people.find(uow, call.actor, "", call.message.mentions), call.args
    elif word and word != call.actor.member_name and await people.is_named(uow, call.actor, word):
        other = await people.find(uow, call.actor, word)
    else:
        return await people.myself(uow, call.actor), call.args
    if other.id != call.actor.member_id and not call.actor.may(LEADERS):
        raise NotAllowed("替别人请假由书记来做。自己请假不用写姓名,比如:请假 出差 3天")
    return other, rest


@commands.command(
    "请假",
    who=Who.MEMBER,
    usage="请假 <事由> [日期]",
    example="请假 住院 11月24日到11月30日",
    summary="请假几天,不计入应学;书记可写姓名替人请",
)
async def take(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        member, text = await whom(uow, call)
        today = branch.today(uow)
        days, reason = split_period(text, today)
        first, last = (days.first, days.last) if days is not None else (today, today)
        taken = await leave.take(uow, call.actor, member, first, last, reason)
    return roster_views.on_leave(member, taken, own=member.id == call.actor.member_id)


@commands.command("销假", who=Who.MEMBER, usage="销假 [姓名]", example="销假", summary="提前回来,结束请假")
async def end(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        member, rest = await whom(uow, call)
        if rest.strip():
            raise UserError(f"没看懂「{rest.strip()[:20]}」。自己销假只发「销假」两个字就行。")
        await leave.end(uow, call.actor, member)
    return roster_views.back(member, own=member.id == call.actor.member_id)


_GLUED = re.compile(r"(?<=\S)(?=[从自]\S+起)")
"""Between a name and the days: 「张三从9月1日起」."""


async def named(uow: UnitOfWork, call: Call) -> tuple[Member, str]:
    """Who is meant, and the other words."""
    if call.message.mentions:
        return await people.find(uow, call.actor, "", call.message.mentions), call.args
    words = _GLUED.sub(" ", call.args, count=1).split(maxsplit=1)
    return await people.find(uow, call.actor, words[0] if words else ""), words[1] if len(words) > 1 else ""


@commands.command(
    "免学",
    who=Who.LEADER,
    usage="免学 <姓名> [从9月1日起 | 9月1日到12月31日] <依据>",
    example="免学 李阿姨 从9月1日起 八十二岁,行动不便",
    summary="年老体弱等,不计入应学;不写日期从今天起",
    led_by=r"\S{1,20}?\s*[从自].{2,12}起",
)
async def exempt(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        member, text = await named(uow, call)
        days, reason = split_beginning(text, branch.today(uow))
        done = await exemption.exempt(uow, call.actor, member, days, reason)
        anew = 0 if done.days == done.before else await tally.past(uow, member.id, done.since)
        return roster_views.exempted(member, done, branch.today(uow), anew)


@commands.command(
    "恢复学习",
    who=Who.LEADER,
    usage="恢复学习 <姓名> [从12月1日起] [理由]",
    example="恢复学习 李阿姨",
    summary="结束免学;不写日期从今天起",
)
async def resume(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        member, text = await named(uow, call)
        today = branch.today(uow)
        days, reason = split_beginning(text, today)
        first = today if days is None else days.first
        await exemption.resume(uow, call.actor, member, first, reason)
        return roster_views.resumed(member, first, today, await tally.past(uow, member.id, first))


commands.undo("leave.end")(leave.resume)
commands.undo(exemption.KIND)(exemption.put_back)
