"""What a propagandist types to write a notice from a template: its blanks are asked one by one."""

import re

from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.core.errors import UserError
from bot.notice import categories, templates
from bot.rendering.content import Content
from bot.textmining import segmenter
from plugins.notice.composing import preview

commands = CommandSet("notice")

_KEEP = re.compile(r"^(?:新建|添加)\s+(\S+)\s*(.*)$", re.DOTALL)
_DROP = re.compile(r"^删除\s+(\S+)$")


@commands.command(
    "公告模板",
    "公告 模板",
    "模板",
    who=Who.EDITOR,
    usage="公告模板 [名称] | 新建 <名称> <带{空}的正文> | 删除 <名称>",
    example="公告模板 会议通知",
    summary="用模板写公告,空白处一个一个问",
)
async def fill(call: Call) -> Reply:
    words = call.args.strip()
    if found := _KEEP.match(words):
        async with call.app.database.unit_of_work() as uow:
            count = await templates.keep(uow, call.actor, found[1], found[2])
        return f"已存好模板「{found[1]}」,{count} 处要填。用的时候发「公告模板 {found[1]}」。"
    if found := _DROP.match(words):
        async with call.app.database.unit_of_work() as uow:
            await templates.drop(uow, call.actor, found[1])
        return f"已删除模板「{found[1]}」。"
    async with call.app.database.reading() as uow:
        if not words:
            return f"模板:{'、'.join(await templates.known(uow, call.actor.branch))}。\n用哪个,发「公告模板 名称」。"
        text = await templates.get(uow, call.actor.branch, words)
    return _next(text, {})


def _next(text: str, answers: dict[str, str]) -> Ask:
    """The question for the first blank without an answer."""
    names = templates.blanks(text)
    name = names[len(answers)]
    ask = f"({len(answers) + 1}/{len(names)}){name}?直接回复内容,「取消」放弃。"
    return Ask(Content.of(ask), "notice.fill", {"text": text, "answers": answers}, (), minutes=10)


@commands.answer("fill")
async def filled(call: Call) -> Reply:
    text, answers = str(call.payload["text"]), call.payload["answers"]
    assert isinstance(answers, dict)
    if not call.args.strip():
        raise UserError("这一处还空着,请从头发「公告模板」再来一次。")
    names = templates.blanks(text)
    answers = {**answers, names[len(answers)]: call.args.strip()}
    if len(answers) < len(names):
        return _next(text, answers)
    words = templates.filled(text, answers)
    payload: dict[str, object] = {
        "text": words,
        "category": categories.guess(await segmenter.segment(words)),
        "pictures": [],
        "files": [],
        "mention_all": False,
        "pin": "",
        "below": False,
        "at": None,
    }
    return preview(call, payload)
