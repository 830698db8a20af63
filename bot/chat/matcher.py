"""How a plugin joins: its rows go into the command table, and one matcher takes what is routed to it."""

from typing import TYPE_CHECKING, cast

from nonebot import on
from nonebot.adapters import Bot
from nonebot.matcher import Matcher, current_event
from nonebot.message import check_and_run_matcher

from bot.chat.commands import CommandSet
from bot.chat.events import RoutedEvent
from bot.chat.scene import Routed
from bot.chat.table import TABLE

if TYPE_CHECKING:
    from bot.chat.desk import Desk

_MATCHERS: dict[str, type[Matcher]] = {}


def attach(*sets: CommandSet) -> type[Matcher]:
    """Declare the commands of one plugin, a set for each of its modules, and return its matcher.

    Raises ``ValueError`` if a word is taken already or the sets belong to different plugins.
    """
    (plugin,) = {commands.plugin for commands in sets}
    for commands in sets:
        TABLE.add(commands)
    matcher = _MATCHERS[plugin] = on(type=f"xueban.{plugin}", priority=5, block=False)
    matcher.append_handler(_serve)
    return matcher


async def _serve() -> None:
    # What is asked for as a parameter costs two task groups and two tasks a message.
    event = cast(RoutedEvent, current_event.get())
    await event.desk.run(event.routed)


async def hand_over(bot: Bot, routed: Routed, desk: "Desk") -> None:
    """Have the one matcher of the plugin take it. NoneBot would ask every matcher there is, each in a task of its own:
    a third of the cost of a check-in."""
    await check_and_run_matcher(_MATCHERS[routed.plugin], bot, RoutedEvent.wrap(routed, desk), {})
