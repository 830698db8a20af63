"""What a propagandist types about a notice that is out: who has seen it, remind, change, withdraw, file."""

from bot.branch.actor import Actor
from bot.branch.undo import Payload
from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import number
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.notice import publishing, views
from bot.notice.rules import title
from bot.rendering.content import Content

commands = CommandSet("notice")


def numbered(call: Call) -> int:
    """The number that was given. Raises ``UserError``."""
    no = number(call.args)
    if no is None:
        raise UserError(f"请写公告的编号,比如:{call.word} 3")
    return no


@commands.command("回执", who=Who.EDITOR, usage="回执 <编号>", example="回执 3", summary="看公告谁收到了")
async def receipts(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        notice = await publishing.get(uow, call.actor.branch, numbered(call))
        found = await publishing.tally(uow, notice)
    counts = "\n".join(line for line in (views.counts(notice, found), views.by_branch(found)) if line)
    if not found.open:
        return counts
    named = Content.of(f"{counts}:\n{views.names(found.open)}\n要提醒他们,发「催收 {notice.no}」。")
    return Say(named, privately=True, here=f"{views.counts(notice, found)}。名单已私聊发给您。")


@commands.command("催收", who=Who.EDITOR, usage="催收 <编号>", example="催收 3", summary="私下提醒还没收到的人")
async def remind(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        notice = await publishing.get(uow, call.actor.branch, numbered(call))
        found = await publishing.tally(uow, notice)
    if not found.open:
        return f"公告 {notice.no} 都收到了,不用催。"
    text = f"将私下提醒 {len(found.open)} 人看公告 {notice.no}(每人每天最多一次,避开安静时段)。回复「确认」发送。"
    return Ask(Content.of(text), "notice.remind", {"no": notice.no})


@commands.answer("remind")
async def reminded(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        notice = await publishing.get(uow, call.actor.branch, int(str(call.payload["no"])))
        found = await publishing.tally(uow, notice)
        sent = await publishing.remind(uow, call.actor, notice, [person.member_id for person in found.open])
    unreached = len(found.open) - sent
    return f"已安排提醒 {sent} 人。" + (f"另有 {unreached} 人今天已提醒过或没有绑定账号。" if unreached else "")


@commands.command(
    "公告改",
    "公告 改",
    "改公告",
    who=Who.EDITOR,
    usage="公告改 <编号> <正文>",
    example="公告改 3 会议改到周六上午9点,收到请回复",
    summary="改公告,请收到的人再确认",
)
async def revise(call: Call) -> Reply:
    word, _, text = call.args.partition(" ")
    no = number(word)
    if no is None or not text.strip():
        raise UserError("请写编号和新的正文,比如:公告改 3 会议改到周六上午9点,收到请回复")
    async with call.app.database.reading() as uow:
        notice = await publishing.get(uow, call.actor.branch, no)
    change = views.difference(notice.text, text.strip())
    ask = f"公告 {no} 的改动:\n{change}\n回复「确认」重新发布,「取消」放弃。"
    return Ask(Content.of(ask), "notice.revise", {"no": no, "text": text.strip()}, minutes=10)


@commands.answer("revise")
async def revised(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        no, text = int(str(call.payload["no"])), str(call.payload["text"])
        notice, _ = await publishing.revise(uow, call.actor, no, text)
        return views.stored(notice, uow.now)


@commands.command("撤回", "撤回公告", who=Who.EDITOR, usage="撤回 <编号>", example="撤回 3", summary="撤回公告")
async def withdraw(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        notice = await publishing.get(uow, call.actor.branch, numbered(call))
    text = f"撤回公告 {notice.no}「{title(notice.text)}」?群里的消息会尽量一起撤回。回复「确认」或「取消」。"
    return Ask(Content.of(text), "notice.withdraw", {"no": notice.no})


@commands.answer("withdraw")
async def withdrawn(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        notice, _ = await publishing.withdraw(uow, call.actor, int(str(call.payload["no"])))
        sent = await publishing.sent_messages(uow, notice)
    gone = sum([await call.app.chat.recall(target, message_id) for target, message_id in sent])
    left = len(sent) - gone
    tail = f"有 {left} 条平台不让撤(多半超过了时限),请管理员在群里删。" if left else ""
    return f"已撤回公告 {notice.no}。{tail}"


@commands.command("归档", "归档公告", who=Who.EDITOR, usage="归档 <编号>", example="归档 3", summary="公告不再收回执")
async def close(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        notice = await publishing.close(uow, call.actor, numbered(call))
    return f"公告 {notice.no} 已归档。归错了发「撤销」。"


@commands.undo("notice.close")
async def reopen(uow: UnitOfWork, actor: Actor, payload: Payload) -> None:
    await publishing.reopen(uow, int(payload["notice"]))
