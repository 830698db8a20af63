"""月报 on the first working day and the line on Sunday: when, to whom, once, and not at all where it isn't wanted."""

import re

import pytest
from sqlalchemy import select, update

from bot.branch.models import Leave, Member
from bot.delivery.models import OutboxRow
from bot.rendering.content import Attachment, Card, Content
from plugins.stats.clockwork import remind_on_sunday, send_reports
from tests.plugin.conftest import BOSS
from tests.plugin.talk import Talk, exempt
from tests.plugin.test_stats import ABOVE, above, at, autumn, push

__all__ = ["above", "autumn"]


@pytest.fixture(autouse=True)
async def year(autumn: None) -> None:
    """What ``test_stats`` furnishes."""


async def reports(talk: Talk) -> list[tuple[str, str]]:
    """(to whom, file) of the reports that wait in the outbox."""
    async with talk.app.database.reading() as uow:
        rows = await uow.session.scalars(select(OutboxRow).where(OutboxRow.key.like("report:%")).order_by(OutboxRow.id))
        parts = [(row.target_id, part) for row in rows for part in Content.model_validate_json(row.content).parts]
    return [(to, re.sub("〔.*〕", "", part.name)) for to, part in parts if isinstance(part, Attachment)]


@pytest.mark.parametrize(
    ("when", "kinds"),
    [
        ("2026-12-01 09:05", ["月报"]),
        ("2026-12-01 08:50", []),
        ("2026-12-01 18:10", []),
        ("2026-11-30 10:00", []),
        ("2026-12-03 10:00", ["月报"]),
        ("2026-12-14 10:00", []),
        ("2027-01-01 10:00", []),
        ("2027-01-04 10:00", ["月报", "季报"]),
    ],
)
async def test_on_the_first_working_day_in_the_daytime(talk: Talk, when: str, kinds: list[str]) -> None:
    at(talk, when)
    await send_reports(talk.app)
    await send_reports(talk.app)
    names = {"2026-12": "2026年11月", "2027-01": "2026年12月"}
    first = names.get(when[:7], "")
    expected = [(str(BOSS), f"第一支部{first}学习情况月报.{end}") for end in ("docx", "xlsx")]
    if when.startswith("2027"):
        # nothing happened in December: only the quarter is worth a report
        expected = [(str(BOSS), f"第一支部2026年四季度学习情况季报.{end}") for end in ("docx", "xlsx")]
    assert await reports(talk) == (expected if kinds else [])


async def test_two_pictures_and_the_figures_in_words(talk: Talk) -> None:
    at(talk, "2026-12-01 09:05")
    await send_reports(talk.app)
    async with talk.app.database.reading() as uow:
        rows = (await uow.session.scalars(select(OutboxRow).where(OutboxRow.key.like("report:%")))).all()
    parts = [part for row in rows for part in Content.model_validate_json(row.content).parts]
    assert sum(isinstance(part, Card) for part in parts) == 2
    assert "学习:2 篇,完成 3/8 人次(37%,比上期 -13 个百分点)" in Content(parts=tuple(parts)).plain


async def test_to_each_who_leads_and_only_to_them(talk: Talk, above: None) -> None:
    at(talk, "2026-12-01 09:05")
    await send_reports(talk.app)
    assert {(to, name[:4]) for to, name in await reports(talk)} == {
        (str(ABOVE), "红旗党委"), (str(BOSS), "第一支部"), ("202", "第二支部"),
    }  # fmt: skip


async def test_a_branch_may_do_without(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 月报 关")
    at(talk, "2026-12-01 09:05")
    await send_reports(talk.app)
    assert await reports(talk) == []


async def on_sunday(talk: Talk, when: str = "2026-11-29 10:30") -> list[tuple[str, str]]:
    at(talk, when)
    await remind_on_sunday(talk.app)
    return [(to, text) for to, text in await talk.enqueued() if "有空时发「补学」" in text]


LINE = "您还有 3 篇没学,有空时发「补学」看看就好,一篇几分钟。"


@pytest.fixture
async def three_open(talk: Talk) -> None:
    """李秀英 has 学习 2, 3 and 4 open; 王建国 only 1 and 4, 张三 3 and 4; 赵德福 can't be reached."""
    async with talk.app.database.unit_of_work() as uow:
        await push(uow, 1, 4)


async def test_one_line_on_sunday(talk: Talk, three_open: None) -> None:
    assert await on_sunday(talk, "2026-11-28 10:30") == []
    assert await on_sunday(talk, "2026-11-29 08:00") == []
    assert await on_sunday(talk) == [("private 102", LINE)]
    assert await on_sunday(talk, "2026-11-29 12:30") == [("private 102", LINE)]
    assert await on_sunday(talk, "2026-12-06 10:30") == [("private 102", LINE)] * 2


@pytest.mark.parametrize("why", ["setting", "exempt", "leave", "left", "read", "long ago"])
async def test_nobody_is_bothered_without_need(talk: Talk, three_open: None, why: str) -> None:
    if why == "exempt":
        await exempt(talk, 2)
    async with talk.app.database.unit_of_work() as uow:
        if why == "left":
            today = uow.now.date()
            await uow.session.execute(update(Member).where(Member.id == 2).values(left_on=today))
        elif why == "leave":
            day = uow.now.date().replace(day=29)
            uow.session.add(Leave(member_id=2, first_day=day, last_day=day, reason="", created_at=uow.now))
    if why == "setting":
        await talk.whisper(BOSS, "设置 周日提醒 关")
    if why == "read":
        await talk.say(102, "已学 3")
    assert await on_sunday(talk, "2027-05-02 10:30" if why == "long ago" else "2026-11-29 10:30") == []
