"""What a propagandist types to make something public, and what they see before they confirm it."""

from bot.branch import rights
from bot.chat.call import Ask, Call, Incoming, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import number
from bot.notice import categories, drafting, history, reaching, repository, views
from bot.notice.asking import Wish
from bot.rendering.content import Content
from bot.scheduling.words import say_moment
from bot.textmining import segmenter

commands = CommandSet("notice")

KEEP = "存草稿"


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
    return await preview(call, await _attached(call, wish, answered))


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
    pictures = [call.app.media.put(await call.download(each)) for one in sources for each in one.pictures]
    files = [(call.app.media.put(await call.download(each)), each.name) for one in sources for each in one.files]
    text = wish.text or (await call.answered_text() if answered is not None else "")
    if not text and (pictures or files):
        text = files[0][1] if files else "请看图片。"
    return wish.model_copy(update={"text": text, "pictures": tuple(pictures), "files": tuple(files)})


async def preview(call: Call, wish: Wish) -> Reply:
    """The notice as it will be seen, and what may be answered."""
    async with call.app.database.reading() as uow:
        await drafting.need_author(uow, await rights.here(uow, call.actor))
    if not wish.category:
        wish = wish.about(await segmenter.segment(wish.text))
    when = f"{say_moment(wish.at, call.app.clock.now())}公开" if wish.at else "公开"
    ask = f"类别:{wish.category}(改类别就回复类别名)\n"
    ask += f"回复「确认」{when}{views.how(wish)},「{KEEP}」以后再发,「取消」放弃。"
    choices = ("确认", "取消", KEEP, *categories.names())
    shown = views.shown(wish.wording)
    return Ask(shown + Content.of(ask), "notice.compose", wish.model_dump(mode="json"), choices, minutes=10)


@commands.answer("compose")
async def confirmed(call: Call) -> Reply:
    wish = Wish.model_validate(call.payload)
    if call.args in categories.names():
        return await preview(call, wish.model_copy(update={"category": call.args}))
    async with call.app.database.unit_of_work() as uow:
        actor = await rights.here(uow, call.actor)
        await drafting.need_author(uow, actor)
        notice = await drafting.draft(uow, actor, wish.wording, wish.scope, wish.at, kept=call.args == KEEP)
        return views.stored(notice, uow.now, await reaching.unreached(uow, notice))
