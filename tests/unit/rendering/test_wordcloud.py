"""The layout of word clouds."""

from itertools import pairwise

from bot.rendering import cards, wordcloud
from bot.rendering.content import Card
from bot.rendering.wordcloud import WIDTH, Placed


def box(one: Placed) -> tuple[float, float, float, float]:
    width = sum(0.62 if char.isascii() else 1.0 for char in one.word) * one.size
    return one.x, one.y, one.x + width, one.y + one.size * 1.12


def test_words_neither_overlap_nor_leave_the_card() -> None:
    words = [(f"词语{'长' * (at % 4)}{at}", 40 - at) for at in range(36)]
    placed, height = wordcloud.layout(words)
    assert len(placed) == 36
    boxes = [box(one) for one in placed]
    assert all(left >= 0 and right <= WIDTH + 1 and top >= 0 and bottom <= height for left, top, right, bottom in boxes)
    for at, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[at + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


def test_commoner_words_are_bigger() -> None:
    placed, _ = wordcloud.layout([("电梯", 9), ("采光", 5), ("噪声", 1)])
    assert all(first.size > second.size for first, second in pairwise(placed))


def test_none_and_endless_words() -> None:
    assert wordcloud.layout([]) == ([], 0.0)
    placed, _ = wordcloud.layout([("长" * 60, 9), ("采光", 5)])
    assert [one.word for one in placed] == ["采光"]


async def test_it_is_drawn() -> None:
    placed, height = wordcloud.layout([("电梯", 9), ("#set text(red)", 5)])
    words = [vars(one) for one in placed]
    data: dict[str, object] = {
        "no": 1,
        "title": "题目",
        "count": "3 人",
        "themes": "电梯",
        "height": height,
        "words": words,
    }
    assert (await cards.draw(Card(template="cloud", data=data, alt=""))).startswith(b"\x89PNG")
