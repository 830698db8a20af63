"""What propagandists type to take materials in, to find and to remove them."""

import re

from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import number
from bot.rendering.content import Content
from bot.study import library_views, materials
from bot.study.models import Material
from plugins.study import intake

commands = CommandSet("study")

_PAGE = re.compile(r"(.*?)\s*第\s*(\d{1,3})\s*页", re.DOTALL)


@commands.command(
    "入库",
    who=Who.EDITOR,
    usage="入库 <链接、文字或文件>",
    example="入库 https://…",
    summary="放进资料库,先不推送",
)
async def take_in(call: Call) -> Reply:
    return await store(call, call.args)


@commands.answer("store_wanted")
async def handed_over(call: Call) -> Reply:
    return await store(call, call.message.raw)


async def store(call: Call, what: str) -> Reply:
    found = await intake.taken(call, what)
    if found is None:
        return Ask(Content.of(intake.WANTED), "study.store_wanted", choices=(), minutes=10)
    if isinstance(found, Material):
        return library_views.known(found)
    async with call.app.database.unit_of_work() as uow:
        same = await materials.same(uow, call.actor.branch, found)
        if same is not None:
            return library_views.known(same)
        return library_views.stored(await materials.add(uow, call.actor, found))


@commands.command(
    "资料", who=Who.EDITOR, usage="资料 [关键词或编号] [第 2 页]", example="资料 主题党日", summary="查找资料"
)
async def library(call: Call) -> Reply:
    if call.args.isdecimal():
        async with call.app.database.reading() as uow:
            return Say(library_views.material(await materials.get(uow, call.actor.branch, number(call.args) or 0)))
    words, page = call.args, 1
    if found := _PAGE.fullmatch(words):
        words, page = found[1], int(found[2])
    return await listed(call, words, page)


@commands.answer("library")
async def more(call: Call) -> Reply:
    """「更多」 after a page of the list."""
    return await listed(call, str(call.payload["words"]), int(str(call.payload["page"])))


async def listed(call: Call, words: str, page: int) -> Reply:
    wanted = await materials.query(words)
    async with call.app.database.reading() as uow:
        found = await materials.search(uow, call.actor.branch, wanted, page)
    text = Content.of(library_views.listed(found, words))
    if found.no < found.pages:
        return Ask(text, "study.library", {"words": words, "page": page + 1}, choices=("更多", "资料 更多"), minutes=10)
    return Say(text)


@commands.command(
    "删除资料", who=Who.EDITOR, usage="删除资料 <编号>", example="删除资料 12", summary="从资料库删除", under="资料"
)
async def remove(call: Call) -> Reply:
    no = number(call.args)
    if no is None:
        return "请写编号,比如:删除资料 12"
    async with call.app.database.reading() as uow:
        material = await materials.get(uow, call.actor.branch, no)
        plans = await materials.waiting_in(uow, material)
    return Ask(Content.of(library_views.ask_removal(material, plans)), "study.remove", {"no": no})


@commands.answer("remove")
async def removed(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        material = await materials.remove(uow, call.actor, int(str(call.payload["no"])))
    return f"已删除资料 {material.no}《{material.title}》。推送过的记录还在,发「撤销」可以恢复。"


commands.undo("study.remove")(materials.restore)
