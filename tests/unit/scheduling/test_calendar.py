"""Workdays as announced; a year nobody has announced falls back and says so."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.clock import CHINA
from bot.scheduling.calendar import WorkdayCalendar, YearArrangement

CALENDAR = WorkdayCalendar.load()


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2025, 1, 26), True),  # a Sunday, worked for the Spring Festival
        (date(2025, 10, 8), False),
        (date(2026, 1, 2), False),  # a Friday
        (date(2026, 1, 4), True),  # a Sunday
        (date(2026, 2, 28), True),  # a Saturday
        (date(2026, 11, 24), True),
        (date(2026, 11, 28), False),
        (date(2019, 5, 5), True),  # known to the package alone
        (date(2027, 1, 1), False),
        (date(2027, 2, 8), False),  # statutory, a Monday
        (date(2027, 2, 9), True),
        (date(2027, 2, 13), False),
        (date(2099, 6, 1), True),
    ],
)
def test_workdays(day: date, worked: bool) -> None:
    assert CALENDAR.is_workday(day) is worked


def test_announced() -> None:
    assert [year for year in (1990, 2004, 2025, 2026, 2027, 2100) if CALENDAR.announced(year)] == [2004, 2025, 2026]
    assert CALENDAR.caveat(datetime(2026, 12, 31, 12, tzinfo=CHINA)) == ""
    assert "2027年放假安排还没公布" in CALENDAR.caveat(datetime(2027, 1, 1, 7, tzinfo=CHINA))


def test_the_files_agree_with_the_package() -> None:
    package = WorkdayCalendar()
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(730)]
    assert [day for day in days if package.is_workday(day) != CALENDAR.is_workday(day)] == []


def test_add_workdays() -> None:
    assert CALENDAR.add_workdays(date(2026, 9, 30), 0) == date(2026, 9, 30)
    assert CALENDAR.add_workdays(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert CALENDAR.add_workdays(date(2026, 11, 27), 5) == date(2026, 12, 4)


def test_every_month_has_fifteen_workdays() -> None:
    assert all(len(CALENDAR.workdays_of_month(y, m)) >= 15 for y in range(2015, 2040) for m in range(1, 13))


def test_an_operator_adds_a_year(tmp_path: Path) -> None:
    folder = tmp_path / "holidays"
    folder.mkdir()
    (folder / "2027.json").write_text(
        json.dumps({"year": 2027, "source": "通知", "off": ["2027-02-09"], "work": ["2027-02-13"]}), encoding="utf-8"
    )
    calendar = WorkdayCalendar.load(tmp_path)
    assert calendar.announced(2027)
    assert not calendar.is_workday(date(2027, 2, 9))
    assert calendar.is_workday(date(2027, 2, 13))
    assert calendar.announced(2026)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"year": 2027}',
        '{"year": 2027, "source": "", "off": ["2027-02-30"], "work": []}',
        '{"year": 2027, "source": "", "off": [], "work": []}',
        '{"year": 2027, "source": "", "off": ["2027-02-09"], "work": ["2027-02-09"]}',
        '{"year": 2027, "source": "", "off": 5, "work": []}',
    ],
)
def test_a_broken_file_is_named_and_left_out(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "holidays"
    folder.mkdir()
    (folder / "2027.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"2027\.json"):
        YearArrangement.read(folder / "2027.json")
    calendar = WorkdayCalendar.load(tmp_path)
    assert len(calendar.problems) == 1
    assert not calendar.announced(2027)
