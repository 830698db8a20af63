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
        ("明天 8:00", "11-25 08:00"),
        ("11月30日 18:00", "11-30 18:00"),
        ("2026-11-24T12:00:00.000Z", "11-24 20:00"),
        ("2026-11-24T12:00:00+08:00", "11-24 12:00"),
    ],
)
async def test_jumps(clock: ShiftableClock, text: str, expected: str) -> None:
    woken = []

    async def jumped() -> None:
        woken.append(True)

    await jumper(clock, jumped)(text)
    assert (to_local(clock.now()).strftime("%m-%d %H:%M"), woken) == (expected, [True])


@pytest.mark.parametrize("text", ["昨天 8:00", "+0h", "2020-01-01T00:00:00Z", "不知道", "+9999d"])
def test_refusals_move_nothing(clock: ShiftableClock, text: str) -> None:
    with pytest.raises(UserError):
        read(text, clock.now())
