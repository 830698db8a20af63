"""Minutes, what is resolved in them, the year's goals, and the papers."""

import io
from datetime import datetime

import pytest
from docx import Document
from openpyxl import load_workbook

from bot.branch.models import Member
from bot.meeting.kinds import kind
from plugins.meeting.clockwork import do_meetings, warn_of_meetings
from tests.plugin.conftest import BOSS, EDITOR, MEMBER
from tests.plugin.talk import Talk
from tests.plugin.test_meeting import at, call

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63"
    "f8cfc0f01f0005000200a98c929b0000000049454e44ae426082"
)
TEXT = """一、会议议程
学习十五五规划
二、讨论情况
大家谈了体会。
三、决议
1. 由张三负责整理党员活动室,11月30日前完成
2. 李秀英牵头慰问老党员,12月20日前"""


@pytest.fixture(autouse=True)
async def held(talk: Talk) -> None:
    """A meeting of this morning; 王建国 chairs it, 张三 came, 李秀英 is on leave."""
    at(talk, "2026-11-24 09:00")
    await call(talk, "会议 支部党员大会 今天10:00 二楼 议题:学习十五五规划")
    await talk.whisper(EDITOR, "会议请假 1 出差")
    at(talk, "2026-11-24 10:00")
    for user in (BOSS, MEMBER):
        await talk.whisper(user, "签到")
    await talk.whisper(BOSS, "补签 1 赵德福 没有手机")
    at(talk, "2026-11-24 11:30")
    await do_meetings(talk.app)


def last_file(talk: Talk) -> bytes:
    (part,) = talk.telephone.contents[-1].parts
    return talk.app.media.get(part.sha256)  # type: ignore[union-attr]


async def test_what_too_few_resolved_is_said_not_to_count(talk: Talk) -> None:
    await call(talk, "会议 支部党员大会 今天13:00 二楼 议题:学习")
    at(talk, "2026-11-24 13:00")
    await talk.whisper(BOSS, "签到")
    at(talk, "2026-11-24 15:30")
    warned = "⚠ 签到的不够法定人数,决议不能算数。漏签的先「补签 2 姓名 原因」。"
    assert warned in await talk.whisper(BOSS, f"会议记录 2\n{TEXT}")
    assert warned not in await talk.whisper(BOSS, "会议记录 2\n大家学习了文件。")  # nothing was resolved
    for name in ("张三", "李秀英"):
        await talk.whisper(BOSS, f"补签 2 {name} 忘了签")
    assert warned not in await talk.whisper(BOSS, f"会议记录 2\n{TEXT}")


async def test_handed_in_confirmed_and_carried_out(talk: Talk) -> None:
    assert "三、表决结果" in await talk.whisper(BOSS, "会议记录 1")
    said = await talk.whisper(EDITOR, f"会议记录 1\n{TEXT}")
    assert "决议 1:由张三负责整理党员活动室,11月30日前完成(张三,11月30日前)" in said
    assert "请主持人看过后发「会议确认 1」" in said
    assert "由主持人确认" in await talk.whisper(EDITOR, "会议确认 1")
    assert "决议成了任务 1、2" in await talk.whisper(BOSS, "会议确认 1")
    assert "已经确认过" in await talk.whisper(BOSS, "会议确认 1")
    assert "不能再改" in await talk.whisper(EDITOR, f"会议记录 1 {TEXT}")
    assert (await talk.whisper(MEMBER, "我的任务")).startswith("任务 1:由张三负责整理党员活动室")
    assert "由负责的人或支委来报" in await talk.whisper(MEMBER, "任务 2 完成")
    assert "60%,擦了窗户" in await talk.whisper(MEMBER, "任务 1 进度 60% 擦了窗户")
    await talk.whisper(MEMBER, "任务 1 完成")
    assert await talk.whisper(MEMBER, "我的任务") == "您现在没有未完成的任务。"


async def test_a_resolution_without_a_person_waits(talk: Talk) -> None:
    assert "决议 1 没写谁负责" in await talk.whisper(BOSS, "会议记录 1 决议\n1. 加强学习")
    assert "决议 1 没写谁负责" in await talk.whisper(BOSS, "会议确认 1")
    assert await talk.whisper(MEMBER, "我的任务") == "您现在没有未完成的任务。"


async def test_minutes_of_nothing(talk: Talk) -> None:
    assert "没有会议 9" in await talk.whisper(BOSS, f"会议记录 9 {TEXT}")
    assert "还没有记录" in await talk.whisper(BOSS, "会议确认 1")
    assert "还没有记录" in await talk.whisper(BOSS, "会议记录 1 导出")
    await call(talk, "会议 支委会 周五15:00 办公室")
    assert "还没开" in await talk.whisper(BOSS, f"会议记录 2 {TEXT}")
    assert "主持人或支委来做" in await talk.whisper(MEMBER, f"会议记录 1 {TEXT}")


async def test_a_word_file_is_read_and_the_paper_filed(talk: Talk) -> None:
    paper = Document()
    for line in TEXT.splitlines():
        paper.add_paragraph(line)
    out = io.BytesIO()
    paper.save(out)
    said = await talk.whisper(BOSS, "会议记录 1", talk.file("记录.docx", out.getvalue()))
    assert "决议 2:李秀英牵头慰问老党员" in said
    await talk.whisper(BOSS, "会议确认 1")
    await talk.whisper(BOSS, "会议记录 1 导出")
    filed = Document(io.BytesIO(last_file(talk)))
    words = "\n".join(paragraph.text for paragraph in filed.paragraphs)
    head = "第一支部党员大会记录\n时间：2026年11月24日(周二)10:00—11:30\n地点：二楼\n主持人：王建国\n"
    assert words.startswith(head)
    assert "应到 4 人，实到 3 人" in words
    assert "到会：王建国、张三、赵德福" in words
    assert "请假：李秀英" in words
    assert "(主持人已确认)" in words
    assert [cell.text for cell in filed.tables[0].rows[2].cells][2:] == ["李秀英", "2026-12-20"]


