"""What propagandists type to look at their banks and to remove questions."""

import re

from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import number
from bot.quiz import bank_views as views
from bot.quiz import banks
from bot.rendering.content import Content

commands = CommandSet("quiz")

_ONE = re.compile(r"(\d{1,6})\s*(?:[-—.、]|第)\s*(\d{1,6})\s*题?")


@commands.command("题库", who=Who.EDITOR, usage="题库 [编号]", example="题库 3", summary="看有哪些题库和里面的题")
async def bank(call: Call) -> Reply:
    no = number(call.args)
    async with call.app.database.reading() as uow:
        if no is None:
            return views.listed(await banks.listed(uow, call.actor.branch))
        found = await banks.get(uow, call.actor.branch, no)
        live, drafts = await banks.live(uow, found), await banks.drafts(uow, found)
        return Say(views.bank(found, live, len(drafts)), privately=True, here="题目和答案已私聊发给您。")


@commands.command(
    "题目", who=Who.EDITOR, usage="题目 <题库-题号>", example="题目 3-12", summary="看一道题", under="题库"
)
async def question(call: Call) -> Reply:
    found = _ONE.fullmatch(call.args)
    if found is None:
        return "请写题库和题号,比如:题目 3-12"
    async with call.app.database.reading() as uow:
        one = await banks.question(uow, call.actor.branch, int(found[1]), int(found[2]))
        text = views.one(one, int(found[1]), *await banks.answered(uow, one))
    return Say(Content.of(text), privately=True, here="题目和答案已私聊发给您。")


@commands.command(
    "删除题目", who=Who.EDITOR, usage="删除题目 <题库-题号>", example="删除题目 3-12", summary="删一道题", under="题库"
)
async def remove_question(call: Call) -> Reply:
    found = _ONE.fullmatch(call.args)
    if found is None:
        return "请写题库和题号,比如:删除题目 3-12"
    async with call.app.database.unit_of_work() as uow:
        await banks.remove(uow, call.actor, int(found[1]), int(found[2]))
    return f"已删除题目 {found[1]}-{found[2]}。删错了发「撤销」。"


@commands.command(
    "删除题库", who=Who.EDITOR, usage="删除题库 <编号>", example="删除题库 3", summary="删掉整个题库", under="题库"
)
async def remove_bank(call: Call) -> Reply:
    no = number(call.args)
    if no is None:
        return "请写编号,比如:删除题库 3"
    async with call.app.database.reading() as uow:
        found = await banks.get(uow, call.actor.branch, no)
        text = views.ask_removal(found, len(await banks.live(uow, found)))
    return Ask(Content.of(text), "quiz.remove", {"no": no})


@commands.answer("remove")
async def removed(call: Call) -> Reply:
    no = int(str(call.payload["no"]))
    async with call.app.database.unit_of_work() as uow:
        await banks.remove(uow, call.actor, no, None)
    return f"已删除题库 {no}。答过的记录还在,发「撤销」可以恢复。"


commands.undo("quiz.remove")(banks.restore)
