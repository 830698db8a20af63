"""What delivery couldn't settle is told to a person, privately: the secretary of the branch; of an account or a
process, the operator."""

from collections.abc import Collection
from datetime import timedelta

from bot.branch import repository as branches
from bot.branch import telling
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.delivery import outbox, processes
from bot.delivery.transport import Target
from bot.delivery.trouble import OnTrouble, Trouble, TroubleKind
from bot.delivery.webhook import OPERATORS, WEBHOOK
from bot.rendering.content import Content

_NEXT = {
    TroubleKind.NEEDS_HUMAN: "。请到群里看一眼:已经有了,发「已送达 {0}」;没有,发「重发 {0}」。",
    TroubleKind.UNREADABLE: "。请让管理员看看是不是有旧版的程序还在运行;换成新版后,发「重发 {0}」。",
    TroubleKind.REMOVED: "。回到群里(或加了好友)就接着发;这一条要再发,发「重发 {0}」。",
}

_OF_AN_ACCOUNT = {
    TroubleKind.OFFLINE: "掉线过,现在连上了,等着的消息正接着发。\n常掉线的话,请看看 NapCat 的登录。",
    TroubleKind.CIRCUIT: "连续几条消息没有回音,停了一会儿才接着发。\n请看看 NapCat 是否正常。",
}


_AT_ONCE = {
    TroubleKind.OFFLINE: "掉线了,消息先等着。请看看 NapCat 的登录。",
    TroubleKind.CIRCUIT: "连续几条消息没有回音,先停一会儿。请看看 NapCat 是否正常。",
    TroubleKind.REMOVED: "被移出了一个群,那个群的消息已停。请看看 xueban outbox。",
    TroubleKind.NEEDS_HUMAN: "有消息不知道到没到,要人看一眼。请看看 xueban outbox。",
    TroubleKind.UNREADABLE: "有消息读不出来,没有发。请看看是不是有旧版的程序还在运行,再看 xueban outbox。",
}
"""What the webhook says, at most hourly of each kind and account: no branch, no group, no text."""


def teller(superusers: frozenset[str], *, webhook: bool = False) -> OnTrouble:
    """What the worker calls for each trouble; with ``webhook`` there is a door for the operator beside the platform."""

    async def tell(uow: UnitOfWork, trouble: Trouble) -> None:
        if webhook and trouble.kind in _AT_ONCE:
            await _post(uow, trouble)
        if trouble.kind in _OF_AN_ACCOUNT:
            await _tell_operators(uow, trouble, superusers)
        elif trouble.branch_id is not None:
            await _tell_leaders(uow, trouble.branch_id, trouble)

    return tell


async def _tell_operators(uow: UnitOfWork, trouble: Trouble, superusers: frozenset[str]) -> None:
    """One private line to each, at most hourly. It waits in the outbox like everything else, so it is read when the
    account works again; the log has it at once."""
    now = to_local(uow.now)
    line = f"机器人账号 {trouble.account} {now:%m月%d日 %H:%M} {_OF_AN_ACCOUNT[trouble.kind]}"
    for target in telling.operators(superusers, trouble.account):
        key = f"trouble:{trouble.kind.value}:{trouble.account}:{now:%Y%m%d%H}:{target.id}"
        await outbox.enqueue(uow, outbox.Outgoing(None, target, Content.of(line), "trouble", key))


async def _post(uow: UnitOfWork, trouble: Trouble) -> None:
    now = to_local(uow.now)
    line = f"支部学伴:机器人账号 {trouble.account} {_AT_ONCE[trouble.kind]}"
    key = f"trouble:webhook:{trouble.kind.value}:{trouble.account}:{now:%Y%m%d%H}"
    out = outbox.Outgoing(None, OPERATORS, Content.of(line), "trouble", key, expires_at=uow.now + timedelta(days=1))
    await outbox.enqueue(uow, out)


async def tell_of_missed(uow: UnitOfWork, me: str, superusers: frozenset[str], *, webhook: bool = False) -> None:
    """Tell the operators of the processes but ``me`` that went without a word and didn't come back soon, and which
    accounts are nowhere since: once each time, by an account that is connected anywhere, and by the webhook."""
    there = await processes.all_of(uow)
    missed = [one for one in there if one.name != me and uow.now - one.beat_at > processes.GONE]
    if not missed:
        return
    connected = processes.connected(one for one in there if one not in missed)
    for one in missed:
        nowhere = "、".join(sorted(account for account in one.accounts if account not in connected))
        line = f"机器人的进程 {one.name} {to_local(one.beat_at):%m月%d日 %H:%M} 起没有报到,可能被杀了或卡住了。"
        if nowhere:
            line += f"账号 {nowhere} 没有连到别的进程,消息先等着。"
        elif one.accounts:
            line += "它的账号都连着别的进程,照常发消息。"
        line += "\n请看看那台机器;不再用它就不用管。"
        what = f"process:{one.name}:{one.beat_at:%Y%m%d%H%M%S}"
        await _tell_at_every_door(uow, line, what, connected, superusers, webhook=webhook)


async def tell_of_disk(
    uow: UnitOfWork, me: str, free: int, superusers: frozenset[str], *, webhook: bool = False
) -> None:
    """Tell the operators, once a day, that only ``free`` bytes are left where the process ``me`` keeps its data."""
    line = f"机器人的进程 {me} 存数据的磁盘只剩 {free / 2**20:.0f} MB,写满后打卡会记不下来。"
    line += "\n请尽快清理那台机器的磁盘。"
    what = f"disk:{me}:{to_local(uow.now):%Y%m%d}"
    there = await processes.all_of(uow)
    connected = processes.connected(one for one in there if uow.now - one.beat_at <= processes.GONE)
    await _tell_at_every_door(uow, line, what, connected, superusers, webhook=webhook)


async def _tell_at_every_door(
    uow: UnitOfWork, line: str, what: str, connected: Collection[str], superusers: frozenset[str], *, webhook: bool
) -> None:
    """By the webhook and by one of the ``connected`` accounts; what can't be told within a day isn't told."""
    via = min((account for account in connected if account != WEBHOOK), default="")
    for door in [*([OPERATORS] if webhook else []), *(telling.operators(superusers, via) if via else [])]:
        content = Content.of(f"支部学伴:{line}" if door is OPERATORS else line)
        key = f"trouble:{what}:{door.id}"
        out = outbox.Outgoing(None, door, content, "trouble", key, expires_at=uow.now + timedelta(days=1))
        await outbox.enqueue(uow, out)


async def _tell_leaders(uow: UnitOfWork, branch_id: int, trouble: Trouble) -> None:
    """One private line to each leader who can be reached, once for each message in trouble."""
    ask = _NEXT.get(trouble.kind, "").format(trouble.reference)
    line = f"有一条消息没能确认送达({trouble.reference}):{trouble.reason}{ask}"
    key = f"trouble:{trouble.key}:{trouble.kind.value}"
    await telling.tell_leaders(uow, branch_id, line, key, "trouble", via=trouble.account, now=True)


async def pause_group(uow: UnitOfWork, target: Target, reason: str) -> None:
    """Note at the group why nothing is sent there; no reason: all is well again."""
    group = await branches.group_at(uow, target.platform, target.id)
    if group is not None:
        group.paused = reason[:200]
