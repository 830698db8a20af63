"""Setting the demo's clock: by Chinese words, by a step, or by an instant. Only forwards, as time goes."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from bot.core.clock import ShiftableClock
from bot.core.errors import UserError
from bot.scheduling import moments
from bot.simulator.controls import Jump

_STEP = re.compile(r"\+\s*(\d{1,4})\s*([smhd])", re.IGNORECASE)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

FARTHEST = timedelta(days=366)


def read(text: str, now: datetime) -> datetime:
    """``+1h``, an ISO instant with its zone, or words such as 「明天 8:00」. Raises ``UserError``."""
    if step := _STEP.fullmatch(text.strip()):
        wanted = now + timedelta(**{_UNITS[step[2].lower()]: int(step[1])})
    else:
        wanted = _instant(text) or moments.parse(text, now)
    if wanted <= now:
        raise UserError("时钟只能往后拨;要从头来,请点「恢复到演示开头」。")
    if wanted - now > FARTHEST:
        raise UserError("一次最多往后拨一年。")
    return wanted


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return instant.astimezone(UTC) if instant.tzinfo is not None else None


def jumper(clock: ShiftableClock, jumped: Callable[[], Awaitable[None]] | None = None) -> Jump:
    """What ``PageServer`` needs to set ``clock``; ``jumped`` is awaited afterwards, to wake who waits for the time."""

    async def jump(text: str) -> datetime:
        clock.set(read(text, clock.now()))
        if jumped is not None:
            await jumped()
        return clock.now()

    return jump
