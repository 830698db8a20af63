"""Every query about hot words and discussions, scoped to a branch, a group or a member."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    delete,
    exists,
    func,
    select,
    union_all,
    update,
)

from bot.branch.models import Member
from bot.branch.repository import at_or_below
from bot.core.clock import to_local
from bot.core.db import UnitOfWork, add_up, changed, delete_some, insert_ignore, upsert
from bot.discussion import rules
from bot.discussion.models import (
    BranchWord,
    Discussion,
    DiscussionPlace,
    HotList,
    HotShown,
    OptOut,
    Part,
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
    query = query.order_by(Discussion.id)
    return (await uow.session.scalars(query.with_for_update(key_share=True, skip_locked=True))).all()


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


async def lock(uow: UnitOfWork, discussion_id: int) -> Discussion:
    """The discussion, ours alone until the end of the unit of work."""
    how: Any = {"with_for_update": {"key_share": True}, "populate_existing": True}
    return await uow.session.get_one(Discussion, discussion_id, **how)


async def is_open(uow: UnitOfWork, discussion_id: int) -> bool:
    """Whether one may still speak; nobody ends it until the end of the unit of work."""
    query = select(Discussion.state).where(Discussion.id == discussion_id).with_for_update(read=True)
    return await uow.session.scalar(query) == State.OPEN


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


def _heard(*which: ColumnElement[bool]) -> Subquery:
    """(discussion, member, voices) of what counts in ``which`` discussions: not recalled, good, not of somebody who
    opted out."""
    opted_out = select(OptOut.member_id)
    now = (
        select(Voice.discussion_id, Voice.member_id, func.count().label("voices"))
        .join(Discussion, Discussion.id == Voice.discussion_id)
        .where(*which, Voice.recalled_at.is_(None), Voice.verdict == Verdict.GOOD, Voice.member_id.not_in(opted_out))
        .group_by(Voice.discussion_id, Voice.member_id)
    )
    old = select(Part.discussion_id, Part.member_id, Part.voices).join(Discussion, Discussion.id == Part.discussion_id)
    return union_all(now, old.where(*which, Part.member_id.not_in(opted_out))).subquery()


async def counts(uow: UnitOfWork, ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Discussion id → (voices, people) of what counts in it."""
    heard = _heard(Discussion.id.in_(ids)).c
    query = select(heard.discussion_id, func.sum(heard.voices), func.count()).group_by(heard.discussion_id)
    return {one: (int(voices), people) for one, voices, people in await uow.session.execute(query)}


async def voices_by_member(
    uow: UnitOfWork, members: Collection[int], first: datetime, last: datetime
) -> dict[int, int]:
    """Member id → voices of these members, in the discussions of any branch."""
    given = {"members": list(members), "first": first, "last": last}
    return {member: int(voices) for member, voices in await uow.session.execute(_voices_by_member(), given)}


@cache
def _voices_by_member() -> Select[*tuple[Any, ...]]:
    heard = _heard(_within()).c
    query = select(heard.member_id, func.sum(heard.voices))
    return query.where(heard.member_id.in_(bindparam("members", expanding=True))).group_by(heard.member_id)


