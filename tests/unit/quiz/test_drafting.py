"""Drafts from regulations: numbers, quoted terms, lists; never from essays, and nothing that the text doesn't say."""

import pytest

from bot.quiz.drafting import draft, is_regulation
from bot.quiz.kinds import Kind
from bot.quiz.proposing import believed
from bot.quiz.rules import LETTERS, Item

TITLE = "中国共产党支部工作条例(试行)"
TEXT = """第六条 党支部党员人数一般不超过50人。
第十一条 党支部党员大会一般每季度召开1次。
第十二条 党支部应当严格执行“三会一课”制度,以“两学一做”为主要内容。
第十三条 增强党内政治生活的政治性、时代性、原则性、战斗性。
第二十条 党支部委员会由3至5人组成,每届任期3年。"""


def right(item: Item) -> str:
    return item.answer[0] if item.kind is Kind.BLANK else item.options[LETTERS.index(item.answer[0])]


def test_numbers_terms_and_lists() -> None:
    found = draft(TITLE, "", TEXT)
    assert [(item.stem, right(item)) for item in found] == [
        ("党支部党员人数一般不超过____人。", "50"),
        ("党支部党员大会一般每季度召开____次。", "1"),
        ("党支部应当严格执行“____”制度,以“两学一做”为主要内容。", "三会一课"),
        ("党支部应当严格执行“三会一课”制度,以“____”为主要内容。", "两学一做"),
        ("增强党内政治生活的政治性、时代性、____、战斗性。", "原则性"),
        ("党支部委员会由3至5人组成,每届任期____年。", "3"),
    ]


def test_each_with_the_sentence_that_it_comes_from_and_options_that_differ() -> None:
    for item in draft(TITLE, "", TEXT):
        assert item.source in TEXT
        assert item.stem.replace("____", right(item)) == item.source
        assert len(set(item.options)) == len(item.options) != 1


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("学习《支部工作条例》有感", TEXT),
        ("家乡的路", "清晨5点,村口的灯还亮着,王大爷走了3里路去看老战友。他说,应当常回来看看。"),
    ],
)
def test_essays_yield_nothing(title: str, text: str) -> None:
    assert not is_regulation(title, "", text)
    assert draft(title, "", text) == []


def proposal(**changes: object) -> dict[str, object]:
    made = {
        "type": "单选",
        "question": "党支部党员人数一般不超过多少人?",
        "options": ["30", "50"],
        "answer": "B",
        "evidence": "党支部党员人数一般不超过50人。",
    }
    return {**made, **changes}


def test_what_a_model_proposes_and_the_text_bears_out() -> None:
    (item,) = believed([proposal()], TEXT)
    assert (item.answer, item.source) == (("B",), "党支部党员人数一般不超过50人。")


@pytest.mark.parametrize(
    "changes",
    [
        {"evidence": "党支部党员人数不得超过50人。"},  # not to the letter
        {"evidence": "党支部党员大会一般每季度召开1次。"},  # says nothing of it
        {"evidence": "50"},
        {"evidence": ""},
        {"answer": "A"},  # the sentence says otherwise
        {"answer": "D"},
        {"options": ["50", "50"]},
        {"question": ""},
        {"type": "论述"},
    ],
)
def test_all_else_is_dropped(changes: dict[str, object]) -> None:
    assert believed([proposal(**changes)], TEXT) == []
    assert len(believed([proposal(**changes), proposal()], TEXT)) == 1


def test_nothing_proposed() -> None:
    assert believed([], TEXT) == []
    assert believed([{"foo": 1}], TEXT) == []
