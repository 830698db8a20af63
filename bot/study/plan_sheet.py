"""The rows of a plan that comes as an .xlsx: when, and what. Everything wrong is named by its row."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from bot.core.clock import CHINA
from bot.core.errors import UserError
from bot.scheduling.moments import parse as parse_moment
from bot.scheduling.words import DEFAULT_TIME, read_clock, say_moment
from bot.sources.workbook import Cell, Unreadable
from bot.study.plans import MOST_ITEMS

EXAMPLE: Final = "第一行写列名:日期、时间、资料编号(或标题、链接、正文),下面一行一篇。"
_COLUMNS = {
    "day": ("日期", "推送日期", "日期时间", "推送时间", "学习日期"),
    "clock": ("时间", "时刻", "几点"),
    "no": ("资料编号", "编号", "资料", "资料号"),
    "title": ("标题", "题目", "名称", "学习内容"),
    "link": ("链接", "网址", "地址"),
    "text": ("正文", "内容", "全文"),
}
_FIELD_OF = {title: column for column, titles in _COLUMNS.items() for title in titles}
_HEADER_WITHIN = 15
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(frozen=True)
class SheetRow:
    """One push as written: at ``at``, of the material ``no``, or of a link or text, or of what has this title."""

    number: int
    at: datetime
    no: int | None = None
    title: str = ""
    link: str = ""
    text: str = ""


@dataclass(frozen=True)
class Problem:
    """Why a row (as Excel numbers it) can't be taken."""

    row: int
    reason: str


def parse(rows: Sequence[tuple[Cell, ...]], now: datetime) -> tuple[list[SheetRow], list[Problem]]:
    """What the rows of a sheet say. Raises ``UserError`` if it is no plan at all."""
    header = next((i for i, row in enumerate(rows[:_HEADER_WITHIN]) if _is_header(row)), None)
    if header is None:
        raise UserError(f"没有找到写着「日期」和「资料编号」的列名行。{EXAMPLE}")
    columns: dict[str, int] = {}
    for i, cell in enumerate(rows[header]):
        columns.setdefault(_FIELD_OF.get(_word(cell), ""), i)
    if "day" not in columns:
        columns["day"] = columns.pop("clock")
    taken: list[SheetRow] = []
    problems: list[Problem] = []
    at: dict[datetime, int] = {}
    for number, row in enumerate(rows[header + 1 :], start=header + 2):
        if not any(cell is not None for cell in row):
            continue
        cells = {name: row[i] if i < len(row) else None for name, i in columns.items() if name}
        try:
            found = _row(number, cells, now)
        except UserError as error:
            problems.append(Problem(number, str(error).partition("\n")[0]))
            continue
        if found.at in at:
            problems.append(Problem(number, f"和第 {at[found.at]} 行是同一个时间。"))
        at.setdefault(found.at, number)
        taken.append(found)
    if not taken and not problems:
        raise UserError(f"表里没有学习内容。{EXAMPLE}")
    if len(taken) > MOST_ITEMS:
        raise UserError(f"一个计划最多 {MOST_ITEMS} 篇,表里有 {len(taken)} 篇。请分成几个文件。")
    return taken, problems


def _is_header(row: Sequence[Cell]) -> bool:
    fields = {_FIELD_OF.get(_word(cell)) for cell in row}
    return bool(fields & {"day", "clock"}) and bool(fields & {"no", "title", "link", "text"})


def _word(cell: Cell) -> str:
    return re.sub(r"[\s::*]|[((].*", "", unicodedata.normalize("NFKC", cell)) if isinstance(cell, str) else ""


def _row(number: int, cells: dict[str, Cell], now: datetime) -> SheetRow:
    at = _moment(cells.get("day"), cells.get("clock"), now)
    title, link, text = (_text(cells.get(name)) for name in ("title", "link", "text"))
    if not link and _LINK.fullmatch(text):
        link, text = text, ""
    if link and not _LINK.fullmatch(link):
        raise UserError(f"「{link[:30]}」不是网址。")
    no = _number(cells.get("no"))
    if no is None and not (title or link or text):
        raise UserError("没写是哪一篇:请填资料编号、标题、链接或正文。")
    return SheetRow(number, at, no, title, link, text)


def _moment(day: Cell, clock: Cell, now: datetime) -> datetime:
    if isinstance(day, Unreadable) or isinstance(clock, Unreadable):
        raise UserError("日期或时间是公式或错误值,请改成数值。")
    if day is None:
        raise UserError("没写日期。")
    if isinstance(day, datetime):
        at = day.replace(tzinfo=CHINA)
    elif isinstance(day, date):
        at = datetime.combine(day, _clock(clock), CHINA)
    elif isinstance(day, str):
        at = parse_moment(f"{day} {_text(clock)}", now)
    else:
        raise UserError(f"没读懂日期「{day}」。请写成 2026-11-25 或 11月25日。")
    if at <= now:
        raise UserError(f"{say_moment(at, now)}已经过去了。")
    return at


def _clock(cell: Cell) -> time:
    if cell is None:
        return DEFAULT_TIME
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell.replace(second=0, microsecond=0)
    if isinstance(cell, str):
        return read_clock(re.sub(r"\s", "", unicodedata.normalize("NFKC", cell)))
    raise UserError(f"没读懂时间「{cell}」。请写成 8:00。")


def _number(cell: Cell) -> int | None:
    if cell is None:
        return None
    found = re.fullmatch(r"(?:资料)?\s*(\d{1,6})(?:\.0)?", str(cell))
    if found is None:
        raise UserError(f"「{str(cell)[:20]}」不是资料编号。")
    return int(found[1])


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Unreadable):
        raise UserError(f"单元格 {cell.address} 是公式或错误值,请改成文字。")
    return f"{cell:%H:%M}" if isinstance(cell, time) else str(cell).strip()
