"""What people read about subscriptions."""

from collections.abc import Sequence
from datetime import datetime

from bot.scheduling.words import say_moment
from bot.sources.hot.reading import Kind
from bot.subscription.models import Source


def added(source: Source, count: int, examples: Sequence[str]) -> str:
    first = "、".join(title[:16] for title in examples[:2])
    head = f"已订阅来源 {source.no}「{source.name}」,现在有 {count} 条:{first}……"
    if source.trouble:
        return f"{head}\n⚠ 它{source.trouble},不要了发「退订 {source.no}」。"
    plan = f"按时推送发「学习计划 新建 名称 每个工作日8点 来源 {source.no}」," if source.kind == Kind.FEED else ""
    return f"{head}\n{plan}发「热词」挑话题,不要了发「退订 {source.no}」。"


def listed(sources: Sequence[Source], branch_id: int, now: datetime) -> str:
    if not sources:
        return "还没有订阅来源。可以发:订阅 微博、订阅 百度、订阅 头条,或 订阅 网址 名称。"
    lines = []
    for one in sources:
        state = one.trouble or (f"{say_moment(one.answered_at, now)}有回应" if one.answered_at else "还没读过")
        whose = "" if one.branch_id == branch_id else "(上级)"
        lines.append(f"{one.no}. {one.name}{whose}:{state}")
    return "\n".join(lines)


def troubles(sources: Sequence[Source]) -> str:
    """A line about the sources that are in trouble; empty if none is."""
    bad = [f"「{one.name}」{one.trouble}" for one in sources if one.trouble]
    return f"⚠ 来源{';'.join(bad)}" if bad else ""
