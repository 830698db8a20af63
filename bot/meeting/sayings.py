"""The words of a meeting that others are told: invitation, change, cancellation."""

from datetime import datetime

from bot.core.clock import to_local
from bot.meeting.models import Meeting
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
