"""What people type into the 意见箱, against a 公示, and to read and answer both."""

import re

from bot.branch import rights
from bot.chat.call import Call, Reply, Say
from bot.chat.commands import CommandSet, Where, Who
from bot.chat.numbers import numbered
from bot.notice import letters
from bot.notice import publicity_views as views
from bot.rendering.content import Content

commands = CommandSet("notice")
commands.keeps(letters.kept_of, letters.forget)
commands.lets_go(letters.let_go)

_NAMELESS = re.compile(r"^匿名[\s,,::]*")
_NUMBERED = re.compile(r"^第?(\d{1,6})号?(?:\s+|$)")
LISTED = 10
"""Letters that one answer lists."""


@commands.command(
    "异议",
    who=Who.MEMBER,
    where=Where.PRIVATE,
    usage="异议 [编号] [匿名] <内容>",
    example="异议 3 匿名 材料里的工作时间不对",
    summary="对公示提出异议,只有书记和组织委员看得到",
)
async def object_to(call: Call) -> Reply:
    found = _NUMBERED.match(call.args)
    return await _write(call, call.args[found.end() :] if found else call.args, int(found[1]) if found else 0)


@commands.command(
    "意见",
    who=Who.MEMBER,
    where=Where.PRIVATE,
    usage="意见 [匿名] <内容>",
    example="意见 能不能把学习时间改到晚上",
    summary="给书记、副书记提意见,不会说是谁写的",
)
async def suggest(call: Call) -> Reply:
    return await _write(call, call.args, None)


async def _write(call: Call, text: str, about: int | None) -> Reply:
    """A letter; ``about`` a 公示 (0: the only one), or (None) anything."""
    text = text.strip()
    nameless, text = bool(_NAMELESS.match(text)), _NAMELESS.sub("", text)
    async with call.app.database.unit_of_work() as uow:
        actor = await rights.here(uow, call.actor)
        no = await letters.only_standing(uow, actor.branch) if about == 0 else about
        one, told = await letters.write(uow, actor, text, anonymous=nameless, about=no)
        return views.received(one, told)


@commands.command("意见箱", who=Who.COMMITTEE, usage="意见箱 [编号]", example="意见箱 2", summary="看收到的意见和异议")
async def box(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        actor = await rights.here(uow, call.actor)
        if call.args:
            no, _ = numbered(call.args, "意见", "意见箱 2")
            text = views.letter(*await letters.get(uow, actor, no))
        else:
            text = views.letters(await letters.listed(uow, actor, LISTED))
    return Say(Content.of(text), privately=True, here="意见箱私聊发给您了。")


@commands.command(
    "回复意见",
    who=Who.COMMITTEE,
    where=Where.PRIVATE,
    usage="回复意见 <编号> <内容>",
    example="回复意见 2 谢谢,下周开会商量",
    summary="回复意见,看不到是谁写的",
)
async def answer(call: Call) -> Reply:
    no, text = numbered(call.args, "意见", "回复意见 2 谢谢,下周开会商量")
    async with call.app.database.unit_of_work() as uow:
        await letters.answer(uow, await rights.here(uow, call.actor), no, text)
    return "回复已转给写的人。"
