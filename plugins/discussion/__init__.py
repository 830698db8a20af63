"""网络热词讨论:挑话题,开讨论,记发言,出小结。"""

from nonebot.plugin import PluginMetadata

from bot.chat.matcher import attach

from . import choosing, clockwork, closing, opening, sources, speaking, words

__plugin_meta__ = PluginMetadata(
    name="支部学伴 · 讨论",
    description="从当天热词里挑一个值得讨论的,大家说说看法",
    usage="在群里 @机器人 发「帮助」",
    type="application",
    supported_adapters={"~onebot.v11"},
)

matcher = attach(
    choosing.commands,
    clockwork.commands,
    closing.commands,
    opening.commands,
    sources.commands,
    speaking.commands,
    words.commands,
)
