"""「支部 新建」, 「改名」, 「上级」, 「分组」: the tree and who stands where in it."""

from bot.branch import organisation, people, rules
from bot.branch import organisation_views as views
from bot.branch import service as branch
from bot.branch.models import Branch, BranchKind
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.rendering.content import Content

from .organisation import ACTS, choose, standing

commands = CommandSet("branch")


async def create(call: Call, uow: UnitOfWork, words: list[str], chosen: list[Branch]) -> Reply:
    at = words.index("上级") if "上级" in words else len(words)
    name = organisation.clean("".join(words[:at]))
    kind = next((kind for kind in BranchKind if call.payload.get("kind") == kind.value), rules.kind_in_name(name))
    if kind is None:
        question = f"「{name}」是哪一级?回复:{rules.LEVELS}。"
        levels = tuple(kind.value for kind in BranchKind)
        return Ask(Content.of(question), "branch.level", {"words": list(words)}, levels)
    parent: Branch | Ask | None = chosen[0] if chosen else None
    if parent is None and words[at + 1 :]:
        parent = await choose(call, uow, "新建", words, [], "".join(words[at + 1 :]))
    elif parent is None and call.actor.branch_id is not None:
        here = await branch.get(uow, call.actor.branch_id)
        parent = here if rules.fits_below(kind, BranchKind(here.kind)) or not call.actor.is_superuser else None
    if isinstance(parent, Ask):
        return Ask(parent.content, parent.then, parent.payload | {"kind": kind.value}, parent.choices)
    return views.created(await organisation.create(uow, call.actor, name, kind, parent), parent)


@commands.answer("level")
async def level(call: Call) -> Reply:
    words = call.payload["words"]
    assert isinstance(words, list)
    call.payload["kind"] = call.args
    async with call.app.database.unit_of_work() as uow:
        return await create(call, uow, words, [])


async def rename(call: Call, uow: UnitOfWork, words: list[str], chosen: list[Branch]) -> Reply:
    if not words:
        raise UserError("请写新名称,比如:支部 改名 红旗社区第二党支部")
    node: Branch | Ask
    if chosen:
        node = chosen[0]
    elif len(words) > 1:
        node = await choose(call, uow, "改名", words, [], words[0])
    else:
        node = await standing(call, uow)
    if isinstance(node, Ask):
        return node
    before = await organisation.rename(uow, call.actor, node, words[-1])
    return f"「{before}」改名为「{node.name}」。改错了发「撤销」。"


async def move(call: Call, uow: UnitOfWork, words: list[str], chosen: list[Branch]) -> Reply:
    if not words:
        raise UserError("请写上级的名称,比如:支部 上级 红旗社区党委")
    picked: list[Branch] = list(chosen)
    if not picked and len(words) == 1:
        picked.append(await standing(call, uow))
        words = [picked[0].name, *words]
    while len(picked) < 2:
        one = await choose(call, uow, "上级", words, picked, words[len(picked)])
        if isinstance(one, Ask):
            return one
        picked.append(one)
    node, parent = picked
    await organisation.move(uow, call.actor, node, parent)
    return f"「{node.name}」的上级现在是「{parent.name}」。"


async def put_into_group(call: Call, uow: UnitOfWork, words: list[str], chosen: list[Branch]) -> Reply:
    mentioned = [await people.find(uow, call.actor, "", [user]) for user in call.message.mentions]
    if not words or (len(words) == 1 and not mentioned):
        raise UserError("请写姓名和党小组,比如:支部 分组 张三 李四 第一党小组")
    target = chosen[0] if chosen else await choose(call, uow, "分组", words, [], words[-1])
    if isinstance(target, Ask):
        return target
    members = [*mentioned, *[await people.find(uow, call.actor, name) for name in words[:-1]]]
    for member in members:
        await organisation.move_member(uow, call.actor, member, target)
    return f"{'、'.join(member.name for member in members)}分到「{target.name}」了。"


ACTS |= {"新建": create, "改名": rename, "上级": move, "分组": put_into_group}

commands.undo("branch.rename")(organisation.name_back)
commands.undo("roster.move")(organisation.move_member_back)
