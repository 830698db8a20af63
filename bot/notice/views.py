"""What people read about notices: short, clear, in Chinese."""

import difflib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.core.clock import to_local
from bot.notice.asking import Wish
from bot.notice.models import Notice, Pin, Publicity, State
from bot.notice.rules import Open, Person, Tally, Wording, title
from bot.rendering.content import Attachment, Card, Content, Forward, MentionAll, Part, Picture, Text
from bot.scheduling.words import say_moment

LONG = 900
"""Characters above which a notice travels as pages to turn instead of one endless message."""

STATES = {
    State.DRAFT: "草稿",
    State.REVIEWING: "审核中",
    State.APPROVING: "等书记同意",
    State.SCHEDULED: "待公开",
    State.PUBLISHED: "已公开",
    State.WITHDRAWN: "已撤回",
    State.CLOSED: "已归档",
}


def published(notice: Notice, standing: Publicity | None = None, sender: str = "", *, again: bool = False) -> Content:
    """The message in the group; of a 公示 with its days and how to object. ``sender`` is the branch above that it comes
    from, ``again`` whether an earlier version has been seen."""
    head = f"{sender}(第 {notice.version} 版)" if again else sender
    wording = wording_of(notice, notice.text)
    if standing is not None and standing.starts_on is not None and standing.ends_on is not None:
        foot = publicity_foot(notice.no, standing.ends_on, standing.workdays)
        return shown(wording, "公示", str(notice.no), foot)
    return shown(wording, no=str(notice.no), head=head)


def proposed(notice: Notice, text: str, standing: Publicity | None) -> Content:
    """What those see who are to approve it; nobody is called by it yet."""
    wording = replace(wording_of(notice, text), mention_all=False)
    if standing is not None:
        return shown(wording, "公示", str(notice.no), f"公示 {standing.workdays} 个工作日,从公开那天起算。")
    changed = f"\n改动:\n{difference(notice.text, text)}" if text != notice.text else ""
    return shown(wording, no=str(notice.no), foot=changed.strip())


def wording_of(notice: Notice, text: str) -> Wording:
    kept = tuple((str(sha256), str(name)) for sha256, name in json.loads(notice.files))
    return Wording(text, notice.category, tuple(json.loads(notice.pictures)), kept, notice.mention_all)


def publicity_foot(no: int | str, ends_on: date, workdays: int) -> str:
    """The last lines of a 公示."""
    return (
        f"公示期到 {ends_on:%-m月%-d日}({workdays} 个工作日)。有异议请私聊我发「异议 {no} 内容」;"
        f"不想留名,发「异议 {no} 匿名 内容」。"
    )


def shown(
    wording: Wording, kind: str = "公告", no: str = "", foot: str = "看到请回复「收到」。", head: str = ""
) -> Content:
    """A notice exactly as it is seen, but for its number and reference. What has no number yet calls nobody."""
    first = f"【{kind} {no}】{head}" if no else f"【{kind}】{head}"
    parts: list[Part] = [MentionAll()] if wording.mention_all and no else []
    if len(wording.text) <= LONG:
        parts.append(Text(text="\n".join(line for line in (first, wording.text, foot) if line)))
    else:
        parts += [_card(wording, kind, no), Text(text=f"{first}{title(wording.text)}\n全文见下一条。{foot}")]
    parts += [Picture(sha256=sha256, alt="[图片]") for sha256 in wording.pictures]
    if len(wording.text) > LONG:
        pages = tuple(wording.text[at : at + LONG] for at in range(0, len(wording.text), LONG))
        parts.append(Forward(title=f"{kind}全文", pages=pages))
    parts += [Attachment(sha256=sha256, name=name) for sha256, name in wording.files]
    return Content(parts=tuple(parts))


