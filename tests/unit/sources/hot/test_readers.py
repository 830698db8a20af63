"""Each reader of hot lists, on answers recorded in the shape that the sources really have (words are invented)."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.errors import UserError
from bot.sources.hot import baidu, feed, json_list, lines, toutiao, weibo
from bot.sources.hot.json_list import Shape
from bot.sources.hot.topic import BadShape, Topic

RECORDED = Path(__file__).parent / "recorded"


def recorded(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


def titles(topics: list[Topic]) -> list[str]:
    return [("★" if topic.pinned else "") + topic.title for topic in topics]


def test_rss_with_markup_and_dates_without_zone() -> None:
    first, second, third = feed.parse(recorded("rss.xml"))
    assert first == Topic(
        "老旧小区加装电梯有了新办法",
        "https://news.example.cn/1.html",
        "居民商量着办,费用按楼层分担。",
        rank=0,
        published=datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
    )
    assert (second.title, second.published) == ("志愿者&网格员上门送药", datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
    assert third.url == ""


def test_atom() -> None:
    (entry,) = feed.parse(recorded("atom.xml"))
    assert (entry.title, entry.url) == ("今冬供暖提前三天", "https://a.example.cn/heat")
    assert entry.published == datetime(2026, 11, 20, 0, 0, tzinfo=UTC)


def test_gb2312_feed() -> None:
    text = recorded("rss.xml").decode().replace("utf-8", "gb2312").encode("gb2312")
    assert feed.parse(text)[0].title == "老旧小区加装电梯有了新办法"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sixty.json", ["社保缴费可以按月选档", "某市公布首批口袋公园名单"]),
        ("dailyhot.json", ["乡村图书馆开到了晚上九点", "社区食堂怎样才能长久"]),
        ("newsnow.json", ["高铁票改签规则调整"]),
        ("weibo_archive.json", ["★一起守护生命线", "银行网点延时服务"]),
    ],
)
def test_json_lists_without_configuration(name: str, expected: list[str]) -> None:
    assert titles(json_list.parse(recorded(name))) == expected


def test_addresses_of_json_lists() -> None:
    found = json_list.parse(recorded("weibo_archive.json"))
    assert found[0].url.startswith("https://s.weibo.com/weibo?q=")
    assert json_list.parse(recorded("dailyhot.json"))[0].url == "https://m.example.cn/1"


def test_json_list_by_configuration() -> None:
    body = json.dumps({"a": {"b": [{"t": "第一条", "u": "https://x.cn/1"}, {"t": 5}, "行"]}, "data": ["别的"]}).encode()
    assert titles(json_list.parse(body, Shape("a.b", "t", "u"))) == ["第一条", "行"]
    with pytest.raises(BadShape, match="没有「a"):
        json_list.parse(body, Shape("a.c"))


def test_gb18030_json() -> None:
    assert titles(json_list.parse('{"data":[{"title":"社区来了新大夫"}]}'.encode("gb18030"))) == ["社区来了新大夫"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html><body>502</body></html>", "不出来"),
        (b'{"data":[]}', "是空的"),
        (b'{"message":"ok"}', "没有找到列表"),
        (b"[" * 100_000, "不出来"),
        (b"", "不出来"),
    ],
)
def test_json_that_is_none_says_so(body: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said):
        json_list.parse(body)


def test_boards() -> None:
    assert titles(baidu.parse(recorded("baidu.json"))) == ["★全国人民齐心防汛", "县城公交换新车", "医保跨省结算再扩大"]
    assert titles(baidu.parse(recorded("baidu_flat.json"))) == ["★县城公交换新车", "医保跨省结算再扩大"]
    assert titles(toutiao.parse(recorded("toutiao.json"))) == [
        "★走进黄河岸边的新农村",
        "快递进村有了固定时间",
        "老年大学一位难求",
    ]
    assert toutiao.parse(recorded("toutiao.json"))[1].url == "https://www.toutiao.com/trending/2/"
    assert titles(weibo.parse(recorded("weibo.json"))) == [
        "★致敬一线劳动者", "★稳粮增产在行动", "小区门口的共享菜园", "停车难怎么解",
    ]  # fmt: skip


@pytest.mark.parametrize("board", [baidu, toutiao, weibo])
@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"data":{"cards":[],"realtime":[]}}', b"<html></html>", b'{"data":7}']
)
def test_a_board_that_changed_its_shape_says_so(board: object, body: bytes) -> None:
    with pytest.raises(BadShape):
        board.parse(body)  # type: ignore[attr-defined]


def test_text_files() -> None:
    text = "1. 社区养老怎么办\n2、反诈进小区 https://x.cn/2\n\n- 三伏天的户外工作者\n2026年的春耕\n"
    found = lines.parse(text.encode("gb18030"))
    assert titles(found) == ["社区养老怎么办", "反诈进小区", "三伏天的户外工作者", "2026年的春耕"]
    assert found[1].url == "https://x.cn/2"


def test_an_html_page_is_no_feed() -> None:
    with pytest.raises(BadShape):
        feed.parse(b"<html><head><title>x</title></head><body>news</body></html>")
