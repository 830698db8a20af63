"""Use cases of a notice's end: withdrawn, with its messages recalled where the platform can, or filed."""

from datetime import timedelta

from bot.branch import audit, retention, undo
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.telling import tell_editors
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.delivery import outbox
from bot.delivery.transport import Target
from bot.notice import approving, drafting, publishing, repository, totals, views
from bot.notice.models import Notice, Publicity, Scope, State
from bot.notice.receiving import ORIGIN, origin_of
from bot.notice.rules import Step


async def withdraw(uow: UnitOfWork, actor: Actor, no: int, reason: str = "") -> Notice:
    """Take it back: what hasn't left never leaves, and ``recall_due`` says that what has is to be recalled.

    Raises ``NotFound``, ``UserError``, ``NotAllowed``.
    """
    notice = await approving.lock(uow, (await publishing.get(uow, actor.branch, no)).id)
    before, seen = notice.state, notice.published_at is not None and notice.published_at <= uow.now
    await take_back(uow, actor, notice, reason)
    if not seen:
        await undo.remember(uow, actor, "notice.withdraw", {"notice": notice.id, "state": before}, f"撤回公告 {no}")
    return notice


async def take_back(uow: UnitOfWork, actor: Actor, notice: Notice, reason: str = "") -> None:
    """``withdraw``, and what 撤销 does to a notice that was just written."""
    notice.state = await drafting.check(uow, actor, notice, Step.WITHDRAW)
    notice.ended_at = uow.now
    for version in (notice.version, notice.version + 1):
        await approving.drop(uow, notice, version)
    await totals.stay(uow, notice.id)
    await totals.of_notice(uow, notice.id)
    await outbox.cancel_of(uow, origin_of(notice.id))
    notice.recall_due = notice.published_at is not None
    if notice.published_at is not None and notice.published_at > uow.now:
        notice.published_at = None  # nobody has seen it
    await audit.record(uow, actor, "notice.withdraw", f"公告 {notice.no}", reason)


async def restore(uow: UnitOfWork, notice_id: int, state: str) -> None:
    """What 撤销 does to a withdrawal before anybody had seen it: a draft again, to be sent on its way once more."""
    notice = await repository.lock(uow, notice_id)
    if notice.state != State.WITHDRAWN:
        raise UserError(f"公告 {notice.no} 后来又有变化,撤销不了。")
    notice.state = State.SCHEDULED if state == State.SCHEDULED else State.DRAFT
    notice.ended_at, notice.recall_due = None, False
    await outbox.forget_cancelled(uow, origin_of(notice.id))


async def recalls(uow: UnitOfWork, notice_id: int | None = None) -> list[tuple[int, Target, str]]:
    """What is to be recalled now: (notice id, where, platform message id), of one notice or of all withdrawn ones."""
    found = []
    for one in await repository.to_recall(uow):
        if notice_id in (None, one.id):
            there = await outbox.recallable(uow, origin_of(one.id))
            found += [(one.id, to, message) for to, message in there if to.kind == "group" or one.scope == Scope.PEOPLE]
    return found


async def any_recall(uow: UnitOfWork) -> bool:
    return bool(await repository.to_recall(uow))


async def recalled(uow: UnitOfWork, tried: list[tuple[int, Target, str, bool]], *, tell: bool) -> None:
    """Note what was tried: (…, whether it is gone). A notice of which nothing can arrive any more is done with. With
    ``tell`` the editors hear of what the platform wouldn't recall."""
    for _, target, message_id, gone in tried:
        await outbox.recalled(uow, target, message_id, gone=gone)
    for notice in await repository.to_recall(uow):
        origin = origin_of(notice.id)
        await outbox.cancel_of(uow, origin)
        left = sum(one == notice.id and not gone for one, _, _, gone in tried)
        if left and tell:
            key = f"notice-stays:{notice.id}:{uow.now:%Y%m%d%H%M%S%f}"
            await tell_editors(uow, notice.branch_id, views.not_recalled(notice, left), key, ORIGIN)
        if not await outbox.on_its_way(uow, origin) and not await recalls(uow, notice.id):
            notice.recall_due = False


async def close(uow: UnitOfWork, actor: Actor, no: int) -> Notice:
    """File it: no receipts are taken any more. It can be undone."""
    notice = await approving.lock(uow, (await publishing.get(uow, actor.branch, no)).id)
    if await uow.session.get(Publicity, notice.id) is not None and notice.state == State.PUBLISHED:
        raise UserError(f"公示到期后发「公示结果 {no}」就归档。要提前结束,发「撤回 {no}」。")
    state = await drafting.check(uow, actor, notice, Step.CLOSE)
    if notice.published_at is not None and notice.published_at > uow.now:
        raise UserError(f"公告 {no} 还没发出去,不用归档。不发了请发「撤回 {no}」。")
    notice.state = state
    await _ended(uow, notice)
    await undo.remember(uow, actor, "notice.close", {"notice": notice.id}, f"归档公告 {no}")
    await audit.record(uow, actor, "notice.close", f"公告 {no}")
    return notice


async def _ended(uow: UnitOfWork, notice: Notice) -> None:
    notice.ended_at = uow.now
    await approving.drop(uow, notice, notice.version + 1)
    await outbox.cancel_of(uow, origin_of(notice.id))


async def reopen(uow: UnitOfWork, notice_id: int) -> None:
    """What 撤销 does to ``close``."""
    notice = await repository.lock(uow, notice_id)
    if notice.state != State.CLOSED:
        raise UserError(f"公告 {notice.no} 后来又有变化,撤销不了。")
    notice.state, notice.ended_at = State.PUBLISHED, None


async def close_old(uow: UnitOfWork) -> None:
    """File what has been out for as long as its branch wants, so that 「收到」 means what is new; and what is so old
    that it isn't kept any longer who has confirmed it."""
    kept_from = await retention.kept_from(uow)
    for notice in await repository.out_since(uow, uow.now - timedelta(days=1)):
        days = int(await branch.setting(uow, notice.branch_id, "notice_days"))
        assert notice.published_at is not None
        if notice.published_at < kept_from or (days and notice.published_at <= uow.now - timedelta(days=days)):
            notice.state = State.CLOSED
            await _ended(uow, notice)
            await audit.record(uow, None, "notice.close", f"公告 {notice.no}", branch_id=notice.branch_id)
