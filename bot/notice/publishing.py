"""Use cases of a notice going out: to whom, when, and again in a new version. One unit of work each."""

from collections.abc import Sequence
from datetime import datetime

from bot.branch import audit
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import ChatGroup
from bot.branch.service import Reader
from bot.branch.telling import private, quiet_hours
from bot.core.clock import to_local
from bot.core.db import UnitOfWork, insert_ignore
from bot.core.errors import NotFound
from bot.delivery import outbox
from bot.delivery.outbox import Outgoing
from bot.delivery.transport import Target
from bot.notice import repository, sparing, totals, views
from bot.notice.models import Notice, NoticeExpected, Pin, Publicity, Scope, State
from bot.notice.receiving import key_again, key_of, origin_of
from bot.rendering.content import Content
from bot.scheduling.calendar import WorkdayCalendar


async def get(uow: UnitOfWork, branch_id: int, no: int) -> Notice:
    """Raises ``NotFound``."""
    notice = await repository.by_no(uow, branch_id, no)
    if notice is None:
        raise NotFound(f"没有公告 {no}。发「公告」看看有哪些。")
    return notice


def key(notice: Notice, target: Target) -> str:
    """The key of the message of this version to this chat."""
    chat = target.id if target.kind == "group" else f"{target.kind}-{target.id}"
    return key_of(notice, chat)


async def groups_of(uow: UnitOfWork, notice: Notice) -> list[Target]:
    """The group chats that it goes to."""
    if notice.scope == Scope.PEOPLE:
        return []
    groups = await branch.groups_of(uow, notice.branch_id, below=notice.scope == Scope.BELOW)
    return [target_of(group) for group in groups]


def target_of(group: ChatGroup) -> Target:
    return Target(group.account, "group", group.group_id, group.platform)


async def readers_of(uow: UnitOfWork, notice: Notice) -> tuple[list[Reader], list[Reader]]:
    """Everybody who is to read it: (in a group chat, privately since no group chat of theirs gets it)."""
    today = branch.today(uow)
    match Scope(notice.scope):
        case Scope.PEOPLE:
            return [], await branch.people(uow, await repository.expected_ids(uow, notice.id))
        case Scope.BELOW:
            return await branch.everybody(uow, notice.branch_id, today)
        case Scope.OWN:
            return await branch.readers(uow, notice.branch_id, today), []


async def publish(uow: UnitOfWork, notice: Notice, actor: Actor | None = None) -> int:
    """Send it where it goes, outside the quiet hours; how many chats that are. ``actor`` None: its time has come."""
    standing = await uow.session.get(Publicity, notice.id)
    together, alone = await readers_of(uow, notice)
    if standing is None:  # a 公示 asks nobody to confirm it
        rows = [{"notice_id": notice.id, "member_id": reader.member_id} for reader in (*together, *alone)]
        await insert_ignore(uow.session, NoticeExpected, rows, ["notice_id", "member_id"])
        await totals.stay(uow, notice.id)
        await sparing.on_publication(uow, notice.id)
    leaves_at = (await quiet_hours(uow, notice.branch_id)).shift(uow.now)
    sender = (await branch.get(uow, notice.branch_id)).name if notice.scope == Scope.BELOW else ""
    again = notice.published_at is not None and notice.published_at <= uow.now
    content = views.published(notice, standing, sender, again=again)
    targets = await groups_of(uow, notice)
    targets += [private(one.account, notice.author_account) for one in alone if one.account is not None]
    outs = [_outgoing(notice, target, content, key(notice, target), leaves_at) for target in targets]
    if notice.version > 1 and together:
        outs += await _asked_again(uow, notice, together, leaves_at)
    notice.state, notice.published_at = State.PUBLISHED, notice.published_at or leaves_at
    notice.pin_due = notice.pin != Pin.NONE
    await totals.of_notice(uow, notice.id)
    await outbox.cancel_of(uow, origin_of(notice.id))  # what hasn't left yet of an earlier version needn't be seen
    await outbox.enqueue_all(uow, outs)
    await audit.record(
        uow, actor, "notice.publish", f"公告 {notice.no}", detail={"version": notice.version, "chats": len(targets)},
        branch_id=notice.branch_id,
    )  # fmt: skip
    return len(targets)


async def _asked_again(
    uow: UnitOfWork, notice: Notice, readers: Sequence[Reader], leaves_at: datetime
) -> list[Outgoing]:
    """A private word on what has changed to those who had confirmed the version before. The others are open anyway."""
    had = set(await repository.confirmed_before(uow, notice.id, notice.version - 1))
    before = next(v.text for v in await repository.versions(uow, notice.id) if v.version == notice.version - 1)
    content = views.asked_again(notice, before)
    return [
        _outgoing(
            notice,
            private(reader.account, notice.author_account),
            content,
            key_again(notice, reader.member_id),
            leaves_at,
        )
        for reader in readers
        if reader.member_id in had and reader.account is not None
    ]


def _outgoing(notice: Notice, target: Target, content: Content, own: str, leaves_at: datetime) -> Outgoing:
    return Outgoing(
        branch_id=notice.branch_id,
        target=target,
        content=content,
        origin=origin_of(notice.id),
        key=own,
        prefix="告",
        not_before=leaves_at,
    )


async def any_due(uow: UnitOfWork) -> bool:
    """Whether a notice waits to be published now; asked every second, so it takes no lock."""
    return await repository.any_due(uow)


async def run_due(uow: UnitOfWork, calendar: WorkdayCalendar) -> list[Notice]:
    """Publish what was approved for a time that has come; the days of a 公示 begin then."""
    found = list(await repository.due(uow))
    for notice in found:
        if (standing := await uow.session.get(Publicity, notice.id)) is not None:
            standing.starts_on = to_local((await quiet_hours(uow, notice.branch_id)).shift(uow.now)).date()
            standing.ends_on = calendar.add_workdays(standing.starts_on, standing.workdays)
        await publish(uow, notice)
    return found
