"""Where the article is on the pages of sites whose links are often pasted. A new site is one line."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """``host`` also stands for the names below it. ``text`` are the ids (#) and classes (.) of the element with the
    article, the likeliest first; without one the article is looked for as on any page."""

    host: str
    name: str
    text: tuple[str, ...] = ()


SITES = (
    Site("mp.weixin.qq.com", "微信公众号", ("#js_content",)),
    Site("cpc.people.com.cn", "中国共产党新闻网", (".rm_txt_con", ".show_text", ".text_con_left", ".text_c")),
    Site("people.com.cn", "人民网", (".rm_txt_con", "#rwb_zw", ".show_text", ".text_con_left", ".box_con")),
    Site("people.cn", "人民网", (".rm_txt_con", "#rwb_zw", ".show_text", ".box_con")),
    Site("xinhuanet.com", "新华网", ("#detailContent", "#detail", "#p-detail", ".article")),
    Site("news.cn", "新华网", ("#detailContent", "#detail", "#p-detail", ".article")),
    Site("12371.cn", "共产党员网", (".word", "#font_area", ".con")),
    Site("qstheory.cn", "求是网", ("#detailContent", ".highlight", ".content")),
    Site("ccdi.gov.cn", "中央纪委国家监委网站", (".TRS_Editor", ".content")),
    Site("www.gov.cn", "中国政府网", ("#UCAP-CONTENT", ".pages_content", ".article-content")),
    Site("cctv.com", "央视网", ("#content_area", ".content_area", ".cnt_bd")),
    Site("cctv.cn", "央视网", ("#content_area", ".content_area", ".cnt_bd")),
    Site("gmw.cn", "光明网", (".u-mainText", "#articleBox", "#contentMain")),
    Site("chinanews.com", "中国新闻网", (".left_zw", "#p-detail")),
    Site("chinanews.com.cn", "中国新闻网", (".left_zw", "#p-detail")),
    Site("dangjian.cn", "党建网", (".TRS_Editor", "#tex")),
    Site("youth.cn", "中国青年网", (".TRS_Editor", "#container")),
    Site("cnr.cn", "央广网", (".article-body", ".TRS_Editor")),
    Site("china.com.cn", "中国网", ("#articleBody", "#artbody")),
    Site("ce.cn", "中国经济网", (".TRS_Editor", "#articleText")),
    Site("legaldaily.com.cn", "法治网", (".f14", ".content")),
)

ANYWHERE = ("#js_content", "#rwb_zw", ".rm_txt_con", "#UCAP-CONTENT", "#detailContent", ".TRS_Editor", "#zoom")
"""Elements by which widespread systems for websites mark the article, whatever the host."""


def site_of(host: str) -> Site | None:
    """The first entry that the host belongs to."""
    return next((site for site in SITES if host == site.host or host.endswith("." + site.host)), None)
