"""What is asked for in words: a stretch of time and whose figures. 「三季度 第二支部」, 「10月1日到15日」, 「」."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.branch import organisation, retention
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Branch
from bot.core.clock import CHINA
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.scheduling.reporting import EXAMPLES, Span, read_span, split_span

_DAY = re.compile(r"\d\s*[月日号./-]|^[到至—~-]+$")
_NO_TIME = re.compile(r"[明后]年|下下?个?(?:月|周|星期|礼拜|季度|年度?)|第?[零五六七八九十\d]+季度?|\d+[天周]")
"""What is meant as a time, but is none that has begun."""
_FILLING = re.compile(r"^的|的$|^支部统计$")


@dataclass(frozen=True)
class Stretch:
    """A span that has begun: figures go to ``until`` (today at most), and are compared with ``before``, which is as
    long: of a quarter that is half over, the first half of the one before."""

    span: Span
    until: date
    before: Span

    @property
    def running(self) -> bool:
        return self.until < self.span.last

    @property
    def against(self) -> str:
        return "上期同期" if self.running else "上期"


def stretch(span: Span, today: date) -> Stretch:
    until = min(span.last, today)
    before = span.before()
    if until < span.last:
        last = min(before.first + (until - span.first), before.last)
        before = Span(before.first, last, "上期同期")
    return Stretch(span, until, before)


def label(stretch: Stretch) -> str:
    """「2026年三季度」, of days that aren't over 「2026年11月(到11月24日)」."""
    until = stretch.until
    return f"{stretch.span.label}(到{until.month}月{until.day}日)" if stretch.running else stretch.span.label


def bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """The instants at which these days begin and have ended, in China."""
    return datetime.combine(first, time(), CHINA), datetime.combine(last + timedelta(days=1), time(), CHINA)


def read(text: str, today: date, usual: str = "本月") -> tuple[Stretch, str]:
    """The stretch that is named at the beginning or the end (else the ``usual`` one), and the other words.

    Raises ``UserError`` for days that don't exist or haven't come.
    """
    text = text.strip(" 的,。")
    span, rest = split_span(text, today)
    if span is None:
        words = text.split()
        days = [word for word in words if _DAY.search(word)]
        if days:
            span, rest = read_span("".join(days), today), " ".join(word for word in words if word not in days)
            if span.last.year > today.year and str(span.last.year) not in text:
                raise UserError(f"结束的日子早于开始的日子。可以这样写:{EXAMPLES}。")
    if span is None and any(_NO_TIME.fullmatch(word) for word in rest.split()):
        raise UserError(f"没看懂「{rest[:12]}」是哪段时间,或者还没到。可以这样写:{EXAMPLES}。")
    return stretch(span or read_span(usual, today), today), _FILLING.sub("", rest).strip()


def kept(stretch: Stretch) -> list[str]:
    """A stretch as it is kept with a question."""
    return [stretch.span.first.isoformat(), stretch.span.last.isoformat(), stretch.span.label]


def restore(kept: list[str], today: date) -> Stretch:
    """What ``kept`` has kept."""
    first, last, label = kept
    return stretch(Span(date.fromisoformat(first), date.fromisoformat(last), label), today)


async def need_whole(uow: UnitOfWork, wanted: Stretch) -> None:
    """Of what is no longer kept in full there are figures of months, and no others. Raises ``UserError`` for days that
    cut through one of these, or are compared with such."""
    first_kept = (await retention.kept_from(uow)).date()
    for first, last in ((wanted.span.first, wanted.until), (wanted.before.first, wanted.before.last)):
        after = last + timedelta(days=1)
        if (first < first_kept and first.day != 1) or (after < first_kept and after.day != 1):
            said = f"{first_kept.year}年{first_kept.month}月以前只留了每个月的合计。请按整月问,比如:"
            raise UserError(f"{said}{wanted.span.first.year}年{wanted.span.first.month}月")


async def whose(uow: UnitOfWork, actor: Actor, name: str) -> Branch:
    """The branch of that name (none: the speaker's own). Raises ``NotFound``, ``NotAllowed`` beyond what they lead."""
    own = await branch.get(uow, actor.branch)
    name = "".join(name.split()).strip("「」“”\"'")
    if name in ("", own.name, "本支部", "支部", "本级", "我们支部"):
        return own
    found = await organisation.find(uow, actor, name)
    if len(found) > 1:
        listed = "、".join(one.name for one in found[:6])
        raise UserError(f"「{name}」可能是:{listed}。请写全名。")
    return found[0]
