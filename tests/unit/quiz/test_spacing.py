"""When what was answered wrong comes back."""

from datetime import UTC, datetime, timedelta

from bot.quiz.spacing import Memory, after

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


def test_right_at_once_is_not_remembered() -> None:
    assert after(None, NOON, correct=True) is None


def test_intervals_grow_until_it_sits() -> None:
    memory = after(None, NOON, correct=False)
    days, now = [], NOON
    while memory is not None:
        days.append((memory.due_on - now.date()).days)
        now += timedelta(days=days[-1])
        memory = after(memory, now, correct=True)
    assert days == [1, 2, 6, 17]


def test_wrong_again_comes_back_soon() -> None:
    memory: Memory | None = after(None, NOON, correct=False)
    memory = after(memory, NOON + timedelta(days=1), correct=True)
    again = after(memory, NOON + timedelta(days=3), correct=False)
    assert again is not None
    assert (again.due_on - (NOON + timedelta(days=3)).date()).days == 1
