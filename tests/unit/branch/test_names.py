import pytest

from bot.branch.names import clean_name, is_name, name_in_card


@pytest.mark.parametrize("text", ["张三", "阿卜杜热西提·买买提明", "Anna-Maria", "欧阳修"])
def test_names(text: str) -> None:
    assert is_name(clean_name(text))


@pytest.mark.parametrize("text", ["", "张", "确认", "取消", "好的", "张三1", "=1+1", "<b>", "x" * 41])
def test_what_is_no_name(text: str) -> None:
    assert not is_name(clean_name(text))


@pytest.mark.parametrize(
    ("card", "name"),
    [
        ("李秀英", "李秀英"),
        ("李\u200b秀英\u202c", "李秀英"),
        ("李秀英\u3164", "李秀英"),
        ("李\uffa0秀\u2800英\ufe0f", "李秀英"),
        ("李秀英\n副书记", "李秀英"),
        ("一支部-李秀英", "李秀英"),
        ("李秀英(组织)", "李秀英"),
        ("红旗社区书记", ""),
    ],
)
def test_the_name_in_a_card(card: str, name: str) -> None:
    assert name_in_card(card) == name
