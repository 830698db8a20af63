"""Leave and exemption: who may, for which days, and that it takes people out of what is expected."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from bot.branch.models import AuditEntry, Leave
from bot.core.clock import CHINA, ShiftableClock
from bot.study import completion, pushing
from bot.study.models import Assignment, Material
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, STRANGER, SUPERUSER
from tests.plugin.talk import Talk, at


async def leaves(talk: Talk) -> list[tuple[int, date, date, str]]:
    async with talk.app.database.reading() as uow:
        rows = await uow.session.scalars(select(Leave).order_by(Leave.id))
        return [(row.member_id, row.first_day, row.last_day, row.reason) for row in rows]


async def test_own_leave_and_back(talk: Talk, clock: ShiftableClock) -> None:
    assert await talk.whisper(MEMBER, "请假 出差 11月25日到28日") == (
        "已记下请假:11月25日(周三)到11月28日(周六),共 4 天,不计入应学。\n提前回来发「销假」。"
    )
    assert await talk.say(MEMBER, "/请假 看牙") == "已记下请假:11月24日(周二),不计入应学。\n提前回来发「销假」。"
    assert await leaves(talk) == [
        (3, date(2026, 11, 25), date(2026, 11, 28), "出差"),
        (3, date(2026, 11, 24), date(2026, 11, 24), "看牙"),
    ]
    clock.set(clock.now() + timedelta(days=2))
    assert await talk.whisper(MEMBER, "销假") == "已销假,从今天起计入应学。"
    assert (await leaves(talk))[0] == (3, date(2026, 11, 25), date(2026, 11, 25), "出差")
    assert await talk.whisper(MEMBER, "销假") == "张三现在没有请假。"


async def test_back_before_it_began_drops_it(talk: Talk) -> None:
    await talk.whisper(MEMBER, "请假 出差 下周")
    await talk.whisper(MEMBER, "销假")
    assert await leaves(talk) == []


@pytest.mark.parametrize("said", ["请假 赵德福 住院 一个月", "请假 张三 住院 到12月23日"])
async def test_a_secretary_for_others(talk: Talk, said: str) -> None:
    name = said.split()[1]
    assert f"已记下{name}请假:11月24日(周二)到12月23日(周三)" in await talk.whisper(BOSS, said)
    assert await leaves(talk) == [(4 if name == "赵德福" else 3, date(2026, 11, 24), date(2026, 12, 23), "住院")]
    assert await talk.whisper(BOSS, f"销假 {name}") == f"{name}已销假,从今天起计入应学。"
    assert await leaves(talk) == []


async def test_a_secretary_for_others_by_mention_and_for_days_gone_by(talk: Talk) -> None:
    assert "已记下张三请假" in await talk.say(BOSS, "/请假 ", at(MEMBER), " 出差 11月20日到11月23日")
    assert await leaves(talk) == [(3, date(2026, 11, 20), date(2026, 11, 23), "出差")]


@pytest.mark.parametrize(
    ("user", "said", "answer"),
    [
        (MEMBER, "请假", "请写上事由"),
        (MEMBER, "请假 三天", "请写上事由"),
        (MEMBER, "请假 出差 2月30日", "2月没有30日"),
        (MEMBER, "请假 出差 11月20日", "已经过去的日子请书记来补记"),
        (MEMBER, "请假 赵德福 住院", "替别人请假由书记来做"),
        (EDITOR, "请假 赵德福 住院", "替别人请假由书记来做"),
        (MEMBER, "销假 吧", "没看懂「吧」"),
        (MEMBER, "免学 赵德福 年老", "由书记使用"),
        (BOSS, "免学", "请写上姓名"),
        (BOSS, "免学 赵德福", "请写明依据"),
        (BOSS, "免学 李四 年老", "名册上没有"),
        (BOSS, "恢复学习 赵德福", "没有登记免学"),
    ],
)
async def test_what_cannot_be_done_changes_nothing(talk: Talk, user: int, said: str, answer: str) -> None:
    assert answer in await talk.whisper(user, said)
    assert await leaves(talk) == []


async def test_strangers_have_no_leave(talk: Talk) -> None:
    assert "还不认识您" in await talk.say(STRANGER, "/请假 出差")
    assert await talk.whisper(STRANGER, "请假 出差") == ""
    assert "还没有绑定" in await talk.say(SUPERUSER, "/请假 出差")


async def test_twice_the_same_days(talk: Talk) -> None:
    await talk.whisper(MEMBER, "请假 出差 到11月30日")
    assert await talk.whisper(MEMBER, "请假 出差 到11月28日") == "11月24日起已经请过假了。"
    assert len(await leaves(talk)) == 1


async def test_exempt_and_away_are_out_of_the_count(talk: Talk) -> None:
    assert "从今天起不计入应学。依据:年老体弱 支委会同意" in await talk.whisper(BOSS, "免学 赵德福 年老体弱 支委会同意")
    await talk.whisper(MEMBER, "请假 出差 到11月30日")
    async with talk.app.database.unit_of_work() as uow:
        material = Material(
            branch_id=1, no=1, title="党章", text="总纲", minutes=1, key_terms="[]", sha256="0" * 64, created_at=uow.now
        )
        uow.session.add(material)
        await uow.session.flush()
        pushed = await pushing.push(uow, 1, material)

    async def progress() -> str:
        async with talk.app.database.reading() as uow:
            return (await completion.standing_of(uow, pushed.assignment)).progress

    assert await progress() == "0/2"
    await talk.whisper(BOSS, "恢复学习 赵德福 身体好转")
    assert await progress() == "0/3"
    await talk.whisper(MEMBER, "销假")
    assert await progress() == "0/4"
    async with talk.app.database.reading() as uow:
        rows = await uow.session.execute(select(AuditEntry.action, AuditEntry.reason).order_by(AuditEntry.id))
        assert [tuple(row) for row in rows] == [
            ("roster.exempt", "年老体弱 支委会同意"),
            ("leave.take", ""),
            ("roster.resume", "身体好转"),
            ("leave.end", ""),
        ]


@pytest.fixture
async def october_and_today(talk: Talk) -> list[int]:
    """The ids of two readings, pushed on 8 October and today."""
    async with talk.app.database.unit_of_work() as uow:
        material = Material(
            branch_id=1, no=1, title="党章", text="总纲", minutes=1, key_terms="[]", sha256="0" * 64, created_at=uow.now
        )
        uow.session.add(material)
        await uow.session.flush()
        assignments = []
        for day in (date(2026, 10, 8), date(2026, 11, 24)):
            uow.now = datetime.combine(day, time(8), CHINA)
            assignments.append((await pushing.push(uow, 1, material)).assignment.id)
        return assignments


async def counted(talk: Talk, readings: list[int]) -> list[int]:
    async with talk.app.database.reading() as uow:
        return [(await uow.session.get_one(Assignment, one)).counted for one in readings]


async def take_back(talk: Talk) -> str:
    await talk.whisper(BOSS, "撤销")
    return await talk.whisper(BOSS, "确认")


async def test_an_exemption_counts_from_the_day_it_is_given(talk: Talk, october_and_today: list[int]) -> None:
    assert await counted(talk, october_and_today) == [4, 4]
    await talk.whisper(BOSS, "免学 赵德福 年老体弱")
    assert await counted(talk, october_and_today) == [4, 3]
    await take_back(talk)
    assert await counted(talk, october_and_today) == [4, 4]
    await talk.whisper(BOSS, "免学 赵德福 年老体弱")
    await talk.whisper(BOSS, "恢复学习 赵德福")
    assert await counted(talk, october_and_today) == [4, 4]
    await take_back(talk)
    assert await counted(talk, october_and_today) == [4, 3]
    assert "0/4,未完成 4 人" in await talk.whisper(BOSS, "谁还没学 1")


@pytest.mark.parametrize("said", ["免学 赵德福 从9月1日起 年老体弱", "赵德福从9月1日起免学 年老体弱"])
async def test_an_exemption_given_afterwards_changes_what_is_over(
    talk: Talk, october_and_today: list[int], said: str
) -> None:
    assert await talk.whisper(BOSS, said) == (
        "赵德福已登记免学,从2026年9月1日起不计入应学。依据:年老体弱\n"
        "9月1日(周二)以来的 1 次学习重新算过,统计跟着变;已发的月报不变,要新的发「月报 9月」。\n"
        "恢复请发「恢复学习 赵德福」。"
    )
    assert await counted(talk, october_and_today) == [3, 3]
    assert await talk.whisper(BOSS, "免学 赵德福 八十五岁") == (
        "赵德福免学的依据改好了,仍然从2026年9月1日起不计入应学。依据:八十五岁\n恢复请发「恢复学习 赵德福」。"
    )
    assert (
        await talk.whisper(BOSS, "恢复学习 赵德福 从11月1日起 身体好转")
        == "赵德福从11月1日(周日)起恢复学习,重新计入应学。"
    )
    assert await counted(talk, october_and_today) == [3, 4]
    assert await leaves(talk) == [(4, date(2026, 9, 1), date(2026, 10, 31), "八十五岁")]
    async with talk.app.database.reading() as uow:
        rows = await uow.session.execute(select(AuditEntry.action, AuditEntry.detail).order_by(AuditEntry.id))
        assert [tuple(row) for row in rows] == [
            ("roster.exempt", '{"first": "2026-09-01", "last": "9999-12-31"}'),
            ("roster.exempt", '{"first": "2026-09-01", "last": "9999-12-31"}'),
            ("roster.resume", '{"first": "2026-11-01"}'),
        ]
    for _ in range(3):
        assert "已撤销" in await take_back(talk)
    assert (await counted(talk, october_and_today), await leaves(talk)) == ([4, 4], [])


async def test_an_exemption_for_some_days_and_to_come(
    talk: Talk, october_and_today: list[int], clock: ShiftableClock
) -> None:
    await talk.whisper(BOSS, "免学 赵德福 从12月1日起 八十五岁")
    assert await counted(talk, october_and_today) == [4, 4]
    assert "免学" not in await talk.whisper(BOSS, "名册")
    assert "从2026年10月1日到" not in await talk.whisper(BOSS, "免学 赵德福 10月1日到10月31日 住院")
    assert await counted(talk, october_and_today) == [3, 4]
    assert [one[1:3] for one in await leaves(talk)] == [
        (date(2026, 12, 1), date.max),
        (date(2026, 10, 1), date(2026, 10, 31)),
    ]
    clock.set(datetime(2026, 12, 1, 8, tzinfo=CHINA))
    assert "赵德福(免学:八十五岁、未绑定)" in await talk.whisper(BOSS, "名册")
    assert "(原来从2026年12月1日起)" in await talk.whisper(BOSS, "免学 赵德福 从11月24日起 八十五岁")
    assert await counted(talk, october_and_today) == [3, 3]
    assert await talk.whisper(BOSS, "免学 赵德福 从9月1日起 八十五岁") == (
        "赵德福已登记免学,从2026年9月1日起(原来从2026年10月1日起)不计入应学。依据:八十五岁\n"
        "9月1日(周二)以来的 2 次学习重新算过,统计跟着变;已发的月报不变,要新的发「月报 9月」。\n"
        "恢复请发「恢复学习 赵德福」。"
    )
    assert [one[1:3] for one in await leaves(talk)] == [(date(2026, 9, 1), date.max)]
