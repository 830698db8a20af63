"""The file of one member at the end of a year: what they have read, where their hours come from, what was asked.

It is built from the same record that they and the committee read in the chat.
"""

from datetime import date

from bot.branch import retention
from bot.branch import service as branch
from bot.branch.models import Leave, Member
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.hours.rules import shown
from bot.rendering.documents import Block, Heading, Paragraph, Table, document
from bot.stats import people
from bot.stats.asking import Stretch, bounds, label
from bot.stats.people import Record
from bot.stats.people_views import sums
from bot.study import figures_details


async def of(uow: UnitOfWork, member: Member, stretch: Stretch) -> bytes:
    """The .docx. Raises ``NotFound`` for days on which the member didn't belong to any branch."""
    found = await people.record(uow, member, stretch)
    person = found.hours.person
    until = stretch.until
    blocks: list[Block] = [
        Paragraph(f"姓名:{person.name}", bold=True),
        Paragraph(f"支部:{person.branch}", bold=True),
        Paragraph(f"类别:{person.kind}{'、支委' if person.committee else ''}", bold=True),
        Heading("一、总体情况"),
        *(Paragraph(line) for line in sums(found)),
        Heading("二、学习记录"),
        *await _readings(uow, member, stretch),
        Heading("三、学时台账"),
        await _ledger(uow, member, found),
    ]
    away = (await branch.leaves_between(uow, [member.id], stretch.span.first, until)).get(member.id, [])
    if away:
        blocks += [Heading("四、不计入应学的"), *(Paragraph(_days(one)) for one in away)]
    signature = f"{person.branch}\n{until.year}年{until.month}月{until.day}日"
    return await document(f"{label(stretch)}党员学习档案", blocks, signature)


def _days(one: Leave) -> str:
    until = "起" if one.last_day == date.max else f" 至 {one.last_day:%Y-%m-%d}"
    return f"{one.first_day:%Y-%m-%d}{until} {'免学' if one.exempt else '请假'}"


async def _readings(uow: UnitOfWork, member: Member, stretch: Stretch) -> list[Block]:
    start, end = bounds(stretch.span.first, stretch.until)
    rows = [
        (
            f"{to_local(one.reading.pushed_at):%m-%d}",
            one.reading.title,
            one.state,
            f"{to_local(one.at):%m-%d %H:%M}" if one.at else "",
            one.method,
        )
        for one in await figures_details.details_of(uow, member.id, start, end)
    ]
    header = ("推送", "标题", "情况", "完成", "怎样登记")
    listed: list[Block] = [Table(header, rows, (1.6, 6.4, 1.8, 2.8, 3.0))] if rows else []
    kept_from = (await retention.kept_from(uow)).date()
    if stretch.span.first < kept_from:
        gone = f"{kept_from.year}年{kept_from.month}月以前的逐次记录已过保留期,只留合计,已算在总体情况里。"
        return [Paragraph(gone), *listed]
    return listed or [Paragraph("这段时间没有要学的。")]


async def _ledger(uow: UnitOfWork, member: Member, found: Record) -> Block:
    entries = await people.entries(uow, member, found.stretch)
    rows = [(f"{one.day:%Y-%m-%d}", one.source, shown(one.halves), one.note) for one in entries]
    header = ("日期", "来源", "学时", "事项")
    return Table(header, rows, (2.8, 2.0, 1.6, 9.2)) if rows else Paragraph("除阅读外没有登记学时。")
