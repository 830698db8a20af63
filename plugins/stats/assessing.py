"""What a secretary types for 考核: the scores and their evidence, marks by hand, the branch's own scheme."""

from bot.assessment import rules, scheme, scoring, views
from bot.branch import service as branch
from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.core.errors import UserError
from bot.rendering.content import Content
from bot.scheduling.reporting import read_span, split_span
from bot.sources import workbook
from bot.stats import asking

commands = CommandSet("stats")

MINUTES = 30.0
HERE = "考核已私聊发给您。"
XLSX = "请把考核表(.xlsx)发给我。第一行写:指标、依据、分值、目标、说明,下面一行一个指标。"


@commands.command(
    "考核",
    who=Who.LEADER,
    usage="考核 [2026三季度] [支部]",
    example="考核 三季度",
    summary="按支部自己的指标打分,每一分都能看依据;「考核 方案」看和改指标",
    led_by=r"[^推]{2,16}",
)
async def assess(call: Call) -> Reply:
    """Privately always: it is no ranking and no publication."""
    word, _, rest = call.args.partition(" ")
    if word in _PARTS:
        return await _PARTS[word](call, rest.strip())
    async with call.app.database.reading() as uow:
        stretch, name = asking.read(call.args, branch.today(uow), "本季度")
        here = await asking.whose(uow, call.actor, name)
        found = await scoring.assess(uow, here, stretch)
    payload: dict[str, object] = {"branch": here.id, "span": asking.kept(stretch)}
    numbers = tuple(str(one.indicator.no) for one in found.scores)
    text = Content.of(views.assessment(found))
    return Ask(text, "stats.evidence", payload, numbers, MINUTES, privately=True, here=HERE)


@commands.answer("evidence")
async def evidence(call: Call) -> Reply:
    span = call.payload["span"]
    assert isinstance(span, list)
    async with call.app.database.reading() as uow:
        here = await asking.led(uow, call.actor, int(str(call.payload["branch"])))
        found = await scoring.assess(uow, here, asking.restore(span, branch.today(uow)))
    score = next(one for one in found.scores if one.indicator.no == int(call.args))
    payload, numbers = call.payload, tuple(str(one.indicator.no) for one in found.scores)
    return Ask(
        Content.of(views.evidence(score)), "stats.evidence", payload, numbers, MINUTES, privately=True, here=HERE
    )


async def _scheme(call: Call, rest: str) -> Reply:
    async with call.app.database.reading() as uow:
        here = await asking.whose(uow, call.actor, rest)
        return Say(Content.of(views.scheme(await scheme.in_force(uow, here))), privately=True, here=HERE)


async def _mark(call: Call, rest: str) -> Reply:
    words = rest.split(maxsplit=2)
    if len(words) < 3 or not words[0].isdecimal():
        raise UserError("请写指标编号、分数和理由,比如:考核 打分 6 8 组织志愿服务两次")
    async with call.app.database.unit_of_work() as uow:
        today = branch.today(uow)
        span, reason = split_span(words[2], today)
        stretch = asking.stretch(span or read_span("本季度", today), today)
        here = await branch.get(uow, call.actor.branch)
        given = await scoring.mark(uow, call.actor, here, stretch, int(words[0]), words[1], reason)
        one = scheme.numbered(await scheme.in_force(uow, here), int(words[0]))
        return views.marked(one, given.tenths)


async def _add(call: Call, rest: str) -> Reply:
    words = rest.split(maxsplit=4)
    if len(words) < 3:
        raise UserError(f"请写名称、依据、分值和目标,比如:{views.FORM}。依据可以写:{rules.FORMULAS}。")
    new = rules.indicator(0, words[0], words[1], words[2], words[3] if len(words) > 3 else "", "".join(words[4:]))
    async with call.app.database.unit_of_work() as uow:
        return views.scheme(await scheme.add(uow, call.actor, new))


async def _remove(call: Call, rest: str) -> Reply:
    if not rest.isdecimal():
        raise UserError("请写指标编号,比如:考核 删 3")
    async with call.app.database.unit_of_work() as uow:
        return f"已删去「{await scheme.remove(uow, call.actor, int(rest))}」。删错了发「撤销」。"


async def _restore(call: Call, rest: str) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        await scheme.replace(uow, call.actor, [])
    return "已用回上级或现成的考核方案。要回到刚才的,发「撤销」。"


async def _import(call: Call, rest: str) -> Reply:
    handed = call.message.files
    if not handed and (answered := await call.answered()) is not None:
        handed = answered.files
    if not handed:
        return Ask(Content.of(XLSX), "stats.scheme_file", {}, choices=(), minutes=10)
    if not handed[0].name.lower().endswith(".xlsx"):
        raise UserError("考核表要 .xlsx 格式。请用 Excel 或 WPS 另存为 .xlsx,再发「考核 导入」。")
    rows = await workbook.read_rows(await call.download(handed[0], workbook.LARGEST), formulas=True)
    found, wrong = rules.parse(rows)
    if wrong:
        more = f"\n…… 共 {len(wrong)} 处" if len(wrong) > 8 else ""
        raise UserError("考核表有问题,没有导入:\n" + "\n".join(wrong[:8]) + more)
    async with call.app.database.unit_of_work() as uow:
        await scheme.replace(uow, call.actor, found)
        return views.scheme(await scheme.in_force(uow, await branch.get(uow, call.actor.branch)))


@commands.answer("scheme_file")
async def handed_over(call: Call) -> Reply:
    if not call.message.files:
        raise UserError("没有收到文件,没有导入。要导入请再发「考核 导入」,然后发 .xlsx 文件。")
    return await _import(call, "")


_PARTS = {
    "方案": _scheme,
    "指标": _scheme,
    "打分": _mark,
    "加": _add,
    "增加": _add,
    "删": _remove,
    "删除": _remove,
    "恢复": _restore,
    "导入": _import,
}

commands.undo("assessment.scheme")(scheme.put_back)
commands.undo("assessment.mark")(scoring.unmark)
