"""A pasted link, from the wire to the article."""

import pytest

from bot.core.errors import UserError
from bot.sources import link
from bot.sources.fetcher import Fetcher
from tests.unit.sources.test_files import TEXT, docx, pdf
from tests.web import Server, ok

PAGE = f"<title>党员的义务-某某网</title><h1>党员的义务</h1><div id=zoom><p>{TEXT}</p></div>".encode("gb2312")


async def test_a_page(inside: Fetcher, server: Server) -> None:
    base, answers, _ = server
    answers["/a"] = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
    answers["/b"] = ok(PAGE)
    found = await link.read(f"{base}/a", inside)
    assert (found.title, found.source, found.url) == ("党员的义务", "某某网", f"{base}/b")
    assert found.text == TEXT.replace("\n", "")


async def test_links_to_files(inside: Fetcher, server: Server) -> None:
    base, answers, _ = server
    answers["/down?id=1"] = ok(pdf("党员的义务", *TEXT.split("\n")), kind=b"application/octet-stream")
    answers["/%E4%B9%89%E5%8A%A1.docx"] = ok(docx(), kind=b"application/octet-stream")
    found = await link.read(f"{base}/down?id=1", inside)
    assert (found.title, found.source, found.url) == ("党员的义务", "127.0.0.1", f"{base}/down?id=1")
    assert (await link.read(f"{base}/%E4%B9%89%E5%8A%A1.docx", inside)).title == "党员的义务"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (ok(b"\x89PNG", kind=b"image/png"), "不是网页"),
        (ok(b"PK", kind=b"application/zip"), "不是网页"),
        (ok(b"{}", kind=b"application/json"), "不是网页"),
        (ok(b"\xd0\xcf", kind=b"application/msword"), "另存为 .docx"),
        (ok(b"<p>hello"), "没有读到正文"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "403"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<p>", "打不开"),
        (b"nonsense\r\n\r\n", "打不开"),
    ],
)
async def test_one_clear_line_for_what_is_no_article(inside: Fetcher, server: Server, answer: bytes, said: str) -> None:
    base, answers, _ = server
    answers["/x"] = answer
    with pytest.raises(UserError, match=said):
        await link.read(f"{base}/x", inside)


async def test_what_only_an_app_can_show_is_not_even_fetched(fetcher: Fetcher) -> None:
    with pytest.raises(UserError, match="学习强国"):
        await link.read("https://www.xuexi.cn/lgpage/detail/index.html?id=1", fetcher)
