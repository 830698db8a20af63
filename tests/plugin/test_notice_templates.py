"""Notices from templates, and from messages that are there already."""

import pytest
from sqlalchemy import select

from bot.notice.models import Notice
from tests.plugin.conftest import EDITOR, MEMBER
from tests.plugin.talk import Talk, reply
from tests.unit.study.house import china


@pytest.fixture(autouse=True)
def nine(talk: Talk) -> None:
    talk.app.clock.set(china("2026-11-24 09:00"))  # type: ignore[attr-defined]


async def texts(talk: Talk) -> list[str]:
    async with talk.app.database.reading() as uow:
        return list(await uow.session.scalars(select(Notice.text)))


async def test_blanks_are_asked_one_by_one(talk: Talk) -> None:
    assert "会议通知、党费公示、学习安排" in await talk.whisper(EDITOR, "公告模板")
    assert await talk.whisper(EDITOR, "公告模板 党费公示") == "(1/6)月份?直接回复内容,「取消」放弃。"
    for at, answer in enumerate(("10月", "27", "27", "812.5", "11月2日"), 2):
        assert (await talk.whisper(EDITOR, answer)).startswith(f"({at}/6)")
    preview = await talk.whisper(EDITOR, "张明华{空}")
    words = "10月党费收缴情况:应交 27 人,实交 27 人,共 812.5 元,已于11月2日上交。如有疑问请联系张明华{空}。"
    assert preview.startswith(f"【公告】\n{words}") and "类别:党费收缴" in preview
    assert "已公开" in await talk.whisper(EDITOR, "确认")
    assert await texts(talk) == [words]


async def test_a_notice_of_a_template_s_name_is_that_template(talk: Talk) -> None:
    assert (await talk.whisper(EDITOR, "公告 定时 明天8点 会议通知")).startswith("(1/")
    await talk.whisper(EDITOR, "取消")
    assert (await talk.whisper(EDITOR, "公告 会议通知延期")).startswith("【公告】\n会议通知延期")


async def test_giving_up_half_way_changes_nothing(talk: Talk) -> None:
    await talk.whisper(EDITOR, "公告模板 会议通知")
    assert await talk.whisper(EDITOR, "取消") == "已取消,什么都没有改动。"
    assert await texts(talk) == []


async def test_the_branch_keeps_its_own(talk: Talk) -> None:
    assert "1 处要填" in await talk.whisper(EDITOR, "公告模板 新建 停水通知 {时间}停水,请提前储水")
    assert await talk.whisper(EDITOR, "公告模板 停水通知") == "(1/1)时间?直接回复内容,「取消」放弃。"
    assert "周六8点停水,请提前储水" in await talk.whisper(EDITOR, "周六8点")
    await talk.whisper(EDITOR, "取消")
    assert await talk.whisper(EDITOR, "公告模板 删除 停水通知") == "已删除模板「停水通知」。删错了发「撤销」。"
    assert "没有模板「停水通知」。有这些:会议通知" in await talk.whisper(EDITOR, "公告模板 停水通知")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("新建 停水通知 明天停水", "没有要填的空"),
        ("新建 停水通知", "请写名称和正文"),
        ("删除 会议通知", "不能删"),
        ("没有的", "没有模板"),
    ],
)
async def test_what_makes_no_sense_is_refused(talk: Talk, words: str, told: str) -> None:
    assert told in await talk.whisper(EDITOR, f"公告模板 {words}")


async def test_members_have_no_templates(talk: Talk) -> None:
    assert "由支委使用" in await talk.whisper(MEMBER, "公告模板 会议通知")


async def test_a_message_that_is_there_already(talk: Talk) -> None:
    await talk.hear(MEMBER, "周六上午义务植树,在南门集合")
    preview = await talk.say(EDITOR, reply(talk.last_id), "/公告")
    assert preview.startswith("【公告】\n周六上午义务植树,在南门集合")


async def test_a_merged_forward(talk: Talk) -> None:
    talk.telephone.forwards["f1"] = ["街道通知:周五停电", "请互相转告"]
    await talk.hear(MEMBER, {"type": "forward", "data": {"id": "f1"}})
    preview = await talk.say(EDITOR, reply(talk.last_id), "/公告")
    assert preview.startswith("【公告】\n街道通知:周五停电\n请互相转告")
