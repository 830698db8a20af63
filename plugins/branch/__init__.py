"""支部:建立支部、绑定群和人。"""

from nonebot.plugin import PluginMetadata

from bot.chat.matcher import attach

from . import (
    accounts,
    beginning,
    cards,
    coming,
    deciding,
    founding,
    group_chats,
    leave,
    mine,
    offices,
    organisation,
    retention,
    roster,
    roster_file,
    settings,
    undoing,
)

__plugin_meta__ = PluginMetadata(
    name="支部学伴 · 支部",
    description="建立支部、绑定群和人",
    usage="在群里 @机器人 发「帮助」",
    type="application",
    supported_adapters={"~onebot.v11"},
)

matcher = attach(
    beginning.commands,
    organisation.commands,
    founding.commands,
    group_chats.commands,
    offices.commands,
    settings.commands,
    undoing.commands,
    roster.commands,
    roster_file.commands,
    accounts.commands,
    cards.commands,
    coming.commands,
    leave.commands,
    mine.commands,
    deciding.commands,
    retention.commands,
)
