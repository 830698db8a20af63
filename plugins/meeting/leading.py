"""What those who lead a meeting type: who is there, entries by hand, the number to show at the place."""

from bot.branch import people
from bot.branch.actor import Actor
from bot.branch.models import Member
from bot.branch.undo import Payload
from bot.chat.call import Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.meeting import attendance, calling, circle, repository, views
from bot.meeting.models import Meeting
from bot.rendering.content import Content
from bot.scheduling.moments import Past, parse

from .calling import numbered

commands = CommandSet("meeting")


async def meant(uow: UnitOfWork, call: Call) -> Meeting:
    """The meeting of that number; without one the last that has begun. Raises ``NotFound``, ``UserError``."""
    words = call.args.strip()
    if words:
        return await calling.get(uow, call.actor, numbered(call, f"{call.word} 5")[0])
    home = await circle.here(uow, call.actor)
    found = await repository.latest(uow, home.branch, uow.now + attendance.AHEAD)
    if found is None:
        raise NotFound("还没有开过会。发「会议」看最近有哪些。")
    return found


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
        meeting = await meant(uow, call)
        await circle.need_chair(uow, call.actor, meeting)
        found = await attendance.count(uow, meeting)
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
        meeting = await meant(uow, call)
        await circle.need_chair(uow, call.actor, meeting)
    return Say(Content.of(views.code(meeting)), privately=True)


async def named(uow: UnitOfWork, call: Call, words: str, example: str) -> tuple[Member, str]:
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
    example="补签 5 张三 手机没电",
    under="会议",
    summary="主持人替到了会的人登记,要写原因",
)
async def enter(call: Call) -> Reply:
    example = "补签 5 张三 手机没电"
    no, words = numbered(call, example)
    async with call.app.database.unit_of_work() as uow:
        meeting = await calling.get(uow, call.actor, no)
        await circle.need_chair(uow, call.actor, meeting)
        if words.startswith("全体 "):
            count = await attendance.enter_all(uow, call.actor, meeting, words.removeprefix("全体").strip())
            return views.entered_all(meeting, count)
        member, reason = await named(uow, call, words, example)
        late = reason.startswith("迟到")
        guest = await attendance.enter(uow, call.actor, meeting, member, reason, late=late)
    return views.entered(meeting, member.name, guest=guest, late=late)


@commands.undo("meeting.enter")
async def take_out(uow: UnitOfWork, actor: Actor, payload: Payload) -> None:
    await attendance.take_out(uow, int(payload["meeting"]), int(payload["member"]))


@commands.command(
    "早退",
    who=Who.MEMBER,
    usage="早退 <编号> <姓名> [时间] <原因>",
    example="早退 5 张三 15:40 家里有急事",
    under="会议",
    summary="主持人记提前离开的人,要写原因",
)
async def leave(call: Call) -> Reply:
    example = "早退 5 张三 15:40 家里有急事"
    no, words = numbered(call, example)
    async with call.app.database.unit_of_work() as uow:
        meeting = await calling.get(uow, call.actor, no)
        await circle.need_chair(uow, call.actor, meeting)
        member, rest = await named(uow, call, words, example)
        word, _, reason = rest.partition(" ")
        at = None
        try:
            at = parse(word, uow.now) if word else None
        except Past as gone:
            at = gone.moment
        except UserError:
            reason = rest
        left = await attendance.leave_early(uow, call.actor, meeting, member, at, reason or ("" if at else rest))
    return views.left(meeting, member.name, left)
