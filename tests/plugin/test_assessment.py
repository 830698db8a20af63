"""考核: scored from the records, opened to the evidence, marked by hand with a reason; the scheme and its undoing."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete, select

from bot.branch.models import AuditEntry, Role, RoleGrant
from bot.meeting.models import Meeting, State, Task, TaskKind
from tests.plugin.conftest import BOSS, EDITOR
from tests.plugin.talk import Talk
from tests.plugin.test_stats import ABOVE, OTHER_BOSS, above, autumn
from tests.plugin.test_stats_files import files, pages
from tests.sheet import xlsx
from tests.unit.study.house import china

__all__ = ["above", "autumn"]


@pytest.fixture(autouse=True)
async def year(autumn: None, talk: Talk) -> None:
    """A 支部党员大会 in the third quarter."""
    await meet(talk, "2026-08-03 15:00")


async def meet(talk: Talk, when: str) -> None:
    starts = china(when)
    async with talk.app.database.unit_of_work() as uow:
        meeting = Meeting(
            branch_id=1, of_id=1, kind="支部党员大会", state=State.HELD, place="", account="1", code="1234"
        )
        meeting.no = len((await uow.session.scalars(select(Meeting))).all()) + 1
        meeting.starts_at, meeting.ends_at, meeting.created_at = starts, starts + timedelta(hours=1), uow.now
        uow.session.add(meeting)


async def test_from_the_records_with_gaps_by_name(talk: Talk) -> None:
    said = (await talk.whisper(BOSS, "考核")).splitlines()
    assert said[0].startswith("【第一支部】2026年四季度(到11月24日)考核 ")
    assert said[1] == "1. 学习完成率 11.5/25(41%(5/12 人次))"
    assert said[4] == "4. 公告回执率 2.7/10(25%(1/4 次))"
    assert said[5].startswith("5. 网络热词讨论 0/10(0 场")
    assert said[6] == "6. 作用发挥 不计分(还没打分)"
    assert said[7] == "7. 目标和任务 不计分(没有记录)"
    assert "缺四季度支部党员大会" in said[8]
    assert said[9] == "回复编号看依据,比如「1」;要表格发「考核 导出」。没有记录的不计分。"


async def test_goals_and_tasks_count_by_their_progress(talk: Talk) -> None:
    await talk.whisper(BOSS, "目标 新建 走访老党员 负责 张三 12月20日")
    await talk.whisper(BOSS, "目标 新建 发展党员 负责 李秀英")
    await talk.whisper(BOSS, "目标 1 进度 50%")
    async with talk.app.database.unit_of_work() as uow:
        late = Task(branch_id=1, kind=TaskKind.TASK, no=1, text="整理活动室", percent=0, created_at=uow.now)
        late.due = china("2026-11-20 00:00").date()
        uow.session.add(late)
    said = (await talk.whisper(BOSS, "考核")).splitlines()
    assert said[7] == "7. 目标和任务 1.6/10(16%(3 项))"
    assert (await talk.whisper(BOSS, "7")).splitlines()[-4:] == [
        "差距:任务 1 0%",
        "任务 1:整理活动室,11月20日(周五)前,0%",
        "目标 1:走访老党员,12月20日(周日)前,50%",
        "目标 2:发展党员,12月31日(周四)前,0%",
    ]


async def test_every_number_opens_to_its_evidence(talk: Talk) -> None:
    await talk.whisper(BOSS, "考核")
    assert await talk.whisper(BOSS, "1") == (
        "学习完成率:41%(5/12 人次),11.5/25 分\n"
        "怎么算:学习完成率,达到 90%得满分 25,不足按比例(推送的材料按时或补学都算,请假、免学不计)\n"
        "差距:学习完成率 41%,目标 90%\n"
        "学习 1《材料1》2/4\n学习 2《材料2》2/4\n学习 3《材料3》1/4"
    )
    assert "李秀英:" in await talk.whisper(BOSS, "2")
    assert "支部党员大会 0/1" in await talk.whisper(BOSS, "3")
    assert "公告 1「周五交党费」 1/4" in await talk.whisper(BOSS, "4")
    assert "打分发「考核 打分 6 分数 理由」" in await talk.whisper(BOSS, "6")


async def test_against_the_period_before(talk: Talk) -> None:
    before = (await talk.whisper(BOSS, "考核 三季度")).splitlines()
    assert "缺三季度支部党员大会" not in before[-2]
    now = (await talk.whisper(BOSS, "2026四季度考核")).splitlines()
    assert ",-" in next(line for line in now if line.startswith("3. 三会一课"))
    await meet(talk, "2026-10-20 15:00")
    assert "缺四季度支部党员大会" not in await talk.whisper(BOSS, "考核 四季度")


async def test_a_mark_needs_a_reason_is_on_record_and_can_be_undone(talk: Talk) -> None:
    assert "请写指标编号、分数和理由" in await talk.whisper(BOSS, "考核 打分 6 8")
    assert "由记录算出" in await talk.whisper(BOSS, "考核 打分 1 8 看着不错")
    assert "分数请写 0 到 10" in await talk.whisper(BOSS, "考核 打分 6 11 志愿服务")
    assert "没有指标 9" in await talk.whisper(BOSS, "考核 打分 9 1 志愿服务")
    assert (
        await talk.whisper(BOSS, "考核 打分 6 8.5 10月1日组织志愿服务") == "「作用发挥」打了 8.5 分。打错了发「撤销」。"
    )
    assert "6. 作用发挥 8.5/10(10月1日组织志愿服务)" in await talk.whisper(BOSS, "考核")
    assert "王建国打分,理由:10月1日组织志愿服务" in await talk.whisper(BOSS, "6")
    assert "6. 作用发挥 不计分" in await talk.whisper(BOSS, "考核 三季度")
    async with talk.app.database.reading() as uow:
        query = select(AuditEntry.reason).where(AuditEntry.action == "assessment.mark")
        assert list(await uow.session.scalars(query)) == ["10月1日组织志愿服务"]
    await talk.whisper(BOSS, "考核 打分 6 9 又一次")
    await talk.whisper(BOSS, "撤销")
    await talk.whisper(BOSS, "确认")
    assert "6. 作用发挥 8.5/10" in await talk.whisper(BOSS, "考核")


async def test_only_who_leads_and_only_in_private(talk: Talk, above: None) -> None:
    assert "由书记" in await talk.whisper(EDITOR, "考核")
    heard = await talk.hear(BOSS, "/考核")
    assert [where for where, _ in heard] == [f"private {BOSS}", "group 9"]
    assert "学习完成率" not in heard[1][1]
    assert "由它的书记或上级来管" in await talk.whisper(OTHER_BOSS, "考核 第一支部")
    assert (await talk.whisper(ABOVE, "考核 第一支部")).startswith("【第一支部】")
    assert "第一支部 缺四季度支部党员大会" in await talk.whisper(ABOVE, "考核 红旗党委")


async def test_who_has_lost_the_office_meanwhile_sees_no_evidence(talk: Talk) -> None:
    await talk.whisper(BOSS, "考核")
    async with talk.app.database.unit_of_work() as uow:
        await uow.session.execute(delete(RoleGrant).where(RoleGrant.role == Role.SECRETARY))
    assert await talk.whisper(BOSS, "1") == "这要由「第一支部」或上级的书记来做。"


async def test_the_scheme_says_where_it_comes_from_and_is_changed_line_by_line(talk: Talk) -> None:
    scheme = await talk.whisper(BOSS, "考核 方案")
    assert "共 100 分。来源:产品自带的起步方案" in scheme
    assert "3. 三会一课:三会一课,20 分,目标 100%" in scheme
    assert "8. 结对帮扶:手工,5 分" in await talk.whisper(BOSS, "考核 加 结对帮扶 手工 5")
    assert "来源:本支部的方案" in await talk.whisper(BOSS, "考核 方案")
    assert "5. 网络热词讨论:讨论场数,10 分,目标 2" in await talk.whisper(BOSS, "考核 加 网络热词讨论 讨论场数 10 2")
    assert "已删去「结对帮扶」" in await talk.whisper(BOSS, "考核 删 8")
    await talk.whisper(BOSS, "撤销")
    await talk.whisper(BOSS, "确认")
    assert "8. 结对帮扶" in await talk.whisper(BOSS, "考核 方案")
    await talk.whisper(BOSS, "考核 恢复")
    assert await talk.whisper(BOSS, "考核 方案") == scheme
    for wrong in ("考核 加 甲 乙 5", "考核 加 甲 手工 0", "考核 加 甲 学习完成率 5 200", "考核 加 甲", "考核 删 三"):
        assert "考核方案,共" not in await talk.whisper(BOSS, wrong)
    assert await talk.whisper(BOSS, "考核 方案") == scheme


async def test_a_branch_takes_the_scheme_of_above(talk: Talk, above: None) -> None:
    await talk.whisper(ABOVE, "考核 加 党委指标 手工 5")
    assert "来源:上级「红旗党委」的方案" in await talk.whisper(BOSS, "考核 方案")
    assert "8. 党委指标 不计分(还没打分)" in await talk.whisper(BOSS, "考核")


GOOD: list[tuple[object, ...]] = [
    ("指标", "依据", "分值", "目标", "说明"),
    ("学习", "学习完成率", 60, 0.9, "按时"),
    ("会议", "三会一课", 40, None, None),
]


async def test_a_scheme_from_a_sheet(talk: Talk) -> None:
    assert "请把考核表(.xlsx)发给我" in await talk.whisper(BOSS, "考核 导入")
    said = await talk.whisper(BOSS, talk.file("考核.xlsx", xlsx(*GOOD)))
    assert "共 100 分。来源:本支部的方案" in said
    assert "1. 学习:学习完成率,60 分,目标 90%\n2. 会议:三会一课,40 分,目标 100%" in said


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([*GOOD, ("学习", "手工", 5, None, None)], "第 4 行:「学习」写了两次"),
        ([*GOOD, ("新", "心情", 5, None, None)], "第 4 行:依据「心情」不认识"),
        ([*GOOD, ("新", "手工", "很多", None, None)], "第 4 行:分值要 1 到 100 的整数"),
        ([*GOOD, ("新", "手工", "=1+1", None, None)], "第 4 行:C4 是公式或错误值"),
        ([("名字",)], "没有找到列名"),
        ([("指标", "依据"), ("学习", "手工")], "缺少这几列:分值"),
        ([GOOD[0]], "表里没有指标"),
    ],
)
async def test_a_wrong_sheet_is_refused_whole(talk: Talk, rows: list[tuple[object, ...]], said: str) -> None:
    await talk.whisper(BOSS, "考核 导入")
    answer = await talk.whisper(BOSS, talk.file("考核.xlsx", xlsx(*rows)))
    assert said in answer
    assert "没有导入" in answer
    assert "来源:产品自带" in await talk.whisper(BOSS, "考核 方案")
    assert answer.endswith("\n改好后直接再发给我;不导了回复「取消」。")
    assert "来源:本支部的方案" in await talk.whisper(BOSS, talk.file("考核.xlsx", xlsx(*GOOD)))


async def test_the_scores_go_out_as_a_table_with_all_their_evidence(talk: Talk) -> None:
    await talk.whisper(BOSS, "考核 打分 6 8.5 志愿服务")
    assert "由书记" in await talk.whisper(EDITOR, "考核 导出")
    said = (await talk.whisper(BOSS, "考核 四季度")).splitlines()
    evidence = (await talk.whisper(BOSS, "1")).splitlines()[3:]
    await talk.whisper(BOSS, "考核 导出 四季度")
    ((name, data),) = files(talk).items()
    assert name == "第一支部2026年四季度(到11月24日)考核.xlsx"
    found = pages(data)
    assert list(found) == ["考核", "依据"]
    head, first, *others = found["考核"]
    assert head == ["编号", "指标", "怎么算", "情况", "分值", "得分", "上期得分", "差距"]
    how = "学习完成率,达到 90%得满分 25,不足按比例(推送的材料按时或补学都算,请假、免学不计)"
    assert first == [1, "学习完成率", how, "41%(5/12 人次)", 25, 11.5, None, "学习完成率 41%,目标 90%"]
    assert others[4][:6] == [6, "作用发挥", others[4][2], "志愿服务", 10, 8.5]
    scored = [row for row in (first, *others[:-1]) if row[5] is not None]
    assert others[-1][1:6] == [
        "合计", "没有记录的不计分", None, sum(row[4] for row in scored), round(sum(row[5] for row in scored), 1),
    ]  # fmt: skip
    assert f"考核 {others[-1][5]}/{others[-1][4]} 分" in said[0]
    assert [row[2] for row in found["依据"][1:] if row[0] == 1] == evidence
    async with talk.app.database.reading() as uow:
        query = select(AuditEntry.subject).where(AuditEntry.action == "assessment.export")
        assert list(await uow.session.scalars(query)) == ["branch:1"]


async def test_an_indicator_may_be_measured_over_the_whole_year(talk: Talk) -> None:
    """学习 1 of October and a mark by hand belong to the fourth quarter; the year has the third one's meeting too."""
    await talk.whisper(BOSS, "考核 加 三会一课 三会一课 25 全年")
    await talk.whisper(BOSS, "考核 加 民主评议 手工 10 全年")
    said = await talk.whisper(BOSS, "考核 方案")
    assert "3. 三会一课:三会一课,25 分,目标 100%,按全年算" in said
    assert "8. 民主评议:手工,10 分,按全年算" in said
    await talk.whisper(BOSS, "考核 打分 8 9 评议优秀")
    for words in ("考核", "考核 三季度"):
        lines = (await talk.whisper(BOSS, words)).splitlines()
        assert lines[3].startswith("3. 三会一课 ")
        assert "全年 1/" in lines[3]
        assert lines[8] == "8. 民主评议 9/10(全年 评议优秀)"


