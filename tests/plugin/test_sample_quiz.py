"""The sample branch has questions for what was pushed, all of them sound."""

from bot.app import App
from bot.core.settings import SHIPPED
from bot.quiz import validating, written
from bot.simulator import sample
from bot.simulator.demo import articles, load_sample
from tests.plugin.talk import Talk


async def test_the_pushed_reading_can_be_answered(app: App) -> None:
    talk = Talk(app)
    async with app.database.unit_of_work() as uow:
        await load_sample(uow, app)
    asked = await talk.whisper(sample.MEMBERS[4], "答题")
    assert asked.startswith("学习 1《党员必须履行的八项义务》:4 题,答对 3 题通过。")


def test_every_sample_question_is_sound_and_quotes_its_material() -> None:
    texts = [article.text for article in articles()]
    for path in (SHIPPED / "samples").glob("*.txt"):
        checked = validating.check(written.questions_in(path.read_text(encoding="utf-8")))
        assert checked.faults == ()
        for item in checked.items:
            assert all(part in texts[int(path.name[0]) - 1] for part in item.source.split("……"))
