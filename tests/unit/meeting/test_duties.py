"""三会一课 over a year, by the rules and the calendar alone."""

from datetime import date

import pytest

from bot.meeting.duties import Facts, Held, of_year, propose, workday_near
from bot.meeting.kinds import committee_from
from bot.scheduling.calendar import WorkdayCalendar

CALENDAR = WorkdayCalendar.load()
FACTS = Facts(10, True, frozenset(), 4)
TODAY = date(2026, 11, 24)


def held(kind: str, *days: str, of: int = 1) -> list[Held]:
    return [Held(kind, of, date.fromisoformat(f"2026-{day}")) for day in days]


def said(meetings: list[Held], facts: Facts = FACTS) -> dict[str, tuple[str, list[str]]]:
    return {
        duty.kind.name: (f"{duty.done}/{duty.required}", [one.label for one in duty.lacking(TODAY)])
        for duty in of_year(2026, facts, meetings, committee_from())
    }


def test_what_is_there_and_what_lacks() -> None:
    meetings = held("支部党员大会", "01-15", "04-20", "05-20", "07-01") + held(
        "支委会", *(f"{m:02}-05" for m in range(1, 12))
    )
    found = said(meetings)
    assert found["支部党员大会"] == ("3/4", ["四季度"])
    assert found["支委会"] == ("11/12", [])
    assert found["组织生活会"] == ("0/1", ["今年"])
    assert found["主题党日"][0] == "0/12"
    assert "党小组会" not in found
    assert "集中学习" not in found


def test_two_in_one_quarter_are_no_two_quarters() -> None:
    assert said(held("支部党员大会", "01-15", "02-15"))["支部党员大会"] == ("1/4", ["二季度", "三季度", "四季度"])


def test_a_small_branch_without_a_committee_needs_no_committee_meetings() -> None:
    assert "支委会" not in said([], Facts(6, False, frozenset(), 4))
    assert "支委会" in said([], Facts(7, False, frozenset(), 4))
    assert "支委会" in said([], Facts(5, True, frozenset(), 4))


def test_a_month_of_groups_is_met_when_every_group_has_met() -> None:
    facts = Facts(10, True, frozenset({2, 3}), 4)
    meetings = held("党小组会", "10-12", of=2) + held("党小组会", "10-13", "11-13", of=3)
    done, lacking = said(meetings, facts)["党小组会"]
    assert done == "1/12"
    assert "10月" not in lacking
    assert "11月" in lacking


@pytest.mark.parametrize(("lectures", "said_as"), [(4, "0/4"), (2, "0/2"), (12, "0/12"), (5, "0/5")])
def test_how_many_lectures_is_the_branchs_own(lectures: int, said_as: str) -> None:
    assert said([], Facts(10, True, frozenset(), lectures))["党课"][0] == said_as
    assert "党课" not in said([], Facts(10, True, frozenset(), 0))


def test_five_lectures_are_counted_over_the_year() -> None:
    assert said(held("党课", "03-01", "03-02"), Facts(10, True, frozenset(), 5))["党课"] == ("2/5", ["今年"])


@pytest.mark.parametrize(("today", "out"), [("2026-12-09", []), ("2026-12-10", ["四季度"]), ("2026-12-31", ["四季度"])])
def test_three_weeks_before_it_runs_out(today: str, out: list[str]) -> None:
    def lacks(meetings: list[Held]) -> list[str]:
        (duty,) = [d for d in of_year(2026, FACTS, meetings, 7) if d.kind.name == "支部党员大会"]
        return [one.label for one in duty.running_out(date.fromisoformat(today))]

    assert lacks([]) == out
    assert lacks(held("支部党员大会", "10-15")) == []
    assert lacks([Held("支部党员大会", 1, date(2026, 12, 28), called=True)]) == []


def test_a_plan_has_every_meeting_on_a_workday() -> None:
    plan = propose(2026, FACTS, 25, CALENDAR, committee_from())
    counts = {kind: sum(one.kind == kind for one in plan) for kind in {one.kind for one in plan}}
    assert counts == {"支部党员大会": 4, "支委会": 12, "党课": 4, "主题党日": 12, "组织生活会": 1, "民主评议党员": 1}
    assert all(CALENDAR.is_workday(one.day) for one in plan)
    assert plan == sorted(plan, key=lambda one: (one.day, one.kind))
    theme = {one.day.month: (one.day.day, one.moved) for one in plan if one.kind == "主题党日"}
    assert theme[3] == (25, False)
    assert theme[10] == (26, True)  # 25 October 2026 is a Sunday
    for facts in (Facts(10, True, frozenset(), 5), Facts(10, True, frozenset(), 7)):
        assert sum(one.kind == "党课" for one in propose(2026, facts, 25, CALENDAR, 7)) == facts.lectures


def test_at_the_end_of_a_holiday_month_it_moves_back() -> None:
    assert workday_near(date(2026, 10, 4), CALENDAR) == date(2026, 10, 8)
    assert workday_near(date(2026, 5, 31), CALENDAR) == date(2026, 5, 29)
