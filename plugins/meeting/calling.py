"""What people type to call a meeting, to change it and to call it off."""

from datetime import datetime

from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.meeting import attendance, calling, circle, reading, repository, views
from bot.meeting.kinds import kind
from bot.meeting.reading import Change, Draft
from bot.rendering.content import Content

commands = CommandSet("meeting")

SHOWN = 8


@commands.command(
    "会议",
    "开会",
    who=Who.MEMBER,
    usage="会议 [<种类> <时间> <地点> 议题:<议题>] · 会议 <编号>",
    example="会议 支部党员大会 周五15:00 二楼会议室 议题:学习十五五规划",
    summary="看最近的会;支委用来召集会议",
)
async def call(call: Call) -> Reply:
    now, words = call.app.clock.now(), call.args.strip()
    async with call.app.database.reading() as uow:
        if not words:
            branch_id = (await circle.here(uow, call.actor)).branch
            return views.coming(await repository.coming(uow, branch_id, now, SHOWN), now)
        if words.isdecimal() and len(words) <= 6:
            return views.shown(await calling.get(uow, call.actor, int(words)), now)
        draft = reading.read(words, now, await _groups(uow, call))
        return await _ask(uow, call, draft)


async def _groups(uow: UnitOfWork, call: Call) -> tuple[str, ...]:
    home = await circle.here(uow, call.actor)
    return tuple(one.name for one in await circle.groups(uow, home.branch))


async def _ask(uow: UnitOfWork, call: Call, draft: Draft) -> Reply:
    proposal = await calling.propose(uow, call.actor, draft, call.app.calendar)
    return Ask(Content.of(views.proposed(proposal, uow.now)), "meeting.call", _packed(draft), (), minutes=10)


@commands.answer("call")
async def called(call: Call) -> Reply:
    """「确认」, or another time."""
    draft = _unpacked(call.payload)
    now = call.app.clock.now()
    if call.args == "确认":
        async with call.app.database.unit_of_work() as uow:
            return views.called(await calling.call(uow, call.actor, draft), now)
    try:
        starts, ends, place, _ = reading.split_time(call.args, now)
        if starts is None:
            raise UserError("没看懂。")
    except UserError as error:
        ask = f"{error}\n回复「确认」、一个新的时间(比如:周六9:00),或「取消」。"
        return Ask(Content.of(ask), "meeting.call", call.payload, (), minutes=10)
    draft = draft.at(starts, ends, now)
    if place:
        draft = Draft(draft.kind, draft.starts_at, draft.ends_at, place, draft.agenda, draft.group, draft.past)
    async with call.app.database.reading() as uow:
        return await _ask(uow, call, draft)


def _packed(draft: Draft) -> dict[str, object]:
    return {
        "kind": draft.kind.name,
        "starts": draft.starts_at.isoformat(),
        "ends": draft.ends_at.isoformat(),
        "place": draft.place,
        "agenda": draft.agenda,
        "group": draft.group,
        "past": draft.past,
    }


def _unpacked(payload: dict[str, object]) -> Draft:
    starts, ends = (datetime.fromisoformat(str(payload[key])) for key in ("starts", "ends"))
    place, agenda, group = (str(payload[key]) for key in ("place", "agenda", "group"))
    return Draft(kind(str(payload["kind"])), starts, ends, place, agenda, group, bool(payload["past"]))


def numbered(call: Call, example: str) -> tuple[int, str]:
    """The number of a meeting and the other words. Raises ``UserError``."""
    word, *rest = call.args.strip().split(maxsplit=1) or [""]
    if not word.isdecimal() or len(word) > 6:
        raise UserError(f"请写会议的编号,比如:{example}")
    return int(word), rest[0].strip() if rest else ""


@commands.command(
    "会议改",
    "改会议",
    "会议改期",
    who=Who.MEMBER,
    usage="会议改 <编号> <时间、地点或 议题:议题>",
    example="会议改 5 周六9:00 三楼会议室",
    under="会议",
    summary="改会议并告诉大家,由召集的人用",
)
async def change(call: Call) -> Reply:
    no, words = numbered(call, "会议改 5 周六9:00 三楼会议室")
    wanted = reading.read_change(words, call.app.clock.now())
    async with call.app.database.reading() as uow:
        before, text, doubts = await calling.change(uow, call.actor, no, wanted, call.app.calendar)
        payload: dict[str, object] = {
            "no": no,
            "starts": wanted.starts_at.isoformat() if wanted.starts_at else "",
            "ends": wanted.ends_at.isoformat() if wanted.ends_at else "",
            "place": wanted.place,
            "agenda": wanted.agenda,
        }
        return Ask(Content.of(views.preview_change(before, text, doubts)), "meeting.change", payload, minutes=10)


@commands.answer("change")
async def changed(call: Call) -> Reply:
    words = {key: str(call.payload[key]) for key in ("starts", "ends", "place", "agenda")}
    starts, ends = (datetime.fromisoformat(words[key]) if words[key] else None for key in ("starts", "ends"))
    async with call.app.database.unit_of_work() as uow:
        wanted = Change(starts, ends, words["place"], words["agenda"])
        found = await calling.rearrange(uow, call.actor, int(str(call.payload["no"])), wanted)
        return views.called(found, uow.now)


@commands.command(
    "会议取消",
    "取消会议",
    who=Who.MEMBER,
    usage="会议取消 <编号> [原因]",
    example="会议取消 5 会议室停电",
    under="会议",
    summary="不开了,告诉大家,由召集的人用",
)
async def call_off(call: Call) -> Reply:
    no, reason = numbered(call, "会议取消 5 会议室停电")
    async with call.app.database.reading() as uow:
        meeting = await calling.get(uow, call.actor, no)
        await circle.need_chair(uow, call.actor, meeting)
        text = f"{views.shown(meeting, uow.now)}\n真的不开了?回复「确认」告诉大家,「取消」照开。"
    return Ask(Content.of(text), "meeting.off", {"no": no, "reason": reason[: attendance.REASON]})


@commands.answer("off")
async def called_off(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        no, reason = int(str(call.payload["no"])), str(call.payload["reason"])
        return views.cancelled_here(await calling.call_off(uow, call.actor, no, reason))
