"""What people read about hot words and discussions: short, clear, in Chinese."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.discussion.lexicon import Words
from bot.discussion.models import Discussion, State, Voice
from bot.discussion.offering import Offer
from bot.rendering.content import Card, Content
from bot.scheduling.words import say_moment
from bot.textmining import titles
from bot.textmining.originality import RULE, WHY, Verdict

if TYPE_CHECKING:
    from bot.discussion.closing import Participation, Theme

NONE = "今天的热榜里没有适合支部讨论的话题。也可以自己出题:讨论 您的题目"


def short(title: str, size: int = 24) -> str:
    return title if len(title) <= size else f"{title[: size - 1]}…"


def offers(found: Sequence[Offer], first: int, trouble: str = "") -> str:
    """The candidates, a line each with source and reason, and what to type next."""
    lines = [f"{first + at}. {short(one.title, 40)}\n   {one.source}|{one.why}" for at, one in enumerate(found)]
    lines.append(f"选一个发「讨论 {first}」,看链接发「热词 {first}」,换一批发「热词 更多」。")
    return "\n".join([*lines, trouble] if trouble else lines)


def one_offer(offer: Offer) -> str:
    rows = [f"{offer.title}({offer.source})", offer.about, offer.url or "这个来源没有给链接。"]
    return "\n".join(row for row in rows if row)


def prompts_for(kind: str, turn: int = 0) -> tuple[str, ...]:
    """The questions about a topic of this kind; another pair on every turn."""
    known = titles.kind(kind) or titles.kind("society")
    assert known is not None
    return known.prompts[turn % len(known.prompts)]


def about(discussion: Discussion) -> str:
    """Two lines at most: what it is about and where it comes from."""
    source = f"来源:{discussion.source}" if discussion.source else "支部自拟题目"
    return f"{short(discussion.about, 70)}\n{source}" if discussion.about else source


def card(discussion: Discussion) -> Content:
    """The opening card, and under it how to take part."""
    prompts = list(json.loads(discussion.prompts))
    ends = say_moment(discussion.ends_at, discussion.opened_at)
    data: dict[str, object] = {
        "no": discussion.no,
        "title": discussion.title,
        "about": about(discussion),
        "prompts": prompts,
        "ends": ends,
    }
    words = "\n".join([f"【讨论 {discussion.no}】{discussion.title}", about(discussion), *prompts])
    how = f"回复这条消息,或发「#话题# 您的看法」,{ends}结束。"
    link = f"\n{discussion.url}" if discussion.url else ""
    return Content.of(Card(template="discussion", data=data, alt=words), how + link)


def draft(
    offer: Offer, prompts: Sequence[str], ends_at: datetime, now: datetime, groups: int, warned: list[str]
) -> str:
    """The preview before anything is posted."""
    where = f"{groups} 个群" if groups > 1 else "群里"
    rows = [f"讨论「{offer.title}」", *(f"问:{one}" for one in prompts)]
    if warned:
        rows.append(f"⚠ 有支部提醒词:{'、'.join(warned)}")
    rows.append(f"回复「确认」发到{where}({say_moment(ends_at, now)}结束),「换一组」换问题,「取消」放弃。")
    return "\n".join(rows)


def opened(discussion: Discussion, now: datetime) -> str:
    ends = say_moment(discussion.ends_at, now)
    return f"讨论 {discussion.no} 已发起,{ends}结束。提前结束发「结束讨论 {discussion.no}」。"


def ends_soon(discussion: Discussion, now: datetime) -> str:
    ends = say_moment(discussion.ends_at, now)
    return f"讨论 {discussion.no}「{short(discussion.title)}」{ends}结束,还想说两句的同志欢迎补充。"


def time_is_up(discussion: Discussion, voices: int, people: int) -> str:
    head = f"讨论 {discussion.no}「{short(discussion.title)}」到时间了:{people} 人、{voices} 条发言。"
    return f"{head}\n发「小结 {discussion.no}」看小结,看过再发到群里。"


def listed(found: Sequence[Discussion], counts: Mapping[int, tuple[int, int]]) -> str:
    if not found:
        return "还没有讨论。发「热词」挑一个话题,或发「讨论 题目」自己出题。"
    states = {State.OPEN: "进行中", State.ENDED: "已结束"}
    lines = []
    for one in found:
        voices, people = counts.get(one.id, (0, 0))
        lines.append(f"{one.no}. {short(one.title)}({states[State(one.state)]},{people} 人 {voices} 条)")
    return "\n".join(lines) + "\n看一个发「讨论 编号」,找以前的发「讨论 搜索 词」。"


def not_counted(discussion: Discussion, reason: str) -> str:
    """Why a voice doesn't count, for its author alone."""
    return f"您在讨论 {discussion.no} 的发言{reason},这条没有计入,可以再补充几句。\n{RULE}"


