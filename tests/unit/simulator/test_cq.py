"""CQ codes: what is one, what only looks like one, and the way there and back."""

from hypothesis import given
from hypothesis import strategies as st

from bot.simulator import cq


def test_codes_and_text() -> None:
    assert cq.decode("看[CQ:face,id=1]&amp;[CQ:at,qq=all]") == [
        {"type": "text", "data": {"text": "看"}},
        {"type": "face", "data": {"id": "1"}},
        {"type": "text", "data": {"text": "&"}},
        {"type": "at", "data": {"qq": "all"}},
    ]


def test_what_only_looks_like_a_code() -> None:
    for text in ("[CQ:", "[CQ:at,qq]", "[cq:at,qq=all]", "CQ:at,qq=all", "[CQ :at]"):
        assert cq.decode(text) == [{"type": "text", "data": {"text": text}}]


def test_values_are_unescaped() -> None:
    (segment,) = cq.decode("[CQ:share,url=http://a/?b=c&amp;d,title=&#91;甲&#44;乙&#93;]")
    assert segment["data"] == {"url": "http://a/?b=c&d", "title": "[甲,乙]"}


@given(st.text(), st.text(min_size=1))
def test_there_and_back(text: str, value: str) -> None:
    segments = [{"type": "text", "data": {"text": text}}] if text else []
    segments.append({"type": "json", "data": {"data": value}})
    assert cq.decode(cq.encode(segments)) == segments
