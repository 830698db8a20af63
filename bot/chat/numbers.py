"""Numbers that people type behind a command word."""

import re

from bot.core.errors import UserError

_RANGE = re.compile(r"(\d{1,6})(?:\s*[-~—到至]+\s*(\d{1,6}))?")


def number(text: str) -> int | None:
    """The number that was given; None if there is none. Raises ``UserError`` for anything else."""
    text = text.strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 6:
        raise UserError(f"「{text[:10]}」不是编号,请写数字,比如「已学 7」。")
    return int(text)


def numbered(text: str, what: str, example: str) -> tuple[int, str]:
    """(the number in front, the other words) of 「5 周六9:00」. Raises ``UserError`` with the example; ``what`` is the
    thing that is numbered."""
    word, *rest = text.strip().split(maxsplit=1) or [""]
    if not word.isdecimal() or len(word) > 6:
        raise UserError(f"请写{what}的编号,比如:{example}")
    return int(word), rest[0].strip() if rest else ""


def ranges(text: str, most: int) -> list[int]:
    """「资料 3-5、8」 → 3, 4, 5, 8: each once, as written, ``most`` of them. Raises ``UserError``."""
    rest = _RANGE.sub("", text)
    if strange := re.sub(r"资料|[\s,,、;;和及第号篇]", "", rest):
        raise UserError(f"没读懂「{strange[:10]}」。资料请写编号,比如:资料 3-12 或 资料 3、5、8")
    numbers: dict[int, None] = {}
    for first, last in _RANGE.findall(text):
        begin, end = int(first), int(last or first)
        if end < begin:
            raise UserError(f"「{first}-{last}」前后写反了。")
        if len(numbers) + end - begin >= most:
            raise UserError(f"一次最多 {most} 篇资料,请分几次。")
        numbers |= dict.fromkeys(range(begin, end + 1))
    return list(numbers)
