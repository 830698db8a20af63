"""「成员 读取」: the group's cards tell who is who."""

from bot.branch import cards, roster_views, setting_up
from bot.branch.cards import Card
from bot.branch.names import name_in_card
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet
from bot.rendering.content import Content

from .roster import ACTS

commands = CommandSet("branch")


async def read_cards(call: Call, _words: list[str]) -> Reply:
    """Bind by card where a roster exists; where there is none, the cards become the roster."""
    rows = await call.app.chat.group_members(call.actor)
    people = [(user_id, card.strip()) for user_id, card, _, robot in rows if not robot]
    async with call.app.database.reading() as uow:
        found = await cards.match(uow, call.actor, people)
    written = [[user_id, card] for user_id, card in people if name_in_card(card)]
    if found.on_roster:
        preview = Content.of(roster_views.cards_preview(found))
        return Ask(preview, "branch.cards", {"people": written}) if found.plain else preview.plain
    if not written:
        return "群里还没有人写群名片。请大家先改成真实姓名,再发「成员 读取」。"
    names = "、".join(name_in_card(card) for _, card in written)
    text = f"名册还是空的。用群名片建立名册({len(written)} 人)吗?\n{names}\n回复「确认」或「取消」。"
    return Ask(Content.of(text), "branch.more", {"people": written})


ACTS["读取"] = read_cards


def _people(call: Call) -> list[Card]:
    people = call.payload["people"]
    assert isinstance(people, list)
    return [(str(user_id), str(card)) for user_id, card in people]


@commands.answer("cards")
async def bind_by_cards(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        found = await cards.bind(uow, call.actor, _people(call))
    return roster_views.bound_by_cards(found)


@commands.answer("more")
async def more(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        added = (await setting_up.enrol(uow, call.actor, call.actor.branch, _people(call))).added
    return f"名册建好了:{len(added)} 人。" if added else "没有新的人,名册没有改动。"
