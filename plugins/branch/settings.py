"""What a secretary types about how the branch wants it."""

from bot.branch import organisation_views as views
from bot.branch import settings
from bot.chat.call import Call, Reply
from bot.chat.commands import CommandSet, Who

commands = CommandSet("branch")


@commands.command(
    "设置",
    who=Who.LEADER,
    usage="设置 [名称] [值]",
    example="设置 安静时段 22:00-7:00",
    summary="看和改支部的规定:安静时段、学习期限……",
)
async def change(call: Call) -> Reply:
    if not call.args:
        async with call.app.database.reading() as uow:
            return views.settings(await settings.listed(uow, call.actor.branch))
    async with call.app.database.unit_of_work() as uow:
        result = await settings.change(uow, call.actor, call.args)
    return views.changed(result) if isinstance(result, settings.Changed) else views.setting(result)


commands.undo("setting")(settings.change_back)
