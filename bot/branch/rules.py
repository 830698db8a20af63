"""Decisions about organisation and people that need no database; the settings of a branch with their sources."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from bot.branch.models import BranchKind, Role
from bot.core.errors import UserError


class SettingKind(StrEnum):
    """What a value looks like on disk: ``HH:MM-HH:MM``, ``开`` or ``关``, digits, hours as ``0.5``."""

    SPAN = "时段"
    SWITCH = "开关"
    NUMBER = "数字"
    HOURS = "学时"
    CHOICE = "选项"


_ON = frozenset({"开", "开启", "打开", "是", "要", "可以"})
_OFF = frozenset({"关", "关闭", "否", "不", "不要", "无", "没有"})
_NO_SPAN = "00:00-00:00"
_CLOCK = r"(\d{1,2})(?:[::点](\d{1,2}|半)?分?)?"
_SPAN = re.compile(rf"{_CLOCK}\s*(?:-|—|~|到|至)+\s*(?:次日|第二天)?{_CLOCK}")


@dataclass(frozen=True)
class Setting:
    """A setting that a branch may change. ``source`` and ``since`` say where the default comes from; a number lies
    between ``least`` and ``most``, both included, and is counted in ``unit``; a choice is one of ``options``. A feature
    that needs one adds a row."""

    label: str
    default: str
    kind: SettingKind
    meaning: str
    source: str
    since: date
    unit: str = ""
    least: int = 0
    most: int = 0
    options: tuple[str, ...] = ()

    @property
    def example(self) -> str:
        """What people may type."""
        return f"设置 {self.label} {self.default}{self.unit}"

    def shown(self, value: str) -> str:
        """A stored value as people read it: 「3 天」."""
        if value == _NO_SPAN:
            return "关"
        return f"{value} {self.unit}" if self.unit else value

    def read(self, text: str) -> str:
        """What is stored for ``text``. Raises ``UserError`` that says what would be right."""
        text = unicodedata.normalize("NFKC", text).strip()
        match self.kind:
            case SettingKind.SPAN:
                found = _NO_SPAN if text in _OFF else _span(text)
                if found is None:
                    raise UserError(f"没看懂「{text[:20]}」。请写起止时间,比如「{self.example}」;不要就写「关」。")
                return found
            case SettingKind.SWITCH:
                if text not in _ON | _OFF:
                    raise UserError(f"「{self.label}」只能是开或关,比如「设置 {self.label} 开」。")
                return "开" if text in _ON else "关"
            case SettingKind.NUMBER:
                number = re.fullmatch(rf"(\d{{1,6}})\s*(?:{self.unit})?", text)
                if number is None or not self.least <= int(number[1]) <= self.most:
                    raise UserError(f"「{self.label}」要 {self.least} 到 {self.most} 的整数,比如「{self.example}」。")
                return str(int(number[1]))
            case SettingKind.CHOICE:
                word = (
                    "关" if text in _OFF else next((o for o in self.options if o != "关"), "") if text in _ON else text
                )
                if word not in self.options:
                    raise UserError(f"「{self.label}」可以是{'、'.join(self.options)},比如「{self.example}」。")
                return word
            case SettingKind.HOURS:
                hours = re.fullmatch(rf"(\d{{1,3}})(?:\.([05]))?\s*(?:{self.unit})?", text)
                if hours is None or not self.least <= float(f"{hours[1]}.{hours[2] or 0}") <= self.most:
                    raise UserError(
                        f"「{self.label}」以 0.5 为一档,{self.least} 到 {self.most},比如「{self.example}」。"
                    )
                return f"{int(hours[1])}.5" if hours[2] == "5" else str(int(hours[1]))


def _span(text: str) -> str | None:
    found = _SPAN.fullmatch(text)
    try:
        return f"{_clock(found[1], found[2])}-{_clock(found[3], found[4])}" if found is not None else None
    except ValueError:
        return None


def _clock(hour: str, minute: str | None) -> str:
    if hour == "24":
        hour = "0"
    return f"{time(int(hour), 30 if minute == '半' else int(minute or 0)):%H:%M}"


_AGREED = "产品约定"
_LESS_BURDEN = "产品约定:减负"
_PUBLICITY = "《中国共产党党务公开条例(试行)》第十四条:提出、审核、审批"
_EDUCATION = "《中国共产党党员教育管理工作条例》"
_BRANCH_WORK = "《中国共产党支部工作条例(试行)》"
_AUTUMN = date(2026, 11, 1)
_PUBLICITY_SINCE = date(2017, 12, 25)
_SPRING = date(2019, 5, 6)

SETTINGS: dict[str, Setting] = {
    "quiet_hours": Setting("安静时段", "21:30-07:30", SettingKind.SPAN, "这段时间不主动发消息", _LESS_BURDEN, _AUTUMN),
    "name_unfinished_in_group": Setting(
        "群里公布名单", "关", SettingKind.SWITCH, "群里可否列出未完成的姓名", _LESS_BURDEN, _AUTUMN
    ),
    "announce_completed": Setting(
        "全部完成播报", "关", SettingKind.SWITCH, "大家都学完时在群里说一声", _LESS_BURDEN, _AUTUMN
    ),
    "deadline_days": Setting("学习期限", "3", SettingKind.NUMBER, "推送后几天内学完", _AGREED, _AUTUMN, "天", 1, 60),
    "grace_minutes": Setting(
        "补发时限", "60", SettingKind.NUMBER, "错过推送时刻多久之内还推送", _AGREED, _AUTUMN, "分钟", 0, 1440
    ),
    "reminds_per_day": Setting(
        "催学上限", "1", SettingKind.NUMBER, "每人每天最多催学几次、催收几次", _LESS_BURDEN, _AUTUMN, "次", 0, 3
    ),
    "notice_authors": Setting(
        "公告拟稿",
        "宣传委员",
        SettingKind.CHOICE,
        "谁可以写公告、改公告、撤回公告;书记总是可以",
        _AGREED,
        _AUTUMN,
        options=("宣传委员", "支委"),
    ),
    "notice_review": Setting(
        "公告审核",
        "关",
        SettingKind.CHOICE,
        "公开前谁来审核(含保密审查)",
        _PUBLICITY,
        _PUBLICITY_SINCE,
        options=("关", "支委", "组织委员", "纪检委员", "副书记"),
    ),
    "burst_readings": Setting(
        "集中打卡", "5", SettingKind.NUMBER, "10 分钟内登记到几篇就私下告诉书记,0 不告诉", _AGREED, _AUTUMN, "篇", 0, 50
    ),
    "notice_approval": Setting(
        "公告审批",
        "关",
        SettingKind.CHOICE,
        "公开前谁来同意",
        _PUBLICITY,
        _PUBLICITY_SINCE,
        options=("关", "书记或副书记", "书记"),
    ),
    "notice_own": Setting(
        "自写自批", "关", SettingKind.SWITCH, "可否审核、同意自己写的公告", _PUBLICITY, _PUBLICITY_SINCE
    ),
    "notice_days": Setting(
        "公告归档",
        "30",
        SettingKind.NUMBER,
        "公开多久后自动归档、不再收回执,0 是到保留期满才归档",
        _AGREED,
        _AUTUMN,
        "天",
        0,
        365,
    ),
    "discussion_hours": Setting(
        "讨论时长", "24", SettingKind.NUMBER, "没写结束时间的讨论开多久", _AGREED, _AUTUMN, "小时", 1, 720
    ),
    "discussion_whole_window": Setting(
        "讨论全收", "关", SettingKind.SWITCH, "讨论期间群里说的都算发言,不用回复", _LESS_BURDEN, _AUTUMN
    ),
    "discussion_quotes": Setting(
        "小结引用", "开", SettingKind.SWITCH, "讨论小结可否引用发言原话", _LESS_BURDEN, _AUTUMN
    ),
    "discussion_quote_names": Setting(
        "引用署名", "关", SettingKind.SWITCH, "引用的发言可否写上姓名", _LESS_BURDEN, _AUTUMN
    ),
    "meeting_open": Setting(
        "签到提前", "30", SettingKind.NUMBER, "开会前多久可以签到", _AGREED, _AUTUMN, "分钟", 0, 240
    ),
    "meeting_late": Setting(
        "迟到时限", "10", SettingKind.NUMBER, "开会多久之后签到算迟到", _AGREED, _AUTUMN, "分钟", 0, 120
    ),
    "meeting_code": Setting("签到要码", "关", SettingKind.SWITCH, "签到要写会场上的四位数字", _AGREED, _AUTUMN),
    "meeting_lectures": Setting(
        "党课次数",
        "4",
        SettingKind.NUMBER,
        "一年上几次党课,没有统一规定",
        _BRANCH_WORK,
        date(2018, 10, 28),
        "次",
        0,
        12,
    ),
    "meeting_theme_day": Setting(
        "党日",
        "25",
        SettingKind.NUMBER,
        "每月几号是主题党日,遇休息日顺延",
        _BRANCH_WORK,
        date(2018, 10, 28),
        "号",
        1,
        28,
    ),
    "meeting_week": Setting("周一日程", "关", SettingKind.SWITCH, "周一早上在群里说一声本周大家的会", _AGREED, _AUTUMN),
    "meeting_warning": Setting(
        "缺会提醒", "开", SettingKind.SWITCH, "该开的会快到期没开,私下提醒书记一次", _AGREED, _AUTUMN
    ),
    "quiz_questions": Setting(
        "答题题数", "5", SettingKind.NUMBER, "答题一次问几道", _LESS_BURDEN, _AUTUMN, "题", 1, 50
    ),
    "quiz_pass": Setting("答题及格", "60", SettingKind.NUMBER, "答对百分之几算通过", _AGREED, _AUTUMN, "%", 1, 100),
    "quiz_shuffle": Setting("选项打乱", "关", SettingKind.SWITCH, "答题时每个人看到的选项顺序不同", _AGREED, _AUTUMN),
    "hours_member": Setting(
        "党员学时", "32", SettingKind.NUMBER, "党员一年的学时", _EDUCATION, _SPRING, "学时", 0, 500
    ),
    "hours_committee": Setting(
        "支委学时", "56", SettingKind.NUMBER, "书记和支委一年的学时", _EDUCATION, _SPRING, "学时", 0, 500
    ),
    "hours_reading": Setting(
        "每篇学时", "0.5", SettingKind.HOURS, "学完一篇至少记多少学时,长文按时长多记", _AGREED, _AUTUMN, "学时", 0, 8
    ),
    "hours_minutes": Setting(
        "学时分钟", "45", SettingKind.NUMBER, "阅读多少分钟算 1 学时", _AGREED, _AUTUMN, "分钟", 10, 120
    ),
    "monthly_report": Setting(
        "月报", "开", SettingKind.SWITCH, "每月第一个工作日把上月的月报私下发给书记", _AGREED, _AUTUMN
    ),
    "sunday_help": Setting(
        "周日提醒", "开", SettingKind.SWITCH, "攒了三篇没学的人,周日私下提醒一句", _LESS_BURDEN, _AUTUMN
    ),
}


def setting_in(text: str) -> tuple[str, str] | None:
    """(key, value as typed) of 「学习期限 5天」, 「学习期限5天」, 「学习期限」. None if no setting is named.

    A part of a label will do if it is the part of no other.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    for key, setting in SETTINGS.items():
        if text.startswith(setting.label):
            return key, text.removeprefix(setting.label).lstrip(":=为 ").strip()
    word, _, rest = text.partition(" ")
    near = [key for key, setting in SETTINGS.items() if len(word) > 1 and word in setting.label]
    return (near[0], rest.strip()) if len(near) == 1 else None


