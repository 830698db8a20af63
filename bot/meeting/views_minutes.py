"""What people read about minutes and what came of them."""

from collections.abc import Sequence

from bot.meeting.kinds import kind
from bot.meeting.models import Meeting, Task
from bot.meeting.resolutions import Resolution
from bot.meeting.writing_up import Written

SHOWN = 1500


def template(meeting: Meeting) -> str:
    """What minutes of this kind have in them, to be copied and filled in."""
    numerals = "一二三四五六七八九"
    parts = [f"{numerals[i]}、{heading}" for i, heading in enumerate(kind(meeting.kind).template)]
    return (
        f"会议记录 {meeting.no}\n"
        + "\n".join(parts)
        + "\n(照这个样子填好整段发给我,或把 Word 文件和「会议记录 编号」一起发。"
        + "决议每条写成「1. 张三负责……,11月30日前」)"
    )


def handed_in(found: Written, kept: int, *, text: bool) -> str:
    """What was handed in: words, or (without ``text``) only ``kept`` files that belong to them."""
    no = found.meeting.no
    if found.minutes.text and not text:
        return f"会议 {no} 又收下 {kept} 个文件或照片。请主持人看过后发「会议确认 {no}」。"
    lines = [f"会议 {no} 的记录收下了,{len(found.minutes.text)} 字。"]
    lines += [resolution(one) for one in found.resolutions]
    lines += _undecided(found)
    if found.unassigned:
        which = "、".join(str(one.no) for one in found.unassigned)
        lines.append(f"决议 {which} 没写谁负责(或有同名),请写上姓名再发一次。")
    elif not found.minutes.text:
        lines.append(f"还缺文字:发「会议记录 {no} 正文」。")
    else:
        lines.append(f"请主持人看过后发「会议确认 {no}」。")
    return "\n".join(lines)


def _undecided(found: Written) -> list[str]:
    if found.held or not found.resolutions:
        return []
    return [f"⚠ 签到的不够法定人数,决议不能算数。漏签的先「补签 {found.meeting.no} 姓名 原因」。"]


def resolution(one: Resolution) -> str:
    due = f",{one.due.month}月{one.due.day}日前" if one.due else ",没写时限"
    return f"决议 {one.no}:{one.text[:60]}({one.person or '没写谁负责'}{due})"


def shown(found: Written) -> str:
    state = "主持人已确认" if found.minutes.confirmed_at else "待主持人确认"
    text = found.minutes.text
    more = f"……\n全文发「会议记录 {found.meeting.no} 导出」。" if len(text) > SHOWN else ""
    return f"会议 {found.meeting.no}({found.meeting.kind})的记录,{state}:\n{text[:SHOWN]}{more}"


def confirmed(found: Written, made: Sequence[Task]) -> str:
    no = found.meeting.no
    done = f"会议 {no} 的记录已确认"
    if not made:
        return f"{done}。导出发「会议记录 {no} 导出」。"
    numbers = "、".join(str(task.no) for task in made)
    lines = [f"{done},决议成了任务 {numbers},本人发「我的任务」看得到。", *_undecided(found)]
    return "\n".join([*lines, f"导出发「会议记录 {no} 导出」。"])
