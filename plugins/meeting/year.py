"""What people type about the meetings of a year: what there is, what lacks, the plan."""

import re
from datetime import date

from bot.branch import service as branch
from bot.branch.actor import LEADERS
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import numbered
from bot.core.errors import NotAllowed, UserError
from bot.meeting import circle, views_year, yearly
from bot.meeting.duties import Planned
from bot.rendering.content import Content
from bot.scheduling.moments import read_day
from bot.scheduling.words import normalise

commands = CommandSet("meeting")

_YEAR = re.compile(r"(?:(20\d\d)年?|(今年)|(去年)|(明年))")
_PLAN = re.compile(r"^计划\s*(?P<what>改|删)?\s*(?P<rest>.*)$", re.DOTALL)


@commands.command(
    "三会一课",
    who=Who.MEMBER,
    usage="三会一课 [年份] [下级] · 三会一课 计划 [年份] · 三会一课 计划 改 <编号> <日期> · 三会一课 计划 删 <编号>",
    example="三会一课 计划 2027",
    summary="这一年开了哪些会、还缺哪些;排一年的计划",
)
async def year(call: Call) -> Reply:
    words = call.args.strip()
    if found := _PLAN.match(words):
        rest = found["rest"].strip()
        return await (_replan(call, found["what"], rest) if found["what"] else _plan(call, rest))
    async with call.app.database.reading() as uow:
        today = branch.today(uow)
        actor = await circle.here(uow, call.actor)
        which, rest = _split_year(words, today)
        above = not rest and await circle.is_above(uow, actor)
        if above or rest in ("下级", "全部", "各支部", "所有支部"):
            if not actor.may(LEADERS):
                raise NotAllowed("看下级支部的情况由书记来做。")
            return views_year.below(await yearly.standings_below(uow, actor.branch, which), today)
        if rest:
            raise UserError("没看懂。可以发「三会一课」「三会一课 2025」「三会一课 下级」「三会一课 计划」。")
        return views_year.standing(await yearly.standing(uow, actor.branch, which), today)


def _said_year(words: str, today: date) -> int | None:
    found = _YEAR.search(words)
    if found is None:
        return None
    return int(found[1]) if found[1] else today.year + (bool(found[4]) - bool(found[3]))


def _split_year(words: str, today: date) -> tuple[int, str]:
    """(the year that is said, else this one, the other words)."""
    return _said_year(words, today) or today.year, _YEAR.sub("", words, count=1).strip()


async def _replan(call: Call, what: str, rest: str) -> Reply:
    no, words = numbered(rest, "计划里", "三会一课 计划 改 3 5月12日")
    async with call.app.database.unit_of_work() as uow:
        today = branch.today(uow)
        year = _said_year(words, today)
        if year is None:
            year = await yearly.planned_year(uow, (await circle.here(uow, call.actor)).branch)
        day = None if what == "删" else _day(words, max(today, date(year, 1, 1)))
        line = await yearly.replan(uow, call.actor, day.year if day else year, no, day)
    return views_year.replanned(line, day)


async def _plan(call: Call, rest: str) -> Reply:
    async with call.app.database.reading() as uow:
        which, _ = _split_year(rest, branch.today(uow))
        stored = await yearly.plan(uow, (await circle.here(uow, call.actor)).branch, which)
        if stored and "重排" not in rest:
            return views_year.stored(which, stored)
        here = await circle.convening(uow, call.actor)
        planned = await yearly.proposed(uow, here.branch, which, call.app.calendar)
    if not planned:
        return f"{which}年没有还要排的会。"
    text = views_year.proposed(which, planned, call.app.calendar.caveat_of(date(which, 12, 31)))
    payload: dict[str, object] = {"year": which, "lines": [[one.kind, one.day.isoformat()] for one in planned]}
    return Ask(Content.of(text), "meeting.plan", payload, minutes=10)


def _day(words: str, today: date) -> date:
    day = read_day(normalise(words), today) if words else None
    if day is None:
        raise UserError("没看懂日期,请写成「5月12日」这样。")
    return day


@commands.answer("plan")
async def adopted(call: Call) -> Reply:
    lines = call.payload["lines"]
    assert isinstance(lines, list)
    planned = [Planned(str(kind), date.fromisoformat(str(day))) for kind, day in lines]
    which = int(str(call.payload["year"]))
    async with call.app.database.unit_of_work() as uow:
        count = await yearly.adopt(uow, call.actor, which, planned)
    return f"已存为{which}年计划,共 {count} 次。要改发「三会一课 计划 改 编号 日期」。"
