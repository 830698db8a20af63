"""What a propagandist types about a notice that is there: send it on its way, change, withdraw, file."""

from bot.branch import rights
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import numbered
from bot.core.errors import UserError
from bot.notice import drafting, ending, publishing, reaching, recalling, rules, views
from bot.rendering.content import Content

commands = CommandSet("notice")


@commands.command(
    "公告公开",
    "公开",
    who=Who.COMMITTEE,
    usage="公告公开 <编号>",
    example="公开 3",
    summary="把存着的草稿公开",
    under="公告",
)
async def send(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        notice = await drafting.send(uow, await rights.here(uow, call.actor), numbered(call.args, "公告", "公开 3")[0])
        return views.stored(notice, uow.now, await reaching.unreached(uow, notice))


@commands.command(
    "公告改",
    "公告 改",
    "改公告",
    who=Who.COMMITTEE,
    usage="公告改 <编号> <正文>",
    example="公告改 3 会议改到周六上午9点,收到请回复",
    summary="改公告,请收到的人再确认",
)
async def revise(call: Call) -> Reply:
    example = "公告改 3 会议改到周六上午9点,收到请回复"
    no, text = numbered(call.args, "公告", example)
    if not text:
        raise UserError(f"请在编号后面写新的正文,比如:{example}")
    async with call.app.database.reading() as uow:
        notice = await drafting.changeable(uow, await rights.here(uow, call.actor), no, text)
    change = views.difference(notice.text, text)
    ask = f"公告 {no} 的改动:\n{change}\n回复「确认」重新发布,「取消」放弃。"
    return Ask(Content.of(ask), "notice.revise", {"no": no, "text": text}, minutes=10)


@commands.answer("revise")
async def revised(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        no, text = int(str(call.payload["no"])), str(call.payload["text"])
        notice = await drafting.revise(uow, await rights.here(uow, call.actor), no, text)
        return views.changed(notice, uow.now, text)


@commands.command(
    "撤回",
    "撤回公告",
    who=Who.MEMBER,
    usage="撤回 <编号> [理由]",
    example="撤回 3 时间写错了",
    summary="宣传委员撤回公告;撤回自己的打卡发「撤回打卡」",
    under="公告",
)
async def withdraw(call: Call) -> Reply:
    no, reason = numbered(call.args, "公告", "撤回 3。要撤回自己的打卡,发「撤回打卡」")
    async with call.app.database.reading() as uow:
        actor = await rights.here(uow, call.actor)
        await drafting.need_author(uow, actor, "要撤回自己的打卡,发「撤回打卡」。")
        notice = await publishing.get(uow, actor.branch, no)
        await drafting.check(uow, actor, notice, rules.Step.WITHDRAW)
    seen = "群里的消息会尽量一起撤回,撤回后不能恢复。" if notice.published_at is not None else ""
    text = f"撤回公告 {no}「{rules.title(notice.text)}」?{seen}\n回复「确认」或「取消」。"
    return Ask(Content.of(text), "notice.withdraw", {"no": no, "reason": reason})


@commands.answer("withdraw")
async def withdrawn(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        no, reason = int(str(call.payload["no"])), str(call.payload["reason"])
        notice = await ending.withdraw(uow, await rights.here(uow, call.actor), no, reason)
    left = await recalling.recall(call.app.database, call.app.chat, notice.id)
    return views.withdrawn(notice, left)


@commands.command(
    "归档", "归档公告", who=Who.COMMITTEE, usage="归档 <编号>", example="归档 3", summary="公告不再收回执", under="公告"
)
async def close(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        notice = await ending.close(uow, await rights.here(uow, call.actor), numbered(call.args, "公告", "归档 3")[0])
    return f"公告 {notice.no} 已归档。归错了发「撤销」。"
