"""Who counts changes: features that keep totals are told of it in the same unit of work, so no total is ever behind."""

from collections.abc import Awaitable, Callable, Collection
from datetime import date

from bot.core.db import UnitOfWork

Follower = Callable[[UnitOfWork, Collection[int], date], Awaitable[None]]
"""Told of members who may count otherwise than before, from a day on."""

_followers: list[Follower] = []


def follow(follower: Follower) -> Follower:
    """Have ``follower`` told, as a decorator where it is written."""
    _followers.append(follower)
    return follower


async def changed(uow: UnitOfWork, members: Collection[int], since: date) -> None:
    """These members came, left, are away or exempt, or aren't any more, with effect from ``since``."""
    await uow.session.flush()
    for follower in _followers:
        await follower(uow, members, since)
