"""What members type to be counted at a meeting, or to be excused from it."""

from bot.chat.call import Acknowledge, Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.core.errors import UserError
from bot.delivery import outbox
from bot.meeting import attendance, records, signing_in, views
from bot.meeting.models import Meeting, Method
from bot.meeting.signing_in import NotSigned, Refused, Several, SignedIn
from bot.rendering.content import Content

commands = CommandSet("meeting")
commands.keeps(records.kept_of, records.forget)
commands.lets_go(records.let_go)

DIGITS = 4
"""The number at the place has so many; a shorter one is the number of a meeting."""


@commands.command(
    "签到",
    "我来签到",
    "签到了",
    "已签到",
    who=Who.ANYONE,
    bare=True,
    usage="签到 [编号或会场的四位数字]",
    example="签到 1234",
    summary="到会签到",
)
async def sign_in(call: Call) -> Reply:
    word = call.args.strip().lstrip("+ ")
    if word and not word.isdecimal():
        raise UserError("签到只要发「签到」;有会场数字的写在后面,比如:签到 1234")
    code, no = (word, None) if len(word) == DIGITS else ("", int(word[:6]) if word else None)
    return await _sign(call, Method.WORD, no, code, await _answered(call))


async def _answered(call: Call) -> int | None:
    """The meeting to whose message of ours this answers."""
    if call.message.reply_to is None:
        return None
    place = call.actor.group_id or call.actor.user_id
    async with call.app.database.reading() as uow:
        origin = await outbox.origin_of(uow, call.actor.platform, place, call.message.reply_to)
    return outbox.id_in(origin, attendance.ORIGIN)


@commands.signal("reaction")
async def reaction(call: Call) -> Reply:
    """An emoji on a reminder, once one may sign in."""
    meeting_id = await _answered(call)
    return await _sign(call, Method.REACTION, None, "", meeting_id) if meeting_id is not None else None


@commands.answer("which")
async def which(call: Call) -> Reply:
    return await _sign(call, Method.WORD, int(call.args), "", None)


async def _sign(call: Call, method: Method, no: int | None, code: str, meeting_id: int | None) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        found = await signing_in.sign_in(uow, call.actor, method, no=no, code=code, meeting_id=meeting_id)
        now = uow.now
    in_group = call.actor.group_id is not None
    match found:
        case SignedIn(meeting=meeting):
            return _taken(call, meeting) if in_group and found.first else _aside(call, views.signed(found))
        case Several(meetings=meetings):
            choices = tuple(str(one.no) for one in meetings[:10])
            return Ask(Content.of(views.which(meetings[:10])), "meeting.which", choices=choices, alike=True)
        case NotSigned(why=Refused.NONE) if in_group or call.actor.member_id is None:
            return None
        case NotSigned(why=Refused.UNKNOWN):
            return views.not_signed(found, now)
        case NotSigned():
            return _aside(call, views.not_signed(found, now))


def _aside(call: Call, text: str) -> Reply:
    """In private, wherever it was said: how somebody fared is nobody else's business."""
    return Say(Content.of(text), privately=True)


def _taken(call: Call, meeting: Meeting) -> Reply:
    async def progress() -> str:
        async with call.app.database.reading() as uow:
            here = (await attendance.count(uow, meeting)).attendance
        return f"{len(here.present)}/{here.expected}"

    return Acknowledge(f"meeting:{meeting.id}", call.actor.name, progress, "已签到")


@commands.command(
    "会议请假",
    "开会请假",
    who=Who.MEMBER,
    usage="会议请假 [编号] <事由>",
    example="会议请假 5 出差在外",
    under="会议",
    summary="这次会不能来,事由只告诉主持人",
)
async def excuse(call: Call) -> Reply:
    word, _, rest = call.args.strip().partition(" ")
    no, reason = (int(word), rest) if word.isdecimal() and len(word) <= 6 else (None, call.args)
    async with call.app.database.unit_of_work() as uow:
        meeting = await attendance.excuse(uow, call.actor, no, reason)
    return f"已为您登记会议 {meeting.no}({meeting.kind})请假,已告诉主持人。能来了到时照常「签到」就行。"
