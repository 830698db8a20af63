"""What another feature makes known by a notice, so that there are receipts. It has decided that the actor may.

Where the branch wants notices approved, those of leaders and those to named people need it not: calling a meeting is
theirs, and what goes to a few people isn't made public.
"""

from collections.abc import Collection
from dataclasses import dataclass

from bot.branch.actor import LEADERS, Actor
from bot.core.db import UnitOfWork
from bot.notice import approving, categories, drafting, repository
from bot.notice.models import Notice, Scope, State
from bot.notice.rules import Wording


@dataclass(frozen=True)
class Announced:
    """Notice ``no``; ``waiting`` is whether it must be approved first."""

    id: int
    no: int
    waiting: bool


async def announce(
    uow: UnitOfWork,
    actor: Actor,
    text: str,
    people: Collection[int] | None = None,
    category: str = categories.OF_MEETINGS,
) -> Announced:
    """Make ``text`` known to the group of the actor's branch, or privately to the members ``people`` alone.

    Raises ``UserError`` as ``drafting.draft`` does.
    """
    scope = Scope.OWN if people is None else Scope.PEOPLE
    wording = Wording(text, category)
    return _announced(
        await drafting.draft(uow, actor, wording, scope, people=people or (), reviewed=_reviewed(actor, people))
    )


async def change(
    uow: UnitOfWork, actor: Actor, notice_id: int, text: str, people: Collection[int] | None = None
) -> Announced:
    """Ask those concerned again with new words; by a new notice where the old one was taken back or filed, or was for
    a few and is for everybody now."""
    notice = await uow.session.get_one(Notice, notice_id)
    if notice.scope == Scope.PEOPLE and people is None and notice.state == State.PUBLISHED:
        notice.state, notice.ended_at = State.CLOSED, uow.now
    if notice.state in (State.WITHDRAWN, State.CLOSED):
        return await announce(uow, actor, text, people, notice.category)
    if notice.scope == Scope.PEOPLE:
        await repository.address(uow, notice.id, people or ())
    await drafting.rewrite(uow, actor, notice, text, reviewed=_reviewed(actor, people))
    return _announced(notice)


async def call_off(
    uow: UnitOfWork, actor: Actor, notice_id: int, text: str, people: Collection[int] | None = None
) -> Announced | None:
    """Say that it won't be. None where it wasn't out yet: then nobody has to hear of it."""
    notice = await uow.session.get_one(Notice, notice_id)
    if notice.published_at is None:
        await approving.drop(uow, notice, notice.version)
        notice.state, notice.ended_at = State.WITHDRAWN, uow.now
        return None
    return await change(uow, actor, notice_id, text, people)


def _reviewed(actor: Actor, people: Collection[int] | None) -> bool:
    return people is not None or actor.may(LEADERS)


def _announced(notice: Notice) -> Announced:
    return Announced(notice.id, notice.no, notice.state in (State.REVIEWING, State.APPROVING))
