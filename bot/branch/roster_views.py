"""What people read about the roster: short lines, with the next useful word to type."""

from collections.abc import Sequence
from datetime import date

from bot.branch.cards import Matched
from bot.branch.exemption import Exempted
from bot.branch.models import Branch, Leave, Member, MemberKind, Role
from bot.branch.roster_import import Plan
from bot.branch.roster_repository import Entry
from bot.branch.roster_sheet import Problem
from bot.rendering.content import Content, Forward
from bot.scheduling.period import Period

_FOLDED_FROM = 20
_PAGE = 40
_PROBLEMS = 10


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
    notes += [f"免学:{entry.exempt_reason[:20]}"] if entry.exempt_reason else []
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


def stretch(days: Period) -> str:
    """「从2026年9月1日起」, 「2026年9月1日到2026年12月31日」"""
    first, last = (f"{one.year}年{one.month}月{one.day}日" for one in (days.first, days.last))
    return f"从{first}起" if days.last == date.max else f"{first}到{last}"


def exempted(member: Member, done: Exempted, today: date, anew: int) -> str:
    """``anew``: how many readings of the past are counted otherwise than before."""
    days = "从今天起" if done.days == Period(today, date.max) else stretch(done.days)
    if done.days == done.before:
        head = f"{member.name}免学的依据改好了,仍然{days}不计入应学。"
    else:
        replaced = f"(原来{stretch(done.before)})" if done.before is not None else ""
        head = f"{member.name}已登记免学,{days}{replaced}不计入应学。"
    return f"{head}依据:{done.reason}\n{_counted_anew(done.since, today, anew)}恢复请发「恢复学习 {member.name}」。"


def resumed(member: Member, first: date, today: date, anew: int) -> str:
    since = "" if first == today else f"从{day(first)}起"
    return f"{member.name}{since}恢复学习,重新计入应学。\n{_counted_anew(first, today, anew)}".strip()


def _counted_anew(since: date, today: date, readings: int) -> str:
    if not readings:
        return ""
    sent = f";已发的月报不变,要新的发「月报 {since.month}月」" if since < today.replace(day=1) else ""
    return f"{day(since)}以来的 {readings} 次学习重新算过,统计跟着变{sent}。\n"


def on_leave(member: Member, leave: Leave, *, own: bool) -> str:
    days = (leave.last_day - leave.first_day).days + 1
    span = day(leave.first_day) + ("" if days == 1 else f"到{day(leave.last_day)},共 {days} 天")
    back = "提前回来发「销假」。" if own else f"提前回来发「销假 {member.name}」。"
    return f"已记下{'' if own else member.name}请假:{span},不计入应学。\n{back}"


def back(member: Member, *, own: bool) -> str:
    return f"{'已销假' if own else f'{member.name}已销假'},从今天起计入应学。"


FILE_WANTED = (
    "请把名册文件(.xlsx)发给我。第一行写列名:姓名、党小组、类别、职务、QQ号、转入日期(姓名必填,其余可无)。\n"
    "不导入了就回复「取消」。"
)


def problems(found: Sequence[Problem]) -> str:
    rows = [f"第 {problem.row} 行:{problem.reason}" for problem in found[:_PROBLEMS]]
    more = [f"等 {len(found)} 处"] if len(found) > _PROBLEMS else []
    return "\n".join(["名册有问题,一个人也没有导入:", *rows, *more, "改好后请再发「成员 导入」。"])


def import_preview(plan: Plan, unused: Sequence[str]) -> Content:
    text = f"名册读好了:新增 {plan.added} 人、更新 {plan.updated} 人、不变 {plan.unchanged} 人。"
    if unused:
        text += f"\n没有用到的列:{'、'.join(title[:10] for title in unused[:6])}{'等' if len(unused) > 6 else ''}。"
    return Content.of(f"{text}\n回复「确认」导入,「取消」不导入。")


def imported(plan: Plan) -> str:
    return f"导入好了:新增 {plan.added} 人、更新 {plan.updated} 人、不变 {plan.unchanged} 人。发「成员」看名册。"


def cards_preview(found: Matched) -> str:
    rest = (
        f"对不上的名片:{some(found.rest)}。名册上有的请他发「绑定 姓名」,没有的先「成员 添加 姓名」。"
        if found.rest
        else ""
    )
    if not found.plain:
        return rest or "群里的人都绑定好了。"
    names = some([member.name for _, member in found.plain], 60)
    text = f"群名片和名册对上了 {len(found.plain)} 人:{names}。\n回复「确认」绑定,「取消」不绑定。"
    return f"{rest}\n{text}" if rest else text


def bound_by_cards(found: Matched) -> str:
    names = some([member.name for _, member in found.plain])
    return f"绑定好了 {len(found.plain)} 人:{names}。" if found.plain else "没有对上的人,什么都没有改动。"
