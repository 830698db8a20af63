"""A question as it was written → a sound one, or all that is wrong with it. Pure.

Real banks hold items with identical options, answers outside the options, stems without a blank and the same question
twice; none of these may reach a member.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.quiz import said
from bot.quiz.kinds import Kind
from bot.quiz.rules import BLANK, LETTERS, Item, meant

LONGEST_STEM = 600
LONGEST_OPTION = 200
LONGEST_NOTE = 1000

_KINDS = {
    Kind.SINGLE: "单选 单选题 单项选择 单项选择题 single singlechoice singleselect radio",
    Kind.MULTIPLE: "多选 多选题 多项选择 多项选择题 不定项 不定项选择 不定项选择题 multi multiple multiplechoice",
    Kind.JUDGE: "判断 判断题 是非 是非题 对错 对错题 judge judgement judgment truefalse tf bool boolean",
    Kind.BLANK: "填空 填空题 blank fill fillin fillblank fillintheblank cloze",
}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names.split()}
_ANY_CHOICE = frozenset({"选择", "选择题", "choice", "choose", "select"})
_ESSAYS = re.compile(r"简答|问答|论述|案例|名词|材料|essay|short", re.IGNORECASE)
_OPEN, _CLOSE = r"[(\uff08【\[]", r"[)\uff09】\]]"
_GAPS = re.compile(rf"_+|-{{4,}}|{_OPEN}\s*{_CLOSE}|\.{{4,}}|(?<=\S)[ \t]{{3,}}|^[ \t]{{3,}}(?=\S)")
_LAST_BRACKETS = re.compile(rf"\s*{_OPEN}\s*{_CLOSE}\s*[。.]?\s*$")
_SPACES = re.compile(r"(?<=[^\s(\uff08【])[ \t]{3,}|^[ \t]{3,}")
_CREDIT = re.compile(r"[(\uff08]\s*((?:出题|推荐|供题)单位.*?)[)\uff09]?\s*$")
_ASKS = re.compile(
    r"[?\uff1f:\uff1a]\s*$|什么|何|哪|谁|几|多少|怎|吗|呢|是否|下列|以下|下面|不正确|不包括|不属于|的有|的是|包括|属于"
    r"|是指|出自"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]|[\ud800-\udfff]")
_LABEL = re.compile(r"\s*[(\uff08]?([A-Ha-h])[)\uff09]?\s*[.、\uff0e:\uff1a)\uff09]\s*(.*)", re.DOTALL)


@dataclass(frozen=True)
class Raw:
    """A question as it was written at ``place`` (「第 3 行」). ``answer`` may be several texts, or numbers of options,
    which count from ``first`` (None: that can't be told). ``faults`` were found while it was read."""

    place: str
    stem: str = ""
    kind: str = ""
    options: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()
    explanation: str = ""
    source: str = ""
    category: str = ""
    first: int | None = 1
    faults: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Fault:
    """Why a question can't be taken, and where it is."""

    place: str
    reason: str


@dataclass(frozen=True)
class Checked:
    """The sound questions, and the faults of the others; both in the order of the file. ``passed_over`` are the tables
    of the file, by name, that hold no questions as far as could be told."""

    items: tuple[Item, ...]
    faults: tuple[Fault, ...]
    passed_over: tuple[str, ...] = ()

    @property
    def faulty(self) -> int:
        """How many questions have faults."""
        return len({fault.place for fault in self.faults})


class _Wrong(Exception):
    """What is wrong, in words."""


def check(raws: Sequence[Raw]) -> Checked:
    """Sort what is sound from what isn't; of a question that stands there twice, the first is kept."""
    items: list[Item] = []
    faults: list[Fault] = []
    seen: dict[str, tuple[str, Item]] = {}
    for raw in raws:
        found = list(raw.faults)
        try:
            item = _item(raw) if not found else None
        except _Wrong as wrong:
            found += [str(wrong)]
            item = None
        if item is not None:
            place, before = seen.setdefault(item.digest, (raw.place, item))
            if before is item:
                items.append(item)
            elif before.answered_by == item.answered_by:
                found.append(f"和{place}重复")
            else:
                found.append(f"和{place}是同一题,答案却不同")
        faults += [Fault(raw.place, reason) for reason in found]
    contradicted = {fault.reason.partition("是同一题")[0] for fault in faults if "答案却不同" in fault.reason}
    return Checked(tuple(_without(items, seen, contradicted)), tuple(faults))


def _without(items: list[Item], seen: dict[str, tuple[str, Item]], contradicted: set[str]) -> list[Item]:
    """Leave out what is contradicted further down: nobody knows which of the two is right."""
    return [item for item in items if f"和{seen[item.digest][0]}" not in contradicted]


def _item(raw: Raw) -> Item:
    stem, source = _stem(raw)
    options = _options(raw.options)
    if len(options) > len(LETTERS):
        raise _Wrong(f"选项有 {len(options)} 个,最多 {len(LETTERS)} 个")
    if not any(part.strip() for part in raw.answer):
        raise _Wrong("没有答案")
    kind = _kind(raw, stem, options)
    notes = {"explanation": _note(raw.explanation), "source": _note(raw.source or source)}
    category = _text(raw.category).strip()[:40]
    match kind:
        case Kind.JUDGE:
            answer = (_judged(raw, options),)
            return Item(kind, _LAST_BRACKETS.sub("", stem), (), answer, **notes, category=category)
        case Kind.BLANK:
            shown, blanks = _GAPS.subn(BLANK, stem)
            if not blanks:
                raise _Wrong("题干里没有要填的空(写成 ____ 或括号)")
            return Item(kind, shown.strip(), (), _blanks(raw.answer, blanks), **notes, category=category)
    if not _GAPS.search(stem) and not _ASKS.search(stem):
        raise _Wrong("题干里没有空,也没有提问")
    _check_options(options)
    letters = _letters(raw, options)
    if kind is Kind.SINGLE and len(letters) > 1:
        raise _Wrong(f"单选题有 {len(letters)} 个答案「{''.join(letters)}」")
    if kind is Kind.MULTIPLE and len(letters) < 2 and "不定项" not in raw.kind:
        raise _Wrong("多选题只有一个答案")
    return Item(kind, _shown(stem), options, letters, **notes, category=category)


def _text(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\u3000", "  ")).strip("\n")


def _note(text: str) -> str:
    note = _text(text).strip()
    return note if len(note) <= LONGEST_NOTE else f"{note[: LONGEST_NOTE - 1]}…"


def _stem(raw: Raw) -> tuple[str, str]:
    """The stem, and the credit at its end that belongs into the source."""
    stem = _text(raw.stem).replace("\xa0", " ")
    credit = _CREDIT.search(stem)
    source = credit[1].strip() if credit else ""
    stem = _CREDIT.sub("", stem) if credit else stem
    if not meant(stem):
        raise _Wrong("没有题干")
    if len(stem) > LONGEST_STEM:
        raise _Wrong(f"题干有 {len(stem)} 字,太长了(最多 {LONGEST_STEM} 字)")
    return stem, source


def _shown(stem: str) -> str:
    """Blanks that are nothing but spaces are made visible, but for one behind a question."""
    return _SPACES.sub(BLANK, re.sub(r"(?<=[?\uff1f])\s+$", "", stem)).strip()


def _options(options: Sequence[str]) -> tuple[str, ...]:
    """Without their letters, and without what is empty at the end."""
    texts = [_text(option).strip() for option in options]
    while texts and not texts[-1]:
        texts.pop()
    labels = [_LABEL.fullmatch(text) for text in texts]
    if texts and all(label and label[1].upper() == LETTERS[i : i + 1] for i, label in enumerate(labels)):
        texts = [label[2].strip() for label in labels if label]
    return tuple(texts)


def _check_options(options: Sequence[str]) -> None:
    if not options:
        raise _Wrong("没有选项")
    if len(options) == 1:
        raise _Wrong("只有一个选项")
    first: dict[str, str] = {}
    for letter, option in zip(LETTERS, options, strict=False):
        if not option:
            raise _Wrong(f"选项 {letter} 是空的")
        if len(option) > LONGEST_OPTION:
            raise _Wrong(f"选项 {letter} 有 {len(option)} 字,太长了(最多 {LONGEST_OPTION} 字)")
        same = first.setdefault(meant(option), letter)
        if same != letter:
            raise _Wrong(f"选项 {same} 和 {letter} 一样(「{option[:20]}」)")


def _bare(name: str) -> str:
    return re.sub(r"[\s_\-/]|\(.*", "", unicodedata.normalize("NFKC", name)).casefold()


def kind_named(name: str) -> Kind | None:
    """「单项选择题」, 「true_false」 → the kind; None if it is none."""
    return _KIND_OF.get(_bare(name))


def _kind(raw: Raw, stem: str, options: Sequence[str]) -> Kind:
    name = _bare(raw.kind)
    if name in _KIND_OF:
        return _KIND_OF[name]
    if _ESSAYS.search(name):
        raise _Wrong(f"「{raw.kind[:10]}」没法自动判对错,不收")
    if name and name not in _ANY_CHOICE and not name.isdigit():
        raise _Wrong(f"题型「{raw.kind[:10]}」不认识(单选、多选、判断、填空)")
    if len(options) == 2 and {said.judged(option) for option in options} == {"对", "错"}:
        return Kind.JUDGE
    if options or name in _ANY_CHOICE:
        return Kind.MULTIPLE if len(_letters(raw, options)) > 1 else Kind.SINGLE
    if len(raw.answer) == 1 and said.judged(raw.answer[0]) and not re.fullmatch(r"[A-Ha-h]", raw.answer[0].strip()):
        return Kind.JUDGE
    if _GAPS.search(stem) and not re.fullmatch(r"[A-H]{1,8}", "".join(raw.answer).strip()):
        return Kind.BLANK
    raise _Wrong("没有选项,也看不出是判断题还是填空题")


def _judged(raw: Raw, options: Sequence[str]) -> str:
    answer = raw.answer[0].strip()
    if len(options) == 2 and re.fullmatch(r"[A-Ba-b]", answer):
        answer = options[LETTERS.index(answer.upper())]
    found = {"1": "对", "0": "错"}.get(answer) or said.judged(answer)
    if found is None or len(raw.answer) > 1:
        raise _Wrong(f"答案「{'、'.join(raw.answer)[:20]}」看不懂,判断题写「对」或「错」")
    return found


def _blanks(answer: Sequence[str], blanks: int) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in answer) if len(answer) > 1 else said.filled(answer[0], blanks)
    parts = tuple(re.sub(r"\s*[|\uff5c]\s*", "|", part) for part in parts)
    if len(parts) != blanks:
        raise _Wrong(f"有 {blanks} 处空,答案有 {len(parts)} 个")
    if not all(meant(part) for part in parts):
        raise _Wrong("有一处空没有答案")
    if any(len(part) > LONGEST_OPTION for part in parts):
        raise _Wrong(f"答案太长了(最多 {LONGEST_OPTION} 字)")
    return parts


def _letters(raw: Raw, options: Sequence[str]) -> tuple[str, ...]:
    """The letters of the answer, given as letters, as numbers or in the words of the options."""
    found: set[str] = set()
    for part in raw.answer:
        found.update(_one(part.strip(), raw, options))
    beyond = sorted(letter for letter in found if LETTERS.index(letter) >= len(options))
    if beyond:
        raise _Wrong(f"答案「{'、'.join(beyond)}」不在选项里(选项只到 {LETTERS[max(len(options) - 1, 0)]})")
    return tuple(sorted(found))


def _one(text: str, raw: Raw, options: Sequence[str]) -> tuple[str, ...]:
    named = [LETTERS[i] for i, option in enumerate(options[: len(LETTERS)]) if meant(option) == meant(text)]
    plain = re.sub(r"[\s,、;.]", "", unicodedata.normalize("NFKC", text))
    counted = plain.isdigit() and len(options) > 0
    if counted and raw.first is None and not named:
        raise _Wrong(f"答案写的是数字「{text}」,看不出从 0 还是从 1 数起,请改写字母")
    numbers = [int(sign) - (1 if raw.first is None else raw.first) for sign in plain] if counted else []
    if numbers and not named:
        if not all(0 <= number < len(LETTERS) for number in numbers):
            raise _Wrong(f"答案「{text[:20]}」不在选项里(选项只到 {LETTERS[max(len(options) - 1, 0)]})")
        return tuple(LETTERS[number] for number in numbers)
    if numbers and len(plain) == 1 and named != [LETTERS[number] for number in numbers if number >= 0]:
        raise _Wrong(f"答案「{text}」既像选项的内容又像序号,请改写字母")
    if named:
        return (named[0],)
    letters = said.letters(text, options)
    if letters is None:
        raise _Wrong(f"答案「{text[:20]}」不在选项里")
    return letters


def with_first(raws: Sequence[Raw], first: int | None) -> list[Raw]:
    """Say from which number the answers of these questions (of one table) count, where they are numbers: from 0 where a
    0 is among them, from 1 where one is as large as its options are many; else from ``first``."""
    digits = [(int(part), len(raw.options)) for raw in raws for part in raw.answer if part.strip().isdecimal()]
    within = [(number, count) for number, count in digits if number <= count]
    if any(number == 0 for number, _ in within):
        first = 0
    elif any(number == count for number, count in within):
        first = 1
    return [replace(raw, first=first) for raw in raws]
