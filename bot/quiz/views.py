"""What people read when they answer questions: short, with the source of what is right."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.quiz.answering import Asked, Ended, Judged, Unclear
from bot.quiz.kinds import Kind
from bot.quiz.models import Bank
from bot.quiz.rules import LETTERS, Item, needed
from bot.study.views import choices
from bot.textmining.reading import excerpt

if TYPE_CHECKING:
    from bot.study.models import Assignment

LINE = 19.0
"""Chinese characters in a line of a phone that is readable at 65; others count half."""
NOTE = 160


def asked(one: Asked, *, in_group: bool, resumed: bool = False) -> str:
    """A question; the first, and one after a break, with what it is about."""
    lines = [question(one.item, f"{one.position + 1}/{one.total}")]
    if one.position == 0 or one.item.kind in (Kind.MULTIPLE, Kind.BLANK):
        lines.append(how(one.item, in_group=in_group))
    if resumed and one.position > 0:
        lines.insert(0, f"接着答{one.sitting.title}:")
    if one.position == 0:
        enough = f",答对 {needed(one.total, one.percent)} 题通过" if one.sitting.assignment_id is not None else ""
        lines.insert(0, f"{one.sitting.title}:{one.total} 题{enough}。")
    return "\n".join(lines)


def question(item: Item, number: str) -> str:
    """The stem with its number and kind, and the options."""
    return "\n".join([f"{number}({item.kind.value}){item.stem}", *options(item)])


def options(item: Item) -> list[str]:
    """The options with their letters: as many on a line, all or two, as fit on a phone."""
    lettered = [f"{letter}. {option}" for letter, option in zip(LETTERS, item.options, strict=False)]
    for at_once in (len(lettered), 2):
        rows = ["  ".join(lettered[i : i + at_once]) for i in range(0, len(lettered), max(at_once, 1))]
        if all(_width(row) <= LINE for row in rows):
            return rows
    return lettered


def _width(text: str) -> float:
    return sum(0.5 if sign.isascii() else 1.0 for sign in text)


def how(item: Item, *, in_group: bool) -> str:
    """What to type."""
    match item.kind:
        case Kind.SINGLE:
            return "回复一个字母。"
        case Kind.MULTIPLE:
            return "回复所有对的字母,如「AC」。"
        case Kind.JUDGE:
            return "回复「对」或「错」。"
    several = ",几处用分号隔开" if len(item.answer) > 1 else ""
    return f"{'回复「答 」加上要填的内容' if in_group else '直接回复要填的内容'}{several}。"


def right_answer(item: Item) -> str:
    """The right answer in words."""
    if item.kind in (Kind.SINGLE, Kind.MULTIPLE):
        return "、".join(f"{letter}. {item.options[LETTERS.index(letter)]}" for letter in item.answer)
    return ";".join(part.replace("|", " 或 ") for part in item.answer)


def because(item: Item) -> list[str]:
    """The explanation and the sentence that it rests on."""
    notes = [f"解析:{excerpt(item.explanation, NOTE)}"] if item.explanation else []
    credit = item.source.startswith("出题单位")
    return notes + ([f"{'' if credit else '出处:'}{excerpt(item.source, NOTE)}"] if item.source else [])


def judged(found: Judged, *, in_group: bool) -> str:
    """Right or wrong and why, and what comes next."""
    verdict = "✅ 答对了。" if found.correct else f"❌ 应是:{right_answer(found.item)}"
    then = asked(found.then, in_group=in_group) if isinstance(found.then, Asked) else ended(found.then)
    return "\n".join([verdict, *because(found.item), "", then])


def ended(one: Ended) -> str:
    sitting = one.sitting
    score = f"答完了:{one.total} 题答对 {sitting.right} 题"
    later = f"\n答错的过几天会再问,现在想看发「错题」。共 {one.waiting} 道。" if one.waiting else ""
    if sitting.assignment_id is None:
        return f"{score}。{later}"
    if not sitting.passed:
        what = sitting.title.partition("《")[0]
        no = what.removeprefix("学习").strip()
        return f"{score},还差一点(要 {needed(one.total, one.percent)} 题)。\n看看「全文 {no}」,再发「答题 {no}」。"
    return f"{score},通过。{_proved(one)}{later}"


def _proved(one: Ended) -> str:
    proved = one.proved
    if proved is None:
        return ""
    no = proved.assignment.no
    if not proved.enough:
        return f"学习 {no} 还要别的方式完成,发「补学」看。"
    if proved.first:
        return f"已登记{'补学' if proved.late else '学习'} {no}(凭答题)。"
    return f"学习 {no} 改记为凭答题完成。" if proved.higher else f"学习 {no} 之前已经登记过。"


def unclear(found: Unclear, *, in_group: bool) -> str:
    return f"{found.hint or '没看懂。'}{how(found.asked.item, in_group=in_group)}不答了发「结束答题」。"


def which(readings: "Sequence[tuple[Assignment, str]]", *, in_group: bool) -> str:
    listed = choices([(assignment.no, title) for assignment, title in readings], in_group=in_group)
    return f"答哪一篇的题?回复编号:\n{listed}"


def subjects(banks: Sequence[Bank]) -> str:
    """What may be practised when no reading is open."""
    listed = "、".join(f"「{bank.name}」" for bank in banks[:8])
    return f"学习都完成了。想练习发「答题 名称」,有:{listed}。"


NOTHING = "现在没有可答的题。"


def no_mistakes(waiting: int, first: date | None) -> str:
    """There is nothing to repeat today."""
    if first is None:
        return "没有要复习的错题。"
    return f"今天没有到期的错题。还有 {waiting} 道,{first.month}月{first.day}日起再来。"


def stopped(done: int) -> str:
    if done < 0:
        return "没有正在答的题。"
    return f"好的,先到这里(答了 {done} 题)。想再答发「答题」。"
