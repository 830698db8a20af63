"""会议:召集、签到、请假、到会情况。"""

from nonebot.plugin import PluginMetadata

from bot.chat.matcher import attach

from . import attending, calendar, calling, clockwork, courses, goals, leading, minutes, teaching, year

__plugin_meta__ = PluginMetadata(
    name="支部学伴 · 三会一课",
    description="召集会议,签到,看到会情况",
    usage="在群里 @机器人 发「帮助」",
    type="application",
    supported_adapters={"~onebot.v11"},
)

matcher = attach(
    attending.commands,
    calendar.commands,
    calling.commands,
    clockwork.commands,
    courses.commands,
    goals.commands,
    leading.commands,
    minutes.commands,
    teaching.commands,
    year.commands,
)