async def test_the_scheme_goes_out_as_a_table_and_comes_back(talk: Talk) -> None:
    await talk.whisper(BOSS, "考核 加 民主评议 手工 10 全年")
    before = await talk.whisper(BOSS, "考核 方案")
    await talk.whisper(BOSS, "考核 模板")
    (data,) = files(talk).values()
    await talk.whisper(BOSS, "考核 恢复")
    assert await talk.whisper(BOSS, "考核 方案") != before
    await talk.whisper(BOSS, "考核 导入", talk.file("方案.xlsx", data))
    assert await talk.whisper(BOSS, "考核 方案") == before


async def test_a_wrong_period_is_named_by_row(talk: Talk) -> None:
    table = xlsx(("指标", "依据", "分值", "目标", "周期"), ("学习", "学习完成率", 50, 90, "每天"))
    said = await talk.whisper(BOSS, "考核 导入", talk.file("方案.xlsx", table))
    assert "第 2 行:周期写「本期」或「全年」" in said


async def test_points_for_notices_and_discussions_open_to_each_of_them(talk: Talk) -> None:
    await talk.whisper(BOSS, "考核 加 公开 公开件数 10 1")
    await talk.whisper(EDITOR, "讨论 垃圾分类怎样才能长久")
    await talk.whisper(EDITOR, "确认")
    await talk.whisper(BOSS, "考核 四季度")
    assert (await talk.whisper(BOSS, "8")).splitlines()[-1] == "公告 1「周五交党费」"
    assert (await talk.whisper(BOSS, "5")).splitlines()[-1] == "讨论 1「垃圾分类怎样才能长久」11-24,0 人发言"


