"""Drafts of questions from a regulation: its numbers, its quoted terms, its lists. Pure.

Never from essays: blanks cut out of prose ask for nothing that is worth knowing (1 of 14 was usable when it was tried),
from regulations 6 of 8 are. Every draft carries the sentence that it comes from, and is nothing but a proposal.
"""

import re
from collections.abc import Iterator, Sequence
from random import Random

from bot.quiz.kinds import Kind
from bot.quiz.rules import BLANK, LETTERS, Item, meant

MOST = 12
"""Drafts from one text."""
LONGEST = 140
"""Characters of a sentence that can still be asked about on a phone."""
SHORTEST = 12

_REGULATION = re.compile(r"条例|章程|规定|准则|办法|细则|规则|守则|规程|制度")
_ARTICLE = re.compile(r"^\s*第[一二三四五六七八九十百\d]+条", re.MULTILINE)
_ESSAY = re.compile(r"有感|体会|心得|解读|评论|述评|随笔|纪实|侧记|综述|访谈")
_DUTY = re.compile(r"应当|必须|不得|可以|一般|不少于|不超过|至少|负责|有权|履行|下列")
_SENTENCE = re.compile(r"[^。!?\uff01\uff1f\n]+[。!?\uff01\uff1f]?")
_HEAD = re.compile(r"^\s*(?:第[一二三四五六七八九十百\d]+[条款章节]\s*|[(\uff08][一二三四五六七八九十\d]+[)\uff09]\s*)")
_QUOTED = re.compile(r"“([^“”]{2,12})”|「([^「」]{2,12})」|《([^《》]{2,24})》")
_UNITS = "个工作日|个小时|学时|小时|分钟|个月|日内|年|月|日|天|次|人|名|倍|%|周|岁|元|届|分之一|分之二"
_NUMBER = re.compile(rf"(?<![\d第.至到一二三四五六七八九十])(\d{{1,5}}|[一二三四五六七八九十]{{1,3}})(?={_UNITS})")
_PART = r"[\u4e00-\u9fff]{2,10}"
_LIST = re.compile(rf"(?<![\u4e00-\u9fff])?((?:{_PART}、){{2,}}{_PART})(?=[,。;\uff0c\uff1b和]|$)")
_COMMON = ("三会一课", "主题党日", "两学一做", "四个意识", "四个自信", "两个维护", "三个代表", "民主评议党员")
_CHINESE = "零一二三四五六七八九十"


def is_regulation(title: str, source: str, text: str) -> bool:
    """Whether a text lays down rules, so that questions can be drawn from it: called so, or made of articles."""
    if _ESSAY.search(title):
        return False
    named = _REGULATION.search(title) or _REGULATION.search(source)
    return len(_ARTICLE.findall(text)) >= 2 or (named is not None and len(_DUTY.findall(text)) >= 1)


def draft(title: str, source: str, text: str) -> list[Item]:
    """Proposals, in the order of the text: at most two from a sentence; none from what is no regulation."""
    if not is_regulation(title, source, text):
        return []
    sentences = [_HEAD.sub("", found[0]).strip() for found in _SENTENCE.finditer(text)]
    sentences = [one for one in dict.fromkeys(sentences) if SHORTEST <= len(one) <= LONGEST and one[-1] in "。!\uff01"]
    terms = [term for one in sentences for term in _terms(one)]
    lists = [parts for one in sentences for _, parts in _lists(one)]
    drafts: dict[str, Item] = {}
    for sentence in sentences:
        made = [*_numbers(sentence), *_quoted(sentence, terms), *_listed(sentence, lists)]
        drafts |= {item.digest: item for item in made[:2]}
    return list(drafts.values())[:MOST]


def _blanked(sentence: str, begin: int, end: int) -> str:
    return f"{sentence[:begin]}{BLANK}{sentence[end:]}"


def _chosen(sentence: str, stem: str, right: str, others: Sequence[str]) -> Item:
    """A question with four options at most, in the order of their words."""
    options = sorted([right, *others[:3]], key=lambda one: (len(one), one))
    return Item(Kind.SINGLE, stem, tuple(options), (LETTERS[options.index(right)],), source=sentence)


