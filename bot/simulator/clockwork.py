"""Setting the demo's clock: by Chinese words, by a step, or by an instant. Only forwards, as time goes.

A jump doesn't leap over what lies between: time passes by half hours, so that pushes and reminders happen in order.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from bot.core.clock import ShiftableClock
from bot.core.errors import UserError
from bot.scheduling import moments
from bot.simulator.controls import Jump

_STEP = re.compile(r"\+\s*(\d{1,4})\s*(?:([smhd])|个?(秒|分|小?时|天)钟?)", re.IGNORECASE)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_WORDS = {"秒": "seconds", "分": "minutes", "时": "hours", "小时": "hours", "天": "days"}

FARTHEST = timedelta(days=31)
STEP = timedelta(minutes=30)


def read(text: str, now: datetime) -> datetime:
    """``+1h``, 「+2小时」, an ISO instant with its zone, or words such as 「明天 8:00」. Raises ``UserError``."""
    if step := _STEP.fullmatch(text.strip()):
        unit = _UNITS[step[2].lower()] if step[2] else _WORDS[step[3]]
        wanted = now + timedelta(**{unit: int(step[1])})
    else:
        wanted = _instant(text) or moments.parse(text, now)
    if wanted <= now:
        raise UserError("时钟只能往后拨;要从头来,请点「恢复到演示开头」。")
    if wanted - now > FARTHEST:
        raise UserError(f"一次最多往后拨 {FARTHEST.days} 天。")
    return wanted


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return instant.astimezone(UTC) if instant.tzinfo is not None else None


def stops(now: datetime, wanted: datetime) -> list[datetime]:
    """The full and half hours between the two, and ``wanted`` itself."""
    seconds = STEP.total_seconds()
    first = datetime.fromtimestamp((now.timestamp() // seconds + 1) * seconds, UTC)
    found = []
    while first < wanted:
        found.append(first)
        first += STEP
    return [*found, wanted]


def jumper(clock: ShiftableClock, passing: Callable[[], Awaitable[None]] | None = None) -> Jump:
    """What ``PageServer`` needs to set ``clock``; ``passing`` is awaited at every stop, to do what is due there."""

    async def jump(text: str) -> datetime:
        wanted = read(text, clock.now())
        for stop in stops(clock.now(), wanted):
            clock.set(stop)
            if passing is not None:
                await passing()
        return clock.now()

    return jump
