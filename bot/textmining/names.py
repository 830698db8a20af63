"""Who is talked about by name in a short text: what no dictionary knows and looks like a Chinese or foreign name."""

import re
from functools import lru_cache
from pathlib import Path

from bot.textmining.segmenter import cut, known_words, own_terms, start, words_in

_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜"
    "倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁耿牟卜肖詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺"
)
_ONLY_SURNAMES = frozenset(
    "王李张刘陈杨赵周吴徐孙朱郭罗梁宋郑谢韩唐冯董萧曹袁邓傅沈彭吕卢蒋蔡贾丁魏薛阎潘戴汪姜廖邹邱秦侯邵孟尹黎贺赖龚庞樊"
    "殷倪芦俞葛韦聂邢耿牟詹靳甄霍翁隋"
)
"""Surnames that are hardly ever words of their own."""
_NOT_GIVEN = frozenset(("某", "某某", "女士", "先生", "阿姨", "师傅", "大爷", "大妈", "奶奶", "爷爷", "氏", "姓", "家"))
_FOREIGN_NAME = re.compile(r"[\u4e00-\u9fff]{2,}·[\u4e00-\u9fff]{2,}")
_CLAN = re.compile(r"(?:欧阳|上官|司马|诸葛|慕容|夏侯|皇甫|尉迟|公孙)[\u4e00-\u9fff]{1,2}")


def warm() -> None:
    """Start loading the lists in the background, behind the dictionary."""
    start(_people)


def name_in(title: str, words: frozenset[str]) -> str:
    """What looks like somebody's name, or nothing. ``words`` are known to be none. Only in jieba's thread."""
    if found := _FOREIGN_NAME.search(title) or _CLAN.search(title):
        return found[0]
    people, nobody, before, cut_up = _people(), _nobody(), "", cut(title)
    for word, after in zip(cut_up, [*cut_up, ""][1:], strict=True):
        if word in people:
            return word
        if word in _ONLY_SURNAMES and 0 < len(after) <= 2 and after not in _NOT_GIVEN and not before.isdigit():
            return word + after
        looks_like_one = 2 <= len(word) <= 4 and word[0] in _SURNAMES and word.isalpha() and "某" not in word
        if looks_like_one and not known_words().get(word) and not {word, word[:3]} & nobody and word not in words:
            return word
        before = word
    return ""


@lru_cache(maxsize=1)
def _nobody() -> frozenset[str]:
    """What looks like a name and isn't gossip: other words, and people whom branches talk of."""
    return words_in("not_names.txt") | words_in("role_models.txt") | own_terms()


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
    return frozenset(found) - _nobody()
