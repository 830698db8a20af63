"""Plans by whole processes: two that look at once, one that comes late, and clocks that are set."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.core.clock import CHINA, ShiftableClock, to_local
from bot.scheduling.recurrence import parse
from bot.simulator.simulator import Simulator
from bot.study.models import Assignment, Plan, PlanState, Slot
from tests.nursery import CLOCK, Nursery
from tests.postgres import server

from . import house as houses
from .house import EVERYBODY, GROUP, House, answered


@pytest.fixture(params=["sqlite", "postgresql"])
async def any_house(
    request: pytest.FixtureRequest, nursery: Nursery, furnished: Path, furnished_postgres: str, tmp_path: Path
) -> AsyncIterator[House]:
    url = houses.copy(furnished, tmp_path)
    if request.param == "postgresql":
        url = await server().fresh(like=furnished_postgres)
    async with House(nursery, tmp_path, url) as made:
        yield made


async def plan_at(house: House, next_at: datetime, words: str = "") -> None:
    """The sample plan is at work again, as in these words or every day at that time of day, next at ``next_at``."""
    local = to_local(next_at)
    async with house.database.unit_of_work() as uow:
        [plan] = await uow.session.scalars(select(Plan))
        rule = parse(words or f"每天{local:%H:%M}", local).to_json()
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
    await answered(sim, lambda: [s.text for s in sim.sent], "今日学习 4")
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
        await answered(sim, lambda: [s.text for s in sim.sent], "今日学习 2")
    assert await pushed(house) == ([1, 2] if runs else [1])
    missed = [(due - timedelta(days=days), "missed") for days in (5, 4, 3, 2, 1)]
    assert await slots(house) == [*missed, (due, "run" if runs else "missed")]
    assert sum("今日学习" in s.text for s in sim.sent if s.group_id == GROUP) == (1 if runs else 0)
    assert "slots missed" in house.bot.written


class Wound:
    """A house whose machine has its clock set: the bot's, and that of the platform with it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._clock, self._file = ShiftableClock(), house.folder / "clock"
        house.bot.environment[CLOCK] = str(self._file)

    def set(self, words: str) -> None:
        """To that time in China."""
        self._clock.set(china(words))
        new = self._file.with_suffix(".new")
        new.write_text(str(self._clock.offset.total_seconds()))
        new.replace(self._file)

    async def open(self) -> Simulator:
        await self.house.bot.start()
        sim = await self.house.account(clock=self._clock)
        await sim.ready()
        return sim

    async def run(self, slots_: list[str]) -> None:
        """Wait until as many slots as these were decided; they are then all there are."""
        wanted = [(china(slot).astimezone(UTC), "run") for slot in slots_]
        async with asyncio.timeout(60):
            while len(await slots(self.house)) < len(wanted):  # noqa: ASYNC110 - another process can't set an event
                await asyncio.sleep(0.05)
        assert await slots(self.house) == wanted


def china(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        (  # set back, forwards again, and over midnight
            "每天23:59",
            [
                ("2026-12-31 23:59:10", ["2026-12-31 23:59"]),
                ("2026-12-31 23:40:00", []),
                ("2026-12-31 23:59:30", []),
                ("2027-01-01 00:20:00", []),
                ("2027-01-01 23:59:10", ["2027-01-01 23:59"]),
            ],
        ),
        (  # months without a 31st
            "每月31号8点",
            [
                ("2027-01-31 08:00:10", ["2027-01-31 08:00"]),
                ("2027-02-28 08:00:10", []),
                ("2027-03-01 08:00:10", []),
                ("2027-03-31 08:00:10", ["2027-03-31 08:00"]),
            ],
        ),
        (
            "每个工作日8点",
            [
                ("2026-09-30 08:00:10", ["2026-09-30 08:00"]),
                ("2026-10-05 08:00:10", []),
                ("2026-10-08 08:00:10", ["2026-10-08 08:00"]),
            ],
        ),
        (  # the Saturday that makes up for 国庆
            "每个工作日8点",
            [
                ("2026-10-09 08:00:10", ["2026-10-09 08:00"]),
                ("2026-10-10 08:00:10", ["2026-10-10 08:00"]),
                ("2026-10-11 08:00:10", []),
                ("2026-10-12 08:00:10", ["2026-10-12 08:00"]),
            ],
        ),
    ],
    ids=["23:59", "the 31st", "holidays", "made up"],
)
async def test_however_the_clock_is_set_each_slot_runs_once(
    house: House, words: str, steps: list[tuple[str, list[str]]]
) -> None:
    """Case 21. The last step of each has a slot of its own: what an earlier one did too much would stand before it."""
    wound, due = Wound(house), list[str]()
    wound.set(steps[0][0].replace(":10", ":01"))
    await plan_at(house, china(steps[0][1][0]), words)
    sim = await wound.open()
    for at, new in steps:
        wound.set(at)
        due += new
        if new:
            await wound.run(due)
            await answered(sim, lambda: [s.text for s in sim.sent], f"今日学习 {len(due) + 1}】")
        else:
            await asyncio.sleep(1)  # some beats of the clock, in which nothing is to happen
    numbers = range(2, len(due) + 2)
    texts = [s.text for s in sim.sent if s.group_id == GROUP and "今日学习" in s.text]
    assert [sum(f"今日学习 {no}】" in text for text in texts) for no in numbers] == [1] * len(due)


async def test_a_year_without_announced_holidays(house: House) -> None:
    """Case 22: Monday to Friday without the days that the law names, and it is said."""
    wound = Wound(house)
    wound.set("2032-12-31 08:00:10")
    await plan_at(house, china("2032-12-31 08:00"), "每个工作日8点")
    sim = await wound.open()
    await wound.run(["2032-12-31 08:00"])
    said = await house.asked(sim, EVERYBODY[1], "学习计划 新建 跨年 每个工作日8点 资料 1", "下次")
    assert "下次 2033年1月3日(周一)8:00。2033年放假安排还没公布,先按周一到周五、扣除法定节日算。" in said
    wound.set("2033-01-01 08:00:10")
    await asyncio.sleep(1)
    wound.set("2033-01-03 08:00:10")
    await wound.run(["2032-12-31 08:00", "2033-01-03 08:00", "2033-01-03 08:00"])  # the last is the new plan's
    assert "Traceback" not in house.bot.written
