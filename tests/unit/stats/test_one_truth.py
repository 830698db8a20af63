"""One truth: 我的, 张三的学习情况, 谁还没学, 谁没达标, 统计, 导出 and 月报 say the same, and it is what the raw rows
say, whatever claims, corrections, leaves, joins, moves and hours came in whatever order."""

import asyncio
import io
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select

from bot.branch import exemption, leave, roster_repository, roster_undo, undo
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Branch, Leave, Member, Role, RoleGrant
from bot.core.clock import CHINA, ShiftableClock
from bot.core.db import Database, UnitOfWork
from bot.core.errors import UserError
from bot.hours import booking, entering
from bot.hours.models import HourEntry, Source
from bot.notice import announcing, drafting, ending, receiving
from bot.notice.models import Method, Notice, NoticeExpected, NoticeReceipt, Scope
from bot.notice.rules import Wording
from bot.rendering import cards
from bot.rendering.content import Card
from bot.scheduling.reporting import read_span
from bot.stats import exporting, people, report, views
from bot.stats.asking import Stretch, stretch
from bot.stats.hours import Hours
from bot.stats.overview import overview
from bot.study import completion, correcting, manual
from bot.study.models import Assignment, Completion, Expected
from plugins.notice import deciding
from tests.conftest import MORNING
from tests.databases import on_sqlite
from tests.unit.study.test_figures import BRANCHES, furnish, happen
from tests.unit.study.test_figures import branches as any_branch
from tests.unit.study.test_figures import event as studied
from tests.unit.study.test_figures import people as anybody
from tests.unit.study.test_figures import readings as any_reading

UNDOS: dict[str, undo.Undo] = {
    correcting.KIND: correcting.put_back,
    "hours.enter": entering.take_out,
    "hours.strike": entering.put_back,
    "study.manual": manual.take_out,
    "leave.end": leave.resume,
    "leave.take": roster_undo.left,
    "roster.remove": roster_undo.removed,
    exemption.KIND: exemption.put_back,
    "notice.draft": deciding.take_back,
    "notice.revise": deciding.unwrite,
    "notice.withdraw": deciding.restore,
    "notice.close": deciding.reopen,
}
notices = st.integers(1, 3)
event = st.one_of(
    studied,
    st.tuples(st.just("enter"), anybody, any_reading),
    st.tuples(st.just("strike"), anybody, any_reading),
    st.tuples(st.just("hours"), anybody, st.integers(1, 8)),
    st.tuples(st.just("strike hours"), st.integers(1, 3), st.just(0)),
    st.tuples(st.just("met"), anybody, st.integers(0, 4)),
    st.tuples(st.just("back"), anybody, st.just(0)),
    st.tuples(st.just("undo"), any_branch, st.just(0)),
    st.tuples(st.just("office"), anybody, st.just(0)),
    st.tuples(st.just("publish"), any_branch, st.sampled_from(list(Scope))),
    st.tuples(st.just("receipt"), anybody, notices),
    st.tuples(st.just("revise"), notices, st.integers(1, 9)),
    st.tuples(st.just("withdraw"), notices, st.just(0)),
    st.tuples(st.just("file"), notices, st.just(0)),
    st.tuples(st.just("address"), notices, st.lists(anybody, min_size=1)),
)


