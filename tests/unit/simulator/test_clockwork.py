"""The demo's clock goes forwards, by words, steps and instants, and refuses the rest in Chinese."""

import pytest

from bot.core.clock import ShiftableClock, to_local
from bot.core.errors import UserError
from bot.simulator.clockwork import jumper, read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+1h", "11-24 08:40"),
        ("+30m", "11-24 08:10"),
        ("+2d", "11-26 07:40"),
        ("+2小时", "11-24 09:40"),
        ("+90 分钟", "11-24 09:10"),
        ("后天7:30", "11-26 07:30"),
        ("下周一上午9点", "11-30 09:00"),
        ("明天 8:00", "11-25 08:00"),
        ("11月30日 18:00", "11-30 18:00"),
        ("2026-11-24T12:00:00.000Z", "11-24 20:00"),
        ("2026-11-24T12:00:00+08:00", "11-24 12:00"),
    ],
)
async def test_jumps(clock: ShiftableClock, text: str, expected: str) -> None:
    await jumper(clock)(text)
    assert to_local(clock.now()).strftime("%m-%d %H:%M") == expected


async def test_time_passes_by_half_hours_up_to_the_wanted_instant(clock: ShiftableClock) -> None:
    seen: list[str] = []

    async def passing() -> None:
        seen.append(to_local(clock.now()).strftime("%H:%M"))

    await jumper(clock, passing)("9:10")
    assert seen == ["08:00", "08:30", "09:00", "09:10"]


@pytest.mark.parametrize("text", ["昨天 8:00", "+0h", "2020-01-01T00:00:00Z", "不知道", "+9999d", "+32d"])
def test_refusals_move_nothing(clock: ShiftableClock, text: str) -> None:
    with pytest.raises(UserError):
        read(text, clock.now())
