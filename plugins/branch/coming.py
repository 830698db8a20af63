"""What happens when somebody comes into a group of the branch, or goes."""

from bot.branch import coming
from bot.chat.call import Call, Reply, Say
from bot.chat.commands import CommandSet
from bot.core.errors import UserError
from bot.core.limits import RateLimit
from bot.rendering.content import Content, Mention

commands = CommandSet("branch")

_greetings = RateLimit(burst=3, per_second=1 / 60)
"""Many who are let in at once are not greeted one by one."""


@commands.signal("joined")
async def joined(call: Call) -> Reply:
    actor = call.actor
    if actor.branch_id is None or actor.group_id is None:
        return None
    try:
        rows = await call.app.chat.group_members(actor)
    except UserError:
        rows = []
    card, robot = next(((row[1], row[3]) for row in rows if row[0] == actor.user_id), ("", False))
    if robot:
        return None
    async with call.app.database.unit_of_work() as uow:
        greet = await coming.to_greet(uow, actor)
        member = await coming.came(uow, actor, card)
    if not greet or not _greetings.allow((actor.platform, actor.group_id)):
        return None
    line = f"欢迎{member.name}同志,已和名册对上。" if member else "欢迎!请在群里发「绑定 您的姓名」,以后好登记学习。"
    return Say(Content.of(Mention(user_id=actor.user_id, name=actor.display_name), line))


@commands.signal("left")
async def left(call: Call) -> Reply:
    if call.actor.branch_id is not None:
        async with call.app.database.unit_of_work() as uow:
            await coming.went(uow, call.actor, call.app.settings.superusers)
    return None
