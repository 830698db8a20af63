"""The sample branch has a hot list to choose from and a discussion that can be ended."""

import pytest
from sqlalchemy import select

from bot.app import App
from bot.delivery.models import OutboxRow, State
from bot.discussion.models import Voice
from bot.simulator import sample
from bot.simulator.demo import load_sample
from plugins.discussion.clockwork import listen
from tests.plugin.talk import Talk


@pytest.fixture
async def demo(app: App) -> Talk:
    talk = Talk(app)
    async with app.database.unit_of_work() as uow:
        await load_sample(uow, app)
    await listen(app)
    return talk


async def test_a_dozen_voices_some_poor_and_nothing_said_about_it(demo: Talk) -> None:
    async with demo.app.database.reading() as uow:
        verdicts = list(await uow.session.scalars(select(Voice.verdict).order_by(Voice.id)))
        waiting = select(OutboxRow.origin).where(OutboxRow.state == State.PENDING)
        origins = set(await uow.session.scalars(waiting))
    assert len(verdicts) == 12
    assert verdicts.count("good") == 10
    assert not any(origin.startswith("discussion") for origin in origins)


async def test_hot_words_and_the_end(demo: Talk) -> None:
    said = await demo.say(sample.PROPAGANDIST, "热词", group=sample.GROUP_ID)
    assert said.startswith("1. 守护群众温暖过冬\n   样例热榜|官方置顶")
    assert not any(word in said for word in ("男团", "国足", "A股", "红毯"))
    (_, draft), _ = await demo.hear(sample.PROPAGANDIST, "结束讨论", group=sample.GROUP_ID)
    assert "8/11 人发言,共 10 条" in draft
    assert "二、" in draft
