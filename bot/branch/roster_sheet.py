"""Reading a roster from an .xlsx: columns known by their Chinese names, everything wrong named by its row.

Only what the product needs is taken; columns with telephone or identity numbers are not even looked at.
"""

import asyncio
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from bot.branch.models import MemberKind, Role
from bot.branch.names import clean_name, is_name, kind_named, role_named
from bot.core.errors import UserError
from bot.sources.workbook import Cell, Unreadable, read_rows

_COLUMNS = {
    "name": ("姓名", "党员姓名", "名字"),
    "kind": ("类别", "党员类别", "党员类型", "人员类别", "人员类型", "党员身份", "身份"),
    "qq": ("QQ", "QQ号", "QQ号码", "QQ账号"),
    "branch": ("支部", "党支部", "所在支部", "所在党支部", "所属支部", "所属党支部"),
    "group": ("党小组", "小组", "所在党小组", "所属党小组"),
    "role": ("职务", "党内职务", "支部职务", "党内任职"),
    "arrived": ("转入日期", "转入时间", "进入支部日期", "加入支部日期", "到支部时间"),
    "party": ("入党日期", "入党时间", "加入党组织日期"),
}
_FIELD_OF = {title: column for column, titles in _COLUMNS.items() for title in titles}
_HEADER_WITHIN = 15
_NOTHING = {"", "无", "-", "—", "/"}
_TOTALS = {"合计", "总计", "小计"}
_SPLIT = re.compile(r"[、,;/\s]+|兼")
_QQ = re.compile(r"[1-9]\d{4,11}")
_DAY = re.compile(r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2})?日?)?)?|(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True)
class SheetRow:
    """One person as written; ``number`` is the row in the sheet, from 1. What the sheet doesn't say is None."""

    number: int
    name: str
    kind: MemberKind | None = None
    qq: str | None = None
    branch: str | None = None
    group: str | None = None
    roles: tuple[Role, ...] = ()
    joined_on: date | None = None


@dataclass(frozen=True)
class Problem:
    """Why a row can't be taken."""

    row: int
    reason: str


@dataclass(frozen=True)
class Sheet:
    """People and problems in the order of their rows; ``unused`` are the titles of columns that were left alone."""

    rows: tuple[SheetRow, ...]
    problems: tuple[Problem, ...]
    unused: tuple[str, ...] = ()


async def read(data: bytes, today: date) -> Sheet:
    """The people on the first sheet of an .xlsx. Raises ``UserError`` where it is no roster at all."""
    return await asyncio.to_thread(people_in, await read_rows(data, formulas=True), today)


def people_in(rows: list[tuple[Cell, ...]], today: date) -> Sheet:
    """The people in the rows of a sheet. Raises ``UserError`` where it is no roster at all."""
    for index, cells in enumerate(rows[:_HEADER_WITHIN]):
        columns = {at: _FIELD_OF[title] for at, cell in enumerate(cells) if (title := _title(cell)) in _FIELD_OF}
        if "name" in columns.values():
            twice = [column for column, times in Counter(columns.values()).items() if times > 1]
            if twice:
                raise UserError(f"「{_COLUMNS[twice[0]][0]}」这样的列有两个,请删掉一个再发。")
            unused = [_text(cell) for at, cell in enumerate(cells) if at not in columns and _text(cell)]
            return _people(rows, index + 1, columns, unused, today)
    raise UserError("没找到「姓名」这一列。表头请写:姓名、党小组、类别、职务、QQ号、转入日期(姓名必填,其余可无)。")


def _people(rows: list[tuple[Cell, ...]], begin: int, columns: dict[int, str], unused: list[str], today: date) -> Sheet:
    people: list[SheetRow] = []
    problems: list[Problem] = []
    for number, cells in enumerate(rows[begin:], start=begin + 1):
        known = {column: cells[at] for at, column in columns.items() if at < len(cells)}
        texts = {column: _text(cell) for column, cell in known.items()}
        odd = any(isinstance(cell, Unreadable) for cell in known.values())
        if any(_text(cell).rstrip(":") in _TOTALS for cell in cells) or not (odd or any(texts.values())):
            continue
        reasons: list[str] = []
        person = _person(number, known, texts, today, reasons)
        problems += [Problem(number, reason) for reason in reasons]
        people += [] if reasons else [person]
    problems += _repeated(people)
    if not people and not problems:
        raise UserError("表里没有人。请在「姓名」下面逐行填写再发。")
    return Sheet(tuple(people), tuple(sorted(problems, key=lambda problem: problem.row)), tuple(unused))


