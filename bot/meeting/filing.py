"""The papers of meetings: minutes as a .docx in the usual form, the year's ledger as an .xlsx."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.clock import CHINA, to_local
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.meeting import attendance, circle, repository
from bot.meeting.kinds import kind
from bot.meeting.models import Meeting, Minutes, State, Task, TaskKind
from bot.meeting.rules import Person
from bot.meeting.sayings import span
from bot.meeting.writing_up import Written
from bot.rendering.documents import Block, Heading, Image, Paragraph, Table, document
from bot.rendering.sheets import Cell, Column, Sheet, workbook

_STATES = {State.CALLED: "待开", State.HELD: "已开", State.FAILED: "登记不够", State.CANCELLED: "取消"}
PHOTO = "照片"
"""What a picture without a name of its own is called; in the paper they are numbered."""
_PICTURES = (".png", ".jpg", ".jpeg")


@dataclass(frozen=True)
class Paper:
    name: str
    data: bytes


async def minutes(uow: UnitOfWork, found: Written, kept: Callable[[str], Awaitable[bytes]]) -> Paper:
    """The .docx of one meeting; ``kept`` gives the bytes of a file by its SHA-256."""
    meeting = found.meeting
    here = (await attendance.count(uow, meeting)).attendance
    of = await branch.get(uow, meeting.of_id)
    names = {one.member_id: one.name for one in here.present}
    chair = names.get(meeting.chair_id or 0) or (await _name(uow, meeting.chair_id))

    def listed(people: tuple[Person, ...]) -> str:
        return "、".join(f"{one.name}({one.reason})" if one.reason else one.name for one in people) or "无"

    day = to_local(meeting.starts_at)
    blocks: list[Block] = [
        Paragraph(f"时间:{day.year}年{span(meeting.starts_at, meeting.ends_at, meeting.starts_at)}", bold=True),
        Paragraph(f"地点:{meeting.place or '—'}", bold=True),
        Paragraph(f"主持人:{chair}", bold=True),
        Paragraph(f"记录人:{await _name(uow, found.minutes.author_id)}", bold=True),
        Paragraph(f"人数:应到 {here.expected} 人，实到 {len(here.present)} 人", bold=True),
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
        blocks += [Heading("决议和分工"), Table(("序号", "内容", "责任人", "完成时限"), rows, (1.4, 8.2, 3.2, 2.8))]
    pictures, others = _files(found.minutes)
    if others:
        blocks.append(Paragraph(f"附件:{'、'.join(others)}", bold=True))
    confirmed = "(主持人已确认)" if found.minutes.confirmed_at else "(待主持人确认)"
    signature = f"主持人签名：{' ' * 16}记录人签名：{' ' * 16}\n{of.name}{confirmed}\n{day:%Y年%-m月%-d日}"
    photos = [Image(await kept(sha256), name) for sha256, name in pictures]
    title = f"{of.name.removesuffix('支部') if meeting.kind.startswith('支部') else of.name}{meeting.kind}记录"
    data = await document(title, blocks, signature, photos)
    return Paper(f"会议{meeting.no}{meeting.kind}记录.docx", data)


def _files(minutes: Minutes) -> tuple[list[tuple[str, str]], list[str]]:
    """((SHA-256, caption) of its pictures, the names of its other files)."""
    pictures: list[tuple[str, str]] = []
    others: list[str] = []
    for sha256, name in json.loads(minutes.files):
        stem, _, ending = str(name).rpartition(".")
        if f".{ending.lower()}" in _PICTURES:
            pictures.append((sha256, f"{PHOTO} {len(pictures) + 1}" if stem == PHOTO else stem))
        else:
            others.append(name)
    return pictures, others


async def _name(uow: UnitOfWork, member_id: int | None) -> str:
    found = await branch.people(uow, [member_id]) if member_id is not None else []
    return found[0].name if found else "—"


async def ledger(uow: UnitOfWork, actor: Actor, year: int) -> Paper:
    """The .xlsx of a year: every meeting, what its resolutions have become, the goals. Raises ``UserError``."""
    here = await circle.convening(uow, actor)
    start, end = (datetime(each, 1, 1, tzinfo=CHINA) for each in (year, year + 1))
    found = await repository.between(uow, here.branch, start, end, tuple(State))
    if not found:
        raise UserError(f"{year}年还没有会议。")
    written = await repository.minutes_of(uow, [one.id for one in found])
    decided = [(one.no, task) for one in found for task in await repository.tasks_from(uow, one.id)]
    goals = await repository.tasks(uow, here.branch, TaskKind.GOAL, year)
    people = await branch.people(uow, [t.member_id for t in (*goals, *(t for _, t in decided)) if t.member_id])
    names = {one.member_id: one.name for one in people}
    sheets = [
        Sheet(f"{year}年会议", _MEETINGS, [await _row(uow, one, written.get(one.id)) for one in found]),
        Sheet("决议落实", _DECIDED, [(no, task.item, task.text, *_progress(task, names)) for no, task in decided]),
        Sheet("年度目标", _GOALS, [(task.no, task.text, task.measure, *_progress(task, names)) for task in goals]),
    ]
    return Paper(f"三会一课台账{year}.xlsx", await workbook(sheets))


_MEETINGS = [Column("编号", 8), Column("种类", 16), Column("时间", 18), Column("地点", 20), Column("议题", 40),
             Column("状态", 12), Column("应到", 8), Column("实到", 8), Column("请假", 8), Column("未到", 8),
             Column("迟到", 8), Column("早退", 8), Column("到会率", 10, percent=True), Column("记录", 12),
             Column("依据", 40)]  # fmt: skip
_PROGRESS = [Column("责任人", 12), Column("时限", 14), Column("进度", 10, percent=True), Column("说明", 30)]
_DECIDED = [Column("会议", 8), Column("序号", 8), Column("内容", 50), *_PROGRESS]
_GOALS = [Column("编号", 8), Column("目标", 50), Column("指标", 30), *_PROGRESS]


def _progress(task: Task, names: dict[int, str]) -> list[Cell]:
    return [names.get(task.member_id or 0, ""), task.due, task.percent / 100, task.note]


async def _row(uow: UnitOfWork, meeting: Meeting, paper: Minutes | None) -> list[Cell]:
    here = (await attendance.count(uow, meeting)).attendance
    written = "没有" if paper is None else "已确认" if paper.confirmed_at else "待确认"
    rate = len(here.present) / here.expected if here.expected else None
    return [
        meeting.no, meeting.kind, meeting.starts_at, meeting.place, meeting.agenda, _STATES[State(meeting.state)],
        here.expected, len(here.present), len(here.excused), len(here.absent), len(here.late), len(here.left), rate,
        written, kind(meeting.kind).source,
    ]  # fmt: skip
