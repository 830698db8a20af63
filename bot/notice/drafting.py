"""Use cases of writing a notice: draft it, send it on its way, change it. One unit of work each."""

import json
from collections.abc import Collection
from datetime import datetime

from bot.branch import audit, undo
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork, insert_ignore
from bot.core.errors import NotAllowed, UserError
from bot.notice import approving, periods, policy, publishing, repository, rules
from bot.notice.models import Notice, NoticeExpected, NoticeVersion, Pin, Publicity, Scope, State
from bot.notice.rules import Step, Wording


async def need_author(uow: UnitOfWork, actor: Actor, else_: str = "") -> None:
    """Raises ``NotAllowed`` for somebody whom the branch doesn't let write notices; ``else_`` is what they may do."""
    rule = await policy.of(uow, actor.branch)
    if not await policy.roles_in(uow, actor, actor.branch) & rule.authors:
        raise NotAllowed(f"公告由{rules.office(rule.authors)}来发。{else_}")


async def draft(
    uow: UnitOfWork,
    actor: Actor,
    wording: Wording,
    scope: Scope,
    publish_at: datetime | None = None,
    standing: Publicity | None = None,
    people: Collection[int] = (),
    *,
    reviewed: bool = False,
    kept: bool = False,
) -> Notice:
    """Store a new notice and send it on its way; ``kept``: only store it.

    With ``standing`` it is a 公示. Of scope ``PEOPLE`` it is for the members ``people`` alone. What is ``reviewed``
    elsewhere is asked of nobody.

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
        version=1,
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
    await uow.session.flush()
    if reviewed:
        await approving.ready(uow, actor, notice, 1)
    elif not kept:
        await approving.submit(uow, actor, notice, 1)
    if scope is not Scope.PEOPLE:
        await undo.remember(uow, actor, "notice.draft", {"notice": notice.id}, f"公告 {notice.no}")
    return notice


async def send(uow: UnitOfWork, actor: Actor, no: int) -> Notice:
    """公开: what was kept or returned goes on its way. Raises ``NotFound``, ``UserError``, ``NotAllowed``."""
    notice = await approving.lock(uow, (await publishing.get(uow, actor.branch, no)).id)
    await check(uow, actor, notice, Step.SUBMIT)
    await audit.record(uow, actor, "notice.submit", f"公告 {no}")
    await approving.submit(uow, actor, notice, notice.version)
    await undo.remember(uow, actor, "notice.draft", {"notice": notice.id}, f"公告 {no}")
    return notice


async def check(uow: UnitOfWork, actor: Actor, notice: Notice, step: Step) -> State:
    """The state after ``step`` of an author. Raises ``NotAllowed``, ``UserError``."""
    rule, roles = await policy.of(uow, notice.branch_id), await policy.roles_in(uow, actor, notice.branch_id)
    return rules.check(step, notice.no, State(notice.state), rule, roles)


async def changeable(uow: UnitOfWork, actor: Actor, no: int, text: str) -> Notice:
    """The notice that ``text`` may become the next version of. Raises ``NotFound``, ``UserError``, ``NotAllowed``."""
    notice = await approving.lock(uow, (await publishing.get(uow, actor.branch, no)).id)
    await check(uow, actor, notice, Step.REVISE)
    rules.check_new(no, notice.text, text)
    if (standing := await uow.session.get(Publicity, notice.id)) is not None:
        if notice.state == State.PUBLISHED:
            raise UserError(f"公示 {no} 公开后不能改。要改请先「撤回 {no}」,再发一次公示,公示期重新算。")
        periods.check(periods.rule_for(text), standing.workdays)
        standing.rule = periods.rule_for(text).name
    return notice


async def revise(uow: UnitOfWork, actor: Actor, no: int, text: str) -> Notice:
    """The next version. What is out goes out again to its groups and asks again those who had confirmed, privately;
    where the branch wants it looked at, it stays as it is until then. Raises as ``changeable``."""
    notice = await changeable(uow, actor, no, text)
    before = notice.text
    await rewrite(uow, actor, notice, text)
    payload = {"notice": notice.id, "version": await _newest(uow, notice), "text": before}
    await undo.remember(uow, actor, "notice.revise", payload, f"改公告 {no}")
    return notice


async def rewrite(uow: UnitOfWork, actor: Actor, notice: Notice, text: str, *, reviewed: bool = False) -> None:
    """``revise``, where it has been decided already that ``actor`` may. What nobody has seen stays the version that it
    is. Raises ``UserError``."""
    text = rules.check_new(notice.no, notice.text, text)
    out = notice.state == State.PUBLISHED
    version = notice.version + out
    for one in (notice.version, version):
        await approving.drop(uow, notice, one)
    await uow.session.merge(NoticeVersion(notice_id=notice.id, version=version, text=text, at=uow.now))
    await audit.record(uow, actor, "notice.revise", f"公告 {notice.no}", detail={"version": version})
    if not out:
        notice.version, notice.text, notice.state = version, text, State.DRAFT
    await uow.session.flush()
    if reviewed:
        await approving.ready(uow, actor, notice, version)
    else:
        await approving.submit(uow, actor, notice, version)


async def unwrite(uow: UnitOfWork, actor: Actor, notice_id: int, version: int, text: str) -> None:
    """What 撤销 does to ``revise``: the words from before, in a new version where the other has been seen."""
    notice = await approving.lock(uow, notice_id)
    if notice.state in (State.WITHDRAWN, State.CLOSED) or version != await _newest(uow, notice):
        raise UserError(f"公告 {notice.no} 后来又有变化,撤销不了。要再改发「公告改 {notice.no} 正文」。")
    if version > notice.version:
        await approving.drop(uow, notice, version)
        await uow.session.delete(await uow.session.get_one(NoticeVersion, (notice_id, version)))
    else:
        await rewrite(uow, actor, notice, text)


async def _newest(uow: UnitOfWork, notice: Notice) -> int:
    return (await repository.versions(uow, notice.id))[-1].version
