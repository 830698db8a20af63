"""Words that are kept whole, terms by which texts are found, and terms that say what a text is about."""

import pytest

from bot.textmining import segmenter

LESSON = (
    "三会一课是党的组织生活的基本制度。三会一课包括支部党员大会、支部委员会会议和党小组会,还要按时上党课。"
    "党课应当针对党员的思想和工作实际,党课由书记讲授。来源:某某网站,责任编辑:张三,点击阅读原文,分享,分享,分享。"
    "应当应当应当进行进行进行。第12次,2026年。http://www.example.com www www www"
)


@pytest.mark.parametrize("term", ["三会一课", "主题党日", "两个确立", "第一议题", "支部党员大会", "组织生活会"])
async def test_terms_of_party_life_stay_whole(term: str) -> None:
    assert await segmenter.segment(f"我们讲{term},很好") == [*await segmenter.segment("我们讲"), term, "很", "好"]


async def test_key_terms() -> None:
    found = await segmenter.key_terms(LESSON, 5)
    assert set(found[:2]) == {"三会一课", "党课"}
    assert not set(found) & {"应当", "进行", "分享", "点击", "责任编辑", "www", "12", "2026"}


async def test_no_key_term_within_another() -> None:
    found = await segmenter.key_terms("主题党日 " * 6 + "党日 " * 3 + "党费 " * 2, 5)
    assert found == ["主题党日", "党费"]


async def test_few_words_few_terms() -> None:
    assert await segmenter.key_terms("的,了。", 5) == []


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("党员义务", "党员的义务有八条"),
        ("党员大会", "本月召开支部党员大会"),
        ("三会1课", "落实三会一课"),
        ("ＧＤＰ", "全年gdp增长"),
        ("学时", "每年集中学习不少于32学时"),
    ],
)
async def test_what_is_looked_for_is_found(words: str, text: str) -> None:
    assert await segmenter.query_terms(words) <= await segmenter.index_terms(text)


async def test_what_is_not_in_a_text_is_not_found() -> None:
    assert not await segmenter.query_terms("党员权利") <= await segmenter.index_terms("党员的义务有八条")


async def test_a_word_without_end_is_no_burden() -> None:
    assert len(await segmenter.index_terms("a" * 100_000)) == 1


def test_the_word_lists_hold_no_word_twice_and_none_twice_over() -> None:
    for name in ("party_terms.txt", "stopwords.txt"):
        lines = (segmenter.LEXICON / name).read_text(encoding="utf-8").splitlines()
        words = [line for line in lines if line and not line.startswith("#")]
        assert sorted(words) == sorted(set(words))
    assert not segmenter.own_terms() & segmenter._stopwords()
