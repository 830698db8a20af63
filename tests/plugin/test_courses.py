"""培训 from setting it up to who is short of its hours; its sessions are meetings."""

import pytest
from sqlalchemy import select

from bot.branch.models import Member, MemberKind
from bot.hours.models import HourEntry, Source
from bot.hours.rules import shown
from bot.meeting.models import Course, Enrolment, MeetingPerson
from plugins.meeting import clockwork
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, STRANGER
from tests.plugin.talk import Talk, exempt
from tests.plugin.test_meeting import at, listed, meetings

NEW = "培训新建 积极分子培训班 4学时 12月1日前报名"
SESSION = "培训加课 1 周六9:00-11:00 党校 内容:第一讲"
SATURDAY = "11月28日(周六)9:00—11:00"


@pytest.fixture(autouse=True)
def nine(talk: Talk) -> None:
    at(talk, "2026-11-24 09:00")


async def begin(talk: Talk, words: str = NEW) -> None:
    await talk.whisper(BOSS, words)
    await talk.whisper(BOSS, "确认")


async def add(talk: Talk, words: str = SESSION) -> str:
    await talk.whisper(BOSS, words)
    return await talk.whisper(BOSS, "确认")


async def enrolled(talk: Talk) -> list[int]:
    async with talk.app.database.reading() as uow:
        return list(await uow.session.scalars(select(Enrolment.member_id).order_by(Enrolment.member_id)))


async def test_a_name_with_wide_gaps(talk: Talk) -> None:
    wide = " " * 300
    asked = await talk.whisper(BOSS, f"培训新建{wide}积极分子{wide}培训班 4学时")
    assert asked.startswith("培训「积极分子 培训班」:")


async def test_set_up_it_is_made_known(talk: Talk) -> None:
    assert await talk.whisper(BOSS, NEW) == (
        "培训「积极分子培训班」:学满 4 学时,12月1日前报名。\n回复「确认」在群里通知,「取消」放弃。"
    )
    async with talk.app.database.reading() as uow:
        assert list(await uow.session.scalars(select(Course))) == []
    assert await talk.whisper(BOSS, "确认") == (
        "培训 1 办起来了,通知(公告 1)已发到群里。\n排课发「培训加课 1 周六9:00-11:30 党校 内容:第一讲」。"
    )
    assert await talk.enqueued() == [
        (
            "group 9",
            "【公告 1】\n培训 1:积极分子培训班\n学满 4 学时,12月1日前报名。\n要参加回「报名 1」。\n"
            "看到请回复「收到」。",
        )
    ]
    assert await talk.whisper(MEMBER, "培训") == "1. 积极分子培训班:4 学时,报名 0 人,报名中\n看一个发「培训 1」。"


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_who_enrols_is_on_the_list_of_its_sessions(talk: Talk) -> None:
    await begin(talk)
    assert await add(talk) == "会议 1(培训)已定好,11月28日(周六)9:00。\n还没有人报名;报了名的会收到提醒。"
    assert await talk.say(MEMBER, "报名") == ""
    assert await enrolled(talk) == [3]
    assert list(await listed(talk)) == [3]
    assert await talk.whisper(MEMBER, "报名 1") == "您已经报名培训 1「积极分子培训班」了。"
    assert await talk.whisper(EDITOR, "报名") == (
        f"✅ 已报名培训 1「积极分子培训班」。\n下一课:{SATURDAY} 党校。\n不去了发「取消报名 1」。"
    )
    assert await talk.whisper(MEMBER, "培训 1") == (
        "培训 1:积极分子培训班\n学满 4 学时,12月1日前报名;报名 2 人,上过 0 次课。\n"
        f"会议 1:{SATURDAY} 党校\n您已报名,学了 0/4 学时。"
    )
    assert await talk.whisper(EDITOR, "取消报名 1") == "已取消李秀英在培训 1 的报名。"
    assert await enrolled(talk) == [3]
    assert list(await listed(talk)) == [3]


