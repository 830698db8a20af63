"""党务公开台账: found by category, year and words; exported as it was filed, cell by cell."""

import io

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select, update

from bot.branch.models import AuditEntry
from bot.notice.models import Notice
from bot.rendering.content import Attachment
from plugins.notice.clockwork import publish_what_is_due
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, STRANGER
from tests.plugin.talk import Talk
from tests.unit.study.house import china


@pytest.fixture(autouse=True)
async def a_year(talk: Talk) -> None:
    """Three notices of two years, one approved, one withdrawn, and a 公示."""
    at = talk.app.clock.set  # type: ignore[attr-defined]
    at(china("2025-12-30 09:00"))
    await talk.whisper(EDITOR, "公告 请大家交纳四季度党费")
    await talk.whisper(EDITOR, "确认")
    at(china("2026-03-02 09:00"))
    await talk.whisper(BOSS, "设置 公告审批 开")
    await talk.whisper(EDITOR, "公告 =HYPERLINK(1)周五开支部党员大会\n请准时")
    await talk.whisper(EDITOR, "确认")
    await talk.whisper(BOSS, "同意 2")
    await talk.whisper(MEMBER, "收到 2")
    await talk.whisper(BOSS, "设置 公告审批 关")
    await talk.whisper(EDITOR, "公告 志愿服务活动报名")
    await talk.whisper(EDITOR, "确认")
    await talk.whisper(EDITOR, "撤回 3")
    await talk.whisper(EDITOR, "确认")
    await talk.whisper(EDITOR, "公示 王芳同志拟接收为预备党员 5个工作日")
    await talk.whisper(EDITOR, "确认")
    await publish_what_is_due(talk.app)


async def test_everything_newest_first(talk: Talk) -> None:
    assert await talk.whisper(MEMBER, "党务公开") == (
        "党务公开台账:4 件\n"
        "4. 3月2日 王芳同志拟接收为预备党员(党员发展,公开中)\n"
        "3. 3月2日 志愿服务活动报名(联系群众,已撤回)\n"
        "2. 3月2日 =HYPERLINK(1)周五开支部党员大会(会议活动,公开中)\n"
        "1. 12月30日 请大家交纳四季度党费(党费收缴,公开中)\n"
        "要表格和文档,发「党务公开 导出」。"
    )


@pytest.mark.parametrize(
    ("words", "numbers"),
    [("党员发展", [4]), ("2025", [1]), ("去年", [1]), ("2026年", [4, 3, 2]), ("志愿", [3]), ("2026 党员", [4, 2])],
)
async def test_found_by_category_year_and_words(talk: Talk, words: str, numbers: list[int]) -> None:
    lines = (await talk.whisper(MEMBER, f"党务公开 {words}")).splitlines()[1:-1]
    assert [int(line.split(".")[0]) for line in lines] == numbers


async def test_nothing_found_names_the_categories(talk: Talk) -> None:
    assert "类别有:会议活动、学习教育" in await talk.whisper(MEMBER, "党务公开 2019")
    assert "没有2019年可以导出的内容" in await talk.whisper(EDITOR, "党务公开 2019 导出")


async def files_of(talk: Talk) -> list[tuple[str, bytes]]:
    parts = [part for content in talk.telephone.contents[-2:] for part in content.parts]
    return [(part.name, talk.app.media.get(part.sha256)) for part in parts if isinstance(part, Attachment)]


async def test_a_whole_page_is_not_searched_for(talk: Talk) -> None:
    told = "要找的太长了,写一两个词就行,比如:党务公开 党员发展 2026"
    assert await talk.whisper(MEMBER, "党务公开 " + "党 " * 2000) == told
    assert await talk.say(MEMBER, "/党务公开 " + "党" * 2000) == told


async def test_exported_cell_by_cell(talk: Talk) -> None:
    await talk.whisper(EDITOR, "党务公开 2026 导出")
    (name, sheet), (paper_name, paper) = await files_of(talk)
    assert (name, paper_name) == ("党务公开台账2026.xlsx", "党务公开台账2026.docx")
    rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(sheet)).active.iter_rows()]  # type: ignore[union-attr]
    assert rows[0][:5] == ["编号", "方式", "类别", "公开内容", "公开时间"]
    assert [row[0] for row in rows[1:]] == [2, 3, 4]
    meeting, _, shown = rows[1:]
    assert meeting[3] == "=HYPERLINK(1)周五开支部党员大会\n请准时"
    assert load_workbook(io.BytesIO(sheet)).active["D2"].data_type == "s"  # type: ignore[index]
    assert (meeting[6], meeting[7], meeting[9], meeting[10]) == ("李秀英", "王建国", 1, "公开中")
    assert f"{meeting[4]:%Y-%m-%d %H:%M}" == "2026-03-02 09:00"
    assert (shown[1], f"{shown[8]:%Y-%m-%d}") == ("公示", "2026-03-09")
    document = Document(io.BytesIO(paper))
    assert document.paragraphs[0].text == "2026年党务公开台账"
    assert [cell.text for cell in document.tables[0].rows[1].cells][:3] == [
        "2", "会议活动", "=HYPERLINK(1)周五开支部党员大会",
    ]  # fmt: skip
    async with talk.app.database.reading() as uow:
        done = (await uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "notice.export"))).all()
        assert len(done) == 1


async def test_members_look_and_do_not_export_strangers_get_nothing(talk: Talk) -> None:
    assert "由宣传委员或书记来发" in await talk.whisper(MEMBER, "党务公开 导出")
    assert "党费" not in await talk.whisper(STRANGER, "党务公开")


async def test_drafts_and_other_branches_are_not_in_it(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        await uow.session.execute(update(Notice).where(Notice.no == 1).values(published_at=None))
    assert "3 件" in await talk.whisper(MEMBER, "党务公开")
