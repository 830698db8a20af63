"""What 同意 and 退回 do to a notice that somebody is to look at, and what 撤销 does to each step of its life."""

from bot.branch.actor import Actor
from bot.branch.models import Request
from bot.branch.requests import Outcome, payload_of
from bot.branch.undo import Payload
from bot.chat.commands import CommandSet
from bot.core.db import UnitOfWork
from bot.notice import approving, drafting, ending, reminding, templates, views

commands = CommandSet("notice")


@commands.decision(approving.REVIEW)
@commands.decision(approving.APPROVAL)
async def decide(uow: UnitOfWork, actor: Actor, request: Request, agree: bool) -> Outcome:
    notice = await approving.decide(uow, actor, request, agree)
    return Outcome(*views.decided(notice, int(payload_of(request)["version"]), agree=agree))


@commands.undo("notice.decide")
async def reconsider(uow: UnitOfWork, actor: Actor, payload: Payload) -> None:
    await approving.reconsider(uow, int(payload["request"]), str(payload["state"]))


@commands.undo("notice.draft")
async def take_back(uow: UnitOfWork, actor: Actor, payload: Payload) -> None:
    await ending.take_back(uow, actor, await approving.lock(uow, int(payload["notice"])), "撤销")


@commands.undo("notice.revise")
async def unwrite(uow: UnitOfWork, actor: Actor, payload: Payload) -> None:
    await drafting.unwrite(uow, actor, int(payload["notice"]), int(payload["version"]), str(payload["text"]))


@commands.undo("notice.withdraw")
async def restore(uow: UnitOfWork, actor: Actor, payload: Payload) -> None:
    await ending.restore(uow, int(payload["notice"]), str(payload["state"]))


@commands.undo("notice.remind")
async def remind_no_more(uow: UnitOfWork, actor: Actor, payload: Payload) -> None:
    await reminding.remind_no_more(uow, int(payload["notice"]), list(payload["keys"]))


@commands.undo("notice.close")
async def reopen(uow: UnitOfWork, actor: Actor, payload: Payload) -> None:
    await ending.reopen(uow, int(payload["notice"]))


@commands.undo("notice.template")
async def untemplate(uow: UnitOfWork, actor: Actor, payload: Payload) -> None:
    await templates.put_back(uow, int(payload["branch"]), str(payload["name"]), str(payload["text"]))
