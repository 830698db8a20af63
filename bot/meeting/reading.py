"""What people type to call a meeting, to change one, or to say when it ends."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.clock import to_local
from bot.core.errors import UserError
from bot.meeting import rules
from bot.meeting.kinds import Circle, Kind, kind, split_kind
from bot.scheduling.moments import Past, parse, split_moment
from bot.scheduling.words import CLOCK, read_clock

EXAMPLE = "会议 支部党员大会 周五15:00 二楼会议室 议题:学习十五五规划"
SESSION = "培训加课 3 周六9:00-11:30 党校 内容:第一讲"
PLACE, AGENDA = 80, 2000

_AGENDA = re.compile(r"[\s,\uff0c;\uff1b。]*(?:议题|议程|主题|内容|题目)\s*[:\uff1a]\s*")
_PLACE = re.compile(r"^(?:地点|地址)\s*:?\s*|^在(?=.)")
_COURSE = re.compile(r"^(\d{1,6})(?=\s|$)")
_UNTIL = re.compile(r"\s*(?:-|–|—|~|到|至)+\s*")
_GLUED = re.compile(
    r"((?:\d{1,2}:\d{2}|[点时](?:半|整|[一三]刻|\d{1,2}分?)?))(?:在|于)?(?=[^\s\d:点时分半整刻一三钟,到至~—–-])"
)


@dataclass(frozen=True)
class Draft:
    """A meeting as somebody wants it. ``past``: its time has gone by, so it is one to be recorded afterwards. ``group``
    is the name of the 党小组, ``course`` the number of the 培训 whose it is."""

    kind: Kind
    starts_at: datetime
    ends_at: datetime
    place: str
    agenda: str
    group: str = ""
    past: bool = False
    course: int = 0

    def revised(self, text: str, now: datetime) -> "Draft":
        """The same at another time, and at another place if one is said. Raises ``UserError``."""
        starts, ends, place, _ = split_time(text, now)
        if starts is None:
            raise UserError("没看懂。")
        length = self.ends_at - self.starts_at
        return replace(
            self, starts_at=starts, ends_at=ends or starts + length, place=place or self.place, past=starts <= now
        )


def read(text: str, now: datetime, groups: tuple[str, ...] = ()) -> Draft:
    """「支部党员大会 周五15:00 二楼会议室 议题:…」; ``groups`` are the names of the 党小组, one of which may be named.

    Raises ``UserError`` saying what is missing.
    """
    wanted, rest = split_kind(text)
    head, agenda = _split_agenda(rest)
    group = next((name for name in sorted(groups, key=len, reverse=True) if name in head), "")
    if group and wanted.circle is Circle.GROUP:
        head = head.replace(group, " ", 1)
    course = 0
    if wanted.circle is Circle.ENROLLED:
        if (found := _COURSE.match(head)) is None:
            raise UserError(f"请写上培训的编号,比如:{SESSION}\n发「培训」看有哪些。")
        course, head = int(found[1]), head[found.end() :]
    starts, ends, place, past = split_time(head, now)
    if starts is None:
        raise UserError(f"请写上什么时候开,比如:\n{EXAMPLE}")
    return Draft(wanted, starts, ends or starts + timedelta(minutes=wanted.minutes), place, agenda, group, past, course)


@dataclass(frozen=True)
class Change:
    """What is to be different; None and empty stay as they are."""

    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    agenda: str


def packed(of: Draft | Change) -> dict[str, object]:
    """As a question keeps it until it is answered."""
    return {name: _plain(value) for name, value in vars(of).items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.name if isinstance(value, Kind) else value


def draft_of(payload: Mapping[str, Any]) -> Draft:
    """What ``packed`` made of a draft."""
    values = {name: payload[name] for name in Draft.__dataclass_fields__}
    starts, ends = (datetime.fromisoformat(values[name]) for name in ("starts_at", "ends_at"))
    return Draft(**values | {"kind": kind(values["kind"]), "starts_at": starts, "ends_at": ends})


def change_of(payload: Mapping[str, Any]) -> Change:
    """What ``packed`` made of a change."""
    starts, ends = (payload[name] and datetime.fromisoformat(payload[name]) for name in ("starts_at", "ends_at"))
    return Change(starts, ends, payload["place"], payload["agenda"])


def read_leaving(text: str, now: datetime) -> tuple[datetime | None, str]:
    """(when somebody left, why) of 「15:40 家里有急事」; None where no time is said."""
    word, _, reason = text.partition(" ")
    try:
        return (parse(word, now), reason) if word else (None, "")
    except Past as gone:
        return gone.moment, reason
    except UserError:
        return None, text


def read_change(text: str, now: datetime) -> Change:
    """「周六9:00 三楼会议室 议题:…」, any part of it. Raises ``UserError``."""
    head, agenda = _split_agenda(text)
    starts, ends, place, past = split_time(head, now)
    if past:
        raise UserError("改到的时间已经过去了,请写一个以后的时间。")
    if starts is None and not place and not agenda:
        raise UserError("请写要改成什么,比如:会议改 5 周六9:00 三楼会议室")
    return Change(starts, ends, place, agenda)


def _split_agenda(text: str) -> tuple[str, str]:
    found = _AGENDA.search(text)
    head, agenda = (text[: found.start()], text[found.end() :].strip()) if found else (text, "")
    if len(agenda) > AGENDA:
        raise UserError(f"议题请写在 {AGENDA} 字以内。")
    return " ".join(head.split()), agenda


def split_time(head: str, now: datetime) -> tuple[datetime | None, datetime | None, str, bool]:
    """(beginning, end, the other words as a place, whether it has gone by). Raises ``UserError``."""
    head = unicodedata.normalize("NFKC", head)
    head, until = _split_until(_GLUED.sub(r"\1 ", head))
    past = False
    try:
        starts, rest = split_moment(head, now)
    except Past as gone:
        starts, past = gone.moment, True
        rest = _without_time(head, now)
    place = _PLACE.sub("", rest.strip(" ,、。;")).strip()
    if len(place) > PLACE:
        raise UserError(f"地点请写在 {PLACE} 字以内;会议内容写在「议题:」后面。")
    if starts is None or until is None:
        return starts, None, place, past
    end = datetime.combine(to_local(starts).date(), read_clock(until), to_local(starts).tzinfo).astimezone(
        starts.tzinfo
    )
    if not starts < end <= starts + rules.LONGEST:
        raise UserError("结束时间要晚于开始时间,写成「15:00-16:30」这样。")
    return starts, end, place, past


def _split_until(head: str) -> tuple[str, str | None]:
    """「周五15:00-16:30 二楼」 → 「周五15:00 二楼」, 「16:30」."""
    for begin in CLOCK.finditer(head):
        joint = _UNTIL.match(head, begin.end())
        end = CLOCK.match(head, joint.end()) if joint is not None else None
        if end is not None:
            return f"{head[: begin.end()]} {head[end.end() :]}", end.group()
    return head, None


def _without_time(head: str, now: datetime) -> str:
    """The words of ``head`` but for the time in it that has gone by."""
    words = head.split()
    for size in range(min(4, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            try:
                parse(" ".join(words[start : start + size]), now)
            except Past:
                return " ".join(words[:start] + words[start + size :])
            except UserError:
                continue
    return head
