"""Plans by whole processes: two that look at once, and one that comes late."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.core.clock import to_local
from bot.scheduling.recurrence import parse
from bot.study.models import Assignment, Plan, PlanState, Slot
from tests.nursery import Nursery
from tests.postgres import server

from . import house as houses
from .house import GROUP, House, answered


@pytest.fixture(params=["sqlite", "postgresql"])
async def any_house(
    request: pytest.FixtureRequest, nursery: Nursery, furnished: Path, furnished_postgres: str, tmp_path: Path
) -> AsyncIterator[House]:
    url = houses.copy(furnished, tmp_path)
    if request.param == "postgresql":
        url = await server().fresh(like=furnished_postgres)
    async with House(nursery, tmp_path, url) as made:
        yield made


async def plan_at(house: House, next_at: datetime) -> None:
    """The sample plan is at work again: every day at that time of day, next at ``next_at``."""
    local = to_local(next_at)
    async with house.database.unit_of_work() as uow:
        [plan] = await uow.session.scalars(select(Plan))
        rule = parse(f"每天{local:%H:%M}", local).to_json()
        values = {"state": PlanState.ACTIVE, "next_at": next_at, "recurrence": rule}
        await uow.session.execute(update(Plan).where(Plan.id == plan.id).values(**values))


async def pushed(house: House) -> list[int]:
    async with house.database.reading() as uow:
        return list(await uow.session.scalars(select(Assignment.no).order_by(Assignment.no)))


async def slots(house: House) -> list[tuple[datetime, str]]:
    async with house.database.reading() as uow:
        found = await uow.session.execute(select(Slot.planned_for, Slot.state).order_by(Slot.planned_for))
        return [(planned_for, str(state)) for planned_for, state in found]


async def test_two_processes_at_the_same_slot_push_once(any_house: House) -> None:
    """Case 19."""
    house = any_house
    second = house.another_bot(XUEBAN__TICK="0.05")
    house.bot.environment["XUEBAN__TICK"] = "0.05"
    await asyncio.gather(house.bot.start(), second.start())
    sim = await house.account()
    await sim.ready()
    now = datetime.now(UTC)
    moments = [now.replace(second=0, microsecond=0) - timedelta(minutes=back) for back in (3, 2, 1)]
    for number, moment in enumerate(moments, 2):
        await plan_at(house, moment)
        async with asyncio.timeout(60):
            while number not in await pushed(house):  # noqa: ASYNC110 - another process can't set an event
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.4)  # time for the other process to do it, too
    await answered(sim, lambda: [s.text for s in sim.sent], "今日学习 4", seconds=60)
    assert await pushed(house) == [1, 2, 3, 4]
    assert await slots(house) == [(moment, "run") for moment in moments]
    seen = [s.text for s in sim.sent if s.group_id == GROUP and "今日学习" in s.text]
    assert [sum(f"今日学习 {no}" in text for text in seen) for no in (2, 3, 4)] == [1, 1, 1]


@pytest.mark.parametrize(("grace", "runs"), [(60, False), (240, True)])
async def test_started_three_hours_late(house: House, grace: int, runs: bool) -> None:
    """Case 20: with an hour of grace nothing stale, and it is logged; with four hours one push and no pile."""
    due = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=3)
    await plan_at(house, due - timedelta(days=5))
    with closing(sqlite3.connect(house.folder / "data" / "xueban.db")) as db:
        db.execute("INSERT INTO branch_setting VALUES (1, 'grace_minutes', ?)", (str(grace),))
        db.commit()
    sim = await house.open()
    async with asyncio.timeout(60):
        while len(await slots(house)) < 6:  # noqa: ASYNC110 - another process can't set an event
            await asyncio.sleep(0.05)
    if runs:
        await answered(sim, lambda: [s.text for s in sim.sent], "今日学习 2", seconds=60)
    assert await pushed(house) == ([1, 2] if runs else [1])
    missed = [(due - timedelta(days=days), "missed") for days in (5, 4, 3, 2, 1)]
    assert await slots(house) == [*missed, (due, "run" if runs else "missed")]
    assert sum("今日学习" in s.text for s in sim.sent if s.group_id == GROUP) == (1 if runs else 0)
    assert "slots missed" in house.bot.written
