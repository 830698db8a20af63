"""What people read about study: short, clear, in Chinese."""

import json
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import Row

from bot.core.clock import CHINA, to_local
from bot.rendering.content import Card, Content, Forward
from bot.study.checking_in import CheckedIn
from bot.study.codes import Refused, Why
from bot.study.models import Assignment, Material, Proof
from bot.study.rules import PROOFS, Claimed, Person, Reading, Standing
from bot.textmining.reading import excerpt

_ON_CARD = {
    Proof.WORD: "看完回复「已学」",
    Proof.PAGE: "看到末尾,发验证码",
    Proof.QUIZ: "看完答题",
    Proof.REFLECTION: "看完写心得",
    Proof.ATTENDANCE: "到会签到",
}
"""What completes a reading, in the few words that a card has room for."""
ALL = "全部"
"""The answer to ``which`` that means each of them."""
IN_LINES = 2
"""Readings that a group is asked about line by line."""
SHORT = 12
"""Characters of a title where many stand in one line."""
PAGE = 900
"""Characters on one page of a text that is read in the chat."""


def end_of_day(instant: datetime) -> datetime:
    """Midnight at the end of that day in China."""
    return datetime.combine(to_local(instant).date() + timedelta(days=1), time(), CHINA)


def day(instant: datetime) -> str:
    local = to_local(instant)
    return f"{local.month}月{local.day}日"


def due(assignment: Assignment) -> str:
    """The last day, as it is said."""
    return day(assignment.due_at - timedelta(seconds=1))


def push(assignment: Assignment, material: Material, page: str = "") -> Content:
    """The message of a push: a card, and the lines that are needed without it. ``page`` is the link of its page."""
    beginning = excerpt(material.text, 62)
    card = Card(
        template="material",
        data={
            "no": str(assignment.no),
            "title": material.title,
            "source": " · ".join(part for part in (material.source, str(material.published or "")) if part),
            "excerpt": beginning,
            "terms": "  ".join(f"#{term}" for term in json.loads(material.key_terms)),
            "minutes": str(material.minutes),
            "how": _ON_CARD[Proof(assignment.proof)],
            "due": due(assignment),
        },
        alt=beginning,
    )
    lines = [f"【今日学习 {assignment.no}】《{material.title}》约 {material.minutes} 分钟,{due(assignment)}前学完。"]
    if page:
        lines += [f"点开看全文,{how(assignment.no, assignment.proof)}:", page]
    else:
        lines += [f"{how(assignment.no, assignment.proof)},看全文发「全文 {assignment.no}」。"]
        lines += [material.url] if material.url else []
    return Content.of(card, "\n".join(lines))


def how(no: int, proof: int) -> str:
    """What completes a reading, as one is told to do it."""
    match proof:
        case Proof.PAGE:
            return "看到末尾把验证码发来(如「打卡 7F3K」)"
        case Proof.QUIZ:
            return f"看完发「答题 {no}」"
        case Proof.REFLECTION:
            return f"看完发「心得 {no}」加上您的话"
        case Proof.ATTENDANCE:
            return "开会学这一篇,签到就算完成"
    return "看完回复「已学」"


def more_needed(reading: Reading) -> Content:
    """To somebody whose word alone doesn't complete this reading."""
    name = PROOFS[Proof(reading.proof)]
    return Content.of(f"学习 {reading.no} 要凭{name}完成,还没有登记:{how(reading.no, reading.proof)}。")


def reminder(assignment: Assignment, title: str, at: datetime, page: str = "") -> Content:
    """What somebody who hasn't finished reads privately at ``at``; ``page`` is a link of their own."""
    when = f"{due(assignment)}前学完就好" if at < assignment.due_at else "有空时可以补学"
    return Content.of(f"温馨提醒:学习 {assignment.no}《{title}》{when},{_own_way(assignment, page)}")


def own_page(assignment: Assignment, title: str, page: str) -> Content:
    """The link of somebody's own, as they asked for it."""
    return Content.of(f"学习 {assignment.no}《{title}》\n{_own_way(assignment, page)}")


def _own_way(assignment: Assignment, page: str) -> str:
    no = assignment.no
    done = how(no, assignment.proof).replace("「已学」", f"「已学 {no}」")
    if not page:
        return f"{done},看全文发「全文 {no}」。"
    by_itself = "点开看到末尾,自动登记,不用回复(链接是您本人的,请不要转发)"
    return f"{by_itself if assignment.proof <= Proof.PAGE else f'点开看全文,{done}'}:\n{page}"


def pages(title: str, text: str) -> Content:
    """A whole text to read in the chat, cut at paragraphs."""
    cut: list[str] = [""]
    for paragraph in text.splitlines():
        for start in range(0, max(len(paragraph), 1), PAGE):
            piece = paragraph[start : start + PAGE]
            if cut[-1] and len(cut[-1]) + len(piece) > PAGE:
                cut.append("")
            cut[-1] += piece + "\n"
    return Content.of(Forward(title=title, pages=tuple(page.strip() for page in cut if page.strip())))


