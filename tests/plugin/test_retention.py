"""Twelve months in full, then totals: no figure changes by it, and what is no longer kept can't be asked or changed."""

import asyncio
import io
import os
import random
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from docx import Document
from sqlalchemy import func, select, update

from bot.branch import counting
from bot.branch.models import AuditEntry, Leave, Member, Retention
from bot.core.clock import to_local
from bot.core.db import Base
from bot.delivery.models import OutboxRow
from bot.discussion.models import Discussion, Part, Voice
from bot.hours import repository as ledger
from bot.hours.models import HourEntry
from bot.notice import retention_repository as receipts
from bot.notice.models import NoticeExpected, NoticeMonth, NoticeReceipt
from bot.rendering.content import Card
from bot.study import pushing
from bot.study import retention_repository as retained
from bot.study.models import Completion, Expected, Material
from plugins.branch import retention as night
from plugins.notice.clockwork import publish_what_is_due
from tests.nursery import Nursery, alive
from tests.plugin.conftest import BOSS, EDITOR, MEMBER
from tests.plugin.talk import GROUP, Talk
from tests.plugin.test_stats import ABOVE, above
from tests.plugin.test_stats_files import files, pages
from tests.unit.study.house import china, material

__all__ = ["above"]

GOES = (Expected, Completion, NoticeExpected, NoticeReceipt, Voice)
ASKED = (
    (BOSS, "统计 2025年9月"),
    (BOSS, "统计 2025年三季度"),
    (BOSS, "统计 去年"),
    (BOSS, "谁没达标 2025年三季度"),
    (BOSS, "张三的学习情况 2025年9月"),
    (BOSS, "考核 2025三季度"),
    (BOSS, "月报 2025年9月"),
    (BOSS, "导出 2025年三季度"),
    (BOSS, "导出 2025年9月 张三"),
    (MEMBER, "我的"),
    (ABOVE, "统计 2025年9月"),
    (ABOVE, "考核 2025三季度"),
    (ABOVE, "导出 2025年9月"),
)
ONE_BY_ONE = {"完成明细", "学时台账"}
"""Sheets that list single records."""
OLD = "学习 1 是2025年9月的,只留了合计:应学 3 人,完成 2 人(补学 1 人)。名单和登记都已过保留期。"
BOTH = pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)


def at(talk: Talk, when: str) -> None:
    talk.app.clock.set(china(when))  # type: ignore[attr-defined]


async def push(talk: Talk, no: int) -> None:
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(material(1, no, uow.now))
        await uow.session.flush()
        query = select(Material).where(Material.no == no)
        await pushing.push(uow, 1, (await uow.session.scalars(query)).one())


