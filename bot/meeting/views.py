"""What people read about meetings: short, clear, in Chinese."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.clock import to_local
from bot.meeting.attendance import Count
from bot.meeting.calling import Called, Proposal
from bot.meeting.models import Meeting, MeetingPerson, Method, State
from bot.meeting.rules import Person
from bot.meeting.sayings import span
from bot.meeting.signing_in import NotSigned, Refused, SignedIn
from bot.scheduling.words import say_clock, say_moment

_STATES = {State.CALLED: "", State.HELD: "已开", State.FAILED: "到会登记不够,没算开成", State.CANCELLED: "已取消"}


def proposed(found: Proposal, now: datetime) -> str:
    """What would be called, what is odd about it, and what may be answered."""
    draft = found.draft
    lines = [f"{draft.kind.name}({found.of},应到 {found.people} 人)"]
    lines.append(f"{span(draft.starts_at, draft.ends_at, now)} {draft.place or '(地点没写)'}")
    if draft.agenda:
        lines.append(f"议题:{draft.agenda[:200]}")
    if draft.past:
        lines.append("这个时间已经过去了。是补记一次开过的会吗?")
        lines.append("回复「确认」补记;写错了就回一个新的时间,或「取消」。")
        return "\n".join(lines)
    lines += [f"⚠ {doubt}。" for doubt in found.doubts]
    lines.append("回复「确认」发通知;要改时间直接回新的时间,不开了回「取消」。")
    return "\n".join(lines)


def called(found: Called, now: datetime) -> str:
    """What has become of a meeting that was just called or changed."""
    meeting = found.meeting
    if found.announced is None and meeting.state == State.CALLED:
        when = say_moment(meeting.starts_at, now)
        return f"会议 {meeting.no}({meeting.kind})已定好,{when}。\n还没有人报名;报了名的会收到提醒。"
    if found.announced is None:
        no = meeting.no
        how = f"到会的人用「补签 {no} 姓名 原因」登记;全到了写「补签 {no} 全体 纸质签到」。"
        return f"已补记会议 {no}({meeting.kind})。\n{how}"
    if found.announced.waiting:
        return f"会议 {meeting.no} 已定好,通知(公告 {found.announced.no})等书记同意后发出。"
    return (
        f"会议 {meeting.no} 已通知:{meeting.kind},{say_moment(meeting.starts_at, now)}。\n"
        f"谁收到了发「回执 {found.announced.no}」;到会情况发「到会 {meeting.no}」。"
    )


def ask_off(meeting: Meeting, now: datetime) -> str:
    return f"{shown(meeting, now)}\n真的不开了?回复「确认」告诉大家,「取消」照开。"


def cancelled_here(found: Called) -> str:
    told = ",已告诉大家" if found.announced is not None else ",通知还没发出,不用另外告诉大家"
    return f"会议 {found.meeting.no} 已取消{told}。"


def coming(meetings: Sequence[Meeting], now: datetime) -> str:
    if not meetings:
        return "最近没有要开的会。\n支委可以这样召集:会议 支部党员大会 周五15:00 二楼会议室 议题:学习十五五规划"
    return "\n".join(f"{one.no}. {say_moment(one.starts_at, now)} {one.kind} {one.place}".rstrip() for one in meetings)


def shown(meeting: Meeting, now: datetime) -> str:
    """One meeting, without names."""
    state = _STATES[State(meeting.state)]
    lines = [f"会议 {meeting.no}:{meeting.kind}" + (f"({state})" if state else "")]
    lines.append(f"{span(meeting.starts_at, meeting.ends_at, now)} {meeting.place}".rstrip())
    if meeting.agenda:
        lines.append(f"议题:{meeting.agenda[:300]}")
    return "\n".join(lines)


def signed(found: SignedIn) -> str:
    """The full answer to a sign-in, given in a private chat."""
    if not found.first:
        return f"您已经签到过会议 {found.meeting.no} 了。"
    return f"✅ 已签到会议 {found.meeting.no}({found.meeting.kind})" + (",记为迟到。" if found.late else "。")


def not_signed(found: NotSigned, now: datetime) -> str:
    """Why a sign-in wasn't taken, and what to do."""
    meeting = found.meeting
    if meeting is None:
        return "现在没有要您签到的会。发「会议」看看最近有哪些。"
    match found.why:
        case Refused.EARLY if found.opens is not None:
            return f"会议 {meeting.no}({meeting.kind})还没到签到时间,{say_moment(found.opens, now)}起可以签。"
        case Refused.NOT_LISTED:
            return f"会议 {meeting.no}({meeting.kind})的到会名单里没有您。列席的请主持人补签。"
        case Refused.UNKNOWN:
            return "还不认识您,没签上到。请发「绑定 您的姓名」,再签到。"
        case Refused.NEEDS_CODE:
            return f"请写上会场的四位数字,比如:签到 1234。主持人发「签到码 {meeting.no}」可以看到。"
        case Refused.WRONG_CODE:
            return "数字不对,请看一眼会场上的四位数字再发。"
        case Refused.LOCKED:
            return f"数字错了几次,请主持人发「补签 {meeting.no} 您的姓名 原因」。"
    return f"会议 {meeting.no}({meeting.kind})已经结束,签不了了。到了会的请主持人补签。"


