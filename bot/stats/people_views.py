"""A member's record and the hours that are missing, as they are read: figures first, no order by them."""

from collections.abc import Sequence

from bot.branch.models import Branch
from bot.branch.rules import SETTINGS
from bot.branch.service import ids_on
from bot.hours import entering
from bot.hours.models import Source
from bot.hours.repository import Entry
from bot.hours.rules import shown
from bot.stats.asking import Stretch, label
from bot.stats.hours import Hours
from bot.stats.people import Record

NAMES = 60
"""People that are named in one message."""
OPEN = 10
ENTRIES = 20


def sums(found: Record) -> list[str]:
    """The figures of one member in words."""
    one = found.hours
    late = f"(其中补学 {one.study.late} 篇)" if one.study.late else ""
    lines = [f"学习:应学 {one.study.counted} 篇,完成 {one.study.done} 篇{late}", f"学时:{_hours(one)}"]
    if found.wanted:
        lines.append(f"公告回执:{found.given}/{found.wanted}")
    if found.voices:
        lines.append(f"讨论发言:{found.voices} 条")
    return lines


def record(found: Record, *, own: bool) -> str:
    """What the member and the committee read alike; the member (``own``) is told what to type. What a branch pushed
    that they have left bears no number here."""
    one = found.hours
    lines = [f"{one.person.name}({one.person.branch}),{label(found.stretch)}", *sums(found)]
    if not found.unread:
        return "\n".join([*lines, "都学完了,没有要补的。"])
    mine = ids_on(one.person.path)
    shown_here = [
        f"{each.no}. 《{each.title}》" if each.branch_id in mine else f"《{each.title}》(以前的支部推送)"
        for each in found.unread[:OPEN]
    ]
    first = next((each.no for each in found.unread if each.branch_id in mine), None)
    more = f"(共 {len(found.unread)} 篇)" if len(found.unread) > OPEN else ""
    how = [f"发「补{first}」看全文,看完发「已学 编号」。"] if own and first is not None else []
    return "\n".join([*lines, f"还没学的{more}:", *shown_here, *how])


def _hours(one: Hours) -> str:
    parts = "、".join(f"{source.value} {shown(count)}" for source, count in one.by_source.items())
    have = f"{shown(one.have)}({parts})" if parts else "0"
    if one.need == 0:
        return f"{have},不作要求" if one.exempt else have
    return f"{have},到这一天应有 {shown(one.need)}" + (f",还差 {shown(one.short)}" if one.short else ",够了")


def sheet(found: Record, entries: Sequence[Entry]) -> str:
    """The hours of one member, each with what it is for, and what the year asks by which rule."""
    one = found.hours
    lines = [f"{one.person.name}({one.person.branch}),{label(found.stretch)}学时:{_hours(one)}"]
    if one.need:
        setting = SETTINGS["hours_committee" if one.person.committee else "hours_member"]
        usual = str(one.year) == setting.default
        why = f"依据{setting.source}({setting.since:%Y-%m-%d})" if usual else "支部自己的规定"
        lines.append(f"全年 {one.year} 学时({setting.meaning}),{why}。")
    if reading := one.by_source.get(Source.READING):
        lines.append(f"阅读 {shown(reading)}")
    for entry in entries[-ENTRIES:]:
        no = entering.number_of(entry.origin)
        numbered = f"(补登 {no})" if no is not None else ""
        lines.append(f"{entry.day:%m-%d} {entry.source} {shown(entry.halves)} {entry.note}{numbered}")
    if len(entries) > ENTRIES:
        lines.append(f"(只列最近 {ENTRIES} 条,共 {len(entries)} 条;全部的在「{one.person.name}的学习档案」里)")
    return "\n".join(lines)


def below(branch: Branch, stretch: Stretch, found: Sequence[Hours]) -> tuple[str, str]:
    """(the count, which a group may read; the names, for the asker only)."""
    short = [one for one in found if one.short]
    head = f"【{branch.name}】{label(stretch)}学时:{len(found) - len(short)}/{len(found)} 人达到"
    if not found:
        return f"【{branch.name}】{label(stretch)}没有要求学时的党员。", ""
    if not short:
        return f"{head},没有差的。", ""
    places = len({one.person.branch_id for one in short}) > 1
    lines = [
        f"{one.person.name}{f'({one.person.branch})' if places else ''}:{shown(one.have)}/{shown(one.need)}"
        f",差 {shown(one.short)}"
        for one in short[:NAMES]
    ]
    more = [f"(只列前 {NAMES} 人,共 {len(short)} 人)"] if len(short) > NAMES else []
    note = "应有学时按在册天数折算到这一天,请假、免学的不算。名单只发给您。"
    return head, "\n".join([*lines, *more, note])
