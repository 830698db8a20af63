"""学习:推送学习材料,登记谁学完了。"""

from nonebot.plugin import PluginMetadata

from bot.chat.matcher import attach

from . import clockwork, completing, library, manual, own, plan_file, plans, pushing, reflecting, reminding

__plugin_meta__ = PluginMetadata(
    name="支部学伴 · 学习",
    description="推送学习材料,登记谁学完了",
    usage="在群里 @机器人 发「帮助」",
    type="application",
    supported_adapters={"~onebot.v11"},
)

matcher = attach(
    clockwork.commands,
    completing.commands,
    own.commands,
    manual.commands,
    pushing.commands,
    reminding.commands,
    reflecting.commands,
    library.commands,
    plans.commands,
    plan_file.commands,
)
