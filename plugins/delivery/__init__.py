"""消息:哪些没送到,到没到,要不要再发。"""

from nonebot.plugin import PluginMetadata

from bot.chat.matcher import attach

from . import clockwork, commands

__plugin_meta__ = PluginMetadata(
    name="支部学伴 · 消息",
    description="看哪些消息没送到,决定要不要再发",
    usage="在群里 @机器人 发「帮助」",
    type="application",
    supported_adapters={"~onebot.v11"},
)

matcher = attach(commands.commands, clockwork.commands)
