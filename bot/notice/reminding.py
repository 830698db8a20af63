"""Who has confirmed a notice and who hasn't, and 催收: reminding the latter privately, seldom, never at night."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.branch import audit, undo
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.service import Reader
from bot.branch.telling import private, quiet_hours
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.delivery import outbox
from bot.notice import publishing, repository, rules, views
from bot.notice.models import Notice, Publicity, State
from bot.notice.receiving import origin_of, reminder_keys
from bot.notice.rules import Tally


@dataclass(frozen=True)
class Standing:
    """How a notice stands with the people of a branch; ``below`` are (branch, confirmed, to confirm) where several."""

    notice: Notice
    found: Tally
    below: list[tuple[str, int, int]]


async def standing(uow: UnitOfWork, actor: Actor, no: int, within: str = "") -> Standing:
    """Notice ``no`` of the actor's branch, else what a branch above sent down with that number, as it stands with the
    actor's branch and those below; ``within`` names one of these.

    Raises ``NotFound``, and ``UserError`` for a 公示: nobody has to confirm one.
    """
    path = (await branch.get(uow, actor.branch)).path
    notice = await repository.by_no(uow, actor.branch, no)
    if notice is None:
        notice = await repository.from_above(uow, branch.ids_on(path)[:-1], no)
    if notice is None:
        notice = await publishing.get(uow, actor.branch, no)
    if (shown := await uow.session.get(Publicity, notice.id)) is not None:
        raise UserError(
            f"{no} 号是公示,不用回执。" + (f"公示期到 {shown.ends_on:%-m月%-d日}。" if shown.ends_on else "")
        )
    people = await repository.expected(uow, notice, path)
    rows = rules.tally(people).rolled_up(path)
    names = await repository.branch_names(uow, [path for path, _, _ in rows])
    if within:
        named = [each for each, name in names.items() if within in name]
        if len(named) != 1:
            raise UserError(f"没找到「{within[:20]}」。有这些:{'、'.join(names.values())}。")
        inside = rules.tally([one for one in people if one.path.startswith(named[0])])
        rows = inside.rolled_up(named[0])
        names = await repository.branch_names(uow, [each for each, _, _ in rows])
        return Standing(notice, inside, _named(rows, names))
    return Standing(notice, rules.tally(people), _named(rows, names))


async def progress(uow: UnitOfWork, notice_id: int) -> str:
    """「23/27」."""
    notice = await uow.session.get_one(Notice, notice_id)
    path = (await branch.get(uow, notice.branch_id)).path
    return rules.tally(await repository.expected(uow, notice, path)).progress


def _named(rows: list[tuple[str, int, int]], names: dict[str, str]) -> list[tuple[str, int, int]]:
    return [(names[path], done, count) for path, done, count in rows] if len(rows) > 1 else []


@dataclass(frozen=True)
class Outlook:
    """Whom a reminder would reach at ``leaves_at``, each with the key of their message; ``before`` have had as many as
    the branch wants on that day, and ``away`` can't be written to or are on leave."""

    notice: Notice
    reachable: tuple[tuple[Reader, str], ...]
    before: int
    away: int
    leaves_at: datetime
    a_day: int


@dataclass(frozen=True)
class Reminded:
    """``told`` people get a line at ``leaves_at``; the others as in ``Outlook``."""

    told: int
    before: int
    away: int
    leaves_at: datetime


async def outlook(uow: UnitOfWork, actor: Actor, no: int) -> Outlook:
    """Raises as ``standing``, and ``UserError`` where there is nothing to remind of, or the branch wants no
    reminders."""
    found = await standing(uow, actor, no)
    notice = found.notice
    if notice.state != State.PUBLISHED:
        raise UserError(f"公告 {notice.no} 没有在等回执,不用催收。")
    a_day = int(await branch.setting(uow, notice.branch_id, "reminds_per_day"))
    if a_day == 0:
        raise UserError("支部设置了不催。要打开请书记发「设置 催学上限 1」。")
    leaves_at = (await quiet_hours(uow, notice.branch_id)).shift(uow.now)
    day = to_local(leaves_at).date()
    people = await branch.people(uow, [person.member_id for person in found.found.open])
    absent = await branch.leaves_between(uow, [one.member_id for one in people], day, day)
    here = [one for one in people if one.account is not None and one.member_id not in absent]
    keys = await outbox.first_free(uow, [reminder_keys(one.member_id, day)[:a_day] for one in here])
    reachable = tuple((one, key) for one, key in zip(here, keys, strict=True) if key is not None)
    return Outlook(notice, reachable, len(here) - len(reachable), len(people) - len(here), leaves_at, a_day)


async def remind(uow: UnitOfWork, actor: Actor, no: int) -> Reminded:
    """Enqueue a private line to each of those who haven't confirmed, outside the quiet hours. Raises as ``outlook``."""
    found = await outlook(uow, actor, no)
    messages = [_message(found.notice, actor, one, key, found.leaves_at) for one, key in found.reachable]
    references = await outbox.enqueue_all(uow, messages)
    sent = [out.key for out, reference in zip(messages, references, strict=True) if reference is not None]
    await audit.record(uow, actor, "notice.remind", f"公告 {no}", detail={"people": len(sent)})
    if sent:
        await undo.remember(uow, actor, "notice.remind", {"notice": found.notice.id, "keys": sent}, f"催收公告 {no}")
    return Reminded(len(sent), found.before + len(messages) - len(sent), found.away, found.leaves_at)


async def remind_no_more(uow: UnitOfWork, notice_id: int, keys: list[str]) -> None:
    """What 撤销 does to ``remind``. Raises ``UserError`` where all have left."""
    if not await outbox.cancel_of(uow, origin_of(notice_id), keys):
        raise UserError("提醒都已经发出去了,撤销不了。")
    await outbox.forget_cancelled(uow, origin_of(notice_id), keys)


def _message(notice: Notice, actor: Actor, reader: Reader, key: str, leaves_at: datetime) -> outbox.Outgoing:
    assert reader.account is not None
    return outbox.Outgoing(
        branch_id=notice.branch_id,
        target=private(reader.account, actor.account),
        content=views.reminder(notice),
        origin=origin_of(notice.id),
        key=key,
        prefix="催",
        not_before=leaves_at,
        expires_at=leaves_at + timedelta(days=1),
    )
