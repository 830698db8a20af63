"""How a plugin joins: its rows go into the command table, and one matcher takes what is routed to it."""

from nonebot import on
from nonebot.matcher import Matcher

from bot.chat.commands import CommandSet
from bot.chat.events import RoutedEvent
from bot.chat.table import TABLE


def attach(*sets: CommandSet) -> type[Matcher]:
    """Declare the commands of one plugin, a set for each of its modules, and return its matcher.

    Raises ``ValueError`` if a word is taken already or the sets belong to different plugins.
    """
    (plugin,) = {commands.plugin for commands in sets}
    for commands in sets:
        TABLE.add(commands)
    matcher = on(type=f"xueban.{plugin}", priority=5, block=True)

    @matcher.handle()
    async def _run(event: RoutedEvent) -> None:
        await event.desk.run(event.routed)

    return matcher
