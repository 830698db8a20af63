"""Periods and branches in people's words; what makes no sense is refused with examples."""

from datetime import date

import pytest

from bot.core.errors import UserError
from bot.stats import asking
from bot.stats.rules import percent, points, share

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("words", "first", "until", "before", "rest"),
    [
        ("", (11, 1), (11, 24), ((10, 1), (10, 24)), ""),
        ("本周", (11, 23), (11, 24), ((11, 16), (11, 17)), ""),
        ("上月", (10, 1), (10, 31), ((9, 1), (9, 30)), ""),
        ("9月", (9, 1), (9, 30), ((8, 1), (8, 31)), ""),
        ("三季度", (7, 1), (9, 30), ((4, 1), (6, 30)), ""),
        ("三季度的", (7, 1), (9, 30), ((4, 1), (6, 30)), ""),
        ("三季度 第二支部", (7, 1), (9, 30), ((4, 1), (6, 30)), "第二支部"),
        ("第二支部 三季度", (7, 1), (9, 30), ((4, 1), (6, 30)), "第二支部"),
        ("10月1日到15日", (10, 1), (10, 15), ((9, 16), (9, 30)), ""),
        ("10月1日 到 10月15日 第二支部", (10, 1), (10, 15), ((9, 16), (9, 30)), "第二支部"),
        ("第二支部", (11, 1), (11, 24), ((10, 1), (10, 24)), "第二支部"),
    ],
)
def test_read(
    words: str,
    first: tuple[int, int],
    until: tuple[int, int],
    before: tuple[tuple[int, int], tuple[int, int]],
    rest: str,
) -> None:
    stretch, left = asking.read(words, TODAY)
    assert (stretch.span.first, stretch.until, left) == (date(2026, *first), date(2026, *until), rest)
    assert (stretch.before.first, stretch.before.last) == tuple(date(2026, *day) for day in before)


@pytest.mark.parametrize(
    "words",
    ["13月", "2月30日", "10月15日到10月1日", "2026年12月", "9999年", "近0天", "明年1月1日", "2030年三季度"],
)
def test_nonsense_is_refused(words: str) -> None:
    with pytest.raises(UserError):
        asking.read(words, TODAY)


def test_a_stretch_survives_being_kept() -> None:
    stretch, _ = asking.read("三季度", TODAY)
    assert asking.restore(asking.kept(stretch), TODAY) == stretch


@pytest.mark.parametrize(
    ("done", "of", "said"),
    [(0, 0, "—"), (0, 5, "0%"), (1, 1000, "1%"), (999, 1000, "99%"), (3, 3, "100%"), (2, 3, "66%")],
)
def test_shares_do_not_flatter(done: int, of: int, said: str) -> None:
    assert share(done, of) == said


def test_changes() -> None:
    assert [points(percent(1, 2), percent(1, 4)), points(50, 50), points(None, 50), points(50, None)] == [
        "+25", "持平", "", "",
    ]  # fmt: skip
