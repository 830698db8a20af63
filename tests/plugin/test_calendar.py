"""The calendar of one's own meetings, as a phone has it, and the week in the group on Monday."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import httpx
import pytest
import vobject

from bot.app import App
from bot.branch.models import BranchSetting, Member
from bot.meeting.models import Task, TaskKind
from bot.study.pages import Pages
from bot.web import server
from plugins.meeting import clockwork
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, STRANGER
from tests.plugin.talk import Talk
from tests.plugin.test_meeting import at, call

COMMITTEE = "会议 支委会 明天9:00 书记办公室"


@pytest.fixture(autouse=True)
def nine(talk: Talk) -> None:
    at(talk, "2026-11-24 09:00")


@pytest.fixture
async def browser(app: App) -> AsyncIterator[httpx.AsyncClient]:
    app.pages = Pages("https://x.example", b"k" * 32)
    transport = httpx.ASGITransport(server.serve(app.database, app.pages))
    async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
        yield client


async def link(talk: Talk, user: int, words: str = "日历") -> str:
    """The last part of the link that this person gets."""
    said = await talk.whisper(user, words)
    return next(line for line in said.splitlines() if line.startswith("https://x.example/r/")).rpartition("/")[2]


async def events(browser: httpx.AsyncClient, token: str) -> dict[str, vobject.base.Component]:
    """By summary what a calendar that isn't ours reads there."""
    found = await browser.get(f"/{token}")
    assert found.status_code == 200
    assert found.headers["content-type"] == "text/calendar; charset=utf-8"
    read = vobject.readOne(found.text)
    assert read.x_wr_calname.value == "第一支部"
    return {one.summary.value: one for one in read.contents.get("vevent", [])}


async def test_one_has_one_s_own_meetings(talk: Talk, browser: httpx.AsyncClient) -> None:
    await call(talk)
    await call(talk, COMMITTEE)
    member, editor = await link(talk, MEMBER), await link(talk, EDITOR)
    found = await events(browser, member)
    assert set(found) == {"支部党员大会"}
    assert set(await events(browser, editor)) == {"支部党员大会", "支委会"}
    one = found["支部党员大会"]
    assert one.dtstart.value == datetime(2026, 11, 27, 7, 0, tzinfo=UTC)
    assert one.dtend.value == datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
    assert (one.location.value, one.status.value, one.sequence.value) == ("二楼会议室", "CONFIRMED", "0")
    assert one.description.value == "议题:学习十五五规划\n会议 1。不能来请私聊机器人「会议请假 1 事由」。"


async def test_changes_and_cancellations_reach_the_phone(talk: Talk, browser: httpx.AsyncClient) -> None:
    await call(talk)
    token = await link(talk, MEMBER)
    uid = (await events(browser, token))["支部党员大会"].uid.value
    await talk.whisper(BOSS, "会议改 1 周六9:00")
    await talk.whisper(BOSS, "确认")
    moved = (await events(browser, token))["支部党员大会"]
    assert (moved.uid.value, moved.sequence.value) == (uid, "1")
    assert moved.dtstart.value == datetime(2026, 11, 28, 1, 0, tzinfo=UTC)
    await talk.whisper(BOSS, "会议取消 1")
    await talk.whisper(BOSS, "确认")
    gone = (await events(browser, token))["支部党员大会"]
    assert (gone.uid.value, gone.sequence.value, gone.status.value) == (uid, "2", "CANCELLED")


async def test_what_one_has_to_see_to_is_there_by_its_day(talk: Talk, browser: httpx.AsyncClient) -> None:
    async with talk.app.database.unit_of_work() as uow:
        what = {"branch_id": 1, "kind": TaskKind.TASK, "created_at": uow.now, "text": "整理活动室"}
        uow.session.add(Task(**what, no=1, member_id=3, due=date(2026, 12, 1)))
        uow.session.add(Task(**what, no=2, member_id=2, due=date(2026, 12, 1)))
    found = await events(browser, await link(talk, MEMBER))
    assert set(found) == {"任务 1 到期:整理活动室"}
    assert found["任务 1 到期:整理活动室"].dtstart.value == date(2026, 12, 1)


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_another_link_ends_the_one_before(talk: Talk, browser: httpx.AsyncClient) -> None:
    before = await link(talk, MEMBER)
    assert await link(talk, MEMBER) == before
    after = await link(talk, MEMBER, "日历 换")
    assert (await browser.get(f"/{before}")).status_code == 410
    assert (await browser.get(f"/{after}")).status_code == 200
    other = await link(talk, EDITOR)
    assert (await browser.get(f"/{other}")).status_code == 200


async def test_who_has_left_has_no_calendar(talk: Talk, browser: httpx.AsyncClient) -> None:
    token = await link(talk, MEMBER)
    async with talk.app.database.unit_of_work() as uow:
        (await uow.session.get_one(Member, 3)).left_on = date(2026, 11, 24)
    assert (await browser.get(f"/{token}")).status_code == 410


@pytest.mark.parametrize("change", ["x", "", ".ics", "reading"])
async def test_nobody_can_make_one_up(talk: Talk, browser: httpx.AsyncClient, change: str) -> None:
    token = (await link(talk, MEMBER)).removesuffix(".ics")
    made = {"x": f"A{token[1:]}x.ics", "": f"{token[:-1]}.ics", ".ics": f"{token}.ics.ics", "reading": token}[change]
    assert (await browser.get(f"/{made}")).status_code == 404


async def test_without_pages_it_comes_as_a_file(talk: Talk) -> None:
    await call(talk)
    heard = await talk.hear(MEMBER, "/日历")
    assert heard[0][0] == f"private {MEMBER}"
    (file,) = talk.telephone.contents[-2].parts
    read = vobject.readOne(talk.app.media.get(file.sha256).decode())
    assert [one.summary.value for one in read.contents["vevent"]] == ["支部党员大会"]


async def test_strangers_have_none(talk: Talk) -> None:
    assert await talk.whisper(STRANGER, "日历") == ""


async def test_the_week_is_told_on_monday_where_it_is_wanted_and_once(talk: Talk) -> None:
    await call(talk, "会议 支部党员大会 12月2日15:00 二楼会议室")
    await call(talk, "会议 支委会 12月1日9:00 书记办公室")
    await call(talk, "会议 党课 12月8日9:00 报告厅")
    for moment in ("2026-11-30 07:40", "2026-11-30 09:00"):
        at(talk, moment)
        await clockwork.warn_of_meetings(talk.app)
    assert not [text for _, text in await talk.enqueued() if text.startswith("本周")]
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(BranchSetting(branch_id=1, key="meeting_week", value="开"))
    for moment in ("2026-11-30 07:20", "2026-11-30 07:40", "2026-11-30 09:00", "2026-12-01 09:00"):
        at(talk, moment)
        await clockwork.warn_of_meetings(talk.app)
    week = [(where, text) for where, text in await talk.enqueued() if text.startswith("本周")]
    assert week == [("group 9", "本周的会:\n12月2日(周三)15:00 支部党员大会 二楼会议室")]
