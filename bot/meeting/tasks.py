"""Use cases of goals of the year and of tasks from resolutions: set, report, ask how far, be reminded."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.branch import audit, telling
from bot.branch import service as branch
from bot.branch.actor import COMMITTEE, Actor
from bot.branch.models import Branch
from bot.core.db import UnitOfWork
from bot.core.errors import NotAllowed, NotFound, UserError
from bot.meeting import circle, repository
from bot.meeting.models import Task, TaskKind
from bot.scheduling.words import WEEKDAYS

ORIGIN = "meeting.task"
TEXT, NOTE = 500, 200
SOON = timedelta(days=3)
"""How long before its day somebody is reminded, once; and once more on the day after it."""

_PERCENT = re.compile(r"(?:进度\s*)?(\d{1,3})\s*%")
_DONE = re.compile(r"^(?:已?完成|办结|做完了)")
_MEASURE = re.compile(r"[\s,;]*(?:指标|标准)\s*:\s*(?P<measure>.+)$", re.DOTALL)
_WHO = re.compile(
    r"(?:(?:^|[\s,;]+)(?:负责人?|责任人)|[\s,;]*由)\s*:?\s*(?P<name>[^\s,;]+?)(?:同志)?(?:负责|牵头)?(?=[\s,;]|$)"
)


@dataclass(frozen=True)
class Report:
    """How far something is: ``percent``, and what is said about it."""

    percent: int
    note: str


def read_report(text: str) -> Report:
    """「进度 60% 已走访 12 户」, 「完成」. Raises ``UserError``."""
    text = unicodedata.normalize("NFKC", text).strip()
    if found := _DONE.match(text):
        return Report(100, text[found.end() :].strip(" ,。")[:NOTE])
    percent = _PERCENT.search(text)
    if percent is None or int(percent[1]) > 100:
        raise UserError("请写到了百分之几,比如「进度 60% 已走访 12 户」,做完了写「完成」。")
    note = (text[: percent.start()] + text[percent.end() :]).strip(" ,。")
    return Report(int(percent[1]), note[:NOTE])


def split_goal(text: str) -> tuple[str, str, str]:
    """(what, the name of who is responsible, the measure) of 「走访老党员 负责 张三 指标:每季度一次」."""
    text, measure = unicodedata.normalize("NFKC", text), ""
    if found := _MEASURE.search(text):
        text, measure = text[: found.start()], found["measure"].strip()[:NOTE]
    name = ""
    if found := _WHO.search(text):
        name = found["name"]
        text = f"{text[: found.start()]} {text[found.end() :]}"
    return " ".join(text.split()), name, measure


async def set_goal(
    uow: UnitOfWork, actor: Actor, text: str, measure: str, person: int | None, due: date | None
) -> Task:
    """Set a goal of the year for the member ``person``, until its end where no day is said.

    Raises ``UserError``, ``NotAllowed``.
    """
    actor = await circle.convening(uow, actor)
    if not text or len(text) > TEXT:
        raise UserError(f"请写目标是什么({TEXT} 字以内),比如:目标 新建 走访老党员 负责 张三 12月20日 指标:每季度一次")
    if person is None:
        raise UserError("请写谁负责,比如:目标 新建 走访老党员 负责 张三 12月20日")
    today = branch.today(uow)
    if due is not None and due < today:
        raise UserError("完成的日子已经过去了,请写一个以后的日子。")
    goal = Task(
        branch_id=actor.branch,
        kind=TaskKind.GOAL,
        no=await branch.next_number(uow, actor.branch, "goal"),
        text=text,
        measure=measure,
        member_id=person,
        due=due or date(today.year, 12, 31),
        created_at=uow.now,
    )
    uow.session.add(goal)
    await uow.session.flush()
    await audit.record(uow, actor, "goal.set", f"目标 {goal.no}")
    return goal


async def find(uow: UnitOfWork, actor: Actor, kind: TaskKind, no: int) -> Task:
    """Raises ``NotFound``."""
    found = await repository.task(uow, (await circle.here(uow, actor)).branch, kind, no)
    if found is None:
        word, where = ("目标", "目标") if kind is TaskKind.GOAL else ("任务", "我的任务")
        raise NotFound(f"没有{word} {no}。发「{where}」看看有哪些。")
    return found


async def report(uow: UnitOfWork, actor: Actor, kind: TaskKind, no: int, said: Report) -> Task:
    """Say how far it is: the one who is responsible, or the committee. Raises ``NotFound``, ``NotAllowed``."""
    found = await find(uow, actor, kind, no)
    here = await circle.here(uow, actor)
    if actor.member_id != found.member_id and not here.may(COMMITTEE):
        raise NotAllowed("进度由负责的人或支委来报。")
    found.percent, found.note = said.percent, said.note
    found.done_at = uow.now if said.percent == 100 else None
    await audit.record(uow, actor, "task.report", f"{kind} {no}", detail={"percent": said.percent})
    return found


async def drop(uow: UnitOfWork, actor: Actor, no: int) -> Task:
    """A goal that isn't one any more. Raises ``NotFound``, ``NotAllowed``."""
    await circle.convening(uow, actor)
    found = await find(uow, actor, TaskKind.GOAL, no)
    found.dropped = True
    await audit.record(uow, actor, "goal.drop", f"目标 {no}")
    return found


