"""三会一课: what the year has, the line in time, the plan."""

import itertools

import pytest
from sqlalchemy import select, update

from bot.branch.models import Branch
from bot.meeting.models import Meeting, MeetingPlan, State
from plugins.meeting.clockwork import warn_of_meetings
from tests.plugin.conftest import BOSS, EDITOR, MEMBER
from tests.plugin.talk import Talk
from tests.unit.study.house import china

_numbers = itertools.count(100)


def at(talk: Talk, moment: str) -> None:
    talk.app.clock.set(china(moment))  # type: ignore[attr-defined]


async def hold(talk: Talk, kind: str, *days: str, branch: int = 1) -> None:
    """Meetings of that kind, held at 15:00 on these days of 2026."""
    async with talk.app.database.unit_of_work() as uow:
        for day in days:
            starts = china(f"2026-{day} 15:00")
            uow.session.add(
                Meeting(
                    branch_id=branch, of_id=branch, no=next(_numbers), kind=kind, state=State.HELD,
                    starts_at=starts, ends_at=starts.replace(hour=16), place="", account="1", code="1234",
                    created_at=uow.now,
                )
            )  # fmt: skip


@pytest.fixture(autouse=True)
async def november(talk: Talk) -> None:
    at(talk, "2026-11-24 09:00")
    await hold(talk, "支部党员大会", "01-15", "04-20", "07-01")
    await hold(talk, "支委会", *(f"{month:02}-05" for month in range(1, 12)))


async def test_what_this_year_has_and_lacks(talk: Talk) -> None:
    lines = (await talk.whisper(MEMBER, "三会1课")).splitlines()
    assert lines[0] == "「第一支部」2026年三会一课:"
    assert "支部党员大会 3/4,缺四季度" in lines
    assert "支委会 11/12" in lines
    assert "党课 0/4,缺一季度、二季度、三季度、四季度" in lines
    assert "主题党日 0/12,缺1月、2月、3月等 11 次" in lines
    assert "支部党员大会 0/4,缺一季度、二季度、三季度、四季度" in await talk.whisper(BOSS, "三会一课 2025")
    assert "没看懂" in await talk.whisper(BOSS, "三会一课 唱歌")


async def test_those_below_in_one_answer(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        await uow.session.execute(update(Branch).where(Branch.id == 1).values(kind="党委"))
        uow.session.add(Branch(id=2, parent_id=1, kind="支部", name="二支部", path="/1/2/", created_at=uow.now))
    await hold(talk, "支部党员大会", "01-15", "04-20", "07-01", "10-10", branch=2)
    answer = await talk.whisper(BOSS, "三会一课 下级")
    assert answer.startswith("二支部:党课缺")
    assert "党员大会缺" not in answer
    assert await talk.whisper(BOSS, "三会一课") == answer
    assert "由书记来做" in await talk.whisper(MEMBER, "三会一课 下级")


async def test_the_secretary_is_told_in_time_and_once(talk: Talk) -> None:
    await hold(talk, "主题党日", "11-20", "12-01")
    await hold(talk, "支委会", "12-01")
    at(talk, "2026-12-09 10:00")
    await warn_of_meetings(talk.app)
    assert await talk.enqueued() == []
    for moment in ("2026-12-10 10:00", "2026-12-10 11:00", "2026-12-20 10:00"):
        at(talk, moment)
        await warn_of_meetings(talk.app)
    ((where, text),) = await talk.enqueued()
    assert where == "private 101"
    assert text.startswith(
        "「第一支部」到 12月31日还要开:支部党员大会(四季度)、党课(四季度)、组织生活会(今年)、民主评议党员(今年)。"
    )


async def test_a_branch_that_wants_no_warnings_or_keeps_no_meetings_hears_nothing(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 缺会提醒 关")
    at(talk, "2026-12-20 10:00")
    await warn_of_meetings(talk.app)
    assert await talk.enqueued() == []
    await talk.whisper(BOSS, "设置 缺会提醒 开")
    async with talk.app.database.unit_of_work() as uow:
        for meeting in await uow.session.scalars(select(Meeting)):
            await uow.session.delete(meeting)
    await warn_of_meetings(talk.app)
    assert await talk.enqueued() == []


async def test_a_plan_is_proposed_kept_and_edited(talk: Talk) -> None:
    seen = await talk.whisper(BOSS, "三会一课 计划")
    assert "11月:25日(周三)主题党日" in seen
    assert "1月" not in seen.split("12月")[0].replace("11月", "")
    assert "已存为2026年计划" in await talk.whisper(BOSS, "确认")
    assert "1. 25日(周三)主题党日" in await talk.whisper(MEMBER, "三会一课 计划")
    changed = await talk.whisper(BOSS, "三会一课 计划 改 1 11月26日")
    assert changed == "计划第 1 条(主题党日)已改到 2026年11月26日(周四)。"
    assert "已删掉了" in await talk.whisper(BOSS, "三会一课 计划 删 2")
    assert "由支委来召集" in await talk.whisper(MEMBER, "三会一课 计划 删 1")
    assert "没有第 99 条" in await talk.whisper(BOSS, "三会一课 计划 删 99")
    async with talk.app.database.reading() as uow:
        days = {one.no: one.day for one in await uow.session.scalars(select(MeetingPlan))}
    assert days[1] == china("2026-11-26 00:00").date()
    assert 2 not in days


async def test_a_year_that_is_not_announced_is_said_to_be_so(talk: Talk) -> None:
    seen = await talk.whisper(BOSS, "三会一课 计划 2027")
    assert ("放假安排还没公布" in seen) is not talk.app.calendar.announced(2027)
    assert "只能排今年或明年" in await talk.whisper(EDITOR, "三会一课 计划 2029")


async def test_the_plan_that_there_is_is_meant(talk: Talk) -> None:
    await talk.whisper(BOSS, "三会一课 计划 2027")
    await talk.whisper(BOSS, "确认")
    assert await talk.whisper(BOSS, "三会一课 计划 改 1 1月7日") == "计划第 1 条(支委会)已改到 2027年1月7日(周四)。"
    assert "已删掉了" in await talk.whisper(BOSS, "三会一课 计划 删 1")
