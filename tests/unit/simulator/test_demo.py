"""The demo begins on a day that shows the main job, whatever day it is."""

from datetime import datetime
from pathlib import Path

import pytest

from bot.core.clock import CHINA
from bot.scheduling.calendar import WorkdayCalendar
from bot.simulator.demo import morning


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-25 03:00", "2026-11-25"),  # a Wednesday
        ("2026-11-27 12:00", "2026-11-26"),  # Friday: nothing would come tomorrow
        ("2026-11-29 12:00", "2026-11-26"),
        ("2026-09-30 12:00", "2026-09-29"),  # a week off begins
        ("2026-10-07 12:00", "2026-09-29"),
    ],
)
def test_a_workday_with_a_workday_after_it(tmp_path: Path, now: str, expected: str) -> None:
    began = morning(datetime.fromisoformat(now).replace(tzinfo=CHINA), WorkdayCalendar.load(tmp_path))
    assert f"{began:%Y-%m-%d %H:%M}" == f"{expected} 08:05"
