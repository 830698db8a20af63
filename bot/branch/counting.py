"""Who counts changes: features that keep totals are told of it in the same unit of work, so no total is ever behind."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import date

from bot.branch import repository
from bot.branch.models import Member
from bot.core.db import UnitOfWork

Follower = Callable[[UnitOfWork, Collection[int], date], Awaitable[None]]
"""Told of members who may count otherwise than before, from a day on."""

Mover = Callable[[UnitOfWork, Collection[int], Collection[int]], Awaitable[None]]
"""Told of members who went from one branch to another, and of all these branches."""

_followers: list[Follower] = []
_movers: list[Mover] = []


def follow(follower: Follower) -> Follower:
    """Have ``follower`` told, as a decorator where it is written."""
    _followers.append(follower)
    return follower


def follow_moves(mover: Mover) -> Mover:
    """Have ``mover`` told, as a decorator where it is written."""
    _movers.append(mover)
    return mover


async def hold(uow: UnitOfWork, members: repository.Members) -> None:
    """Have these members ours alone until the end of the unit of work. Whoever changes one holds them first, all at
    once: what adds them up is locked behind them."""
    with uow.session.no_autoflush:
        await repository.lock_members(uow, members)


async def stay(uow: UnitOfWork, members: repository.Members) -> None:
    """Nobody moves these to another branch until the end of the unit of work."""
    await repository.lock_members(uow, members, shared=True)


async def changed(uow: UnitOfWork, members: Collection[int], since: date) -> None:
    """These members came, left, are away or exempt, or aren't any more, with effect from ``since``."""
    await hold(uow, members)
    await uow.session.flush()
    for follower in _followers:
        await follower(uow, members, since)


async def move(uow: UnitOfWork, moves: Mapping[Member, int]) -> None:
    """Put these members on the rosters of these branches: nobody else changes where a member belongs."""
    if not moves:
        return
    members = [member.id for member in moves]
    await hold(uow, members)
    await uow.session.flush()
    branches = set(await repository.homes(uow, members)) | set(moves.values())
    for member, to in moves.items():
        member.branch_id = to
    await uow.session.flush()
    await moved(uow, members, branches)


async def moved(uow: UnitOfWork, members: Collection[int], branches: Collection[int]) -> None:
    """These members belong to other branches now: to one of these, of which they left others."""
    for mover in _movers:
        await mover(uow, members, branches)
