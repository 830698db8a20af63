"""Claims that are worth a second look, told to the secretary privately with the reason. Nothing else ever follows."""

from collections.abc import Sequence
from datetime import timedelta

from bot.branch import service as branch
from bot.branch.models import Member
from bot.branch.telling import tell_leaders
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.study import proof_repository as proofs
from bot.study import rules, views

ORIGIN = "study.doubt:0"


async def hasty(uow: UnitOfWork) -> Sequence[int]:
    """Members who may have claimed too much of late: cheap, to be asked often."""
    return await proofs.hasty(uow, uow.now - 2 * rules.BURST, rules.BURST // timedelta(minutes=1))


async def flag_burst(uow: UnitOfWork, member_id: int) -> None:
    """Tell the leaders, once a day, if this member has claimed many readings in a few minutes."""
    claims = await proofs.claims_of(uow, member_id, uow.now - 2 * rules.BURST)
    if not claims:
        return
    branch_id = claims[-1].branch_id
    found = rules.burst(claims, int(await branch.setting(uow, branch_id, "burst_readings")))
    if found:
        member = await uow.session.get_one(Member, member_id)
        text = views.burst(member.name, found)
        key = f"burst:{member_id}:{to_local(uow.now).date()}"
        await tell_leaders(uow, branch_id, text, key, ORIGIN, via="", but=member_id)
