"""Help, derived from the command table: only what this person may do."""

from bot.chat import access
from bot.chat.call import Call, Reply
from bot.chat.commands import CommandSet, Who

commands = CommandSet("help")

_TITLES = {"study": "学习", "stats": "统计", "branch": "支部", "help": "帮助"}


@commands.command("帮助", "菜单", "help", who=Who.ANYONE, usage="帮助 [命令]", summary="看能做什么")
async def show(call: Call) -> Reply:
    if call.actor.branch_id is None and not call.actor.is_superuser:
        return None
    mine = [command for command in call.app.commands if access.allowed(call.actor, command)]
    if call.args:
        found = next((command for command in mine if call.args in command.words), None)
        if found is None:
            return f"没有「{call.args[:10]}」这个命令。发「帮助」看全部。"
        also = "、".join(found.words[1:])
        return f"{found.usage}\n{found.summary}({found.where.value})" + (f"\n也可以说:{also}" if also else "")
    lines = []
    for plugin, title in _TITLES.items():
        words = [command.words[0] for command in mine if command.plugin == plugin]
        if words:
            lines.append(f"{title}:{'、'.join(words)}")
    return "\n".join([*lines, "发「帮助 命令」看用法,比如「帮助 推送」。群里先 @我 或加「/」。"])
