"""Decisions about organisation and people that need no database: levels, names, and who may appoint whom."""

import re
import unicodedata
from dataclasses import dataclass

from bot.branch.config import SETTINGS, Setting
from bot.branch.models import BranchKind, MemberKind, Role

__all__ = ["SETTINGS", "Grant", "Setting"]

NAME_LENGTH = 40
"""Characters of a person's name at most; long ones exist among the national minorities."""

_LEVELS = list(BranchKind)
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,20}(?:·[\u3400-\u9fff\U00020000-\U0003ffff]{1,20})*")
_FULL_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[·.' -])*")
_SEPARATORS = re.compile(r"[-—_~|/\\,,、;;::()\(\)\[\]【】<>《》「」\s\d]+")
_NO_NAME = re.compile(
    "支部|党|书记|委员|组长|小组|群主|管理|机器人|助手|医院|学校|社区|公司|科|处|街道|小区|老师|主任|退休|同志|宣传|组织|纪检"
)

_ROLE_WORDS = {
    "支部书记": Role.SECRETARY,
    "党支部书记": Role.SECRETARY,
    "支部副书记": Role.DEPUTY,
    "党支部副书记": Role.DEPUTY,
    "纪律检查委员": Role.DISCIPLINE,
    "纪检": Role.DISCIPLINE,
    "宣委": Role.PROPAGANDIST,
    "宣传": Role.PROPAGANDIST,
    "组委": Role.ORGANISER,
    "组织": Role.ORGANISER,
    "小组长": Role.GROUP_LEADER,
    "党小组组长": Role.GROUP_LEADER,
    "普通党员": Role.MEMBER,
}
_KIND_WORDS = {
    "正式": MemberKind.FULL,
    "党员": MemberKind.FULL,
    "中共党员": MemberKind.FULL,
    "预备": MemberKind.PROBATIONARY,
    "中共预备党员": MemberKind.PROBATIONARY,
    "发展": MemberKind.PROSPECT,
    "入党积极分子": MemberKind.ACTIVIST,
    "积极": MemberKind.ACTIVIST,
}


@dataclass(frozen=True)
class Grant:
    """A role, and the path of the branch in which it was given."""

    role: Role
    path: str


def roles_in(grants: list[Grant], path: str) -> frozenset[Role]:
    """The roles in force in the branch at ``path``: a role reaches down to everything below where it was given."""
    return frozenset(grant.role for grant in grants if path.startswith(grant.path))


def bears_account(user_id: str, platform: str, superusers: frozenset[str]) -> bool:
    """Whether an account is one of the superusers, written as ``123`` or as ``onebot11:123``."""
    return user_id in superusers or f"{platform}:{user_id}" in superusers


def may_appoint(roles: frozenset[Role], is_superuser: bool, role: Role) -> bool:
    """Whether somebody with ``roles`` may give or take ``role``: a 副书记 decides about everybody but the 书记 and 副书记."""
    if is_superuser or Role.SECRETARY in roles:
        return True
    return Role.DEPUTY in roles and role not in (Role.SECRETARY, Role.DEPUTY)


def role_named(text: str) -> Role | None:
    """「宣传委员」「支部书记」「小组长」→ the role; None if it is none."""
    text = text.strip()
    return _ROLE_WORDS.get(text) or next((role for role in Role if role.value == text), None)


def member_kind_named(text: str) -> MemberKind | None:
    """「预备」「入党积极分子」→ the kind; None if it is none."""
    text = text.strip()
    return _KIND_WORDS.get(text) or next((kind for kind in MemberKind if kind.value == text), None)


def branch_kind_of(name: str) -> BranchKind | None:
    """The level that a name bears at its end: 「红旗社区第一党支部」→ 支部. None if it doesn't say."""
    if re.search(r"小组$|组$", name):
        return BranchKind.GROUP
    if re.search(r"总支(部|委员会)?$", name):
        return BranchKind.GENERAL
    if re.search(r"支部(委员会)?$", name):
        return BranchKind.BRANCH
    if re.search(r"(党委|党工委|党的?.{0,4}委员会|工作?委员会|党组)$", name):
        return BranchKind.COMMITTEE
    return None


def fits_below(kind: BranchKind, parent: BranchKind) -> bool:
    """Whether a node of this level may stand below ``parent`` (a 党委 may have 党委 below it, a 党小组 has nothing)."""
    if parent is BranchKind.COMMITTEE:
        return kind is not BranchKind.GROUP
    return _LEVELS.index(kind) > _LEVELS.index(parent)


def clean_name(text: str) -> str:
    """A person's name as it is stored: full-width forms and the many middle dots made one, spaces dropped in Chinese."""
    text = unicodedata.normalize("NFKC", text).strip().lstrip("@").strip()
    text = re.sub(r"[•‧・⋅∙.。](?=[\u3400-\u9fff])", "·", text)
    return re.sub(r"(?<=[\u3400-\u9fff·])\s+(?=[\u3400-\u9fff·])", "", text)


def is_name(text: str) -> bool:
    """Whether ``text`` can be somebody's name: letters of any script with dots and spaces between them."""
    return 2 <= len(text) <= NAME_LENGTH and bool(_FULL_NAME.fullmatch(text))


def name_in_card(card: str) -> str:
    """The name in a group card: 「李秀英」, 「一支部-李秀英」, 「李秀英(宣传委员)」. Empty where it isn't plain to see."""
    whole = clean_name(card)
    if _NAME.fullmatch(whole) and (len(whole) <= 4 or "·" in whole) and not _NO_NAME.search(whole):
        return whole
    parts = [clean_name(part) for part in _SEPARATORS.split(card)]
    names = [p for p in parts if _NAME.fullmatch(p) and (len(p) <= 4 or "·" in p) and not _NO_NAME.search(p)]
    return names[0] if len(names) == 1 else ""
