"""Each slot once, whatever the clock does. ``Plan`` is what a caller does: store ``next_at``, insert under a UNIQUE."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.clock import CHINA
from bot.scheduling.calendar import WorkdayCalendar
from bot.scheduling.recurrence import Recurrence, parse
from bot.scheduling.slots import decide
from tests.unit.scheduling.test_recurrence import RECURRENCES

CALENDAR = WorkdayCalendar.load()
HOUR = timedelta(hours=1)


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)


class Plan:
    def __init__(self, recurrence: Recurrence, created: datetime, grace: timedelta = HOUR) -> None:
        self.recurrence, self.grace = recurrence, grace
        self.next_at = recurrence.next_after(created, CALENDAR)
        self.ran: dict[datetime, datetime] = {}
        self.missed: list[datetime] = []

    def tick(self, now: datetime) -> datetime | None:
        """The slot that ran at ``now``, if one did."""
        decision = decide(self.next_at, now, self.grace, self.recurrence, CALENDAR)
        self.next_at = decision.next_at
        self.missed += decision.missed
        if decision.run is None or decision.run in self.ran:
            return None
        self.ran[decision.run] = now
        return decision.run

    def live(self, now: datetime, until: datetime, late: timedelta) -> None:
        """Let time pass as it should: a tick at ``now`` and one a little after each slot."""
        self.tick(now)
        while (now := max(now, self.next_at) + late) <= until:
            self.tick(now)


def test_before_at_and_after_the_slot() -> None:
    plan = Plan(parse("每天8:00"), china("2026-11-24 07:40"))
    assert plan.tick(china("2026-11-24 07:59:59")) is None
    assert plan.tick(china("2026-11-24 08:00")) == china("2026-11-24 08:00")
    assert plan.tick(china("2026-11-24 08:00:01")) is None
    assert plan.next_at == china("2026-11-25 08:00")


def test_three_hours_late_with_one_hour_grace_is_let_go() -> None:
    plan = Plan(parse("每天8:00"), china("2026-11-24 07:40"))
    assert plan.tick(china("2026-11-24 11:00")) is None
    assert plan.missed == [china("2026-11-24 08:00")]
    assert plan.next_at == china("2026-11-25 08:00")


def test_three_hours_late_with_four_hours_grace_runs() -> None:
    plan = Plan(parse("每天8:00"), china("2026-11-24 07:40"), 4 * HOUR)
    assert plan.tick(china("2026-11-24 11:00")) == china("2026-11-24 08:00")


def test_after_a_week_off_one_push_not_a_pile() -> None:
    plan = Plan(parse("每天8:00"), china("2026-11-24 07:40"), 24 * HOUR)
    assert plan.tick(china("2026-11-30 09:00")) == china("2026-11-30 08:00")
    assert len(plan.missed) == 6
    assert plan.tick(china("2026-11-30 09:01")) is None


def test_a_clock_set_back_does_not_silence_the_plan() -> None:
    plan = Plan(parse("每天8:00"), china("2026-11-24 07:40"))
    assert plan.tick(china("2036-01-01 08:00")) == china("2036-01-01 08:00")
    assert plan.tick(china("2026-11-24 07:50")) is None
    assert plan.tick(china("2026-11-24 08:00")) == china("2026-11-24 08:00")


def test_a_plan_that_starts_later_has_no_earlier_slots() -> None:
    start = china("2026-12-01 08:00")
    decision = decide(start, china("2026-11-24 09:00"), HOUR, parse("每天8:00"), CALENDAR, start=start)
    assert (decision.run, decision.next_at) == (None, start)


INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
LATE = st.timedeltas(timedelta(), timedelta(minutes=50))


@given(RECURRENCES, INSTANTS, st.lists(INSTANTS, max_size=6), st.data())
def test_each_slot_once_when_the_clock_jumps(
    recurrence: Recurrence, created: datetime, jumps: list[datetime], data: st.DataObject
) -> None:
    plan = Plan(recurrence, created)
    for now in jumps:
        before = len(plan.ran)
        slot = plan.tick(now)
        assert len(plan.ran) - before <= 1
        assert slot is None or timedelta() <= now - slot <= HOUR
    # at last the clock is right, and stays so for four months
    now = data.draw(INSTANTS)
    until = now + timedelta(days=120)
    plan.live(now, until, data.draw(LATE))
    due, slot = [], recurrence.next_after(now, CALENDAR)
    while slot <= until - HOUR:
        due.append(slot)
        slot = recurrence.next_after(slot, CALENDAR)
    assert [slot for slot in due if slot not in plan.ran] == []


@given(RECURRENCES, INSTANTS, st.lists(st.timedeltas(timedelta(), timedelta(days=70)), max_size=8))
def test_every_slot_is_run_or_reported_missed_and_never_both(
    recurrence: Recurrence, created: datetime, steps: list[timedelta]
) -> None:
    plan, now = Plan(recurrence, created), created
    for step in steps:
        now += step
        plan.tick(now)
    due, slot = [], recurrence.next_after(created, CALENDAR)
    while slot <= now:
        due.append(slot)
        slot = recurrence.next_after(slot, CALENDAR)
    assert sorted([*plan.ran, *plan.missed]) == due
    assert plan.next_at == slot
