"""What people type to call a meeting."""

import pytest

from bot.core.errors import UserError
from bot.meeting.reading import Change, read, read_change
from tests.unit.study.house import china

NOW = china("2026-11-24 09:00")


@pytest.mark.parametrize(
    ("typed", "starts", "ends", "place", "agenda"),
    [
        ("党员大会 周五15:00 二楼会议室 议题:学习", "11-27 15:00", "11-27 16:30", "二楼会议室", "学习"),
        ("党员大会 周五下午3点在二楼会议室 议题:一\n二", "11-27 15:00", "11-27 16:30", "二楼会议室", "一\n二"),
        ("支委会 明天9:00-10:30 书记办公室", "11-25 09:00", "11-25 10:30", "书记办公室", ""),
        ("党课 周五15:00到17:00 报告厅 主题:纪律", "11-27 15:00", "11-27 17:00", "报告厅", "纪律"),
        ("支委会 11月30日上午9点 地点:三楼", "11-30 09:00", "11-30 10:00", "三楼", ""),
        (
            "党员大会\uff1a周五15\uff1a00-16\uff1a00\uff0c二楼 议题\uff1a学",
            "11-27 15:00",
            "11-27 16:00",
            "二楼",
            "学",
        ),
        ("支委会 周五15:00", "11-27 15:00", "11-27 16:00", "", ""),
    ],
)
def test_time_place_and_agenda(typed: str, starts: str, ends: str, place: str, agenda: str) -> None:
    found = read(typed, NOW)
    assert (found.starts_at, found.ends_at) == (china(f"2026-{starts}"), china(f"2026-{ends}"))
    assert (found.place, found.agenda, found.past) == (place, agenda, False)


def test_what_has_gone_by_is_known_to_have() -> None:
    found = read("支委会 昨天9:00-10:30 书记办公室", NOW)
    assert (found.starts_at, found.ends_at, found.past) == (china("2026-11-23 09:00"), china("2026-11-23 10:30"), True)
    assert found.place == "书记办公室"


def test_a_group_is_named_only_for_its_own_meeting() -> None:
    assert read("党小组会 一组 周五15:00 活动室", NOW, ("一组", "二组")).group == "一组"
    assert read("党小组会 一组 周五15:00 活动室", NOW, ("一组", "二组")).place == "活动室"
    assert read("党员大会 周五15:00 一组活动室", NOW, ("一组",)).place == "一组活动室"


@pytest.mark.parametrize(
    "typed", ["支委会", "支委会 办公室", "支委会 周五15:00-14:00", f"支委会 周五15:00 {'楼' * 81}"]
)
def test_what_is_missing_or_wrong_is_said(typed: str) -> None:
    with pytest.raises(UserError):
        read(typed, NOW)


def test_a_change_names_only_what_changes() -> None:
    assert read_change("三楼会议室", NOW) == Change(None, None, "三楼会议室", "")
    assert read_change("周六9:00", NOW) == Change(china("2026-11-28 09:00"), None, "", "")
    assert read_change("议题:选举", NOW) == Change(None, None, "", "选举")
    for nothing in ("", "昨天9:00"):
        with pytest.raises(UserError):
            read_change(nothing, NOW)
