"""「词典」: the branch's own words, and those that it wants to be warned about."""

import re

from bot.chat.call import Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.discussion import lexicon, views

commands = CommandSet("discussion")

_ACT = re.compile(r"(添加|增加|加|删除|去掉|删|提醒)\s*(.*)", re.DOTALL)


@commands.command(
    "词典",
    who=Who.EDITOR,
    usage="词典 [添加 <词> | 提醒 <词> | 删除 <词>]",
    example="词典 添加 新质生产力",
    summary="支部自己的词:挑热词、分词时认得;提醒词只提醒,不拦截",
)
async def change(call: Call) -> Reply:
    found = _ACT.fullmatch(call.args.strip())
    if found is None:
        async with call.app.database.reading() as uow:
            return views.words(await lexicon.listed(uow, call.actor.branch), call.args.strip())
    act, typed = found[1], found[2]
    async with call.app.database.unit_of_work() as uow:
        if act in ("删除", "去掉", "删"):
            gone = await lexicon.remove(uow, call.actor, typed)
            return f"已从词典删除:{'、'.join(gone)}。"
        added = await lexicon.add(uow, call.actor, typed, warn=act == "提醒")
    what = "提醒词(只提醒,不拦截)" if act == "提醒" else "词"
    return f"已添加{what}:{'、'.join(added)}。看全部发「词典」。"
