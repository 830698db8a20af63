"""What a web page says about its article: title, who published it, and when."""

import json
import re
from datetime import UTC, date, datetime
from typing import Any

from bot.core.clock import to_local
from bot.sources.article import LONGEST_TITLE, clean
from bot.sources.pagetext import find, seen
from bot.sources.sites import Site

_SEPARATORS = " \u3000-_|—–－·>»丨"
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[-/]?(\d\d)[-/]?(\d\d)(?!\d)")
_WECHAT_TIME = re.compile(r"""\b(?:ct|create_?[tT]ime)\s*[=:]\s*["'](\d{10})["']""")
_SOURCE = re.compile(
    r"(?:稿件|信息|文章)?来源\s*[:\uff1a]\s*(?:[《“\"]\s*)?([^\s《》|,\uff0c。;\uff1b)\uff09“”\"]{2,20})"
)
_OWN = re.compile(r"(本站|本网|原创|自采|网络|互联网|未知|转载)(原创|讯|整理|转载)?(稿)?")
_CHANNEL = re.compile(r".*(频道|栏目|首页|综合|专题)")
_DATE_METAS = ("publishdate", "pubdate", "publish_time", "article:published_time", "og:release_date", "datepublished",
               "publish-date", "dc.date", "dcterms.created", "date")  # fmt: skip
_SOURCE_METAS = ("source", "contentsource", "mediaid", "article:source")


def title_of(root: Any, whole: str) -> tuple[str, str]:
    """(the title, what the page's own title adds to it: channels and the site's name).

    Pages hang the site's name on their title; the part that also stands in the page by itself is the title.
    """
    named = " ".join(clean(root.findtext(".//title") or "").split())
    lines = {" ".join(line.split()) for line in whole.split("\n")}
    inside = [line for line in lines if len(line) >= 4 and named.startswith(line)]
    if inside and len(longest := max(inside, key=len)) * 4 >= len(named):
        return longest[: 2 * LONGEST_TITLE], named[len(longest) :]
    head, mark, rest = _cut(named)
    for candidate in (meta(root, "og:title"), *(seen(heading) for heading in root.iter("h1"))):
        title = " ".join(clean(candidate).split())
        if 4 <= len(title) <= 2 * LONGEST_TITLE:
            return title, named.removeprefix(title) if named.startswith(title) else mark + rest
    return head[: 2 * LONGEST_TITLE], mark + rest


def _cut(named: str) -> tuple[str, str, str]:
    found = re.search(r"\s*(?:--+|——|[_|丨>»]|\s[-–—]\s|(?<=\D)-(?=[^-\d]{2,12}$))\s*", named)
    return (named[: found.start()], found[0], named[found.end() :]) if found and found.start() >= 4 else (named, "", "")


def source_of(root: Any, whole: str, text: str, site: Site | None, rest: str) -> str:
    """Who published it, as the page says; else the name of the site, from the table or from what ``title_of`` left."""
    account = find(root, "#js_name")
    said = [seen(account) if account is not None else ""]
    if site is None or site.host != "mp.weixin.qq.com":
        said += [meta(root, name) for name in _SOURCE_METAS]
        element = find(root, "#source")
        said.append(seen(element) if element is not None else "")
        said += _SOURCE.findall(_surroundings(whole, text))
    for one in said:
        if name := _name(one):
            return name
    parts = [part.strip(_SEPARATORS) for part in re.split(rf"[{re.escape(_SEPARATORS)}]+", rest)]
    own = [site.name if site else "", meta(root, "og:site_name"), *reversed(parts)]
    return next((name[:40] for name in own if re.search(r"[\u4e00-\u9fff]", name) and not _CHANNEL.fullmatch(name)), "")


def _name(said: str) -> str:
    """The publisher in 「来源:人民网-人民日报 原创稿」; nothing if it only says 本站."""
    words = re.sub(r"^\s*来源\s*[:\uff1a]\s*", "", clean(said)).replace("\n", " ").split(" ")
    if not words[0] or _OWN.fullmatch(words[0]) or not re.search(r"[\u4e00-\u9fffA-Za-z]", words[0]):
        return ""
    parts = [part for part in re.split(r"[-—–－]+", words[0]) if part and not _CHANNEL.fullmatch(part)]
    return parts[-1].strip('《》“”"')[:40] if parts else ""


def date_of(root: Any, html: str, whole: str, title: str, text: str, url: str) -> date | None:
    """The day of publication: what is meant for machines first, then what stands beside the title, then the address."""
    for name in _DATE_METAS:
        if found := _date(_DATE.search(meta(root, name))):
            return found
    if "mp.weixin.qq.com" in html and (stamp := _WECHAT_TIME.search(html)):
        return to_local(datetime.fromtimestamp(int(stamp[1]), UTC)).date()
    for said in re.findall(r'"datePublished"\s*:\s*("[^"]{8,40}")', html):
        if found := _date(_DATE.search(json.loads(said))):
            return found
    around = _surroundings(whole, text)
    beside = around[around.find(title) + len(title) :] if title and title in around else around
    return _date(_DATE.search(beside)) or _date(_URL_DATE.search(url))


def _surroundings(whole: str, text: str) -> str:
    """What stands right before the article, where pages put its date and source."""
    start = whole.find(text.split("\n")[0][:30])
    return whole[max(0, start - 400) : start] if start >= 0 else whole[:600]


def _date(found: "re.Match[str] | None") -> date | None:
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def meta(root: Any, name: str) -> str:
    """The content of the first ``<meta>`` of that name or property."""
    for element in root.iter("meta"):
        if name == (element.get("name") or element.get("property") or element.get("itemprop") or "").lower():
            return str(element.get("content") or "").strip()
    return ""
