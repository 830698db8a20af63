"""What people type to look into the ledger of what was made public, or to file it."""

import re

from bot.branch import audit, rights
from bot.branch import service as branch
from bot.chat.call import Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.notice import drafting, ledger
from bot.rendering.content import Attachment, Content

commands = CommandSet("notice")

_EXPORT = re.compile(r"^(?:导出|下载)\s*|\s*(?:导出|下载)$")


@commands.command(
    "党务公开",
    "公开台账",
    who=Who.MEMBER,
    usage="党务公开 [类别] [年份] [词] [导出]",
    example="党务公开 党员发展 2026",
    summary="查公开过的内容;加「导出」得到表格和文档",
)
async def look(call: Call) -> Reply:
    words, wants_files = _EXPORT.sub("", call.args), bool(_EXPORT.search(call.args))
    async with call.app.database.reading() as uow:
        actor = await rights.here(uow, call.actor)
        if wants_files:
            await drafting.need_author(uow, actor, "直接发「党务公开」可以看。")
        query = ledger.read(words, branch.today(uow))
        found = await ledger.entries(uow, actor.branch, query)
        if not wants_files:
            return ledger.listed(found, query)
        paper = await ledger.as_document(uow, actor.branch, found, query)
    sheet = await ledger.as_sheet(found, query)
    async with call.app.database.unit_of_work() as uow:
        await audit.record(uow, actor, "notice.export", "党务公开台账", detail={"rows": len(found)})
    name = f"党务公开台账{query.year or ''}{query.category}"
    files = [
        Attachment(sha256=await call.app.media.put(data), name=f"{name}.{kind}")
        for data, kind in ((sheet, "xlsx"), (paper, "docx"))
    ]
    return Say(Content.of(*files), privately=True, here="台账已私聊发给您。")
