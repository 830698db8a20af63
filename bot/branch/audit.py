"""The audit log: who did what, when and why. Written in the unit of work of the act itself, never changed."""

import json
from collections.abc import Mapping
from datetime import datetime

from bot.branch import repository
from bot.branch.actor import Actor
from bot.branch.models import AuditEntry
from bot.core.db import UnitOfWork


async def record(
    uow: UnitOfWork,
    actor: Actor | None,
    action: str,
    subject: str = "",
    reason: str = "",
    detail: Mapping[str, object] | None = None,
    branch_id: int | None = None,
) -> None:
    """Note an act. ``actor`` None means the bot itself. ``detail`` holds ids and numbers, never texts."""
    uow.session.add(
        AuditEntry(
            at=uow.now,
            branch_id=branch_id if branch_id is not None else (actor.branch_id if actor else None),
            actor=actor.reference if actor else "bot",
            action=action,
            subject=subject[:80],
            reason=reason[:400],
            detail=json.dumps(dict(detail or {}), ensure_ascii=False),
        )
    )


async def count(uow: UnitOfWork, actor: Actor, action: str, since: datetime) -> int:
    """How often this person has done this since then."""
    return await repository.acts(uow, actor.reference, action, since)
