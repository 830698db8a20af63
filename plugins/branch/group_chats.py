"""「支部 绑定」, 「支部 解绑」: which branch a group chat belongs to."""

from bot.branch import group_chats
from bot.branch import service as branch
from bot.branch.models import Branch
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.rendering.content import Content

from .organisation import ACTS, choose

commands = CommandSet("branch")


async def bind(call: Call, uow: UnitOfWork, words: list[str], chosen: list[Branch]) -> Reply:
    known = await group_chats.here(uow, call.actor)
    node = chosen[0] if chosen else await choose(call, uow, "绑定", words, [], "".join(words))
    if isinstance(node, Ask):
        return node
    if known is not None and known.branch_id != node.id:
        before = await branch.get(uow, known.branch_id)
        text = f"这个群现在绑定「{before.name}」。改绑到「{node.name}」?\n回复「确认」或「取消」。"
        return Ask(Content.of(text), "branch.rebind", {"branch": node.id})
    await group_chats.bind(uow, call.actor, node)
    return f"这个群绑定好了:「{node.name}」。推送会发到这里。"


@commands.answer("rebind")
async def rebind(call: Call) -> Reply:
    node_id = call.payload["branch"]
    assert isinstance(node_id, int)
    async with call.app.database.unit_of_work() as uow:
        node = await branch.get(uow, node_id)
        await group_chats.bind(uow, call.actor, node)
    return f"这个群改绑到「{node.name}」了。"


async def ask_unbinding(call: Call, uow: UnitOfWork, _words: list[str], _chosen: list[Branch]) -> Reply:
    if await group_chats.here(uow, call.actor) is None:
        raise UserError("这个群没有绑定支部。")
    node = await branch.get(uow, call.actor.branch)
    text = f"解开这个群和「{node.name}」?以后推送不再发到这里,名册和记录都留着。\n回复「确认」或「取消」。"
    return Ask(Content.of(text), "branch.unbind_group")


@commands.answer("unbind_group")
async def unbind(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        node = await group_chats.unbind(uow, call.actor)
    return f"解开了。要再接上,发「/支部 绑定 {node.name}」。"


ACTS |= {"绑定": bind, "解绑": ask_unbinding}
