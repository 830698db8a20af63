"""月报 and 季报: the figures of a month or a quarter as two pictures and a paper that can be handed upward as it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.branch.models import Branch
from bot.core.db import UnitOfWork
from bot.hours.models import Source
from bot.hours.rules import shown
from bot.rendering import cards
from bot.rendering.content import Attachment, Card, Content
from bot.rendering.documents import Block, Heading, Image, Paragraph, Table, document
from bot.scheduling.reporting import Span
from bot.stats import people, views
from bot.stats.asking import Stretch, label
from bot.stats.hours import Hours
from bot.stats.overview import Figures, Overview, figures, overview
from bot.stats.rules import each, percent, proofs, share

PERIODS = 6
"""Periods that the second picture compares, the reported one the last."""
PEOPLE = 300
"""Members that the paper lists; of larger ones the table has them all."""


@dataclass(frozen=True)
class Report:
    """``course`` are the figures of the periods before, oldest first, with the reported one at the end."""

    found: Overview
    people: list[Hours]
    course: list[tuple[Span, Figures]]


async def gather(uow: UnitOfWork, branch: Branch, wanted: Stretch) -> Report:
    spans: list[Span] = [wanted.span]
    while len(spans) < PERIODS:
        spans.insert(0, spans[0].before())
    found = await overview(uow, branch, wanted)
    course = [
        (span, found.before if span == wanted.before else await figures(uow, branch, span)) for span in spans[:-1]
    ]
    asked = await people.requirements(uow, branch, wanted)
    return Report(found, asked, [*course, (wanted.span, found.now)])


def is_something(report: Report) -> bool:
    """Whether anything happened that is worth a report."""
    now = report.found.now
    return bool(now.study.readings or now.halves or now.notices or now.discussions)


def title(found: Overview) -> str:
    """「2026年10月学习情况月报」; of other stretches 报告."""
    span = found.stretch.span
    months = (span.last.year - span.first.year) * 12 + span.last.month - span.first.month + 1
    whole = span.first.day == 1 and span.label.startswith(str(span.first.year)) and not found.stretch.running
    kind = {1: "月报", 3: "季报", 12: "年报"}.get(months, "报告") if whole else "报告"
    return f"{label(found.stretch)}学习情况{kind}"


def pictures(report: Report) -> list[Card]:
    """What the figures are, and how they came along."""
    return [views.card(report.found), _course(report)]


def _course(report: Report) -> Card:
    found, done = report.found, sum(not one.short for one in report.people)
    booked = found.now.booked
    parts = [f"{source.value} {shown(booked.get(source, 0))}" for source in (Source.TRAINING, Source.MANUAL)]
    tiles = [
        {"name": "学时达到要求", "value": share(done, len(report.people)), "note": f"{done}/{len(report.people)} 人"},
        {"name": "阅读学时", "value": shown(found.now.study.halves), "note": "按篇折算"},
        {"name": "会议学时", "value": shown(booked.get(Source.MEETING, 0)), "note": "、".join(parts)},
        {"name": "公告", "value": f"{found.now.notices} 件", "note": f"讨论 {found.now.discussions} 场"},
    ]
    bars = [
        {
            "no": "",
            "name": _period(span),
            "percent": percent(one.study.done, one.study.counted) or 0,
            "said": _said(one),
        }
        for span, one in report.course
    ]
    data: dict[str, object] = {
        "branch": found.branch.name,
        "label": f"{label(found.stretch)}学时和走势",
        "against": found.stretch.against,
        "tiles": tiles,
        "heading": "各期完成率和学时",
        "bars": bars,
        "more": "",
        "empty": "",
        "note": "应有学时按在册天数折算到这一期末,请假、免学的不算。",
    }
    return Card(template="stats", data=data, alt="")


def _said(now: Figures) -> str:
    return f"{share(now.study.done, now.study.counted)} 人均 {each(now.halves, now.people)} 学时"


def _period(span: Span) -> str:
    first, last = span.first, span.last
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months == 1:
        return f"{first.year}年{first.month}月"
    if months == 12 and first.month == 1:
        return f"{first.year}年"
    if months == 3 and first.month % 3 == 1:
        return f"{first.year}年{'一二三四'[first.month // 3]}季度"
    return f"{first.year}年{first.month}月—{last.year}年{last.month}月"


def content(report: Report, files: Sequence[tuple[str, str]]) -> Content:
    """What the secretary gets: the pictures, the figures in words, the ``files`` (SHA-256, ending)."""
    name = f"{report.found.branch.name}{title(report.found)}"
    attached = [Attachment(sha256=sha256, name=f"{name}.{kind}") for sha256, kind in files]
    return Content.of(*pictures(report), "\n".join(views.totals(report.found)), *attached)


HIGH = 15.0
"""What a picture takes in the .docx, in cm: the first fits below the figures in words."""


async def paper(report: Report) -> bytes:
    """The .docx: the figures in words, the pictures, the readings or branches, the hours of the members."""
    found = report.found
    blocks: list[Block] = [Paragraph(f"单位:{found.branch.name}", bold=True)]
    head, *lines = views.totals(found)
    blocks += [Heading("一、总体情况"), Paragraph(head), *(Paragraph(line) for line in lines)]
    for card in pictures(report):
        try:
            blocks.append(Image(await cards.draw(card), high=HIGH))
        except cards.CannotDraw:
            break  # no font: the words and tables say it all
    if found.below:
        blocks += [Heading("二、各支部"), _branches(found)]
    elif found.lines:
        blocks += [Heading("二、学习内容"), _readings(found)]
    else:
        blocks += [Heading("二、学习内容"), Paragraph("这段时间没有推送学习材料。")]
    blocks.append(Heading("三、党员学时"))
    if report.people:
        blocks.append(_people(report))
        if len(report.people) > PEOPLE:
            blocks.append(Paragraph(f"只列前 {PEOPLE} 人,全部 {len(report.people)} 人见表格。"))
    else:
        blocks.append(Paragraph("没有要求学时的党员。"))
    until = found.stretch.until
    signature = f"{found.branch.name}\n{until.year}年{until.month}月{until.day}日"
    return await document(title(found), blocks, signature)


def _readings(found: Overview) -> Table:
    asked = any(proofs(line) for line in found.lines)
    widths = (1.4, 6.4, 2.0, 1.8, 4.0) if asked else (1.4, 9.6, 2.4, 2.2)
    rows = [
        (
            str(line.no), line.title, f"{line.count.done}/{line.count.counted}",
            share(line.count.done, line.count.counted), *([proofs(line)] if asked else []),
        )
        for line in found.lines
    ]  # fmt: skip
    return Table(("编号", "标题", "完成", "完成率", *(["凭什么完成"] if asked else [])), rows, widths)


def _branches(found: Overview) -> Table:
    rows = [
        (
            one.name, str(one.people), str(one.study.readings), f"{one.study.done}/{one.study.counted}",
            share(one.study.done, one.study.counted), shown(one.halves),
        )
        for one in found.below
    ]  # fmt: skip
    return Table(("支部", "人数", "推送", "完成", "完成率", "学时"), rows, (5.6, 1.6, 1.6, 3.0, 1.9, 1.9))


def _people(report: Report) -> Table:
    rows = [
        (
            one.person.name, one.person.branch, f"{one.study.done}/{one.study.counted}", shown(one.have),
            shown(one.need),
        )
        for one in report.people[:PEOPLE]
    ]  # fmt: skip
    return Table(("姓名", "支部", "完成篇数", "学时", "应有学时"), rows, (3.6, 5.4, 2.2, 2.0, 2.4))
