"""What a propagandist types to make something public."""

from bot.branch import rights
from bot.chat.call import Call, Incoming, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import number
from bot.notice import drafting, history, repository, templates, views
from bot.notice.asking import Wish
from plugins.notice.filling import begin
from plugins.notice.previewing import preview

commands = CommandSet("notice")
commands.needs(repository.files)


@commands.command(
    "公告",
    who=Who.COMMITTEE,
    usage="公告 [定时 <时间>] [到下级] [全体] [精华|群公告] <正文> | <编号>",
    example="公告 周五下午3点在二楼开支部大会,收到请回复",
    summary="发布公告并收回执;不写正文看有哪些,写编号看那一条",
)
async def compose(call: Call) -> Reply:
    answered = await call.answered()
    attached = answered or call.message.pictures or call.message.files
    if not attached and (not call.args.strip() or call.args.strip().isdecimal()):
        return await _look(call)
    wish = Wish.read(call.args, call.app.clock.now())
    if not attached and (template := await _template(call, wish.text)) is not None:
        return begin(wish.model_copy(update={"text": template}))
    return await preview(call, await _attached(call, wish, answered))


async def _template(call: Call, text: str) -> str | None:
    """「公告 会议通知」 means the template of that name."""
    async with call.app.database.reading() as uow:
        return (await templates.known(uow, call.actor.branch_id)).get(text) if call.actor.branch_id else None


async def _look(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        actor = await rights.here(uow, call.actor)
        await drafting.need_author(uow, actor)
        if (no := number(call.args)) is not None:
            return await history.told(uow, actor, no)
        return views.listed(await repository.newest(uow, actor.branch, 10))


async def _attached(call: Call, wish: Wish, answered: Incoming | None) -> Wish:
    """With the pictures and files that came along, and all that is in the message that was replied to."""
    sources = [call.message] if answered is None else [call.message, answered]
    pictures = [await call.app.media.put(await call.download(each)) for one in sources for each in one.pictures]
    files = [(await call.app.media.put(await call.download(each)), each.name) for one in sources for each in one.files]
    text = wish.text or (await call.answered_text() if answered is not None else "")
    if not text and (pictures or files):
        text = files[0][1] if files else "请看图片。"
    return wish.model_copy(update={"text": text, "pictures": tuple(pictures), "files": tuple(files)})
