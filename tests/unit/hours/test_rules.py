"""How hours are read, counted and required."""

from datetime import UTC, date, datetime

import pytest

from bot.branch.models import Leave
from bot.core.errors import UserError
from bot.hours import rules
from bot.hours.rules import Person, of_reading, required, split_hours

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
MEMBER = Person("正式党员", committee=False, joined_on=date(2020, 7, 1))


def leave(first: date, last: date) -> Leave:
    return Leave(member_id=1, first_day=first, last_day=last, reason="", created_at=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("周三集中学习 2学时 手机坏了", (4, "周三集中学习", "手机坏了")),
        ("党课1.5学时", (3, "党课", "")),
        ("培训 两个半学时 补", (5, "培训", "补")),
        ("培训 半学时", (1, "培训", "")),
        ("学习 7 手机坏了", None),
    ],
)
def test_hours_in_a_sentence(text: str, found: tuple[int, str, str] | None) -> None:
    assert split_hours(text) == found


@pytest.mark.parametrize("text", ["培训 1.3学时", "培训 0学时", "培训 400学时", "培训 0.25学时"])
def test_what_is_no_step_of_half_an_hour_is_refused(text: str) -> None:
    with pytest.raises(UserError, match=r"0\.5 为一档"):
        split_hours(text)


def test_hours_are_shown_as_they_are_said() -> None:
    assert [rules.shown(halves) for halves in (0, 1, 4, 65)] == ["0", "0.5", "2", "32.5"]


@pytest.mark.parametrize(("minutes", "least", "halves"), [(3, "0.5", 1), (3, "0", 0), (45, "0.5", 2), (100, "1", 4)])
def test_a_reading_counts_by_its_length_but_the_least_of_the_branch(minutes: int, least: str, halves: int) -> None:
    assert of_reading(minutes, least, 45) == halves


def test_a_whole_year_requires_the_years_hours() -> None:
    assert required(MEMBER, [], *YEAR, 32, 56) == 64
    committee = Person("正式党员", committee=True, joined_on=date(2020, 7, 1))
    assert required(committee, [], *YEAR, 32, 56) == 112


def test_a_quarter_requires_its_share() -> None:
    assert required(MEMBER, [], date(2026, 7, 1), date(2026, 9, 30), 32, 56) == 16


def test_who_came_in_the_middle_or_was_away_needs_less() -> None:
    came = Person("预备党员", committee=False, joined_on=date(2026, 7, 2))
    assert required(came, [], *YEAR, 32, 56) == 32
    twice = [leave(date(2026, 1, 1), date(2026, 3, 31)), leave(date(2026, 3, 1), date(2026, 7, 1))]
    assert required(MEMBER, twice, *YEAR, 32, 56) == 32
    left = Person("正式党员", committee=False, joined_on=date(2020, 1, 1), left_on=date(2026, 7, 3))
    assert required(left, [], *YEAR, 32, 56) == 32


def test_nothing_is_required_of_those_who_are_not_members_yet() -> None:
    activist = Person("积极分子", committee=False, joined_on=date(2020, 1, 1))
    later = Person("正式党员", committee=False, joined_on=date(2027, 1, 1))
    assert [required(person, [], *YEAR, 32, 56) for person in (activist, later)] == [0, 0]


def test_over_new_year_each_year_has_its_own_share() -> None:
    assert required(MEMBER, [], date(2026, 1, 1), date(2027, 12, 31), 32, 56) == 128
