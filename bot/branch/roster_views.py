"""What people read about the roster: short lines, with the next useful word to type."""

from collections.abc import Sequence
from datetime import date

from bot.branch.models import Branch, Leave, Member, MemberKind, Role
from bot.branch.roster_repository import Entry
from bot.rendering.content import Content, Forward

_FOLDED_FROM = 20
_PAGE = 40


def day(value: date) -> str:
    return f"{value.month}月{value.day}日(周{'一二三四五六日'[value.weekday()]})"


def some(names: Sequence[str], shown: int = 12) -> str:
    """「张三、李四等 15 人」"""
    return "、".join(names[:shown]) + (f"等 {len(names)} 人" if len(names) > shown else "")


def roster(entries: Sequence[Entry], branch: Branch) -> Content:
    """The whole roster for a leader: offices, and what is special about anybody. A long one is folded."""
    if not entries:
        return Content.of("名册还是空的。发「成员 导入」交表格,或在群里发「成员 读取」。")
    unbound = [entry.member.name for entry in entries if not entry.accounts]
    head = f"{branch.name}名册 {len(entries)} 人"
    rows = [_line(entry, branch) for entry in entries]
    tail = (
        f"还没绑定账号 {len(unbound)} 人:{some(unbound)}。请他们在群里发「绑定 姓名」。"
        if unbound
        else "全部绑定好了。"
    )
    if len(rows) <= _FOLDED_FROM:
        return Content.of("\n".join([head, *rows, tail]))
    pages = tuple("\n".join(rows[at : at + _PAGE]) for at in range(0, len(rows), _PAGE))
    return Content.of(f"{head}\n{tail}", Forward(title=head, pages=pages))


def _line(entry: Entry, branch: Branch) -> str:
    member = entry.member
    notes = [role.value for role in entry.roles if role is not Role.MEMBER]
    notes += [entry.branch_name] if member.branch_id != branch.id else []
    notes += [member.kind] if member.kind != MemberKind.FULL else []
    notes += [f"免学:{member.exempt_reason[:20]}"] if member.exempt_reason else []
    notes += ["请假"] if entry.on_leave else []
    notes += ["未绑定"] if not entry.accounts else []
    return member.name + (f"({'、'.join(notes)})" if notes else "")


def added(member: Member, bound: bool) -> str:
    return f"名册加上了{member.name}({member.kind})。" + ("" if bound else f"请他在群里发「绑定 {member.name}」。")


def ask_removal(member: Member, offices: Sequence[str]) -> Content:
    held = f"(现任{'、'.join(offices)},将一并免去)" if offices else ""
    return Content.of(f"把{member.name}移出名册{held}?以前的记录都留着。\n回复「确认」或「取消」。")


def removed(member: Member) -> str:
    return f"{member.name}已移出名册,以前的记录都在。移错了发「成员 恢复 {member.name}」。"


def restored(member: Member) -> str:
    return f"{member.name}回到名册了。请他在群里发「绑定 {member.name}」,有职务请重新任命。"


def kind_changed(member: Member, before: str) -> str:
    return f"{member.name}:{before} → {member.kind}。"


def exempted(member: Member) -> str:
    return f"{member.name}已登记免学,不计入应学。依据:{member.exempt_reason}\n恢复请发「恢复学习 {member.name}」。"


def resumed(member: Member) -> str:
    return f"{member.name}恢复学习,重新计入应学。"


def on_leave(member: Member, leave: Leave, *, own: bool) -> str:
    days = (leave.last_day - leave.first_day).days + 1
    span = day(leave.first_day) + ("" if days == 1 else f"到{day(leave.last_day)},共 {days} 天")
    back = "提前回来发「销假」。" if own else f"提前回来发「销假 {member.name}」。"
    return f"已记下{'' if own else member.name}请假:{span},不计入应学。\n{back}"


def back(member: Member, *, own: bool) -> str:
    return f"{'已销假' if own else f'{member.name}已销假'},从今天起计入应学。"
