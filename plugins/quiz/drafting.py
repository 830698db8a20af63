"""What propagandists type to have questions drafted from a regulation, and to approve them: one by one, or all."""

import re

from bot.branch import rights
from bot.branch.actor import EDITORS
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import number, ranges
from bot.core.errors import UserError
from bot.quiz import bank_views as views
from bot.quiz import banks, drafting, proposing
from bot.quiz.models import Bank, Question
from bot.rendering.content import Content
from bot.study import materials

commands = CommandSet("quiz")

AT_ONCE = 6
"""Drafts in one message: more than that nobody reads closely."""
_ALL = frozenset({"全要", "全都要", "都要", "全部要", "全部采用", "确认"})
_NONE = frozenset({"都不要", "全不要", "一道也不要", "不要"})


@commands.command(
    "出题",
    who=Who.EDITOR,
    usage="出题 资料 <编号>",
    example="出题 资料 12",
    summary="从条例规定里出题目草稿,您逐道点头才用",
    under="题库",
)
async def draft(call: Call) -> Reply:
    no = number(call.args.removeprefix("资料"))
    if no is None:
        return "请写资料的编号,比如:出题 资料 12"
    async with call.app.database.reading() as uow:
        material = await materials.get(uow, call.actor.branch, no)
    if not drafting.is_regulation(material.title, material.source, material.text):
        raise UserError("这篇不像条例、规定,自动出的题不好用。可以「导入题库」自己出题。")
    proposed = await call.app.model.drafts(material.title, material.text)
    items = drafting.draft(material.title, material.source, material.text)
    items += proposing.believed(proposed, material.text)
    async with call.app.database.unit_of_work() as uow:
        bank = await banks.for_material(uow, call.actor, material)
        waiting = await proposing.keep(uow, bank, items)
        return await ask(call, bank, list(waiting))


async def ask(call: Call, bank: Bank, waiting: list[Question]) -> Reply:
    if not waiting:
        return f"《{bank.name}》里没有新的题可出。已有的题发「题库 {bank.no}」看。"
    shown = waiting[:AT_ONCE]
    text = views.drafts([banks.item_of(one) for one in shown], bank.name, len(waiting) - len(shown))
    payload: dict[str, object] = {"branch": bank.branch_id, "bank": bank.no, "shown": [one.id for one in shown]}
    here = "草稿和答案已私聊发给您。"
    return Ask(Content.of(text), "quiz.drafts", payload, (), 60.0, privately=True, here=here)


@commands.answer("drafts")
async def decided(call: Call) -> Reply:
    no, shown = int(str(call.payload["bank"])), call.payload["shown"]
    assert isinstance(shown, list)
    said = re.sub(r"[\s。.!]", "", call.args)
    async with call.app.database.unit_of_work() as uow:
        actor = await rights.acting(uow, call.actor, int(str(call.payload["branch"])), EDITORS)
        bank = await banks.get(uow, actor.branch, no)
        try:
            wanted = [] if said in _NONE else shown if said in _ALL else chosen(call.args, shown)
        except UserError as error:
            return Ask(Content.of(str(error)), "quiz.drafts", call.payload, (), 60.0)
        approved = await banks.decide(uow, actor, bank, shown, wanted)
        left = len(await banks.drafts(uow, bank))
        return views.decided(approved, len(shown) - approved, bank, left)


def chosen(text: str, shown: list[int]) -> list[int]:
    """「要 1、3」 → the ids of the first and the third. Raises ``UserError``."""
    numbers = re.sub(r"(?:只|就)?(?:采用|留|要)|[题道条个]", "", text).strip()
    if not numbers or re.search(r"[^\d\s,、,;;和及到至~-]", numbers):
        raise UserError("没看懂。回复「要 1、3」采用这几道,「全要」或「都不要」。")
    wanted = ranges(numbers, 50)
    if beyond := [one for one in wanted if not 1 <= one <= len(shown)]:
        raise UserError(f"没有第 {beyond[0]} 道。请写 1 到 {len(shown)},比如「要 1、3」。")
    return [shown[one - 1] for one in wanted]