HEAD = ("指标", "依据", "分值", "目标")
ROW = ("学习", "学习完成率", 50, 90)


def merged() -> bytes:
    """Two names share a cell, as somebody would format it: the second row gets the name of the first."""
    book = load_workbook(io.BytesIO(xlsx(HEAD, ROW, (None, "学时达标率", 50, 90))))
    book.active.merge_cells("A2:A3")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "answer"),
    [
        ("考核.xlsm", xlsx(HEAD, ROW), "考核表要 .xlsx 格式"),
        ("考核.docx", xlsx(HEAD, ROW), "考核表要 .xlsx 格式"),
        ("考核.xlsx", merged(), "第 3 行:「学习」写了两次"),
        ("考核.xlsx", xlsx(HEAD, *[ROW] * 100_000), "表里超过了 5000 行,没有读取"),
        ("考核.xlsx", xlsx(("姓名", "学时"), ("张三", 3)), "没有找到列名。第一行写:指标、依据、分值"),
        ("考核.xlsx", xlsx(("指标", "分值"), ("学习", 3)), "缺少这几列:依据"),
        ("考核.xlsx", xlsx(HEAD, ("学习", "学习完成率", "=40+10", 90)), "C2 是公式或错误值"),
        ("考核.xlsx", b"PK\x03\x04 half a file", "这不是完好的 .xlsx 文件"),
        ("考核.xlsx", b"", "这不是完好的 .xlsx 文件"),
    ],
)
async def test_a_bad_file_is_said_in_a_line_and_changes_nothing(
    talk: Talk, name: str, data: bytes, answer: str
) -> None:
    before = await talk.whisper(BOSS, "考核 方案")
    said = await talk.whisper(BOSS, "考核 导入", talk.file(name, data))
    assert answer in said
    assert said.count("\n") <= 1
    assert await talk.whisper(BOSS, "考核 方案") == before