async def act(uow: UnitOfWork, clock: ShiftableClock, what: str, one: int, two: Any) -> None:
    """What a leader of the 党委 or of a 支部 does by hand; the rest as in the figures of study. What is refused changes
    nothing."""
    member = await uow.session.get(Member, one)
    here = one if what == "undo" else 1 if member is None else member.branch_id
    boss = Actor("onebot11", "1", "100", branch_id=here, is_superuser=True)
    match what:
        case "enter" if member is not None:
            await manual.enter(uow, boss, member, two, "手机坏了")
        case "strike" if member is not None:
            await correcting.strike(uow, boss, member, two, "点错了")
        case "hours" if member is not None:
            day = branch.today(uow) - timedelta(days=two)
            await entering.enter(uow, boss, [member], day, two, f"集中学习{two}", "手机坏了")
        case "strike hours":
            await entering.strike(uow, boss, one, "登错人了")
        case "met":
            earned = dict.fromkeys(range(1, one + 1), two)
            what_for = booking.For(1, Source.MEETING, "meeting:1", branch.today(uow), "党员大会")
            await booking.settle(uow, what_for, earned)
        case "back" if member is not None:
            await leave.end(uow, boss, member)
        case "office":
            await roster_repository.grant(uow, 2, one, Role.ORGANISER)
        case "publish":
            boss = replace(boss, branch_id=one)
            people = [one + 1, one + 2] if two is Scope.PEOPLE else []
            await drafting.draft(uow, boss, Wording("开会", "其他"), two, people=people, reviewed=True)
        case "receipt" if member is not None:
            own = replace(boss, user_id=str(one), branch_id=member.branch_id, member_id=one)
            await receiving.confirm_all(uow, [receiving.Confirmation(own, Method.PRIVATE, chosen=two)] * 2)
        case "revise" | "withdraw" | "file" | "address":
            await change(uow, boss, await uow.session.get(Notice, one), what, two)
        case "undo":
            await undo.undo(uow, boss, (await undo.last(uow, boss)).id, UNDOS)
        case _:
            await happen(uow, clock, what, one, two)


async def change(uow: UnitOfWork, boss: Actor, notice: Notice | None, how: str, what: Any) -> None:
    if notice is None:
        return
    boss = replace(boss, branch_id=notice.branch_id)
    match how:
        case "revise":
            await drafting.revise(uow, boss, notice.no, f"第{what}次改")
        case "withdraw":
            await ending.withdraw(uow, boss, notice.no)
        case "file":
            await ending.close(uow, boss, notice.no)
        case "address" if notice.scope == Scope.PEOPLE:
            await announcing.change(uow, boss, notice.id, f"{notice.text}又改", people=what)


@dataclass(frozen=True)
class Own:
    """A member, recounted: readings that count, done and late ones of them; half hours by source; what is asked."""

    name: str
    home: int
    counted: int
    done: int
    late: int
    by_source: dict[Source, int]
    need: int


@dataclass(frozen=True)
class Raw:
    """All rows of these days, counted one after the other. ``rows``: (reading, member) → 情况 as the table has it."""

    own: dict[int, Own]
    rows: dict[tuple[int, int], str]
    readings: list[Assignment]
    receipts: dict[tuple[int, int], bool | None]


async def told(uow: UnitOfWork) -> dict[tuple[int, int], bool | None]:
    """(notice, member) → whether it is confirmed, of what is out; None: they needn't."""
    found: dict[tuple[int, int], bool | None] = {}
    given = {(r.notice_id, r.version, r.member_id) for r in await uow.session.scalars(select(NoticeReceipt))}
    for one in await uow.session.scalars(select(NoticeExpected)):
        notice = await uow.session.get_one(Notice, one.notice_id)
        member = await uow.session.get_one(Member, one.member_id)
        if notice.state in ("published", "closed"):
            done = (notice.id, notice.version, member.id) in given
            needn_t = one.exempt or member.left_on is not None
            found[notice.id, member.id] = True if done else None if needn_t else False
    return found


