"""How long a 公示 must stand at least, by what it is about; the rules are data with source and date."""

import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from bot.core.errors import UserError
from bot.core.settings import SHIPPED
from bot.scheduling.moments import read_day
from bot.scheduling.words import number

FILE = SHIPPED / "notice" / "publicity.json"
LONGEST = 60
"""Working days at most: what is meant to stand for ever is a notice."""

_COUNT = r"(?P<n>[\d零〇一二两三四五六七八九十]+)\s*(?:个)?(?P<unit>工作日|天|日|周|个?月)"
AT_THE_END = 60
"""Characters in which the period is looked for: in an endless text that would take minutes."""
_DAYS = re.compile(rf"[,,;;\s]*(?:公示期?)?\s*{_COUNT}$")
_UNTIL = re.compile(r"[,,;;\s]*(?:公示)?\s*(?:到|至)\s*(?P<day>[^\s,,;;]{2,12}?)\s*(?:为止|止)?$")


@dataclass(frozen=True)
class Rule:
    """``name`` is what people are told; ``workdays`` the fewest allowed."""

    name: str
    words: frozenset[str]
    workdays: int
    source: str


@cache
def rules() -> tuple[Rule, ...]:
    """In the order in which they are tried; the last one is for everything else."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))["rules"]
    return tuple(Rule(row["name"], frozenset(row["words"]), row["workdays"], row["source"]) for row in rows)


def rule_for(text: str) -> Rule:
    """The strictest rule that speaks of something in the text."""
    fitting = [rule for rule in rules() if any(word in text for word in rule.words)]
    return max(fitting, key=lambda rule: rule.workdays, default=rules()[-1])


@dataclass(frozen=True)
class Wish:
    """What is to be shown, and how long: a number of working days, or until a day."""

    text: str
    workdays: int | None = None
    until: date | None = None


def read(words: str, today: date) -> Wish:
    """「王芳同志拟接收为预备党员 5个工作日」 or 「… 到12月3日」. Raises ``UserError`` where the period is missing or is
    none."""
    words = words.strip()
    end = max(len(words) - AT_THE_END, 0)
    if match := _UNTIL.search(words, end):
        day = read_day(match["day"], today)
        if day is not None:
            return Wish(_subject(words[: match.start()]), until=day)
    if match := _DAYS.search(words, end):
        if match["unit"] != "工作日":
            raise UserError(f"公示期按工作日算,请写成「5个工作日」,不写「{match['n']}{match['unit']}」。")
        return Wish(_subject(words[: match.start()]), workdays=_count(match["n"]))
    raise UserError("请在最后写清公示几个工作日,比如:公示 王芳同志拟接收为预备党员 5个工作日")


def _subject(text: str) -> str:
    if not text.strip():
        raise UserError("请写清公示什么,比如:公示 王芳同志拟接收为预备党员 5个工作日")
    return text.strip()


def _count(text: str) -> int:
    try:
        return int(text) if text.isascii() else number(text)
    except ValueError as error:
        raise UserError(f"没读懂「{text}」是几个工作日,请写成「5个工作日」。") from error


def check(rule: Rule, workdays: int) -> None:
    """Raises ``UserError`` with the rule's name for a period that is too short or endless."""
    if workdays < 1:
        raise UserError("公示期至少 1 个工作日,不能是 0 天,也不能是已经过去的日子。")
    if workdays < rule.workdays:
        raise UserError(f"「{rule.name}」不少于 {rule.workdays} 个工作日({rule.source}),现在只有 {workdays} 个。")
    if workdays > LONGEST:
        raise UserError(f"公示期最长 {LONGEST} 个工作日。要一直公开的内容,请发「公告」。")
