"""What propagandists type to find and to remove materials."""

from bot.chat.call import Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.study import materials, views
from bot.textmining import segmenter
from plugins.study.numbers import number

commands = CommandSet("study")


@commands.command("资料", who=Who.EDITOR, usage="资料 [关键词或编号]", summary="查找资料")
async def library(call: Call) -> Reply:
    if call.args.isdecimal():
        async with call.app.database.reading() as uow:
            return Say(views.material(await materials.get(uow, call.actor.branch, number(call.args) or 0)))
    terms = await segmenter.index_terms(call.args) if call.args else frozenset()
    async with call.app.database.reading() as uow:
        return views.materials(await materials.search(uow, call.actor.branch, terms))


@commands.command("删除资料", who=Who.EDITOR, usage="删除资料 <编号>", summary="从资料库删除")
async def remove(call: Call) -> Reply:
    no = number(call.args)
    if no is None:
        return "请写编号,比如:删除资料 12"
    async with call.app.database.unit_of_work() as uow:
        material = await materials.remove(uow, call.actor, no)
    return f"已删除资料 {no}《{material.title}》。推送过的记录还在。"
