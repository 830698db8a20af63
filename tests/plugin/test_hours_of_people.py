"""学时 of the year: one's own, somebody else's, who is below; names only to the asker, nobody beyond what one leads."""

import io
from datetime import date
from unicodedata import normalize

import pytest
from docx import Document
from sqlalchemy import update

from bot.branch.models import Leave, Member
from bot.hours import booking
from bot.hours.models import Source
from tests.plugin.conftest import BOSS, EDITOR, MEMBER
from tests.plugin.talk import Talk, exempt
from tests.plugin.test_stats import ABOVE, OTHER_BOSS, above, at, autumn
from tests.plugin.test_stats_files import files

__all__ = ["above", "autumn"]


@pytest.fixture(autouse=True)
async def booked(talk: Talk, autumn: None) -> None:
    """In the third quarter 张三 has 8 hours of meetings, 王建国 20 of a training."""
    async with talk.app.database.unit_of_work() as uow:
        day = date(2026, 8, 3)
        await booking.settle(uow, booking.For(1, Source.MEETING, "meeting:1", day, "支部党员大会"), {3: 16})
        await booking.settle(uow, booking.For(1, Source.TRAINING, "training:1", day, "集中培训"), {1: 40})


THIRD = (
    "【第一支部】2026年三季度学时:2/4 人达到\n"
    "李秀英:0/14,差 14\n"
    "赵德福:0/8,差 8\n"
    "应有学时按在册天数折算到这一天,请假、免学的不算。名单只发给您。"
)


@pytest.mark.parametrize("words", ["三季度谁没达标", "谁没达标 三季度", "谁没达标 7月1日到9月30日"])
async def test_who_is_below(talk: Talk, words: str) -> None:
    said = await talk.whisper(BOSS, words)
    assert said.splitlines()[1:] == THIRD.splitlines()[1:]
    assert "学时:2/4 人达到" in said


async def test_the_group_hears_only_the_count(talk: Talk) -> None:
    heard = await talk.hear(BOSS, "/三季度谁没达标")
    assert heard[0] == (f"private {BOSS}", THIRD)
    assert heard[1][0] == "group 9"
    assert "李秀英" not in heard[1][1]


async def test_leave_and_exemption_ask_for_less(talk: Talk) -> None:
    await exempt(talk, 4)
    async with talk.app.database.unit_of_work() as uow:
        days = {"first_day": date(2026, 7, 1), "last_day": date(2026, 8, 31)}
        uow.session.add(Leave(member_id=2, reason="住院", created_at=uow.now, **days))
    said = (await talk.whisper(BOSS, "三季度谁没达标")).splitlines()
    assert said[:2] == ["【第一支部】2026年三季度学时:2/3 人达到", "李秀英:0/4.5,差 4.5"]


