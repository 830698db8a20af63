"""答题 on the whole bot, which is killed at every answer: what was said to be right is on disk, and goes on there."""

from sqlalchemy import select

from bot.quiz.models import Answer, Sitting
from bot.simulator import sample
from bot.study.models import Completion, Method, Proof
from tests.nursery import SLOW_DISK

from .house import BRANCH, EVERYBODY, House

QUESTIONS = "\n".join(f"{i}. 第{i}问的答案是什么?\nA. 甲{i}\nB. 乙{i}\n答案:B\n出处:条例第{i}条" for i in range(1, 5))


async def answers(house: House) -> list[int]:
    async with house.database.reading() as uow:
        return [row.position for row in await uow.session.scalars(select(Answer).order_by(Answer.position))]


async def test_killed_after_every_answer(house: House) -> None:
    user = EVERYBODY[5]
    house.bot.environment[SLOW_DISK] = "0.05"
    sim = await house.open()
    await house.asked(sim, sample.PROPAGANDIST, f"导入题库 资料 1\n{QUESTIONS}", "回复「确认」导入")
    await house.asked(sim, sample.PROPAGANDIST, "确认", "已导入 4 题")
    await house.asked(sim, user, "答题 1", "1/4(单选)")
    for number in range(1, 5):
        dead = house.dies_on(sim, lambda call: "答对了" in str(call["params"].get("message")))
        said = await house.asked(sim, user, "选b")
        await dead
        assert said.startswith("✅ 答对了。\n出处:条例第")
        assert await answers(house) == list(range(number))
        await house.bot.start()
        await sim.ready()
        if number < 4:
            await house.asked(sim, user, "答题", f"{number + 1}/4(单选)")
    assert "4 题答对 4 题,通过。已登记" in said
    async with house.database.reading() as uow:
        (done,) = await uow.session.scalars(select(Completion))
        (sitting,) = await uow.session.scalars(select(Sitting))
    assert (done.proof, done.method, done.evidence) == (Proof.QUIZ, Method.QUIZ, f"quiz:{sitting.id}")
    assert (sitting.branch_id, sitting.right, sitting.passed) == (BRANCH, 4, True)
