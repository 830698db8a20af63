"""What people read about courses."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.hours.rules import shown as hours
from bot.meeting.courses import Standing, Wanted
from bot.meeting.models import Course
from bot.meeting.sayings import lesson
from bot.notice.announcing import Announced

NONE = "现在没有培训。支委可以这样办:培训新建 入党积极分子培训班 8学时 12月1日前报名"
LISTED = 5


def _until(closes_on: date | None) -> str:
    return f",{closes_on.month}月{closes_on.day}日前报名" if closes_on else ""


def preview(wanted: Wanted) -> str:
    who = ",全体党员参加" if wanted.everybody else _until(wanted.closes_on)
    return f"培训「{wanted.name}」:学满 {hours(wanted.halves)} 学时{who}。\n回复「确认」在群里通知,「取消」放弃。"


def set_up(course: Course, announced: Announced | None) -> str:
    told = ""
    if announced is not None:
        how = "等书记同意后发出" if announced.waiting else "已发到群里"
        told = f",通知(公告 {announced.no}){how}"
    return f"培训 {course.no} 办起来了{told}。\n排课发「培训加课 {course.no} 周六9:00-11:30 党校 内容:第一讲」。"


def listed(found: Sequence[Standing], now: datetime, today: date) -> str:
    """A line for each course."""
    lines = []
    for one in found:
        state = "已上完" if one.over(now) else "报名中" if one.open(now, today) else "报名已截止"
        lines.append(
            f"{one.course.no}. {one.course.name}:{hours(one.course.halves)} 学时,报名 {len(one.people)} 人,{state}"
        )
    return "\n".join(lines) + f"\n看一个发「培训 {found[0].course.no}」。" if lines else NONE


def one(found: Standing, now: datetime, today: date, *, enrolled: bool) -> str:
    """A course with its sessions to come; ``enrolled`` is whether the asker is in it."""
    course = found.course
    coming = [each for each in found.sessions if each.ends_at > now]
    gone = len(found.sessions) - len(coming)
    lines = [
        f"培训 {course.no}:{course.name}\n"
        f"学满 {hours(course.halves)} 学时{_until(course.closes_on)};报名 {len(found.people)} 人,上过 {gone} 次课。"
    ]
    lines += [f"会议 {each.no}:{lesson(each)}" for each in coming[:LISTED]]
    if len(coming) > LISTED:
        lines.append(f"后面还有 {len(coming) - LISTED} 次。")
    if found.open(now, today) and not enrolled:
        lines.append(f"要参加发「报名 {course.no}」。")
    return "\n".join(lines)


def own(found: Standing, member_id: int | None) -> str:
    """How the asker stands in it; empty for who isn't in it."""
    me = next((each for each in found.people if each.member_id == member_id), None)
    if me is None:
        return ""
    return f"您已报名,学了 {hours(me.halves)}/{hours(found.course.halves)} 学时。"


def enrolled(found: Standing, now: datetime, *, new: bool) -> str:
    course = found.course
    if not new:
        return f"您已经报名培训 {course.no}「{course.name}」了。"
    first = next((each for each in found.sessions if each.starts_at > now), None)
    when = f"下一课:{lesson(first)}。" if first is not None else "上课前会提醒您。"
    return f"✅ 已报名培训 {course.no}「{course.name}」。\n{when}\n不去了发「取消报名 {course.no}」。"


def put_in(found: Standing, count: int) -> str:
    if not count:
        return f"都已经报过名了,培训 {found.course.no} 共 {len(found.people)} 人。"
    return f"培训 {found.course.no} 新报上 {count} 人,已私下告诉本人;现在共 {len(found.people)} 人。"


def counts(found: Standing) -> str:
    """How it stands, without names."""
    done = len(found.people) - len(found.short)
    course = found.course
    return (
        f"培训 {course.no}「{course.name}」:报名 {len(found.people)} 人,"
        f"学满 {hours(course.halves)} 学时的 {done} 人,还差 {len(found.short)} 人"
    )


def names(found: Standing) -> str:
    """Who hasn't all the hours yet and how many they have; privately."""
    return "还差:" + "、".join(
        f"{each.name}({hours(each.halves)}/{hours(found.course.halves)})" for each in found.short
    )