def _card(wording: Wording, kind: str, no: str) -> Card:
    """A long notice at a glance."""
    beginning = " ".join(wording.text.strip().split("\n", 1)[-1].split())[:120] + "…"
    data: dict[str, object] = {
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


def not_recalled(notice: Notice, left: int) -> str:
    return f"公告 {notice.no} 已撤回,但有 {left} 条消息平台不让撤(多半超过了时限),请管理员在群里删。"


def stored(notice: Notice, now: datetime, unreached: int = 0) -> str:
    """What has become of a notice that was just written or changed. ``unreached`` can be told neither in a group nor
    privately."""
    match State(notice.state):
        case State.DRAFT:
            return f"公告 {notice.no} 已存为草稿。要公开发「公开 {notice.no}」,要改发「公告改 {notice.no} 正文」。"
        case State.REVIEWING:
            return f"公告 {notice.no} 已交去审核,通过后自动往下走。发「公告 {notice.no}」看到了哪一步。"
        case State.APPROVING:
            return f"公告 {notice.no} 已请书记审批,同意后自动公开。发「公告 {notice.no}」看到了哪一步。"
        case State.SCHEDULED if notice.publish_at is not None and notice.publish_at > now:
            return f"公告 {notice.no} 将在 {say_moment(notice.publish_at, now)} 公开。不发了,发「撤回 {notice.no}」。"
    later = notice.published_at is not None and notice.published_at > now
    when = f"安静时段过后({say_moment(notice.published_at, now)})发出" if later and notice.published_at else "已公开"
    missed = f"有 {unreached} 人所在支部没有群、也没绑定账号,通知不到。" if unreached else ""
    return f"公告 {notice.no} {when}。{missed}发「回执 {notice.no}」看谁收到了。"


def changed(notice: Notice, now: datetime, text: str) -> str:
    """What has become of a change."""
    if notice.state == State.PUBLISHED and notice.text != text:
        return f"公告 {notice.no} 的改动已交去审核,通过后重新发布;在那以前原来的一版照旧。"
    return stored(notice, now)


def decided(notice: Notice, version: int, *, agree: bool) -> tuple[str, str | None]:
    """For the one who decided about ``version``, and for the author."""
    if not agree:
        return f"已退回公告 {notice.no}。", f"公告 {notice.no} 被退回。改好了发「公告改 {notice.no} 正文」。"
    match State.APPROVING if version > notice.version else State(notice.state):
        case State.APPROVING:
            return f"公告 {notice.no} 审核通过,已请书记审批。", f"公告 {notice.no} 已审核,在等书记同意。"
        case State.SCHEDULED:
            return f"已同意公告 {notice.no},到时间会自动公开。", f"公告 {notice.no} 已通过,到时间会自动公开。"
    return f"已同意公告 {notice.no},已公开。", f"公告 {notice.no} 已通过,已公开。"


_STEPS = {
    "draft": "拟稿",
    "submit": "送出",
    "review": "审核通过",
    "approve": "同意",
    "return": "退回",
    "publish": "公开",
    "revise": "修改",
    "remind": "催收",
    "withdraw": "撤回",
    "close": "归档",
    "name_open": "公布名单",
    "publicity_moved": "公示期改动",
    "publicity_result": "公布结果",
}
_NEXT = {
    State.DRAFT: "公开发「公开 {no}」,改发「公告改 {no} 正文」。",
    State.PUBLISHED: "看回执发「回执 {no}」,改发「公告改 {no} 正文」。",
    State.CLOSED: "",
    State.WITHDRAWN: "",
}


def history(notice: Notice, steps: Sequence[tuple[datetime, str, str, str]], names: dict[int, str]) -> str:
    """A notice with where it stands and what was done to it, the newest eight steps."""
    state, version = State(notice.state), f",第 {notice.version} 版" if notice.version > 1 else ""
    lines = [f"公告 {notice.no}({notice.category},{STATES[state]}{version}):", notice.text]
    for at, actor, action, reason in steps[-8:]:
        who = names.get(int(actor.removeprefix("member:")), "") if actor.startswith("member:") else ""
        said = _STEPS.get(action.removeprefix("notice."), action)
        why = f"({reason})" if reason else ""
        lines.append(f"· {to_local(at):%-m月%-d日 %H:%M} {who or ('自动' if actor == 'bot' else '管理员')} {said}{why}")
    lines.append(_NEXT.get(state, "不发了发「撤回 {no}」。").format(no=notice.no))
    return "\n".join(line for line in lines if line)


def how(wish: Wish) -> str:
    """How else it goes out, behind 「公开」 in the question."""
    words = [",发到本级和所有下级"] if wish.below else []
    words += [",并 @全体成员(没有次数时只写字)"] if wish.mention_all else []
    words += {Pin.NONE: [], Pin.ESSENCE: [",设为精华"], Pin.BOARD: [",同时发成群公告"]}[wish.pin]
    return "".join(words)


def reminded(told: int, before: int, away: int, leaves_at: datetime, now: datetime) -> str:
    when = f",{say_moment(leaves_at, now)}发出" if leaves_at > now else ""
    return f"已安排提醒 {told} 人{when}。{_not_reminded('另有 ', before, away)}"


def to_remind(no: int, people: int, before: int, away: int, a_day: int) -> str:
    """Whom 催收 would remind, before it does."""
    if not (people or before or away):
        return f"公告 {no} 都收到了,不用催。"
    if not people:
        return f"公告 {no} 现在没有人可以提醒:{_not_reminded('', before, away)}"
    others = _not_reminded("另有 ", before, away)
    return f"将私下提醒 {people} 人看公告 {no}(每人每天最多 {a_day} 次,避开安静时段)。{others}"


def _not_reminded(opening: str, before: int, away: int) -> str:
    others = [f"{n} 人{why}" for n, why in ((before, "今天已提醒过"), (away, "请假或没有绑定账号")) if n]
    return f"{opening}{'、'.join(others)}。" if others else ""


def reminder(notice: Notice) -> Content:
    return Content.of(
        f"温馨提醒:公告 {notice.no}「{title(notice.text)}」还没收到您的回执,看到请回「收到 {notice.no}」。"
    )


def confirmed(notice: Open, *, first: bool) -> str:
    """The full answer to a receipt, given in a private chat."""
    if not first:
        return f"公告 {notice.no} 之前已经登记过了,不用再发。"
    return f"✅ 已登记收到公告 {notice.no}「{notice.title}」。"


def labels(notices: Sequence[Open]) -> dict[str, Open]:
    """By what each is chosen: its number, or its place where two branches have the same number."""
    by_no = {str(one.no): one for one in notices}
    return by_no if len(by_no) == len(notices) else {str(at): one for at, one in enumerate(notices, 1)}


def which(labels: dict[str, Open]) -> Content:
    listed = "\n".join(f"{label}. {one.title}" for label, one in labels.items())
    return Content.of(f"收到的是哪一条?回复编号:\n{listed}")


def counts(notice: Notice, found: Tally) -> str:
    """The count, without names: what a group may see."""
    aside = "、".join(f"{what} {len(who)}" for what, who in (("免学", found.exempt), ("离开", found.left)) if who)
    aside = f"({aside} 不计)" if aside else ""
    head = f"公告 {notice.no}「{title(notice.text)}」:{found.progress}"
    return f"{head},全部收到{aside}" if not found.open else f"{head},还差 {len(found.open)} 人{aside}"


def by_branch(rows: Sequence[tuple[str, int, int]]) -> str:
    """A roll-up over the branches below."""
    return "\n".join(f"{name} {done}/{count}" for name, done, count in rows)


def everybody(found: Tally) -> str:
    """Who has confirmed, who hasn't, who doesn't count: for the asker alone."""
    kinds = (("未收到", found.open), ("已收到", found.done), ("免学", found.exempt), ("离开", found.left))
    return "\n".join(f"{what}:{names(people)}" for what, people in kinds if people)


def names(people: Sequence[Person]) -> str:
    return "、".join(person.name for person in people)


def listed(notices: Sequence[Notice]) -> str:
    if not notices:
        return "还没有公告。比如:公告 周五下午3点在二楼开支部大会,收到请回复。"
    lines = [f"{one.no}. {title(one.text)}({STATES[State(one.state)]})" for one in notices]
    return "\n".join(lines) + "\n看一条发「公告 编号」,看回执发「回执 编号」。"


def difference(before: str, after: str) -> str:
    """What a new version changes, line by line (- gone, + new), at most eight lines."""
    lines = difflib.ndiff(_sentences(before), _sentences(after))
    changed = [line for line in lines if line[:2] in ("- ", "+ ") and line[2:].strip()]
    more = f"\n…… 共 {len(changed)} 处" if len(changed) > 8 else ""
    return "\n".join(changed[:8]) + more


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[。!?;!?;\n])", text) if part.strip()]


def withdrawn(notice: Notice, left: int) -> str:
    """``left`` messages stay in their groups; what was put on a board stays there too, whatever the platform."""
    stays = f"有 {left} 条平台不让撤(多半超过了时限),请管理员在群里删。" if left else ""
    on_board = notice.pin == Pin.BOARD and notice.published_at is not None and not notice.pin_due
    board = "群公告栏里的那份机器人撤不了,请管理员删。" if on_board else ""
    return f"已撤回公告 {notice.no}。{stays}{board}"
