"""What a propagandist types about plans, and the sheet that makes one."""

import io
from datetime import datetime

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from bot.branch import service
from bot.sources import link
from bot.sources.article import Article
from bot.study.models import Material, Plan, PlanItem
from tests.plugin.conftest import EDITOR, MEMBER
from tests.plugin.talk import Talk, reply
from tests.unit.study.house import china, material

TEXT = "社区把网格建在楼栋里,党员在家门口亮身份、领任务,半年解决四百多件小事。"


@pytest.fixture(autouse=True)
async def library(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        for _ in range(5):
            uow.session.add(material(1, await service.next_number(uow, 1, "material"), uow.now))


def sheet(*rows: tuple[object, ...]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in (("日期", "时间", "资料编号", "标题", "链接", "正文"), *rows):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


async def stored(talk: Talk) -> tuple[int, int, int]:
    """(materials, plans, their items)"""
    async with talk.app.database.reading() as uow:
        counts = [await uow.session.scalar(select(func.count()).select_from(t)) for t in (Material, Plan, PlanItem)]
    return tuple(count or 0 for count in counts)  # type: ignore[return-value]


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_made_listed_paused_resumed_extended_and_removed(talk: Talk) -> None:
    assert await talk.whisper(EDITOR, "学习计划 新建 党章学习 每个工作日8点 资料 1-2、4") == (
        "计划 1「党章学习」已建立:3 篇,每个工作日 8:00(按国家放假和调休),下次 11月24日(周二)8:00。\n"
        "要停发「学习计划 暂停 1」。"
    )
    assert await talk.whisper(EDITOR, "学习计划 列表") == "1. 党章学习:下次 11月24日(周二)8:00,还有 3 篇"
    assert await talk.whisper(EDITOR, "学习计划 暂停 1") == "计划 1「党章学习」已暂停。要接着发「学习计划 恢复 1」。"
    assert await talk.whisper(EDITOR, "学习计划") == "1. 党章学习:已暂停,还有 3 篇"
    assert await talk.whisper(EDITOR, "学习计划恢复1") == "计划 1「党章学习」已恢复,下次 11月24日(周二)8:00。"
    assert await talk.whisper(EDITOR, "学习计划 添加 1 资料 5") == "计划 1「党章学习」后面加上了,现在还有 4 篇。"
    assert await talk.whisper(EDITOR, "学习计划 删除 1") == "计划 1「党章学习」已删除。"
    assert "还没有学习计划" in await talk.whisper(EDITOR, "学习计划")


async def test_at_night_it_says_when_it_really_comes(talk: Talk) -> None:
    made = await talk.whisper(EDITOR, "学习计划 新建 夜读 每天23:59 资料 1-5")
    assert "下次 11月24日(周二)23:59。\n这个时间在安静时段里,会等到 7:30 再发。" in made


async def test_by_a_search_word(talk: Talk) -> None:
    for no in (1, 2):
        await talk.whisper(EDITOR, f"入库 党章第{no}讲\n党章总纲学习要点{no},请大家逐条对照检查,认真整改落实。")
    assert "2 篇" in await talk.whisper(EDITOR, "学习计划 新建 党章 每天8点 搜索 党章总纲")
    assert "没有找到「火箭」" in await talk.whisper(EDITOR, "学习计划 新建 火箭 每天8点 搜索 火箭")
    async with talk.app.database.reading() as uow:
        query = select(Material.no).join(PlanItem, PlanItem.material_id == Material.id).order_by(PlanItem.position)
        assert list(await uow.session.scalars(query)) == [6, 7]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("学习计划 新建 党章 每天8点", "计划里还没有资料"),
        ("学习计划 新建 党章 每天25点 资料 1", "没有「25点」这个时间"),
        ("学习计划 新建 党章 资料 1", "请写名称和时间"),
        ("学习计划 新建 党章 每天8点 资料 4-9", "没有资料 6、7、8、9,计划没有改动"),
        ("学习计划 新建 党章 每天8点 资料 5-3", "「5-3」前后写反了"),
        ("学习计划 新建 党章 每天8点 资料 1-999", "一次最多 200 篇"),
        ("学习计划 新建 党章 每天8点 资料 全部", "没读懂「全部」"),
        ("学习计划 暂停", "请写编号"),
        ("学习计划 暂停 3", "没有进行中的计划 3"),
        ("学习计划 添加 3", "请写计划和资料的编号"),
        ("学习计划 开始", "没有「学习计划 开始」"),
    ],
)
async def test_what_cannot_be_done_changes_nothing(talk: Talk, said: str, answer: str) -> None:
    assert answer in await talk.whisper(EDITOR, said)
    assert await stored(talk) == (5, 0, 0)


