"""What members say in a discussion, what becomes of it, and 别统计我."""

from bot.chat.call import Acknowledge, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.discussion import counting, records, speaking, views
from bot.discussion.speaking import Said
from bot.textmining.originality import Verdict

commands = CommandSet("discussion")
commands.keeps(records.kept_of, records.forget)
commands.lets_go(records.let_go)


@commands.signal("voice")
async def voice(call: Call) -> Reply:
    """A message in a group with an open discussion that may belong to it."""
    said = Said(call.actor, call.message.message_id, call.message.raw, call.message.reply_to)
    async with call.app.database.reading() as uow:
        judged = await speaking.judge(uow, call.app.listening, said)
    if judged is None:
        return None
    async with call.app.database.unit_of_work() as uow:
        await speaking.keep(uow, judged)
    if judged.verdict is not Verdict.GOOD:
        return None
    return Acknowledge(f"discussion:{judged.discussion_id}", call.actor.name, None)


@commands.signal("recalled")
async def recalled(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        await speaking.recall(uow, call.actor.platform, str(call.actor.group_id), call.message.message_id)
    return None


@commands.signal("liked")
async def liked(call: Call) -> Reply:
    return await _like(call, 1)


@commands.signal("unliked")
async def unliked(call: Call) -> Reply:
    return await _like(call, -1)


async def _like(call: Call, by: int) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        await speaking.like(uow, call.actor.platform, str(call.actor.group_id), call.message.message_id, by)
    return None


@commands.command(
    "别统计我",
    "不要统计我",
    "恢复统计我",
    who=Who.MEMBER,
    bare=True,
    usage="别统计我 · 恢复统计我",
    summary="您的发言不记不算,以前的也删掉;随时可以恢复",
)
async def stop_counting(call: Call) -> Reply:
    back = call.word.startswith("恢复")
    async with call.app.database.unit_of_work() as uow:
        changed = await (counting.come_back if back else counting.leave)(uow, call.actor)
    return views.counted(changed=changed, back=back)
