"""Totals against the raw records: whatever people do in whatever order, a recount by hand gives the same."""

import asyncio
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.branch import counting, exemption, roster, roster_undo
from bot.branch import leave as leaving
from bot.branch.actor import Actor
from bot.branch.models import Branch, ChatGroup, Leave, Member
from bot.core.clock import CHINA, ShiftableClock
from bot.core.db import Database, UnitOfWork
from bot.core.errors import UserError
from bot.scheduling.period import Period
from bot.study import completion, correcting, figures, pushing
from bot.study.checking_in import Claim, check_in_all
from bot.study.models import Assignment, Completion, Expected, Material, Method
from tests.conftest import MORNING
from tests.databases import on_sqlite
from tests.unit.study.house import material

START, END = datetime(2026, 1, 1, tzinfo=CHINA), datetime(2028, 1, 1, tzinfo=CHINA)
BOSS = Actor("onebot11", "1", "100", branch_id=1, is_superuser=True)
BRANCHES = {1: "/1/", 2: "/1/2/", 3: "/1/3/"}

people, readings, branches = st.integers(1, 6), st.integers(1, 4), st.sampled_from([1, 2, 3])
event = st.one_of(
    st.tuples(st.just("push"), branches, st.integers(1, 200)),
    st.tuples(st.just("claim"), people, readings),
    st.tuples(st.just("take back"), people, st.just(0)),
    st.tuples(st.just("exempt"), people, st.just(0)),
    st.tuples(st.just("exempt for days"), people, st.integers(-5, 3)),
    st.tuples(st.just("resume"), people, st.integers(-5, 3)),
    st.tuples(st.just("leave"), people, st.integers(-5, 9)),
    st.tuples(st.just("left"), people, st.booleans()),
    st.tuples(st.just("move"), people, branches),
    st.tuples(st.just("join"), branches, st.just(0)),
    st.tuples(st.just("days"), st.integers(1, 4), st.just(0)),
)


async def furnish(uow: UnitOfWork) -> None:
    add = uow.session.add
    for i, path in BRANCHES.items():
        parent = 1 if i > 1 else None
        add(
            Branch(
                id=i, parent_id=parent, kind="支部" if i > 1 else "党委", name=f"第{i}", path=path, created_at=uow.now
            )
        )
        await uow.session.flush()
        add(ChatGroup(branch_id=i, platform="onebot11", account="1", group_id=str(i), created_at=uow.now))
        add(material(i, 1, uow.now))
    for i in range(1, 7):
        add(Member(id=i, branch_id=1 + i % 3, name=f"党员{i}", joined_on=date(2020, 1, 1), created_at=uow.now))


async def happen(uow: UnitOfWork, clock: ShiftableClock, what: str, one: int, two: int) -> None:
    today = clock.now().astimezone(CHINA).date()
    member = await uow.session.get(Member, one)
    if what == "push":
        found = (await uow.session.scalars(select(Material).where(Material.branch_id == one))).one()
        found.minutes = two
        await pushing.push(uow, one, found)
    elif what == "join":
        uow.session.add(Member(branch_id=one, name="新党员", joined_on=today, created_at=uow.now))
    elif what == "days":
        clock.set(clock.now() + timedelta(days=one))
    elif member is None:
        return
    elif what == "claim":
        actor = Actor("onebot11", "1", str(one), branch_id=member.branch_id, member_id=one)
        await check_in_all(uow, [Claim(actor, Method.PHRASE, no=two), Claim(actor, Method.PHRASE, no=two)])
    elif what == "take back":
        try:
            await correcting.take_back(uow, Actor("o", "1", "1", branch_id=member.branch_id, member_id=one))
        except UserError:
            return
    elif what == "exempt":
        await exemption.exempt(uow, BOSS, member, None, "年老体弱")
    elif what == "exempt for days":
        first = today + timedelta(days=two)
        await exemption.exempt(uow, BOSS, member, Period(first, first + timedelta(days=3 - two)), "住院")
    elif what == "resume":
        with suppress(UserError):
            await exemption.resume(uow, BOSS, member, today + timedelta(days=two))
    elif what == "left":
        if two and member.left_on is None:
            await roster.remove(uow, BOSS, member)
        elif not two and member.left_on is not None:
            await roster_undo.removed(uow, BOSS, {"member": one, "offices": [], "accounts": []})
    elif what == "move":
        await counting.move(uow, {member: two})
    elif what == "leave":
        first = today + timedelta(days=two)
        last = first + timedelta(days=3)
        with suppress(UserError):
            await leaving.take(uow, BOSS, member, first, last, "出差")


