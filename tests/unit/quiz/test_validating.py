"""What is wrong with a question is named with its place; what is sound comes out as it was meant."""

import pytest

from bot.quiz.kinds import Kind
from bot.quiz.validating import Raw, check


def reasons(raw: Raw) -> list[str]:
    found = check([raw])
    assert not (found.items and found.faults)
    return [fault.reason for fault in found.faults]


def single(**changes: object) -> Raw:
    made = {"stem": "党员大会一般多久召开一次?", "options": ("每月", "每季度", "每年"), "answer": ("B",)}
    return Raw("第 2 行", **{**made, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (single(stem=" "), "没有题干"),
        (single(options=()), "没有选项,也看不出是判断题还是填空题"),
        (single(options=(), kind="单选题"), "没有选项"),
        (single(options=("每月",)), "答案「B」不在选项里(选项只到 A)"),
        (single(options=("每月", " 每月 ", "每年")), "选项 A 和 B 一样(「每月」)"),
        (single(options=("1\u5e74", "\uff11年", "2年")), "选项 A 和 B 一样(「\uff11年」)"),
        (single(options=("每月", "", "每年"), answer=("A",)), "选项 B 是空的"),
        (single(answer=("D",)), "答案「D」不在选项里(选项只到 C)"),
        (single(answer=("半年",)), "答案「半年」不在选项里"),
        (single(answer=()), "没有答案"),
        (single(answer=("",)), "没有答案"),
        (single(kind="单选题", answer=("AB",)), "单选题有 2 个答案「AB」"),
        (single(kind="多选题"), "多选题只有一个答案"),
        (single(kind="简答题"), "「简答题」没法自动判对错,不收"),
        (single(kind="抢答题"), "题型「抢答题」不认识(单选、多选、判断、填空)"),
        (single(stem="党员大会每季度召开一次。"), "题干里没有空,也没有提问"),
        (single(stem="问" * 601), "题干有 601 字,太长了(最多 600 字)"),
        (single(options=tuple(map(str, range(10))), answer=("A",)), "选项有 10 个,最多 8 个"),
        (Raw("第 2 行", "党员每年学习32学时", "填空", (), ("32",)), "题干里没有要填的空(写成 ____ 或括号)"),
        (Raw("第 2 行", "不少于____学时,书记____学时", "填空", (), ("32",)), "有 2 处空,答案有 1 个"),
        (Raw("第 2 行", "支委会每月召开。", "判断题", (), ("也许",)), "答案「也许」看不懂,判断题写「对」或「错」"),
    ],
)
def test_faults(raw: Raw, reason: str) -> None:
    assert reasons(raw) == [reason]


@pytest.mark.parametrize(
    ("answer", "letters"),
    [(("b",), "B"), (("每季度",), "B"), (("②",), "B"), (("2",), "B"), (("B.每季度",), "B"), (("选B",), "B")],
)
def test_an_answer_as_letter_number_or_words(answer: tuple[str, ...], letters: str) -> None:
    (item,) = check([single(answer=answer)]).items
    assert (item.kind, item.answer) == (Kind.SINGLE, tuple(letters))


@pytest.mark.parametrize(
    "answer", [("AC",), ("A,C",), ("a、c",), ("①③",), ("A", "C"), ("每月", "每年"), ("每月、每年",)]
)
def test_several(answer: tuple[str, ...]) -> None:
    (item,) = check([single(answer=answer)]).items
    assert (item.kind, item.answer) == (Kind.MULTIPLE, ("A", "C"))


@pytest.mark.parametrize("answer", ["正确", "√", "对", "T", "true", "1", "A"])
def test_true_or_false(answer: str) -> None:
    (item,) = check([Raw("第 2 行", "支委会一般每月召开1次。( )", "判断题", (), (answer,))]).items
    assert (item.stem, item.answer) == ("支委会一般每月召开1次。", ("对",))


def test_true_or_false_by_its_options() -> None:
    (item,) = check([Raw("第 2 行", "支委会一般每月召开1次", "", ("正确", "错误"), ("B",))]).items
    assert (item.kind, item.options, item.answer) == (Kind.JUDGE, (), ("错",))


def test_a_number_that_counts_from_nobody_knows_where() -> None:
    assert reasons(single(answer=("1",), first=None)) == ["答案写的是数字「1」,看不出从 0 还是从 1 数起,请改写字母"]
    either = single(options=("2", "3", "4"), answer=("2",), stem="几次?")
    assert reasons(either) == ["答案「2」既像选项的内容又像序号,请改写字母"]


def test_blanks_are_made_visible() -> None:
    (item,) = check([single(stem="党员大会一般        召开一次。")]).items
    assert item.stem == "党员大会一般____召开一次。"
    (item,) = check([single(stem="        一般多久召开一次?  ")]).items
    assert item.stem == "____一般多久召开一次?"
    (item,) = check([single(stem="党员大会一般(    )召开一次。")]).items
    assert item.stem == "党员大会一般(    )召开一次。"


def test_credits_go_into_the_source() -> None:
    (item,) = check([single(stem="几时召开?(出题单位:某学院 推荐单位:某平台)")]).items
    assert (item.stem, item.source) == ("几时召开?", "出题单位:某学院 推荐单位:某平台")


def test_the_same_question_twice() -> None:
    again = single(options=("每年", "每季度", "每月"))
    found = check([single(), Raw(**{**vars(again), "place": "第 9 行"})])
    assert len(found.items) == 1
    assert [(fault.place, fault.reason) for fault in found.faults] == [("第 9 行", "和第 2 行重复")]


def test_of_two_answers_to_one_question_neither_is_taken() -> None:
    other = Raw(**{**vars(single(answer=("A",))), "place": "第 9 行"})
    found = check([single(), other])
    assert found.items == ()
    assert [(fault.place, fault.reason) for fault in found.faults] == [("第 9 行", "和第 2 行是同一题,答案却不同")]
