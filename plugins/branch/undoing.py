"""「撤销」: what the same person did last is shown, and undone once they confirm."""

from bot.branch import undo
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.table import TABLE
from bot.rendering.content import Content
from bot.scheduling.words import say_moment

commands = CommandSet("branch")


@commands.command("撤销", who=Who.MEMBER, usage="撤销", summary="取消您上一个操作(24 小时内)")
async def ask(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        step = await undo.last(uow, call.actor)
        text = f"撤销「{step.said}」({say_moment(step.at, uow.now)})?\n回复「确认」或「取消」。"
    return Ask(Content.of(text), "branch.undo", {"step": step.id})


@commands.answer("undo")
async def take_back(call: Call) -> Reply:
    step = call.payload["step"]
    assert isinstance(step, int)
    async with call.app.database.unit_of_work() as uow:
        undone = await undo.undo(uow, call.actor, step, TABLE.undos)
    return f"已撤销「{undone.said}」。"
