"""Help, derived from the command table: only what this person may do."""

from bot.chat import helping
from bot.chat.call import Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.table import TABLE

commands = CommandSet("help")


@commands.command(
    "帮助", "菜单", "help", who=Who.ANYONE, usage="帮助 [命令]", example="帮助 推送", summary="看能做什么"
)
async def show(call: Call) -> Reply:
    if call.actor.member_id is None and not call.actor.is_superuser:
        return helping.stranger(call.actor)
    word = call.args.strip().lstrip("/、")
    if not word:
        return helping.overview(call.actor, TABLE)
    found = TABLE.addressed(word)
    if found is None:
        return helping.unknown(word, TABLE.nearest(word))
    return helping.one(call.actor, found.command, TABLE)
