"""People's names, kinds and offices as they are written on rosters and group cards. Pure."""

import re
import unicodedata

from bot.branch.models import MemberKind, Role

NAME_LENGTH = 40
"""Characters of a person's name at most; long ones exist among the national minorities."""

BARE_NAME = r"[\u3400-\u9fff]{2,4}|(?=.{3,12}$)[\u3400-\u9fff]+(?:·[\u3400-\u9fff]+)+"
"""What is taken for a name where nobody spoke to the bot: 「绑定 张三」."""

ERASED = "已注销的党员"
"""What stands where the name of somebody was who had it erased. Nobody is called that, nobody comes back as that."""

_HAN = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
_CARD_NAME = re.compile(rf"{_HAN}{{2,4}}|{_HAN}{{1,12}}(?:·{_HAN}{{1,12}})+")
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[·.' -])*")
_SEPARATORS = re.compile(r"[-—_~|/\\+,、;:()\[\]【】<>《》「」\s\d]+")
_NO_NAME = re.compile(
    "支部|党|书记|委员|组长|小组|群主|管理|机器人|助手|医院|学校|社区|公司|科|处|街道|小区|老师|主任|退休|同志|宣传|组织|纪检"
)
_ANSWERS = frozenset({"确认", "取消", "好的", "可以", "收到", "不用", "不是", "没有", "是的"})
"""What is said in the middle of a set-up and was never anybody's name."""
_ROLES = {
    "支部书记": Role.SECRETARY,
    "党支部书记": Role.SECRETARY,
    "支部副书记": Role.DEPUTY,
    "党支部副书记": Role.DEPUTY,
    "纪律检查委员": Role.DISCIPLINE,
    "小组长": Role.GROUP_LEADER,
    "党小组组长": Role.GROUP_LEADER,
    "普通党员": Role.MEMBER,
}
_KINDS = {
    "正式": MemberKind.FULL,
    "党员": MemberKind.FULL,
    "中共党员": MemberKind.FULL,
    "预备": MemberKind.PROBATIONARY,
    "中共预备党员": MemberKind.PROBATIONARY,
    "入党积极分子": MemberKind.ACTIVIST,
}


_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Letters and marks that count as printable and show nothing: with one, two names look the same."""


def visible(text: str) -> str:
    """The text without what can't be seen, be it that it turns what stands beside it about (new lines, marks of
    direction)."""
    text = _UNSEEN.sub("", text)
    return text if text.isprintable() else "".join(char for char in text if char.isprintable())


def clean_name(text: str) -> str:
    """A name as it is stored: full-width forms and the many middle dots made one, nothing invisible, no spaces between
    Chinese letters."""
    text = visible(unicodedata.normalize("NFKC", re.sub(r"\s", " ", text))).strip().lstrip("@").strip()
    text = re.sub(rf"[•‧・⋅∙.。](?={_HAN})", "·", text)
    return re.sub(rf"(?<=({_HAN}|·))\s+(?=({_HAN}|·))", "", text)


def is_name(text: str) -> bool:
    """Whether a cleaned ``text`` can be somebody's name: letters of any script, with dots and spaces between them."""
    return 2 <= len(text) <= NAME_LENGTH and text not in _ANSWERS and text != ERASED and bool(_NAME.fullmatch(text))


def name_in_card(card: str) -> str:
    """The name in a group card: 「李秀英」, 「一支部-李秀英」, 「李秀英(组织)」. Empty where it isn't plain."""
    parts = [clean_name(card)]
    if not _plain(parts[0]):
        parts = [clean_name(part) for part in _SEPARATORS.split(unicodedata.normalize("NFKC", card))]
    names = [part for part in parts if _plain(part)]
    return names[0] if len(names) == 1 else ""


def _plain(part: str) -> bool:
    return bool(_CARD_NAME.fullmatch(part)) and not _NO_NAME.search(part)


def kind_named(text: str) -> MemberKind | None:
    """「预备」「入党积极分子」→ the kind; None if it is none."""
    text = text.strip()
    return _KINDS.get(text) or next((kind for kind in MemberKind if kind.value == text), None)


def role_named(text: str) -> Role | None:
    """「宣传委员」「支部书记」「小组长」→ the office; None if it is none."""
    text = text.strip()
    return _ROLES.get(text) or next((role for role in Role if role.value == text), None)


def split_role(text: str) -> tuple[str, Role | None]:
    """「李四 宣传委员」「李四为宣传委员」「李有为 书记」→ the person and the office; no office: the text as it is."""
    text = text.strip()
    words = sorted([*_ROLES, *(role.value for role in Role)], key=len, reverse=True)
    word = next((word for word in words if text.endswith(word)), "")
    if not word:
        return text, None
    who = text.removesuffix(word)
    who = who.removesuffix("为") if not who.endswith(" ") else who.strip().removesuffix(" 为")
    return who.strip().removesuffix("的"), role_named(word)
