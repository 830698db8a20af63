"""What a propagandist types to write a notice from a template: its blanks are asked one by one."""

import re

from bot.branch import rights
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.core.errors import UserError
from bot.notice import drafting, templates
from bot.notice.asking import Wish
from bot.rendering.content import Content
from plugins.notice.previewing import preview

commands = CommandSet("notice")

_KEEP = re.compile(r"^(?:新建|添加)\s+(\S+)\s*(.*)$", re.DOTALL)
_DROP = re.compile(r"^删除\s+(\S+)$")


@commands.command(
    "公告模板",
    "公告 模板",
    "模板",
    who=Who.COMMITTEE,
    usage="公告模板 [名称] [定时 <时间>] [到下级] [全体] | 新建 <名称> <带{空}的正文> | 删除 <名称>",
    example="公告模板 会议通知",
    summary="用模板写公告,空白处一个一个问",
    under="公告",
)
async def fill(call: Call) -> Reply:
    words = call.args.strip()
    kept, dropped = _KEEP.match(words), _DROP.match(words)
    async with call.app.database.unit_of_work() as uow:
        actor = await rights.here(uow, call.actor)
        await drafting.need_author(uow, actor)
        if kept:
            count = await templates.keep(uow, actor, kept[1], kept[2])
            return f"已存好模板「{kept[1]}」,{count} 处要填。用的时候发「公告模板 {kept[1]}」。"
        if dropped:
            await templates.drop(uow, actor, dropped[1])
            return f"已删除模板「{dropped[1]}」。删错了发「撤销」。"
        if not words:
            return f"模板:{'、'.join(await templates.known(uow, actor.branch))}。\n用哪个,发「公告模板 名称」。"
        name, _, how = words.partition(" ")
        wish = Wish.read(how, uow.now)
        if wish.text:
            raise UserError(f"没读懂「{wish.text[:10]}」。模板名后面只写怎么发,比如:公告模板 {name} 定时 明天8点")
        return begin(wish.model_copy(update={"text": await templates.get(uow, actor.branch, name)}))


def begin(wish: Wish) -> Ask:
    """The question for the first blank of the template that is the wish's text."""
    return _next(wish, {})


def _next(wish: Wish, answers: dict[str, str]) -> Ask:
    """The question for the first blank without an answer."""
    names = templates.blanks(wish.text)
    ask = f"({len(answers) + 1}/{len(names)}){names[len(answers)]}?直接回复内容,「取消」放弃。"
    payload: dict[str, object] = {"wish": wish.model_dump(mode="json"), "answers": answers}
    return Ask(Content.of(ask), "notice.fill", payload, (), minutes=10)


@commands.answer("fill")
async def filled(call: Call) -> Reply:
    wish, answers = Wish.model_validate(call.payload["wish"]), call.payload["answers"]
    assert isinstance(answers, dict)
    if not call.args.strip():
        return _next(wish, answers)
    names = templates.blanks(wish.text)
    answers = {**answers, names[len(answers)]: call.args.strip()}
    if len(answers) < len(names):
        return _next(wish, answers)
    return await preview(call, wish.model_copy(update={"text": templates.filled(wish.text, answers)}))
