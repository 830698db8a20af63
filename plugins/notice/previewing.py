"""What a propagandist sees before a notice goes out, and what their answer does."""

from bot.branch import rights
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet
from bot.notice import categories, drafting, reaching, views
from bot.notice.asking import Wish
from bot.rendering.content import Content
from bot.scheduling.words import say_moment
from bot.textmining import segmenter

commands = CommandSet("notice")

KEEP = "存草稿"


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
