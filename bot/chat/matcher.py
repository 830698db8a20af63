"""How a plugin joins: its rows go into the command table, and one matcher takes what is routed to it."""

from typing import TYPE_CHECKING

from nonebot import on
from nonebot.matcher import Matcher

from bot.chat.commands import CommandSet
from bot.chat.events import RoutedEvent
from bot.chat.table import TABLE

if TYPE_CHECKING:
    pass


def attach(commands: CommandSet) -> type[Matcher]:
    """Declare the commands of a plugin and return its matcher. Raises ``ValueError`` if a word is taken already."""
    TABLE.add(commands)
    matcher = on(type=f"xueban.{commands.plugin}", priority=5, block=True)

    @matcher.handle()
    async def _run(event: RoutedEvent) -> None:
        await event.desk.run(event.routed)

    return matcher
