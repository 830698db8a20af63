"""「订阅」: where hot words and articles come from."""

from bot.branch.actor import Actor
from bot.branch.undo import Payload
from bot.chat.call import Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import number
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.sources.hot import reading
from bot.subscription import rules, subscribing, views

commands = CommandSet("discussion")


@commands.command(
    "订阅",
    "退订",
    who=Who.EDITOR,
    usage="订阅 [微博 | 百度 | 头条 | 网址 [名称] | 文件 <名称>] · 退订 <编号>",
    example="订阅 https://news.example.cn/rss.xml 社区要闻",
    summary="添加热词和资料的来源;不写看有哪些",
)
async def subscribe(call: Call) -> Reply:
    if call.word == "退订":
        return await unsubscribe(call)
    if not call.args.strip():
        async with call.app.database.reading() as uow:
            return views.listed(await subscribing.in_force(uow, call.actor.branch), call.actor.branch, uow.now)
    spec, name = rules.read(call.args)
    answer = await reading.read(spec, call.app.fetcher, call.app.settings.hot_dir)
    topics = answer.topics or []
    async with call.app.database.unit_of_work() as uow:
        source = await subscribing.add(uow, call.actor, spec, name, answer)
    return views.added(source, len(topics), [topic.title for topic in topics])


async def unsubscribe(call: Call) -> Reply:
    no = number(call.args)
    if no is None:
        raise UserError("请写来源的编号,比如:退订 2。发「订阅」看有哪些。")
    async with call.app.database.unit_of_work() as uow:
        source = await subscribing.remove(uow, call.actor, no)
    return f"已退订「{source.name}」。退错了发「撤销」。"


@commands.undo("source.remove")
async def take_back(uow: UnitOfWork, actor: Actor, payload: Payload) -> None:
    await subscribing.take_back(uow, int(payload["source"]))
