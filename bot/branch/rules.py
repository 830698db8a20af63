"""Decisions about organisation and people that need no database; the settings of a branch with their sources."""

from dataclasses import dataclass
from datetime import date

from bot.branch.models import Role


@dataclass(frozen=True)
class Setting:
    """A setting that a branch may change. ``source`` is where the default comes from."""

    label: str
    default: str
    source: str
    since: date


SETTINGS: dict[str, Setting] = {
    "quiet_start": Setting("安静时段开始", "21:30", "产品约定:夜间不打扰", date(2026, 11, 1)),
    "quiet_end": Setting("安静时段结束", "07:30", "产品约定:夜间不打扰", date(2026, 11, 1)),
    "name_unfinished_in_group": Setting("群里公布未完成名单", "关", "产品约定:减负,不点名", date(2026, 11, 1)),
    "grace_minutes": Setting("错过推送的补发时限(分钟)", "60", "产品约定", date(2026, 11, 1)),
    "deadline_days": Setting("学习期限(天)", "3", "产品约定", date(2026, 11, 1)),
    "reminds_per_day": Setting("每天催学次数上限", "1", "产品约定:减负,少打扰", date(2026, 11, 1)),
    "hours_member": Setting("党员年度学时", "32", "《中国共产党党员教育管理工作条例》", date(2019, 5, 6)),
    "hours_committee": Setting("书记和支委年度学时", "56", "《中国共产党党员教育管理工作条例》", date(2019, 5, 6)),
}

SECOND_LINE: frozenset[str] = frozenset({"quiet_start", "quiet_end"})
"""Settings whose value is a time of day ``HH:MM``."""


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
