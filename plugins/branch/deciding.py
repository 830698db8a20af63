"""What a leader types to decide about what others asked for; the committee, where a branch gave it that say."""

from bot.branch import request_views as views
from bot.branch import requests
from bot.branch.models import Request
from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.chat.table import TABLE
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.rendering.content import Content

commands = CommandSet("branch")


@commands.command(
    "同意", who=Who.COMMITTEE, usage="同意 [编号]", example="同意 2", summary="同意别人的申请;不写编号看有哪些"
)
async def agree(call: Call) -> Reply:
    return await _decide(call, agree=True)


@commands.command(
    "不同意",
    "退回",
    who=Who.COMMITTEE,
    usage="不同意 <编号> [理由]",
    example="不同意 2 名册上没有这个人",
    summary="不同意别人的申请",
)
async def refuse(call: Call) -> Reply:
    return await _decide(call, agree=False)


async def _decide(call: Call, *, agree: bool) -> Reply:
    word, _, reason = call.args.partition(" ")
    word = word.strip("号#第")
    if word and not (word.isdecimal() and len(word) <= 6):
        raise UserError(f"请写编号,比如「{call.word} 3」。发「同意」看有哪些。")
    async with call.app.database.unit_of_work() as uow:
        meant = None if word else await requests.replied_to(uow, call.actor, call.message.reply_to)
        no = int(word) if word else meant.no if meant is not None else None
        found = await requests.open_for(uow, call.actor, no)
        if meant is not None:
            found = [request for request in found if request.id == meant.id]
        if no is None:
            return Say(Content.of(views.waiting(found)), privately=True, here="私聊发给您了。")
        if not found:
            raise NotFound("这件事已经处理过了。")
        if len(found) == 1:
            return await _done(uow, call, found[0], agree, reason)
    payload: dict[str, object] = {"ids": [request.id for request in found], "agree": agree, "reason": reason}
    choices = tuple(str(at + 1) for at in range(len(found)))
    return Ask(Content.of(views.which(found)), "branch.decide", payload, choices)


async def _done(uow: UnitOfWork, call: Call, request: Request, agree: bool, reason: str) -> str:
    decision = TABLE.decisions[request.kind]
    return await requests.decide(uow, call.actor, request, decision, agree=agree, reason=reason.strip())


@commands.answer("decide")
async def decide(call: Call) -> Reply:
    ids, reason = call.payload["ids"], call.payload["reason"]
    assert isinstance(ids, list)
    async with call.app.database.unit_of_work() as uow:
        found = [
            request for request in await requests.open_for(uow, call.actor) if request.id == ids[int(call.args) - 1]
        ]
        if not found:
            raise NotFound("这件事已经处理过了。")
        return await _done(uow, call, found[0], bool(call.payload["agree"]), str(reason))