async def recount(uow: UnitOfWork, wanted: Stretch) -> Raw:
    first, until, today = wanted.span.first, wanted.until, uow.now
    members = {m.id: m for m in await uow.session.scalars(select(Member))}
    leaves = (await uow.session.scalars(select(Leave))).all()
    away = {
        (one.member_id, one.first_day + timedelta(days=n)): one.exempt
        for one in sorted(leaves, key=lambda one: one.exempt)
        for n in range(min((one.last_day - one.first_day).days, 999) + 1)
    }
    asked = {(e.assignment_id, e.member_id) for e in await uow.session.scalars(select(Expected))}
    done = {(c.assignment_id, c.member_id): c for c in await uow.session.scalars(select(Completion))}
    offices = set(await uow.session.scalars(select(RoleGrant.member_id)))
    booked = (await uow.session.scalars(select(HourEntry))).all()
    readings = [
        a
        for a in await uow.session.scalars(select(Assignment).order_by(Assignment.id))
        if first <= a.pushed_at.astimezone(CHINA).date() <= until and a.pushed_at <= today
    ]
    rows: dict[tuple[int, int], str] = {}
    for a in readings:
        start = a.pushed_at.astimezone(CHINA).date()
        end = (a.due_at - timedelta(seconds=1)).astimezone(CHINA).date()
        for i, m in members.items():
            claim = done.get((a.id, i))
            days = [(i, start + timedelta(days=n)) for n in range((end - start).days + 1)]
            was_away, was_exempt = any(day in away for day in days), any(away.get(day) for day in days)
            if (a.id, i) not in asked:
                state = "自愿完成" if claim else ""
            elif m.left_on is not None and m.left_on <= end and claim is None:
                state = ""
            elif was_away:
                state = "自愿完成" if claim else "免学" if was_exempt else "请假"
            elif claim is None:
                state = "未到期" if a.due_at > today else "未完成"
            else:
                state = "补学" if claim.at > a.due_at else "完成"
            if state:
                rows[a.id, i] = state
    own = {}
    for i, m in members.items():
        if m.joined_on > until or (m.left_on is not None and m.left_on <= first):
            continue
        mine = [state for (_, member), state in rows.items() if member == i]
        halves = Counter({Source.READING: sum(a.halves for a in readings if (a.id, i) in done)})
        for entry in booked:
            if entry.member_id == i and first <= entry.day <= until:
                halves[Source(entry.source)] += entry.halves
        year = 112 if i in offices else 64
        days = [first + timedelta(days=n) for n in range((until - first).days + 1)]
        here = [d for d in days if d >= m.joined_on and (m.left_on is None or d < m.left_on) and (i, d) not in away]
        length = 366 if first.year % 4 == 0 else 365
        own[i] = Own(
            m.name,
            m.branch_id,
            sum(state in ("完成", "补学", "未完成", "未到期") for state in mine),
            sum(state in ("完成", "补学") for state in mine),
            mine.count("补学"),
            {source: n for source, n in halves.items() if n},
            floor(Fraction(year * len(here), length)),
        )
    return Raw(own, rows, readings, await told(uow))


def same(found: Hours, own: Own) -> None:
    study = found.study
    assert (study.counted, study.done, study.late) == (own.counted, own.done, own.late)
    assert (found.by_source, found.need) == (own.by_source, own.need)
    assert found.short == max(own.need - sum(own.by_source.values()), 0)


async def check(uow: UnitOfWork) -> None:
    today = branch.today(uow)
    wanted = stretch(read_span("今年", today), today)
    raw = await recount(uow, wanted)
    for i, one in raw.own.items():  # 我的 and 张三的学习情况
        record = await people.record(uow, await uow.session.get_one(Member, i), wanted)
        same(record.hours, one)
        open_here = [state for (_, member), state in raw.rows.items() if member == i and state.startswith("未")]
        assert len(record.unread) >= len(open_here)
    for a in raw.readings:  # 谁还没学
        standing = await completion.standing_of(uow, a)
        states = {i: state for (reading, i), state in raw.rows.items() if reading == a.id}
        assert [one.member_id for one in standing.done] == [i for i, s in states.items() if s in ("完成", "补学")]
        assert [one.member_id for one in standing.open] == [i for i, s in states.items() if s.startswith("未")]
        assert standing.extra == list(states.values()).count("自愿完成")
    for i, path in BRANCHES.items():
        await check_branch(uow, await uow.session.get_one(Branch, i), path, wanted, raw)


def of(raw: Raw, path: str) -> tuple[list[Assignment], dict[int, Own]]:
    """The readings and the people of a branch and those below it."""
    ids = {i for i, at in BRANCHES.items() if at.startswith(path)}
    return [a for a in raw.readings if a.branch_id in ids], {i: o for i, o in raw.own.items() if o.home in ids}


