"""Time as a value that is passed in, so that pushes and reminders can be tried at any hour.

Instants are aware UTC datetimes everywhere; people read and write China standard time.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class ShiftableClock:
    """The system clock plus an offset: it goes on ticking, and can be set to any instant. For demo and tests."""

    def __init__(self, start: datetime | None = None) -> None:
        self.offset = timedelta()
        if start is not None:
            self.set(start)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def set(self, instant: datetime) -> None:
        if instant.tzinfo is None:
            raise ValueError("a clock is set to an aware datetime")
        self.offset = instant - datetime.now(UTC)


def to_local(instant: datetime) -> datetime:
    """The same instant on a Chinese wall clock."""
    if instant.tzinfo is None:
        raise ValueError("naive datetime: its zone is unknown")
    return instant.astimezone(CHINA)
