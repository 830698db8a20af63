"""What propagandists type to take questions in: a file or a text, read, shown, imported when confirmed."""

from pathlib import PurePosixPath

from bot.branch.actor import Actor
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import number
from bot.core.db import UnitOfWork
from bot.core.errors import NotAllowed, UserError
from bot.quiz import bank_file, banks
from bot.quiz import bank_views as views
from bot.quiz.models import Bank
from bot.quiz.rules import Item
from bot.quiz.validating import Checked, Fault
from bot.rendering.content import Content
from bot.study import materials

commands = CommandSet("quiz")


@commands.command(
    "导入题库",
    "导入题目",
    who=Who.EDITOR,
    usage="导入题库 <资料 12,或题库名称>,附上文件或题目",
    example="导入题库 资料 12",
    summary="导入题目:Excel、CSV、JSON、SQLite、Word 或文字",
    under="题库",
)
async def begin(call: Call) -> Reply:
    head, _, text = call.args.partition("\n")
    if not head.startswith("资料") and len(head) > banks.NAME_LENGTH:
        head, text = "", call.args
    return await take(call, head.strip(), text)


@commands.answer("bank_wanted")
async def handed_over(call: Call) -> Reply:
    try:
        return await take(call, str(call.payload["to"]), call.message.raw)
    except NotAllowed:
        raise
    except UserError as error:  # the next file may be better
        return Ask(
            Content.of(f"{error}\n改好后直接再发给我;不导了回复「取消」。"), "quiz.bank_wanted", call.payload, (), 10
        )


async def take(call: Call, to: str, text: str) -> Reply:
    """Read what was handed over with this message, with the one it replies to, or ask for it."""
    handed = call.message.files
    if not handed and not text.strip() and (answered := await call.answered()) is not None:
        handed, text = answered.files, answered.raw
    if len(handed) > 1:
        raise UserError("一次请发一个文件。")
    label = await shown(call, to)
    if handed:
        data = await call.download(handed[0], bank_file.LARGEST)
        name = PurePosixPath(handed[0].name)
        to = to or name.stem[: banks.NAME_LENGTH]
        return preview(call, to, label or to, await bank_file.read(name.name, data))
    if text.strip():
        return preview(call, to or "题库", label or "题库", await bank_file.read_text(text))
    return Ask(Content.of(views.WANTED), "quiz.bank_wanted", {"to": to}, choices=(), minutes=10)


async def shown(call: Call, to: str) -> str:
    """What the questions are for, as people know it. Raises ``NotFound``."""
    if not to.startswith("资料"):
        return to
    async with call.app.database.reading() as uow:
        material = await materials.get(uow, call.actor.branch, number(to.removeprefix("资料")) or 0)
    return f"资料 {material.no}《{material.title}》"


def preview(call: Call, to: str, label: str, found: Checked) -> Reply:
    payload: dict[str, object] = {"to": to, "items": [item.to_json() for item in found.items]}
    if not found.faults:
        text = views.preview(found, label, in_group=call.actor.group_id is not None)
        return Ask(Content.of(text), "quiz.import", payload, minutes=10)
    choices: tuple[str, ...] = (views.ONLY_SOUND,) if found.items else ()
    if len(found.faults) > views.SHOWN_FAULTS:
        choices += (views.ALL_FAULTS,)
        payload["faults"] = [[fault.place, fault.reason] for fault in found.faults]
    refused = views.refused(found)
    return Ask(Content.of(refused), "quiz.import_sound", payload, choices, minutes=10) if choices else refused


@commands.answer("import_sound")
async def only_sound(call: Call) -> Reply:
    if call.args == views.ONLY_SOUND:
        return await confirmed(call)
    items, faults = call.payload["items"], call.payload["faults"]
    assert isinstance(items, list)
    assert isinstance(faults, list)
    text = views.all_faults([Fault(place, reason) for place, reason in faults], len(items))
    return Ask(text, "quiz.import_sound", call.payload, (views.ONLY_SOUND, views.ALL_FAULTS), minutes=10)


@commands.answer("import")
async def confirmed(call: Call) -> Reply:
    stored = call.payload["items"]
    assert isinstance(stored, list)
    items = [Item.from_json(one) for one in stored]
    async with call.app.database.unit_of_work() as uow:
        bank = await target(uow, call.actor, str(call.payload["to"]))
        return views.imported(await banks.take_in(uow, call.actor, bank, items))


async def target(uow: UnitOfWork, actor: Actor, to: str) -> Bank:
    """The bank that 「资料 12」 or a name means, made where there is none."""
    if to.startswith("资料"):
        return await banks.for_material(uow, actor, await materials.get(uow, actor.branch, number(to[2:]) or 0))
    return await banks.called(uow, actor, to)


commands.undo("quiz.import")(banks.take_out)
