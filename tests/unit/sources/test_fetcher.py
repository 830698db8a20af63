"""Nothing that people paste reaches an inner address, and nothing large or slow is swallowed (FAULTS 31-32)."""

import asyncio
import gzip
import socket
import tracemalloc
from typing import Any

import httpx
import pytest

from bot.core.errors import UserError
from bot.sources.fetcher import PAGE_LIMIT, Fetcher, is_public
from tests.web import Server, ok


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::", "ff02::1",
        "::127.0.0.1", "fec0::1", "::ffff:0:127.0.0.1", "64:ff9b:1::7f00:1", "2001:0:7f00:1::",
    ],
)  # fmt: skip
def test_inner_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "223.5.5.5", "2400:3200::1", "::ffff:1.1.1.1"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://169.254.169.254/latest/meta-data", "http://[::1]/", "http://localhost/", "http://0/",
        "http://2130706433/", "http://1.1.1.1:22/", "ftp://1.1.1.1/", "file:///etc/passwd", "http://a@1.1.1.1/", "http://",
        "http://[", "javascript:alert(1)", "http://1.1.1.1/\x01",
    ],
)  # fmt: skip
async def test_refused_without_a_connection(fetcher: Fetcher, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetcher._client, "send", None)  # to connect is another error
    with pytest.raises(UserError):
        await fetcher.page(url)


async def test_only_the_ports_of_the_web_are_knocked_at(fetcher: Fetcher) -> None:
    with pytest.raises(UserError, match="内部网络"):
        await fetcher.page("http://1.1.1.1:22/")


