"""What people type to call a meeting, to change it and to call it off."""

from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import numbered
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.meeting import calling, reading, views
from bot.meeting.reading import Draft
from bot.rendering.content import Content

commands = CommandSet("meeting")


@commands.command(
    "会议",
    "开会",
    who=Who.MEMBER,
    usage="会议 [<种类> <时间> <地点> 议题:<议题>] · 会议 <编号>",
    example=reading.EXAMPLE,
    summary="看最近的会;支委用来召集会议",
)
async def call(call: Call) -> Reply:
    words = call.args.strip()
    async with call.app.database.reading() as uow:
        if not words:
            return views.coming(await calling.coming(uow, call.actor), uow.now)
        if words.isdecimal():
            return views.shown(await calling.get(uow, call.actor, numbered(words, "会议", "会议 5")[0]), uow.now)
        return await _ask(uow, call, reading.read(words, uow.now, await calling.group_names(uow, call.actor)))


async def _ask(uow: UnitOfWork, call: Call, draft: Draft) -> Reply:
    proposal = await calling.propose(uow, call.actor, draft, call.app.calendar)
    return Ask(Content.of(views.proposed(proposal, uow.now)), "meeting.call", reading.packed(draft), (), minutes=10)


@commands.answer("call")
async def called(call: Call) -> Reply:
    """「确认」, or another time."""
    draft = reading.draft_of(call.payload)
    if call.args == "确认":
        async with call.app.database.unit_of_work() as uow:
            return views.called(await calling.call(uow, call.actor, draft), uow.now)
    async with call.app.database.reading() as uow:
        try:
            return await _ask(uow, call, draft.revised(call.args, uow.now))
        except UserError as error:
            ask = f"{error}\n回复「确认」、一个新的时间(比如:周六9:00),或「取消」。"
            return Ask(Content.of(ask), "meeting.call", call.payload, (), minutes=10)


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
    no, words = numbered(call.args, "会议", "会议改 5 周六9:00 三楼会议室")
    async with call.app.database.reading() as uow:
        wanted = reading.read_change(words, uow.now)
        text = views.preview_change(*await calling.change(uow, call.actor, no, wanted, call.app.calendar))
    return Ask(Content.of(text), "meeting.change", {"no": no} | reading.packed(wanted), minutes=10)


@commands.answer("change")
async def changed(call: Call) -> Reply:
    wanted, no = reading.change_of(call.payload), int(str(call.payload["no"]))
    async with call.app.database.unit_of_work() as uow:
        return views.called(await calling.rearrange(uow, call.actor, no, wanted), uow.now)


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
    no, reason = numbered(call.args, "会议", "会议取消 5 会议室停电")
    async with call.app.database.reading() as uow:
        text = views.ask_off(await calling.changeable(uow, call.actor, no), uow.now)
    return Ask(Content.of(text), "meeting.off", {"no": no, "reason": reason})


@commands.answer("off")
async def called_off(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        no, reason = int(str(call.payload["no"])), str(call.payload["reason"])
        return views.cancelled_here(await calling.call_off(uow, call.actor, no, reason))
