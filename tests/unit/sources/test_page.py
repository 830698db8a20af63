"""Articles out of web pages. The pages are made here, of the shape that the sites have."""

from datetime import date

import pytest

from bot.core.errors import UserError
from bot.sources.article import Article
from bot.sources.page import parse

ONE = "党员大会是支部的议事决策机构,由全体党员参加,一般每季度召开一次,由支部书记召集并主持会议。"
TWO = "支部委员会是党员大会闭会期间的领导机构,一般每月召开一次,讨论和决定支部的日常工作。"
TEXT = f"{ONE}\n{TWO}"
NAV = "".join(f'<li><a href="/{n}">第{n}条栏目里的新闻标题</a></li>' for n in range(12))
LIST = f"<html><title>新闻列表-某某网</title><body><h1>新闻列表</h1><ul class=content>{NAV * 3}</ul></body></html>"


def page(body: str, title: str = "三会一课怎么开--某某网", head: str = "") -> bytes:
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body><ul class='nav'>{NAV}</ul>{body}"
        f"<div class='footer'><a href='/about'>关于我们</a> 版权所有</div></body></html>"
    ).encode()


def read(body: bytes, url: str = "http://www.example.org/a.html", kind: str = "text/html") -> Article:
    return parse(url, kind, body)


PEOPLE = page(
    "<h1>三会一课怎么开</h1><div class='box01'><div class='fl'>2026年03月02日08:30  来源:"
    "<a href='/'>人民网-人民日报</a></div></div>"
    f"<div class='rm_txt_con cf'><p style='text-indent:2em'>\n\t{ONE}\n</p><p>\n\t{TWO}</p>"
    "<div class='edit cf'>(责编:张三、李四)</div><p class='paper_num'>《人民日报》(02版)</p><div class='zdfy'>1</div>"
    "<p>分享让更多人看到</p></div>",
    "三会一课怎么开--党建--人民网",
)
XINHUA = page(
    f"<div class='h-title'> 三会一课怎么开 </div><div class='h-info'><span class='h-time'> 2026-03-02 07:57:40</span>"
    f"来源:<em id='source'> 新华网</em></div><div id='p-detail'><div class='video-url' style='display:none'>x</div>"
    f"<p> {ONE}</p><p> {TWO}</p><div class='lb'><span>查看更多图集</span></div><p>【纠错】 责任编辑:王五</p></div>",
    "\n三会一课怎么开-新华网\n",
)
WECHAT = page(
    "<h1 class='rich_media_title' id='activity-name'>\n三会一课怎么开\n</h1><a id='js_name'>\n 某某支部\n</a>"
    "<em id='publish_time'></em><div id='js_content' style='visibility: hidden;'><section><section>"
    f"<span>{ONE[:9]}</span><strong>{ONE[9:]}</strong></section></section><p>{TWO}</p><p>长按识别二维码关注我们</p></div>"
    "<div style='display:none'>微信扫一扫<br>关注该公众号</div>",
    "",
    '<meta property="og:title" content="三会一课怎么开"><meta property="og:site_name" content="微信公众平台">'
    '<script>// mp.weixin.qq.com\nvar ct = "1772440000";</script>',
)
PARTY = page(
    f"<h1 class='big_title'>三会一课怎么开</h1><div class='title1'>共产党员网  2026-03-02</div>"
    f"<div class='word' id='font_area'><p>{ONE}</p><p>{TWO}</p></div>",
    "三会一课怎么开_共产党员网",
)
STATE = page(
    f"<h1>三会一课怎么开</h1><div class='pages-date'>2026-03-02 10:00<span>来源: 新华社</span></div>"
    f"<div class='pages_content' id='UCAP-CONTENT'><p>{ONE}</p><p>{TWO}</p><p>责任编辑:赵六</p></div>",
    "三会一课怎么开_最新政策_中国政府网",
)
LOCAL = page(
    "<form id='aspnetForm'><div class='t'>三会一课怎么开</div><div>来源:本站原创 作者:机关一支部"
    "<br>时间:2026年3月2日 浏览:12次</div>"
    f"<div id='x9'><p>{ONE}</p><p>{TWO}{ONE}{TWO}</p><p>摄影/张三 编辑/李四</p></div></form>",
    "三会一课怎么开 某某县人民医院",
)


