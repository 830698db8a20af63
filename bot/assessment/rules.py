"""Indicators and their points: what may be measured, how a share becomes points, how a scheme is read from a sheet."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from bot.core.errors import UserError
from bot.core.settings import SHIPPED

FILE = SHIPPED / "assessment" / "scheme.json"
NAME = 40
NOTE = 200
MOST = 30
"""Indicators of a scheme."""


class What(StrEnum):
    """The formulas. The first five are shares in percent, the next two counts, the last is marked by hand."""

    COMPLETION = "学习完成率"
    HOURS = "学时达标率"
    RECEIPTS = "公告回执率"
    MEETINGS = "三会一课"
    TASKS = "目标任务进度"
    DISCUSSIONS = "讨论场数"
    NOTICES = "公开件数"
    HAND = "手工"


class Per(StrEnum):
    """Over which days an indicator is measured: those that are asked for, or all of the year up to their end."""

    ASKED = "本期"
    YEAR = "全年"


COUNTS = frozenset({What.DISCUSSIONS, What.NOTICES})
FORMULAS = "、".join(What)


@dataclass(frozen=True)
class Indicator:
    """``weight`` points at most, all of them from ``target`` on (percent, or a number for counts)."""

    no: int
    name: str
    what: What
    weight: int
    target: int
    note: str = ""
    per: Per = Per.ASKED


@dataclass(frozen=True)
class Scheme:
    """``source`` says where it comes from, ``since`` from when."""

    indicators: tuple[Indicator, ...]
    source: str
    since: date | None = None


@cache
def ready_made() -> Scheme:
    """The scheme to begin with."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    rows = [
        Indicator(no, row["name"], What(row["what"]), row["weight"], row["target"], row["note"])
        for no, row in enumerate(data["indicators"], 1)
    ]
    return Scheme(tuple(rows), data["source"], date.fromisoformat(data["since"]))


def tenths(indicator: Indicator, value: int, of: int) -> int | None:
    """The points in tenths, rounded down: of ``value`` out of ``of`` (for counts ``of`` is 1). None where there was
    nothing to measure."""
    if of <= 0:
        return None
    scale = 1 if indicator.what in COUNTS else 100
    return min(indicator.weight * 10, indicator.weight * 10 * value * scale // (indicator.target * of))


def points(count: int | None) -> str:
    """85 → 「8.5」."""
    if count is None:
        return "—"
    return str(count // 10) if count % 10 == 0 else f"{count // 10}.{count % 10}"


def read_points(text: str, weight: int) -> int:
    """「8」, 「8.5分」 → tenths. Raises ``UserError`` beyond the weight."""
    found = re.fullmatch(r"(\d{1,3})(?:\.(\d))?分?", text)
    if found is None or int(found[1]) * 10 + int(found[2] or 0) > weight * 10:
        raise UserError(f"分数请写 0 到 {weight},比如 8 或 8.5。")
    return int(found[1]) * 10 + int(found[2] or 0)


_COLUMNS = {"指标": ("指标", "名称", "考核指标"), "依据": ("依据", "公式", "口径"), "分值": ("分值", "权重", "分数"),
            "目标": ("目标", "满分标准"), "周期": ("周期", "考核周期"), "说明": ("说明", "备注")}  # fmt: skip


def indicator(no: int, name: str, what: str, weight: str, target: str, note: str = "", per: str = "") -> Indicator:
    """One line as typed. Raises ``UserError`` that says what would be right."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME:
        raise UserError(f"指标名称要 1 到 {NAME} 个字")
    kind = next((one for one in What if one.value == what.strip()), None)
    if kind is None:
        raise UserError(f"依据「{what.strip()[:12]}」不认识,可以写:{FORMULAS}")
    points_found = re.fullmatch(r"(\d{1,3})(?:\.0)?分?", weight.strip())
    if points_found is None or not 1 <= int(points_found[1]) <= 100:
        raise UserError("分值要 1 到 100 的整数")
    usual = "1" if kind in COUNTS else "100"
    wanted = re.fullmatch(r"(\d{1,3})(?:\.0)?[%次场件]?", target.strip() or usual)
    if wanted is None or int(wanted[1]) < 1 or (kind not in COUNTS and int(wanted[1]) > 100):
        raise UserError("目标要写 1 到 100 的百分数,或要开几场、公开几件")
    if per.strip() not in ("", *Per):
        raise UserError("周期写「本期」或「全年」")
    return Indicator(
        no, name, kind, int(points_found[1]), int(wanted[1]), note.strip()[:NOTE], Per(per.strip() or Per.ASKED)
    )


def parse(rows: Sequence[Sequence[object]]) -> tuple[list[Indicator], list[str]]:
    """(indicators, what is wrong and in which row) of a sheet whose first line names the columns."""
    head = next((at for at, row in enumerate(rows) if any(_text(cell) in _COLUMNS["指标"] for cell in row)), None)
    if head is None:
        return [], ["没有找到列名。第一行写:指标、依据、分值、目标、周期、说明"]
    at = {
        column: next((i for i, cell in enumerate(rows[head]) if _text(cell) in names), None)
        for column, names in _COLUMNS.items()
    }
    if missing := [column for column in ("指标", "依据", "分值") if at[column] is None]:
        return [], [f"缺少这几列:{'、'.join(missing)}"]
    found: list[Indicator] = []
    wrong: list[str] = []
    for number, row in enumerate(rows[head + 1 :], head + 2):
        cells = {c: _text(row[i]) if i is not None and i < len(row) else "" for c, i in at.items()}
        if not any(cells.values()):
            continue
        if strange := next((cell for cell in row if not isinstance(cell, str | int | float | date | None)), None):
            wrong.append(f"第 {number} 行:{getattr(strange, 'address', '')} 是公式或错误值,请改成文字或数字")
            continue
        try:
            number_of = len(found) + 1
            target, note, per = _share(cells["目标"]), cells["说明"], cells["周期"]
            one = indicator(number_of, cells["指标"], cells["依据"], cells["分值"], target, note, per)
        except UserError as error:
            wrong.append(f"第 {number} 行:{error}")
            continue
        if any(one.name == other.name for other in found):
            wrong.append(f"第 {number} 行:「{one.name}」写了两次")
        found.append(one)
    if not found and not wrong:
        wrong.append("表里没有指标")
    if len(found) > MOST:
        wrong.append(f"一共 {len(found)} 个指标,最多 {MOST} 个")
    return found, wrong


def _share(text: str) -> str:
    """A cell that Excel shows as 90% holds 0.9."""
    return str(round(float(text) * 100)) if re.fullmatch(r"0\.\d{1,4}", text) else text


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()
