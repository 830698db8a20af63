"""Use cases of 审核 and 审批: whoever the branch wants to look before something is public says 同意 or 退回."""

from bot.branch import audit, requests, undo
from bot.branch.actor import Actor
from bot.branch.models import Request
from bot.branch.requests import asker_of, payload_of
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.notice import policy, publishing, repository, rules, views
from bot.notice.models import Notice, NoticeVersion, Publicity, State
from bot.notice.rules import Step, office, title
from bot.rendering.content import Content

REVIEW, APPROVAL = "notice.review", "notice.publish"
_STAGES = {REVIEW: (State.REVIEWING, Step.REVIEW), APPROVAL: (State.APPROVING, Step.APPROVE)}


async def submit(
    uow: UnitOfWork,
    actor: Actor,
    notice: Notice,
    version: int,
    passed: State = State.DRAFT,
    by: Actor | None = None,
) -> None:
    """Send ``version``, which has ``passed`` this state, on its way: to whoever is to look at it next, or out. It is
    that of ``actor``, and moved on ``by`` somebody else or by themselves.

    What is proposed for a notice that is out changes nothing about it before it is approved. Raises ``UserError`` where
    nobody can look at it.
    """
    rule = await policy.of(uow, notice.branch_id)
    at = rule.after(passed)
    if notice.state != State.PUBLISHED:
        notice.state = at
    if at is State.SCHEDULED:
        await ready(uow, by or actor, notice, version)
        return
    kind = REVIEW if at is State.REVIEWING else APPROVAL
    roles = rule.roles_for(_STAGES[kind][1], at)
    what = "审核(含保密审查)" if kind == REVIEW else "同意公开"
    author = (await repository.names_of(uow, [notice.author_id])).get(notice.author_id or 0, actor.name)
    asked = await requests.ask(
        uow, actor, notice.branch_id, kind, {"notice": notice.id, "version": version},
        f"{author}请您{what}公告 {notice.no}「{title(await _words(uow, notice, version))}」",
        but=notice.author_id if rule.four_eyes else None, roles=roles, shown=await _shown(uow, notice, version),
        no=notice.no,
    )  # fmt: skip
    if not asked.told:
        raise UserError(
            f"公告要由{office(roles)}{what},可是没有能联系上的人。请先任命并请他绑定,或改「设置 公告审批」。"
        )


async def _words(uow: UnitOfWork, notice: Notice, version: int) -> str:
    return (await uow.session.get_one(NoticeVersion, (notice.id, version))).text


async def _shown(uow: UnitOfWork, notice: Notice, version: int) -> Content:
    """What it will look like, to be looked at before it does."""
    standing = await uow.session.get(Publicity, notice.id)
    return views.proposed(notice, await _words(uow, notice, version), standing)


async def ready(uow: UnitOfWork, actor: Actor | None, notice: Notice, version: int) -> None:
    """Nobody else has to look at ``version``: it goes out, or waits for its time. The clock puts a 公示 out within a
    second, since its days need the calendar."""
    if notice.state == State.PUBLISHED:
        notice.version, notice.text = version, await _words(uow, notice, version)
        await publishing.publish(uow, notice, actor)
        return
    notice.state = State.SCHEDULED
    due = notice.publish_at is None or notice.publish_at <= uow.now
    if due and await uow.session.get(Publicity, notice.id) is None:
        await publishing.publish(uow, notice, actor)


async def decide(uow: UnitOfWork, actor: Actor, request: Request, agree: bool) -> Notice:
    """同意 or 退回. Raises ``UserError`` where things have moved on, ``NotAllowed`` for one's own draft."""
    asked, (state, step) = payload_of(request), _STAGES[request.kind]
    notice, version = await repository.lock(uow, int(asked["notice"])), int(asked["version"])
    out = notice.state == State.PUBLISHED
    if version != notice.version + out:
        raise UserError(f"公告 {notice.no} 已经改过,请看新的一版。")
    rule, roles = await policy.of(uow, notice.branch_id), await policy.roles_in(uow, actor, notice.branch_id)
    done = step if agree else Step.RETURN
    own = notice.author_id is not None and notice.author_id == actor.member_id
    rules.check(done, notice.no, state if out else State(notice.state), rule, roles, own=own)
    before = notice.state
    await audit.record(
        uow, actor, f"notice.{done.name.lower()}", f"公告 {notice.no}", request.reason, {"version": version},
        notice.branch_id,
    )  # fmt: skip
    if agree:
        if step is Step.APPROVE:
            notice.approver_id = actor.member_id
        await submit(uow, asker_of(request), notice, version, state, by=actor)
    elif not out:
        notice.state = State.DRAFT
    said = f"{'同意' if agree else '退回'}公告 {notice.no}"
    await undo.remember(uow, actor, "notice.decide", {"request": request.id, "state": before}, said)
    return notice


async def reconsider(uow: UnitOfWork, request_id: int, state: str) -> None:
    """What 撤销 does to ``decide``. Raises ``UserError`` for what is out by now."""
    request = await uow.session.get_one(Request, request_id)
    asked = payload_of(request)
    notice, version = await lock(uow, int(asked["notice"])), int(asked["version"])
    moved_on = notice.state in (State.WITHDRAWN, State.CLOSED) or notice.version > version
    if moved_on or (notice.version == version and notice.state == State.PUBLISHED):
        raise UserError(f"公告 {notice.no} 已经公开或改过,撤销不了。要收回请发「撤回 {notice.no}」。")
    await drop(uow, notice, version)
    if notice.state != State.PUBLISHED:
        notice.state, notice.approver_id = State(state), None
    await requests.reopen(uow, request)


async def lock(uow: UnitOfWork, notice_id: int) -> Notice:
    """The notice as it is now, with what is asked about it, ours alone until the end of the unit of work."""
    await requests.hold(uow, (REVIEW, APPROVAL), {"notice": notice_id})
    return await repository.lock(uow, notice_id)


async def drop(uow: UnitOfWork, notice: Notice, version: int) -> None:
    """Nobody has to look at that version any more."""
    await requests.drop(uow, (REVIEW, APPROVAL), {"notice": notice.id, "version": version})
