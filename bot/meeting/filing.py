"""The papers of meetings: minutes as a .docx in the usual form, the year's ledger as an .xlsx."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.clock import CHINA, to_local
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.meeting import attendance, circle, repository
from bot.meeting.kinds import kind
from bot.meeting.models import Meeting, Minutes, State
from bot.meeting.rules import Person
from bot.meeting.sayings import span
from bot.meeting.writing_up import Written
from bot.rendering.documents import Block, Heading, Image, Paragraph, Table, document
from bot.rendering.sheets import Cell, Column, Sheet, workbook

_STATES = {State.CALLED: "待开", State.HELD: "已开", State.FAILED: "登记不够", State.CANCELLED: "取消"}
_PICTURES = (".png", ".jpg", ".jpeg")


@dataclass(frozen=True)
class Paper:
    name: str
    data: bytes


async def minutes(uow: UnitOfWork, found: Written, kept: Callable[[str], bytes]) -> Paper:
    """The .docx of one meeting; ``kept`` gives the bytes of a file by its SHA-256."""
    meeting = found.meeting
    here = (await attendance.count(uow, meeting)).attendance
    of = await branch.get(uow, meeting.of_id)
    names = {one.member_id: one.name for one in here.present}
    chair = names.get(meeting.chair_id or 0) or (await _name(uow, meeting.chair_id))

    def listed(people: tuple[Person, ...]) -> str:
        return "、".join(f"{one.name}({one.reason})" if one.reason else one.name for one in people) or "无"

    blocks: list[Block] = [
        Paragraph(f"时间:{span(meeting.starts_at, meeting.ends_at, meeting.starts_at)}", bold=True),
        Paragraph(f"地点:{meeting.place or '—'}", bold=True),
        Paragraph(f"主持人:{chair}", bold=True),
        Paragraph(f"记录人:{await _name(uow, found.minutes.author_id)}", bold=True),
        Paragraph(f"应到 {here.expected} 人,实到 {len(here.present)} 人", bold=False),
        Paragraph(f"到会:{'、'.join(one.name for one in here.present) or '无'}", bold=True),
        Paragraph(f"请假:{'、'.join(one.name for one in here.excused) or '无'}", bold=True),
        Paragraph(f"缺席:{'、'.join(one.name for one in here.absent) or '无'}", bold=True),
        Paragraph(f"迟到早退:{listed((*here.late, *(one for one in here.left if not one.late)))}", bold=True),
        Paragraph(f"列席:{listed(here.guests)}", bold=True),
        Paragraph(f"议题:{meeting.agenda or '—'}", bold=True),
        Heading("会议记录"),
        Paragraph(found.minutes.text),
    ]
    if found.resolutions:
        rows = [(str(r.no), r.text, r.person or "—", str(r.due or "—")) for r in found.resolutions]
        blocks += [Heading("决议和分工"), Table(("序号", "内容", "责任人", "完成时限"), rows)]
    for sha256, name in json.loads(found.minutes.files):
        if str(name).lower().endswith(_PICTURES):
            blocks.append(Image(kept(sha256), str(name)))
    confirmed = "(主持人已确认)" if found.minutes.confirmed_at else "(待主持人确认)"
    signature = f"{of.name}{confirmed}\n{to_local(meeting.starts_at):%Y年%-m月%-d日}"
    data = await document(f"{of.name}{meeting.kind}记录", blocks, signature)
    return Paper(f"会议{meeting.no}{meeting.kind}记录.docx", data)


async def _name(uow: UnitOfWork, member_id: int | None) -> str:
    found = await branch.people(uow, [member_id]) if member_id is not None else []
    return found[0].name if found else "—"


async def ledger(uow: UnitOfWork, actor: Actor, year: int) -> Paper:
    """The .xlsx of a year: every meeting, and what its resolutions have become. Raises ``UserError``."""
    here = await circle.convening(uow, actor)
    start, end = (datetime(each, 1, 1, tzinfo=CHINA) for each in (year, year + 1))
    found = await repository.between(uow, here.branch, start, end, tuple(State))
    if not found:
        raise UserError(f"{year}年还没有会议。")
    written = await repository.minutes_of(uow, [one.id for one in found])
    rows = [await _row(uow, one, written.get(one.id)) for one in found]
    columns = [Column("编号", 8), Column("种类", 16), Column("时间", 18), Column("地点", 20), Column("议题", 40),
               Column("状态", 12), Column("应到", 8), Column("实到", 8), Column("请假", 8), Column("迟到", 8),
               Column("到会率", 10, percent=True), Column("记录", 12), Column("依据", 40)]  # fmt: skip
    tasks = [
        (task.meeting_id, task.item, task.text, task.due, task.percent / 100, task.note, task.member_id)
        for one in found
        for task in await repository.tasks_from(uow, one.id)
    ]
    people = await branch.people(uow, [row[6] for row in tasks if row[6] is not None])
    names = {one.member_id: one.name for one in people}
    numbers = {one.id: one.no for one in found}
    decided = [
        (numbers[meeting or 0], item, text, names.get(who or 0, ""), due, percent, note)
        for meeting, item, text, due, percent, note, who in tasks
    ]
    sheets = [
        Sheet(f"{year}年会议", columns, rows),
        Sheet(
            "决议落实",
            [Column("会议", 8), Column("序号", 8), Column("内容", 50), Column("责任人", 12), Column("时限", 14),
             Column("进度", 10, percent=True), Column("说明", 30)],
            decided,
        ),
    ]  # fmt: skip
    return Paper(f"三会一课台账{year}.xlsx", await workbook(sheets))


async def _row(uow: UnitOfWork, meeting: Meeting, paper: Minutes | None) -> list[Cell]:
    here = (await attendance.count(uow, meeting)).attendance
    written = "没有" if paper is None else "已确认" if paper.confirmed_at else "待确认"
    rate = len(here.present) / here.expected if here.expected else None
    return [
        meeting.no, meeting.kind, meeting.starts_at, meeting.place, meeting.agenda, _STATES[State(meeting.state)],
        here.expected, len(here.present), len(here.excused), len(here.late), rate, written, kind(meeting.kind).source,
    ]  # fmt: skip
