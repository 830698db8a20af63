"""Use cases of a notice's life: draft it, have it approved, publish, change and withdraw it. One unit of work each."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from bot.branch import audit, requests, undo
from bot.branch import service as branch
from bot.branch.actor import LEADERS, Actor
from bot.branch.models import Role
from bot.branch.telling import private, quiet_hours, tell_editors
from bot.core.clock import to_local
from bot.core.db import UnitOfWork, insert_ignore
from bot.core.errors import NotFound, UserError
from bot.delivery import outbox
from bot.delivery.transport import Target
from bot.notice import repository, rules, views
from bot.notice.models import Notice, NoticeExpected, NoticeVersion, Pin, Publicity, Scope, State
from bot.notice.receiving import ORIGIN
from bot.notice.rules import Step, Tally, Wording
from bot.scheduling.calendar import WorkdayCalendar

REQUEST = "notice.publish"


def roles_of(actor: Actor) -> frozenset[Role]:
    return actor.roles | LEADERS if actor.is_superuser else actor.roles


async def get(uow: UnitOfWork, branch_id: int, no: int) -> Notice:
    """Raises ``NotFound``."""
    notice = await repository.by_no(uow, branch_id, no)
    if notice is None:
        raise NotFound(f"没有公告 {no}。发「公告」看看有哪些。")
    return notice


async def needs_approval(uow: UnitOfWork, branch_id: int) -> bool:
    return await branch.setting(uow, branch_id, "notice_approval") == "开"


async def draft(
    uow: UnitOfWork,
    actor: Actor,
    wording: Wording,
    scope: Scope,
    publish_at: datetime | None = None,
    standing: Publicity | None = None,
    people: Collection[int] = (),
    reviewed: bool = False,
) -> Notice:
    """Store a new notice. Where the branch requires approval the leaders are asked; else it is ready to go.

    With ``standing`` it is a 公示: the clock puts it out within a second, since its days need the calendar. Of scope
    ``PEOPLE`` it is for the members ``people`` alone. What is ``reviewed`` elsewhere is asked of nobody.

    Raises ``UserError`` for an empty or endless text, a past time, or a branch without a group.
    """
    text = rules.check_text(wording.text)
    if publish_at is not None and publish_at <= uow.now:
        raise UserError("公开的时间已经过去了,请写一个以后的时间。")
    if scope is not Scope.PEOPLE and not await branch.groups_of(uow, actor.branch, below=scope is Scope.BELOW):
        raise UserError("支部还没有绑定群,不知道发到哪里。请在群里发「/开始」。")
    notice = Notice(
        branch_id=actor.branch,
        no=await branch.next_number(uow, actor.branch, "notice"),
        category=wording.category,
        state=State.DRAFT,
        scope=scope,
        text=text,
        pictures=json.dumps(wording.pictures),
        files=json.dumps(wording.files, ensure_ascii=False),
        author_id=actor.member_id,
        author_account=actor.account,
        mention_all=wording.mention_all,
        pin=wording.pin,
        pin_due=wording.pin is not Pin.NONE,
        publish_at=publish_at or uow.now,
        created_at=uow.now,
    )
    uow.session.add(notice)
    await uow.session.flush()
    uow.session.add(NoticeVersion(notice_id=notice.id, version=1, text=text, at=uow.now))
    rows = [{"notice_id": notice.id, "member_id": member_id} for member_id in people]
    await insert_ignore(uow.session, NoticeExpected, rows, ["notice_id", "member_id"])
    await audit.record(uow, actor, "notice.draft", f"公告 {notice.no}")
    if standing is not None:
        standing.notice_id = notice.id
        uow.session.add(standing)
    if not reviewed and await needs_approval(uow, actor.branch):
        await _ask(uow, actor, notice)
    elif standing is not None or (notice.publish_at is not None and notice.publish_at > uow.now):
        notice.state = State.SCHEDULED
    else:
        await publish(uow, notice)
    return notice


async def _ask(uow: UnitOfWork, actor: Actor, notice: Notice) -> None:
    notice.state = State.REVIEWING
    said = f"{actor.name}请您审核公告 {notice.no}(含保密审查):\n{notice.text[:150]}"
    payload = {"notice": notice.id, "version": notice.version}
    await requests.ask(uow, actor, notice.branch_id, REQUEST, payload, said, but=actor.member_id)


async def approve(uow: UnitOfWork, actor: Actor, notice_id: int, version: int, *, agree: bool) -> Notice:
    """A leader's decision. Raises ``UserError`` where things have moved on, ``NotAllowed`` for one's own draft."""
    notice = await uow.session.get_one(Notice, notice_id)
    if notice.version != version:
        raise UserError(f"公告 {notice.no} 已经改过,请看新的一版。")
    step = Step.APPROVE if agree else Step.RETURN
    own = notice.author_id == actor.member_id
    notice.state = rules.check(step, notice.no, State(notice.state), roles_of(actor), own=own, four_eyes=True)
    notice.approver_id = actor.member_id if agree else None
    await audit.record(uow, actor, f"notice.{step.name.lower()}", f"公告 {notice.no}", branch_id=notice.branch_id)
    due = agree and notice.publish_at is not None and notice.publish_at <= uow.now
    if due and await uow.session.get(Publicity, notice.id) is None:
        await publish(uow, notice)
    return notice


async def publish(uow: UnitOfWork, notice: Notice) -> int:
    """Send an approved notice where it goes, outside the quiet hours; how many chats that are."""
    targets = await _targets(uow, notice)
    for version in range(1, notice.version):  # what hasn't left yet needn't be seen
        for target in targets:
            await outbox.cancel(uow, f"notice:{notice.id}:{version}:{target.id}")
    standing = await uow.session.get(Publicity, notice.id)
    if standing is None and notice.scope != Scope.PEOPLE:  # a 公示 asks nobody to confirm it
        readers = await branch.readers(uow, notice.branch_id, branch.today(uow))
        rows = [{"notice_id": notice.id, "member_id": reader.member_id} for reader in readers]
        await insert_ignore(uow.session, NoticeExpected, rows, ["notice_id", "member_id"])
    leaves_at = (await quiet_hours(uow, notice.branch_id)).shift(uow.now)
    content = views.published(notice, standing)
    await outbox.enqueue_all(
        uow,
        [
            outbox.Outgoing(
                branch_id=notice.branch_id,
                target=target,
                content=content,
                origin=f"{ORIGIN}:{notice.id}",
                key=f"notice:{notice.id}:{notice.version}:{target.id}",
                prefix="告",
                not_before=leaves_at,
            )
            for target in targets
        ],
    )
    if notice.version > 1 and notice.scope != Scope.PEOPLE:
        await _ask_again(uow, notice, leaves_at)
    notice.state, notice.published_at = State.PUBLISHED, notice.published_at or leaves_at
    return len(targets)


async def _targets(uow: UnitOfWork, notice: Notice) -> list[Target]:
    if notice.scope == Scope.PEOPLE:
        accounts = await repository.accounts_expected(uow, notice.id)
        return [private(account, notice.author_account) for account in accounts]
    groups = await branch.groups_of(uow, notice.branch_id, below=notice.scope == Scope.BELOW)
    return [Target(group.account, "group", group.group_id, group.platform) for group in groups]


async def _ask_again(uow: UnitOfWork, notice: Notice, leaves_at: datetime) -> None:
    """Tell those privately who had confirmed the version before what has changed. The others are open anyway."""
    had = set(await repository.confirmed_before(uow, notice.id, notice.version - 1))
    before = next(v.text for v in await repository.versions(uow, notice.id) if v.version == notice.version - 1)
    await outbox.enqueue_all(
        uow,
        [
            outbox.Outgoing(
                branch_id=notice.branch_id,
                target=private(reader.account, notice.author_account),
                content=views.asked_again(notice, before),
                origin=f"{ORIGIN}:{notice.id}",
                key=f"notice-again:{notice.id}:{notice.version}:{reader.member_id}",
                prefix="告",
                not_before=leaves_at,
            )
            for reader in await branch.readers(uow, notice.branch_id, branch.today(uow))
            if reader.member_id in had and reader.account is not None
        ],
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


async def revise(uow: UnitOfWork, actor: Actor, no: int, text: str) -> tuple[Notice, str]:
    """Version n+1; (the notice, the words before). Published ones go out again to their groups and ask again those who
    had confirmed, privately. Raises ``NotFound``, ``UserError``, ``NotAllowed``."""
    notice = await get(uow, actor.branch, no)
    before = notice.text
    rules.check(Step.REVISE, no, State(notice.state), roles_of(actor), own=True, four_eyes=False)
    if await uow.session.get(Publicity, notice.id) is not None:
        raise UserError(f"公示 {no} 公开后不能改。要改请先「撤回 {no}」,再发一次公示,公示期重新算。")
    await rewrite(uow, actor, notice, text)
    return notice, before


async def rewrite(uow: UnitOfWork, actor: Actor, notice: Notice, text: str, *, reviewed: bool = False) -> None:
    """``revise``, where it has been decided already that ``actor`` may. Raises ``UserError``."""
    text = rules.check_text(text)
    if text == notice.text:
        raise UserError(f"公告 {notice.no} 的内容没有变化。")
    was_published = notice.state == State.PUBLISHED
    notice.version, notice.text = notice.version + 1, text
    uow.session.add(NoticeVersion(notice_id=notice.id, version=notice.version, text=text, at=uow.now))
    await audit.record(uow, actor, "notice.revise", f"公告 {notice.no}", detail={"version": notice.version})
    if not reviewed and await needs_approval(uow, actor.branch):
        notice.publish_at = uow.now if was_published else notice.publish_at
        await _ask(uow, actor, notice)
    elif was_published:
        await publish(uow, notice)


async def withdraw(uow: UnitOfWork, actor: Actor, no: int) -> tuple[Notice, int]:
    """Take it back; (the notice, how many of its messages hadn't left yet). What has left is recalled by the caller.

    Raises ``NotFound``, ``UserError``, ``NotAllowed``.
    """
    notice = await get(uow, actor.branch, no)
    notice.state = rules.check(Step.WITHDRAW, no, State(notice.state), roles_of(actor), own=True, four_eyes=False)
    notice.ended_at = uow.now
    stopped = 0
    for target in await _targets(uow, notice):
        for version in range(1, notice.version + 1):
            stopped += await outbox.cancel(uow, f"notice:{notice.id}:{version}:{target.id}")
    notice.recall_due = await outbox.on_its_way(uow, f"{ORIGIN}:{notice.id}")
    await audit.record(uow, actor, "notice.withdraw", f"公告 {no}")
    return notice, stopped


async def crossed(uow: UnitOfWork) -> list[tuple[Target, str]]:
    """What arrived after it had been withdrawn: (where, platform message id), each handed out once, to be recalled."""
    found: list[tuple[Target, str]] = []
    for notice in await repository.to_recall(uow):
        origin = f"{ORIGIN}:{notice.id}"
        if not await outbox.on_its_way(uow, origin):
            notice.recall_due = False
            late = await outbox.arrived(uow, origin, since=notice.ended_at)
            found += [(target, message_id) for target, message_id in late if target.kind == "group"]
    return found


async def to_pin(uow: UnitOfWork) -> list[tuple[Notice, Sequence[tuple[Target, str]]]]:
    """The notices that should be kept in sight and have arrived now, with where; each is handed out once."""
    found = []
    for notice in await repository.unpinned(uow):
        if places := await sent_messages(uow, notice):
            notice.pin_due = False
            found.append((notice, places))
    return found


async def not_pinned(uow: UnitOfWork, notice: Notice) -> None:
    """Tell the leaders that the platform wouldn't; the notice itself is there."""
    key = f"notice-unpinned:{notice.id}"
    await tell_editors(uow, notice.branch_id, views.not_pinned(notice), key, ORIGIN)


async def sent_messages(uow: UnitOfWork, notice: Notice) -> Sequence[tuple[Target, str]]:
    """(where, platform message id) of what has arrived of this notice in groups."""
    return [
        (target, message_id)
        for target, message_id in await outbox.arrived(uow, f"{ORIGIN}:{notice.id}")
        if target.kind == "group"
    ]


async def close(uow: UnitOfWork, actor: Actor, no: int) -> Notice:
    """File it: no receipts are taken any more. It can be undone."""
    notice = await get(uow, actor.branch, no)
    notice.state = rules.check(Step.CLOSE, no, State(notice.state), roles_of(actor), own=True, four_eyes=False)
    notice.ended_at = uow.now
    await undo.remember(uow, actor, "notice.close", {"notice": notice.id}, f"归档公告 {no}")
    await audit.record(uow, actor, "notice.close", f"公告 {no}")
    return notice


async def reopen(uow: UnitOfWork, notice_id: int) -> None:
    """What 撤销 does to ``close``."""
    notice = await uow.session.get_one(Notice, notice_id)
    notice.state, notice.ended_at = State.PUBLISHED, None


async def tally(uow: UnitOfWork, notice: Notice) -> Tally:
    """Who has confirmed the newest version, who hasn't, who doesn't count."""
    return rules.tally(await repository.expected(uow, notice))


async def remind(uow: UnitOfWork, actor: Actor, notice: Notice, people: Sequence[int]) -> int:
    """Enqueue one private line to each of these who can be reached, outside the quiet hours; how many.

    The key holds the day, so nobody is reminded of one notice twice on a day. Raises ``UserError`` for one that isn't
    published.
    """
    if notice.state != State.PUBLISHED:
        raise UserError(f"公告 {notice.no} 没有在等回执,不用催收。")
    wanted, today = set(people), branch.today(uow)
    quiet = await quiet_hours(uow, notice.branch_id)
    outs = [
        outbox.Outgoing(
            branch_id=notice.branch_id,
            target=private(reader.account, actor.account),
            content=views.reminder(notice),
            origin=f"{ORIGIN}:{notice.id}",
            key=f"notice-remind:{notice.id}:{reader.member_id}:{today:%Y%m%d}",
            prefix="催",
            not_before=quiet.shift(uow.now),
        )
        for reader in await branch.readers(uow, notice.branch_id, today)
        if reader.member_id in wanted and reader.account is not None
    ]
    sent = sum(ref is not None for ref in await outbox.enqueue_all(uow, outs))
    await audit.record(uow, actor, "notice.remind", f"公告 {notice.no}", detail={"people": sent})
    return sent