async def recount(uow: UnitOfWork) -> dict[tuple[int, int], list[int]]:
    """(reading id, member id) → [counted, done, late, extra, half hours], from the rows, one after the other."""
    found: dict[tuple[int, int], list[int]] = {}
    members = {m.id: m for m in await uow.session.scalars(select(Member))}
    leaves = (await uow.session.scalars(select(Leave))).all()
    wanted = {(e.assignment_id, e.member_id) for e in await uow.session.scalars(select(Expected))}
    done = {(c.assignment_id, c.member_id): c for c in await uow.session.scalars(select(Completion))}
    for a in await uow.session.scalars(select(Assignment)):
        first, last = a.pushed_at.astimezone(CHINA).date(), (a.due_at - timedelta(seconds=1)).astimezone(CHINA).date()
        for i, member in members.items():
            claim = done.get((a.id, i))
            days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
            away = any(
                leave.member_id == i and leave.first_day <= day <= leave.last_day for leave in leaves for day in days
            )
            gone = member.left_on is not None and member.left_on <= last and claim is None
            counts = (a.id, i) in wanted and not away and not gone
            late = claim is not None and claim.at > a.due_at
            found[a.id, i] = [
                counts,
                counts and claim is not None,
                counts and late,
                claim is not None and not counts,
                0 if claim is None else a.halves,
            ]
    return found


def total(rows: list[list[int]]) -> tuple[int, ...]:
    return tuple(int(sum(column)) for column in zip(*rows, strict=True)) if rows else (0,) * 5


async def check(uow: UnitOfWork) -> None:
    raw = await recount(uow)
    branch_of = {a.id: a.branch_id for a in await uow.session.scalars(select(Assignment))}
    by_branch = await figures.by_branch(uow, "/1/", START, END)
    pushes = Counter(branch_of.values())
    for i, path in BRANCHES.items():
        expected = total([row for (a, _), row in raw.items() if branch_of[a] == i])
        count = by_branch.get(i, figures.Count())
        assert count.readings == pushes[i]
        assert (count.counted, count.done, count.late, count.extra, count.halves) == expected
        lines = await figures.by_reading(uow, path, START, END)
        assert sum((line.count for line in lines), figures.Count()) == count
    everybody = {member for _, member in raw}
    by_member = await figures.by_member(uow, START, END, everybody)
    for i in everybody:
        counted, done, late, _, halves = total([row for (_, member), row in raw.items() if member == i])
        assert by_member.get(i, figures.Own()) == figures.Own(counted, done, late, halves)
    for a in await uow.session.scalars(select(Assignment)):
        standing = await completion.standing_of(uow, a)
        counted, done, _, extra, _ = total([row for (one, _), row in raw.items() if one == a.id])
        assert (standing.counted, len(standing.done), standing.extra) == (counted, done, extra)


async def play(events: list[tuple[str, int, int]], folder: str) -> None:
    clock = ShiftableClock(MORNING)
    database = Database(on_sqlite(Path(folder)), clock)
    try:
        async with database.unit_of_work() as uow:
            await furnish(uow)
        for what, one, two in events:
            async with database.unit_of_work() as uow:
                await happen(uow, clock, what, one, two)
        async with database.reading() as uow:
            await check(uow)
    finally:
        await database.close()


@settings(max_examples=40)
@given(st.lists(event, min_size=5, max_size=25))
def test_no_order_of_events_makes_a_total_wrong(events: list[tuple[str, int, int]]) -> None:
    start = [("push", 2, 3), ("push", 3, 60), ("push", 1, 10)]
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(start + events, folder))