async def test_only_editors(talk: Talk) -> None:
    assert "宣传委员使用" in await talk.whisper(MEMBER, "学习计划 列表")


# -- a sheet


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_a_sheet_is_shown_and_made_when_confirmed(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def read(url: str, fetcher: object) -> Article:
        return Article("新时代党建", "坚持和加强党的全面领导。" * 10, "共产党员网", url)

    monkeypatch.setattr(link, "read", read)
    data = sheet(
        (datetime(2026, 11, 26), "8:00", 2),
        (datetime(2026, 11, 25), "8:00", None, "材料3"),
        ("11月27日", "22:00", None, None, "https://a.cn/1"),
        ("11月28日", None, None, "网格", None, TEXT),
    )
    assert "请把计划表(.xlsx)发给我" in await talk.whisper(EDITOR, "学习计划 导入")
    assert await talk.whisper(EDITOR, talk.file("十一月.xlsx", data)) == (
        "计划「十一月」共 4 篇:\n11月25日(周三)8:00《材料3》\n11月26日(周四)8:00《材料2》\n"
        "11月27日(周五)22:00《新时代党建》\n11月28日(周六)8:00《网格》\n其中 2 篇是新的,会放进资料库。\n"
        "有 1 篇在安静时段,会等到 7:30 再发。\n回复「确认」建立,「取消」放弃。"
    )
    assert await stored(talk) == (5, 0, 0)
    assert (
        await talk.whisper(EDITOR, "确认")
        == "计划 1「十一月」已建立:4 篇,第一篇 11月25日(周三)8:00。\n要停发「学习计划 暂停 1」。"
    )
    assert await stored(talk) == (7, 1, 4)
    async with talk.app.database.reading() as uow:
        moments = list(await uow.session.scalars(select(PlanItem.at).order_by(PlanItem.position)))
    assert moments[0] == china("2026-11-25 08:00")
    assert moments[3] == china("2026-11-28 08:00")
    assert await talk.whisper(EDITOR, "学习计划") == "1. 十一月:下次 11月25日(周三)8:00,还有 4 篇"


async def test_one_wrong_row_and_nothing_is_imported(talk: Talk) -> None:
    data = sheet(
        (datetime(2026, 11, 25), "8:00", 1),
        (datetime(2026, 11, 20), "8:00", 2),
        ("11月26日", "8:00", 9),
        ("11月27日", "8:00", None, "没有这篇"),
        ("11月28日", "8:00", None, None, None, "太短"),
    )
    assert await talk.whisper(EDITOR, "学习计划 导入 冬训", talk.file("a.xlsx", data)) == (
        "表里有 4 处问题,一篇也没有导入:\n第 3 行:11月20日(周五)8:00已经过去了。\n第 4 行:没有资料 9。\n"
        "第 5 行:资料库里没有《没有这篇》。\n第 6 行:内容太短(不到 20 个字),不像一篇学习材料。请发链接或粘贴全文。\n"
        "改好后再发一次。"
    )
    assert await stored(talk) == (5, 0, 0)


async def test_a_sheet_in_reply_and_what_is_no_sheet(talk: Talk) -> None:
    await talk.say(MEMBER, talk.file("计划.xlsx", sheet((datetime(2026, 11, 25), "8:00", 1))))
    assert "计划「计划」共 1 篇" in await talk.say(EDITOR, reply(talk.last_id), "/学习计划 导入")
    assert "要 .xlsx 格式" in await talk.whisper(EDITOR, "学习计划 导入", talk.file("a.docx", b"PK"))
    assert "这不是完好的 .xlsx 文件" in await talk.whisper(EDITOR, "学习计划 导入", talk.file("a.xlsx", b"not a sheet"))
    await talk.whisper(EDITOR, "学习计划 导入")
    assert "没有收到文件" in await talk.whisper(EDITOR, "在哪儿发")
    assert await stored(talk) == (5, 0, 0)


async def test_a_year_not_announced_is_said_of_workdays_alone(talk: Talk) -> None:
    talk.app.clock.set(china("2032-12-31 09:00"))  # type: ignore[attr-defined]
    said = await talk.whisper(EDITOR, "学习计划 新建 跨年 每个工作日8点 资料 1")
    assert said.splitlines()[0].endswith(
        "下次 2033年1月3日(周一)8:00。2033年放假安排还没公布,先按周一到周五、扣除法定节日算。"
    )
    assert "放假" not in await talk.whisper(EDITOR, "学习计划 新建 跨年 每天8点 资料 1")
