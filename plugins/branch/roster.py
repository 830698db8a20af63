"""What a secretary types about who is on the roster and as what."""

from collections.abc import Awaitable, Callable

from bot.branch import people, roster, roster_undo, roster_views
from bot.branch import roster_repository as repository
from bot.branch import service as branch
from bot.branch.models import Member, MemberKind
from bot.branch.names import kind_named
from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.core.errors import UserError

commands = CommandSet("branch")

_KINDS = "、".join(kind.value for kind in MemberKind)


async def show(call: Call, _words: list[str]) -> Reply:
    async with call.app.database.reading() as uow:
        here = await branch.get(uow, call.actor.branch)
        entries = await roster.listed(uow, here.id)
    return Say(roster_views.roster(entries, here), privately=True, here="名册已私聊发给您。")


async def add(call: Call, words: list[str]) -> Reply:
    kind, user_id = MemberKind.FULL, next(iter(call.message.mentions), None)
    if len(words) > 1 and words[-1].isascii() and words[-1].isdecimal():
        user_id = words.pop()
    if len(words) > 1:
        found = kind_named(words[-1])
        if found is not None:
            kind = found
            words.pop()
        elif "党员" in words[-1] or "分子" in words[-1] or "对象" in words[-1]:
            raise UserError(f"没有「{words[-1][:12]}」这个类别。类别有:{_KINDS}。")
    async with call.app.database.unit_of_work() as uow:
        member = await roster.add(uow, call.actor, " ".join(words), kind, user_id)
    return roster_views.added(member, user_id is not None)


async def ask_removal(call: Call, words: list[str]) -> Reply:
    async with call.app.database.reading() as uow:
        member = await people.find(uow, call.actor, " ".join(words), call.message.mentions)
        offices = [grant.role for grant in await repository.offices(uow, member.id)]
    return Ask(roster_views.ask_removal(member, offices), "branch.remove", {"member": member.id})


@commands.answer("remove")
async def remove(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        member = await uow.session.get_one(Member, call.payload["member"])
        await roster.remove(uow, call.actor, member)
    return roster_views.removed(member)


async def restore(call: Call, words: list[str]) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        member = await roster.restore(uow, call.actor, " ".join(words))
    return roster_views.restored(member)


async def change_kind(call: Call, words: list[str]) -> Reply:
    kind = kind_named(words[-1]) if words else None
    if kind is None:
        raise UserError(f"请写姓名和类别,比如:成员 类别 张三 正式党员\n类别有:{_KINDS}。")
    async with call.app.database.unit_of_work() as uow:
        member = await people.find(uow, call.actor, " ".join(words[:-1]), call.message.mentions)
        before = await roster.change_kind(uow, call.actor, member, kind)
    return roster_views.kind_changed(member, before)


Act = Callable[[Call, list[str]], Awaitable[Reply]]

ACTS: dict[str, Act] = {
    "列表": show,
    "添加": add,
    "移除": ask_removal,
    "恢复": restore,
    "类别": change_kind,
}
"""What may follow 「成员」; other modules of this plugin add theirs."""


@commands.command(
    "成员",
    "名册",
    who=Who.LEADER,
    usage="成员 [列表|导入|读取] · 成员 [添加|移除|恢复] <姓名> · 成员 类别 <姓名> <类别>",
    example="成员 添加 张三",
    summary="看名册、导入名册表格、从群名片对账号、加人减人",
)
async def members(call: Call) -> Reply:
    words = call.args.split()
    word = words[0] if words else "列表"
    for name, act in ACTS.items():
        if word.startswith(name):
            return await act(call, [rest for rest in (word.removeprefix(name), *words[1:]) if rest])
    raise UserError(f"没有「成员 {word[:10]}」。可以发:成员 {'、'.join(ACTS)}。")


@commands.command("移除", who=Who.LEADER, usage="移除 <姓名>", example="移除 张三", summary="把退群或转出的人移出名册")
async def take_off(call: Call) -> Reply:
    return await ask_removal(call, call.args.split())


commands.undo("roster.add")(roster_undo.added)
commands.undo("roster.remove")(roster_undo.removed)
commands.undo("roster.change")(roster_undo.changed)
commands.undo("leave.take")(roster_undo.left)
