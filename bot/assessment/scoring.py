"""Use cases of 考核: every indicator of a branch over some days from the records, with what the points rest on."""

from dataclasses import dataclass
from datetime import date

from bot.assessment import repository, rules, scheme
from bot.assessment.models import Mark
from bot.assessment.rules import Indicator, Per, Scheme, What
from bot.branch import audit, rights, undo
from bot.branch.actor import Actor
from bot.branch.models import Branch
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.discussion import records as discussion
from bot.hours.rules import shown
from bot.meeting import tasks, yearly
from bot.meeting.duties import Duty
from bot.meeting.yearly import Standing
from bot.notice import figures as notice
from bot.scheduling.reporting import Span
from bot.stats import people
from bot.stats.asking import Stretch, bounds, stretch
from bot.stats.overview import Alone, alone
from bot.stats.rules import share

REASON = 200


@dataclass(frozen=True)
class Score:
    """``tenths`` of a point, None where there was nothing to measure; ``said`` is the measure in words, ``gaps`` what
    lacks, ``evidence`` the lines that it was counted from."""

    indicator: Indicator
    tenths: int | None
    said: str
    gaps: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assessment:
    """``before`` are the tenths of the whole period before by name, where they could be measured."""

    branch: Branch
    stretch: Stretch
    scheme: Scheme
    scores: tuple[Score, ...]
    before: dict[str, int]

    @property
    def total(self) -> int:
        return sum(one.tenths for one in self.scores if one.tenths is not None)

    @property
    def most(self) -> int:
        """Points of what could be measured."""
        return sum(one.indicator.weight for one in self.scores if one.tenths is not None)


async def assess(uow: UnitOfWork, here: Branch, wanted: Stretch) -> Assessment:
    used = await scheme.in_force(uow, here)
    scores = await _scores(uow, here, wanted, used)
    whole = wanted.span.before()
    before = await _scores(uow, here, stretch(whole, whole.last), used)
    known = {one.indicator.name: one.tenths for one in before if one.tenths is not None}
    return Assessment(here, wanted, used, tuple(scores), known)


async def _scores(uow: UnitOfWork, here: Branch, wanted: Stretch, used: Scheme) -> list[Score]:
    scores = []
    known: dict[Per, tuple[Alone, dict[str, Mark]]] = {}
    for one in used.indicators:
        if one.per not in known:
            days = over(one, wanted)
            marks = await repository.marks(uow, here.id, days.span.first, days.span.last)
            known[one.per] = await alone(uow, here, days), marks
        found, given = known[one.per]
        scores.append(await _score(uow, found, one, given.get(one.name)))
    return scores


def over(one: Indicator, wanted: Stretch) -> Stretch:
    """The days over which an indicator is measured where these are asked for."""
    if one.per is Per.ASKED:
        return wanted
    year = wanted.until.year
    return stretch(Span(date(year, 1, 1), date(year, 12, 31), f"{year}年"), wanted.until)


async def _score(uow: UnitOfWork, found: Alone, one: Indicator, mark: Mark | None) -> Score:
    now = found.now
    match one.what:
        case What.COMPLETION:
            lines = [f"学习 {x.no}《{x.title}》{x.count.done}/{x.count.counted}" for x in found.lines]
            lines += [f"{x.name} {x.study.done}/{x.study.counted}" for x in found.below if x.study.readings]
            return _share(one, now.study.done, now.study.counted, "人次", lines)
        case What.HOURS:
            asked = await people.requirements(uow, found.branch, found.stretch)
            lines = [
                f"{x.person.name}:{shown(x.have)}/{shown(x.need)}" + (f",差 {shown(x.short)}" if x.short else "")
                for x in asked
            ]
            return _share(one, sum(not x.short for x in asked), len(asked), "人", lines)
        case What.RECEIPTS:
            lines = [f"{x} {given}/{wanted}" for x, given, wanted in await _notices(uow, found)]
            return _share(one, now.given, now.wanted, "次", lines)
        case What.MEETINGS:
            return await _meetings(uow, found, one)
        case What.TASKS:
            return await _tasks(uow, found, one)
        case What.DISCUSSIONS:
            days = bounds(found.stretch.span.first, found.stretch.until)
            held = await discussion.held(uow, found.branch.path, *days)
            lines = [f"讨论 {no}「{title}」{at:%m-%d},{people} 人发言" for no, title, at, people in held]
            gap = () if now.discussions >= one.target else (f"讨论还差 {one.target - now.discussions} 场",)
            return Score(one, rules.tenths(one, now.discussions, 1), f"{now.discussions} 场", gap, tuple(lines))
        case What.NOTICES:
            gap = () if now.notices >= one.target else (f"公开还差 {one.target - now.notices} 件",)
            lines = [x for x, _, _ in await _notices(uow, found)]
            return Score(one, rules.tenths(one, now.notices, 1), f"{now.notices} 件", gap, tuple(lines))
        case What.HAND:
            if mark is None:
                return Score(one, None, "还没打分")
            points = min(mark.tenths, one.weight * 10)
            return Score(one, points, mark.reason, (), (f"{mark.by_name}打分,理由:{mark.reason}",))


