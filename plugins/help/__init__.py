"""帮助:能做什么、怎么说。"""

from nonebot.plugin import PluginMetadata

from bot.chat.matcher import attach

from .commands import commands

__plugin_meta__ = PluginMetadata(
    name="支部学伴 · 帮助",
    description="能做什么、怎么说",
    usage="在群里 @机器人 发「帮助」",
    type="application",
    supported_adapters={"~onebot.v11"},
)

matcher = attach(commands)
