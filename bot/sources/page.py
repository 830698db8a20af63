"""The article in a web page: its text without what surrounds it, title, source and date. Runs apart."""

import re
from typing import Any
from urllib.parse import urlsplit

from bot.core.errors import UserError
from bot.sources import page_facts as facts
from bot.sources.article import Article, clean
from bot.sources.pagetext import decode, find, seen, tree_of
from bot.sources.sites import ANYWHERE, site_of

SHORTEST = 50
COPY = "可以复制全文发给我。"
EMPTY = f"这个网页里没有读到正文。{COPY}"
GONE = f"这个网页已经不在了。请换一个链接,也{COPY}"
LOGIN = f"这个网页要登录才能看,我打不开。{COPY}"
CHECKED = f"这个网站要求验证,我打不开。{COPY}"
A_LIST = "这个链接是目录页,不是一篇文章。请点开其中一篇,把那一篇的链接发给我。"

_AROUND = frozenset({
    "edit", "editor", "zdfy", "share", "sharebox", "ops_share", "bdsharebuttonbox", "relate", "related",
    "relate-news", "news-com", "comment", "comments", "tadd", "zan-wap", "p-tags", "p-jc", "ewm", "qrcode",
    "wx-ewm", "box_down", "box_read", "rwb_xgxw", "rwb_tjyd", "breadcrumb", "crumbs", "copyright",
    "pagination", "otherpage", "lb", "video-url", "paper_num", "jubao", "bshare-custom", "ad", "ads", "advert",
})  # fmt: skip
"""Ids and classes of what stands in or below an article without belonging to it."""

_JUNK = re.compile(
    r"[(\uff08【\[]?\s*("
    r"(责任?编辑?|编辑|责编|校对|审核|监制|值班(编委|主任)|网络编辑|来源|稿源|原标题|原题|字号|浏览|阅读|点击)[:\uff1a]"
    r"|分享(到|至|让更多人看到)|(微信)?(扫一扫|扫码|长按)|推荐阅读|相关(阅读|新闻|链接|文章)|延伸阅读|阅读原文|点击(查看|进入|图片)|关注(该|我们的?)?公众号"
    r"|上一[篇页]|下一[篇页]|打印(本页)?|关闭(窗口|本页)?|返回(顶部|首页|列表)|(当前|您(现在|当前)?的?)?位置[:\uff1a]|【?纠错】?|我要(纠错|评论)"
    r"|版权(所有|声明)|未经授权|免责声明|在看|点赞|收藏|大\s*中\s*小)"
)
_CREDITS = re.compile(r"(编辑|责编|摄影|供稿|校对|审核)\s*[:\uff1a/]")
"""Who made the page: only a line at the very end is meant by it."""
_STANDS_ALONE = frozenset(
    ("打印", "关闭", "收藏", "点赞", "在看", "分享", "微信", "微博", "QQ空间", "|", "/", "·", ">")
)
_GONE = re.compile(
    r"404|页面不存在|(找不到|没有找到)(该|您|你|这个)?.{0,8}(页面|网页|文章)|(内容|文章|页面)已被?.{0,6}删除|因违规无法查看|(内容|文章)不存在"
)
_CHECKED = re.compile(r"环境异常|完成验证|安全验证|人机验证|访问过于频繁|(请)?(开启|启用)\s*JavaScript|拖动.{0,4}滑块")
_LOGIN = re.compile(r"^(用户|会员|账号|统一|请)?.{0,6}登[录陆]$|sign in|log ?in|统一身份认证", re.IGNORECASE)


def parse(url: str, content_type: str, body: bytes) -> Article:
    """Blocks. Raises ``UserError`` if there is no article, saying why and what to do instead."""
    html = decode(body, content_type)
    root = tree_of(html)
    site = site_of(urlsplit(url).hostname or "")
    whole = seen(root)
    title, rest = facts.title_of(root, whole)
    element = _article(root, html, (*(site.text if site else ()), *ANYWHERE))
    text = _without_junk(clean(seen(element, _AROUND)), title)
    if len(text) < SHORTEST:
        text = _without_junk(clean(_by_trafilatura(html)), title)
    _refuse_what_is_none(root, element, whole, title, text)
    return Article(
        title=title or text.split("\n")[0][:40],
        text=text,
        source=facts.source_of(root, whole, text, site, rest) or urlsplit(url).hostname or "",
        url=url,
        published=facts.date_of(root, html, whole, title, text, url),
    )


def _article(root: Any, html: str, selectors: tuple[str, ...]) -> Any:
    """The element with the article: where the site is known to have it, else where readability finds it."""
    for selector in selectors:
        element = find(root, selector)
        if element is not None and len(seen(element, _AROUND)) >= SHORTEST:
            return element
    from readability import Document  # only the child process ever needs it
    from readability.readability import Unparseable

    try:
        return tree_of(Document(html).summary())
    except Unparseable:
        return tree_of("<p></p>")


def _by_trafilatura(html: str) -> str:
    import trafilatura  # only the child process ever needs it, and seldom

    return trafilatura.extract(html, favor_precision=True, include_comments=False) or ""


def _without_junk(text: str, title: str) -> str:
    lines = [line for line in text.split("\n") if line not in _STANDS_ALONE and line != title]
    lines = [line for line in lines if len(line) > 60 or not _JUNK.match(line)]
    while lines and len(lines[-1]) <= 60 and _CREDITS.search(lines[-1]):
        lines.pop()
    return "\n".join(lines)


def _refuse_what_is_none(root: Any, element: Any, whole: str, title: str, text: str) -> None:
    """Raises ``UserError`` for pages that say that the article isn't here, and for lists of articles."""
    said = f"{title}\n{whole[:1500]}"
    little = len(text) < 100
    if len(text) < 400 and (_LOGIN.search(title) or (little and root.xpath('//input[@type="password"]'))):
        raise UserError(LOGIN)
    if little and _CHECKED.search(said):
        raise UserError(CHECKED)
    if (len(text) < 400 and _GONE.search(title)) or (little and _GONE.search(said)):
        raise UserError(GONE)
    linked = sum(len(link.text_content().strip()) for link in element.iter("a"))
    links = sum(1 for link in element.iter("a") if len(link.text_content().strip()) >= 6)
    total = len(re.sub(r"\s", "", element.text_content())) or 1
    if links >= 5 and (linked > 0.5 * total or total - linked < 30 * links):
        raise UserError(A_LIST)
    if len(text) < SHORTEST:
        raise UserError(A_LIST if len(root.xpath("//a[@href]")) > 30 else EMPTY)
