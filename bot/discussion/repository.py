"""Every query about hot words and discussions, scoped to a branch, a group or a member."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, select, update

from bot.branch.models import Member
from bot.branch.repository import at_or_below
from bot.core.db import UnitOfWork, insert_ignore, upsert
from bot.discussion import rules
from bot.discussion.models import (
    BranchWord,
    Discussion,
    DiscussionPlace,
    HotList,
    HotShown,
    OptOut,
    State,
    Voice,
)
from bot.textmining.originality import Verdict

# -- hot words


async def hot_list(uow: UnitOfWork, branch_id: int, platform: str, user_id: str, since: datetime) -> HotList | None:
    """What this person was shown since then; else what anybody of the branch was shown last."""
    query = select(HotList).where(HotList.branch_id == branch_id, HotList.at >= since, HotList.shown > 0)
    found = (await uow.session.scalars(query.order_by(HotList.at.desc()))).all()
    own = (one for one in found if (one.platform, one.user_id) == (platform, user_id))
    return next(own, found[0] if found else None)


async def drop_hot_lists(uow: UnitOfWork, branch_id: int) -> None:
    await uow.session.execute(delete(HotList).where(HotList.branch_id == branch_id))


async def put_hot_list(
    uow: UnitOfWork, branch_id: int, platform: str, user_id: str, shown: int, candidates: str
) -> None:
    statement = upsert(uow.session, HotList).values(
        branch_id=branch_id, platform=platform, user_id=user_id, at=uow.now, shown=shown, candidates=candidates
    )
    changed = {name: statement.excluded[name] for name in ("at", "shown", "candidates")}
    await uow.session.execute(
        statement.on_conflict_do_update(index_elements=["branch_id", "platform", "user_id"], set_=changed)
    )


async def shown_before(uow: UnitOfWork, branch_id: int, since: date, today: date) -> Sequence[str]:
    """The titles that were offered first on other days."""
    query = select(HotShown.title).where(HotShown.branch_id == branch_id, HotShown.day >= since, HotShown.day < today)
    return (await uow.session.scalars(query)).all()


async def note_shown(uow: UnitOfWork, branch_id: int, titles: Collection[str], day: date) -> None:
    rows = [{"branch_id": branch_id, "title": title[:200], "day": day} for title in dict.fromkeys(titles)]
    await insert_ignore(uow.session, HotShown, rows, ["branch_id", "title"])


async def words(uow: UnitOfWork, branch_ids: Collection[int], *, warn: bool) -> Sequence[BranchWord]:
    query = select(BranchWord).where(BranchWord.branch_id.in_(branch_ids), BranchWord.warn == warn)
    return (await uow.session.scalars(query.order_by(BranchWord.word))).all()


async def all_words(uow: UnitOfWork) -> Sequence[str]:
    """The own words of all branches."""
    return (await uow.session.scalars(select(BranchWord.word).where(BranchWord.warn.is_(False)).distinct())).all()


async def put_word(uow: UnitOfWork, branch_id: int, word: str, *, warn: bool) -> bool:
    """False if the branch has it already."""
    row = {"branch_id": branch_id, "word": word, "warn": warn, "created_at": uow.now}
    return await insert_ignore(uow.session, BranchWord, [row], ["branch_id", "word"]) > 0


async def drop_word(uow: UnitOfWork, branch_id: int, word: str) -> bool:
    found = await uow.session.get(BranchWord, (branch_id, word))
    if found is not None:
        await uow.session.delete(found)
    return found is not None


# -- discussions


async def titles_since(uow: UnitOfWork, branch_id: int, since: datetime) -> Sequence[str]:
    """What the branch has discussed since then."""
    query = select(Discussion.title).where(Discussion.branch_id == branch_id, Discussion.opened_at >= since)
    return (await uow.session.scalars(query.where(Discussion.state != State.CANCELLED))).all()


async def by_no(uow: UnitOfWork, branch_id: int, no: int) -> Discussion | None:
    query = select(Discussion).where(Discussion.branch_id == branch_id, Discussion.no == no)
    return (await uow.session.scalars(query)).first()


async def newest(uow: UnitOfWork, branch_id: int, limit: int) -> Sequence[Discussion]:
    query = select(Discussion).where(Discussion.branch_id == branch_id, Discussion.state != State.CANCELLED)
    return (await uow.session.scalars(query.order_by(Discussion.no.desc()).limit(limit))).all()


async def open_in_branch(uow: UnitOfWork, branch_id: int) -> Sequence[Discussion]:
    query = select(Discussion).where(Discussion.branch_id == branch_id, Discussion.state == State.OPEN)
    return (await uow.session.scalars(query.order_by(Discussion.no))).all()


async def all_open(uow: UnitOfWork) -> list[tuple[Discussion, DiscussionPlace]]:
    query = (
        select(Discussion, DiscussionPlace)
        .join(DiscussionPlace, DiscussionPlace.discussion_id == Discussion.id)
        .where(Discussion.state == State.OPEN)
        .order_by(Discussion.id)
    )
    return [(one, place) for one, place in await uow.session.execute(query)]


async def places(uow: UnitOfWork, discussion_id: int) -> Sequence[DiscussionPlace]:
    query = select(DiscussionPlace).where(DiscussionPlace.discussion_id == discussion_id)
    return (await uow.session.scalars(query.order_by(DiscussionPlace.group_id))).all()


async def due(uow: UnitOfWork, until: datetime) -> Sequence[Discussion]:
    """The open discussions that end by ``until``."""
    query = select(Discussion).where(Discussion.state == State.OPEN, Discussion.ends_at <= until)
    return (await uow.session.scalars(query.order_by(Discussion.id).with_for_update(skip_locked=True))).all()


async def any_due(uow: UnitOfWork, until: datetime) -> bool:
    query = select(Discussion.id).where(Discussion.state == State.OPEN, Discussion.ends_at <= until).limit(1)
    return await uow.session.scalar(query) is not None


async def search(uow: UnitOfWork, branch_id: int, words: Sequence[str], limit: int) -> Sequence[Discussion]:
    """The discussions whose title, summary or words about it have all these words, newest first."""
    query = select(Discussion).where(Discussion.branch_id == branch_id, Discussion.state != State.CANCELLED)
    for word in words:
        text = Discussion.title + " " + Discussion.about + " " + Discussion.summary
        query = query.where(text.contains(word, autoescape=True))
    return (await uow.session.scalars(query.order_by(Discussion.no.desc()).limit(limit))).all()


# -- voices


async def put_voice(uow: UnitOfWork, row: dict[str, Any]) -> None:
    """Insert a voice, or the new words of one that was edited."""
    statement = upsert(uow.session, Voice).values(row)
    changed = {name: statement.excluded[name] for name in ("text", "verdict")}
    await uow.session.execute(
        statement.on_conflict_do_update(index_elements=["platform", "group_id", "message_id"], set_=changed)
    )


async def voice_at(uow: UnitOfWork, platform: str, group_id: str, message_id: str) -> Voice | None:
    query = select(Voice).where(Voice.platform == platform, Voice.group_id == group_id, Voice.message_id == message_id)
    return (await uow.session.scalars(query)).first()


async def voices(uow: UnitOfWork, discussion_id: int) -> list[tuple[Voice, str]]:
    """(voice, name of its author) of everything that counts: not recalled, not of somebody who opted out."""
    query = (
        select(Voice, Member.name)
        .join(Member, Member.id == Voice.member_id)
        .outerjoin(OptOut, OptOut.member_id == Voice.member_id)
        .where(Voice.discussion_id == discussion_id, Voice.recalled_at.is_(None), OptOut.member_id.is_(None))
        .order_by(Voice.id)
    )
    return [(voice, name) for voice, name in await uow.session.execute(query)]


async def texts_of_others(uow: UnitOfWork, discussion_id: int, message_id: str, limit: int) -> Sequence[str]:
    """The newest words of the other voices, at most ``limit``."""
    query = select(Voice.text).where(
        Voice.discussion_id == discussion_id, Voice.message_id != message_id, Voice.recalled_at.is_(None)
    )
    return (await uow.session.scalars(query.order_by(Voice.id.desc()).limit(limit))).all()


async def counts(uow: UnitOfWork, ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Discussion id → (voices, people) of what counts in it."""
    query = (
        select(Voice.discussion_id, func.count(), func.count(Voice.member_id.distinct()))
        .outerjoin(OptOut, OptOut.member_id == Voice.member_id)
        .where(
            Voice.discussion_id.in_(ids),
            Voice.recalled_at.is_(None),
            OptOut.member_id.is_(None),
            Voice.verdict == Verdict.GOOD,
        )
        .group_by(Voice.discussion_id)
    )
    return {one: (voices, people) for one, voices, people in await uow.session.execute(query)}


