"""Each slot of a plan once, whatever the clock, the process or another plan does; and the propagandist knows."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.core.clock import CHINA, ShiftableClock
from bot.core.db import Database
from bot.scheduling.recurrence import parse
from bot.study import plans, running
from bot.study.models import Plan, PlanState, Slot, SlotState
from tests import databases
from tests.unit.study.house import CALENDAR, EDITOR, china, pushed, settle, slots, told


@pytest.fixture
async def house(request: pytest.FixtureRequest, clock: ShiftableClock, data_dir: Path) -> AsyncIterator[Database]:
    """On SQLite, or with ``BOTH`` on PostgreSQL too."""
    house = Database(await databases.on(getattr(request, "param", "sqlite"), data_dir), clock)
    async with house.unit_of_work() as uow:
        await settle(uow, 5)
    yield house
    await house.close()


BOTH = pytest.mark.parametrize("house", ["sqlite", "postgresql"], indirect=True)


async def plan(house: Database, rule: str = "每天8:00", *numbers: int, name: str = "党章") -> int:
    async with house.unit_of_work() as uow:
        made = await plans.series(uow, EDITOR, name, parse(rule), numbers or (1, 2, 3, 4, 5), CALENDAR)
        return made.id


async def tick(house: Database, clock: ShiftableClock, when: str | datetime) -> list[str]:
    """What is pushed when the clock stands at this moment and the application looks at its plans."""
    clock.set(china(when) if isinstance(when, str) else when)
    async with house.reading() as uow:
        due = await running.due(uow)
    done = []
    for plan_id in due:
        async with house.unit_of_work() as uow:
            done += await running.run(uow, plan_id, CALENDAR)
    return [one.material.title for one in done]


async def test_a_series_runs_in_order_and_its_end_is_told_before_and_then(
    house: Database, clock: ShiftableClock
) -> None:
    await plan(house, "每天8:00", 3, 1, 2)
    assert await tick(house, clock, "2026-11-24 07:59") == []
    assert await tick(house, clock, "2026-11-24 08:00") == ["材料3"]
    assert await tick(house, clock, "2026-11-24 08:00:01") == []
    assert await tick(house, clock, "2026-11-25 08:00") == ["材料1"]
    async with house.reading() as uow:
        assert await told(uow) == [
            "计划 1「党章」还剩最后 1 篇,11月26日(周四)8:00推送。\n要接着学,发「学习计划 添加 1 资料 编号」。"
        ]
        assert await told(uow, "101") == []
    assert await tick(house, clock, "2026-11-26 08:00") == ["材料2"]
    assert await tick(house, clock, "2026-11-27 08:00") == []
    async with house.reading() as uow:
        assert (await told(uow))[1].startswith("计划 1「党章」的 3 篇都推送完了。")
        assert len(await told(uow)) == 2
        assert (await uow.session.get_one(Plan, 1)).state == PlanState.ENDED


async def test_late_within_the_grace_once_later_missed_and_told_once(house: Database, clock: ShiftableClock) -> None:
    await plan(house)
    assert await tick(house, clock, "2026-11-24 08:59") == ["材料1"]
    assert await tick(house, clock, "2026-11-27 11:00") == []
    assert await tick(house, clock, "2026-11-27 11:01") == []
    async with house.reading() as uow:
        missed = [text for text in await told(uow) if "错过" in text]
        assert missed == [
            "计划 1「党章」错过了 3 次推送(11月25日至11月27日),已经过了补发时限,没有补发。\n"
            "要补发哪一篇,发「推送 资料 编号」。"
        ]
        assert [(one.left, one.missed) for one in await plans.listed(uow, 1)] == [(4, 3)]
    assert await tick(house, clock, "2026-11-28 08:00") == ["材料2"]


@BOTH
async def test_a_clock_set_back_repeats_nothing_and_skips_nothing(house: Database, clock: ShiftableClock) -> None:
    await plan(house)
    assert await tick(house, clock, "2026-11-26 08:00") == ["材料1"]  # the clock is two days fast
    assert await tick(house, clock, "2026-11-24 08:10") == []  # somebody puts it right
    assert await tick(house, clock, "2026-11-25 08:00") == ["材料2"]
    assert await tick(house, clock, "2026-11-26 08:00") == []  # has been
    assert await tick(house, clock, "2026-11-27 08:00") == ["材料3"]


@BOTH
async def test_missed_under_a_wrong_clock_it_still_runs_when_its_time_comes(
    house: Database, clock: ShiftableClock
) -> None:
    await plan(house)
    assert await tick(house, clock, "2026-11-26 12:00") == []
    async with house.reading() as uow:
        assert set((await slots(uow)).values()) == {SlotState.MISSED}
    assert await tick(house, clock, "2026-11-24 07:50") == []
    assert await tick(house, clock, "2026-11-24 08:00") == ["材料1"]
    assert await tick(house, clock, "2026-11-24 08:01") == []
    async with house.reading() as uow:
        assert (await slots(uow))["11-24 08:00"] == SlotState.RUN


async def test_created_under_a_clock_a_year_ahead(house: Database, clock: ShiftableClock) -> None:
    clock.set(china("2027-11-24 07:40"))
    await plan(house)
    assert await tick(house, clock, "2026-11-24 07:50") == []
    assert await tick(house, clock, "2026-11-24 08:00") == ["材料1"]


@pytest.mark.parametrize(
    ("rule", "times"),
    [
        ("每天23:59", ["2026-11-24 23:59", "2026-11-25 23:59"]),
        ("每月31号8:00", ["2026-12-31 08:00", "2027-01-31 08:00", "2027-03-31 08:00"]),
        # National Day 2026: Saturday 10 October is a make-up workday, 8 October the first workday after
        ("每个工作日8:00", ["2026-11-24 08:00", "2026-11-25 08:00"]),
    ],
)
async def test_slots_at_odd_places(house: Database, clock: ShiftableClock, rule: str, times: list[str]) -> None:
    await plan(house, rule)
    for i, when in enumerate(times, start=1):
        assert await tick(house, clock, when) == [f"材料{i}"]
        assert await tick(house, clock, china(when) + timedelta(seconds=30)) == []


async def test_workdays_follow_the_make_up_days(house: Database, clock: ShiftableClock) -> None:
    clock.set(china("2026-09-30 09:00"))
    await plan(house, "每个工作日8:00")
    ran = [day for day in range(1, 13) if await tick(house, clock, f"2026-10-{day:02} 08:00")]
    assert ran == [8, 9, 10, 12]


async def test_a_plan_that_fails_keeps_no_other_from_its_push(database: Database, clock: ShiftableClock) -> None:
    async with database.unit_of_work() as uow:
        await settle(uow, group=False)
        await settle(uow, branch=2)
    await plan(database)
    async with database.unit_of_work() as uow:
        other = type(EDITOR)("onebot11", "1", "112", branch_id=2, member_id=12)
        await plans.series(uow, other, "二支部", parse("每天8:00"), (1, 2), CALENDAR)
    assert await tick(database, clock, "2026-11-24 08:00") == ["材料1"]
    assert await tick(database, clock, "2026-11-24 08:00:01") == []
    async with database.reading() as uow:
        assert await pushed(uow) == []
        assert await pushed(uow, 2) == ["材料1"]
        assert await told(uow) == [
            "计划 1「党章」11月24日(周二)8:00没有推送:支部还没有绑定群,不知道推到哪里。请在群里发「/开始」。"
        ]
        assert [(one.left, one.missed) for one in await plans.listed(uow, 1)] == [(5, 1)]


@BOTH
async def test_two_at_the_same_slot_push_once(house: Database, clock: ShiftableClock, data_dir: object) -> None:
    plan_id = await plan(house)
    clock.set(china("2026-11-24 08:00"))
    other = Database(house.engine.url.render_as_string(hide_password=False), clock)

    async def run(database: Database) -> int:
        async with database.unit_of_work() as uow:
            return len(await running.run(uow, plan_id, CALENDAR))

    assert sorted(await asyncio.gather(run(house), run(other))) == [0, 1]
    await other.close()
    async with house.unit_of_work() as uow:  # and where both have read the plan before either wrote
        stale = await uow.session.get_one(Plan, plan_id)
        stale.next_at = china("2026-11-24 08:00")
    assert await tick(house, clock, "2026-11-24 08:00:02") == []
    async with house.reading() as uow:
        assert await pushed(uow) == ["材料1"]


async def test_deleted_materials_are_passed_over(house: Database, clock: ShiftableClock) -> None:
    from bot.study import materials

    await plan(house)
    async with house.unit_of_work() as uow:
        await materials.remove(uow, EDITOR, 1)
    assert await tick(house, clock, "2026-11-24 08:00") == ["材料2"]


async def test_paused_and_resumed(house: Database, clock: ShiftableClock) -> None:
    await plan(house)
    async with house.unit_of_work() as uow:
        assert (await plans.set_state(uow, EDITOR, 1, PlanState.PAUSED, CALENDAR)).next_at is None
    assert await tick(house, clock, "2026-11-24 08:00") == []
    clock.set(china("2026-11-25 09:00"))
    async with house.unit_of_work() as uow:
        resumed = await plans.set_state(uow, EDITOR, 1, PlanState.ACTIVE, CALENDAR)
        assert resumed.next_at == china("2026-11-26 08:00")
    assert await tick(house, clock, "2026-11-26 08:00") == ["材料1"]


# -- moments of their own


async def dated(house: Database, *moments: str) -> None:
    from bot.study import materials

    async with house.unit_of_work() as uow:
        items = [(china(at), await materials.get(uow, 1, i)) for i, at in enumerate(moments, start=1)]
        await plans.dated(uow, EDITOR, "主题月", items)


async def test_each_at_its_own_moment(house: Database, clock: ShiftableClock) -> None:
    await dated(house, "2026-11-24 08:00", "2026-11-24 08:30", "2026-11-26 12:00")
    assert await tick(house, clock, "2026-11-24 08:00") == ["材料1"]
    assert await tick(house, clock, "2026-11-24 08:30") == ["材料2"]
    assert await tick(house, clock, "2026-11-26 12:59") == ["材料3"]
    assert await tick(house, clock, "2026-11-27 12:00") == []
    async with house.reading() as uow:
        assert await plans.listed(uow, 1) == []


@BOTH
async def test_what_was_due_while_away_comes_if_it_is_not_stale(house: Database, clock: ShiftableClock) -> None:
    await dated(house, "2026-11-24 08:00", "2026-11-24 09:30", "2026-11-24 10:00", "2026-11-26 08:00")
    assert await tick(house, clock, "2026-11-24 10:10") == ["材料2", "材料3"]
    async with house.reading() as uow:
        assert (await slots(uow))["11-24 08:00"] == SlotState.MISSED
        assert "错过了 1 次推送(11月24日)" in (await told(uow))[0]
    assert await tick(house, clock, "2026-11-24 07:55") == []
    assert await tick(house, clock, "2026-11-24 08:01") == ["材料1"]
    assert await tick(house, clock, "2026-11-24 09:31") == []
    assert await tick(house, clock, "2026-11-26 08:00") == ["材料4"]


# -- any jumps at all

_MOMENTS = st.datetimes(datetime(2026, 10, 1), datetime(2026, 12, 31), timezones=st.just(CHINA))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=st.sampled_from(["每天8:00", "每个工作日8:00", "每周一三五20:00"]), jumps=st.lists(_MOMENTS, max_size=8))
def test_any_jumps_then_a_true_clock(rule: str, jumps: list[datetime]) -> None:
    asyncio.run(_jump(rule, jumps))


async def _jump(rule: str, jumps: list[datetime]) -> None:
    async for house, clock in _fresh():
        plan_id = await plan(house, rule, *range(1, 41))
        for now in jumps:
            assert len(await tick(house, clock, now)) <= 1
        # at last the clock is true: from here on no slot is left out and none comes twice
        now = china("2026-11-01 00:00")
        await tick(house, clock, now)
        recurrence, slot, wanted = parse(rule), now, set()
        for _ in range(12):
            slot = recurrence.next_after(slot, CALENDAR)
            wanted.add(slot)
            await tick(house, clock, slot)
            assert await tick(house, clock, slot + timedelta(seconds=30)) == []
        async with house.reading() as uow:
            ran = list(
                await uow.session.scalars(
                    select(Slot.planned_for).where(Slot.plan_id == plan_id, Slot.state == SlotState.RUN)
                )
            )
            titles = await pushed(uow)
        assert wanted <= set(ran)
        assert titles == [f"材料{i}" for i in range(1, len(ran) + 1)]


async def _fresh() -> AsyncIterator[tuple[Database, ShiftableClock]]:
    clock = ShiftableClock(china("2026-11-01 00:00"))
    with TemporaryDirectory() as folder:
        house = Database(databases.on_sqlite(Path(folder)), clock)
        async with house.unit_of_work() as uow:
            await settle(uow, 40)
        yield house, clock
        await house.close()
