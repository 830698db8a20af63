"""补登 of hours and 更正: by hand with a reason, on record, undoable; member and secretary read the same."""

import asyncio

import pytest
from sqlalchemy import select

from bot.branch.models import AuditEntry, Role, RoleGrant
from bot.hours.models import HourEntry
from tests.plugin.conftest import BOSS, EDITOR, MEMBER
from tests.plugin.talk import Talk
from tests.plugin.test_stats import ABOVE, above, at, autumn
from tests.plugin.test_stats_files import files, pages

__all__ = ["above", "autumn"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("补登 张三 周三集中学习 2学时 手机坏了", "张三,2026年11月18日(周三)「集中学习」2 学时(补登)"),
        ("补登 张三 集中学习 手机坏了 2学时", "张三,2026年11月24日(周二)「集中学习」2 学时(补登)"),
        ("补登 张三 11月3日到5日 县委党校培训 16学时 结业证", "张三,2026年11月5日(周四)「县委党校培训」16 学时(培训)"),
        (
            "补登 张三、李秀英 昨天参观纪念馆 1.5学时 外出没带手机",
            "张三、李秀英,2026年11月23日(周一)「参观纪念馆」每人 1.5",
        ),
        ("补登 张三 2学时 自学党章 有笔记", "张三,2026年11月24日(周二)「自学党章」2 学时(补登)"),
    ],
)
async def test_hours_by_hand(talk: Talk, words: str, said: str) -> None:
    answer = await talk.whisper(BOSS, words)
    assert answer.startswith(f"补登 1:{said}")
    assert answer.endswith("登错了发「撤销」,以后发「更正 补登 1 原因」。")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("补登 张三 周三集中学习 2.3学时 手机坏了", "学时以 0.5 为一档"),
        ("补登 张三 周三集中学习 99学时 手机坏了", "学时以 0.5 为一档"),
        ("补登 张三 11月30日集中学习 2学时 手机坏了", "「11月30日」还没到。"),
        ("补登 张三 2020年1月1日集中学习 2学时 手机坏了", "只补登今年和去年的学时。"),
        ("补登 张三 2月30日集中学习 2学时 手机坏了", "2月没有30日"),
        ("补登 张三 集中学习 2学时", "请写明是什么学习、为什么补登"),
        ("补登 赵六 集中学习 2学时 手机坏了", "名册上没有「赵六」"),
        ("更正 补登 7 登错了", "没有补登 7"),
        ("更正 张三 手机坏了", "请写姓名、哪一篇和原因"),
        ("更正 张三 学习 3 点错了", "张三没有登记过学习 3"),
        ("更正 张三 学习 2", "请写上原因"),
    ],
)
async def test_what_is_refused_changes_nothing(talk: Talk, words: str, said: str) -> None:
    before = await talk.whisper(BOSS, "张三的学习情况")
    assert said in await talk.whisper(BOSS, words)
    assert await talk.whisper(BOSS, "张三的学习情况") == before


async def actions(talk: Talk, *, of: str) -> list[tuple[str, str]]:
    async with talk.app.database.reading() as uow:
        query = select(AuditEntry).where(AuditEntry.action.startswith(of)).order_by(AuditEntry.id)
        return [(one.action, one.reason) for one in await uow.session.scalars(query)]


def have(record: str) -> str:
    return next(line for line in record.splitlines() if line.startswith("学时:")).partition(",")[0]


async def test_entered_corrected_and_undone(talk: Talk) -> None:
    """One truth after every step."""
    seen = []
    for words in (
        "补登 张三 周三集中学习 2学时 手机坏了",
        "补登 张三 周三集中学习 2学时 手机坏了",
        "更正 补登 1 登错人了",
        "撤销",
        "确认",
        "更正 补登 1 登错人了",
    ):
        await talk.whisper(BOSS, words)
        seen.append(have(await talk.whisper(MEMBER, "我的")))
        assert have(await talk.whisper(BOSS, "张三的学习情况")) == seen[-1]
    with_it, without = "学时:3(阅读 1、补登 2)", "学时:1(阅读 1)"
    assert seen == [with_it, with_it, without, without, with_it, without]
    assert await actions(talk, of="hours") == [
        ("hours.enter", "手机坏了"), ("hours.strike", "登错人了"), ("hours.strike_undone", ""),
        ("hours.strike", "登错人了"),
    ]  # fmt: skip


