"""What a secretary types to get files: 导出 of a branch or of one member, and the report of a month."""

from bot.branch import audit
from bot.branch import people as roster
from bot.branch import service as branch
from bot.branch.roster import subject
from bot.chat.call import Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.rendering.content import Attachment, Content
from bot.stats import asking, exporting, report
from bot.stats.asking import Stretch, label
from bot.stats.overview import overview

commands = CommandSet("stats")


@commands.command(
    "导出",
    "导出统计",
    who=Who.COMMITTEE,
    usage="导出 [时间] [支部或姓名]",
    example="导出 三季度",
    summary="统计的表格;写姓名就是一个人的,只发给问的人",
)
async def export(call: Call) -> Reply:
    """Privately always, and on record."""
    async with call.app.database.reading() as uow:
        stretch, name = asking.read(call.args, branch.today(uow))
        if call.message.mentions or (name and await roster.is_named(uow, call.actor, name)):
            member = await roster.find(uow, call.actor, name, call.message.mentions)
            data = await exporting.of_member(uow, member, stretch)
            return await _sent(call, stretch, member.name, data, subject(member))
        here = await asking.whose(uow, call.actor, name)
        data = await exporting.of_branch(uow, await overview(uow, here, stretch))
    return await _sent(call, stretch, here.name, data, f"branch:{here.id}")


async def _sent(call: Call, stretch: Stretch, whose: str, data: bytes, about: str) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        await audit.record(uow, call.actor, "stats.export", about, detail={"days": asking.kept(stretch)[:2]})
    name = f"{whose}{label(stretch)}统计.xlsx"
    file = Attachment(sha256=await call.app.media.put(data), name=name)
    return Say(Content.of(file), privately=True, here="表格已私聊发给您。")


@commands.command(
    "月报",
    "季报",
    "年报",
    who=Who.COMMITTEE,
    usage="月报 [9月/三季度/去年] [支部]",
    example="月报 9月",
    summary="两张图、一份文档和一份表格,可以直接上报",
)
async def monthly(call: Call) -> Reply:
    """Of the last period that is over, unless another is named."""
    usual = {"月报": "上月", "季报": "上季度", "年报": "去年"}[call.word]
    async with call.app.database.reading() as uow:
        stretch, name = asking.read(call.args, branch.today(uow), usual)
        here = await asking.whose(uow, call.actor, name)
        found = await report.gather(uow, here, stretch)
        table = await exporting.of_branch(uow, found.found)
    paper = await report.paper(found)
    async with call.app.database.unit_of_work() as uow:
        about = f"branch:{here.id}"
        await audit.record(uow, call.actor, "stats.report", about, detail={"days": asking.kept(stretch)[:2]})
    kept = [(await call.app.media.put(data), kind) for data, kind in ((paper, "docx"), (table, "xlsx"))]
    return Say(report.content(found, kept), privately=True, here="报告已私聊发给您。")
