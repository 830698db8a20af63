"""What a propagandist types to make something public, and what a leader's decision does to it."""

import re
from datetime import datetime

from bot.branch.actor import Actor
from bot.branch.models import Request
from bot.branch.requests import Outcome, payload_of
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.core.db import UnitOfWork
from bot.notice import categories, publishing, repository, rules, views
from bot.notice.models import Pin, Scope, State
from bot.notice.rules import Wording
from bot.rendering.content import Content
from bot.scheduling.moments import split_moment
from bot.scheduling.words import say_moment
from bot.textmining import segmenter

commands = CommandSet("notice")

_EVERYBODY = re.compile(r"^(?:@?全体(?:成员)?)\s+")
_BELOW = re.compile(r"^(?:全体下级|到下级|各支部)\s+")
_PINNED = re.compile(r"^(?:(?P<essence>设?精华)|群公告)\s+")
_LATER = re.compile(r"^(?:定时|预约)\s*")


@commands.command(
    "公告",
    who=Who.EDITOR,
    usage="公告 [定时 <时间>] [到下级] [全体] [精华|群公告] <正文>",
    example="公告 周五下午3点在二楼开支部大会,收到请回复",
    summary="发布公告并收回执;不写正文看有哪些",
)
async def compose(call: Call) -> Reply:
    text, attached = call.args.strip(), bool(call.message.pictures or call.message.files)
    if not text and not attached and call.message.reply_to is None:
        async with call.app.database.reading() as uow:
            return views.listed(await repository.newest(uow, call.actor.branch, 10))
    at = None
    if _LATER.match(text):
        at, text = split_moment(_LATER.sub("", text), call.app.clock.now())
        if at is None:
            return "请写清什么时候公开,比如:公告 定时 明天8点 周五下午开会,收到请回复"
    below, text = bool(_BELOW.match(text)), _BELOW.sub("", text)
    everybody, text = bool(_EVERYBODY.match(text)), _EVERYBODY.sub("", text)
    pinned = _PINNED.match(text)
    pin = Pin.NONE if pinned is None else Pin.ESSENCE if pinned["essence"] else Pin.BOARD
    text = _PINNED.sub("", text)
    text = rules.check_text(text or await call.answered_text())
    pictures = [call.app.media.put(await call.download(each)) for each in call.message.pictures]
    files = [[call.app.media.put(await call.download(each)), each.name] for each in call.message.files]
    payload: dict[str, object] = {
        "text": text,
        "category": categories.guess(await segmenter.segment(text)),
        "pictures": pictures,
        "files": files,
        "mention_all": everybody,
        "pin": pin,
        "below": below,
        "at": at.isoformat() if at else None,
    }
    return preview(call, payload)


def preview(call: Call, payload: dict[str, object]) -> Reply:
    """The notice as it will be seen, and what may be answered."""
    at = datetime.fromisoformat(str(payload["at"])) if payload["at"] else None
    when = f"{say_moment(at, call.app.clock.now())}公开" if at else "公开"
    where = ",发到本级和所有下级" if payload["below"] else ""
    where += {Pin.NONE: "", Pin.ESSENCE: ",设为精华", Pin.BOARD: ",同时发成群公告"}[Pin(str(payload["pin"]))]
    ask = f"类别:{payload['category']}(改类别就回复类别名)\n回复「确认」{when}{where},「取消」放弃。"
    return Ask(
        views.shown(wording(payload)) + Content.of(ask),
        "notice.compose",
        payload,
        ("确认", "取消", *categories.names()),
        minutes=10,
    )


def wording(payload: dict[str, object]) -> Wording:
    pictures, files = payload["pictures"], payload["files"]
    assert isinstance(pictures, list)
    assert isinstance(files, list)
    kept = tuple((str(sha256), str(name)) for sha256, name in files)
    text, category = str(payload["text"]), str(payload["category"])
    pin, everybody = Pin(str(payload["pin"])), bool(payload["mention_all"])
    return Wording(text, category, tuple(map(str, pictures)), kept, everybody, pin)


@commands.answer("compose")
async def confirmed(call: Call) -> Reply:
    if call.args in categories.names():
        return preview(call, call.payload | {"category": call.args})
    at = datetime.fromisoformat(str(call.payload["at"])) if call.payload["at"] else None
    scope = Scope.BELOW if call.payload["below"] else Scope.OWN
    async with call.app.database.unit_of_work() as uow:
        notice = await publishing.draft(uow, call.actor, wording(call.payload), scope, at)
        return views.stored(notice, uow.now)


@commands.decision(publishing.REQUEST)
async def decide(uow: UnitOfWork, actor: Actor, request: Request, agree: bool) -> Outcome:
    asked = payload_of(request)
    notice = await publishing.approve(uow, actor, int(asked["notice"]), int(asked["version"]), agree=agree)
    if not agree:
        return Outcome(f"已退回公告 {notice.no}。", f"公告 {notice.no} 被退回。改好了发「公告改 {notice.no} 正文」。")
    done = "已公开" if notice.state == State.PUBLISHED else "到时间会自动公开"
    return Outcome(f"已同意公告 {notice.no},{done}。", f"公告 {notice.no} 已通过,{done}。")
