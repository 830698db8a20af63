"""Banks as propagandists have them: imported whole or not at all, drafted and approved, removed, taken back."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from bot.branch.models import AuditEntry, Branch, Member, MemberAccount, Role, RoleGrant
from bot.core.errors import UserError
from bot.quiz.models import Bank, Question, State
from tests.plugin.conftest import BOSS, EDITOR, MEMBER
from tests.plugin.talk import ACCOUNT, Talk, reply
from tests.sheet import sheets

REGULATION = (
    "党支部工作条例\n第六条 党支部党员人数一般不超过50人。\n第十一条 党支部党员大会一般每季度召开1次。\n"
    "第二十条 党支部委员会每届任期3年。"
)


def question(stem: str, *options: str, answer: str = "A") -> dict[str, Any]:
    return {"category": "党章", "content": stem, "options": options, "answer": answer, "excludes": "", "notes": ""}


SOUND = [question(f"第{i}问是        。", "甲", "乙", "丙", "丁", answer="C") for i in range(3)]
FAULTY = [question("一样的是        。", "甲", "甲"), question("外面的是        。", "甲", "乙", answer="D")]


def bank(*questions: dict[str, Any]) -> bytes:
    return json.dumps(questions, ensure_ascii=False).encode()


async def stored(talk: Talk) -> list[tuple[str, str]]:
    async with talk.app.database.reading() as uow:
        rows = await uow.session.scalars(select(Question).order_by(Question.id))
        return [(row.stem, row.state) for row in rows]


async def test_a_file_is_shown_confirmed_and_taken_back(talk: Talk) -> None:
    assert await talk.whisper(EDITOR, "导入题库 党章知识") == (
        "请把题库文件(.xlsx、.csv、.json、.sqlite、.txt、Word)发给我,或者直接粘贴题目。不导了回复「取消」。"
    )
    assert await talk.whisper(EDITOR, talk.file("党章.json", bank(*SOUND))) == (
        "党章知识:共 3 题(单选 3)。\n例 1(单选)第0问是____。\nA. 甲  B. 乙  C. 丙  D. 丁\n答案:C. 丙\n"
        "例 2(单选)第1问是____。\nA. 甲  B. 乙  C. 丙  D. 丁\n答案:C. 丙\n回复「确认」导入,「取消」放弃。"
    )
    assert await stored(talk) == []
    assert await talk.whisper(EDITOR, "确认") == (
        "已导入 3 题到题库 1「党章知识」。\n大家发「答题 党章知识」就能练习。导错了发「撤销」。"
    )
    assert [state for _, state in await stored(talk)] == [State.LIVE] * 3
    assert await talk.whisper(EDITOR, "题库") == "1. 「党章知识」3 题\n看题发「题库 编号」。"
    await talk.whisper(EDITOR, "撤销")
    assert await talk.whisper(EDITOR, "确认") == "已撤销「导入 3 题到题库 1」。"
    assert [state for _, state in await stored(talk)] == [State.DELETED] * 3


async def test_of_a_faulty_file_nothing_is_taken_unless_asked_for(talk: Talk) -> None:
    refused = await talk.whisper(EDITOR, reply(await sent(talk, bank(*SOUND, *FAULTY))), "导入题库 党章")
    assert refused == (
        "5 题里有 2 题有问题,一题也没有导入:\n第 4 题:选项 A 和 B 一样(「甲」)\n"
        "第 5 题:答案「D」不在选项里(选项只到 B)\n改好再发;或回复「只导入没问题的」,导入其余 3 题。"
    )
    assert await stored(talk) == []
    await talk.whisper(EDITOR, "确认")  # says nothing of the faults
    assert await stored(talk) == []
    assert (await talk.whisper(EDITOR, "只导入没问题的")).startswith("已导入 3 题到题库 1「党章」")
    assert len(await stored(talk)) == 3


async def test_what_was_not_read_is_named_before_anything_is_taken(talk: Talk) -> None:
    head = ("题干", "选项A", "选项B", "答案")
    pages = {"选择": (head, ("哪个是对的?", "甲", "乙", "A")), "考题": (("题干", "选项A"), ("哪个?", "甲"))}
    left = "没有读「考题」:没找到「题干」和「答案」这两列。"
    shown = await talk.whisper(EDITOR, reply(await sent(talk, sheets(**pages), "题.xlsx")), "导入题库 党章")
    assert shown.splitlines()[:2] == ["党章:共 1 题(单选 1)。", left]
    pages["选择"] += (("没有答案的是?", "甲", "乙"),)
    refused = await talk.whisper(EDITOR, reply(await sent(talk, sheets(**pages), "题.xlsx")), "导入题库 党章")
    assert left in refused.splitlines()
    assert await stored(talk) == []


async def sent(talk: Talk, data: bytes, name: str = "党章.json") -> str:
    await talk.whisper(EDITOR, talk.file(name, data))
    return talk.last_id


async def test_many_faults_are_counted_and_all_shown_when_asked_for(talk: Talk) -> None:
    faulty = [question(f"第{i}问是        。", "甲", "甲") for i in range(30)]
    refused = await talk.whisper(EDITOR, reply(await sent(talk, bank(*SOUND[:1], *faulty))), "导入题库 党章")
    assert refused.count("选项 A 和 B 一样") == 8
    assert "…… 共 30 处,回复「全部问题」看全部。" in refused
    every = await talk.whisper(EDITOR, "全部问题")
    assert every.count("选项 A 和 B 一样") == 30
    assert (await talk.whisper(EDITOR, "只导入没问题的")).startswith("已导入 1 题")


async def test_imported_again_what_is_there_is_left_alone(talk: Talk) -> None:
    for questions, answer in ((SOUND[:2], "已导入 2 题"), (SOUND, "已导入 1 题到题库 1「党章」,另有 2 题早就有了")):
        await talk.whisper(EDITOR, reply(await sent(talk, bank(*questions))), "导入题库 党章")
        assert (await talk.whisper(EDITOR, "确认")).startswith(answer)
    await talk.whisper(EDITOR, reply(await sent(talk, bank(*SOUND))), "导入题库 党章")
    assert await talk.whisper(EDITOR, "确认") == "题库 1「党章」里已经有这些题,没有要导入的。"


async def test_in_a_group_no_answers_are_shown(talk: Talk) -> None:
    shown = await talk.say(EDITOR, "/导入题库 常识\n1. 哪个?\nA. 甲\nB. 乙\n答案:B")
    assert shown == "常识:共 1 题(单选 1)。\n回复「确认」导入,「取消」放弃。"
    await talk.say(EDITOR, "确认")
    heard = await talk.hear(EDITOR, "/题库 1")
    assert [where for where, _ in heard] == [f"private {EDITOR}", "group 9"]
    assert "答案" not in heard[1][1].replace("题目和答案已私聊发给您", "")


@pytest.mark.parametrize(
    ("name", "data", "answer"),
    [
        ("a.json", b'[{"content": ', "这个 .json 在第 1 行坏了(没写完,或者少了引号、逗号)。请检查后再发。"),
        ("a.exe", b"MZ", "这种文件读不了。题库请发 .xlsx、.csv、.json、.sqlite、.txt(Word 请另存为 .docx)。"),
    ],
)
async def test_bad_files(talk: Talk, name: str, data: bytes, answer: str) -> None:
    assert await talk.whisper(EDITOR, reply(await sent(talk, data, name)), "导入题库 党章") == answer
    async with talk.app.database.reading() as uow:
        assert list(await uow.session.scalars(select(Bank))) == []


async def test_only_those_who_look_after_the_study(talk: Talk) -> None:
    for typed in ("导入题库 党章", "题库", "出题 资料 1", "删除题库 1", "题目 1-1"):
        assert "由宣传委员使用" in await talk.whisper(MEMBER, typed)
    async with talk.app.database.reading() as uow:
        refused = [row.subject for row in await uow.session.scalars(select(AuditEntry)) if row.action == "refused"]
    assert len(refused) == 5


async def drafted(talk: Talk) -> str:
    await talk.whisper(EDITOR, f"入库 {REGULATION}")
    return await talk.whisper(EDITOR, "出题 资料 1")


async def test_drafts_are_shown_with_their_sentence_and_approved_one_by_one(talk: Talk) -> None:
    shown = await drafted(talk)
    assert shown.startswith(
        "《党支部工作条例》的出题草稿 3 道,请逐道看:\n1(单选)党支部党员人数一般不超过____人。\n"
        "A. 25  B. 50  C. 75  D. 100\n答案:B. 50\n原文:党支部党员人数一般不超过50人。\n2("
    )
    assert await talk.whisper(MEMBER, "答题") == "现在没有可答的题。"  # nothing is asked that nobody has approved
    assert await talk.whisper(EDITOR, "嗯") == "没看懂。回复「要 1、3」采用这几道,「全要」或「都不要」。"
    assert await talk.whisper(EDITOR, "要 1、9") == "没有第 9 道。请写 1 到 3,比如「要 1、3」。"
    assert await talk.whisper(EDITOR, "要1和3") == ("采用了 2 道,已放进题库 1「党支部工作条例」。采用错了发「撤销」。")
    assert [state for _, state in await stored(talk)] == [State.LIVE, State.DELETED, State.LIVE]
    assert await talk.whisper(EDITOR, "出题 资料 1") == ("《党支部工作条例》里没有新的题可出。已有的题发「题库 1」看。")


@pytest.mark.parametrize(("answer", "state"), [("全要", State.LIVE), ("都不要", State.DELETED)])
async def test_drafts_in_a_lot(talk: Talk, answer: str, state: State) -> None:
    await drafted(talk)
    await talk.whisper(EDITOR, answer)
    assert [each for _, each in await stored(talk)] == [state] * 3


async def test_who_has_lost_the_office_meanwhile_approves_nothing(talk: Talk) -> None:
    await drafted(talk)
    await talk.whisper(BOSS, "免去 李秀英 宣传委员")
    await talk.whisper(BOSS, "确认")
    assert await talk.whisper(EDITOR, "全要") == "做这件事要有「第一支部」的职务,您现在没有,请找书记。"
    assert [state for _, state in await stored(talk)] == [State.DRAFT] * 3


async def test_what_a_leader_from_above_asks_for_in_the_group_is_approved_in_private(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        above = Branch(parent_id=None, kind="党委", name="机关党委", path="/2/", created_at=uow.now)
        uow.session.add(above)
        await uow.session.flush()
        below = await uow.session.get_one(Branch, 1)
        below.parent_id, below.path = above.id, "/2/1/"
        leader = Member(branch_id=above.id, name="周正", kind="正式党员", joined_on=uow.now.date(), created_at=uow.now)
        uow.session.add(leader)
        await uow.session.flush()
        account = {"platform": "onebot11", "user_id": "200", "via": ACCOUNT, "bound_at": uow.now}
        uow.session.add(MemberAccount(member_id=leader.id, **account))
        uow.session.add(RoleGrant(branch_id=above.id, member_id=leader.id, role=Role.SECRETARY, granted_at=uow.now))
    await talk.whisper(EDITOR, f"入库 {REGULATION}")
    assert "草稿和答案已私聊发给您。" in await talk.say(200, "/出题 资料 1")
    assert await talk.whisper(200, "全要") == "采用了 3 道,已放进题库 1「党支部工作条例」。采用错了发「撤销」。"
    assert [state for _, state in await stored(talk)] == [State.LIVE] * 3


async def test_two_who_decide_about_the_same_drafts(talk: Talk) -> None:
    await drafted(talk)
    await talk.whisper(BOSS, "出题 资料 1")
    await talk.whisper(EDITOR, "要 1")
    assert await talk.whisper(BOSS, "全要") == "这些草稿刚刚有人处理过了。再发一次「出题」看还有哪些。"
    assert [state for _, state in await stored(talk)] == [State.LIVE, State.DELETED, State.DELETED]


async def test_a_model_may_propose_what_the_text_says(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def drafts(title: str, text: str) -> tuple[dict[str, Any], ...]:
        said = {"type": "判断", "question": "支委会每届任期5年。", "options": [], "answer": "错"}
        quoted = {**said, "evidence": "党支部委员会每届任期3年。"}
        return (
            quoted,
            {**said, "question": "支委会每届任期3年。", "answer": "对", "evidence": "每届任期三年,可以连任。"},
        )

    monkeypatch.setattr(talk.app.model, "drafts", drafts)
    shown = await drafted(talk)
    assert "4(判断)支委会每届任期5年。\n答案:错\n原文:党支部委员会每届任期3年。" in shown
    assert "支委会每届任期3年" not in shown


async def test_no_drafts_from_an_essay(talk: Talk) -> None:
    await talk.whisper(EDITOR, "入库 家乡的路\n清晨5点,村口的灯还亮着,王大爷走了3里路去看老战友。他说,应当常回来看看。")
    assert (
        await talk.whisper(EDITOR, "出题 资料 1") == "这篇不像条例、规定,自动出的题不好用。可以「导入题库」自己出题。"
    )


async def test_looking_and_removing(talk: Talk) -> None:
    await talk.whisper(EDITOR, reply(await sent(talk, bank(*SOUND))), "导入题库 党章")
    await talk.whisper(EDITOR, "确认")
    assert await talk.whisper(EDITOR, "题目 1-2") == (
        "题目 1-2(单选)第1问是____。\nA. 甲  B. 乙  C. 丙  D. 丁\n答案:C. 丙\n还没有人答过。"
    )
    assert await talk.whisper(EDITOR, "删除题目 1-2") == "已删除题目 1-2。删错了发「撤销」。"
    assert await talk.whisper(EDITOR, "题目 1-2") == "题库 1 里没有第 2 题。发「题库 1」看看有哪些。"
    assert (await talk.whisper(EDITOR, "删除题库 1")).startswith("删除题库 1「党章」(2 题)?答过的记录不受影响。")
    await talk.whisper(EDITOR, "确认")
    assert await talk.whisper(MEMBER, "答题 党章") == "没有叫「党章」的题库。发「答题」看看能答什么。"
    await talk.whisper(EDITOR, "撤销")
    await talk.whisper(EDITOR, "确认")
    assert "没有叫「党章党章" in await talk.whisper(MEMBER, "答题 " + "党章" * 10_000)  # more than SQLite searches for
    assert (await talk.whisper(MEMBER, "答题 党章")).startswith("题库「党章」:2 题。")


async def test_what_was_deleted_with_its_bank_is_not_asked_again_with_the_next_one(talk: Talk) -> None:
    await talk.whisper(EDITOR, f"入库 {REGULATION}")
    await talk.whisper(EDITOR, reply(await sent(talk, bank(SOUND[0]))), "导入题库 资料 1")
    await talk.whisper(EDITOR, "确认")
    await talk.whisper(EDITOR, "删除题库 1")
    await talk.whisper(EDITOR, "确认")
    await talk.whisper(EDITOR, reply(await sent(talk, bank(SOUND[1]))), "导入题库 资料 1")
    await talk.whisper(EDITOR, "确认")
    assert [state for _, state in await stored(talk)] == [State.DELETED, State.LIVE]


async def test_drafts_bring_no_deleted_bank_back(talk: Talk) -> None:
    await talk.whisper(EDITOR, f"入库 {REGULATION}")
    await talk.whisper(EDITOR, reply(await sent(talk, bank(SOUND[0]))), "导入题库 资料 1")
    await talk.whisper(EDITOR, "确认")
    await talk.whisper(EDITOR, "删除题库 1")
    await talk.whisper(EDITOR, "确认")
    await talk.whisper(EDITOR, "出题 资料 1")
    await talk.whisper(EDITOR, "取消")
    assert (await stored(talk))[0][1] == State.DELETED
    assert (await talk.whisper(EDITOR, "题库")).startswith("1. 「党支部工作条例」(资料的题)0 题,草稿 3")


async def test_a_broken_database_is_no_half_an_import(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.quiz import banks

    await talk.whisper(EDITOR, reply(await sent(talk, bank(*SOUND))), "导入题库 党章")

    async def fail(*_: object, **__: object) -> None:
        raise UserError("坏了")

    monkeypatch.setattr(banks.audit, "record", fail)
    assert await talk.whisper(EDITOR, "确认") == "坏了"
    assert await stored(talk) == []


async def test_a_plan_says_which_materials_have_nothing_to_answer(talk: Talk) -> None:
    await talk.whisper(EDITOR, f"入库 {REGULATION}")
    await talk.whisper(EDITOR, f"入库 另一篇\n{REGULATION}")
    await talk.whisper(EDITOR, "出题 资料 2")
    await talk.whisper(EDITOR, "全要")
    made = await talk.whisper(EDITOR, "学习计划 新建 天天学 每个工作日8点 资料 1-2 凭答题")
    assert made.endswith("\n注意:资料 1 还没有题目,推送前请先「出题」或「导入题库」。")
    assert await talk.whisper(EDITOR, "学习计划 完成方式 1 打卡") == "计划 1「天天学」以后推送的,都凭打卡完成。"
    assert (await talk.whisper(EDITOR, "学习计划 完成方式 1 答题")).endswith(
        "都凭答题完成。\n注意:资料 1 还没有题目,推送前请先「出题」或「导入题库」。"
    )
