"""From an address to topics: what is guessed, what is asked of the web, and what is said when it goes wrong."""

from pathlib import Path

import pytest

from bot.core.errors import UserError
from bot.sources.fetcher import PAGE_LIMIT, Fetcher
from bot.sources.hot import reading
from bot.sources.hot.reading import Kind, Known, Spec
from bot.sources.hot.topic import BadShape
from tests.unit.sources.hot.test_readers import recorded
from tests.web import Server, ok


async def test_a_feed_is_recognised_and_asked_again_by_its_etag(
    inside: Fetcher, server: Server, tmp_path: Path
) -> None:
    base, answers, _ = server
    answers["/feed"] = ok(recorded("rss.xml"), b'ETag: "v1"', kind=b"application/xml")
    first = await reading.read(Spec(Kind.AUTO, f"{base}/feed"), inside, tmp_path)
    assert first.kind is Kind.FEED
    assert first.topics is not None
    assert len(first.topics) == 3
    assert first.known == Known('"v1"', "")
    answers["/feed"] = b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"
    again = await reading.read(Spec(first.kind, f"{base}/feed"), inside, tmp_path, first.known)
    assert again.topics is None
    assert again.known == first.known


@pytest.mark.parametrize(
    ("body", "kind"),
    [(recorded("sixty.json"), Kind.JSON), (recorded("atom.xml"), Kind.FEED), ("一\n二".encode(), Kind.FILE)],
)
def test_guess(body: bytes, kind: Kind) -> None:
    assert reading.guess("https://example.cn/x", "", body) is kind


def test_the_address_of_a_board_is_that_board() -> None:
    assert reading.guess("https://top.baidu.com/api/board?platform=wise&tab=realtime", "", b"{}") is Kind.BAIDU


async def test_what_is_dead_large_or_a_page_is_told_apart(inside: Fetcher, server: Server, tmp_path: Path) -> None:
    base, answers, _ = server
    with pytest.raises(UserError, match="404"):
        await reading.read(Spec(Kind.AUTO, f"{base}/none"), inside, tmp_path)
    answers["/page"] = ok(b"<!doctype html><html><body>login</body></html>")
    with pytest.raises(BadShape, match="网页"):
        await reading.read(Spec(Kind.AUTO, f"{base}/page"), inside, tmp_path)
    answers["/big"] = ok(b"<?xml version='1.0'?><rss>" + b" " * (2 * PAGE_LIMIT), kind=b"application/xml")
    with pytest.raises(UserError, match="超过了"):
        await reading.read(Spec(Kind.FEED, f"{base}/big"), inside, tmp_path)


async def test_files_in_the_folder_of_hot_lists_only(tmp_path: Path, fetcher: Fetcher) -> None:
    (tmp_path / "hot").mkdir()
    (tmp_path / "hot" / "day.json").write_bytes(recorded("weibo_archive.json"))
    (tmp_path / "secret.txt").write_text("a\nb")
    found = await reading.read(Spec(Kind.FILE, "day.json"), fetcher, tmp_path / "hot")
    assert found.topics is not None
    assert [topic.pinned for topic in found.topics] == [True, False]
    with pytest.raises(UserError, match="没有热词文件"):
        await reading.read(Spec(Kind.FILE, "../secret.txt"), fetcher, tmp_path / "hot")
