"""What people type to have their meetings in the calendar of their phone."""

from bot.branch import people
from bot.chat.call import Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.core.errors import UserError
from bot.meeting import feed, views
from bot.rendering.content import Attachment, Content

commands = CommandSet("meeting")


@commands.command(
    "日历",
    "日历订阅",
    "订阅日历",
    who=Who.MEMBER,
    usage="日历 [换]",
    example="日历 换",
    summary="把自己的会议订阅到手机日历;「换」让旧链接作废",
    under="会议",
)
async def subscribe(call: Call) -> Reply:
    words = call.args.strip()
    if words not in ("", "换", "换链接"):
        raise UserError("发「日历」得到您自己的订阅链接;链接给别人看到了,发「日历 换」。")
    async with call.app.database.unit_of_work() as uow:
        link = await feed.link(uow, call.actor, call.app.pages.links, new=bool(words))
        if link:
            return Say(Content.of(views.calendar(link, new=bool(words))), privately=True, here="链接已私聊发给您。")
        data = await feed.of_member(uow, await people.myself(uow, call.actor))
    file = Attachment(sha256=await call.app.media.put(data), name=f"会议{feed.ENDING}")
    return Say(Content.of(file), privately=True, here="日历文件已私聊发给您。")