def _counted(first: datetime, last: datetime) -> tuple[ColumnElement[bool], ...]:
    """The voices that count, of discussions that were opened in these days; needs ``OptOut`` outer joined."""
    return (
        Discussion.opened_at >= first,
        Discussion.opened_at < last,
        Voice.recalled_at.is_(None),
        Voice.verdict == Verdict.GOOD,
        OptOut.member_id.is_(None),
    )


async def voices_by_member(
    uow: UnitOfWork, members: Collection[int], first: datetime, last: datetime
) -> dict[int, int]:
    """Member id → voices of these members, in the discussions of any branch."""
    query = (
        select(Voice.member_id, func.count())
        .join(Discussion, Discussion.id == Voice.discussion_id)
        .outerjoin(OptOut, OptOut.member_id == Voice.member_id)
        .where(Voice.member_id.in_(members), *_counted(first, last))
        .group_by(Voice.member_id)
    )
    return {member: voices for member, voices in await uow.session.execute(query)}  # noqa: C416


async def spoken(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> dict[int, tuple[int, int]]:
    """Member id → (discussions, voices) in the discussions of the branch at ``path`` and those below."""
    query = (
        select(Voice.member_id, func.count(Voice.discussion_id.distinct()), func.count())
        .join(Discussion, Discussion.id == Voice.discussion_id)
        .outerjoin(OptOut, OptOut.member_id == Voice.member_id)
        .where(Discussion.branch_id.in_(at_or_below(path)), *_counted(first, last))
        .group_by(Voice.member_id)
    )
    return {member: (discussions, voices) for member, discussions, voices in await uow.session.execute(query)}


def _opened(path: str, first: datetime, last: datetime) -> ColumnElement[bool]:
    """What the branch at ``path`` and those below opened in these days and didn't take back."""
    return and_(
        Discussion.branch_id.in_(at_or_below(path)),
        Discussion.opened_at >= first,
        Discussion.opened_at < last,
        Discussion.state != State.CANCELLED,
    )


async def opened(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> dict[int, int]:
    """Branch id → discussions that it opened."""
    query = select(Discussion.branch_id, func.count()).where(_opened(path, first, last))
    return {one: count for one, count in await uow.session.execute(query.group_by(Discussion.branch_id))}  # noqa: C416


async def held(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> Sequence[Discussion]:
    """The same discussions, oldest first."""
    query = select(Discussion).where(_opened(path, first, last))
    return (await uow.session.scalars(query.order_by(Discussion.opened_at, Discussion.id))).all()


async def change_likes(uow: UnitOfWork, voice_id: int, by: int) -> None:
    await uow.session.execute(
        update(Voice).where(Voice.id == voice_id, Voice.likes + by >= 0).values(likes=Voice.likes + by)
    )


# -- who doesn't want to be counted


async def opted_out(uow: UnitOfWork, member_ids: Collection[int]) -> set[int]:
    return set((await uow.session.scalars(select(OptOut.member_id).where(OptOut.member_id.in_(member_ids)))).all())


async def opt_out(uow: UnitOfWork, member_id: int) -> bool:
    """False if they had already."""
    return await insert_ignore(uow.session, OptOut, [{"member_id": member_id, "at": uow.now}], ["member_id"]) > 0


async def voices_of(uow: UnitOfWork, member_id: int) -> Sequence[Voice]:
    return (await uow.session.scalars(select(Voice).where(Voice.member_id == member_id))).all()


async def drop_voices(uow: UnitOfWork, member_id: int) -> None:
    await uow.session.execute(delete(Voice).where(Voice.member_id == member_id))


async def unquote(uow: UnitOfWork, voices: Collection[Voice]) -> None:
    """Take the words of these voices out of the summaries that quote them."""
    for voice in voices:
        for quoted in {rules.quote(voice.text), voice.text}:
            if len(quoted) >= rules.SHORTEST_QUOTE:
                gone = {
                    column.key: func.replace(column, quoted, rules.UNQUOTED)
                    for column in (Discussion.summary, Discussion.draft)
                }
                its = update(Discussion).where(Discussion.id == voice.discussion_id)
                await uow.session.execute(its.values(gone))


async def opt_in(uow: UnitOfWork, member_id: int) -> bool:
    found = await uow.session.get(OptOut, member_id)
    if found is not None:
        await uow.session.delete(found)
    return found is not None
