"""The hours in which nothing is sent to anybody."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.core.clock import to_local


@dataclass(frozen=True)
class QuietHours:
    """From ``start`` (included) to ``end`` (excluded) on a Chinese wall clock, over midnight where start is later.
    Equal times mean that there are none."""

    start: time = time(21, 30)
    end: time = time(7, 30)

    @classmethod
    def of(cls, start: str, end: str) -> "QuietHours":
        """From two settings ``HH:MM``. Raises ``ValueError``."""
        return cls(time.fromisoformat(start), time.fromisoformat(end))

    def covers(self, instant: datetime) -> bool:
        at = to_local(instant).time()
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    def shift(self, instant: datetime) -> datetime:
        """The same instant, or the end of the quiet hours that it falls in."""
        if not self.covers(instant):
            return instant
        local = to_local(instant)
        end = local.replace(hour=self.end.hour, minute=self.end.minute, second=self.end.second, microsecond=0)
        return (end if end > local else end + timedelta(days=1)).astimezone(instant.tzinfo)
