"""Nothing at night."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.clock import CHINA
from bot.scheduling.quiet import QuietHours


@pytest.mark.parametrize(
    ("at", "shifted"),
    [
        ("2026-11-24 21:29", "2026-11-24 21:29"),
        ("2026-11-24 21:30", "2026-11-25 07:30"),
        ("2026-12-31 23:59", "2027-01-01 07:30"),
        ("2026-11-24 00:00", "2026-11-24 07:30"),
        ("2026-11-24 07:29", "2026-11-24 07:30"),
        ("2026-11-24 07:30", "2026-11-24 07:30"),
    ],
)
def test_shift(at: str, shifted: str) -> None:
    instant = datetime.fromisoformat(at).replace(tzinfo=CHINA).astimezone(UTC)
    assert f"{QuietHours().shift(instant).astimezone(CHINA):%Y-%m-%d %H:%M}" == shifted


def test_within_one_day_and_none() -> None:
    noon = datetime(2026, 11, 24, 12, 30, tzinfo=CHINA)
    assert QuietHours.of("12:00", "14:00").shift(noon).hour == 14
    assert QuietHours(time(8), time(8)).shift(noon) == noon


@given(st.times(), st.times(), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))
def test_the_shifted_instant_is_never_quiet(start: time, end: time, instant: datetime) -> None:
    hours = QuietHours(start.replace(microsecond=0), end.replace(microsecond=0))
    shifted = hours.shift(instant)
    assert not hours.covers(shifted)
    assert instant <= shifted <= instant + timedelta(days=1)
