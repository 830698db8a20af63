"""What the title of a hot topic is about, by word lists: public affairs, of which kind, or noise, and of which.

A list of 400 titles is judged in one go in jieba's thread. Names of people count as noise too: whoever is talked about
by name on a hot list is hardly ever the business of a branch.
"""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.textmining.likeness import grams
from bot.textmining.segmenter import LEXICON, cut, in_thread, known_words, own_terms, start, words_in

_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜"
    "倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁耿牟卜肖詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺"
)
_FOREIGN_NAME = re.compile(r"[\u4e00-\u9fff]{2,}·[\u4e00-\u9fff]{2,}")
_CLAN = re.compile(r"(?:欧阳|上官|司马|诸葛|慕容|夏侯|皇甫|尉迟|公孙)[\u4e00-\u9fff]{1,2}")


@dataclass(frozen=True)
class Judged:
    """``weight`` is what speaks for it as a matter of public affairs, less what speaks against it; ``kind`` is the key
    in ``topic_kinds.json`` (empty: none). ``noise`` is the reason why it is none at all, ``own`` the branch's own and
    the party's words in it. ``grams`` are its pairs of characters."""

    title: str
    kind: str
    weight: float
    noise: str
    own: tuple[str, ...]
    grams: frozenset[str]


@dataclass(frozen=True)
class Kind:
    """A kind of topic with the questions that are asked about it."""

    key: str
    name: str
    prompts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class _Lists:
    kinds: dict[str, Kind]
    strong: dict[str, str]
    weak: dict[str, str]
    noise: dict[str, str]
    against: frozenset[str]
    any_word: re.Pattern[str]


def warm() -> None:
    """Start loading the lists in the background, behind the dictionary."""
    start(_people)
    start(_lists)


async def judge(titles: Sequence[str], own: Collection[str] = ()) -> list[Judged]:
    """Judge titles; ``own`` are the words that the branch has added."""
    judged: list[Judged] = await in_thread(_judge, tuple(titles), frozenset(own))
    return judged


def kind(key: str) -> Kind | None:
    """The kind with this key; None if there is none."""
    return _lists().kinds.get(key)


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    rows = json.loads((LEXICON / "topic_kinds.json").read_text(encoding="utf-8"))["kinds"]
    kinds = {row["key"]: Kind(row["key"], row["name"], tuple(map(tuple, row["prompts"]))) for row in rows}
    strong = {word: row["key"] for row in reversed(rows) for word in row["strong"]}
    weak = {word: row["key"] for row in reversed(rows) for word in row["weak"]}
    noise, against = _noise()
    words = sorted({*strong, *weak, *noise}, key=len, reverse=True)
    return _Lists(kinds, strong, weak, noise, against, re.compile("|".join(map(re.escape, words))))


def _noise() -> tuple[dict[str, str], frozenset[str]]:
    noise: dict[str, str] = {}
    against: set[str] = set()
    heading, soft = "", False
    for line in (LEXICON / "topic_noise.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading, _, mark = line.strip("[]").partition(" ")
            soft = mark == "-"
        elif line.strip() and not line.startswith("#"):
            noise[line.strip()] = heading
            if soft:
                against.add(line.strip())
    noise |= dict.fromkeys(words_in("celebrities.txt"), "名人")
    return noise, frozenset(against)


def _judge(titles: Sequence[str], own: frozenset[str]) -> list[Judged]:
    ours = own | {term for term in own_terms() if len(term) > 2 or "党" in term}  # 转正 is said of many things
    return [_judged(title, ours, own) for title in titles]


def _judged(title: str, ours: frozenset[str], own: frozenset[str]) -> Judged:
    lists = _lists()
    votes: dict[str, float] = {}
    weight, noise = 0.0, ""
    for word in sorted(_all_found(lists.any_word, title)):
        if word in lists.strong:
            votes[lists.strong[word]] = votes.get(lists.strong[word], 0) + 2
        elif word in lists.weak:
            votes[lists.weak[word]] = votes.get(lists.weak[word], 0) + 1
        if word in lists.against:
            weight -= 1.5
        elif word in lists.noise:
            noise = noise or lists.noise[word]
    weight += sum(sorted(votes.values(), reverse=True)[:2])
    terms = tuple(sorted(term for term in ours if term in title))
    if not noise and not any(term in own for term in terms) and (name := _name_in(title)):
        noise = f"人名 {name}"
    best = max(votes, key=lambda key: votes[key], default="")
    return Judged(title, best, weight, noise, terms, grams(title, 2))


def _all_found(pattern: re.Pattern[str], title: str) -> set[str]:
    """Every listed word, the ones that overlap included, but none that only is a part of a longer one found there."""
    found, at, reach = set(), 0, 0
    while match := pattern.search(title, at):
        if match.end() > reach:
            found.add(match[0])
            reach = match.end()
        at = match.start() + 1
    return found


def _name_in(title: str) -> str:
    """What looks like somebody's name: a word that no dictionary knows and that begins with a surname."""
    if found := _FOREIGN_NAME.search(title) or _CLAN.search(title):
        return found[0]
    people = _people()
    for word in cut(title):
        if word in people:
            return word
        if 2 <= len(word) <= 3 and word[0] in _SURNAMES and not known_words().get(word) and word.isalpha():
            return word
    return ""


@lru_cache(maxsize=1)
def _people() -> frozenset[str]:
    """Names of three and more characters that jieba's dictionary marks as such."""
    import jieba

    found = set()
    with (Path(jieba.__file__).parent / "dict.txt").open(encoding="utf-8") as table:
        for line in table:
            word, _, tag = line.split()
            if tag.startswith("nr") and 3 <= len(word) <= 4 and word[0] in _SURNAMES:
                found.add(word)
    return frozenset(found) - own_terms()
