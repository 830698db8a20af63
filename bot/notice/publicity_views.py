"""What people read about a 公示 and about letters."""

from collections.abc import Sequence
from datetime import date

from bot.notice.models import Letter, Notice, Publicity, State
from bot.notice.rules import title


def last_day(standing: Publicity) -> str:
    if standing.ends_on is None:
        return "它还没有公开。"
    return f"最后一天是 {standing.ends_on:%-m月%-d日},第二天起可以发「公示结果」。"


def stored(notice: Notice, workdays: int) -> str:
    if notice.state != State.SCHEDULED:
        return f"公示 {notice.no} 已交去审批,同意后自动公开,从那天起算 {workdays} 个工作日。"
    return f"公示 {notice.no} 这就发到群里,{workdays} 个工作日。到期我会提醒。"


def moved(notice: Notice, ends_on: date) -> str:
    return f"【公示 {notice.no}】放假安排有调整,公示期改到 {ends_on:%-m月%-d日} 结束。"


def ended(notice: Notice, ends_on: date) -> str:
    return f"【公示 {notice.no}】「{title(notice.text)}」公示期已满({ends_on:%-m月%-d日}止),谢谢大家监督。"


def ended_for_leaders(notice: Notice, objections: int) -> str:
    heard = f"收到异议 {objections} 件" if objections else "没有收到异议"
    write = " 处理结果" if objections else ""
    return f"公示 {notice.no}「{title(notice.text)}」到期,{heard}。公布结果发「公示结果 {notice.no}{write}」。"


def reported(notice: Notice, standing: Publicity, result: str) -> str:
    assert standing.starts_on is not None
    assert standing.ends_on is not None
    period = f"{standing.starts_on:%-m月%-d日}至{standing.ends_on:%-m月%-d日}({standing.workdays} 个工作日)"
    return f"【公示结果】公示 {notice.no}「{title(notice.text)}」\n公示期:{period}\n结果:{result}"


def letter(one: Letter, notice: Notice | None) -> str:
    """What those read to whom a letter is addressed. Who wrote it isn't said."""
    about = f"对公示 {notice.no}「{title(notice.text)}」的异议" if notice is not None else "意见"
    answer = "匿名,无法回复。" if one.member_id is None else f"回复请发「回复意见 {one.no} 内容」(您看不到是谁写的)。"
    return f"收到一件{about}({one.no} 号):\n{one.text}\n{answer}"


def received(one: Letter, told: int) -> str:
    whom = "书记、副书记" if one.notice_id is None else "书记和组织委员"
    if not told:
        return f"记下了({one.no} 号),但现在没有能联系上的{whom},绑定账号后会看到。"
    if one.member_id is None:
        return f"已匿名转给{whom}({one.no} 号),没有留下您的任何信息,所以也收不到回复。"
    return f"已转给{whom}({one.no} 号),不会说是谁写的。有回复我会私聊告诉您。"


def answered(one: Letter, text: str) -> str:
    about = "异议" if one.notice_id is not None else "意见"
    return f"您的{about}({one.no} 号)有回复:\n{text}"


def letters(found: Sequence[Letter]) -> str:
    if not found:
        return "还没有收到意见。"
    lines = []
    for one in found:
        state = "匿名" if one.member_id is None else "已回复" if one.answered_at is not None else "未回复"
        kind = "异议" if one.notice_id is not None else "意见"
        lines.append(f"{one.no}. {one.on:%-m月%-d日} {kind}({state}):{title(one.text)}")
    return "\n".join([*lines, "看全文发「意见箱 编号」,回复发「回复意见 编号 内容」,您看不到是谁写的。"])
