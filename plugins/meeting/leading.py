"""What those who lead a meeting type: who is there, entries by hand, the number to show at the place."""

from bot.branch import people
from bot.branch.models import Member
from bot.chat.call import Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import number, numbered
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.meeting import attendance, calling, circle, reading, views
from bot.meeting.models import Meeting
from bot.rendering.content import Content

commands = CommandSet("meeting")

ENTER, LEAVE = "补签 5 张三 手机没电", "早退 5 张三 15:40 家里有急事"


@commands.command(
    "到会",
    "到会情况",
    "谁没到",
    who=Who.MEMBER,
    usage="到会 [编号]",
    example="到会 5",
    under="会议",
    summary="看应到实到和法定人数",
)
async def present(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        found = await attendance.count(uow, await calling.led(uow, call.actor, number(call.args)))
    counts, names = views.counts(found), views.names(found)
    return Say(Content.of("\n".join(filter(None, (counts, names)))), privately=True, here=counts)


@commands.command(
    "签到码",
    who=Who.MEMBER,
    usage="签到码 [编号]",
    example="签到码 5",
    under="会议",
    summary="会场上写的四位签到数字,给主持人",
)
async def code(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        meeting = await calling.led(uow, call.actor, number(call.args))
    return Say(Content.of(views.code(meeting)), privately=True)


async def _led(uow: UnitOfWork, call: Call, example: str) -> tuple[Meeting, str]:
    """The meeting that is numbered, and the other words."""
    no, words = numbered(call.args, "会议", example)
    return await calling.led(uow, call.actor, no), words


async def _named(uow: UnitOfWork, call: Call, words: str, example: str) -> tuple[Member, str]:
    """Who is meant, and the other words."""
    actor = await circle.here(uow, call.actor)
    if call.message.mentions:
        return await people.find(uow, actor, "", call.message.mentions), words
    name, _, rest = words.partition(" ")
    if not name:
        raise UserError(f"请写姓名和原因,比如:{example}")
    return await people.find(uow, actor, name), rest.strip()


@commands.command(
    "补签",
    who=Who.MEMBER,
    usage="补签 <编号> <姓名|全体> [迟到] <原因>",
    example=ENTER,
    under="会议",
    summary="主持人替到了会的人登记,要写原因",
)
async def enter(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        meeting, words = await _led(uow, call, ENTER)
        if words.startswith("全体 "):
            reason = words.removeprefix("全体").strip()
            return views.entered_all(meeting, await attendance.enter_all(uow, call.actor, meeting, reason))
        member, reason = await _named(uow, call, words, ENTER)
        return views.entered(meeting, member.name, await attendance.enter(uow, call.actor, meeting, member, reason))


@commands.command(
    "早退",
    who=Who.MEMBER,
    usage="早退 <编号> <姓名> [时间] <原因>",
    example=LEAVE,
    under="会议",
    summary="主持人记提前离开的人,要写原因",
)
async def leave(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        meeting, words = await _led(uow, call, LEAVE)
        member, rest = await _named(uow, call, words, LEAVE)
        at, reason = reading.read_leaving(rest, uow.now)
        left = await attendance.leave_early(uow, call.actor, meeting, member, at, reason)
    return views.left(meeting, member.name, left)


commands.undo("meeting.enter")(attendance.take_out)
commands.undo("meeting.enter_all")(attendance.take_out)
commands.undo("meeting.left")(attendance.stay_after_all)