async def check_branch(uow: UnitOfWork, here: Branch, path: str, wanted: Stretch, raw: Raw) -> None:
    readings, own = of(raw, path)
    ids = {a.id for a in readings}
    states = Counter(state for (a, _), state in raw.rows.items() if a in ids)
    halves = sum(a.halves * sum(raw.rows.get((a.id, i)) in DONE for i in raw.own) for a in readings)
    gone = {m.id for m in await uow.session.scalars(select(Member)) if m.left_on is not None}
    here_now = {i: one for i, one in own.items() if i not in gone}

    found = await overview(uow, here, wanted)  # 统计
    now = found.now
    assert (now.people, now.study.readings) == (len(own), len(readings))
    assert now.study.done == states["完成"] + states["补学"]
    assert now.study.counted == now.study.done + states["未完成"] + states["未到期"]
    assert (now.study.late, now.study.extra, now.study.halves) == (states["补学"], states["自愿完成"], halves)
    for source in (Source.MEETING, Source.TRAINING, Source.MANUAL):
        assert now.booked[source] == sum(one.by_source.get(source, 0) for one in own.values())
    theirs = [m.id for m in await uow.session.scalars(select(Member)) if BRANCHES[m.branch_id].startswith(path)]
    told = {key: done for key, done in raw.receipts.items() if key[1] in theirs}
    receipts = [done for done in told.values() if done is not None]
    assert (now.notices, now.wanted, now.given) == (len({n for n, _ in told}), len(receipts), sum(receipts))
    if found.below:
        parts = [sum(getattr(one.study, name) for one in found.below) for name in ("counted", "done", "halves")]
        assert parts == [now.study.counted, now.study.done, now.study.halves]
        assert sum(one.halves for one in found.below) == now.halves

    asked = await people.requirements(uow, here, wanted)  # 谁没达标
    assert {one.person.id: one.need for one in asked} == {i: one.need for i, one in here_now.items() if one.need}

    book = pages(await exporting.of_branch(uow, found))  # 导出
    assert sorted(row[:1] + row[4:7] + row[8:15] for row in book["汇总"]) == sorted(as_row(one) for one in own.values())
    assert Counter(row[6] for row in book["完成明细"]) == states
    total = sum(row[3] for row in book["学时台账"])
    assert total * 2 == sum(now.booked.values())
    for row in book.get("各支部", []):
        below = next(one for one in found.below if one.name == row[0])
        assert row[1:5] == (below.people, below.study.readings, below.study.counted, below.study.done)

    made = await report.gather(uow, here, wanted)  # 月报
    paper = Document(io.BytesIO(await report.paper(made)))
    said = [normalize("NFKC", paragraph.text) for paragraph in paper.paragraphs]
    assert [line for line in views.totals(found) if normalize("NFKC", line) not in said] == []
    listed = {tuple(cell.text for cell in row.cells) for row in paper.tables[-1].rows} if made.people else set()
    for one in asked:
        row = (one.person.name, one.person.branch, f"{one.study.done}/{one.study.counted}")
        assert any(line[:3] == row for line in listed)


DONE = ("完成", "补学", "自愿完成")


def as_row(one: Own) -> tuple[Any, ...]:
    have = sum(one.by_source.values())
    sources = (one.by_source.get(source, 0) / 2 for source in Source)
    short = max(one.need - have, 0)
    return (one.name, one.counted, one.done, one.late, *sources, have / 2, one.need / 2, short / 2)


def pages(data: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """The rows below each heading."""

    def rows(page: Any) -> Iterator[tuple[Any, ...]]:
        yield from page.iter_rows(min_row=2, values_only=True)

    return {page.title: list(rows(page)) for page in load_workbook(io.BytesIO(data))}


async def play(events: list[tuple[str, int, Any]], folder: str) -> None:
    clock = ShiftableClock(MORNING)
    database = Database(on_sqlite(Path(folder)), clock)
    try:
        async with database.unit_of_work() as uow:
            await furnish(uow)
        for what, one, two in events:
            try:
                async with database.unit_of_work() as uow:
                    await act(uow, clock, what, one, two)
            except UserError:
                continue
        async with database.reading() as uow:
            await check(uow)
    finally:
        await database.close()


async def undrawn(card: Card) -> bytes:
    """The paper of a report without its pictures, which would take most of the time."""
    raise cards.CannotDraw(card.template)


@pytest.fixture(autouse=True, scope="module")
def plain() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cards, "draw", undrawn)
        yield


@settings(max_examples=10)
@given(st.lists(event, min_size=8, max_size=25))
def test_every_answer_is_the_same_and_true(events: list[tuple[str, int, Any]]) -> None:
    start: list[tuple[str, int, Any]]
    start = [("push", 2, 3), ("push", 3, 60), ("claim", 1, 1), ("claim", 4, 1), ("hours", 2, 4), ("push", 1, 10)]
    start += [("publish", 1, Scope.BELOW), ("receipt", 1, 1), ("receipt", 2, 1), ("move", 2, 2)]
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(start + events, folder))
