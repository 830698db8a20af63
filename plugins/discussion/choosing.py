"""「热词」: the day's candidates. Nothing is posted by it."""

from bot.chat.call import Ask, Call, IncomingFile, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import number
from bot.core.errors import NotFound
from bot.discussion import offering, views
from bot.rendering.content import Content
from bot.sources.hot import reading
from bot.sources.hot.reading import BOARDS, Spec
from bot.subscription import refreshing, subscribing
from bot.subscription import views as source_views

commands = CommandSet("discussion")


@commands.command(
    "热词",
    "今日热词",
    who=Who.EDITOR,
    bare=True,
    bare_blank="更多",
    usage="热词 [编号 | 更多]",
    example="热词 更多",
    summary="挑出五个适合讨论的热词;附上文件就从文件里挑",
)
async def offer(call: Call) -> Reply:
    if call.args.strip() == "更多":
        async with call.app.database.unit_of_work() as uow:
            before, found = await offering.more(uow, call.actor)
        return views.offers(found, before + 1)
    if (position := number(call.args)) is not None:
        async with call.app.database.reading() as uow:
            one = await offering.chosen(uow, call.actor, position)
        if one is None:
            raise NotFound("先发「热词」,再发「热词 编号」看链接。")
        return views.one_offer(one)
    answered = await call.answered()
    files = call.message.files or (answered.files if answered is not None else ())
    return await _from_file(call, files[0]) if files else await _from_sources(call)


async def _from_sources(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        sources = await subscribing.in_force(uow, call.actor.branch)
    if not sources:
        boards = "、".join(label for label, _ in BOARDS.values())
        return Ask(Content.of(f"还没有订阅热词来源。回复「确认」订阅{boards},「取消」放弃。"), "discussion.subscribe")
    await refreshing.refresh(call.app.database, call.app.fetcher, call.app.settings.hot_dir, sources)
    async with call.app.database.unit_of_work() as uow:
        sources = await subscribing.in_force(uow, call.actor.branch)
        lines = offering.lines_of(await refreshing.listed(uow, sources), sources)
        found = await offering.offer(uow, call.actor, await offering.candidates(uow, call.actor.branch, lines))
    trouble = source_views.troubles(sources)
    return views.offers(found, 1, trouble) if found else "\n".join(row for row in (views.NONE, trouble) if row)


async def _from_file(call: Call, file: IncomingFile) -> Reply:
    topics = await reading.from_bytes(file.name, await call.download(file, reading.FILE_LIMIT))
    async with call.app.database.unit_of_work() as uow:
        lines = offering.lines_in(topics, file.name[:20])
        found = await offering.offer(uow, call.actor, await offering.candidates(uow, call.actor.branch, lines))
    return views.offers(found, 1) if found else views.NONE


@commands.answer("subscribe")
async def subscribed(call: Call) -> Reply:
    """The boards that need no address; those that don't answer are subscribed too and said to be in trouble."""
    async with call.app.database.unit_of_work() as uow:
        for kind, (label, address) in BOARDS.items():
            await subscribing.add(uow, call.actor, Spec(kind, address), label, None)
    return await _from_sources(call)
