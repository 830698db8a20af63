"""What is said about hours that were entered by hand."""

from collections.abc import Sequence
from datetime import date

from bot.branch.models import Member
from bot.hours.entering import Entered
from bot.hours.models import HourEntry
from bot.hours.rules import shown
from bot.scheduling.words import WEEKDAYS


def entered(found: Entered, members: Sequence[Member]) -> str:
    what = found.what
    names = "、".join(member.name for member in members[:5]) + (f"等 {len(members)} 人" if len(members) > 5 else "")
    each = "每人 " if len(members) > 1 else ""
    return (
        f"补登 {found.no}:{names},{_day(what.day)}「{what.note}」{each}{shown(found.halves)} 学时({what.source})。\n"
        f"登错了发「撤销」,以后发「更正 补登 {found.no} 原因」。"
    )


def struck(no: int, rows: Sequence[HourEntry]) -> str:
    first = rows[0]
    who = f"{len(rows)} 人" if len(rows) > 1 else "1 人"
    return f"已取消补登 {no}:{_day(first.day)}「{first.note}」{who} {shown(first.halves)} 学时。改错了发「撤销」。"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日(周{WEEKDAYS[day.weekday()]})"
