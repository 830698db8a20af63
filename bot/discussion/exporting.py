"""Use case of 讨论 导出: one discussion as a workbook that can be filed, with what was said and by whom."""

from bot.branch import audit
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.discussion import repository
from bot.discussion.models import Discussion
from bot.rendering.sheets import Cell, Column, Sheet
from bot.textmining.originality import RULE, WHY, Verdict

_OVERVIEW = (Column("项目", 12), Column("内容", 80))
_VOICES = (
    Column("时间", 18),
    Column("姓名", 12),
    Column("发言", 80),
    Column("计入", 8),
    Column("没有计入的原因", 24),
    Column("点赞", 8),
)


async def sheets(uow: UnitOfWork, actor: Actor, discussion: Discussion) -> list[Sheet]:
    """The pages. Who doesn't want to be counted isn't in them, nor is what was recalled."""
    voices, people = (await repository.counts(uow, [discussion.id])).get(discussion.id, (0, 0))
    overview: list[tuple[str, Cell]] = [
        ("题目", discussion.title),
        ("说明", discussion.about),
        ("来源", discussion.source),
        ("链接", discussion.url),
        ("开始", discussion.opened_at),
        ("结束", discussion.ended_at or discussion.ends_at),
        ("发言人数", people),
        ("计入的发言", voices),
        ("计入的标准", RULE),
        ("小结", discussion.summary),
    ]
    rows = []
    for voice, name in await repository.voices(uow, discussion.id):
        why = WHY.get(Verdict(voice.verdict), "")
        rows.append((voice.at, name, voice.text, "否" if why else "是", why, voice.likes))
    await audit.record(uow, actor, "discussion.export", f"讨论 {discussion.no}")
    return [Sheet("概况", _OVERVIEW, overview), Sheet("发言", _VOICES, rows)]