async def test_no_proxy_of_the_environment_is_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would resolve names by itself, behind all that is checked here."""
    base, answers, _ = server
    answers["/a"] = ok("正文".encode())
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    fetcher = Fetcher(allow_private=True)
    assert (await fetcher.page(f"{base}/a")).body.decode() == "正文"
    await fetcher.close()


async def test_a_name_that_resolves_inside_is_refused(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(*_: object, **__: object) -> list[object]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, ("1.1.1.1", 80)), (*kind, ("10.0.0.1", 80))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve, raising=False)
    with pytest.raises(UserError, match="内部网络"):
        await fetcher.page("http://example.org/")


async def test_a_page(inside: Fetcher, server: Server) -> None:
    base, answers, _ = server
    answers["/a"] = ok("正文".encode())
    page = await inside.page(f"{base}/a")
    assert page.body.decode() == "正文"
    with pytest.raises(UserError, match="404"):
        await inside.page(f"{base}/none")


async def test_each_hop_is_checked_and_hops_are_counted(inside: Fetcher, server: Server) -> None:
    base, answers, asked = server
    answers["/loop"] = b"HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n"
    with pytest.raises(UserError, match="跳转"):
        await inside.page(f"{base}/loop")
    assert len(asked) == 6
    answers["/out"] = b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"
    with pytest.raises(UserError):
        await inside.page(f"{base}/out")


@pytest.mark.parametrize("where", ["http://[", "//[::1", "javascript:alert(1)", "weixin://dl", "http://a:b/", "/\xff"])
async def test_a_hop_to_what_is_no_address_is_told(inside: Fetcher, server: Server, where: str) -> None:
    base, answers, asked = server
    answers["/out"] = f"HTTP/1.1 302 Found\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")
    with pytest.raises(UserError):
        await inside.page(f"{base}/out")
    assert asked[0] == "/out"


async def test_marks_that_no_header_can_hold_are_not_sent_back(inside: Fetcher, server: Server) -> None:
    base, answers, _ = server
    answers["/a"] = ok("正文".encode(), "ETag: 第二版".encode(), b"Last-Modified: \xff")
    page = await inside.page(f"{base}/a")
    again = await inside.poll(f"{base}/a", page.etag, page.modified)
    assert again == page


async def test_a_name_in_chinese_is_asked_for_as_the_web_writes_it(
    inside: Fetcher, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads: list[tuple[str, object]] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        heads.append((request.headers["Host"], request.extensions["sni_hostname"]))
        return httpx.Response(404)

    async def resolve(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve, raising=False)
    await inside._client.aclose()
    inside._client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    for host in ("党建.政务", "127。0.0.1:8080", "[2400:3200::1]"):
        with pytest.raises(UserError, match="404"):
            await inside.page(f"http://{host}/")
    assert heads == [
        ("xn--n5qz54a.xn--zfr164b", "xn--n5qz54a.xn--zfr164b"),
        ("127.0.0.1:8080", "127.0.0.1"),
        ("[2400:3200::1]", "2400:3200::1"),
    ]


async def test_a_bomb_is_cut(inside: Fetcher, server: Server) -> None:
    base, answers, _ = server
    answers["/bomb"] = ok(gzip.compress(b"0" * (PAGE_LIMIT * 4)), b"Content-Encoding: gzip")
    with pytest.raises(UserError, match="MB"):
        await inside.page(f"{base}/bomb")


async def test_a_bomb_is_not_unpacked_further_than_it_is_counted(inside: Fetcher, server: Server) -> None:
    base, answers, _ = server
    bomb = gzip.compress(b"0" * (200 * 2**20))
    answers["/bomb"] = ok(bomb, b"Content-Encoding: gzip")
    answers["/nested"] = ok(gzip.compress(gzip.compress(bomb)), b"Content-Encoding: gzip, gzip, gzip")
    answers["/broken"] = ok(bomb[1:], b"Content-Encoding: gzip")
    tracemalloc.start()
    for path, told in (("/bomb", "MB"), ("/nested", "打不开"), ("/broken", "打不开")):
        with pytest.raises(UserError, match=told):
            await inside.page(base + path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * PAGE_LIMIT


async def test_nothing_is_kept_from_one_visit_to_the_next() -> None:
    """Neither a cookie nor the connection: pages of other people may live at the same address."""
    heads: list[bytes] = []
    served: list[asyncio.Task[Any] | None] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(asyncio.current_task())
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 1\r\n\r\nx")
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()

    running = await asyncio.start_server(answer, "127.0.0.1", 0)
    fetcher = Fetcher(allow_private=True)
    for _ in range(2):
        await fetcher.page(f"http://127.0.0.1:{running.sockets[0].getsockname()[1]}/")
    await asyncio.gather(*filter(None, served))
    await fetcher.close()
    running.close()
    await running.wait_closed()
    assert [b"cookie" in head.lower() for head in heads] == [False, False]


async def test_a_slow_drip_is_cut(inside: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not writer.is_closing() and not reader.at_eof():
            writer.write(b"x")
            await asyncio.sleep(0.02)
        writer.close()

    monkeypatch.setattr("bot.sources.fetcher.PAGE_TIMEOUT", 0.3)
    running = await asyncio.start_server(drip, "127.0.0.1", 0)
    with pytest.raises(UserError, match="慢"):
        await inside.page(f"http://127.0.0.1:{running.sockets[0].getsockname()[1]}/")
    await asyncio.sleep(0.1)
    running.close()
    await running.wait_closed()


async def test_a_hop_to_an_inner_address_is_not_followed(fetcher: Fetcher) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"Location": "http://10.0.0.1/"})

    await fetcher._client.aclose()
    fetcher._client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    with pytest.raises(UserError, match="内部网络"):
        await fetcher.page("http://1.1.1.1/")
    assert asked == ["http://1.1.1.1/"]


async def test_the_address_that_was_checked_is_the_one_that_is_visited(
    inside: Fetcher, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers differently when it is asked again (DNS rebinding) is not asked again."""
    base, answers, _ = server
    answers["/"] = ok("正文".encode())
    loop, names = asyncio.get_running_loop(), list[str]()
    known = loop.getaddrinfo

    async def resolve(host: Any, port: Any, **more: Any) -> Any:
        if host != "rebind.example":
            return await known(host, port, **more)
        names.append(host)
        return await known("127.0.0.1" if len(names) == 1 else "192.0.2.1", port, **more)

    monkeypatch.setattr(loop, "getaddrinfo", resolve, raising=False)
    page = await inside.page(base.replace("127.0.0.1", "rebind.example") + "/")
    assert (page.body.decode(), names) == ("正文", ["rebind.example"])
