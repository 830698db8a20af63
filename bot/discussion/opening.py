"""Use cases of a discussion's life: open it, mention it once more, end it, call it off. One unit of work each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.branch import audit, undo
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import ChatGroup
from bot.branch.telling import quiet_hours, tell, tell_editors
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.delivery import outbox
from bot.delivery.transport import Target
from bot.discussion import offering, repository, rules, views
from bot.discussion.listening import Listening, Window
from bot.discussion.models import Discussion, DiscussionPlace, State
from bot.discussion.offering import Offer

ORIGIN = "discussion.discussion"
MOST_OPEN = 5
"""Discussions of one branch that may be open at once."""


@dataclass(frozen=True)
class Draft:
    """A discussion as it is shown before it is opened."""

    offer: Offer
    prompts: tuple[str, ...]
    ends_at: datetime


async def plan_end(uow: UnitOfWork, branch_id: int, wanted: datetime | None) -> datetime:
    """When a discussion that is opened now ends. Raises ``UserError``."""
    hours = int(await branch.setting(uow, branch_id, "discussion_hours"))
    return rules.ends_at(wanted, hours, await quiet_hours(uow, branch_id), uow.now)


async def groups_for(uow: UnitOfWork, actor: Actor) -> list[ChatGroup]:
    """Where it runs: the group in which it is opened, or from a private chat every group of the branch.

    Raises ``UserError`` if there is none.
    """
    groups = await branch.groups_of(uow, actor.branch)
    here = [group for group in groups if group.platform == actor.platform and group.group_id == actor.group_id]
    if not groups:
        raise UserError("支部还没有绑定群,不知道发到哪里。请在群里发「/开始」。")
    return here if actor.group_id is not None and here else groups


async def open_one(uow: UnitOfWork, actor: Actor, draft: Draft) -> Discussion:
    """Open a discussion: its card goes to the groups. Raises ``UserError``."""
    if len(await repository.open_in_branch(uow, actor.branch)) >= MOST_OPEN:
        raise UserError(f"已经有 {MOST_OPEN} 个讨论在进行,请先用「结束讨论 编号」结束一个。")
    groups = await groups_for(uow, actor)
    offer = draft.offer
    discussion = Discussion(
        branch_id=actor.branch,
        no=await branch.next_number(uow, actor.branch, "discussion"),
        title=offer.title,
        kind=offer.kind,
        about=offer.about[:400],
        source=offer.source[:100],
        url=offer.url,
        prompts=json.dumps(draft.prompts, ensure_ascii=False),
        state=State.OPEN,
        whole_window=await branch.setting(uow, actor.branch, "discussion_whole_window") == "开",
        author_id=actor.member_id,
        opened_at=uow.now,
        ends_at=draft.ends_at,
    )
    uow.session.add(discussion)
    await uow.session.flush()
    for group in groups:
        where = {"platform": group.platform, "group_id": group.group_id, "account": group.account}
        uow.session.add(DiscussionPlace(discussion_id=discussion.id, **where))
    await uow.session.flush()
    await outbox.enqueue_all(
        uow,
        [
            outbox.Outgoing(
                branch_id=actor.branch,
                target=Target(group.account, "group", group.group_id, group.platform),
                content=views.card(discussion),
                origin=f"{ORIGIN}:{discussion.id}",
                key=f"discussion:{discussion.id}:{group.group_id}",
                prefix="论",
                not_before=(await quiet_hours(uow, actor.branch)).shift(uow.now),
                expires_at=discussion.ends_at,
            )
            for group in groups
        ],
    )
    await offering.forget(uow, actor)
    await undo.remember(uow, actor, "discussion.open", {"discussion": discussion.id}, f"开讨论 {discussion.no}")
    await audit.record(uow, actor, "discussion.open", f"讨论 {discussion.no}")
    return discussion


async def call_off(uow: UnitOfWork, discussion_id: int) -> None:
    """What 撤销 does to ``open_one``: cards that haven't left never do, nothing is listened to. Raises ``UserError`` if
    somebody has spoken already."""
    discussion = await repository.lock(uow, discussion_id)
    if discussion.state != State.OPEN or await repository.voices(uow, discussion_id):
        raise UserError(f"讨论 {discussion.no} 已经有人发言或已结束,不能撤销。可以发「结束讨论 {discussion.no}」。")
    discussion.state, discussion.ended_at = State.CANCELLED, uow.now
    for place in await repository.places(uow, discussion_id):
        await outbox.cancel(uow, f"discussion:{discussion_id}:{place.group_id}")


async def get(uow: UnitOfWork, branch_id: int, no: int) -> Discussion:
    """Raises ``NotFound``."""
    found = await repository.by_no(uow, branch_id, no)
    if found is None or found.state == State.CANCELLED:
        raise NotFound(f"没有讨论 {no}。发「讨论」看有哪些,要选今天的话题先发「热词」。")
    return found


async def the_one(uow: UnitOfWork, branch_id: int, no: int | None) -> Discussion:
    """The discussion ``no``; without a number the only open one, else the newest.

    Raises ``NotFound``, ``UserError``.
    """
    if no is not None:
        return await get(uow, branch_id, no)
    still = await repository.open_in_branch(uow, branch_id)
    if len(still) > 1:
        listed = "、".join(f"{one.no}「{one.title[:12]}」" for one in still)
        raise UserError(f"有几个讨论在进行:{listed}。请写上编号。")
    found = still or await repository.newest(uow, branch_id, 1)
    if not found:
        raise NotFound("还没有讨论。发「热词」挑一个话题,或发「讨论 题目」自己出题。")
    return found[0]


async def end(uow: UnitOfWork, actor: Actor, discussion: Discussion) -> None:
    """No more voices from now on. Raises ``UserError`` if it has ended. It can be undone."""
    await repository.lock(uow, discussion.id)
    if discussion.state != State.OPEN:
        raise UserError(f"讨论 {discussion.no} 已经结束了。发「小结 {discussion.no}」看小结。")
    discussion.state, discussion.ended_at = State.ENDED, uow.now
    await _mention_no_more(uow, discussion)
    await undo.remember(uow, actor, "discussion.end", {"discussion": discussion.id}, f"结束讨论 {discussion.no}")
    await audit.record(uow, actor, "discussion.end", f"讨论 {discussion.no}")


async def reopen(uow: UnitOfWork, discussion_id: int) -> None:
    """What 撤销 does to ``end``. Raises ``UserError`` if its time is over."""
    discussion = await repository.lock(uow, discussion_id)
    if discussion.ends_at <= uow.now:
        raise UserError("讨论的时间已经过了,不能再打开。")
    discussion.state, discussion.ended_at = State.OPEN, None


async def any_due(uow: UnitOfWork) -> bool:
    """Whether a discussion ends or should be mentioned soon; asked every second, so it takes no lock."""
    return await repository.any_due(uow, uow.now + rules.REMIND_BEFORE)


async def run_due(uow: UnitOfWork) -> bool:
    """Mention the discussions that end soon, end those whose time has come; whether any ended.

    Nothing is posted at the end: the propagandist is told that a summary can be.
    """
    ended = False
    for one in await repository.due(uow, uow.now + rules.REMIND_BEFORE):
        if one.ends_at <= uow.now:
            one.state, one.ended_at, ended = State.ENDED, uow.now, True
            await _mention_no_more(uow, one)
            (voices, people) = (await repository.counts(uow, [one.id])).get(one.id, (0, 0))
            text = views.time_is_up(one, voices, people)
            await tell_editors(uow, one.branch_id, text, f"discussion:{one.id}:ended", ORIGIN)
        elif one.reminded_at is None:
            at = rules.reminds_at(one.opened_at, one.ends_at, await quiet_hours(uow, one.branch_id))
            one.reminded_at = uow.now
            if at is not None:
                await _mention(uow, one)
    return ended


async def _mention(uow: UnitOfWork, discussion: Discussion) -> None:
    for place in await repository.places(uow, discussion.id):
        target = Target(place.account, "group", place.group_id, place.platform)
        text = views.ends_soon(discussion, uow.now)
        await tell(uow, discussion.branch_id, target, text, _soon(place), f"{ORIGIN}:{discussion.id}")


async def _mention_no_more(uow: UnitOfWork, discussion: Discussion) -> None:
    """A reminder that couldn't leave before the end is of no use after it."""
    for place in await repository.places(uow, discussion.id):
        await outbox.cancel(uow, _soon(place))


def _soon(place: DiscussionPlace) -> str:
    return f"discussion:{place.discussion_id}:soon:{place.group_id}"


async def listen(uow: UnitOfWork, listening: Listening) -> None:
    """Bring what is held in memory up to date with what is open."""
    listening.hear(
        (place.platform, place.group_id, Window(one.id, one.no, one.title, one.whole_window))
        for one, place in await repository.all_open(uow)
    )


async def newest(uow: UnitOfWork, branch_id: int, limit: int = 10) -> Sequence[Discussion]:
    return await repository.newest(uow, branch_id, limit)