def shown(discussion: Discussion, voices: int, people: int, now: datetime) -> str:
    """A discussion as it stands, with its summary where there is one."""
    running = discussion.state == State.OPEN
    ends = f"{say_moment(discussion.ends_at, now)}结束" if running else "已结束"
    rows = [f"讨论 {discussion.no}「{discussion.title}」:{people} 人、{voices} 条发言,{ends}。"]
    if discussion.posted_at is not None and discussion.summary:
        rows.append(discussion.summary)
    else:
        rows += [f"问:{one}" for one in json.loads(discussion.prompts)]
    if discussion.url:
        rows.append(discussion.url)
    return "\n".join(rows)


def words(found: Words, typed: str = "") -> str:
    """The branch's words; ``typed`` is what was written and not understood."""
    rows = [f"没看懂「{typed[:20]}」。"] if typed else []
    rows.append(f"支部的词:{'、'.join(found.own) or '还没有'}。")
    if found.warn:
        rows.append(f"提醒词:{'、'.join(found.warn)}(只提醒,不拦截)。")
    rows.append("添加发「词典 添加 新质生产力」,去掉发「词典 删除 词」。")
    return "\n".join(rows)


def counted(*, changed: bool, back: bool) -> str:
    """What 别统计我 and its opposite have done."""
    if back:
        return "好的,以后您的发言照常记录。" if changed else "您的发言一直照常记录。"
    if not changed:
        return "已经不统计您了。想恢复发「恢复统计我」。"
    return "好的,您的发言不再记录,以前的也删掉了,总结和统计里都没有您。想恢复发「恢复统计我」。"


def own(discussion: Discussion, voices: Sequence[Voice]) -> str:
    """A member's own voices and what the rule says of each, for themselves alone."""
    rows = [f"您在讨论 {discussion.no}「{short(discussion.title)}」的发言:"]
    for voice in voices:
        why = WHY.get(Verdict(voice.verdict))
        rows.append(f"{'○' if why else '●'} {short(' '.join(voice.text.split()), 30)}" + (f"({why})" if why else ""))
    return "\n".join([*rows, RULE] if voices else [f"{rows[0]}还没有。", RULE])


_NUMERALS = "一二三四五六七八"


def summary(
    discussion: Discussion, took: "Participation", themes: Sequence["Theme"], besides: Sequence[str], left: int
) -> str:
    """What is posted at the end: who took part as a count, and the themes with what was said. No ranking."""
    aside = "、".join(f"{why} {count}" for why, count in took.aside)
    rows = [
        f"【讨论 {discussion.no} 小结】{discussion.title}",
        f"{len(took.speakers)}/{took.due} 人发言,共 {took.voices} 条" + (f"({aside}不计)" if aside else "") + "。",
    ]
    for at, theme in enumerate(themes):
        rows.append(f"{_NUMERALS[at]}、{'、'.join(theme.words)}({theme.count} 条)")
        rows += [f"  “{words}”" + (f"——{name}" if name else "") for name, words in theme.quotes]
    if besides:
        rows.append(f"{'还有' if themes else '大家'} {left} 条谈到:{'、'.join(besides)}")
    return "\n".join([*rows, "谢谢大家。"])


def cloud_card(cloud: dict[str, Any]) -> Card:
    words = "、".join(str(one["word"]) for one in cloud["words"][:12])
    return Card(template="cloud", data=cloud, alt=f"大家提到最多的:{words}")


def posted(cloud: dict[str, Any], text: str) -> Content:
    return Content.of(cloud_card(cloud), text)


def summary_draft(cloud: dict[str, Any], text: str, warned: Sequence[str]) -> Content:
    """What the propagandist sees before it is posted, and what they may answer."""
    ask = "回复「确认」发到群里;想改就把改好的全文发给我;「取消」不发。"
    warning = f"⚠ 有支部提醒词:{'、'.join(warned)}\n" if warned else ""
    return Content.of(cloud_card(cloud), f"{text}\n\n{warning}{ask}")


def ended(discussion: Discussion, voices: int, people: int) -> str:
    return f"讨论 {discussion.no}「{short(discussion.title)}」结束了,谢谢 {people} 位同志的 {voices} 条发言。"


def file_name(title: str) -> str:
    """A title as a part of a file's name."""
    return "".join(char for char in title if char.isalnum())[:20] or "记录"
