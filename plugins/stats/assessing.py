"""What a secretary types for 考核: the scores and their evidence, and marks by hand."""

from bot.assessment import records, scheme, scoring, views
from bot.assessment.scoring import Assessment
from bot.branch import audit, rights
from bot.branch import service as branch
from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.core.errors import UserError
from bot.rendering.content import Attachment, Content
from bot.scheduling.reporting import read_span, split_span
from bot.stats import asking
from plugins.stats import schemes

commands = CommandSet("stats")
commands.keeps(records.kept_of, records.forget)

MINUTES = 30.0
HERE = "考核已私聊发给您。"


@commands.command(
    "考核",
    who=Who.LEADER,
    usage="考核 [三季度] [支部] · 考核 打分 <编号> <分数> <理由> · 考核 导出 [三季度] · 考核 方案",
    example="考核 三季度",
    summary="按支部自己的指标打分,每一分都能看依据;「考核 方案」看和改指标,「考核 模板」是指标的表格",
    led_by=r"[^推]{2,16}",
)
async def assess(call: Call) -> Reply:
    """Privately always: it is no ranking and no publication."""
    word, _, rest = call.args.partition(" ")
    if word in _PARTS:
        return await _PARTS[word](call, rest.strip())
    found = await _assessed(call, call.args)
    payload: dict[str, object] = {"branch": found.branch.id, "span": asking.kept(found.stretch)}
    numbers = tuple(str(one.indicator.no) for one in found.scores)
    text = Content.of(views.assessment(found))
    return Ask(text, "stats.evidence", payload, numbers, MINUTES, privately=True, here=HERE)


async def _assessed(call: Call, words: str) -> Assessment:
    async with call.app.database.reading() as uow:
        stretch, name = asking.read(words, branch.today(uow), "本季度")
        return await scoring.assess(uow, await asking.whose(uow, call.actor, name), stretch)


@commands.answer("evidence")
async def evidence(call: Call) -> Reply:
    span = call.payload["span"]
    assert isinstance(span, list)
    async with call.app.database.reading() as uow:
        here = await branch.get(uow, int(str(call.payload["branch"])))
        await rights.need_leader(uow, call.actor, here)
        found = await scoring.assess(uow, here, asking.restore(span, branch.today(uow)))
    score = next(one for one in found.scores if one.indicator.no == int(call.args))
    payload, numbers = call.payload, tuple(str(one.indicator.no) for one in found.scores)
    return Ask(
        Content.of(views.evidence(score)), "stats.evidence", payload, numbers, MINUTES, privately=True, here=HERE
    )


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


async def _export(call: Call, rest: str) -> Reply:
    found = await _assessed(call, rest)
    data = await views.table(found)
    async with call.app.database.unit_of_work() as uow:
        about, days = f"branch:{found.branch.id}", asking.kept(found.stretch)[:2]
        await audit.record(uow, call.actor, "assessment.export", about, detail={"days": days})
    name = f"{found.branch.name}{asking.label(found.stretch)}考核.xlsx"
    return Say(Content.of(Attachment(sha256=await call.app.media.put(data), name=name)), privately=True, here=HERE)


_PARTS = {"打分": _mark, "导出": _export} | schemes.PARTS

commands.undo("assessment.mark")(scoring.unmark)
