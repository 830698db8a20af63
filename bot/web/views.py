"""The reading page as HTML. Whole without JavaScript: the script only shows progress and presses the button itself.

Everything comes with the page; nothing else is ever asked for. All text of people's is escaped.
"""

import math
from base64 import b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from html import escape
from pathlib import Path

from bot.core.clock import to_local
from bot.study import rules, views
from bot.study.visiting import Code, Completed, End, MoreNeeded, Page, TooLate, TooSoon

_FILES = Path(__file__).parent / "page"
_STYLE = (_FILES / "style.css").read_text(encoding="utf-8")
_SCRIPT = (_FILES / "reading.js").read_text(encoding="utf-8")
_PROGRESS = '<div id="read" aria-hidden="true" hidden><span></span><i></i></div>'


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src {_hash(_STYLE)}",
        f"script-src {_hash(_SCRIPT)}",
        "connect-src 'self'",
        "img-src data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""The Content-Security-Policy of every page: this style, this script, our own address, and nothing else."""

GONE = "这个链接过期了", "请看群里最近的推送,或私聊机器人发「补学」,会给您新的链接。"
WRONG = "没有这个页面", "链接可能没有复制完整。请回到群里重新点开推送里的链接,或私聊机器人发「补学」。"
MUCH = "打开得太频繁了", "请过几分钟再试。"
TROUBLE = "暂时打不开", "机器人正忙,请过一会儿再试。"


def reading(page: Page, visit: str, personal: bool, end: End | None, now: datetime) -> str:
    """The material, and under it what its end has to say (``end`` None: nobody has asked yet)."""
    material = page.material
    body = "\n".join(f"<p>{escape(line.strip())}</p>" for line in material.text.splitlines() if line.strip())
    inside = f"""<h1>{escape(material.title)}</h1>
<p class="about">{_about(page)}</p>
<article>
{body}
</article>
<section id="end" aria-live="polite">
{_end(page, visit, personal, end, now)}
</section>"""
    return _document(material.title, inside, _PROGRESS, f"<script>{_SCRIPT}</script>")


def message(title: str, text: str) -> str:
    """A page that only says something."""
    return _document(title, f"<h1>{escape(title)}</h1>\n<p>{escape(text)}</p>")


def _about(page: Page) -> str:
    material = page.material
    parts = [material.source, str(material.published or ""), f"约 {material.minutes} 分钟"]
    told = " · ".join(escape(part) for part in parts if part)
    if material.url.startswith(("http://", "https://")):
        told += f' · <a href="{escape(material.url)}" rel="noopener noreferrer">原文</a>'
    return told


def _end(page: Page, visit: str, personal: bool, end: End | None, now: datetime) -> str:
    no, proof = page.assignment.no, page.assignment.proof
    match end:
        case Completed():
            return f'<p class="done">✅ 学习 {no} 已登记</p>\n<p>不用再回复,可以关掉这一页。</p>'
        case MoreNeeded():
            return f"<p>读到这里就是全文了。</p>\n<p>{escape(views.how(no, proof))}。</p>"
        case TooLate():
            return "<p>这一页打开得太久了,还没有登记。</p>\n<p>请重新点开链接,再看一遍。</p>"
        case Code(code=code, expires_at=expires_at):
            until = f"{to_local(expires_at):%H:%M}"
            return (
                f'<p>验证码</p>\n<p class="code">{code}</p>\n'
                f"<p>请到群里或私聊机器人发<br><strong>打卡 {code}</strong></p>\n"
                f'<button type="button" id="copy" data-text="打卡 {code}" hidden>复制「打卡 {code}」</button>\n'
                f'<p class="quiet">{until} 前有效,只能用一次。</p>'
            )
        case TooSoon(wait=wait):
            told = f"<p>才打开不久,请再看看,大约{_said(wait)}后再按。</p>"
        case _:
            told = "<p>全文到此结束。</p>"
    least = math.ceil((end.wait if isinstance(end, TooSoon) else rules.least_time(page.material.text)).total_seconds())
    word = "我看完了,登记" if personal else "我看完了,取验证码"
    return (
        f'{told}\n<form method="post" action="#end" data-least="{least}">\n'
        f'<input type="hidden" name="visit" value="{visit}">\n<button>{word}</button>\n</form>\n'
        '<p id="trouble" class="quiet" role="status"></p>'
    )


def _said(wait: timedelta) -> str:
    seconds = math.ceil(wait.total_seconds())
    return f" {seconds} 秒" if seconds < 90 else f" {math.ceil(seconds / 60)} 分钟"


def _document(title: str, inside: str, above: str = "", below: str = "") -> str:
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="format-detection" content="telephone=no">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<style>{_STYLE}</style>
</head>
<body>
{above}
<main>
{inside}
</main>
{below}
</body>
</html>
"""
