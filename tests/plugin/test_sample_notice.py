"""The sample branch has a notice with open receipts and a 公示 that can be objected to."""

import pytest
from sqlalchemy import select

from bot.app import App
from bot.delivery.models import OutboxRow, State
from bot.simulator import sample
from bot.simulator.demo import load_sample
from tests.plugin.talk import Talk


@pytest.fixture
async def demo(app: App) -> Talk:
    talk = Talk(app)
    async with app.database.unit_of_work() as uow:
        await load_sample(uow, app)
    return talk


async def test_half_have_confirmed_and_nothing_is_said_again(demo: Talk) -> None:
    assert "6/11,还差 5 人" in await demo.whisper(sample.SECRETARY, "回执 1")
    async with demo.app.database.reading() as uow:
        waiting = select(OutboxRow.origin).where(OutboxRow.state == State.PENDING)
        assert not [origin for origin in await uow.session.scalars(waiting) if origin.startswith("notice")]
    await demo.say(sample.MEMBERS[8], "收到", group=sample.GROUP_ID)
    assert "7/11" in await demo.whisper(sample.SECRETARY, "回执 1")


async def test_the_publicity_runs_and_can_be_objected_to(demo: Talk) -> None:
    assert "经支部委员会研究,拟接收周明同志" in await demo.whisper(sample.SECRETARY, "党务公开")
    assert "已匿名转给书记和组织委员" in await demo.whisper(sample.MEMBERS[8], "异议 匿名 材料有出入")
    assert "还没到期" in await demo.whisper(sample.PROPAGANDIST, "公示结果 2")
