"""Telling people privately what they should hear when nobody is waiting: through the outbox, out of the quiet hours."""

from bot.branch import service as branch
from bot.branch.actor import EDITORS, LEADERS
from bot.branch.models import MemberAccount, Role
from bot.core.db import UnitOfWork
from bot.delivery import outbox
from bot.delivery.transport import Target
from bot.rendering.content import Content
from bot.scheduling.quiet import QuietHours

PLATFORM = "onebot11"


async def quiet_hours(uow: UnitOfWork, branch_id: int) -> QuietHours:
    """When nothing is sent to the people of a branch."""
    start, _, end = (await branch.setting(uow, branch_id, "quiet_hours")).partition("-")
    return QuietHours.of(start, end)


async def tell(
    uow: UnitOfWork, branch_id: int, target: Target, content: Content | str, key: str, origin: str, *, now: bool = False
) -> None:
    """Enqueue one message to a person or a group of the branch, once for each ``key``; ``now``: even at night."""
    await outbox.enqueue(
        uow,
        outbox.Outgoing(
            branch_id=branch_id,
            target=target,
            content=Content.of(content) if isinstance(content, str) else content,
            origin=origin,
            key=key,
            not_before=uow.now if now else (await quiet_hours(uow, branch_id)).shift(uow.now),
        ),
    )


def private(account: MemberAccount, via: str) -> Target:
    """The private chat with a person; ``via`` is our account that carries it where none is known."""
    return Target(account.via or via, "private", account.user_id, account.platform)


def operators(superusers: frozenset[str], via: str) -> list[Target]:
    """The private chats with the ``superusers`` (as in the settings)."""
    pairs = (superuser.rpartition(":") for superuser in sorted(superusers))
    return [Target(via, "private", user_id, platform or PLATFORM) for platform, _, user_id in pairs]


async def tell_leaders(
    uow: UnitOfWork,
    branch_id: int,
    content: Content | str,
    key: str,
    origin: str,
    *,
    via: str,
    superusers: frozenset[str] = frozenset(),
    but: int | None = None,
    now: bool = False,
    roles: frozenset[Role] = LEADERS,
) -> list[str]:
    """Tell the leaders of the branch (or who holds one of ``roles``); the names of those who are told.

    Where none but the member ``but`` can be reached, the ``superusers`` (as in the settings) are told instead.
    """
    told: dict[str, Target] = {}
    for leader in await branch.leaders(uow, branch_id, roles, but):
        if leader.account is not None:
            told[leader.name] = private(leader.account, via)
    if not told:
        told = {f"管理员 {target.id}": target for target in operators(superusers, via)}
    for target in told.values():
        await tell(uow, branch_id, target, content, f"{key}:{target.id}", origin, now=now)
    return list(told)


async def tell_editors(uow: UnitOfWork, branch_id: int, text: str, key: str, origin: str) -> None:
    """Tell the propagandist of the branch, or where there is none its leaders, once for each ``key``."""
    reachable = [one for one in await branch.leaders(uow, branch_id, EDITORS) if one.account is not None]
    propagandists = {one.member_id for one in await branch.leaders(uow, branch_id, frozenset({Role.PROPAGANDIST}))}
    for one in [each for each in reachable if each.member_id in propagandists] or reachable:
        assert one.account is not None
        await tell(uow, branch_id, private(one.account, ""), text, f"{key}:{one.member_id}", origin)
