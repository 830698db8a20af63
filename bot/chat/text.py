"""Making what thumbs type comparable: full-width forms, stray punctuation and emoji at the ends, common typos."""

import re
import unicodedata

TYPOS = {
    "三会1课": "三会一课",
    "打咔": "打卡",
    "打开卡": "打卡",
    "收道": "收到",
    "学玩了": "学完了",
    "学完啦": "学完了",
    "看玩了": "看完了",
    "看完啦": "看完了",
    "以学": "已学",
    "己学": "已学",
    "已雪": "已学",
    "已學": "已学",
    "學完了": "学完了",
    "學習完畢": "学习完毕",
    "誰還沒學": "谁还没学",
}
_TYPO = re.compile("|".join(map(re.escape, TYPOS)))
_LONGEST_GAP = 64
"""Characters; a signature that is moved to the right of a notice has some thirty."""
_GAP = re.compile(rf"\s{{{_LONGEST_GAP + 1},}}")
_SPACES = re.compile(r"[ \t\u3000\xa0]+")


def _at_the_edge(char: str) -> bool:
    """Whether a character means nothing at the end of a message: space, punctuation, emoji, invisible marks, and what
    makes an emoji out of a sign (❤ with a variation selector, a keycap)."""
    if char in "?？/":
        return False
    return unicodedata.category(char)[0] in "ZPSCM"


def squeezed(text: str) -> str:
    """The text with no gap longer than people make one: patterns of commands may take long over thousands of spaces."""
    return _GAP.sub(lambda found: found[0][:_LONGEST_GAP], text)


def normalise(text: str) -> str:
    """The text as it is compared with the command table. ``？`` is kept, so that a question stays a question."""
    text = _SPACES.sub(" ", unicodedata.normalize("NFKC", text))
    start, end = 0, len(text)
    while start < end and _at_the_edge(text[start]):
        start += 1
    while end > start and _at_the_edge(text[end - 1]):
        end -= 1
    return _TYPO.sub(lambda found: TYPOS[found[0]], text[start:end])
