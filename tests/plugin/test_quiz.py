"""答题 as members do it: one question at a time, each for oneself; a reading completed, mistakes that come back."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.quiz.models import Answer, Review, Sitting
from bot.study.models import Completion, LowerProof, Method, Proof
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, STRANGER
from tests.plugin.talk import Talk
from tests.plugin.test_claims import in_a_branch_below

TITLE = "三会一课怎么开"
TEXT = f"{TITLE}\n党支部应当组织党员按期参加党员大会、党小组会和上党课,定期召开党支部委员会会议。"
QUESTIONS = """1. 党员大会一般每____召开一次。
A. 月
B. 季度
C. 半年
答案:B
出处:党员大会一般每季度召开一次。
2. [多选]三会一课包括
A. 党员大会
B. 团课
C. 党课
答案:AC
解析:团课不在其中。
3. 支委会一般每月召开一次。( )
答案:对
4. 党员每年集中学习不少于____学时。
答案:32
出处:教育管理工作条例"""
RIGHT = {"党员大会一般": "选b", "三会一课包括": "\uff21 c", "支委会一般": "√", "党员每年": "三十二学时"}
WRONG = {"党员大会一般": "A", "三会一课包括": "A", "支委会一般": "不对", "党员每年": "答 30"}


async def prepared(talk: Talk, proof: str = "凭答题") -> None:
    """A reading, 学习 1, with four questions."""
    await talk.whisper(EDITOR, f"入库 {TEXT}")
    await talk.whisper(EDITOR, f"导入题库 资料 1\n{QUESTIONS}")
    assert (await talk.whisper(EDITOR, "确认")).startswith(f"已导入 4 题到题库 1「{TITLE}」。")
    await talk.whisper(EDITOR, f"推送 资料 1 {proof}")
    await talk.whisper(EDITOR, "确认")


def stem_in(text: str) -> str:
    return next(stem for stem in RIGHT if stem in text.split("\n\n")[-1])


async def answer_all(talk: Talk, user: int, asked: str, answers: dict[str, str], group: int | None = None) -> str:
    while "答完了" not in asked:
        asked = await talk.say(user, answers[stem_in(asked)], group=group)
    return asked


async def completions(talk: Talk) -> list[Completion]:
    async with talk.app.database.reading() as uow:
        return list(await uow.session.scalars(select(Completion)))


@pytest.mark.parametrize("typed", ["答题", "答题 1"])
async def test_in_private_of_who_shares_the_group_of_the_branch_above(talk: Talk, typed: str) -> None:
    await in_a_branch_below(talk)
    await prepared(talk)
    last = await answer_all(talk, MEMBER, await talk.whisper(MEMBER, typed), RIGHT)
    assert last.endswith("已登记学习 1(凭答题)。")


async def test_a_reading_is_completed_by_its_questions(talk: Talk) -> None:
    await prepared(talk)
    assert await talk.whisper(MEMBER, "已学") == "学习 1 要凭答题完成,还没有登记:看完发「答题 1」。"
    asked = await talk.whisper(MEMBER, "答题")
    assert asked.startswith(f"学习 1《{TITLE}》:4 题,答对 3 题通过。\n1/4(")
    last = await answer_all(talk, MEMBER, asked, RIGHT)
    assert last.endswith("答完了:4 题答对 4 题,通过。已登记学习 1(凭答题)。")
    (done,) = await completions(talk)
    assert (done.member_id, done.proof, done.method, done.evidence) == (3, Proof.QUIZ, Method.QUIZ, "quiz:1")
    async with talk.app.database.reading() as uow:
        (sitting,) = await uow.session.scalars(select(Sitting))
        assert (sitting.id, sitting.ended_at, sitting.right) == (1, done.proved_at, 4)
    assert (await talk.whisper(BOSS, "谁还没学")).startswith(f"学习 1《{TITLE}》:1/4")


async def test_each_answer_says_why(talk: Talk) -> None:
    await prepared(talk)
    asked = await talk.whisper(MEMBER, "答题 1")
    texts = {}
    for _ in range(4):
        stem = stem_in(asked)
        asked = await talk.whisper(MEMBER, (WRONG if "大会" in stem or "每年" in stem else RIGHT)[stem])
        texts[stem] = asked.split("\n\n")[0]
    assert texts == {
        "党员大会一般": "❌ 应是:B. 季度\n出处:党员大会一般每季度召开一次。",
        "三会一课包括": "✅ 答对了。\n解析:团课不在其中。",
        "支委会一般": "✅ 答对了。",
        "党员每年": "❌ 应是:32\n出处:教育管理工作条例",
    }
    assert asked.endswith("答完了:4 题答对 2 题,还差一点(要 3 题)。\n看看「全文 1」,再发「答题 1」。")
    assert await completions(talk) == []


async def test_a_claim_by_word_is_replaced_by_the_higher_proof_and_comes_back(talk: Talk) -> None:
    await prepared(talk, proof="")
    await talk.whisper(MEMBER, "已学")
    last = await answer_all(talk, MEMBER, await talk.whisper(MEMBER, "答题 1"), RIGHT)
    assert last.endswith("通过。学习 1 改记为凭答题完成。")
    async with talk.app.database.reading() as uow:
        (lower,) = await uow.session.scalars(select(LowerProof))
        assert (lower.proof, lower.method) == (Proof.WORD, Method.PRIVATE)
    await talk.whisper(MEMBER, "撤回打卡")
    (done,) = await completions(talk)
    assert (done.proof, done.method) == (Proof.WORD, Method.PRIVATE)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("啥意思", "没看懂。回复一个字母。不答了发「结束答题」。"),
        ("E", "没有 E 这个选项。回复一个字母。不答了发「结束答题」。"),
        ("AB", "这是单选题,只选一个。回复一个字母。不答了发「结束答题」。"),
    ],
)
async def test_what_is_no_answer_in_private_is_asked_again(talk: Talk, typed: str, hint: str) -> None:
    await talk.whisper(EDITOR, f"导入题库 常识\n{QUESTIONS[: QUESTIONS.index('2. ')]}")
    await talk.whisper(EDITOR, "确认")
    await talk.whisper(MEMBER, "答题 常识")
    assert await talk.whisper(MEMBER, typed) == hint
    assert (await talk.whisper(MEMBER, "b")).startswith("✅ 答对了。")


async def test_in_a_group_two_answer_at_once_and_talk_is_left_alone(talk: Talk) -> None:
    await prepared(talk)
    first = {user: await talk.say(user, "答题") for user in (MEMBER, BOSS)}
    assert first[MEMBER].startswith("@张三")
    assert first[BOSS].startswith("@王建国")
    for talked in ("大家好", "今天2号楼停电", "收工了", "?"):
        assert await talk.say(MEMBER, talked) == ""
    assert await talk.say(EDITOR, RIGHT[stem_in(first[MEMBER])]) == ""  # nobody asked her
    asked = dict(first)
    while any("答完了" not in text for text in asked.values()):
        for user, answers in ((MEMBER, RIGHT), (BOSS, WRONG)):
            if "答完了" not in asked[user]:
                typed = answers[stem_in(asked[user])]
                asked[user] = await talk.say(
                    user, typed if "32" not in typed and "三十二" not in typed else f"答 {typed}"
                )
                assert asked[user].startswith("@张三" if user == MEMBER else "@王建国")
    assert "答对 4 题,通过" in asked[MEMBER]
    assert "答对 0 题,还差一点" in asked[BOSS]
    assert [done.member_id for done in await completions(talk)] == [3]


async def test_nobody_answers_for_somebody_else(talk: Talk) -> None:
    await prepared(talk)
    asked = await talk.whisper(MEMBER, "答题")
    await talk.whisper(BOSS, "答题")
    async with talk.app.database.unit_of_work() as uow:
        from bot.chat.models import Question

        for row in await uow.session.scalars(select(Question).where(Question.user_id == str(BOSS))):
            row.payload = json.dumps({"sitting": 1, "position": 0})
    assert await talk.whisper(BOSS, RIGHT[stem_in(asked)]) == "这次答题已经结束了。想再答发「答题」。"
    async with talk.app.database.reading() as uow:
        assert list(await uow.session.scalars(select(Answer))) == []


async def test_it_goes_on_where_it_was_broken_off_even_after_a_restart(talk: Talk) -> None:
    await prepared(talk)
    asked = await talk.whisper(MEMBER, "答题")
    asked = await talk.whisper(MEMBER, RIGHT[stem_in(asked)])
    await talk.app.conversations.load()
    talk = Talk(talk.app)
    again = await talk.say(MEMBER, "答题", message_id=900)  # now in the group
    assert f"接着答学习 1《{TITLE}》:\n2/4(" in again
    assert stem_in(again) == stem_in(asked)
    stale = await talk.say(MEMBER, RIGHT[stem_in(asked)], group=None, message_id=901)  # it still waits in private
    assert stale.startswith("✅ 答对了。")


async def test_the_same_message_twice_is_one_answer(talk: Talk) -> None:
    await prepared(talk)
    asked = await talk.whisper(MEMBER, "答题")
    first = await talk.say(MEMBER, RIGHT[stem_in(asked)], group=None, message_id=77)
    again = await talk.say(MEMBER, RIGHT[stem_in(asked)], group=None, message_id=77)
    assert again.partition("\n")[2] == first.split("\n\n")[-1] or stem_in(again) == stem_in(first)
    async with talk.app.database.reading() as uow:
        assert [one.position for one in await uow.session.scalars(select(Answer))] == [0]


async def test_several_readings_are_asked_about(talk: Talk) -> None:
    await prepared(talk)
    await talk.whisper(EDITOR, f"推送 {TEXT}不过这一篇是另一篇,要分开学。")
    await talk.whisper(EDITOR, "确认")
    await talk.whisper(EDITOR, f"导入题库 资料 2\n{QUESTIONS}")
    await talk.whisper(EDITOR, "确认")
    assert await talk.whisper(MEMBER, "答题") == f"答哪一篇的题?回复编号:\n1. 《{TITLE}》\n2. 《{TITLE}》"
    assert (await talk.whisper(MEMBER, "2")).startswith(f"学习 2《{TITLE}》:4 题")


async def test_mistakes_come_back_days_later_and_only_when_asked_for(talk: Talk) -> None:
    await prepared(talk)
    await answer_all(talk, MEMBER, await talk.whisper(MEMBER, "答题"), RIGHT | {"支委会一般": "错"})
    assert await talk.whisper(MEMBER, "错题") == "今天没有到期的错题。还有 1 道,11月25日起再来。"
    before = len(await talk.enqueued())
    talk.app.clock.set(talk.app.clock.now() + timedelta(days=1))  # type: ignore[attr-defined]
    asked = await talk.whisper(MEMBER, "错题")
    assert asked.startswith("错题:1 题。\n1/1(判断)支委会一般每月召开一次。")
    assert (await talk.whisper(MEMBER, "对的")).endswith("现在想看发「错题」。共 1 道。")
    assert await talk.whisper(MEMBER, "错题") == "今天没有到期的错题。还有 1 道,11月27日起再来。"
    talk.app.clock.set(talk.app.clock.now() + timedelta(days=2))  # type: ignore[attr-defined]
    assert (await talk.whisper(MEMBER, "答题")).startswith("错题:1 题。")  # nothing else is open
    assert len(await talk.enqueued()) == before


async def test_nothing_to_answer(talk: Talk) -> None:
    assert await talk.whisper(MEMBER, "答题") == "现在没有可答的题。"
    assert await talk.whisper(MEMBER, "错题") == "没有要复习的错题。"
    assert await talk.whisper(MEMBER, "结束答题") == "没有正在答的题。"
    assert await talk.whisper(MEMBER, "答题 9") == "没有学习 9。发「补学」看看有哪些。"
    assert await talk.whisper(MEMBER, "答题 党史") == "没有叫「党史」的题库。发「答题」看看能答什么。"
    assert await talk.whisper(STRANGER, "答题") == ""


async def test_stopping(talk: Talk) -> None:
    await prepared(talk)
    asked = await talk.say(MEMBER, "答题")
    await talk.say(MEMBER, "答 32" if "每年" in asked else RIGHT[stem_in(asked)])
    assert await talk.say(MEMBER, "不答了") == "好的,先到这里(答了 1 题)。想再答发「答题」。"
    assert await talk.say(MEMBER, "A") == ""


async def test_a_reading_without_questions(talk: Talk) -> None:
    await talk.whisper(EDITOR, f"入库 {TEXT}")
    assert "注意:这篇还没有题目。先发「出题 资料 1」" in await talk.whisper(EDITOR, "推送 资料 1 凭答题")
    await talk.whisper(EDITOR, "确认")
    assert (await talk.whisper(MEMBER, "答题 1")).startswith("学习 1 还没有配题目,请告诉宣传委员。")


async def test_settings_of_the_branch(talk: Talk) -> None:
    await prepared(talk)
    await talk.whisper(BOSS, "设置 答题题数 2")
    await talk.whisper(BOSS, "设置 答题及格 100")
    assert (await talk.whisper(MEMBER, "答题")).startswith(f"学习 1《{TITLE}》:2 题,答对 2 题通过。")


async def test_what_is_kept_and_erased(talk: Talk) -> None:
    await prepared(talk)
    await answer_all(talk, MEMBER, await talk.whisper(MEMBER, "答题"), RIGHT | {"支委会一般": "错"})
    assert "答题:1 次,待复习的错题 1 道" in await talk.whisper(MEMBER, "我的数据")
    await talk.whisper(MEMBER, "删除我的信息")
    await talk.whisper(MEMBER, "确认")
    async with talk.app.database.reading() as uow:
        assert list(await uow.session.scalars(select(Review))) == []
        assert {(one.said, one.message_id) for one in await uow.session.scalars(select(Answer))} == {("", "")}
        (sitting,) = await uow.session.scalars(select(Sitting))
        assert (sitting.right, sitting.passed) == (3, True)
    assert len(await completions(talk)) == 1


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
async def test_on_postgresql(talk: Talk) -> None:
    await prepared(talk)
    last = await answer_all(talk, MEMBER, await talk.whisper(MEMBER, "答题"), RIGHT | {"支委会一般": "错"})
    assert "答对 3 题,通过。已登记学习 1(凭答题)。" in last
    await talk.whisper(EDITOR, "题库 1")
    assert "还有 1 道" in await talk.whisper(MEMBER, "错题")
