"""Reminding those who haven't finished: privately, seldom, never at night."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.branch import audit
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.service import Reader
from bot.branch.telling import private, quiet_hours
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.delivery import outbox
from bot.rendering.content import Content
from bot.study import completion, views
from bot.study.checking_in import ORIGIN
from bot.study.models import Assignment, Material
from bot.study.pages import NO_PAGES, Pages


@dataclass(frozen=True)
class Outlook:
    """Whom a reminder would reach, each with the key of their message; ``before`` have been reminded as often as the
    branch wants on that day, some have no account, and ``away`` are on leave or exempt by then."""

    assignment: Assignment
    reachable: tuple[tuple[Reader, str], ...]
    before: int
    without_account: tuple[str, ...]
    away: int
    leaves_at: datetime
    a_day: int


@dataclass(frozen=True)
class Reminded:
    """``told`` people get a line; the others as in ``Outlook``."""

    assignment: Assignment
    told: int
    before: int
    without_account: tuple[str, ...]
    leaves_at: datetime


async def outlook(uow: UnitOfWork, branch_id: int, no: int | None) -> Outlook:
    """For the reading ``no`` or the newest. Raises ``NotFound``; ``UserError`` if the branch wants no reminders."""
    assignment = await completion.latest_or(uow, branch_id, no)
    a_day = int(await branch.setting(uow, branch_id, "reminds_per_day"))
    if a_day == 0:
        raise UserError("支部设置了不催学。要打开请书记发「设置 催学上限 1」。")
    leaves_at = (await quiet_hours(uow, branch_id)).shift(uow.now)
    day = to_local(leaves_at).date()
    still_open = [person.member_id for person in (await completion.standing_of(uow, assignment)).open]
    absent = await branch.leaves_between(uow, still_open, day, day)
    here = [one for one in await branch.people(uow, still_open) if one.member_id not in absent]
    known = [one for one in here if one.account is not None]
    without = tuple(one.name for one in here if one.account is None)
    keys = await outbox.first_free(uow, [_keys(reader, day, a_day) for reader in known])
    reachable = tuple((reader, key) for reader, key in zip(known, keys, strict=True) if key is not None)
    return Outlook(assignment, reachable, len(known) - len(reachable), without, len(absent), leaves_at, a_day)


async def remind(uow: UnitOfWork, actor: Actor, no: int, pages: Pages = NO_PAGES) -> Reminded:
    """Enqueue a private line to each of those who haven't finished, outside the quiet hours.

    Nobody gets more than the branch's number of reminders on one day, whatever the readings. Raises as ``outlook``.
    """
    found = await outlook(uow, actor.branch, no)
    material = await uow.session.get_one(Material, found.assignment.material_id)

    def line(reader: Reader) -> Content:
        page = pages.of_member(found.assignment, reader.member_id, found.leaves_at)
        return views.reminder(found.assignment, material.title, found.leaves_at, page)

    messages = [_message(found, actor, reader, line(reader), key) for reader, key in found.reachable]
    told = sum(reference is not None for reference in await outbox.enqueue_all(uow, messages))
    subject = f"学习 {found.assignment.no}"
    await audit.record(uow, actor, "study.remind", subject, detail={"people": told})
    return Reminded(found.assignment, told, found.before + len(messages) - told, found.without_account, found.leaves_at)


def _keys(reader: Reader, day: date, a_day: int) -> list[str]:
    """What makes the first, the second … reminder of a member on a day one, whatever the reading."""
    return [f"remind:{reader.member_id}:{day}:{nth}" for nth in range(1, a_day + 1)]


def _message(found: Outlook, actor: Actor, reader: Reader, content: Content, key: str) -> outbox.Outgoing:
    assert reader.account is not None
    return outbox.Outgoing(
        branch_id=found.assignment.branch_id,
        target=private(reader.account, actor.account),
        content=content,
        origin=f"{ORIGIN}:{found.assignment.no}",
        key=key,
        prefix="催",
        not_before=found.leaves_at,
        expires_at=found.leaves_at + timedelta(days=1),
    )
