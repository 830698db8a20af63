"""What a secretary types to see the figures of some days, and of which branch."""

from bot.branch import rights
from bot.branch import service as branch
from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.stats import asking, views
from bot.stats.overview import Overview, overview

commands = CommandSet("stats")

MINUTES = 30.0
"""How long a number answers an overview of branches."""


@commands.command(
    "统计",
    "学习统计",
    "支部统计",
    who=Who.COMMITTEE,
    usage="统计 [本周/上月/9月/三季度/今年] [支部]",
    example="统计 三季度",
    summary="看一段时间的完成率、学时、回执和讨论",
    led_by=r".{2,16}",
)
async def figures(call: Call) -> Reply:
    """Of one branch it is said where it was asked; what names the branches below, privately."""
    async with call.app.database.reading() as uow:
        stretch, name = asking.read(call.args, branch.today(uow))
        found = await overview(uow, await asking.whose(uow, call.actor, name), stretch)
    return _said(call, found)


def _said(call: Call, found: Overview) -> Reply:
    if not found.below:
        return Say(views.overview(found, in_group=call.actor.group_id is not None))
    numbered = {str(one.no): one.id for one in found.below if one.no}
    payload: dict[str, object] = {"branches": numbered, "span": asking.kept(found.stretch)}
    here = "统计已私聊发给您。"
    content = views.overview(found, in_group=False)
    return Ask(content, "stats.drill", payload, tuple(numbered), MINUTES, privately=True, here=here)


@commands.answer("drill")
async def drill(call: Call) -> Reply:
    numbered, span = call.payload["branches"], call.payload["span"]
    assert isinstance(numbered, dict)
    assert isinstance(span, list)
    async with call.app.database.reading() as uow:
        stretch = asking.restore(span, branch.today(uow))
        here = await branch.get(uow, int(numbered[call.args]))
        await rights.need_leader(uow, call.actor, here)
        found = await overview(uow, here, stretch)
    return _said(call, found)