@pytest.mark.parametrize(
    ("url", "body", "source"),
    [
        ("http://dangjian.people.com.cn/n1/x.html", PEOPLE, "人民日报"),
        ("http://www.xinhuanet.com/x.htm", XINHUA, "新华网"),
        ("https://mp.weixin.qq.com/s/x", WECHAT, "某某支部"),
        ("https://www.12371.cn/x.shtml", PARTY, "共产党员网"),
        ("https://www.gov.cn/x.htm", STATE, "新华社"),
    ],
    ids=["people", "xinhua", "wechat", "12371", "gov"],
)
def test_sites(url: str, body: bytes, source: str) -> None:
    assert read(body, url) == Article("三会一课怎么开", TEXT, source, url, date(2026, 3, 2))


def test_a_site_that_nobody_has_described() -> None:
    found = read(LOCAL)
    assert (found.title, found.source, found.published) == ("三会一课怎么开", "某某县人民医院", date(2026, 3, 2))
    assert found.text == f"{ONE}\n{TWO}{ONE}{TWO}"


def test_a_page_without_any_markup_to_go_by() -> None:
    found = read(f"<title>三会一课怎么开</title><body>{ONE}<br>{TWO}".encode())
    assert found == Article("三会一课怎么开", TEXT, "www.example.org", "http://www.example.org/a.html")


@pytest.mark.parametrize(
    ("encoding", "declared", "kind"),
    [
        ("gb2312", "gb2312", "text/html"),  # only the page itself says so
        ("gb18030", "", "text/html; charset=GBK"),
        ("gb18030", "", "text/html"),
        ("utf-8", "gb2312", "text/html; charset=gbk"),  # declared wrongly
        ("gb18030", "utf-8", "text/html; charset=utf-8"),
        ("utf-8-sig", "", "text/html"),
        ("big5", "big5", "text/html"),
        ("gb18030", "no-such", "text/html"),
    ],
)
def test_encodings(encoding: str, declared: str, kind: str) -> None:
    text = (
        TEXT
        if encoding != "big5"
        else "黨員大會是支部的議事決策機構,由全體黨員參加,一般每季度召開一次,由支部書記召集並主持會議,討論重要工作。"
    )
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    body = f"<html><head>{head}<title>三会一课</title></head><div id=zoom><p>{text}</p></div>"
    found = read(body.encode(encoding, "replace"), kind=kind)
    assert found.text == text.replace("\n", "")


def test_the_date_is_taken_from_meta_then_beside_the_title_then_from_the_address() -> None:
    body = f"<h1>三会一课怎么开</h1><div>2026-03-02</div><div id=zoom><p>{ONE}</p><p>2020年1月1日起施行。</p></div>"
    url = "http://www.example.org/n1/2026/0301/c1-1.html"
    head = '<meta name="publishdate" content="2026-03-03">'
    assert read(page(body, head=head), url).published == date(2026, 3, 3)
    assert read(page(body), url).published == date(2026, 3, 2)
    assert read(page(body.replace("2026-03-02", "")), url).published == date(2026, 3, 1)
    assert read(page(body.replace("2026-03-02", ""))).published is None
    assert read(page(body.replace("2026-03-02", "2026-13-45"))).published is None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "没有读到正文"),
        (b"\0\0", "没有读到正文"),
        (page("<p>短。</p>").replace(NAV.encode(), b""), "没有读到正文"),
        (LIST.encode(), "目录页"),
        (page("<h1>要闻</h1><div class='content'></div>" + f"<ul>{NAV}</ul>" * 4), "目录页"),
        (page("<h1>404</h1><p>您访问的页面不存在</p>", "404 Not Found"), "不在了"),
        (page("<div class='weui-msg'>该内容已被发布者删除</div>", "", ).replace(NAV.encode(), b""), "不在了"),
        (page("<p>当前环境异常,完成验证后即可继续访问。</p>", "").replace(NAV.encode(), b""), "要求验证"),
        (page("<form>用户名<input name=u><input type='password'></form>", "用户登录-某某网"), "要登录"),
    ],
    ids=["nothing", "nul", "short", "list", "front page", "404", "deleted", "captcha", "login"],
)  # fmt: skip
def test_pages_without_an_article(body: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said):
        read(body)


def test_an_article_may_speak_of_logins_and_missing_pages() -> None:
    text = f"支部网页显示404,页面不存在,要重新登录才能看到。{TEXT}" * 2
    assert read(page(f"<h1>三会一课怎么开</h1><div id=zoom><p>{text}</p></div>")).text == text.replace("\n", "")