async def _notices(uow: UnitOfWork, found: Alone) -> list[tuple[str, int, int]]:
    """(what it is called, receipts given, receipts that count) of the notices of these days."""
    days = bounds(found.stretch.span.first, found.stretch.until)
    return [
        (
            f"公告 {one.no}「{one.title}」" + ("" if one.branch == found.branch.name else f"({one.branch})"),
            one.given,
            one.wanted,
        )
        for one in await notice.listed(uow, found.branch.path, *days)
    ]


def _share(one: Indicator, done: int, of: int, unit: str, lines: list[str]) -> Score:
    if of == 0:
        return Score(one, None, "没有记录")
    gap = () if done * 100 >= one.target * of else (f"{one.name} {share(done, of)},目标 {one.target}%",)
    return Score(one, rules.tenths(one, done, of), f"{share(done, of)}({done}/{of} {unit})", gap, tuple(lines))


async def _meetings(uow: UnitOfWork, found: Alone, one: Indicator) -> Score:
    """Of the stretches that end in these days, and have begun, those that were met."""
    first, until = found.stretch.span.first, found.stretch.until
    standings: list[Standing] = []
    for year in range(first.year, until.year + 1):
        if found.below:
            standings += await yearly.standings_below(uow, found.branch.id, year)
        else:
            standings.append(await yearly.standing(uow, found.branch.id, year))
    done = of = 0
    gaps: list[str] = []
    lines: list[str] = []
    for each in standings:
        whose = f"{each.branch.name} " if found.below else ""
        for duty in each.duties:
            met, wanted, lacking = within(duty, first, found.stretch.span.last, until)
            done, of = done + met, of + wanted
            if wanted:
                lines.append(f"{whose}{duty.kind.name} {met}/{wanted}")
            gaps += [f"{whose}缺{label}{duty.kind.name}" for label in lacking]
    if of == 0:
        return Score(one, None, "没有要求")
    return Score(one, rules.tenths(one, done, of), f"{done}/{of}", tuple(gaps), tuple(lines))


async def _tasks(uow: UnitOfWork, found: Alone, one: Indicator) -> Score:
    """How far the goals and tasks are on the average that are due in these days; those still to come as well."""
    first, last = found.stretch.span.first, found.stretch.span.last
    due = await tasks.due_in(uow, found.branch, first, last)
    if not due:
        return Score(one, None, "没有记录")
    of, done = len(due), sum(task.percent for task, _ in due)
    lines = tuple(f"{whose} {tasks.line(task)}".strip() for task, whose in due)
    late = tuple(
        f"{whose} {tasks.name(task)} {task.percent}%".strip()
        for task, whose in due
        if task.percent < 100 and task.due is not None and task.due <= found.stretch.until
    )
    return Score(one, rules.tenths(one, done, of * 100), f"{share(done, of * 100)}({of} 项)", late, lines)


def within(duty: Duty, first: date, last: date, until: date) -> tuple[int, int, list[str]]:
    """(met, asked for, what lacks) of the stretches of a duty that end within these days and have begun."""
    here = [one for one in duty.stretches if first <= one.last <= last and one.first <= until]
    lacking = [one.label for one in here if one not in duty.met]
    return len(here) - len(lacking), len(here), lacking


async def mark(uow: UnitOfWork, actor: Actor, here: Branch, wanted: Stretch, no: int, points: str, reason: str) -> Mark:
    """Give an indicator that is marked by hand its points, with a reason; a second time changes it. Raises
    ``NotAllowed``, ``NotFound`` or ``UserError``."""
    await rights.need_leader(uow, actor, here)
    one = scheme.numbered(await scheme.in_force(uow, here), no)
    if one.what is not What.HAND:
        raise UserError(f"「{one.name}」由记录算出,不能手工打分。")
    reason = " ".join(reason.split())
    if not 2 <= len(reason) <= REASON:
        raise UserError(f"请写打分的理由(2 到 {REASON} 字),比如:考核 打分 {no} 8 组织志愿服务两次")
    tenths = rules.read_points(points, one.weight)
    days = over(one, wanted).span
    given = (await repository.marks(uow, here.id, days.first, days.last)).get(one.name)
    before = None if given is None else [given.tenths, given.reason]
    if given is None:
        given = Mark(branch_id=here.id, name=one.name, first=days.first, last=days.last)
        uow.session.add(given)
    given.tenths, given.reason, given.by_name, given.at = tenths, reason, actor.name[:40], uow.now
    await uow.session.flush()
    detail = {"indicator": one.name, "tenths": tenths}
    await audit.record(uow, actor, "assessment.mark", f"branch:{here.id}", reason, detail, branch_id=here.id)
    payload = {"mark": given.id, "before": before}
    await undo.remember(uow, actor, "assessment.mark", payload, f"考核打分「{one.name}」")
    return given


async def unmark(uow: UnitOfWork, actor: Actor, payload: undo.Payload) -> None:
    """Undo ``mark``. Raises ``UserError`` if it is gone."""
    found = await uow.session.get(Mark, int(payload["mark"]))
    if found is None:
        raise UserError("这次打分已经不在了。")
    if payload["before"] is None:
        await uow.session.delete(found)
    else:
        found.tenths, found.reason = payload["before"]
