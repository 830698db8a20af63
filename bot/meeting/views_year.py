"""What people read about the meetings of a year."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.meeting.duties import Duty, Planned, Stretch
from bot.meeting.models import MeetingPlan
from bot.scheduling.words import WEEKDAYS

if TYPE_CHECKING:
    from bot.meeting.yearly import Standing


def named(duty: Duty, stretch: Stretch) -> str:
    """支部党员大会(四季度)"""
    return f"{duty.kind.name}({stretch.label})"


def running_out(name: str, last: date, names: Sequence[str]) -> str:
    """The one line to the secretary."""
    return (
        f"「{name}」到 {last.month}月{last.day}日还要开:{'、'.join(names)}。\n"
        "定好时间就发「会议 种类 时间 地点」;已经开过的也这样写,我会问是不是补记。"
    )


def standing(found: "Standing", today: date) -> str:
    """党员大会 3/4,缺四季度 …"""
    lines = [f"「{found.branch.name}」{found.year}年三会一课:"]
    for duty in found.duties:
        lacking = duty.lacking(today)
        said = f"{duty.kind.name} {duty.done}/{duty.required}"
        if lacking and duty.each == 1:
            said += f",缺{_labels(lacking)}"
        lines.append(said)
    if not found.duties:
        lines.append("没有要求开的会。")
    return "\n".join([*lines, "排一年的计划发「三会一课 计划」,出台账发「会议台账」。"])


def _labels(stretches: Sequence[Stretch]) -> str:
    """缺2月、5月; a long row is counted."""
    labels = [one.label for one in stretches]
    return "、".join(labels) if len(labels) <= 4 else f"{'、'.join(labels[:3])}等 {len(labels)} 次"


def below(found: Sequence["Standing"], today: date) -> str:
    """A line for each branch."""
    lines = []
    for one in found:
        lacks = [f"{d.kind.name}缺{_labels(lacking)}" for d in one.duties if (lacking := d.lacking(today))]
        lines.append(f"{one.branch.name}:{';'.join(lacks) if lacks else '到今天都开齐了'}")
    return "\n".join(lines) if lines else "下面没有支部。"


def proposed(year: int, lines: Sequence[Planned], caveat: str) -> str:
    return "\n".join(filter(None, [_plan(year, lines), caveat, "回复「确认」存为计划(存了还能改),「取消」放弃。"]))


def stored(year: int, lines: Sequence[MeetingPlan]) -> str:
    """The plan of the branch, with the numbers by which it is changed."""
    return f"{_plan(year, lines)}\n要改发「三会一课 计划 改 编号 日期」,重新排发「三会一课 计划 {year} 重排」。"


def replanned(line: MeetingPlan, day: date | None) -> str:
    done = f"改到 {day.year}年{day.month}月{day.day}日(周{WEEKDAYS[day.weekday()]})" if day else "删掉了"
    return f"计划第 {line.no} 条({line.kind})已{done}。"


def _plan(year: int, lines: Sequence[Planned | MeetingPlan]) -> str:
    """A line for each month."""
    months: dict[int, list[str]] = {}
    for line in lines:
        day = f"{line.day.day}日(周{WEEKDAYS[line.day.weekday()]}){line.kind}"
        if isinstance(line, MeetingPlan):
            day = f"{line.no}. {day}"
        elif line.moved:
            day += "(避开休息日)"
        months.setdefault(line.day.month, []).append(day)
    said = [f"{month}月:{';'.join(days)}" for month, days in sorted(months.items())]
    return "\n".join([f"{year}年三会一课计划:", *said])
