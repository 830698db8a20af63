"""The one typeface of all pictures, from a Python package: cards look the same on every machine.

Noto Sans CJK (SIL Open Font License) has every Chinese character that people's names need; it has no emoji, which are
left out of pictures. See ``docs/adr/0006-font-from-a-package.md``.
"""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "noto_cjk_sans_otc"

_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2300-\u23ff\ufe0f\u200d\u20e3\U000e0020-\U000e007f]"
)

_ENDLESS = re.compile(r"[!-~]{12}(?=[!-~])")


@cache
def folder() -> Path | None:
    """Where the font file is; None if the package is not installed."""
    spec = find_spec(PACKAGE)
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def check() -> str:
    """What to do in Chinese, or an empty string if the font is there."""
    if (found := folder()) is not None and any(found.glob("*.ttc")):
        return ""
    return "没有中文字体,卡片图会改发文字。请重新执行 make run(或安装依赖 noto-cjk-sans-otc)。"


def drawable(value: object) -> object:
    """The data of a card with what the font lacks left out and with places to break in endless words and addresses."""
    match value:
        case str():
            return _ENDLESS.sub("\\g<0>\u200b", _EMOJI.sub("", value))
        case dict():
            return {key: drawable(each) for key, each in value.items()}
        case list() | tuple():
            return [drawable(each) for each in value]
    return value