def _person(number: int, cells: dict[str, Cell], texts: dict[str, str], today: date, reasons: list[str]) -> SheetRow:
    for column, cell in cells.items():
        if isinstance(cell, Unreadable):
            reasons.append(f"「{_COLUMNS[column][0]}」是公式或错误值,请粘贴成数值")
    name = clean_name(texts.get("name", ""))
    if not isinstance(cells.get("name"), Unreadable):
        if not name:
            reasons.append("没有姓名")
        elif not is_name(name):
            reasons.append(f"「{name[:12]}」不像姓名")
    kind = kind_named(texts.get("kind", ""))
    if kind is None and texts.get("kind"):
        reasons.append(f"类别「{texts['kind'][:12]}」不认识,可填{'、'.join(MemberKind)}")
    qq = texts.get("qq", "").lower().removesuffix("@qq.com") or None
    if qq is not None and not _QQ.fullmatch(qq):
        reasons.append(f"QQ号「{qq[:14]}」不对")
    roles = [_role(word, reasons) for word in _SPLIT.split(texts.get("role", "")) if word not in _NOTHING]
    days = [_day(cells.get(column), _COLUMNS[column][0], today, reasons) for column in ("arrived", "party")]
    return SheetRow(
        number,
        name,
        kind,
        qq,
        texts.get("branch") or None,
        texts.get("group") or None,
        tuple(role for role in roles if role not in (None, Role.MEMBER)),
        days[0] or days[1],
    )


def _role(word: str, reasons: list[str]) -> Role | None:
    role = role_named(word)
    if role is None:
        reasons.append(f"职务「{word[:12]}」不认识,可填{'、'.join(Role)}")
    return role


def _repeated(people: list[SheetRow]) -> list[Problem]:
    """The same QQ twice, or the same name twice without a QQ each to tell them apart."""
    found: list[Problem] = []
    by_qq: dict[str, SheetRow] = {}
    by_name: dict[str, list[SheetRow]] = {}
    for person in people:
        if person.qq is not None and (other := by_qq.setdefault(person.qq, person)) is not person:
            found.append(Problem(person.number, f"QQ号 {person.qq} 和第 {other.number} 行重复"))
        same = by_name.setdefault(person.name, [])
        same.append(person)
        if len(same) > 1 and (person.qq is None or same[0].qq is None):
            found.append(Problem(person.number, f"「{person.name}」和第 {same[0].number} 行重复,确是两个人请都填 QQ号"))
    return found


def _title(cell: Cell) -> str:
    """A header as it is compared: without spaces, stars, colons and what is in brackets."""
    return re.sub(r"[\s*:]|\(.*?\)", "", _text(cell)).upper()


def _text(cell: Cell) -> str:
    if cell is None or isinstance(cell, Unreadable):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unicodedata.normalize("NFKC", str(cell)).strip()


def _day(cell: Cell, title: str, today: date, reasons: list[str]) -> date | None:
    text = _text(cell)
    if text in _NOTHING:
        return None
    day: date | None = None
    if isinstance(cell, datetime):
        day = cell.date()
    elif found := _DAY.fullmatch(text):
        year, month, of_month = found[1] or found[4], found[2] or found[5] or "1", found[3] or found[6] or "1"
        try:
            day = date(int(year), int(month), int(of_month))
        except ValueError:
            day = None
    if day is None:
        reasons.append(f"{title}「{text[:12]}」看不懂,请写成 2019-07-01")
    elif day > today or day.year < 1921:
        reasons.append(f"{title} {day} 不对")
    return day