async def test_a_session_is_told_only_to_those_who_take_part(talk: Talk) -> None:
    await begin(talk)
    await talk.whisper(MEMBER, "报名")
    before = len(await talk.enqueued())
    assert "应到 1 人" in await talk.whisper(BOSS, SESSION)
    await talk.whisper(BOSS, "确认")
    await talk.whisper(EDITOR, "报名")
    await talk.whisper(BOSS, "会议改 1 周六14:00")
    await talk.whisper(BOSS, "确认")
    await talk.whisper(BOSS, "会议取消 1 停电")
    await talk.whisper(BOSS, "确认")
    told = (await talk.enqueued())[before:]
    assert [where for where, _ in told] == [f"private {MEMBER}", *[f"private {u}" for u in (EDITOR, MEMBER)] * 2]
    assert "议题:积极分子培训班:第一讲" in told[0][1]
    assert "14:00" in told[1][1]
    assert "取消" in told[4][1]


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_the_hours_of_a_course_and_who_is_short(talk: Talk) -> None:
    await begin(talk)
    await add(talk)
    for user in (EDITOR, MEMBER):
        await talk.whisper(user, "报名")
    at(talk, "2026-11-28 08:50")
    assert await talk.say(MEMBER, "签到") == ""
    at(talk, "2026-11-28 11:00")
    await clockwork.do_meetings(talk.app)
    async with talk.app.database.reading() as uow:
        rows = (await uow.session.scalars(select(HourEntry))).all()
    assert [(one.member_id, one.source, one.note) for one in rows] == [(3, Source.TRAINING, "培训(会议 1)")]
    counts = "培训 1「积极分子培训班」:报名 2 人,学满 4 学时的 0 人,还差 2 人"
    assert await talk.hear(BOSS, "/培训情况 1") == [
        (f"private {BOSS}", f"{counts}。\n还差:李秀英(0/4)、张三({shown(rows[0].halves)}/4)"),
        ("group 9", f"@用户{BOSS} \n{counts}。名单已私聊发给您。"),
    ]
    assert "支委" in await talk.whisper(MEMBER, "培训情况 1")


async def test_a_course_for_everybody_is_told_in_the_group(talk: Talk) -> None:
    await exempt(talk, 2)
    await begin(talk, "培训新建 全员轮训 全体 8学时")
    assert await enrolled(talk) == [1, 3, 4]
    assert "全体党员参加,不用报名" in (await talk.enqueued())[-1][1]
    await add(talk)
    assert (await talk.enqueued())[-1][0] == "group 9"
    at(talk, "2026-11-27 19:00")
    await clockwork.do_meetings(talk.app)
    assert (await talk.enqueued())[-1] == (
        "group 9",
        "明天开会:培训(会议 1)11月28日(周六)9:00,党校。\n不能来请私聊我「会议请假 1 事由」。",
    )


async def test_the_committee_enrols_others_who_are_told(talk: Talk) -> None:
    await begin(talk)
    await add(talk)
    assert await talk.whisper(BOSS, "培训报名 1 张三、李秀英") == "培训 1 新报上 2 人,已私下告诉本人;现在共 2 人。"
    assert sorted(where for where, _ in (await talk.enqueued())[-2:]) == [f"private {EDITOR}", f"private {MEMBER}"]
    assert f"下一课:{SATURDAY} 党校" in (await talk.enqueued())[-1][1]
    assert await talk.whisper(BOSS, "培训报名 1 张三") == "都已经报过名了,培训 1 共 2 人。"
    assert await talk.whisper(BOSS, "取消报名 1 张三") == "已取消张三在培训 1 的报名。"
    assert list(await listed(talk)) == [2]
    assert "支委" in await talk.whisper(MEMBER, "取消报名 1 李秀英")
    assert (await talk.whisper(BOSS, "培训报名 1 李秀英、钱某")).startswith("名册上没有「钱某」。")
    assert await enrolled(talk) == [2]


