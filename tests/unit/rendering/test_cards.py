"""Cards are looked at by people; what can be checked here is that nothing is lost, read as markup or left out."""

import struct

import pytest

from bot.rendering import cards, fonts
from bot.rendering.content import Card

DATA: dict[str, object] = {
    "no": "7",
    "title": "党支部工作条例",
    "source": "人民网 · 2026-11-20",
    "excerpt": "党支部是党的基础组织。",
    "terms": "#三会一课",
    "minutes": "6",
    "due": "11月27日",
}


async def draw(**changes: object) -> bytes:
    return await cards.draw(Card(template="material", data=DATA | changes, alt=""))


def size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


async def test_a_card_is_as_wide_as_a_phone_and_as_high_as_it_needs() -> None:
    short, long = size(await draw()), size(await draw(title="很长的标题" * 16))
    assert short[0] == long[0] == 750
    assert long[1] > short[1]


async def test_the_same_data_give_the_same_picture() -> None:
    assert await draw() == await draw()


@pytest.mark.parametrize("title", ["#panic()", "$x^2$ *a* _b_", "<script>alert(1)</script>", "@ref `raw` \\ //", '"'])
async def test_markup_is_only_text(title: str) -> None:
    """Read as typst, these would fail or vanish; as text each leaves its marks on the paper."""
    assert await draw(title=title) != await draw(title="")


CODE = '#panic("x")'
"""Ends the drawing with an error wherever it is read as typst."""
EVERYWHERE: dict[str, dict[str, object]] = {
    "material": dict.fromkeys(DATA, CODE) | {"at": CODE},
    "notice": dict.fromkeys(("kind", "no", "category", "title", "excerpt", "length"), CODE),
    "discussion": dict.fromkeys(("no", "ends", "title", "about"), CODE) | {"prompts": [CODE]},
    "cloud": dict.fromkeys(("no", "count", "title", "themes"), CODE)
    | {"height": 40, "words": [{"word": CODE, "size": 20, "tone": 0, "x": 0, "y": 0}]},
    "stats": dict.fromkeys(("branch", "label", "heading", "more", "note", "empty"), CODE)
    | {
        "tiles": [dict.fromkeys(("name", "value", "note"), CODE)],
        "bars": [dict.fromkeys(("no", "name", "said", "note"), CODE) | {"percent": 50}],
    },
}


@pytest.mark.parametrize("template", [file.stem for file in cards.TEMPLATES.glob("*.typ") if file.stem != "house"])
async def test_what_people_write_is_never_run(template: str) -> None:
    assert await cards.draw(Card(template=template, data=EVERYWHERE[template], alt=""))


async def test_every_character_has_a_shape_of_its_own() -> None:
    """Missing ones would all be drawn as the same empty box."""
    pictures = {await draw(title=char) for char in "党一㛃𠮷龘體·é"}
    assert len(pictures) == 8


async def test_pictographs_are_left_out_instead_of_boxed() -> None:
    assert await draw(title="学习🎉👍🏻") == await draw(title="学习")


async def test_an_endless_word_is_broken_at_the_edge() -> None:
    assert size(await draw(title="x" * 200))[1] > size(await draw(title="x"))[1] + 100


async def test_an_unknown_template_is_refused() -> None:
    for name in ("nothing", "../cards", "house/../material"):
        with pytest.raises(KeyError):
            await cards.draw(Card(template=name, data=DATA, alt=""))


async def test_without_the_font_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "folder", lambda: None)
    with pytest.raises(cards.CannotDraw, match="字体"):
        await draw()