@pytest.fixture(autouse=True)
async def last_year(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In September 2025: 学习 1 (done, late, by somebody who is exempt now and by somebody who wasn't expected), 公告 1
    with a receipt, 讨论 1 with a voice, hours by hand. In November 2025 and 2026: 学习 2 and 3, one completion each."""
    monkeypatch.setattr(night, "BREATH", 0)
    at(talk, "2025-09-01 09:00")
    await push(talk, 1)
    await talk.say(BOSS, "已学 1")
    await talk.whisper(EDITOR, "公告 周五交党费")
    await talk.whisper(EDITOR, "确认")
    await publish_what_is_due(talk.app)
    await talk.say(MEMBER, "收到 1")
    await talk.whisper(BOSS, "补登 张三 周三集中学习 2学时 手机坏了")
    async with talk.app.database.unit_of_work() as uow:
        joined = {"joined_on": uow.now.date(), "left_on": date(2025, 10, 10), "created_at": uow.now}
        uow.session.add(Member(id=9, branch_id=1, name="来过的", kind="正式党员", **joined))
        talked = {"prompts": "[]", "state": "ended", "opened_at": uow.now, "ends_at": uow.now, "ended_at": uow.now}
        uow.session.add(
            Discussion(branch_id=1, no=1, title="养老", summary="张三:「社区食堂办到家门口真好」", **talked)
        )
        await uow.session.flush()
        said = {"platform": "onebot11", "group_id": str(GROUP), "text": "社区食堂办到家门口真好", "at": uow.now}
        for member, verdict in ((3, "good"), (3, "good"), (2, "short")):
            own = {"discussion_id": 1, "member_id": member, "message_id": f"{member}{verdict}{len(uow.session.new)}"}
            uow.session.add(Voice(**own, verdict=verdict, **said))
    at(talk, "2025-09-20 09:00")
    await talk.say(MEMBER, "已学 1")
    await talk.say(EDITOR, "已学 1")
    async with talk.app.database.unit_of_work() as uow:
        done = {"at": uow.now, "method": "manual", "late": True, "extra": True}
        uow.session.add(Completion(assignment_id=1, member_id=9, **done))
        days = {"first_day": date(2025, 9, 1), "last_day": date.max, "created_at": uow.now}
        uow.session.add(Leave(member_id=2, reason="年老体弱", exempt=True, **days))
        await counting.changed(uow, [2, 9], date(2025, 9, 1))
        await uow.session.execute(update(pushing.Assignment).values(proof=2))  # so it is said what they rest on
    assert "归档" in await talk.whisper(BOSS, "归档 1")
    at(talk, "2025-11-10 09:00")
    await push(talk, 2)
    await talk.say(MEMBER, "已学 2")
    at(talk, "2026-11-10 09:00")
    await push(talk, 3)
    await talk.say(MEMBER, "已学 3")


async def by_night(talk: Talk, when: str = "2026-11-27 01:30", looks: int = 3) -> None:
    at(talk, when)
    for _ in range(looks):
        await night.sum_up(talk.app)


async def rows(talk: Talk, *tables: type[Base]) -> list[int]:
    async with talk.app.database.reading() as uow:
        return [await uow.session.scalar(select(func.count()).select_from(one)) or 0 for one in tables]


async def figures(talk: Talk) -> list[object]:
    """All that is answered, drawn and filed, but for the lists of single records."""
    found: list[object] = []
    for who, words in ASKED:
        talk.telephone.contents.clear()
        found.append(await talk.hear(who, words, group=None))
        found += [[part for part in one.parts if isinstance(part, Card)] for one in talk.telephone.contents]
        for name, data in files(talk).items():
            if name.endswith("xlsx"):
                kept = [page for page in pages(data).items() if page[0] not in ONE_BY_ONE]
                found += [page for page in kept if not ("张三" in name and page[0] == "学习")]
            else:
                paper = Document(io.BytesIO(data))
                found += [[one.text for one in paper.paragraphs], *([c.text for c in t._cells] for t in paper.tables)]
    return found


@BOTH
async def test_every_figure_is_the_same_afterwards(talk: Talk, above: None, monkeypatch: pytest.MonkeyPatch) -> None:
    at(talk, "2026-11-27 00:30")
    before = await figures(talk)
    short = [await talk.whisper(who, words) for who, words in ASKED[:2]]
    assert "完成 2/3 人次(66%)" in short[0]
    assert "讨论" in short[0]
    assert await rows(talk, *GOES) == [13, 7, 4, 1, 3]
    monkeypatch.setattr(night, "STEPS", 11)
    for repository in (retained, receipts, ledger):
        monkeypatch.setattr(repository, "SOME", 1)
    for look in range(12):  # every one is cut off after a few steps: as if killed there, and begun again
        await by_night(talk, f"2026-11-27 0{1 + look // 6}:{look % 6}0", looks=1)
        assert [await talk.whisper(who, words) for who, words in ASKED[:2]] == short
    assert await figures(talk) == before
    assert await rows(talk, *GOES) == [9, 3, 0, 0, 0]
    async with talk.app.database.reading() as uow:
        assert (await uow.session.scalars(select(HourEntry.origin))).all() == ["month:2025-08:补登"]
        mark = await uow.session.get_one(Retention, 1)
        assert (to_local(mark.kept_from).isoformat()[:10], mark.finished_at is not None) == ("2025-11-01", True)
        acts = (await uow.session.scalars(select(AuditEntry.action).where(AuditEntry.actor == "bot"))).all()
        assert [act for act in acts if act.startswith("retention.")] == ["retention.move", "retention.done"]


async def one_life(talk: Talk, nursery: Nursery, **fate: Any) -> bool:
    """Of a process that does the night's work; whether all is done."""
    settings = talk.app.settings
    given = {"url": settings.database, "folder": str(settings.xueban.data_dir), "now": "2026-11-27T01:30:00+08:00"}
    pid = nursery.bear("tests.plugin.nights:sum_up", **given, **fate)
    while alive(pid):  # noqa: ASYNC110 - another process can't set an event
        await asyncio.sleep(0.005)
    async with talk.app.database.reading() as uow:
        mark = await uow.session.get(Retention, 1)
        return mark is not None and mark.finished_at is not None


async def test_killed_between_a_sum_and_the_deletion_of_what_it_sums_up(talk: Talk, nursery: Nursery) -> None:
    at(talk, "2026-11-27 00:30")
    before = [await talk.whisper(who, words) for who, words in ASKED[:2]]
    for table in ("notice_expected", "study_expected", "hour_entry"):  # in the order in which they are summed up
        assert not await one_life(talk, nursery, words=f"DELETE FROM {table} ")
        assert [await talk.whisper(who, words) for who, words in ASKED[:2]] == before
    assert await one_life(talk, nursery)
    assert [await talk.whisper(who, words) for who, words in ASKED[:2]] == before
    assert await rows(talk, *GOES) == [8, 2, 0, 0, 0]
    async with talk.app.database.reading() as uow:
        receipts_of_months = select(func.sum(NoticeMonth.wanted), func.sum(NoticeMonth.given))
        assert (await uow.session.execute(receipts_of_months)).one() == (3, 1)


@BOTH
async def test_killed_in_the_middle_of_a_night(talk: Talk, above: None, nursery: Nursery) -> None:
    """By SIGKILL, at random moments, until a process lives to see the end: no figure changes."""
    at(talk, "2026-11-27 00:30")
    before, killed, finished = await figures(talk), 0, False
    short = [await talk.whisper(who, words) for who, words in ASKED[:2]]
    seed = int(os.environ.get("XUEBAN_SEED") or random.SystemRandom().randrange(10**6))
    print(f"seed {seed}")
    dice = random.Random(seed)
    while not finished:
        finished = await one_life(talk, nursery, seconds=dice.uniform(0, 0.05 * (1 + killed)))
        killed += not finished
        assert [await talk.whisper(who, words) for who, words in ASKED[:2]] == short
    print(f"killed {killed} times")
    assert killed >= 3
    assert await figures(talk) == before
    assert await rows(talk, *GOES) == [9, 3, 0, 0, 0]
    async with talk.app.database.reading() as uow:
        acts = (await uow.session.scalars(select(AuditEntry.action).where(AuditEntry.actor == "bot"))).all()
        assert [act for act in acts if act.startswith("retention.")] == ["retention.move", "retention.done"]


async def test_by_day_nothing_is_touched(talk: Talk) -> None:
    await by_night(talk, "2026-11-27 09:00")
    assert await rows(talk, Retention, *GOES) == [0, 12, 6, 4, 1, 3]


async def test_what_is_kept_in_full_and_as_a_document(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        await uow.session.execute(update(OutboxRow).where(OutboxRow.id != 1).values(state="sent"))
        await uow.session.execute(update(OutboxRow).where(OutboxRow.id == 1).values(state="needs_human"))
    await by_night(talk)
    assert "学习 2" in await talk.whisper(BOSS, "谁还没学 2")
    assert "周五交党费" in await talk.whisper(BOSS, "党务公开 2025年")
    async with talk.app.database.reading() as uow:
        old = select(AuditEntry.action).where(AuditEntry.at < china("2025-11-01 00:00")).distinct()
        assert {act.split(".")[0] for act in (await uow.session.scalars(old)).all()} == {"notice"}
        assert await uow.session.scalar(select(Discussion.summary)) == "张三:「(原话已过保留期)」"
        assert (await uow.session.execute(select(Part.member_id, Part.voices))).all() == [(3, 2)]
        kept = (await uow.session.scalars(select(OutboxRow.created_at).order_by(OutboxRow.id))).all()
        assert [one >= china("2025-11-01 00:00") for one in kept] == [False, True, True]


@pytest.mark.parametrize(
    ("who", "words", "answer"),
    [
        (MEMBER, "已学 1", "学习 1 太久以前了,只留了合计,不用再登记。"),
        (BOSS, "谁还没学 1", OLD),
        (BOSS, "补登 张三 学习 1 手机坏了", OLD),
        (
            BOSS,
            "补登 张三 2025年9月3日 集中学习 2学时 手机坏了",
            "2025年11月以前的记录只留了合计,不能再登记或更正。",
        ),
        (BOSS, "统计 2025年9月3日到9月20日", "2025年11月以前只留了每个月的合计。请按整月问,比如:2025年9月"),
    ],
)
async def test_what_is_only_a_total_is_said_to_be_one(talk: Talk, who: int, words: str, answer: str) -> None:
    await by_night(talk)
    assert await talk.whisper(who, words) == answer
    assert await rows(talk, *GOES) == [8, 2, 0, 0, 0]


async def test_who_wants_to_be_forgotten_stays_forgotten(talk: Talk) -> None:
    at(talk, "2026-11-27 00:30")
    before = (await talk.whisper(*ASKED[0])).splitlines()[:3]
    await by_night(talk)
    kept = await talk.whisper(MEMBER, "我的数据")
    assert sorted(line for line in kept.splitlines() if "以前" in line) == [
        "以前各月的回执合计:1 个月",
        "以前各月的学习合计:1 个月",
        "以前各月的学时合计:1 个月",
        "以前的讨论:在 1 个里发过言(只留条数),不想保留可发「别统计我」",
    ]
    await talk.whisper(MEMBER, "删除我的信息")
    await talk.whisper(MEMBER, "确认")
    assert (await talk.whisper(*ASKED[0])).splitlines()[:3] == before
    async with talk.app.database.reading() as uow:
        for table in Base.metadata.sorted_tables:
            found = (await uow.session.execute(select(table))).all()
            assert "张三" not in str(found), table.name
        assert (await uow.session.execute(select(Part.member_id))).all() == []


@pytest.mark.parametrize("year", [2025, 2026])
async def test_a_members_file_says_what_it_no_longer_lists(talk: Talk, year: int) -> None:
    await by_night(talk)
    at(talk, "2026-11-27 09:00")
    await talk.whisper(MEMBER, f"我的学习档案 {year}年")
    (data,) = files(talk).values()
    paper = Document(io.BytesIO(data))
    said = [normalize("NFKC", paragraph.text) for paragraph in paper.paragraphs]
    gone = normalize("NFKC", "2025年11月以前的逐次记录已过保留期,只留合计,已算在总体情况里。")
    assert (gone in said) == (year == 2025)
    assert [row.cells[0].text for row in paper.tables[0].rows[1:]] == ["11-10"]


async def test_the_next_month_moves_the_day_on(talk: Talk, data_dir: Path) -> None:
    await by_night(talk)
    await by_night(talk, "2026-12-02 03:00")
    assert await rows(talk, Expected, Completion) == [4, 1]
    assert "完成 1/3 人次(33%)" in await talk.whisper(BOSS, "统计 2025年11月")
