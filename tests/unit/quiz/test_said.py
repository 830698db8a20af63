"""What people type when they are asked (issue 5: forgiving input), and what is talk of something else."""

import pytest

from bot.quiz import said
from bot.quiz.kinds import Kind

AGES = ("50", "55", "60", "65")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("选b", "B"),
        ("\uff21\uff23", "AC"),  # full-width
        ("a c", "AC"),
        ("A,C", "AC"),
        ("a和c", "AC"),
        ("①③", "AC"),
        ("13", "AC"),
        ("B。", "B"),
        ("(B)", "B"),
        ("我选C", "C"),
        ("应该是C吧", "C"),
        ("答案是A", "A"),
        ("第二个", "B"),
        ("🅰️", "A"),
        ("60", "C"),
        ("C.60", "C"),
        ("55、60", "BC"),
        ("E", "E"),  # behind the last option: whoever reads it says so
    ],
)
def test_letters(typed: str, meant: str) -> None:
    assert said.letters(typed, AGES) == tuple(meant)
    assert said.is_answer(typed, said.asked_for(Kind.MULTIPLE, AGES))


@pytest.mark.parametrize(
    "typed", ["大家好", "好的", "今天开会", "AA", "C.55", "9", "", "我是B组的", "A座停水了", "1号下午3点"]
)
def test_talk_is_no_answer(typed: str) -> None:
    assert said.letters(typed, AGES) is None
    assert not said.is_answer(typed, said.asked_for(Kind.SINGLE, AGES))


def test_an_endless_text_is_no_answer_and_not_looked_at_closely() -> None:
    assert said.letters("A" + "吧" * said.LONGEST, AGES) is None
    assert said.judged("对" + "吧" * said.LONGEST) is None


def test_the_words_of_an_option_come_before_its_number() -> None:
    assert said.letters("2", ("1", "2", "3")) == ("B",)
    assert said.letters("2", ("2", "3", "4")) == ("A",)


@pytest.mark.parametrize("typed", ["对", "对的", "√", "✔️", "正确。", "是对的", "选对", "我觉得对", "T", "yes"])
def test_right(typed: str) -> None:
    assert said.judged(typed) == "对"


@pytest.mark.parametrize("typed", ["错", "错的", "×", "错误", "不对", "答案是错的", "x", "No"])
def test_wrong(typed: str) -> None:
    assert said.judged(typed) == "错"


@pytest.mark.parametrize("typed", ["好的", "大家好", "对了小王来一下", "不对劲"])
def test_neither(typed: str) -> None:
    assert said.judged(typed) is None


def test_blanks() -> None:
    assert said.filled("32;56", 2) == ("32", "56")
    assert said.filled("32、56", 2) == ("32", "56")
    assert said.filled("32 56", 2) == ("32", "56")
    assert said.filled("答 政治性、时代性", 1) == ("政治性、时代性",)
    assert said.filled("32", 2) == ("32",)


def test_in_a_group_what_is_filled_in_is_right_or_said_to_be_the_answer() -> None:
    asked = said.asked_for(Kind.BLANK, ("32",))
    assert said.is_answer("三十二学时", asked)
    assert said.is_answer("答 30", asked)
    assert not said.is_answer("今天3号楼停电", asked)


def test_in_a_group_the_wrong_kind_of_answer_is_one_to_ask_again_about() -> None:
    assert said.is_answer("选b", said.asked_for(Kind.JUDGE, ()))
    assert said.is_answer("对", said.asked_for(Kind.SINGLE, AGES))
    assert not said.is_answer("好的", said.asked_for(Kind.JUDGE, ()))
    assert not said.is_answer("是的", said.asked_for(Kind.SINGLE, AGES))
