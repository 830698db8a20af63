"""What people read about settings, offices and the tree of branches: short lines, phone-wide."""

from collections.abc import Sequence

from bot.branch.models import Branch, Role
from bot.branch.organisation import Node
from bot.branch.roles import Office
from bot.branch.roster_views import some
from bot.branch.settings import Changed, Line
from bot.rendering.content import Content, Forward

_FOLDED_FROM = 40


def settings(lines: Sequence[Line]) -> str:
    """All settings; a mark says which branch changed one."""
    rows = [f"{line.setting.label}:{line.setting.shown(line.value)}({line.origin or '默认'})" for line in lines]
    return "\n".join([*rows, "改动发「设置 学习期限 5天」,看依据发「设置 学习期限」。"])


def setting(line: Line) -> str:
    """One setting with the source of its default."""
    known = line.setting
    return (
        f"{known.label}:{known.shown(line.value)}({line.origin or '默认'})。{known.meaning}。\n"
        f"默认 {known.shown(known.default)},依据:{known.source}({known.since.year}年{known.since.month}月)。\n"
        f"改动发「{known.example}」。"
    )


def changed(change: Changed) -> str:
    shown = change.setting.shown
    return f"{change.setting.label}:{shown(change.before)} → {shown(change.after)}。改错了发「撤销」。"


def ask_appointment(office: Office) -> Content:
    others = f"现在的{office.role.value}是{some(office.others, 3)},不会自动免去。\n" if office.others else ""
    return Content.of(
        f"任命{office.member.name}为「{office.branch.name}」的{office.role.value}?\n{others}回复「确认」或「取消」。"
    )


def appointed(office: Office) -> str:
    name, role = office.member.name, office.role.value
    text = f"{name}现在是「{office.branch.name}」的{role}。"
    if office.others and office.role is not Role.SECRETARY:
        text += f"{some(office.others, 3)}仍是{role},要免去发「免去 {office.others[0]} {role}」。"
    if not office.bound:
        text += f"\n还没绑定账号,请他在群里发「绑定 {name}」。"
    return text


def ask_dismissal(offices: Sequence[Office]) -> Content:
    lone = [office for office in offices if office.role is Role.SECRETARY and not office.others]
    warning = f"这样「{lone[0].branch.name}」就没有书记了。\n" if lone else ""
    return Content.of(f"免去{_held(offices)}?\n{warning}回复「确认」或「取消」。")


def dismissed(offices: Sequence[Office]) -> str:
    return f"已免去{_held(offices)}。免错了发「撤销」。"


def _held(offices: Sequence[Office]) -> str:
    roles = "、".join(f"「{office.branch.name}」{office.role.value}" for office in offices)
    return f"{offices[0].member.name}的{roles}"


def tree(nodes: Sequence[Node], here: int | None) -> Content:
    """Indented, with the people and groups of each branch and of what is below it."""
    rows = [
        "\u3000" * node.depth
        + f"{node.branch.name}({node.people} 人{f'、{node.groups} 个群' if node.groups else ''})"
        + (" ← 这里" if node.branch.id == here else "")
        for node in nodes
    ]
    if len(rows) <= _FOLDED_FROM:
        return Content.of("\n".join(rows))
    pages = tuple("\n".join(rows[at : at + _FOLDED_FROM]) for at in range(0, len(rows), _FOLDED_FROM))
    return Content.of(Forward(title=f"支部树(共 {len(rows)} 个)", pages=pages))


def created(node: Branch, parent: Branch | None) -> str:
    below = f",上级是「{parent.name}」" if parent is not None else ""
    return f"「{node.name}」({node.kind})建好了{below}。\n在它的群里发「/支部 绑定 {node.name}」接上群。"


def which(nodes: Sequence[Branch], parents: dict[int, str]) -> Content:
    """Several branches may be meant."""
    rows = [
        f"{at}. {node.name}" + (f"({parents[node.parent_id]})" if node.parent_id in parents else "")
        for at, node in enumerate(nodes, 1)
    ]
    return Content.of("\n".join(["是哪一个?回复前面的数字:", *rows]))
