"""What people read about notices: short, clear, in Chinese."""

import difflib
import json
import re
from collections.abc import Sequence
from datetime import date, datetime

from bot.notice.models import Notice, Pin, Publicity, State
from bot.notice.rules import Open, Person, Tally, Wording, title
from bot.rendering.content import Attachment, Card, Content, Forward, MentionAll, Part, Picture, Text
from bot.scheduling.words import say_moment

LONG = 900
"""Characters above which a notice travels as pages to turn instead of one endless message."""

_STATES = {
    State.DRAFT: "草稿",
    State.REVIEWING: "等书记同意",
    State.SCHEDULED: "待公开",
    State.PUBLISHED: "已公开",
    State.WITHDRAWN: "已撤回",
    State.CLOSED: "已归档",
}


def published(notice: Notice, standing: Publicity | None = None) -> Content:
    """The message in the group; of a 公示 with its days and how to object."""
    changed = f"(第 {notice.version} 版)" if notice.version > 1 else ""
    kept = tuple((str(sha256), str(name)) for sha256, name in json.loads(notice.files))
    wording = Wording(notice.text, notice.category, tuple(json.loads(notice.pictures)), kept, notice.mention_all)
    if standing is not None and standing.starts_on is not None and standing.ends_on is not None:
        return shown(wording, f"【公示 {notice.no}】", publicity_foot(notice.no, standing.ends_on, standing.workdays))
    return shown(wording, f"【公告 {notice.no}】{changed}")


def publicity_foot(no: int | str, ends_on: date, workdays: int) -> str:
    """The last lines of a 公示."""
    return (
        f"公示期到 {ends_on:%-m月%-d日}({workdays} 个工作日)。有异议请私聊我发「异议 {no} 内容」;"
        f"不想留名,发「异议 {no} 匿名 内容」。"
    )


def shown(wording: Wording, head: str = "【公告】", foot: str = "看到请回复「收到」。") -> Content:
    """A notice exactly as it is seen, but for its number and reference. The preview is no @全体."""
    parts: list[Part] = [MentionAll()] if wording.mention_all and head not in ("【公告】", "【公示】") else []
    if len(wording.text) <= LONG:
        parts.append(Text(text=f"{head}\n{wording.text}\n{foot}"))
    else:
        parts += [_card(wording, head), Text(text=f"{head}{title(wording.text)}\n全文见下一条。{foot}")]
    parts += [Picture(sha256=sha256, alt="[图片]") for sha256 in wording.pictures]
    if len(wording.text) > LONG:
        pages = tuple(wording.text[at : at + LONG] for at in range(0, len(wording.text), LONG))
        parts.append(Forward(title="公告全文", pages=pages))
    parts += [Attachment(sha256=sha256, name=name) for sha256, name in wording.files]
    return Content(parts=tuple(parts))


def _card(wording: Wording, head: str) -> Card:
    """A long notice at a glance."""
    beginning = " ".join(wording.text.strip().split("\n", 1)[-1].split())[:120] + "…"
    kind, _, no = head.strip("【】").partition("】")[0].partition(" ")
    data = {
        "kind": kind,
        "no": no,
        "category": wording.category,
        "title": title(wording.text),
        "excerpt": beginning,
        "length": str(len(wording.text)),
    }
    return Card(template="notice", data=data, alt=beginning)


def asked_again(notice: Notice, before: str) -> Content:
    """What those read privately who had confirmed the version before."""
    changes = difference(before, notice.text)
    return Content.of(f"您确认过的公告 {notice.no} 有改动:\n{changes}\n看到请再回一次「收到 {notice.no}」。")


def not_pinned(notice: Notice) -> str:
    what = {Pin.ESSENCE: "设为精华", Pin.BOARD: "发成群公告"}[Pin(notice.pin)]
    return f"公告 {notice.no} 已发到群里,但没能{what}(机器人多半不是管理员)。请管理员在群里手动操作。"


def stored(notice: Notice, now: datetime) -> str:
    """What has become of a notice that was just written or changed."""
    match State(notice.state):
        case State.REVIEWING:
            return f"公告 {notice.no} 已交给书记审核,同意后自动公开。"
        case State.SCHEDULED if notice.publish_at is not None:
            return f"公告 {notice.no} 将在 {say_moment(notice.publish_at, now)} 公开。不发了,发「撤回 {notice.no}」。"
    later = notice.published_at is not None and notice.published_at > now
    when = f"安静时段过后({say_moment(notice.published_at, now)})发出" if later and notice.published_at else "已公开"
    return f"公告 {notice.no} {when}。发「回执 {notice.no}」看谁收到了。"


def reminder(notice: Notice) -> Content:
    return Content.of(
        f"温馨提醒:公告 {notice.no}「{title(notice.text)}」还没收到您的回执,看到请回「收到 {notice.no}」。"
    )


def confirmed(notice: Open, *, first: bool) -> str:
    """The full answer to a receipt, given in a private chat."""
    if not first:
        return f"公告 {notice.no} 之前已经登记过了,不用再发。"
    return f"✅ 已登记收到公告 {notice.no}「{notice.title}」。"


def which(notices: Sequence[Open]) -> Content:
    listed = "\n".join(f"{one.no}. {one.title}" for one in notices)
    return Content.of(f"收到的是哪一条?回复编号:\n{listed}")


def counts(notice: Notice, found: Tally) -> str:
    """The count, without names: what a group may see."""
    aside = f"(免学 {len(found.exempt)} 不计)" if found.exempt else ""
    head = f"公告 {notice.no}「{title(notice.text)}」:{found.progress}"
    return f"{head},全部收到{aside}" if not found.open else f"{head},还差 {len(found.open)} 人{aside}"


def by_branch(found: Tally) -> str:
    """A roll-up over the branches below; empty where there is only one."""
    rows = found.by_branch()
    return "\n".join(f"{name} {done}/{count}" for name, done, count in rows) if len(rows) > 1 else ""


def names(people: Sequence[Person]) -> str:
    return "、".join(person.name for person in people)


def listed(notices: Sequence[Notice]) -> str:
    if not notices:
        return "还没有公告。比如:公告 周五下午3点在二楼开支部大会,收到请回复。"
    lines = [f"{one.no}. {title(one.text)}({_STATES[State(one.state)]})" for one in notices]
    return "\n".join(lines) + "\n看回执发「回执 编号」。"


def difference(before: str, after: str) -> str:
    """What a new version changes, line by line (- gone, + new), at most eight lines."""
    lines = difflib.ndiff(_sentences(before), _sentences(after))
    changed = [line for line in lines if line[:2] in ("- ", "+ ") and line[2:].strip()]
    more = f"\n…… 共 {len(changed)} 处" if len(changed) > 8 else ""
    return "\n".join(changed[:8]) + more


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[。!?;!?;\n])", text) if part.strip()]
