"""The only way out to the web, made for links that people paste: public addresses only, small, and quick.

Every hop is resolved first, every address it resolves to must be public, and the connection goes to the very address
that was checked, so a name that changes its answer in between gains nothing.
"""

import asyncio
import socket
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from ssl import SSLContext
from urllib.parse import urljoin, urlsplit

import httpx

from bot.core.errors import UserError

PAGE_LIMIT = 5 * 1024 * 1024
PAGE_TIMEOUT = 10.0
HOPS = 5
AGENT = "Xueban/0.1 (party branch study bot)"

_GLOBAL_V6 = ip_network("2000::/3")
"""All that is given out. What translates an IPv4 address (64:ff9b::/96, ::ffff:0:0:0/96, ::/96) lies outside of it."""
_EMBEDS_V4 = (ip_network("2002::/16"), ip_network("2001::/32"))

BAD_LINK = "这不是一个能打开的网址,请发以 http:// 或 https:// 开头的完整链接。"
PRIVATE = "这个链接指向内部网络地址,不能抓取。请发公开网页的链接,也可以复制全文发给我。"
UNREACHABLE = "这个链接打不开,请检查后重发,也可以复制全文发给我。"
TOO_SLOW = "这个网页太慢,没有抓到。请稍后再试,也可以复制全文发给我。"


@dataclass(frozen=True)
class Page:
    url: str
    content_type: str
    body: bytes
    etag: str = ""
    modified: str = ""


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet, and hides no other address inside."""
    ip: IPv4Address | IPv6Address = ip_address(address.split("%", 1)[0])
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip not in _GLOBAL_V6 or any(ip in network for network in _EMBEDS_V4):
            return False
    return ip.is_global and not ip.is_multicast


@cache
def authorities() -> SSLContext:
    """Whose certificates are believed, by all who go out to the web: to read the list takes tens of milliseconds."""
    return httpx.create_ssl_context(trust_env=False)


class Fetcher:
    """``allow_private`` is for tests and the demo only."""

    def __init__(self, *, allow_private: bool = False) -> None:
        self._allow_private = allow_private
        self._client = httpx.AsyncClient(
            verify=authorities(),
            trust_env=False,
            follow_redirects=False,
            timeout=PAGE_TIMEOUT,
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip"},
            # sites are told apart by their address alone, which many share: nothing is kept from one visit to the next
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def page(self, url: str) -> Page:
        """A page, after at most ``HOPS`` redirects. Raises ``UserError``."""
        page = await self._page(url, {})
        assert page is not None  # only who asks for news may hear that there are none
        return page

    async def poll(self, url: str, etag: str = "", modified: str = "") -> Page | None:
        """A page that is asked for again and again; None if it still is the one that bore these marks.

        Raises ``UserError``.
        """
        marks = {"If-None-Match": etag, "If-Modified-Since": modified}
        return await self._page(url, {name: value for name, value in marks.items() if value and value.isascii()})

    async def _page(self, url: str, headers: dict[str, str]) -> Page | None:
        try:
            async with asyncio.timeout(PAGE_TIMEOUT):
                for _ in range(HOPS + 1):
                    async with self._open(url, private=self._allow_private, headers=headers) as response:
                        if response.status_code == 304 and headers:
                            return None
                        if response.is_redirect:
                            url = _joined(url, response.headers.get("location", ""))
                            continue
                        if response.status_code >= 400:
                            raise UserError(
                                f"这个链接打不开({response.status_code}),请检查后重发,也可以复制全文发给我。"
                            )
                        kind = response.headers.get("content-type", "")
                        marks = response.headers.get("etag", ""), response.headers.get("last-modified", "")
                        return Page(url, kind, await _read(response, PAGE_LIMIT), *marks)
        except TimeoutError as error:
            raise UserError(TOO_SLOW) from error
        raise UserError("这个链接一直在跳转,没有抓到内容。请换一个链接,也可以复制全文发给我。")

    async def download(self, url: str, limit: int, timeout: float = 60.0, *, trusted: bool = False) -> bytes:
        """The bytes of a file, ``limit`` at most. ``trusted`` urls come from the platform itself, not from people."""
        try:
            async with asyncio.timeout(timeout), self._open(url, private=trusted or self._allow_private) as response:
                if response.status_code != 200:
                    raise UserError("这个文件取不到(可能已过期),请重新发一次。")
                return await _read(response, limit)
        except TimeoutError as error:
            raise UserError("文件下载超时,请稍后重新发一次。") from error

    @asynccontextmanager
    async def _open(
        self, url: str, *, private: bool, headers: dict[str, str] | None = None
    ) -> AsyncIterator[httpx.Response]:
        pinned = await self._resolve(url, private=private)
        try:
            named = httpx.URL(url)
            target, name = named.copy_with(host=pinned), named.raw_host.decode("ascii")
        except (httpx.InvalidURL, UnicodeError) as error:
            raise UserError(BAD_LINK) from error
        request = self._client.build_request(
            "GET",
            target,
            headers={"Host": named.netloc.decode("ascii")} | (headers or {}),
            extensions={"sni_hostname": name},
        )
        try:
            response = await self._client.send(request, stream=True)
        except httpx.TimeoutException as error:
            raise UserError(TOO_SLOW) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:  # the latter where it leads on to
            raise UserError(UNREACHABLE) from error
        try:
            yield response
        except httpx.HTTPError as error:
            raise UserError(UNREACHABLE) from error
        finally:
            await response.aclose()

    async def _resolve(self, url: str, *, private: bool) -> str:
        """The address to connect to. Raises ``UserError`` unless every address of the host may be visited."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            raise UserError(BAD_LINK) from error
        if parts.scheme not in ("http", "https") or not host or parts.username is not None:
            raise UserError(BAD_LINK)
        if not private and port not in (80, 443):
            raise UserError(PRIVATE)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise UserError(UNREACHABLE) from error
        addresses = [str(entry[4][0]) for entry in found]
        if not addresses:
            raise UserError(UNREACHABLE)
        if not private and not all(map(is_public, addresses)):
            raise UserError(PRIVATE)
        return addresses[0]


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise UserError(UNREACHABLE) from error


async def _read(response: httpx.Response, limit: int) -> bytes:
    """The body, counted while it is unpacked: httpx would unpack all layers of a piece before anybody could count."""
    packed = response.headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("identity", "gzip", "x-gzip"):
        raise UserError(UNREACHABLE)
    gzip = None if packed == "identity" else zlib.decompressobj(zlib.MAX_WBITS | 16)
    body = bytearray()
    async for piece in response.aiter_raw():
        try:
            body += piece if gzip is None else gzip.decompress(piece, limit + 1 - len(body))
        except zlib.error as error:
            raise UserError(UNREACHABLE) from error
        if len(body) > limit:
            raise UserError(f"内容超过了 {limit // 2**20} MB,没有抓取。请换一个链接,也可以复制全文发给我。")
    return bytes(body)
