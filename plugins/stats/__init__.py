"""统计:完成情况、学时、统计和考核。"""

from nonebot.plugin import PluginMetadata

from bot.chat.matcher import attach

from . import assessing, clockwork, exporting, figures, people, schemes, unfinished

__plugin_meta__ = PluginMetadata(
    name="支部学伴 · 统计",
    description="完成情况、学时、统计和考核",
    usage="在群里 @机器人 发「帮助」",
    type="application",
    supported_adapters={"~onebot.v11"},
)

matcher = attach(
    unfinished.commands,
    figures.commands,
    people.commands,
    exporting.commands,
    assessing.commands,
    schemes.commands,
    clockwork.commands,
)