def _numbers(sentence: str) -> Iterator[Item]:
    """「不少于32学时」: which number?"""
    inside = [found.span() for found in _QUOTED.finditer(sentence)]
    for found in _NUMBER.finditer(sentence):
        if any(begin <= found.start() < end for begin, end in inside):
            continue
        if found[1] == "一" and sentence[found.end()] != "次":  # 「一年来」, 「一人」: no number is meant
            continue
        others = _near(found[1])
        if others:
            options = sorted([found[1], *others], key=_value)
            stem = _blanked(sentence, *found.span(1))
            yield Item(Kind.SINGLE, stem, tuple(options), (LETTERS[options.index(found[1])],), source=sentence)


def _value(number: str) -> int:
    if number.isdecimal():
        return int(number)
    tens, _, ones = number.partition("十")
    if "十" in number:
        return (_CHINESE.index(tens) if tens else 1) * 10 + (_CHINESE.index(ones) if ones else 0)
    return _CHINESE.index(number) if len(number) == 1 else 0


def _near(number: str) -> list[str]:
    """Three other numbers of its kind that might be thought right."""
    value = _value(number)
    if value < 1:
        return []
    if value <= 4:
        near = [one for one in (1, 2, 3, 4) if one != value]
    elif value % 10 == 0:
        near = [value // 2, value * 2, value + value // 2]
    elif value <= 10:
        near = [value - 2, value + 2, value + 5]
    else:
        near = [value - value // 4, value + value // 4, value + value // 2]
    if number.isdecimal():
        return [str(one) for one in near]
    return [_in_chinese(one) for one in near] if max(near) < 100 else []


def _in_chinese(value: int) -> str:
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_CHINESE[tens]}十"
    return f"{head}{_CHINESE[ones] if ones else ''}"


def _terms(sentence: str) -> list[str]:
    return [next(part for part in found.groups() if part) for found in _QUOTED.finditer(sentence)]


def _quoted(sentence: str, terms: Sequence[str]) -> Iterator[Item]:
    """「严格执行“三会一课”制度」: which term?"""
    for found in _QUOTED.finditer(sentence):
        term = next(part for part in found.groups() if part)
        if meant(sentence).count(meant(term)) > 1:
            continue
        others = [one for one in dict.fromkeys([*terms, *_COMMON]) if one not in sentence]
        pool = [one for one in others if abs(len(one) - len(term)) <= 2]
        begin = found.start() + 1
        if len(pool) >= 2:
            yield _chosen(sentence, _blanked(sentence, begin, begin + len(term)), term, pool)


def _lists(sentence: str) -> Iterator[tuple[int, list[str]]]:
    """(where it begins, its parts) of each list of parts of about one length."""
    for found in _LIST.finditer(sentence):
        parts = found[1].split("、")
        lengths = [len(part) for part in parts]
        parts[0] = parts[0][-max(lengths[1:]) :] if lengths[0] > max(lengths[1:]) else parts[0]
        if max(lengths[1:]) - min(lengths[1:]) <= 2 and len(set(parts)) == len(parts):
            yield found.end() - len("、".join(parts)), parts


def _listed(sentence: str, lists: Sequence[Sequence[str]]) -> Iterator[Item]:
    """「政治性、时代性、原则性、战斗性」: which part is missing?"""
    for begin, parts in _lists(sentence):
        which = Random(sentence).randrange(1, len(parts))
        start = begin + len("、".join(parts[:which])) + 1
        stem = _blanked(sentence, start, start + len(parts[which]))
        others = [part for other in lists for part in other if part not in sentence and len(part) == len(parts[which])]
        others = list(dict.fromkeys(others))
        if len(others) >= 3:
            yield _chosen(sentence, stem, parts[which], others)
        else:
            yield Item(Kind.BLANK, stem, (), (parts[which],), source=sentence)


def supported(item: Item, evidence: str, text: str) -> bool:
    """Whether the words that are said to bear out a proposal stand literally in the material, and bear it out: a right
    answer that is filled in or chosen is among them."""
    if len(evidence.strip()) < SHORTEST or evidence.strip() not in text:
        return False
    if item.kind is Kind.JUDGE:
        return True
    if item.kind is Kind.BLANK:
        return all(any(meant(each) in meant(evidence) for each in part.split("|")) for part in item.answer)
    return all(part in meant(evidence) for part in item.answered_by)
