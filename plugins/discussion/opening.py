"""「讨论」: open one from the candidates or in one's own words; list, show and search those that were."""

from dataclasses import asdict
from datetime import datetime

from bot.branch.actor import EDITORS, Actor
from bot.branch.undo import Payload
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import number
from bot.core.db import UnitOfWork
from bot.core.errors import NotAllowed
from bot.discussion import offering, opening, records, rules, views
from bot.discussion.offering import Offer
from bot.discussion.opening import Draft
from bot.rendering.content import Content
from bot.scheduling.moments import split_moment

from .clockwork import listen
from .looking import look

commands = CommandSet("discussion")


@commands.command(
    "讨论",
    who=Who.MEMBER,
    bare=True,
    bare_blank=r"列表|我的|导出 ?\d{0,6}|(?:搜索|查看|看) ?\S{1,12}|\d{1,3} ?(?:[今明后本下周]|\d+[月号:点])\S{1,10}",
    usage="讨论 [编号 | 题目 [结束时间] | 列表 | 我的 | 搜索 <词> | 导出 <编号>]",
    example="讨论 2 明天18:00",
    summary="开一个讨论;也能看以前的讨论",
)
async def discuss(call: Call) -> Reply:
    words = call.args.strip()
    if (looked := await look(call, words)) is not None:
        return looked
    at, rest = split_moment(words, call.app.clock.now())
    no = number(rest) if rest.isdecimal() else None
    async with call.app.database.reading() as uow:
        offer = await offering.chosen(uow, call.actor, no) if no is not None else None
        if no is not None and offer is None:
            return await records.show(uow, call.actor, no)
        if not call.actor.may(EDITORS):
            raise NotAllowed("开讨论由宣传委员或书记来做。发「讨论」看正在进行的。")
        if offer is None:
            offer = Offer(rules.check_title(rest), "", "", "", "", "")
        end = await opening.plan_end(uow, call.actor.branch, at)
    prompts = await call.app.model.questions(offer.title, offer.about)
    payload: dict[str, object] = {"offer": asdict(offer), "end": end.isoformat(), "turn": 0, "prompts": list(prompts)}
    return await preview(call, payload)


async def preview(call: Call, payload: dict[str, object]) -> Reply:
    """The discussion as it will be opened, and what may be answered."""
    draft = draft_in(payload)
    async with call.app.database.reading() as uow:
        groups = await opening.groups_for(uow, call.actor)
        warn = [one.word for one in await offering.own_words(uow, call.actor.branch, warn=True)]
        warned = rules.warned(f"{draft.offer.title} {draft.offer.about} {' '.join(draft.prompts)}", warn)
        text = views.draft(draft.offer, draft.prompts, draft.ends_at, uow.now, len(groups), warned)
    return Ask(Content.of(text), "discussion.open", payload, ("确认", "取消", "换一组"), minutes=10)


def draft_in(payload: dict[str, object]) -> Draft:
    offer, turn = payload["offer"], payload["turn"]
    assert isinstance(offer, dict)
    assert isinstance(turn, int)
    made = Offer(**offer)
    proposed = payload["prompts"]
    assert isinstance(proposed, list)
    prompts = tuple(map(str, proposed)) or views.prompts_for(made.kind, turn)
    return Draft(made, prompts, datetime.fromisoformat(str(payload["end"])))


@commands.answer("open")
async def opened(call: Call) -> Reply:
    if call.args == "换一组":
        turn = call.payload["turn"]
        assert isinstance(turn, int)
        return await preview(call, call.payload | {"turn": turn + 1, "prompts": []})
    async with call.app.database.unit_of_work() as uow:
        discussion = await opening.open_one(uow, call.actor, draft_in(call.payload))
        said = views.opened(discussion, uow.now)
    await listen(call.app)
    return said


@commands.undo("discussion.open")
async def call_off(uow: UnitOfWork, actor: Actor, payload: Payload) -> None:
    await opening.call_off(uow, int(payload["discussion"]))