async def spoken(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> dict[int, tuple[int, int]]:
    """Member id → (discussions, voices) in the discussions of the branch at ``path`` and those below."""
    rows = await uow.session.execute(_spoken(), {"path": path, "first": first, "last": last})
    return {member: (discussions, int(voices)) for member, discussions, voices in rows}


_PATH = bindparam("path", type_=String)


@cache
def _spoken() -> Select[*tuple[Any, ...]]:
    heard = _heard(Discussion.branch_id.in_(at_or_below(_PATH)), _within()).c
    return select(heard.member_id, func.count(), func.sum(heard.voices)).group_by(heard.member_id)


def _opened() -> ColumnElement[bool]:
    """What the branch at ``path`` and those below opened from ``first`` to ``last`` and didn't take back."""
    here = Discussion.branch_id.in_(at_or_below(_PATH))
    return and_(here, _within(), Discussion.state != State.CANCELLED)


def _within() -> ColumnElement[bool]:
    """What was opened from ``first`` on and before ``last``."""
    return and_(Discussion.opened_at >= bindparam("first"), Discussion.opened_at < bindparam("last"))


async def opened(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> dict[int, int]:
    """Branch id → discussions that it opened."""
    rows = await uow.session.execute(_opened_by_branch(), {"path": path, "first": first, "last": last})
    return {one: count for one, count in rows}  # noqa: C416


@cache
def _opened_by_branch() -> Select[*tuple[Any, ...]]:
    return select(Discussion.branch_id, func.count()).where(_opened()).group_by(Discussion.branch_id)


async def held(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> Sequence[Discussion]:
    """The same discussions, oldest first."""
    query = select(Discussion).where(_opened()).order_by(Discussion.opened_at, Discussion.id)
    return (await uow.session.scalars(query, {"path": path, "first": first, "last": last})).all()


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
    for table in (Voice, Part):
        await uow.session.execute(delete(table).where(table.member_id == member_id))


async def parts_of(uow: UnitOfWork, member_id: int) -> int:
    """In how many discussions this member was heard of which no more than that is kept."""
    query = select(func.count()).select_from(Part).where(Part.member_id == member_id)
    return int(await uow.session.scalar(query) or 0)


async def next_to_sum_up(uow: UnitOfWork, before: datetime) -> Discussion | None:
    """The oldest discussion that was over before then and whose voices are still kept."""
    query = select(Discussion).where(Discussion.state != State.OPEN, Discussion.ends_at < before)
    query = query.where(exists().where(Voice.discussion_id == Discussion.id)).order_by(Discussion.id)
    return (await uow.session.scalars(query.limit(1))).one_or_none()


async def sum_up(uow: UnitOfWork, discussion_id: int) -> int:
    """Instead of its voices keep how often each member was heard, and nothing that was said; how many rows went."""
    own = Voice.discussion_id == discussion_id
    await unquote(uow, (await uow.session.scalars(select(Voice).where(own))).all(), rules.PAST)
    heard = _heard(Discussion.id == discussion_id).c
    rows = await uow.session.execute(select(heard.discussion_id, heard.member_id, heard.voices))
    names = ["discussion_id", "member_id"]
    await add_up(uow.session, Part, [dict(row._mapping) for row in rows], names)
    return await changed(uow.session, delete(Voice).where(own))


async def drop_shown(uow: UnitOfWork, before: datetime) -> int:
    """What was offered and shown before then."""
    return await delete_some(uow.session, HotList, HotList.at < before) or await delete_some(
        uow.session, HotShown, HotShown.day < to_local(before).date()
    )


async def forget_name(uow: UnitOfWork, name: str, instead: str) -> None:
    """``instead`` stands for ``name`` in summaries, which may say whose words they quote."""
    for column in (Discussion.summary, Discussion.draft):
        named = update(Discussion).where(column.contains(name, autoescape=True))
        await uow.session.execute(named.values({column: func.replace(column, name, instead)}))


async def unquote(uow: UnitOfWork, voices: Collection[Voice], instead: str = rules.UNQUOTED) -> None:
    """Take the words of these voices out of the summaries that quote them."""
    for voice in voices:
        for quoted in {rules.quote(voice.text), voice.text}:
            if len(quoted) >= rules.SHORTEST_QUOTE:
                gone = {
                    column.key: func.replace(column, quoted, instead)
                    for column in (Discussion.summary, Discussion.draft)
                }
                its = update(Discussion).where(Discussion.id == voice.discussion_id)
                await uow.session.execute(its.values(gone))


async def opt_in(uow: UnitOfWork, member_id: int) -> bool:
    found = await uow.session.get(OptOut, member_id)
    if found is not None:
        await uow.session.delete(found)
    return found is not None