async def test_prospects_may_take_part(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        (await uow.session.get_one(Member, 3)).kind = MemberKind.PROSPECT
    await begin(talk)
    assert "已报名" in await talk.whisper(MEMBER, "报名")


async def test_dropped_those_who_read_of_it_are_told(talk: Talk) -> None:
    await begin(talk)
    await add(talk)
    assert await talk.whisper(BOSS, "培训取消 1") == "培训 1 还有课没上(会议 1)。请先一个个取消,比如:会议取消 1"
    await talk.whisper(BOSS, "会议取消 1")
    await talk.whisper(BOSS, "确认")
    await talk.whisper(BOSS, "培训取消 1")
    assert await talk.whisper(BOSS, "确认") == "培训 1「积极分子培训班」已取消。"
    assert "取消,不办了" in (await talk.enqueued())[-1][1]
    assert await talk.whisper(MEMBER, "报名 1") == "没有培训 1。发「培训」看有哪些。"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("培训新建 积极分子培训班", "请写学满多少学时,比如:培训新建 入党积极分子培训班 8学时 12月1日前报名"),
        ("培训新建 8学时", "请写培训的名称(2 到 60 字),比如:培训新建 入党积极分子培训班 8学时 12月1日前报名"),
        ("培训新建 积极分子培训班 8学时" + ",;" * 100, "写得太长了。请写培训的名称、学时和哪天前报名"),
        ("培训加课 周六9:00", "请写上培训的编号"),
        ("培训加课 7 周六9:00 党校", "没有培训 7。发「培训」看有哪些。"),
        ("培训报名 1", "请写上姓名,几个人用「、」隔开"),
        ("报名", "现在没有在报名的培训。"),
        ("取消报名 7", "没有培训 7。发「培训」看有哪些。"),
        ("培训 7", "没有培训 7。发「培训」看有哪些。"),
        ("培训 第七", "请写培训的编号,比如:培训 3"),
    ],
)
async def test_bad_words_change_nothing(talk: Talk, words: str, said: str) -> None:
    assert (await talk.whisper(BOSS, words)).startswith(said)
    async with talk.app.database.reading() as uow:
        assert list(await uow.session.scalars(select(Course))) == []
        assert list(await uow.session.scalars(select(MeetingPerson))) == []


async def test_it_is_too_late_to_enrol(talk: Talk) -> None:
    await begin(talk)
    at(talk, "2026-12-02 09:00")
    assert await talk.whisper(MEMBER, "报名 1") == "培训 1「积极分子培训班」报名已经截止,想参加请找支委。"
    assert await talk.say(MEMBER, "报名") == ""
    await talk.whisper(BOSS, "培训报名 1 张三")
    assert await enrolled(talk) == [3]


async def test_strangers_and_members_may_not(talk: Talk) -> None:
    assert "支委" in await talk.whisper(MEMBER, NEW)
    await begin(talk)
    assert "绑定" in await talk.say(STRANGER, "报名")
    assert await enrolled(talk) == []
    assert len(await meetings(talk)) == 0


async def test_several_are_asked_about(talk: Talk) -> None:
    await begin(talk)
    await begin(talk, "培训新建 支委培训 2学时")
    assert await talk.whisper(MEMBER, "报名") == (
        "有几个培训在报名:1(积极分子培训班)、2(支委培训)。\n请写上编号,比如:报名 1"
    )


async def test_it_is_told_of_among_what_is_kept_and_goes_with_the_name(talk: Talk) -> None:
    await begin(talk)
    await talk.whisper(MEMBER, "报名")
    assert "培训报名:1 次" in await talk.whisper(MEMBER, "我的数据")
    await talk.whisper(MEMBER, "删除我的信息")
    await talk.whisper(MEMBER, "确认")
    assert await talk.whisper(BOSS, "培训情况 1") == "培训 1「积极分子培训班」:报名 0 人,学满 4 学时的 0 人,还差 0 人。"
