"""公告:党务公开,发布、回执、催收。"""

from nonebot.plugin import PluginMetadata

from bot.chat.matcher import attach

from . import (
    clockwork,
    composing,
    confirming,
    deciding,
    filing,
    filling,
    letters,
    managing,
    previewing,
    publicity,
    receipts,
)

__plugin_meta__ = PluginMetadata(
    name="支部学伴 · 公告",
    description="发布公告,看谁收到了",
    usage="在群里 @机器人 发「帮助」",
    type="application",
    supported_adapters={"~onebot.v11"},
)

matcher = attach(
    clockwork.commands,
    composing.commands,
    previewing.commands,
    managing.commands,
    receipts.commands,
    deciding.commands,
    confirming.commands,
    publicity.commands,
    letters.commands,
    filing.commands,
    filling.commands,
)
