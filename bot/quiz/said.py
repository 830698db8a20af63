"""What people type when they are asked: 「选b」, 「a c」, 「①③」, 「对的」, 「√」, the words of an option. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from string import whitespace

from bot.quiz.kinds import Kind
from bot.quiz.rules import LETTERS, RIGHT, WRONG, fits, meant

LONGEST = 2000
"""Characters: who says more than all the options of a question doesn't answer it."""
_YES = frozenset(
    {"对", "对的", "是", "是的", "正确", "正确的", "没错", "勾", "打勾", "√", "✓", "✔", "☑", "✅"}
    | {"a", "t", "true", "y", "yes", "v", "ok"}
)
_NO = frozenset(
    {"错", "错的", "错误", "错误的", "不对", "不对的", "不正确", "不是", "否", "叉", "打叉", "有误", "×", "✗", "✘", "✖"}
    | {"❌", "❎", "b", "x", "f", "false", "n", "no"}
)
_PLAIN_JUDGEMENTS = frozenset({"对", "错", "对的", "错的", "正确", "错误", "√", "×"})
_LEAD = re.compile(r"(?:我|那|就|应该|应当|可能|觉得|认为|的|还是)*(?:选择?|答案?|填|是)*(?:的?是|为)?[\s:]*")
_LIAT = re.compile(r"(?:项选|[项吧啊呀哦呢了嘛的])+")
"""What may follow, read from the end."""
_EDGES = f"{whitespace}。.,!~、;\"'“”「」()[]【】"
_PARTS = re.compile(r"[\s,、.。;/和与及&+]+")
_LABELLED = re.compile(r"([A-H])\s*[.、:)\s]\s*(\S.*)", re.DOTALL)
_SQUARED = str.maketrans({"🅰": "A", "🅱": "B", "\ufe0f": "", "\u200b": ""})
_ORDINALS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "七": 6, "八": 7}
_FILLED = re.compile(r"(?:答案?|填)(?:是|为)?[\s:]*(\S.*)", re.DOTALL)


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.translate(_SQUARED)).strip()
    return text.strip(_EDGES) or text


def _bare(text: str) -> str:
    """Without what leads up to an answer and what follows it."""
    text = _LEAD.sub("", text, count=1)
    tail = _LIAT.match(text[::-1])
    return text[: len(text) - tail.end()] if tail else text


def judged(text: str) -> str | None:
    """「对」 or 「错」, or None where it says neither. Options 「A」 and 「B」 are these two."""
    if len(text) > LONGEST:
        return None
    word = _plain(text).casefold()
    for each in (word, _LEAD.sub("", word, count=1), _bare(word)):
        if each in _YES:
            return RIGHT
        if each in _NO:
            return WRONG
    return None


def letters(text: str, options: Sequence[str]) -> tuple[str, ...] | None:
    """The letters that are meant, in order and each once; None where it is no answer. A letter may lie behind the last
    option: who reads it says so."""
    if len(text) > LONGEST:
        return None
    plain = _plain(text)
    for each in (plain, _bare(plain)):
        found = _of_options(each, options) or _of_marks(each, len(options))
        if found:
            return tuple(sorted(set(found)))
    return None


def _of_options(text: str, options: Sequence[str]) -> list[str]:
    """The options that are named by their words, with or without the letter in front."""
    labelled = _LABELLED.fullmatch(text.upper())
    if labelled and labelled[1] in LETTERS[: len(options)]:
        letter = labelled[1]
        return [letter] if meant(options[LETTERS.index(letter)]) == meant(labelled[2]) else []
    words = {meant(option): LETTERS[i] for i, option in enumerate(options)}
    if meant(text) in words:
        return [words[meant(text)]]
    parts = [meant(part) for part in re.split(r"[;|\n、,]+", text) if part.strip()]
    return [words[part] for part in parts] if len(parts) > 1 and all(part in words for part in parts) else []


def _of_marks(text: str, count: int) -> list[str]:
    """Letters or numbers, parted or not: 「AC」, 「a、c」, 「13」, 「1 3」, 「第一个」."""
    marks = _PARTS.sub("", text).upper()
    if re.fullmatch(r"[A-H]{1,8}", marks) and len(set(marks)) == len(marks):
        return list(marks)
    if re.fullmatch(r"[1-8]{1,8}", marks) and len(set(marks)) == len(marks) and int(max(marks)) <= count:
        return [LETTERS[int(mark) - 1] for mark in marks]
    found = re.fullmatch(r"第([一二三四五六七八]|[1-8])[个项条]?", marks)
    if found:
        index = _ORDINALS.get(found[1], int(found[1]) - 1 if found[1].isdigit() else 0)
        return [LETTERS[index]] if index < count else []
    return []


def filled(text: str, blanks: int) -> tuple[str, ...]:
    """What is put into each blank; one text where the parts can't be told apart."""
    text = unicodedata.normalize("NFKC", text).strip()
    found = _FILLED.fullmatch(text)
    whole = found[1].strip() if found else text
    if blanks > 1:
        for separator in (r"[;\n]+", r"[、,]+", r"\s+"):
            parts = tuple(part.strip() for part in re.split(separator, whole) if part.strip())
            if len(parts) == blanks:
                return parts
    return (whole,)


def asked_for(kind: Kind, shown: Sequence[str]) -> tuple[str, ...]:
    """What ``is_answer`` needs to tell an answer in a group from talk: the kind, and the options as they are shown or
    what belongs into the blanks."""
    return (kind.value, *shown)


def is_answer(text: str, choices: Sequence[str]) -> bool:
    """Whether somebody who is being asked answers with this, or talks about something else. What is filled in counts if
    it is right, or said to be the answer: 「答 …」. A letter where 对 or 错 is asked for, or the
    other way round, is an answer to ask again about."""
    kind, shown = Kind(choices[0]), choices[1:]
    match kind:
        case Kind.JUDGE:
            return judged(text) is not None or letters(text, ()) is not None
        case Kind.BLANK:
            parts = filled(text, len(shown))
            right = len(parts) == len(shown) and all(map(fits, parts, shown))
            return right or _FILLED.fullmatch(text.strip()) is not None
    return letters(text, shown) is not None or _plain(text) in _PLAIN_JUDGEMENTS
