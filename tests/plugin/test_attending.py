"""A reading pushed 凭到会: who signed in at a meeting about it has completed it, and corrections of the list follow."""

import pytest

from bot.app import App
from bot.core.clock import ShiftableClock
from bot.study.models import Proof
from bot.study.rules import readings_named
from plugins.meeting.clockwork import do_meetings
from tests.plugin.conftest import BOSS, EDITOR, MEMBER
from tests.plugin.talk import Talk
from tests.unit.study.house import china
from tests.unit.study.test_proving import stands

TEXT = "抓党建促治理\n" + "社区把网格建在楼栋里,党员在家门口亮身份、领任务。" * 3


@pytest.mark.parametrize(
    ("agenda", "expected"),
    [
        ("集体学习 7,讨论发展对象", {7}),
        ("学习7、学习 12", {7, 12}),
        ("学习20大精神", set()),
        ("学习2026年工作要点", set()),
        ("学习十五五规划", set()),
    ],
)
def test_which_readings_an_agenda_names(agenda: str, expected: set[int]) -> None:
    assert readings_named(agenda) == expected


async def test_attendance_completes_what_the_meeting_was_about(talk: Talk, app: App, clock: ShiftableClock) -> None:
    clock.set(china("2026-11-24 09:00"))
    await talk.whisper(EDITOR, f"推送 {TEXT}")
    await talk.whisper(EDITOR, "确认")
    await talk.whisper(EDITOR, "推送 资料 1 凭到会")
    pushed = await talk.whisper(EDITOR, "确认")
    assert pushed == "已推送学习 2《抓党建促治理》(4 人应学)。开会时议题写上「学习 2」,签到的人就算完成。"
    answer = await talk.whisper(MEMBER, "已学 2")
    assert answer == "学习 2 要凭到会完成,还没有登记:开会学这一篇,签到就算完成。"
    await talk.whisper(BOSS, "会议 支部党员大会 周五15:00 二楼会议室 议题:学习 1、学习 2")
    await talk.whisper(BOSS, "确认")
    clock.set(china("2026-11-27 15:01"))
    await do_meetings(app)
    for user in (BOSS, EDITOR, MEMBER):
        await talk.whisper(user, "签到")
    assert "0/4" in await talk.whisper(BOSS, "谁还没学 2")
    clock.set(china("2026-11-27 18:00"))
    await do_meetings(app)
    async with app.database.reading() as uow:
        assert await stands(uow, 2) == (Proof.ATTENDANCE, "attendance", "meeting:1", "", False)
        assert await stands(uow, 1) is None
    assert "3/4" in await talk.whisper(BOSS, "谁还没学 2")
    await talk.whisper(BOSS, "补签 1 赵德福 没带手机")
    assert "4/4" in await talk.whisper(BOSS, "谁还没学 2")
    await talk.whisper(BOSS, "撤销")
    await talk.whisper(BOSS, "确认")
    assert "3/4" in await talk.whisper(BOSS, "谁还没学 2")
