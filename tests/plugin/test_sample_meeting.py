"""The sample branch has a meeting to sign in to at once, a year with gaps, and a task that came of a resolution."""

import pytest
from sqlalchemy import select

from bot.app import App
from bot.delivery.models import OutboxRow, State
from bot.simulator import sample
from bot.simulator.demo import load_sample
from tests.plugin.talk import Talk
from tests.unit.study.house import china


@pytest.fixture
async def demo(app: App) -> Talk:
    app.clock.set(china("2026-11-24 08:05"))  # type: ignore[attr-defined]
    talk = Talk(app)
    async with app.database.unit_of_work() as uow:
        await load_sample(uow, app)
    return talk


async def test_one_can_sign_in_at_once_and_nothing_is_said_again(demo: Talk) -> None:
    async with demo.app.database.reading() as uow:
        waiting = select(OutboxRow.origin).where(OutboxRow.state == State.PENDING)
        assert not [one for one in await uow.session.scalars(waiting) if one.startswith(("notice", "meeting"))]
    assert "✅ 已签到" in await demo.whisper(sample.MEMBERS[8], "签到")
    assert "应到 11,实到 1" in await demo.whisper(sample.SECRETARY, "到会")


async def test_the_year_has_gaps(demo: Talk) -> None:
    lines = (await demo.whisper(sample.SECRETARY, "三会一课")).splitlines()
    assert "支部党员大会 3/4,缺四季度" in lines
    assert "支委会 9/12,缺5月、10月" in lines


async def test_resolutions_have_become_tasks(demo: Talk) -> None:
    assert "列出走访名单" in await demo.whisper(sample.PROPAGANDIST, "我的任务")
    assert "走访老党员" in await demo.whisper(sample.SECRETARY, "目标")
