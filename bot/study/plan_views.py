"""What people read about plans: what comes next, what was missed, when a series ends."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.errors import UserError
from bot.scheduling.quiet import QuietHours
from bot.scheduling.words import say_clock, say_moment
from bot.study.models import Plan, PlanState, Proof
from bot.study.plan_import import Item
from bot.study.plan_sheet import Problem
from bot.study.plans import Listed
from bot.study.rules import PROOFS
from bot.study.views import day
from bot.subscription.models import Source

SHOWN = 5
"""Rows of a sheet shown before it is imported."""
SHOWN_PROBLEMS = 10
EXAMPLE = "学习计划 新建 党章学习 每个工作日8点 资料 3-12"


def listed(plans: Sequence[Listed], now: datetime) -> str:
    if not plans:
        return f"还没有学习计划。比如:{EXAMPLE}"
    lines = []
    for one in plans:
        plan = one.plan
        when = f"下次 {say_moment(plan.next_at, now)}" if plan.next_at else "已暂停"
        missed = f",错过 {one.missed} 次" if one.missed else ""
        what = f"来源「{one.source}」" if one.source else f"还有 {one.left} 篇"
        lines.append(f"{plan.no}. {plan.name}:{when},{what}{missed}{by(plan)}")
    return "\n".join(lines)


def by(plan: Plan) -> str:
    """How the readings of a plan are completed, where that isn't by word."""
    return f",凭{PROOFS[Proof(plan.proof)]}完成" if plan.proof > Proof.WORD else ""


def no_questions(numbers: Sequence[int]) -> str:
    """Of what is to be completed by questions, these have none yet."""
    if not numbers:
        return ""
    listed = "、".join(map(str, numbers[:8])) + ("……" if len(numbers) > 8 else "")
    return f"\n注意:资料 {listed} 还没有题目,推送前请先「出题」或「导入题库」。"


def made(plan: Plan, rule: str, what: str, now: datetime, quiet: QuietHours, caveat: str) -> str:
    """``what`` it pushes: 「5 篇」."""
    assert plan.next_at is not None
    first = say_moment(plan.next_at, now)
    night = ""
    if quiet.covers(plan.next_at):
        night = f"\n这个时间在安静时段里,会等到 {say_clock(quiet.end)} 再发。"
    return (
        f"计划 {plan.no}「{plan.name}」已建立:{what},{rule},下次 {first}{by(plan)}。{caveat}{night}\n"
        f"要停发「学习计划 暂停 {plan.no}」。"
    )


def changed(plan: Plan, now: datetime) -> str:
    words = {PlanState.ACTIVE: "已恢复", PlanState.PAUSED: "已暂停", PlanState.ENDED: "已删除"}
    following = f",下次 {say_moment(plan.next_at, now)}" if plan.next_at else ""
    more = f"要接着发「学习计划 恢复 {plan.no}」。" if plan.state == PlanState.PAUSED else ""
    return f"计划 {plan.no}「{plan.name}」{words[PlanState(plan.state)]}{following}。{more}"


def missed(plan: Plan, moments: Sequence[datetime], new: int) -> str:
    """Told once to who looks after it: the bot wasn't there in time."""
    first, last = day(moments[0]), day(moments[-1])
    when = first if first == last else f"{first}至{last}"
    lost = f"计划 {plan.no}「{plan.name}」错过了 {new} 次推送({when}),已经过了补发时限,没有补发。"
    return f"{lost}\n要补发哪一篇,发「推送 资料 编号」。"


def not_pushed(plan: Plan, moment: datetime, error: UserError) -> str:
    return f"计划 {plan.no}「{plan.name}」{say_moment(moment, moment)}没有推送:{error}"


def fed_by(source: Source) -> str:
    return f"来源 {source.no}「{source.name}」的新文章"


def nothing_new(plan: Plan, source: Source, now: datetime, *, unreadable: bool) -> str:
    """The slot of a plan that nothing can be pushed in."""
    assert plan.next_at is not None
    why = "里没有新文章"
    if source.removed_at is not None:
        why = "已经退订"
    elif source.trouble:
        why = f":{source.trouble.partition(chr(10))[0].rstrip('。')}"
    elif unreadable:
        why = "最新的几篇都打不开"
    head = f"计划 {plan.no}「{plan.name}」{say_moment(plan.next_at, now)}没有可推送的"
    instead = f"要补一篇,发「学习计划 添加 {plan.no} 资料 编号」;不用了发「学习计划 删除 {plan.no}」。"
    return f"{head}:来源「{source.name}」{why}。\n{instead}"


def last_one_left(plan: Plan, next_at: datetime, now: datetime) -> str:
    return (
        f"计划 {plan.no}「{plan.name}」还剩最后 1 篇,{say_moment(next_at, now)}推送。\n"
        f"要接着学,发「学习计划 添加 {plan.no} 资料 编号」。"
    )


def plan_ended(plan: Plan, total: int) -> str:
    more = "要接着学,发「学习计划 新建 名称 每个工作日8点 资料 编号」。"
    return f"计划 {plan.no}「{plan.name}」的 {total} 篇都推送完了。\n{more}"


def import_preview(name: str, items: Sequence[Item], now: datetime, quiet: QuietHours) -> str:
    """The question before a plan is made from a sheet."""
    ordered = sorted(items, key=lambda item: item.at)
    lines = [f"计划「{name}」共 {len(items)} 篇:"]
    lines += [f"{say_moment(item.at, now)}《{item.title}》" for item in ordered[:SHOWN]]
    if len(items) > SHOWN:
        lines.append(f"…… 最后一篇 {say_moment(ordered[-1].at, now)}《{ordered[-1].title}》")
    if new := sum(item.new is not None for item in items):
        lines.append(f"其中 {new} 篇是新的,会放进资料库。")
    if night := sum(quiet.covers(item.at) for item in items):
        lines.append(f"有 {night} 篇在安静时段,会等到 {say_clock(quiet.end)} 再发。")
    return "\n".join([*lines, "回复「确认」建立,「取消」放弃。"])


def imported(plan: Plan, count: int, now: datetime) -> str:
    assert plan.next_at is not None
    first = say_moment(plan.next_at, now)
    return f"计划 {plan.no}「{plan.name}」已建立:{count} 篇,第一篇 {first}。\n要停发「学习计划 暂停 {plan.no}」。"


def refused(problems: Sequence[Problem]) -> str:
    """Nothing was imported, and why."""
    lines = [f"第 {problem.row} 行:{problem.reason}" for problem in problems[:SHOWN_PROBLEMS]]
    more = f"\n…… 共 {len(problems)} 处" if len(problems) > SHOWN_PROBLEMS else ""
    return f"表里有 {len(problems)} 处问题,一篇也没有导入:\n" + "\n".join(lines) + more + "\n改好后再发一次。"
