"""Plans and clocks: every slot once, whatever the clock does, and nothing stale after a long sleep."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from bot.app import App
from bot.core.clock import CHINA, ShiftableClock, to_local
from bot.delivery.models import OutboxRow
from bot.study.models import Assignment, Material, Slot
from plugins.study.clockwork import push_what_is_due
from tests.plugin.conftest import BOSS
from tests.plugin.talk import Talk

READINGS = 40


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


async def plan(talk: Talk, when: str) -> str:
    """The editor's plan for all the readings; what the bot says to it."""
    async with talk.app.database.unit_of_work() as uow:
        for no in range(1, READINGS + 1):
            text = f"第 {no} 篇的内容"
            uow.session.add(
                Material(branch_id=1, no=no, title=f"第 {no} 篇", text=text, minutes=1, key_terms="[]", sha256=str(no),
                         created_at=uow.now, published=date(2026, 1, 1))
            )  # fmt: skip
    return await talk.say(BOSS, f"/学习计划 新建 天天学 {when} 资料 1-{READINGS}")


async def tick(app: App, clock: ShiftableClock, instant: datetime) -> None:
    """The clock of the process beats at ``instant``."""
    clock.set(instant)
    await push_what_is_due(app)


async def slots(app: App, state: str = "run") -> list[str]:
    """The slots on the wall clock, in order."""
    async with app.database.reading() as uow:
        found = await uow.session.scalars(
            select(Slot.planned_for).where(Slot.state == state).order_by(Slot.planned_for)
        )
        return [f"{to_local(one):%Y-%m-%d %H:%M}" for one in found]


async def pushes(app: App) -> tuple[int, int]:
    """How many readings were assigned, and how many messages to groups that made."""
    async with app.database.reading() as uow:
        readings = await uow.session.scalar(select(func.count()).select_from(Assignment))
        groups = select(func.count()).select_from(OutboxRow).where(OutboxRow.target_kind == "group")
        return int(readings or 0), int(await uow.session.scalar(groups) or 0)


def beats(start: str, end: str, every: timedelta) -> list[datetime]:
    instant, found = at(start), []
    while instant <= at(end):
        found.append(instant)
        instant += every
    return found


HOURS = timedelta(minutes=59, seconds=59)


async def test_a_clock_that_jumps_back_and_forth(talk: Talk, app: App, clock: ShiftableClock) -> None:
    """Each slot that the clock passed within its grace ran, none of them twice, whatever the order."""
    clock.set(at("2026-12-01 07:00"))
    await plan(talk, "每天8点")
    for instant in (
        "12-01 08:00", "12-01 07:00", "12-01 08:00", "12-03 08:30", "12-01 07:59", "12-01 08:01", "12-02 08:00",
        "12-02 07:00", "12-04 07:59", "12-03 23:59", "12-04 08:59", "11-30 08:00", "12-05 08:10",
    ):  # fmt: skip
        await tick(app, clock, at(f"2026-{instant}"))
    ran = await slots(app)
    assert ran == [f"2026-12-0{day} 08:00" for day in (1, 2, 3, 4, 5)]
    assert await pushes(app) == (5, 5)


async def test_a_jump_over_a_month_is_one_push_and_no_pile(talk: Talk, app: App, clock: ShiftableClock) -> None:
    clock.set(at("2026-12-01 07:00"))
    await plan(talk, "每天8点")
    await tick(app, clock, at("2026-12-31 08:05"))
    assert await slots(app) == ["2026-12-31 08:00"]
    assert len(await slots(app, "missed")) == 30
    assert await pushes(app) == (1, 1)


@pytest.mark.parametrize(("late", "ran"), [(59, True), (61, False), (180, False)])
async def test_only_within_the_grace(
    talk: Talk, app: App, clock: ShiftableClock, caplog: pytest.LogCaptureFixture, late: int, ran: bool
) -> None:
    """Case 20: an hour by default; what was missed is logged and shown in the list of plans."""
    clock.set(at("2026-12-01 07:00"))
    await plan(talk, "每天8点")
    await tick(app, clock, at("2026-12-01 08:00") + timedelta(minutes=late))
    assert await pushes(app) == ((1, 1) if ran else (0, 0))
    assert await slots(app, "missed") == ([] if ran else ["2026-12-01 08:00"])
    assert ("slots missed" in caplog.text) is not ran
    if not ran:
        assert "错过 1 次" in await talk.say(BOSS, "/学习计划 列表")


async def test_a_year_without_announced_holidays(talk: Talk, app: App, clock: ShiftableClock) -> None:
    """Case 22: Monday to Friday without the statutory days, and the plan's answer says so."""
    clock.set(at("2033-09-28 12:00"))
    answer = await plan(talk, "每个工作日8点")
    assert "2033年放假安排还没公布" in answer
    for beat in beats("2033-09-28 12:00", "2033-10-10 12:00", HOURS):
        await tick(app, clock, beat)
    ran = [datetime.fromisoformat(slot).date() for slot in await slots(app)]
    assert ran[:2] == [date(2033, 9, 29), date(2033, 9, 30)]
    assert all(day.weekday() < 5 and not date(2033, 10, 1) <= day <= date(2033, 10, 3) for day in ran)
    assert ran[-1] == date(2033, 10, 10)
    assert all(earlier < later for earlier, later in pairwise(ran))
