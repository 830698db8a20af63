"""「/开始」: a branch is set up in its group, question by question. A wrong answer is explained and asked again."""

from bot.branch import beginning_views as views
from bot.branch import organisation, organisation_repository, roles, roster, setting_up
from bot.branch import service as branch
from bot.branch.cards import Card
from bot.branch.models import BranchKind, Role
from bot.branch.names import name_in_card
from bot.branch.setting_up import Founded
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Where, Who
from bot.core.errors import UserError
from bot.rendering.content import Content

commands = CommandSet("branch")

_MINUTES = 10.0
LATER = "以后"
NOBODY_YET = (LATER, "还没有", "没有", "还没定", "没定", "待定", "暂无", "空缺", "不知道")
"""Answers to who is secretary that are nobody's name."""


def ask(text: str, then: str, choices: tuple[str, ...] = (), payload: dict[str, object] | None = None) -> Ask:
    return Ask(Content.of(text), f"branch.{then}", payload or {}, choices, _MINUTES)


async def cards_here(call: Call) -> list[Card]:
    """The people of the group and their cards."""
    return [(user, card.strip()) for user, card, _, robot in await call.app.chat.group_members(call.actor) if not robot]


@commands.command("开始", who=Who.SUPERUSER, where=Where.GROUP, usage="开始", summary="在这个群里建立支部")
async def begin(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        if call.actor.branch_id is not None:
            here = await branch.get(uow, call.actor.branch_id)
            return f"这个群已经绑定「{here.name}」。发「/支部 树」看全貌,「帮助」看能做什么。"
        unbound = await organisation_repository.without_group(uow, 6)
    return ask(views.name(unbound), "named")


@commands.answer("named")
async def named(call: Call) -> Reply:
    cards = await cards_here(call)
    try:
        async with call.app.database.unit_of_work() as uow:
            made = await setting_up.found_or_bind(uow, call.actor, call.args)
            listed = await roster.listed(uow, made.branch.id)
    except UserError as error:
        return ask(f"{error}", "named")
    if listed:
        return f"这个群已接上「{made.branch.name}」,名册 {len(listed)} 人。"
    return _roster_question(made, cards)


def _roster_question(made: Founded, cards: list[Card]) -> Ask:
    names = [name_in_card(card) for _, card in cards if name_in_card(card)]
    text = views.founded(made, names, len(cards) - len(names))
    return ask(text, "enrol", ("确认", LATER, *views.LEVELS)) if names else ask(text, "secretary")


@commands.answer("enrol")
async def enrol(call: Call) -> Reply:
    cards = await cards_here(call)
    if call.args in views.LEVELS:
        return await _corrected(call, cards)
    if call.args == LATER:
        return ask(views.SECRETARY, "secretary")
    async with call.app.database.unit_of_work() as uow:
        enrolled = await setting_up.enrol(uow, call.actor, call.actor.branch, cards)
    return ask(views.enrolled(enrolled), "secretary")


async def _corrected(call: Call, cards: list[Card]) -> Ask:
    async with call.app.database.unit_of_work() as uow:
        node = await branch.get(uow, call.actor.branch)
        await organisation.change_kind(uow, call.actor, node, BranchKind(call.args))
    return _roster_question(Founded(node, known=False), cards)


@commands.answer("secretary")
async def secretary(call: Call) -> Reply:
    cards = await cards_here(call)
    if call.args in views.LEVELS:
        return await _corrected(call, cards)
    if call.args in NOBODY_YET:
        async with call.app.database.reading() as uow:
            here = await branch.get(uow, call.actor.branch)
            return views.without_secretary(here, len(await roster.listed(uow, here.id)))
    try:
        async with call.app.database.unit_of_work() as uow:
            member = await setting_up.secretary(uow, call.actor, call.args, call.message.mentions, cards)
            office = await roles.planned(uow, call.actor, member, Role.SECRETARY)
            await roles.appoint(uow, call.actor, office)
            people = len(await roster.listed(uow, office.branch.id))
    except UserError as error:
        return ask(f"{error}\n{views.SECRETARY}", "secretary")
    return views.done(office.branch, people, member, office.bound)