async def goals(uow: UnitOfWork, actor: Actor) -> tuple[Sequence[Task], dict[int, str]]:
    """(this year's goals of the branch, the names of those responsible)."""
    here = await circle.here(uow, actor)
    found = await repository.tasks(uow, here.branch, TaskKind.GOAL, branch.today(uow).year)
    names = {one.member_id: one.name for one in await branch.people(uow, [t.member_id for t in found if t.member_id])}
    return found, names


async def mine(uow: UnitOfWork, actor: Actor) -> Sequence[Task]:
    """What the speaker still has to see to."""
    return await repository.tasks_of(uow, actor.member_id) if actor.member_id is not None else []


async def due_in(uow: UnitOfWork, here: Branch, first: date, last: date) -> list[tuple[Task, str]]:
    """(a goal or task that is due in these days, whose it is) of a branch and those below; empty for its own."""
    found = await repository.due_below(uow, here.path, first, last)
    return [(task, "" if branch_id == here.id else name) for task, branch_id, name in found]


async def remind(uow: UnitOfWork) -> None:
    """Tell people privately of what is theirs and due: three days before, and once when its day has gone by."""
    today = branch.today(uow)
    found = [*await repository.due_between(uow, today, today + SOON)]
    found += await repository.due_between(uow, today - timedelta(days=7), today - timedelta(days=1))
    people = {one.member_id: one for one in await branch.people(uow, [t.member_id for t in found if t.member_id])}
    for task in found:
        reader = people.get(task.member_id or 0)
        if reader is None or reader.account is None or task.due is None:
            continue
        over = task.due < today
        key = f"meeting-task:{task.id}:{task.due:%Y%m%d}:{'over' if over else 'soon'}"
        target = telling.private(reader.account, "")
        await telling.tell(uow, task.branch_id, target, reminder(task, over=over), key, f"{ORIGIN}:{task.id}")


def name(task: Task) -> str:
    """「目标 2」"""
    return f"{'目标' if task.kind == TaskKind.GOAL else '任务'} {task.no}"


def reminder(task: Task, *, over: bool) -> str:
    what, when = f"{name(task)}「{task.text[:60]}」", f"{task.due.month}月{task.due.day}日" if task.due else ""
    how = f"有进展回「{name(task)} 进度 60% 说明」,做完了回「{name(task)} 完成」。"
    return f"{what}定的是{when},已经过了。\n{how}" if over else f"提醒您:{what}{when}到期。\n{how}"


def line(task: Task, person: str = "") -> str:
    """One of them as it is listed. What its own words say already isn't said again."""
    who = f"({person})" if person and person not in task.text[:80] else ""
    day = f"{task.due.month}月{task.due.day}日" if task.due else ""
    due = f",{day}(周{WEEKDAYS[task.due.weekday()]})前" if task.due and day not in task.text[:80] else ""
    note = f",{task.note}" if task.note else ""
    return f"{name(task)}:{task.text[:80]}{who}{due},{task.percent}%{note}"
