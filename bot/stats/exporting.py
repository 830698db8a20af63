"""导出: the figures of some days as an .xlsx, of a branch with those below it or of one member."""

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import timedelta

from bot.branch.models import Branch, Member
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.discussion import records as discussion
from bot.hours import repository as ledger
from bot.hours.models import Source
from bot.notice import figures as notice
from bot.rendering.sheets import Column, Row, Sheet, workbook
from bot.stats import people, repository
from bot.stats.asking import Stretch, bounds
from bot.stats.hours import AT_ONCE, Hours, in_batches
from bot.stats.overview import Overview
from bot.study import figures as study
from bot.study import figures_details
from bot.study.figures_details import Detail

_BOOKED = (Source.MEETING, Source.TRAINING, Source.MANUAL)
_PEOPLE = (
    Column("姓名", 14),
    Column("支部", 26),
    Column("类别", 12),
    Column("离开日期", 14),
    Column("应学篇数", 10),
    Column("完成篇数", 10),
    Column("其中补学", 10),
    Column("完成率", 10, percent=True),
    Column("阅读学时", 10),
    *(Column(f"{source.value}学时", 10) for source in _BOOKED),
    Column("学时合计", 10),
    Column("应有学时", 10),
    Column("还差学时", 10),
    Column("应回执", 10),
    Column("已回执", 10),
    Column("讨论发言", 10),
)
_READINGS = (
    Column("编号", 8),
    Column("标题", 50),
    Column("推送时间", 18),
    Column("截止日期", 14),
    Column("应学人数", 10),
    Column("完成人数", 10),
    Column("其中补学", 10),
    Column("自愿完成", 10),
    Column("完成率", 10, percent=True),
)
_DETAILS = (
    Column("学习编号", 10),
    Column("标题", 44),
    Column("推送时间", 18),
    Column("截止日期", 14),
    Column("支部", 26),
    Column("姓名", 14),
    Column("情况", 10),
    Column("完成时间", 18),
    Column("怎样登记", 14),
    Column("完成依据", 10),
)
_ENTRIES = (Column("日期", 14), Column("姓名", 14), Column("来源", 10), Column("学时", 8), Column("事项", 44))
_NOTICES = (
    Column("发布支部", 20),
    Column("编号", 8),
    Column("标题", 44),
    Column("公开时间", 18),
    Column("应回执", 10),
    Column("已回执", 10),
    Column("回执率", 10, percent=True),
)
_BRANCHES = (
    Column("支部", 30),
    Column("人数", 8),
    Column("推送篇数", 10),
    Column("应学人次", 10),
    Column("完成人次", 10),
    Column("完成率", 10, percent=True),
    Column("学时", 10),
    Column("应回执", 10),
    Column("已回执", 10),
)


def _part(done: int, of: int) -> float | None:
    return done / of if of else None


async def of_branch(uow: UnitOfWork, found: Overview) -> bytes:
    """The workbook of what an overview shows. The unit of work stays in use until it is written."""
    branch, stretch = found.branch, found.stretch
    first, last = stretch.span.first, stretch.until
    start, end = bounds(first, last)
    sheets = [Sheet("汇总", _PEOPLE, _people(uow, branch, stretch))]
    if found.below:
        sheets.append(Sheet("各支部", _BRANCHES, _branches(found)))
    lines = found.lines or await study.by_reading(uow, branch.path, start, end)
    by_proof = study.BY if any(line.by_proof for line in lines) else ()
    sheets.append(
        Sheet(
            "学习",
            (*_READINGS, *(Column(f"其中{name}", 10) for name in by_proof)),
            [
                (
                    line.no, line.title, line.pushed_at, to_local(line.due_at - timedelta(seconds=1)).date(),
                    line.count.counted, line.count.done, line.count.late, line.count.extra,
                    _part(line.count.done, line.count.counted), *(line.by_proof.get(name, 0) for name in by_proof),
                )
                for line in lines
            ],
        )
    )  # fmt: skip
    sheets.append(Sheet("完成明细", _DETAILS, _details(figures_details.details(uow, branch.path, start, end))))
    sheets.append(Sheet("学时台账", _ENTRIES, _entries(uow, branch.path, stretch)))
    listed = await notice.listed(uow, branch.path, start, end)
    rows = [
        (one.branch, one.no, one.title, one.at, one.wanted, one.given, _part(one.given, one.wanted)) for one in listed
    ]
    sheets.append(Sheet("公告", _NOTICES, rows))
    return await workbook(sheets)


async def of_member(uow: UnitOfWork, member: Member, stretch: Stretch) -> bytes:
    """The workbook of one member. Raises ``NotFound`` for days on which they didn't belong to any branch."""
    found = await people.record(uow, member, stretch)
    start, end = bounds(stretch.span.first, stretch.until)
    person = found.hours.person
    row = _person(found.hours, (found.wanted, found.given), found.voices)
    rows = await ledger.entries(uow, [member.id], stretch.span.first, stretch.until)
    sheets = [
        Sheet("概况", _PEOPLE, [row]),
        Sheet("学习", _DETAILS, map(_detail, await figures_details.details_of(uow, member.id, start, end))),
        Sheet("学时台账", _ENTRIES, [(one.day, person.name, one.source, one.halves / 2, one.note) for one in rows]),
    ]
    return await workbook(sheets)


async def _people(uow: UnitOfWork, branch: Branch, stretch: Stretch) -> AsyncIterator[Iterable[Row]]:
    first, last = stretch.span.first, stretch.until
    start, end = bounds(first, last)
    ids = await repository.ids(uow, branch.path, first, last)
    async for some in in_batches(uow, ids, first, last):
        theirs = [one.person.id for one in some]
        receipts = await notice.by_member(uow, theirs, start, end)
        voices = await discussion.by_member(uow, theirs, start, end)
        yield [_person(one, receipts.get(one.person.id, (0, 0)), voices.get(one.person.id, 0)) for one in some]


def _person(one: Hours, receipts: tuple[int, int], voices: int) -> Row:
    read = one.study
    return (
        one.person.name, one.person.branch, one.person.kind, one.person.left_on, read.counted, read.done, read.late,
        _part(read.done, read.counted), one.by_source.get(Source.READING, 0) / 2,
        *(one.by_source.get(source, 0) / 2 for source in _BOOKED),
        one.have / 2, one.need / 2, one.short / 2, *receipts, voices,
    )  # fmt: skip


async def _details(batches: AsyncIterator[Iterator[Detail]]) -> AsyncIterator[Iterable[Row]]:
    async for batch in batches:
        yield map(_detail, batch)


def _detail(one: Detail) -> Row:
    reading = one.reading
    return (
        reading.no, reading.title, reading.pushed_at, reading.last_day, one.branch, one.name, one.state, one.at,
        one.method, one.proof,
    )  # fmt: skip


async def _entries(uow: UnitOfWork, path: str, stretch: Stretch) -> AsyncIterator[Iterable[Row]]:
    ids = await repository.ids(uow, path, stretch.span.first, stretch.until)
    for at in range(0, len(ids), AT_ONCE):
        names = {person.id: person.name for person in await repository.people(uow, ids[at : at + AT_ONCE])}
        rows = await ledger.entries(uow, list(names), stretch.span.first, stretch.until)
        yield [(one.day, names[one.member_id], one.source, one.halves / 2, one.note) for one in rows]


def _branches(found: Overview) -> Iterator[Row]:
    for one in found.below:
        count = one.study
        yield (
            one.name, one.people, count.readings, count.counted, count.done, _part(count.done, count.counted),
            one.halves / 2, one.wanted, one.given,
        )  # fmt: skip
