"""What a propagandist or a leader types about messages that didn't arrive, or may not have."""

from bot.branch import audit
from bot.branch.service import groups_of
from bot.chat.call import Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.core.errors import UserError
from bot.delivery import outbox, views
from bot.rendering.content import Content

commands = CommandSet("delivery")
commands.lets_go(outbox.let_go)
commands.needs(outbox.files)

SHOWN = 10
"""Messages in trouble that one answer lists."""


@commands.command("消息状态", who=Who.EDITOR, usage="消息状态", summary="看有没有送不到的消息")
async def state(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        rows = await outbox.troubles(uow, call.actor.branch, SHOWN)
        closed = [group.name or group.group_id for group in await groups_of(uow, call.actor.branch) if group.paused]
        text = views.troubles(rows, await outbox.waiting(uow, call.actor.branch), closed)
    return Say(Content.of(text), privately=True, here="消息状态已私聊发给您。")


@commands.command("重发", who=Who.EDITOR, usage="重发 <消息号>", example="重发 学1124-01", summary="没到的消息再发一次")
async def again(call: Call) -> Reply:
    await _decide(call, arrived=False)
    return "好的,这就再发一次。"


@commands.command(
    "已送达", who=Who.EDITOR, usage="已送达 <消息号>", example="已送达 学1124-01", summary="群里已经看到,不用再发"
)
async def arrived(call: Call) -> Reply:
    await _decide(call, arrived=True)
    return "记下了,这条不再发。"


async def _decide(call: Call, *, arrived: bool) -> None:
    """Write down what the person saw. Raises ``UserError`` without a reference, ``NotFound`` for an unknown one."""
    reference = "".join(call.args.split()).strip("〔〕[]【】")[:24]
    if not reference:
        raise UserError(f"请写消息号,比如:{call.word} 学1124-01。消息号发「消息状态」可以看到。")
    async with call.app.database.unit_of_work() as uow:
        await outbox.decide(uow, call.actor.branch, reference, arrived=arrived)
        await audit.record(uow, call.actor, "delivery.arrived" if arrived else "delivery.again", reference)