async def test_undoing_an_entry(talk: Talk) -> None:
    await talk.whisper(BOSS, "补登 张三、李秀英 周三集中学习 2学时 手机坏了")
    assert (
        await talk.whisper(BOSS, "撤销")
        == "撤销「补登 1(张三、李秀英 集中学习)」(11月24日(周二)9:00)?\n回复「确认」或「取消」。"
    )
    assert await talk.whisper(BOSS, "确认") == "已撤销「补登 1(张三、李秀英 集中学习)」。"
    assert have(await talk.whisper(MEMBER, "我的")) == "学时:1(阅读 1)"
    assert [action for action, _ in await actions(talk, of="hours")] == ["hours.enter"] * 2 + ["hours.undone"] * 2


async def test_a_completion_is_struck_out_and_put_back(talk: Talk) -> None:
    before = await talk.whisper(BOSS, "谁还没学 2")
    assert await talk.whisper(BOSS, "更正 张三 学习 2 本人说点错了") == (
        "已更正:张三的学习 2 记为没学,已告诉本人。改错了发「撤销」。"
    )
    assert "张三" in await talk.whisper(BOSS, "谁还没学 2")
    assert "2. 《材料2》" in await talk.whisper(MEMBER, "我的")
    told = [text for where, text in await talk.enqueued() if where == f"private {MEMBER}"]
    assert told[-1].startswith("王建国更正了您的学习 2:记为没学(本人说点错了)。")
    await talk.whisper(BOSS, "撤销")
    assert await talk.whisper(BOSS, "确认") == "已撤销「更正张三 学习 2」。"
    assert await talk.whisper(BOSS, "谁还没学 2") == before
    assert [one for one, _ in await actions(talk, of="study")] == ["study.strike", "study.put_back"]


async def test_a_member_takes_back_and_undoes_it_with_its_time(talk: Talk) -> None:
    await talk.whisper(BOSS, "导出 张三")
    before = [pages(data) for data in files(talk).values()]
    assert await talk.whisper(MEMBER, "撤回打卡") == "已撤回学习 2 的打卡。撤错了发「撤销」。"
    await talk.whisper(MEMBER, "撤销")
    assert await talk.whisper(MEMBER, "确认") == "已撤销「撤回学习 2 的打卡」。"
    await talk.whisper(BOSS, "导出 张三")
    assert [pages(data) for data in files(talk).values()] == before


async def test_what_was_completed_anew_is_not_undone(talk: Talk) -> None:
    await talk.whisper(MEMBER, "撤回打卡")
    await talk.whisper(MEMBER, "已学 2")
    await talk.whisper(MEMBER, "撤销")
    assert await talk.whisper(MEMBER, "确认") == "后来又登记过了,不用撤销。"


async def test_back_from_leave_is_undone(talk: Talk) -> None:
    await talk.whisper(MEMBER, "请假 出差 3天")
    await talk.whisper(MEMBER, "销假")
    assert "请假" not in await talk.whisper(BOSS, "谁还没学 3")
    await talk.whisper(MEMBER, "撤销")
    assert await talk.whisper(MEMBER, "确认") == "已撤销「张三销假」。"
    assert "请假 1" in await talk.whisper(BOSS, "谁还没学 3")


async def test_only_who_leads_and_only_there(talk: Talk, above: None) -> None:
    for who in (MEMBER, EDITOR):
        assert "书记" in await talk.whisper(who, "补登 张三 周三集中学习 2学时 手机坏了")
        assert "书记" in await talk.whisper(who, "更正 张三 学习 2 点错了")
    assert "没有「王芳」" in await talk.whisper(BOSS, "补登 王芳 周三集中学习 2学时 手机坏了")
    assert await actions(talk, of="hours") == []
    at(talk, "2026-11-24 10:00")
    assert (await talk.whisper(ABOVE, "补登 王芳 周三集中学习 2学时 手机坏了")).startswith("补登 1:王芳")


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
async def test_two_who_enter_the_same_at_once(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(RoleGrant(branch_id=1, member_id=2, role=Role.DEPUTY, granted_at=uow.now))
    words = "补登 张三 昨天参观纪念馆 2学时 外出没带手机"
    said = await asyncio.gather(*(talk.whisper(user, words) for user in (BOSS, EDITOR, BOSS, EDITOR)))
    assert "已经登记过了,没有再登" in "".join(said)
    async with talk.app.database.reading() as uow:
        booked = await uow.session.scalars(select(HourEntry.halves).where(HourEntry.note == "参观纪念馆"))
        assert booked.all() == [4]
