"""What people read about reflections."""

from collections.abc import Sequence

from bot.rendering.content import Content, Forward
from bot.study.models import Assignment, Reflection
from bot.study.rules import Reading
from bot.textmining import originality
from bot.textmining.originality import RULE, Verdict

WHY = originality.WHY | {
    Verdict.COPIED: "大部分是材料里的原文",
    Verdict.ECHO: "和别的心得大部分相同",
}


def wanted(reading: Reading) -> str:
    """To who has only named the reading."""
    return f"请把心得写在后面,比如:心得 {reading.no} 读了以后,我想到……\n{RULE}"


def short_of(reading: Reading, verdict: Verdict, *, before: bool) -> str:
    """Why it doesn't count, for its author alone."""
    if before:
        return f"这一篇{WHY[verdict]},没有换;您先前交的学习 {reading.no} 的心得还算数。"
    return f"学习 {reading.no} 的心得{WHY[verdict]},还没有登记,补充后再发一次就行。\n{RULE}有不同看法请找书记。"


def alike(one: Reflection, writer: str, other: Reflection, author: str, share: float, no: int) -> str:
    """For leaders alone."""
    whose = "本人的" if one.member_id == other.member_id else f"{author}的"
    head = f"学习 {no}:{writer}的心得 {one.no} 和{whose}心得 {other.no} 有 {share:.0%} 相同。"
    return f"{head}\n只告诉您,已照常登记。看原文发「心得列表 {no}」,不算数发「心得退回 {one.no} 理由」。"


def decided(no: int, reason: str, *, passes: bool) -> str:
    """To who wrote it."""
    if passes:
        return f"书记看了您学习 {no} 的心得,已登记完成({reason})。"
    return f"书记退回了您学习 {no} 的心得:{reason}。改好后再发「心得 {no}」加上您的话就行。"


def listed(assignment: Assignment, found: Sequence[tuple[Reflection, str]]) -> Content:
    """Everything that was written about a reading, one page each."""
    if not found:
        return Content.of(f"学习 {assignment.no} 还没有人写心得。")
    numbers = {one.id: one.no for one, _ in found}
    pages = tuple(_page(one, name, numbers) for one, name in found)
    return Content.of(Forward(title=f"学习 {assignment.no} 的心得({len(found)} 篇)", pages=pages))


def _page(one: Reflection, name: str, numbers: dict[int, int]) -> str:
    if one.overruled is not None:
        stands = "书记同意算数" if one.overruled else "书记退回"
    else:
        stands = "已登记" if one.passes else WHY[Verdict(one.verdict)]
    like = f",和心得 {numbers[one.like_id]} 大部分相同" if one.like_id in numbers else ""
    return f"心得 {one.no} · {name}({stands}{like})\n{one.text}"
