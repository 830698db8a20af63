"""Questions written as plain text: a number and the stem, options with their letters, 「答案:B」. Pure."""

import re
from dataclasses import dataclass, field

from bot.core.errors import UserError
from bot.quiz.rules import half_width
from bot.quiz.validating import Raw

EXAMPLE = "1. 党员大会一般每____召开一次。\nA. 月\nB. 季度\n答案:B\n解析:…\n出处:…"

_START = re.compile(
    r"(?:第\s*)?(\d{1,4})\s*(?:题\s*[.、:)]?|[.、:)])\s*(?!\d)(.*)|(?:题干|题目|问题)\s*:\s*(.+)", re.DOTALL
)
_KIND = r"((?:单项?|多项?|不定项)选择?题?|判断题?|是非题|填空题?)"
_SECTION = re.compile(rf"(?:[一二三四五六七八九十]+\s*[、.]\s*|第.{{1,3}}部分\s*)?{_KIND}(?:\s*\(.*)?")
_TAG = re.compile(rf"^\s*[\[(【]\s*{_KIND}\s*[\])】]\s*|\s*[\[(【]\s*{_KIND}\s*[\])】]\s*$")
_OPTION = re.compile(r"\s*\(?([A-Ha-h])\)?\s*[.、:)]\s*|\s*([A-H])\s+(?=\S)")
_NEXT = re.compile(r"(?:(?<=\s)|(?<=[;。,]))\(?([A-H])\)?\s*[.、:)]\s*")
_FIRST = re.compile(r"(?<=[\s。?:)_])\(?A\)?\s*[.、:)]\s*(?=.*[\s;。,]\(?B\)?\s*[.、:)])")
_FIELD = re.compile(
    r"[\[(【]?\s*(正确答案|参考答案|标准答案|答案|答|答案解析|试题解析|解析|说明|出处|来源|依据|题型|类型|分类|知识点)\s*[\])】]?"
    r"\s*:\s*(.*)|【\s*(正确答案|参考答案|答案|解析|出处|来源|依据|题型|分类|知识点)\s*】\s*(.*)",
    re.DOTALL,
)
_CALLED = {"来源": "source", "依据": "source", "出处": "source", "题型": "kind", "类型": "kind", "分类": "category"}
_CALLED |= {"知识点": "category", "说明": "explanation", "答": "answer"}
_INSIDE = re.compile(r"[(\uff08]\s*([A-Ha-h](?:\s*[,、\uff0c]?\s*[A-Ha-h]){0,7}|√|×|对|错|正确|错误)\s*[)\uff09]")


@dataclass
class _Draft:
    line: int
    no: str
    stem: str
    kind: str = ""
    options: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    last: str = "stem"


def questions_in(text: str) -> list[Raw]:
    """Every question of the text, with the line on which it begins. Raises ``UserError`` where there is none."""
    drafts: list[_Draft] = []
    kind, gap = "", True
    for number, line in enumerate(text.splitlines(), start=1):
        typed = line.strip()
        plain = half_width(typed)
        if not typed:
            gap = True
            continue
        section = _SECTION.fullmatch(plain)
        if section:
            kind, gap = section[1], True
            continue
        start = _START.match(plain)
        known = not start and drafts and _belongs(drafts[-1], typed, plain, gap)
        if start or not known:
            no = (start[1] or "") if start else ""
            drafts.append(_begun(number, no, _tail(typed, plain, start), kind))
        gap = False
    drafts = [draft for draft in drafts if draft.options or draft.notes or _INSIDE.search(draft.stem)]
    if not drafts:
        raise UserError(f"没有看到题目。可以这样写:\n{EXAMPLE}")
    return [_raw(draft) for draft in drafts]


def _tail(typed: str, plain: str, start: re.Match[str] | None) -> str:
    """The line behind its number, as it was typed."""
    if start is None:
        return typed
    rest = start[2] if start[2] is not None else start[3]
    return typed[len(plain) - len(rest) :]


def _begun(line: int, no: str, stem: str, kind: str) -> _Draft:
    """A question with its first line: options may follow on it."""
    draft = _Draft(line, no, stem, kind)
    plain = half_width(stem)
    begin = _FIRST.search(plain)
    if begin:
        draft.stem = stem[: begin.start()].strip()
        _take_options(draft, stem, plain, begin.end())
    _tagged(draft)
    return draft


def _tagged(draft: _Draft) -> None:
    """「[多选]」 at either end of the stem says what kind it is."""
    plain = half_width(draft.stem)
    found = _TAG.search(plain)
    if found:
        draft.kind = found[1] or found[2]
        draft.stem = f"{draft.stem[: found.start()]}{draft.stem[found.end() :]}".strip()


def _belongs(draft: _Draft, typed: str, plain: str, gap: bool) -> bool:
    """Take a line that goes on with a question; False where it must be the stem of the next one."""
    named = _FIELD.fullmatch(plain)
    if named:
        name, value = (named[1], named[2]) if named[1] else (named[3], named[4])
        draft.last = _CALLED.get(name) or ("answer" if name.endswith("答案") else "explanation")
        value = typed[len(typed) - len(value) :]
        if draft.last == "kind":
            draft.kind = value
        else:
            draft.notes[draft.last] = value
        return True
    option = _OPTION.match(plain)
    if option and not draft.notes:
        letter = (option[1] or option[2]).upper()
        if letter == "ABCDEFGH"[len(draft.options) : len(draft.options) + 1]:
            _take_options(draft, typed, plain, option.end())
            return True
    if gap and (draft.options or draft.notes):
        return False
    if draft.last == "stem" and not draft.options:
        draft.stem += f"\n{typed}"
    elif draft.last == "stem":
        draft.options[-1] += typed
    elif draft.last == "kind":
        return False
    else:
        draft.notes[draft.last] += f"\n{typed}"
    return True


def _take_options(draft: _Draft, typed: str, plain: str, begin: int) -> None:
    """All the options that stand on one line."""
    marks = list(_NEXT.finditer(plain, begin))
    at, following = begin, "BCDEFGH"[len(draft.options) :]
    for mark in marks:
        if mark[1] == following[:1]:
            draft.options.append(typed[at : mark.start()].strip())
            at, following = mark.end(), following[1:]
    draft.options.append(typed[at:].strip())


def _raw(draft: _Draft) -> Raw:
    stem, answer = draft.stem, draft.notes.get("answer", "").strip()
    inside = list(_INSIDE.finditer(stem))
    if "answer" not in draft.notes and inside:
        answer = inside[-1][1]
        stem = f"{stem[: inside[-1].start()]}( ){stem[inside[-1].end() :]}"
    place = f"第 {draft.no} 题(第 {draft.line} 行)" if draft.no else f"第 {draft.line} 行"
    parts = [part for part in re.split(r"[;\n\uff1b]+", answer) if part.strip()] if draft.options else [answer]
    explanation, source, category = (
        draft.notes.get(name, "").strip() for name in ("explanation", "source", "category")
    )
    answers = tuple(part for part in parts if part)
    return Raw(place, stem, draft.kind, tuple(draft.options), answers, explanation, source, category)