async def test_the_requirement_is_a_setting(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 支委学时 0")
    await talk.whisper(BOSS, "设置 党员学时 32")
    assert "学时:3/4" not in await talk.whisper(BOSS, "三季度谁没达标")
    assert "李秀英" not in await talk.whisper(BOSS, "三季度谁没达标")


@pytest.mark.parametrize("words", ["张三的学习情况", "学习情况 张三", "张三的学习情况 今年", "今年 张三的学习情况"])
async def test_one_member(talk: Talk, words: str) -> None:
    assert await talk.whisper(BOSS, words) == (
        "张三(第一支部),2026年(到11月24日)\n"
        "学习:应学 3 篇,完成 2 篇\n"
        "学时:9(阅读 1、会议 8),到这一天应有 28.5,还差 19.5\n"
        "公告回执:1/1\n"
        "还没学的:\n3. 《材料3》"
    )


async def test_one_own_record_is_the_same(talk: Talk) -> None:
    of_secretary = await talk.whisper(BOSS, "张三的学习情况")
    how = "\n发「补3」看全文,看完发「已学 编号」。"
    for words in ("我的", "我的学习", "我的学习情况", "学习情况"):
        assert await talk.whisper(MEMBER, words) == of_secretary + how


async def test_nobody_reads_the_record_of_another(talk: Talk) -> None:
    assert "由支委来看" in await talk.whisper(MEMBER, "李秀英的学习情况")
    assert "李秀英(第一支部)" in await talk.whisper(EDITOR, "李秀英的学习情况")


async def test_two_of_one_name(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(Member(id=30, branch_id=1, name="张三", joined_on=date(2026, 1, 1), created_at=uow.now))
    assert await talk.whisper(BOSS, "张三的学习情况") == ("有 2 位张三(QQ 尾号 103)。请 @ 本人,或写「张三103」。")
    assert (await talk.whisper(BOSS, "张三103的学习情况")).startswith("张三(第一支部)")


async def test_days_before_somebody_joined(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        await uow.session.execute(update(Member).where(Member.id == 3).values(joined_on=date(2026, 10, 1)))
    assert await talk.whisper(BOSS, "张三的学习情况 三季度") == "2026年三季度张三不在名册上。"


async def test_over_the_branches_below(talk: Talk, above: None) -> None:
    said = await talk.whisper(ABOVE, "三季度谁没达标")
    assert said.splitlines()[0] == "【红旗党委】2026年三季度学时:2/6 人达到"
    assert "王芳(第二支部):0/14,差 14" in said
    assert "由它的书记或上级来管" in await talk.whisper(OTHER_BOSS, "谁没达标 三季度 第一支部")
    assert "没有「张三」" in await talk.whisper(OTHER_BOSS, "张三的学习情况")


async def test_without_anybody_of_whom_hours_are_asked(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        await uow.session.execute(update(Member).values(kind="积极分子"))
    at(talk, "2026-11-24 10:00")
    assert await talk.whisper(BOSS, "谁没达标") == "【第一支部】2026年(到11月24日)没有要求学时的党员。"


async def test_where_the_hours_come_from(talk: Talk) -> None:
    await talk.whisper(BOSS, "补登 张三 11月18日集中学习 2学时 手机坏了")
    own = await talk.whisper(MEMBER, "我的学时")
    assert own == (
        "张三(第一支部),2026年(到11月24日)学时:11(阅读 1、会议 8、补登 2),到这一天应有 28.5,还差 17.5\n"
        "全年 32 学时(党员一年的学时),依据《中国共产党党员教育管理工作条例》(2019-05-06)。\n"
        "阅读 1\n"
        "08-03 会议 8 支部党员大会\n"
        "11-18 补登 2 集中学习(补登 1)"
    )
    assert await talk.whisper(BOSS, "张三的学时") == own
    await talk.whisper(BOSS, "设置 党员学时 40")
    assert "全年 40 学时(党员一年的学时),支部自己的规定。" in await talk.whisper(MEMBER, "学时")
    assert "由支委来看" in await talk.whisper(MEMBER, "李秀英的学时")


async def test_the_file_of_a_member(talk: Talk) -> None:
    await talk.whisper(MEMBER, "请假 出差 11月24日到26日")
    await talk.whisper(MEMBER, "我的学习档案")
    ((name, data),) = files(talk).items()
    assert name == "张三2026年(到11月24日)学习档案.docx"
    paper = Document(io.BytesIO(data))
    texts = [normalize("NFKC", paragraph.text) for paragraph in paper.paragraphs if paragraph.text]
    assert texts == [
        "2026年(到11月24日)党员学习档案", "姓名:张三", "支部:第一支部", "类别:正式党员",
        "一、总体情况", "学习:应学 2 篇,完成 2 篇",
        "学时:9(阅读 1、会议 8),到这一天应有 28.5,还差 19.5", "公告回执:1/1",
        "二、学习记录", "三、学时台账", "四、不计入应学的", "2026-11-24 至 2026-11-26 请假",
        "第一支部", "2026年11月24日",
    ]  # fmt: skip
    readings, entries = [[[cell.text for cell in row.cells] for row in table.rows[1:]] for table in paper.tables]
    assert [row[:3] for row in readings] == [
        ["10-12", "材料1", "完成"], ["11-10", "材料2", "完成"], ["11-24", "材料3", "请假"],
    ]  # fmt: skip
    assert entries == [["2026-08-03", "会议", "8", "支部党员大会"]]
    assert "由支委来看" in await talk.whisper(MEMBER, "李秀英的学习档案")
    assert await talk.whisper(BOSS, "张三的学习档案 2019年") == "2019年张三不在名册上。"
