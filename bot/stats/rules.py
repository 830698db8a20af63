"""How figures are said: shares that don't flatter, changes, and readings brought together where they are many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.clock import to_local
from bot.study.figures import Count, Line

BARS = 12
"""Rows of a picture that a phone shows without scrolling much."""
MOST = 2 * BARS
"""Rows of a picture at most."""


def percent(done: int, of: int) -> int | None:
    """Rounded down, so that 100 means everybody, but at least 1 where anything was done. None of nothing."""
    if of <= 0:
        return None
    return max(done * 100 // of, 1 if done > 0 else 0)


def share(done: int, of: int) -> str:
    found = percent(done, of)
    return "—" if found is None else f"{found}%"


def points(now: int | None, before: int | None) -> str:
    """The change of a share in percentage points: 「+3」, 「持平」; nothing where there is nothing to compare."""
    if now is None or before is None:
        return ""
    return f"{now - before:+d}" if now != before else "持平"


def change(now: int, before: int) -> str:
    """The change of a number: 「+3」, 「持平」."""
    return f"{now - before:+d}" if now != before else "持平"


def each(halves: int, people: int) -> str:
    """Hours a head, to one place after the point."""
    return f"{halves / 2 / people:.1f}" if people > 0 else "—"


@dataclass(frozen=True)
class Bar:
    """A row of a picture. ``no`` is what to type to see more (empty: nothing)."""

    no: str
    name: str
    done: int
    of: int
    running: bool = False
    note: str = ""


def proofs(line: Line) -> str:
    """What the done ones rest on, of a reading that asks for more than a word: 「答题 8、阅读页 2」."""
    return "、".join(f"{name} {count}" for name, count in line.by_proof.items()) if line.strict else ""


def bars(lines: Sequence[Line], today: date) -> list[Bar]:
    """A bar for each reading; where they are more than ``BARS``, for each week or month in which they were pushed."""
    if len(lines) <= BARS:
        return [
            Bar(str(line.no), line.title, line.count.done, line.count.counted, bool(line.count.running), proofs(line))
            for line in lines
        ]
    days = [to_local(line.pushed_at).date() for line in lines]
    weekly = (days[-1] - days[0]).days <= 7 * (BARS - 1)
    found: dict[str, Count] = {}
    for line, day in zip(lines, days, strict=True):
        monday = date.fromordinal(day.toordinal() - day.weekday())
        name = f"{monday.month}月{monday.day}日起一周" if weekly else f"{day.year}年{day.month}月"
        found[name] = found.get(name, Count()) + line.count
    return [
        Bar("", f"{name}({count.readings} 篇)", count.done, count.counted, bool(count.running))
        for name, count in found.items()
    ][-MOST:]