async def test_the_ledger_of_the_year(talk: Talk) -> None:
    await talk.whisper(BOSS, "目标 新建 走访老党员 负责 李秀英 指标:每季度一次")
    await talk.whisper(EDITOR, "目标 1 进度 60% 已走访 12 户")
    await talk.whisper(BOSS, f"会议记录 1 {TEXT}")
    await talk.whisper(BOSS, "会议确认 1")
    await talk.whisper(MEMBER, "任务 1 进度 50%")
    await talk.whisper(BOSS, "会议台账 2026")
    book = load_workbook(io.BytesIO(last_file(talk)))
    meetings, decided, goals = book.worksheets
    assert [cell.value for cell in meetings[2]] == [
        1, "支部党员大会", datetime(2026, 11, 24, 10), "二楼", "学习十五五规划", "已开", 4, 3, 1, 0, 0, 0, 0.75,
        "已确认", kind("支部党员大会").source,
    ]  # fmt: skip
    assert [cell.value for cell in decided[2]] == [
        1, 1, "由张三负责整理党员活动室,11月30日前完成", "张三", datetime(2026, 11, 30), 0.5, None
    ]  # fmt: skip
    assert [cell.value for cell in goals[2]] == [
        1, "走访老党员", "每季度一次", "李秀英", datetime(2026, 12, 31), 0.6, "已走访 12 户",
    ]  # fmt: skip
    assert "还没有会议" in await talk.whisper(BOSS, "会议台账 2025")
    assert "支委使用" in await talk.whisper(MEMBER, "会议台账")


async def test_where_the_chair_has_left_the_committee_confirms(talk: Talk) -> None:
    await talk.whisper(EDITOR, f"会议记录 1 {TEXT}")
    async with talk.app.database.unit_of_work() as uow:
        (await uow.session.get_one(Member, 1)).left_on = uow.now.date()
    assert "主持人确认" in await talk.whisper(MEMBER, "会议确认 1")
    assert "决议成了任务" in await talk.whisper(EDITOR, "会议确认 1")


async def test_pictures_are_numbered_and_what_is_none_does_no_harm(talk: Talk) -> None:
    photo = {"type": "image", "data": {"file": "A1B2.png", "file_id": "a"}}
    talk.telephone.files |= {"a": PNG}
    await talk.whisper(BOSS, f"会议记录 1 {TEXT}", photo)
    talk.telephone.files["a"] = b"not a picture"
    await talk.whisper(BOSS, "会议记录 1", photo)
    await talk.whisper(BOSS, "会议记录 1", talk.file("方案.pdf", b"%PDF-1.4"))
    await talk.whisper(BOSS, "会议记录 1 导出")
    texts = [one.text for one in Document(io.BytesIO(last_file(talk))).paragraphs]
    assert "照片 1" in texts
    assert "照片 2(打不开这张图)" in texts
    assert "附件：方案.pdf" in texts


async def test_goals_of_the_year(talk: Talk) -> None:
    assert "还没有目标" in await talk.whisper(MEMBER, "目标")
    assert "由支委来召集" in await talk.whisper(MEMBER, "目标 新建 走访 负责 张三")
    assert "请写谁负责" in await talk.whisper(BOSS, "目标 新建 走访老党员")
    assert "已经过去" in await talk.whisper(BOSS, "目标 新建 走访老党员 负责 张三 2026年11月1日前")
    assert "已定下目标 1:走访老党员(张三),12月20日(周日)前,0%" in await talk.whisper(
        BOSS, "目标 新建 走访老党员 负责 张三 12月20日 指标:每季度一次"
    )
    assert "已记:目标 1:走访老党员,12月20日(周日)前,60%,已走访 12 户" in await talk.whisper(
        MEMBER, "目标 1 进度 60% 已走访 12 户"
    )
    assert "60%" in await talk.whisper(EDITOR, "目标")
    assert "没有目标 7" in await talk.whisper(BOSS, "目标 7 完成")
    await talk.whisper(BOSS, "目标 1 删除")
    assert "还没有目标" in await talk.whisper(MEMBER, "目标")


async def test_what_is_due_is_said_privately_once_before_and_once_after(talk: Talk) -> None:
    await talk.whisper(BOSS, "目标 新建 走访老党员 负责 张三 12月10日")
    told = []
    for moment in ("12-06 09:00", "12-07 09:00", "12-08 09:00", "12-11 09:00", "12-12 09:00"):
        at(talk, f"2026-{moment}")
        await warn_of_meetings(talk.app)
        told.append(sum(where == "private 103" and "目标 1" in text for where, text in await talk.enqueued()))
    assert told == [0, 1, 1, 2, 2]


async def test_somebody_who_is_erased_leaves_the_totals_and_no_name(talk: Talk) -> None:
    await talk.whisper(BOSS, f"会议记录 1 {TEXT}")
    await talk.whisper(BOSS, "会议确认 1")
    assert "会议的到会记录:1 次" in await talk.whisper(MEMBER, "我的数据")
    await talk.whisper(MEMBER, "删除我的信息")
    await talk.whisper(MEMBER, "确认")
    assert "应到 4,实到 3" in await talk.whisper(BOSS, "到会 1")
    shown = await talk.whisper(BOSS, "会议记录 1")
    assert "张三" not in shown
    assert "由已注销的党员负责整理党员活动室" in shown
