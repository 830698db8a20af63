"""The words of a meeting that others are told: invitation, change, cancellation."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.clock import to_local
from bot.hours.rules import shown
from bot.meeting.models import Course, Meeting
from bot.meeting.reading import Draft
from bot.scheduling.words import say_clock, say_moment


def span(starts: datetime, ends: datetime, now: datetime) -> str:
    """11月27日(周五)15:00—16:30"""
    end = to_local(ends)
    same = end.date() == to_local(starts).date()
    return f"{say_moment(starts, now)}—{say_clock(end.time()) if same else say_moment(ends, now)}"


def invitation(no: int, draft: Draft) -> str:
    """The text of the notice."""
    lines = [f"{draft.kind.name}(会议 {no})", f"时间:{span(draft.starts_at, draft.ends_at, draft.starts_at)}"]
    lines.append(f"地点:{draft.place or '另行通知'}")
    if draft.agenda:
        lines.append(f"议题:{draft.agenda}")
    lines.append(f"到会时回「签到」;不能来请私聊我「会议请假 {no} 事由」。")
    return "\n".join(lines)


def changed(no: int, draft: Draft) -> str:
    return f"会议有变动,请以这次的为准。\n{invitation(no, draft)}"


def cancelled(meeting: Meeting, reason: str) -> str:
    why = f"原因:{reason}\n" if reason else ""
    when = say_moment(meeting.starts_at, meeting.starts_at)
    return f"{meeting.kind}(会议 {meeting.no})取消,不开了。\n原定时间:{when}\n{why}".strip()


def asks_leave(meeting: Meeting, name: str, reason: str) -> str:
    return f"{name}向会议 {meeting.no}({meeting.kind},{say_moment(meeting.starts_at, meeting.starts_at)})请假:{reason}"


def reminder(meeting: Meeting, opens: datetime, *, evening: bool) -> str:
    when = say_moment(meeting.starts_at, meeting.starts_at)
    what = f"{meeting.kind}(会议 {meeting.no}){when},{meeting.place or '地点另行通知'}"
    clock = say_clock(to_local(opens).time())
    if evening:
        return f"明天开会:{what}。\n不能来请私聊我「会议请假 {meeting.no} 事由」。"
    return f"一小时内开会:{what}。\n{clock} 起回「签到」,或给这条消息点个表情。"


def course(of: Course, *, everybody: bool) -> str:
    """The text of the notice of a 培训."""
    closes = f",{of.closes_on.month}月{of.closes_on.day}日前报名" if of.closes_on and not everybody else ""
    how = "全体党员参加,不用报名,上课前会提醒。" if everybody else f"要参加回「报名 {of.no}」。"
    return f"培训 {of.no}:{of.name}\n学满 {shown(of.halves)} 学时{closes}。\n{how}"


def put_in(of: Course, coming: Sequence[Meeting]) -> str:
    """To somebody whom the committee has enrolled."""
    first = f"下一课:{lesson(coming[0])}。\n" if coming else "上课前会提醒您。\n"
    return f"您报上了培训 {of.no}「{of.name}」。\n{first}不能参加请私聊我「取消报名 {of.no}」。"


def week(meetings: Sequence[Meeting]) -> str:
    """To the group on Monday."""
    lines = [f"{say_moment(one.starts_at, one.starts_at)} {one.kind} {one.place}".rstrip() for one in meetings]
    return "\n".join(["本周的会:", *lines])


def lesson(one: Meeting) -> str:
    """12月5日(周六)9:00—11:30 党校"""
    return f"{span(one.starts_at, one.ends_at, one.starts_at)} {one.place}".rstrip()
