"""Taking back: the last act of a person, for a day.

A use case that can be undone says how with ``remember``, in the unit of work of the act itself; the plugin that owns
the kind declares the handler beside its commands (``CommandSet.undo``).
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from bot.branch import audit, rights
from bot.branch import request_repository as repository
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Role, UndoStep
from bot.core.db import UnitOfWork
from bot.core.errors import NotAllowed, NotFound

UNDO_FOR = timedelta(hours=24)
"""How long an act can be taken back."""

Payload = dict[str, Any]
Undo = Callable[[UnitOfWork, Actor, Payload], Awaitable[None]]
"""Undoes an act. Raises ``UserError`` where things have moved on and that is no longer possible."""


async def remember(uow: UnitOfWork, actor: Actor, kind: str, payload: Mapping[str, object], said: str) -> None:
    """Note how an act is undone. ``said`` is what people read: 「任命李四为宣传委员」."""
    uow.session.add(
        UndoStep(
            at=uow.now,
            platform=actor.platform,
            user_id=actor.user_id,
            branch_id=actor.branch_id,
            kind=kind,
            said=said[:200],
            payload=json.dumps(dict(payload), ensure_ascii=False),
            rights=" ".join(sorted(_rights(actor.roles, superuser=actor.is_superuser))),
        )
    )


async def last(uow: UnitOfWork, actor: Actor) -> UndoStep:
    """The last act of this person that may still be undone. Raises ``NotFound``."""
    step = await repository.last_act(uow, actor.platform, actor.user_id, uow.now - UNDO_FOR)
    if step is None:
        raise NotFound("最近 24 小时里没有可以撤销的操作。")
    return step


async def undo(uow: UnitOfWork, actor: Actor, step_id: int, undos: Mapping[str, Undo]) -> UndoStep:
    """Undo the act that was shown.

    Raises ``NotFound`` if it is undone already, ``NotAllowed`` for somebody who has lost an office since, or what its
    handler raises.
    """
    step = await uow.session.get(UndoStep, step_id, with_for_update={"key_share": True})
    if step is None or step.undone_at is not None or step.at < uow.now - UNDO_FOR:
        raise NotFound("这个操作已经撤销过,或者超过了 24 小时。")
    if step.branch_id is not None and not actor.is_superuser:
        now = await rights.roles_at(uow, actor, (await branch.get(uow, step.branch_id)).path)
        if set(step.rights.split()) - _rights(now, superuser=False):
            raise NotAllowed("您的职务变了,这件事要由现任的书记来改。")
    await undos[step.kind](uow, actor, json.loads(step.payload))
    step.undone_at = uow.now
    await audit.record(uow, actor, "undo", step.kind, detail={"step": step.id}, branch_id=step.branch_id)
    return step


def _rights(roles: frozenset[Role], *, superuser: bool) -> set[str]:
    return {role.name for role in roles} | ({"SUPERUSER"} if superuser else set())
