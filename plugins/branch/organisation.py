"""「支部 …」: what superusers and secretaries type about the tree. What may follow is added by modules of its own."""

from collections.abc import Awaitable, Callable, Sequence

from bot.branch import organisation
from bot.branch import organisation_repository as repository
from bot.branch import organisation_views as views
from bot.branch import service as branch
from bot.branch.models import Branch
from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.core.db import UnitOfWork
from bot.core.errors import UserError

commands = CommandSet("branch")

Act = Callable[[Call, UnitOfWork, list[str], list[Branch]], Awaitable[Reply]]
"""Does the thing with the words that were typed and the branches that were chosen for the first ones of ``names``."""


ACTS: dict[str, Act] = {}
"""What may follow 「支部」."""


@commands.command(
    "支部",
    who=Who.LEADER,
    usage="支部 [树] · 支部 新建 <名称> [上级 <名称>] · 支部 绑定 <名称> · 支部 解绑 · 支部 改名 <名称> · "
    "支部 上级 <名称> · 支部 分组 <姓名> <党小组>",
    example="支部 绑定 第一支部",
    summary="组织树:新建、绑定群、改名、上下级、党小组",
)
async def tree_command(call: Call) -> Reply:
    words = call.args.split() or ["树"]
    for name, act in ACTS.items():
        if words[0].startswith(name):
            rest = [word for word in (words[0].removeprefix(name), *words[1:]) if word]
            async with call.app.database.unit_of_work() as uow:
                return await act(call, uow, rest, [])
    raise UserError(f"没有「支部 {words[0][:10]}」。可以发:支部 {'、'.join(ACTS)}。")


async def choose(
    call: Call, uow: UnitOfWork, act: str, words: Sequence[str], chosen: Sequence[Branch], name: str
) -> Branch | Ask:
    """The branch of that name, or the question which one is meant."""
    found = await organisation.find(uow, call.actor, name)
    if len(found) == 1:
        return found[0]
    parents = await repository.branches(uow, [node.parent_id for node in found if node.parent_id])
    payload: dict[str, object] = {
        "act": act,
        "words": list(words),
        "chosen": [node.id for node in chosen],
        "ids": [node.id for node in found],
    }
    question = views.which(found, {parent.id: parent.name for parent in parents})
    return Ask(question, "branch.pick", payload, tuple(str(at + 1) for at in range(len(found))))


@commands.answer("pick")
async def pick(call: Call) -> Reply:
    ids, chosen, words = call.payload["ids"], call.payload["chosen"], call.payload["words"]
    assert isinstance(ids, list)
    assert isinstance(chosen, list)
    assert isinstance(words, list)
    async with call.app.database.unit_of_work() as uow:
        nodes = [await branch.get(uow, one) for one in [*chosen, ids[int(call.args) - 1]]]
        return await ACTS[str(call.payload["act"])](call, uow, words, nodes)


async def show(call: Call, uow: UnitOfWork, _words: list[str], _chosen: list[Branch]) -> Reply:
    return Say(views.tree(await organisation.tree(uow, call.actor), call.actor.branch_id))


ACTS["树"] = show


async def standing(call: Call, uow: UnitOfWork) -> Branch:
    """The branch in whose name somebody speaks. Raises ``UserError``."""
    if call.actor.branch_id is None:
        raise UserError("请在它的群里发,或者写上是哪一个,比如:支部 上级 第一党支部 红旗党委")
    return await branch.get(uow, call.actor.branch_id)
