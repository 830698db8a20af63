"""What a secretary types about who holds which office."""

from bot.branch import organisation_views as views
from bot.branch import people, roles
from bot.branch import service as branch
from bot.branch.models import Branch, Member, Role
from bot.branch.names import role_named, split_role
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.core.db import UnitOfWork
from bot.core.errors import UserError

commands = CommandSet("branch")


@commands.command(
    "任命",
    who=Who.LEADER,
    usage="任命 <姓名或@> <职务>",
    example="任命 李秀英 宣传委员",
    summary="任命书记、委员、党小组长",
)
async def appoint(call: Call) -> Reply:
    who, role = split_role(call.args)
    if role is None or role is Role.MEMBER:
        raise UserError(f"请写姓名和职务,比如:任命 李秀英 宣传委员\n职务有:{roles.OFFICES}。")
    async with call.app.database.unit_of_work() as uow:
        member = await people.find(uow, call.actor, who, call.message.mentions)
        office = await roles.planned(uow, call.actor, member, role)
        if role is not Role.SECRETARY:
            await roles.appoint(uow, call.actor, office)
            return views.appointed(office)
    return Ask(views.ask_appointment(office), "branch.appoint", {"member": member.id, "branch": office.branch.id})


@commands.answer("appoint")
async def appoint_secretary(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        member, place = await _asked(uow, call)
        office = await roles.planned(uow, call.actor, member, Role.SECRETARY, place)
        await roles.appoint(uow, call.actor, office)
    return views.appointed(office)


@commands.command(
    "免去", who=Who.LEADER, usage="免去 <姓名或@> [职务]", example="免去 李秀英 宣传委员", summary="免去职务"
)
async def ask_dismissal(call: Call) -> Reply:
    who, role = split_role(call.args)
    async with call.app.database.reading() as uow:
        member = await people.find(uow, call.actor, who, call.message.mentions)
        offices = await roles.held(uow, call.actor, member, role)
    payload: dict[str, object] = {
        "member": member.id,
        "branch": call.actor.branch,
        "role": role.value if role is not None else "",
    }
    return Ask(views.ask_dismissal(offices), "branch.dismiss", payload)


@commands.answer("dismiss")
async def dismiss(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        member, _ = await _asked(uow, call)
        offices = await roles.held(uow, call.actor, member, role_named(str(call.payload["role"])))
        for office in offices:
            await roles.dismiss(uow, call.actor, office)
    return views.dismissed(offices)


async def _asked(uow: UnitOfWork, call: Call) -> tuple[Member, Branch]:
    member_id, branch_id = call.payload["member"], call.payload["branch"]
    assert isinstance(member_id, int)
    assert isinstance(branch_id, int)
    return await uow.session.get_one(Member, member_id), await branch.get(uow, branch_id)


commands.undo("role")(roles.put_back)
