"""What may follow 「讨论」 besides a topic: the list, one discussion, one's own voices, a search, an export."""

import re

from bot.branch.actor import EDITORS
from bot.chat.call import Call, Reply, Say
from bot.core.errors import NotAllowed
from bot.discussion import exporting, opening, records, speaking, views
from bot.rendering import sheets
from bot.rendering.content import Attachment, Content

_SEARCH = re.compile(r"(?:搜索|搜|查找|找)\s*(.+)", re.DOTALL)
_LOOK = re.compile(r"(?:查看|看)\s*(\d{1,6})")
_EXPORT = re.compile(r"导出\s*(\d{1,6})?")


async def look(call: Call, words: str) -> Reply:
    """The answer to such words; None if they are none of these."""
    async with call.app.database.reading() as uow:
        if words in ("", "列表"):
            return await records.list_all(uow, call.actor.branch)
        if words == "我的":
            own = views.own(*await speaking.mine(uow, call.actor))
            return Say(Content.of(own), privately=True, here="已私聊发给您。")
        if found := _SEARCH.fullmatch(words):
            return await records.search(uow, call.actor.branch, found[1])
        if found := _LOOK.fullmatch(words):
            return await records.show(uow, call.actor, int(found[1]))
    if found := _EXPORT.fullmatch(words):
        return await _export(call, int(found[1]) if found[1] else None)
    return None


async def _export(call: Call, no: int | None) -> Reply:
    if not call.actor.may(EDITORS):
        raise NotAllowed("导出讨论由宣传委员或书记来做。")
    async with call.app.database.unit_of_work() as uow:
        discussion = await opening.the_one(uow, call.actor.branch, no)
        pages = await exporting.sheets(uow, call.actor, discussion)
    kept = await call.app.media.put(await sheets.workbook(pages))
    file = Attachment(sha256=kept, name=f"讨论{discussion.no}-{views.file_name(discussion.title)}.xlsx")
    return Say(Content.of(file), privately=True, here=f"讨论 {discussion.no} 的记录已私聊发给您。")
