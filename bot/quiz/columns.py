"""The rows of a table that somebody made of questions: columns known by their Chinese or English names. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from bot.core.errors import UserError
from bot.quiz.kinds import Kind
from bot.quiz.rules import LETTERS, half_width
from bot.quiz.validating import Raw, kind_named, with_first
from bot.sources.grids import Grid, Value
from bot.sources.workbook import Unreadable

WANTED = "第一行请写列名:题型、题干、选项A、选项B、选项C、选项D、答案、解析、出处(题干和答案必填)。"

_NAMES = {
    "stem": "题干 题目 问题 试题 题目内容 试题内容 问题内容 题干内容 试题题干 内容 题"
    " question content stem title text problem",
    "kind": "题型 试题类型 题目类型 类型 题类 type kind questiontype qtype",
    "options": "选项 选择项 备选项 备选答案 选项内容 options choices option choice candidates",
    "answer": "答案 正确答案 标准答案 参考答案 正确选项 答案选项 answer answers correctanswer correctanswers correct"
    " rightanswer right key solution correctoption",
    "index": "answerindex correctindex answeridx",
    "explanation": "解析 答案解析 试题解析 题目解析 说明 讲解 explanation analysis explain notes note",
    "source": "出处 来源 依据 原文 法规依据 条款 source reference basis origin evidence",
    "category": "分类 类别 科目 章节 知识点 标签 专题 模块 category chapter tag tags topic subject group",
}
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names.split()}
_OPTION = re.compile(r"(?:选项|备选项?|答案|option|choice|opt)?([a-h]|[1-8]|[一二三四五六七八])(?:选项|项)?")
_POSITIONS = {sign: i % 8 for i, sign in enumerate("abcdefgh12345678一二三四五六七八")}

_ZEROTH = re.compile(r"(?:选项|option|choice|opt)0")
_HEADER_WITHIN = 15
_LABELS = re.compile(r"(?:^|(?<=[\s;,、|]))[(]?([A-H])[)]?\s*[.、:)]\s*")


def questions_in(grids: Sequence[Grid]) -> tuple[list[Raw], list[str]]:
    """What is written in the tables that hold questions, and the names of the others. Raises ``UserError`` where none
    does."""
    raws: list[Raw] = []
    passed_over: list[str] = []
    for grid in grids:
        for index, row in enumerate(grid.rows[:_HEADER_WITHIN]):
            columns = _columns(row)
            if "stem" in columns.values() and {"answer", "index"} & set(columns.values()):
                raws += _questions(grid, index + 1, columns)
                break
        else:
            passed_over.append(grid.name)
    if not raws:
        raise UserError(f"没找到「题干」和「答案」这两列。{WANTED}")
    return raws, passed_over


def _title(value: Value) -> str:
    text = unicodedata.normalize("NFKC", value) if isinstance(value, str) else ""
    return re.sub(r"[\s_\-*:.]|\(.*?\)|【.*?】", "", text).casefold()


def _columns(row: Sequence[Value]) -> dict[int, str]:
    """What each column holds: a field, or 「option 0」 and so on. Of two that hold the same, the first that is filled
    counts."""
    found: dict[int, str] = {}
    for at, value in enumerate(row):
        title = _title(value)
        field = _FIELD_OF.get(title)
        option = _OPTION.fullmatch(title) if field is None else None
        if option is not None:
            field = f"option {_POSITIONS[option[1]]}"
        if field is not None:
            found[at] = field
    return _counting_from_one(found, row)


def _counting_from_one(found: dict[int, str], row: Sequence[Value]) -> dict[int, str]:
    """「选项0」 to 「选项3」 is one further than 「选项1」 to 「选项4」."""
    zero = next((at for at, value in enumerate(row) if _ZEROTH.fullmatch(_title(value))), None)
    if zero is None:
        return found
    further = {at: f"option {int(field[7:]) + 1}" for at, field in found.items() if field.startswith("option ")}
    return found | further | {zero: "option 0"}


def _questions(grid: Grid, begin: int, columns: Mapping[int, str]) -> list[Raw]:
    raws = []
    for index, row in enumerate(grid.rows[begin:], start=begin):
        cells: dict[str, Value] = {}
        for at, field in columns.items():
            if at < len(row) and row[at] not in (None, ()):
                cells.setdefault(field, row[at])
        if cells:
            raws.append(_raw(grid.place(index), cells))
    answers_by_index = "index" in columns.values()
    named = "kind" in columns.values() or not any(kind_named(raw.category) for raw in raws)
    if not named:
        raws = [Raw(**{**vars(raw), "kind": raw.category, "category": ""}) for raw in raws]
    return with_first(raws, first=0 if answers_by_index else 1 if grid.counted == "行" else None)


def _raw(place: str, cells: Mapping[str, Value]) -> Raw:
    odd = [value.address for value in cells.values() if isinstance(value, Unreadable)]
    faults = [f"单元格 {address} 是公式或错误值,请粘贴成数值" for address in odd]
    kind = _text(cells.get("kind"))
    return Raw(
        place,
        _text(cells.get("stem")),
        kind,
        _options(cells),
        _answer(cells.get("answer", cells.get("index")), kind),
        _text(cells.get("explanation")),
        _text(cells.get("source")),
        _text(cells.get("category")),
        faults=tuple(faults),
    )


def _text(value: Value) -> str:
    """A value as it reads: lists with commas, 32.0 as 32, dates as they are written."""
    match value:
        case None | Unreadable():
            return ""
        case tuple():
            return "、".join(value)
        case bool():
            return "对" if value else "错"
        case float() if value.is_integer():
            return str(int(value))
    return str(value)


def _options(cells: Mapping[str, Value]) -> tuple[str, ...]:
    own = {int(field[7:]): _text(value) for field, value in cells.items() if field.startswith("option ")}
    if any(own.values()):
        return tuple(own.get(i, "") for i in range(max(own) + 1))
    value = cells.get("options")
    return value if isinstance(value, tuple) else split_options(_text(value))


def split_options(text: str) -> tuple[str, ...]:
    """The options in one text: each behind its letter, on its own line, or parted by 「|」, 「;」, commas."""
    text = text.strip()
    marks = list(_LABELS.finditer(half_width(text)))
    if len(marks) > 1 and [mark[1] for mark in marks] == list(LETTERS[: len(marks)]):
        ends = [mark.start() for mark in marks[1:]] + [len(text)]
        return tuple(
            text[mark.end() : end].strip(" \n;,、|\uff1b\uff0c") for mark, end in zip(marks, ends, strict=True)
        )
    for separator in (r"\n+", r"[|\uff5c]+", r"[;\uff1b]+", r"\t+", r"[,\uff0c]+", "、", r"\s{2,}", r"\s+"):
        parts = [part.strip() for part in re.split(separator, text) if part.strip()]
        if len(parts) > 1:
            return tuple(parts)
    return (text,) if text else ()


def _answer(value: Value, kind: str) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(str(part) for part in value)
    text = _text(value)
    parts = [part.strip() for part in re.split(r"[;|\n\uff1b\uff5c]+", text) if part.strip()]
    return tuple(parts) if len(parts) > 1 and kind_named(kind) is not Kind.BLANK else (text,) if text else ()
