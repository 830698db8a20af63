"""How long a text takes, and its beginning."""

from bot.textmining.reading import excerpt, headline, reading_minutes


def test_minutes() -> None:
    assert [reading_minutes("字" * size) for size in (1, 449, 451, 3000)] == [1, 1, 2, 10]


def test_a_beginning_ends_with_a_sentence_where_there_is_one() -> None:
    assert excerpt("短。", 10) == "短。"
    assert excerpt("第一句话完了\uff01第二句话还没有完", 10) == "第一句话完了\uff01"
    assert excerpt("完。后面是一句很长很长没有完的话", 10) == "完。后面是一句很长很…"


def test_a_text_without_a_title_is_called_by_its_beginning() -> None:
    assert headline("今天学习党章总纲。\n后面还有") == "今天学习党章总纲"
    assert (
        headline("支部要学三件事:一是学党章,二是学准则,三是学条例。")
        == "支部要学三件事:一是学党章,二是学准则,三是学条…"
    )
