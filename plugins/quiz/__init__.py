"""答题:题库、答题、错题。"""

from nonebot.plugin import PluginMetadata

from bot.chat.matcher import attach

from . import answering, drafting, importing, managing

__plugin_meta__ = PluginMetadata(
    name="支部学伴 · 答题",
    description="导入题库,给学习材料配题,一题一题地答,错的过几天再来",
    usage="在群里 @机器人 发「帮助」",
    type="application",
    supported_adapters={"~onebot.v11"},
)

matcher = attach(
    answering.commands,
    importing.commands,
    managing.commands,
    drafting.commands,
)
