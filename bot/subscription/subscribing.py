"""Use cases of subscriptions: take up a source, list them, give one up."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from bot.branch import audit, undo
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.sources.hot.reading import Reading, Spec
from bot.subscription import refreshing, repository
from bot.subscription.models import Source

MOST = 30
"""Sources of one branch."""


async def add(uow: UnitOfWork, actor: Actor, spec: Spec, name: str, reading: Reading | None) -> Source:
    """Subscribe to what has just been read, or (None) to what will be at the next occasion.

    Raises ``UserError`` if it is there already or there are too many.
    """
    known = await in_force(uow, actor.branch)
    if any(one.address == spec.address for one in known):
        raise UserError("这个来源已经订阅了。发「订阅」看看有哪些。")
    if len(known) >= MOST:
        raise UserError(f"来源已经有 {len(known)} 个了,请先用「退订 编号」去掉不用的。")
    source = Source(
        branch_id=actor.branch,
        no=await branch.next_number(uow, actor.branch, "source"),
        kind=reading.kind if reading is not None else spec.kind,
        name=name,
        address=spec.address,
        shape=json.dumps(asdict(spec.shape), ensure_ascii=False),
        created_at=uow.now,
    )
    uow.session.add(source)
    await uow.session.flush()
    if reading is not None:
        await refreshing.store(uow, source, reading)
    await audit.record(uow, actor, "source.add", f"来源 {source.no}")
    return source


async def in_force(uow: UnitOfWork, branch_id: int) -> Sequence[Source]:
    """The sources of the branch and of those above it."""
    return await repository.of_branches(uow, branch.ids_on((await branch.get(uow, branch_id)).path))


async def get(uow: UnitOfWork, branch_id: int, no: int) -> Source:
    """来源 ``no`` of the branch, else of the nearest branch above that has one. Raises ``NotFound``."""
    named = [one for one in await in_force(uow, branch_id) if one.no == no]
    line = branch.ids_on((await branch.get(uow, branch_id)).path)
    if not named:
        raise NotFound(f"没有来源 {no}。发「订阅」看看有哪些。")
    return max(named, key=lambda one: line.index(one.branch_id))


async def remove(uow: UnitOfWork, actor: Actor, no: int) -> Source:
    """Give up a source of the branch; it can be undone. Raises ``NotFound``."""
    source = await repository.by_no(uow, actor.branch, no)
    if source is None:
        raise NotFound(f"没有来源 {no}。发「订阅」看看有哪些。")
    source.removed_at = uow.now
    await undo.remember(uow, actor, "source.remove", {"source": source.id}, f"退订{source.name}")
    await audit.record(uow, actor, "source.remove", f"来源 {no}")
    return source


async def take_back(uow: UnitOfWork, source_id: int) -> None:
    """What 撤销 does to ``remove``."""
    source = await repository.get(uow, source_id)
    if source is not None:
        source.removed_at = None