def counts(found: Count) -> str:
    """How many are there, without names: what a group may see."""
    here, meeting = found.attendance, found.meeting
    parts = [f"应到 {here.expected}", f"实到 {len(here.present)}", f"请假 {len(here.excused)}"]
    parts.append(f"未到 {len(here.absent)}")
    if here.late:
        parts.append(f"迟到 {len(here.late)}")
    if here.left:
        parts.append(f"早退 {len(here.left)}")
    if here.guests:
        parts.append(f"列席 {len(here.guests)}")
    return f"会议 {meeting.no}({meeting.kind}):{','.join(parts)}。" + quorum(found)


def quorum(found: Count) -> str:
    """Whether it may decide; empty where no number is required."""
    votes = found.votes
    if votes is None:
        return ""
    if not votes.of:
        return "\n名单上没有有表决权的人,不能作决议。"
    if votes.enough:
        return f"\n有表决权的到了 {votes.here}/{votes.of},够法定人数({votes.needed})。"
    return f"\n有表决权的到了 {votes.here}/{votes.of},法定 {votes.needed} 人,还差 {votes.missing} 人,暂不能作决议。"


def beginning(found: Count) -> str:
    """What the chair reads as it begins."""
    no = found.meeting.no
    return f"{counts(found)}\n随时发「到会 {no}」看;没带手机的用「补签 {no} 姓名 原因」。"


def ended(found: Count) -> str:
    """What the chair reads when it is over."""
    no = found.meeting.no
    if found.meeting.state == State.HELD:
        return f"{counts(found)}\n会议结束。漏签的用「补签 {no} 姓名 原因」;记录发「会议记录 {no}」。"
    return f"{counts(found)}\n到会人数不够,先不算开成。漏签的用「补签 {no} 姓名 原因」,够了就自动算上。"


def names(found: Count) -> str:
    """Who isn't there and why; for those who lead it, privately."""
    here = found.attendance
    lines = []
    if here.excused:
        lines.append("请假:" + "、".join(_why(one) for one in here.excused))
    if here.absent:
        lines.append("未到:" + "、".join(one.name for one in here.absent))
    if here.late:
        lines.append("迟到:" + "、".join(_why(one) for one in here.late))
    if here.left:
        lines.append("早退:" + "、".join(_why(one) for one in here.left))
    if manual := [one for one in here.present if one.method == Method.MANUAL and not one.late]:
        lines.append("补签:" + "、".join(_why(one) for one in manual))
    return "\n".join(lines)


def _why(one: Person) -> str:
    return f"{one.name}({one.reason})" if one.reason else one.name


def entered(meeting: Meeting, name: str, person: MeetingPerson) -> str:
    how = "列席" if not person.expected else "迟到" if person.late else "到会"
    return f"已补签会议 {meeting.no}:{name},{how}。错了发「撤销」。"


def entered_all(meeting: Meeting, count: int) -> str:
    return f"已补签会议 {meeting.no}:全体 {count} 人到会。错了发「撤销」。"


def left(meeting: Meeting, name: str, at: datetime) -> str:
    return f"已记会议 {meeting.no}:{name} {say_clock(to_local(at).time())} 早退。错了发「撤销」。"


def code(meeting: Meeting) -> str:
    return f"会议 {meeting.no}({meeting.kind})的签到数字:{meeting.code}\n请写在会场,到会的人发「签到 {meeting.code}」。"


def preview_change(before: Meeting, text: str, doubts: Sequence[str]) -> str:
    return "\n".join(
        [f"会议 {before.no} 改成:", text, *(f"⚠ {doubt}。" for doubt in doubts), "回复「确认」通知大家,「取消」放弃。"]
    )


def calendar(link: str, *, new: bool) -> str:
    """The link of one's own, and what to do with it."""
    head = "换好了,旧链接作废。" if new else "您自己的会议日历,请勿转发:"
    return f"{head}\n{link}\n手机日历 → 添加日历 → 通过网址订阅;会议改期、取消会自己更新。"


def which(meetings: Sequence[Meeting]) -> str:
    listed = "\n".join(f"{one.no}. {one.kind}" for one in meetings)
    return f"签到的是哪个会?回复编号:\n{listed}"
