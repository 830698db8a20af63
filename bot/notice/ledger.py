"""党务公开台账: what was made public, when, to whom, by whom approved, how long; searched, and filed as papers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.branch import service as branch
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.core.limits import short_enough
from bot.notice import categories, repository
from bot.notice.models import Scope, State
from bot.notice.rules import title
from bot.rendering.documents import Block, Paragraph, Table, document
from bot.rendering.sheets import Column, Sheet, workbook
from bot.textmining import segmenter

_YEAR = re.compile(r"(?P<year>20\d\d)年?")
_RELATIVE = {"今年": 0, "去年": -1, "前年": -2}


@dataclass(frozen=True)
class Query:
    """What is asked for: a category ("": all), a year (None: all), words that must stand in it."""

    category: str = ""
    year: int | None = None
    words: str = ""

    @property
    def said(self) -> str:
        year, words = f"{self.year}年" if self.year else "", f"「{self.words}」" if self.words else ""
        return f"{year}{self.category}{words}"


@dataclass(frozen=True)
class Entry:
    """One line of the ledger. ``until`` is the last day of a 公示, or the day it was filed or withdrawn."""

    no: int
    kind: str
    category: str
    title: str
    text: str
    published_at: datetime
    scope: str
    author: str
    approver: str
    until: date | None
    confirmed: int
    state: str
    result: str


def read(words: str, today: date) -> Query:
    """「党员发展 2026 转正」: whatever is no category and no year is searched for. Raises ``UserError``."""
    short_enough(words, "党务公开 党员发展 2026")
    category, year, rest = "", None, []
    for word in words.split():
        if word in categories.names():
            category = word
        elif match := _YEAR.fullmatch(word):
            year = int(match["year"])
        elif word in _RELATIVE:
            year = today.year + _RELATIVE[word]
        else:
            rest.append(word)
    return Query(category, year, " ".join(rest))


async def entries(uow: UnitOfWork, branch_id: int, query: Query) -> list[Entry]:
    """Oldest first."""
    ways = (
        [way for way in (query.words.split(), await segmenter.query_terms(query.words)) if way] if query.words else []
    )
    notices = await repository.published(uow, branch_id, query.category, query.year, ways)
    ids = [notice.id for notice in notices]
    standing = await repository.publicity_of(uow, ids)
    confirmed = await repository.receipt_counts(uow, ids)
    people = await repository.names_of(uow, {n.author_id for n in notices} | {n.approver_id for n in notices})
    found = []
    for notice in notices:
        shown = standing.get(notice.id)
        ended = to_local(notice.ended_at).date() if notice.ended_at is not None else None
        state = {State.WITHDRAWN: "已撤回", State.CLOSED: "已归档"}.get(State(notice.state), "公开中")
        assert notice.published_at is not None
        found.append(
            Entry(
                notice.no,
                "公示" if shown is not None else "公告",
                notice.category,
                title(notice.text),
                notice.text,
                notice.published_at,
                "本级和下级" if notice.scope == Scope.BELOW else "本支部",
                people.get(notice.author_id or 0, ""),
                people.get(notice.approver_id or 0, ""),
                shown.ends_on if shown is not None else ended,
                confirmed.get(notice.id, 0),
                state,
                shown.result if shown is not None else "",
            )
        )
    return found


def listed(found: Sequence[Entry], query: Query, most: int = 10) -> str:
    """The newest ones as lines for a chat."""
    if not found:
        return f"台账里没有{query.said or '公开过的内容'}。类别有:{'、'.join(categories.names())}。"
    head = f"党务公开台账{f' {query.said}' if query.said else ''}:{len(found)} 件"
    lines = [
        f"{one.no}. {to_local(one.published_at):%-m月%-d日} {one.title}({one.category},{one.state})"
        for one in reversed(found[-most:])
    ]
    more = f"只列最近 {most} 件,加上类别、年份或词可以再找。" if len(found) > most else ""
    return "\n".join([head, *lines, f"{more}要表格和文档,发「党务公开 导出」。"])


_COLUMNS = (
    Column("编号", 8),
    Column("方式", 8),
    Column("类别", 12),
    Column("公开内容", 60),
    Column("公开时间", 18),
    Column("公开范围", 12),
    Column("拟稿", 12),
    Column("审批", 12),
    Column("公开至", 14),
    Column("回执(人)", 10),
    Column("状态", 10),
    Column("公示结果", 40),
)


async def as_sheet(found: Sequence[Entry], query: Query) -> bytes:
    """The .xlsx: one line each, real dates. Raises ``UserError`` where there is nothing."""
    _some(found, query)
    rows = [
        (e.no, e.kind, e.category, e.text, e.published_at, e.scope, e.author, e.approver, e.until, e.confirmed, e.state,
         e.result)
        for e in found
    ]  # fmt: skip
    return await workbook([Sheet("党务公开台账", _COLUMNS, rows)])


_WIDTHS = (1.3, 2.2, 3.6, 2.6, 1.8, 2.6, 1.5)
"""Centimetres."""


async def as_document(uow: UnitOfWork, branch_id: int, found: Sequence[Entry], query: Query) -> bytes:
    """The .docx: a table to be filed, then every text in full."""
    _some(found, query)
    name, today = (await branch.get(uow, branch_id)).name, branch.today(uow)
    header = ("编号", "类别", "公开内容", "公开时间", "审批", "公开至", "回执")
    rows = [
        (
            str(e.no), e.category, e.title, f"{to_local(e.published_at):%Y-%m-%d}", e.approver or "—",
            f"{e.until:%Y-%m-%d}" if e.until else "长期", str(e.confirmed),
        )
        for e in found
    ]  # fmt: skip
    blocks: list[Block] = [Paragraph(f"单位:{name}", bold=True), Table(header, rows, _WIDTHS)]
    for entry in found:
        blocks.append(Paragraph(f"{entry.kind} {entry.no}:{entry.title}", bold=True))
        blocks.append(Paragraph(entry.text))
        if entry.result:
            blocks.append(Paragraph(f"公示结果:{entry.result}", bold=True))
    heading = f"{query.year}年党务公开台账" if query.year else "党务公开台账"
    return await document(heading, blocks, f"{name}\n{today:%Y年%-m月%-d日}")


def _some(found: Sequence[Entry], query: Query) -> None:
    if not found:
        raise UserError(f"没有{query.said}可以导出的内容。发「党务公开」看看有哪些。")
