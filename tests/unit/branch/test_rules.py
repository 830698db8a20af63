"""Settings as people type them, offices, and the order of the tree."""

import pytest

from bot.branch.models import BranchKind, Role
from bot.branch.names import split_role
from bot.branch.rules import SETTINGS, fits_below, kind_in_name, may_appoint, setting_in
from bot.core.errors import UserError


@pytest.mark.parametrize(
    ("typed", "key", "value"),
    [
        ("安静时段 22:00-7:00", "quiet_hours", "22:00-07:00"),
        ("安静时段 晚上", "quiet_hours", None),
        ("安静时段 22点半到7点", "quiet_hours", "22:30-07:00"),
        ("安静时段:22:00~24:00", "quiet_hours", "22:00-00:00"),
        ("安静时段 25:00-7:00", "quiet_hours", None),
        ("安静时段 关", "quiet_hours", "00:00-00:00"),
        ("群里公布名单 开", "name_unfinished_in_group", "开"),
        ("群里公布名单关闭", "name_unfinished_in_group", "关"),
        ("群里公布名单 也许", "name_unfinished_in_group", None),
        ("学习期限 5天", "deadline_days", "5"),
        ("学习期限5", "deadline_days", "5"),
        ("期限 7 天", "deadline_days", "7"),
        ("学习期限 0", "deadline_days", None),
        ("学习期限 61天", "deadline_days", None),
        ("学习期限 三天半", "deadline_days", None),
        ("学习期限 5周", "deadline_days", None),
        ("催学上限 2", "reminds_per_day", "2"),
        ("每篇学时 1.5 学时", "hours_reading", "1.5"),
        ("每篇学时 1.0", "hours_reading", "1"),
        ("每篇学时 0.3", "hours_reading", None),
        ("每篇学时 9", "hours_reading", None),
    ],
)
def test_values(typed: str, key: str, value: str | None) -> None:
    found = setting_in(typed)
    assert found is not None
    assert found[0] == key
    if value is None:
        with pytest.raises(UserError, match="比如"):
            SETTINGS[key].read(found[1])
    else:
        assert SETTINGS[key].read(found[1]) == value


@pytest.mark.parametrize("typed", ["", "时", "学时 40", "午饭 开"])
def test_what_names_no_setting(typed: str) -> None:
    assert setting_in(typed) is None


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda setting: setting.label)
def test_defaults_and_examples_are_valid(setting) -> None:  # type: ignore[no-untyped-def]
    assert setting.read(setting.default) == setting.default
    found = setting_in(setting.example.removeprefix("设置 "))
    assert found is not None
    assert setting.read(found[1]) == setting.default


@pytest.mark.parametrize(
    ("typed", "who", "role"),
    [
        ("李四 宣传委员", "李四", Role.PROPAGANDIST),
        ("李四为宣传委员", "李四", Role.PROPAGANDIST),
        ("李四 为 支部副书记", "李四", Role.DEPUTY),
        ("李有为 书记", "李有为", Role.SECRETARY),
        ("李四的书记", "李四", Role.SECRETARY),
        ("宣传委员", "", Role.PROPAGANDIST),
        ("李四 后勤委员", "李四 后勤委员", None),
    ],
)
def test_person_and_office(typed: str, who: str, role: Role | None) -> None:
    assert split_role(typed) == (who, role)


def test_who_may_appoint() -> None:
    secretary, deputy, editor = (frozenset({role}) for role in (Role.SECRETARY, Role.DEPUTY, Role.PROPAGANDIST))
    assert [may_appoint(who, Role.SECRETARY) for who in (secretary, deputy, editor)] == [True, False, False]
    assert [may_appoint(who, Role.DEPUTY) for who in (secretary, deputy, editor)] == [True, False, False]
    assert [may_appoint(who, Role.PROPAGANDIST) for who in (secretary, deputy, editor)] == [True, True, False]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("红旗社区第一党支部", BranchKind.BRANCH),
        ("机关党总支", BranchKind.GENERAL),
        ("红旗街道党工委", BranchKind.COMMITTEE),
        ("中共某某学院委员会", BranchKind.COMMITTEE),
        ("中共某某学院总支部委员会", BranchKind.GENERAL),
        ("退休支部委员会", BranchKind.BRANCH),
        ("第一党小组", BranchKind.GROUP),
        ("红旗社区", None),
    ],
)
def test_kind_in_name(name: str, kind: BranchKind | None) -> None:
    assert kind_in_name(name) is kind


def test_the_order_of_the_tree() -> None:
    committee, general, branch, group = BranchKind
    allowed = [(kind, parent) for parent in BranchKind for kind in BranchKind if fits_below(kind, parent)]
    assert allowed == [
        (committee, committee),
        (general, committee),
        (branch, committee),
        (branch, general),
        (group, branch),
    ]
