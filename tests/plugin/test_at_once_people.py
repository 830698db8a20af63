"""The same as ``test_at_once`` for the tree, its rosters, and what is written of people: what the first has in hand the
second waits for, and finds as the first has left it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.app import App
from bot.branch import audit, organisation, roster_import
from bot.branch.models import Branch, Member, RoleGrant
from bot.branch.roster_sheet import SheetRow
from bot.discussion import opening
from bot.discussion.models import Voice
from bot.hours.models import HourDay
from bot.meeting import attendance, signing_in
from bot.meeting.models import MeetingPerson
from bot.quiz import answering
from bot.quiz.models import Answer, Sitting
from bot.study import reflecting
from bot.study.models import Assignment, Reflection
from plugins.discussion.clockwork import listen
from plugins.meeting.clockwork import do_meetings
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, SUPERUSER
from tests.plugin.talk import Talk
from tests.plugin.test_at_once import Meeting, actor, clock, meeting, totals
from tests.plugin.test_quiz import RIGHT, prepared, stem_in
from tests.plugin.test_reflections import OWN, push
from tests.plugin.test_voices import GOOD

__all__ = ["meeting"]
TREE = ((2, None, "党委"), (3, None, "总支"), (4, 1, "党小组"), (5, 1, "党小组"))

pytestmark = pytest.mark.parametrize("app", ["postgresql"], indirect=True)


@pytest.fixture
async def tree(talk: Talk) -> None:
    """A 党委 and a 总支 by themselves, two 党小组 below the 支部: 四组 and 五组."""
    async with talk.app.database.unit_of_work() as uow:
        for one, above, kind in TREE:
            path, name = f"/{above}/{one}/" if above else f"/{one}/", f"红旗{kind}" if above is None else f"{one}组"
            uow.session.add(Branch(id=one, parent_id=above, kind=kind, name=name, path=path, created_at=uow.now))


async def count(talk: Talk, table: type[RoleGrant | Sitting | Reflection | Voice], *which: object) -> int:
    async with talk.app.database.reading() as uow:
        return await uow.session.scalar(select(func.count()).select_from(table).where(*which)) or 0  # type: ignore[arg-type]


async def take_in(talk: Talk) -> None:
    """张三 is to be in 5组, says a file."""
    async with talk.app.database.unit_of_work() as uow:
        await roster_import.take_in(uow, await actor(uow, BOSS), [SheetRow(2, "张三", group="5组")])


async def erase(talk: Talk) -> None:
    await talk.whisper(MEMBER, "删除我的信息")


@pytest.mark.usefixtures("tree")
async def test_two_who_move_branches_leave_a_tree(talk: Talk, meeting: Meeting) -> None:
    async def move(node: int, to: int) -> None:
        async with talk.app.database.unit_of_work() as uow:
            get = uow.session.get_one
            await organisation.move(uow, await boss(uow), await get(Branch, node), await get(Branch, to))

    async def boss(uow: organisation.UnitOfWork) -> organisation.Actor:
        return organisation.Actor("onebot11", "1", str(SUPERUSER), is_superuser=True)

    meeting.at(audit, "record")
    await meeting.of(move(1, 3), lambda: move(3, 2))
    async with talk.app.database.reading() as uow:
        paths = (await uow.session.scalars(select(Branch.path).order_by(Branch.id))).all()
    assert paths == ["/2/3/1/", "/2/", "/2/3/", "/2/3/1/4/", "/2/3/1/5/"]


@pytest.mark.usefixtures("tree")
async def test_who_is_put_into_a_group_while_the_roster_is_imported(talk: Talk, meeting: Meeting) -> None:
    """What they have got goes with them, from where they were by then."""
    clock(talk, "2026-11-24 09:00")
    await talk.whisper(BOSS, "补登 张三 昨天集中学习 2学时 手机坏了")

    meeting.at(audit, "record")
    await meeting.of(talk.whisper(BOSS, "支部 分组 张三 4组"), lambda: take_in(talk))
    async with talk.app.database.reading() as uow:
        rows = await uow.session.execute(select(HourDay.branch_id, HourDay.halves))
        assert [tuple(row) for row in rows] == [(5, 4)]


@pytest.mark.usefixtures("tree")
async def test_who_is_removed_while_the_roster_is_imported(talk: Talk, meeting: Meeting) -> None:
    """Whoever is in the file is on the roster afterwards."""
    await talk.whisper(BOSS, "移除 张三")
    meeting.at(audit, "record")
    await meeting.of(talk.whisper(BOSS, "确认"), lambda: take_in(talk))
    async with talk.app.database.reading() as uow:
        there = await uow.session.scalars(
            select(Member.branch_id).where(Member.name == "张三", Member.left_on.is_(None))
        )
        assert there.all() == [5]


async def test_two_who_add_one_person_add_them_once(talk: Talk, meeting: Meeting) -> None:
    meeting.at(audit, "record")
    said = await meeting.of(talk.whisper(BOSS, "成员 添加 周玉珍"), lambda: talk.whisper(BOSS, "成员 添加 周玉珍"))
    async with talk.app.database.reading() as uow:
        assert len((await uow.session.scalars(select(Member).where(Member.name == "周玉珍"))).all()) == 1, said


async def test_who_is_appointed_while_they_are_removed(talk: Talk, meeting: Meeting) -> None:
    """Whoever is gone has no office."""
    await talk.whisper(BOSS, "移除 张三")
    meeting.at(audit, "record")
    await meeting.of(talk.whisper(BOSS, "确认"), lambda: talk.whisper(BOSS, "任命 张三 组织委员"))
    assert await count(talk, RoleGrant, RoleGrant.member_id == 3) == 0


async def test_who_is_erased_while_they_are_entered_as_there(talk: Talk, meeting: Meeting) -> None:
    """People come before what is written of them on the list of a meeting."""
    clock(talk, "2026-11-24 09:00")
    for words in ("会议 党课 11月23日15:00 二楼", "确认"):
        await talk.whisper(BOSS, words)
    await erase(talk)
    meeting.at(attendance.closing, "settle")
    await meeting.of(talk.whisper(BOSS, "补签 1 张三 手机没电"), lambda: talk.whisper(MEMBER, "确认"))
    async with talk.app.database.reading() as uow:
        assert (await uow.session.get_one(MeetingPerson, (1, 3))).reason == ""
    assert await totals(talk, HourDay.halves) == [4]


async def test_who_is_erased_while_their_last_answer_is_taken(talk: Talk, meeting: Meeting) -> None:
    """What somebody has under way comes before what it completes; nothing of what they typed stays."""
    await prepared(talk)
    asked = await talk.whisper(MEMBER, "答题 1")
    for _ in range(3):
        asked = await talk.whisper(MEMBER, RIGHT[stem_in(asked)])
    await erase(talk)
    async with talk.app.database.reading() as uow:
        sitting = (await uow.session.scalars(select(Sitting))).one().id

    async def last() -> None:
        async with talk.app.database.unit_of_work() as uow:
            await answering.answer(uow, await actor(uow, MEMBER), sitting, 3, RIGHT[stem_in(asked)], "4711")

    meeting.at(answering.proving, "by_questions")
    await meeting.of(last(), lambda: talk.whisper(MEMBER, "确认"))
    async with talk.app.database.reading() as uow:
        assert set(await uow.session.scalars(select(Answer.said))) == {""}
    assert await totals(talk, Assignment.done) == [1]


async def test_two_who_begin_to_answer_have_one_sitting(talk: Talk, meeting: Meeting) -> None:
    await prepared(talk)
    meeting.at(answering, "stop")
    await meeting.of(talk.whisper(MEMBER, "答题 1"), lambda: talk.whisper(MEMBER, "答题 1"))
    assert await count(talk, Sitting) == 1


async def test_two_reflections_of_one_person_are_one(talk: Talk, meeting: Meeting) -> None:
    await push(talk)
    meeting.at(reflecting.branch, "next_number")
    said = await meeting.of(
        talk.whisper(MEMBER, f"心得 1 {OWN}"), lambda: talk.whisper(MEMBER, f"心得 1 {OWN}还要请物业一起。")
    )
    assert "已登记" in said[0]
    assert await count(talk, Reflection) == 1


async def test_a_voice_after_the_end_is_none(talk: Talk, meeting: Meeting) -> None:
    for words in ("讨论 电梯", "确认"):
        await talk.whisper(EDITOR, words)
    await listen(talk.app)
    meeting.at(opening.undo, "remember")
    await meeting.of(talk.whisper(EDITOR, "结束讨论 1"), lambda: talk.say(MEMBER, f"#电梯# {GOOD}"))
    assert await count(talk, Voice) == 0


async def test_who_signs_in_as_it_ends_is_told_so(talk: Talk, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would have been there without hours."""
    clock(talk, "2026-11-24 09:00")
    for words in ("会议 支部党员大会 今天9:10-9:30 二楼", "确认"):
        await talk.whisper(BOSS, words)
    clock(talk, "2026-11-24 09:29")
    await talk.whisper(BOSS, "签到")
    lock = signing_in.repository.lock

    async def too_late(*what: object) -> object:
        app.clock.offset += timedelta(minutes=2)  # type: ignore[attr-defined]
        monkeypatch.setattr(signing_in.repository, "lock", lock)
        await do_meetings(app)
        return await lock(*what)  # type: ignore[arg-type]

    monkeypatch.setattr(signing_in.repository, "lock", too_late)
    assert "结束" in await talk.whisper(MEMBER, "签到")
    async with app.database.reading() as uow:
        signed = await uow.session.scalars(select(MeetingPerson.member_id).where(MeetingPerson.signed_at.is_not(None)))
        assert signed.all() == [1]