def checked_in(done: CheckedIn, progress: str) -> Content:
    """The full answer to a claim, given in a private chat."""
    no = done.reading.no
    if not done.first:
        return Content.of(repeated(done.reading))
    word = "补学" if done.late else "学习"
    return Content.of(f"✅ 已登记{word} {no}《{done.reading.title}》,现在 {progress} 人完成。")


def repeated(reading: Reading) -> str:
    return f"学习 {reading.no} 之前已经登记过了,不用再发。"


def code_refused(found: Refused) -> str:
    """Why a code completed nothing, and what to do instead."""
    code, reading = found.code, found.reading
    match found.why:
        case Why.LOCKED:
            return "验证码错了好几次,请过 10 分钟再试。看到阅读页末尾,会有新的。"
        case Why.RAN_OUT:
            return f"验证码 {code} 过期了(10 分钟内有效),没有登记。请在阅读页末尾再取一个。"
        case Why.USED:
            return f"验证码 {code} 已经有人用过了,每个只能用一次。请打开阅读页,看到末尾取您自己的。"
        case Why.OTHER if reading is not None:
            no = reading.no
            return (
                f"{code} 是学习 {no} 的验证码,不是学习 {found.meant} 的,没有登记。要记到学习 {no},只发「打卡 {code}」。"
            )
    return f"没有 {code} 这个验证码,没有登记。请对照阅读页末尾的四位再发一次。"


def burst(name: str, claims: Sequence[Claimed]) -> str:
    """For leaders alone: what was seen, and what can be done about it."""
    minutes = max(1, -(-int((claims[-1].at - claims[0].at).total_seconds()) // 60))
    head = f"{name} {minutes} 分钟内登记了 {len(claims)} 篇,读完大约要 {sum(one.minutes for one in claims)} 分钟。"
    return f"{head}\n也许是攒着一起登记的;只告诉您,都照常算数。不想再收到,发「设置 集中打卡 0」。"


def choices(items: Sequence[tuple[int, str]], *, in_group: bool) -> str:
    """Numbers and titles to choose from, a line each; in a group many stand in one line, with short titles."""
    if in_group and len(items) > IN_LINES:
        return "  ".join(f"{no}.《{excerpt(title, SHORT)}》" for no, title in items)
    return "\n".join(f"{no}. 《{title}》" for no, title in items)


def which(readings: Sequence[Reading], *, in_group: bool, several: bool = False) -> Content:
    """The question which of several open readings was meant, or (``several``) whether all of them."""
    or_all = f",都学完了回复「{ALL}」" if several else ""
    listed = choices([(reading.no, reading.title) for reading in readings], in_group=in_group)
    return Content.of(f"学完的是哪一篇?回复编号{or_all}:\n{listed}")


def which_for(name: str, items: Sequence[Row[Assignment, str]]) -> str:
    """The question which open reading is to be entered for somebody."""
    listed = "\n".join(f"{assignment.no}. 《{title}》" for assignment, title in items)
    return f"补登{name}的哪一篇?回复编号:\n{listed}"


def standing(assignment: Assignment, title: str, found: Standing) -> str:
    """The count, without names: what a group may see."""
    aside = [f"请假 {len(found.away)}"] if found.away else []
    aside += [f"免学 {len(found.exempt)}"] if found.exempt else []
    aside_text = f"({'、'.join(aside)} 不计)" if aside else ""
    extra = f",另有 {found.extra} 人自愿完成" if found.extra else ""
    head = f"学习 {assignment.no}《{title}》:{found.progress}"
    if not found.open:
        return f"{head},全部完成{aside_text}{extra}"
    return f"{head},未完成 {len(found.open)} 人{aside_text}{extra}"


def names(people: Sequence[Person]) -> str:
    return "、".join(person.name for person in people)


def others(numbers: Sequence[int]) -> str:
    """The other readings that are open, under an answer about the newest; empty if there is none."""
    if not numbers:
        return ""
    listed = "、".join(f"学习 {no}" for no in numbers[-5:])
    return f"\n{listed} 也还没到期,发「谁还没学 {numbers[-1]}」看。"


def open_list(items: Sequence[Row[Assignment, str]]) -> str:
    """The readings that somebody still has open."""
    if not items:
        return "都学完了,没有要补的。"
    lines = [f"{assignment.no}. 《{title}》{due(assignment)}前" for assignment, title in items[:10]]
    more = f"\n…… 共 {len(items)} 篇" if len(items) > 10 else ""
    return (
        "还有这些没学:\n"
        + "\n".join(lines)
        + more
        + "\n发「补"
        + str(items[0][0].no)
        + "」看全文,看完发「已学 编号」。"
    )