@dataclass(frozen=True)
class Grant:
    """A role, and the path of the branch in which it was given."""

    role: Role
    path: str


def roles_in(grants: list[Grant], path: str) -> frozenset[Role]:
    """The roles in force in the branch at ``path``: a role reaches down to everything below where it was given."""
    return frozenset(grant.role for grant in grants if path.startswith(grant.path))


def may_appoint(roles: frozenset[Role], role: Role) -> bool:
    """Whether somebody with ``roles`` there may give or take ``role``: a 副书记 not that of 书记 and 副书记."""
    if Role.SECRETARY in roles:
        return True
    return Role.DEPUTY in roles and role not in (Role.SECRETARY, Role.DEPUTY)


def bears_account(user_id: str, platform: str, superusers: frozenset[str]) -> bool:
    """Whether an account is one of the superusers, written as ``123`` or as ``onebot11:123``."""
    return user_id in superusers or f"{platform}:{user_id}" in superusers


_LEVELS = list(BranchKind)
LEVELS = "、".join(kind.value for kind in BranchKind)


def kind_in_name(name: str) -> BranchKind | None:
    """The level that a name bears at its end: 「红旗社区第一党支部」 → 支部. None if it doesn't say."""
    if re.search(r"小组$|组$", name):
        return BranchKind.GROUP
    if re.search(r"总支(部|委)?(委员会)?$", name):
        return BranchKind.GENERAL
    if re.search(r"支部(委员会)?$", name):
        return BranchKind.BRANCH
    if re.search(r"(党委|党工委|委员会|党组)$", name):
        return BranchKind.COMMITTEE
    return None


def fits_below(kind: BranchKind, parent: BranchKind) -> bool:
    """Whether this level may stand below ``parent``: a 党委 also below a 党委, a 党小组 only below a 支部."""
    if kind is BranchKind.GROUP:
        return parent is BranchKind.BRANCH
    return kind is parent is BranchKind.COMMITTEE or _LEVELS.index(kind) > _LEVELS.index(parent)


def fits_between(kind: BranchKind, parent: BranchKind | None, below: list[BranchKind]) -> bool:
    """Whether a node of this level may stand below ``parent`` (None: at the top) and above these."""
    at_top = kind is not BranchKind.GROUP if parent is None else fits_below(kind, parent)
    return at_top and all(fits_below(one, kind) for one in below)
