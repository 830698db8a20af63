"""Claims that are worth a second look, told to the secretary privately with the reason. Nothing else ever follows."""

from bot.branch import service as branch
from bot.branch.models import Member
from bot.branch.telling import tell_leaders
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.study import proof_repository as proofs
from bot.study import rules, views
from bot.study.rules import Claimed

ORIGIN = "study.doubt:0"


async def any_lately(uow: UnitOfWork) -> bool:
    """Whether somebody has claimed more than one reading of late: cheap, to be asked often."""
    claims = await proofs.claims_since(uow, uow.now - 2 * rules.BURST)
    return len({one.member_id for one in claims}) < len(claims)


async def flag_bursts(uow: UnitOfWork) -> None:
    """Tell leaders, once a day for each, who has claimed many readings in a few minutes."""
    people: dict[int, list[Claimed]] = {}
    for one in await proofs.claims_since(uow, uow.now - 2 * rules.BURST):
        people.setdefault(one.member_id, []).append(one)
    for member_id, claims in people.items():
        branch_id = claims[-1].branch_id
        found = rules.burst(claims, int(await branch.setting(uow, branch_id, "burst_readings")))
        if found:
            member = await uow.session.get_one(Member, member_id)
            text = views.burst(member.name, found)
            key = f"burst:{member_id}:{to_local(uow.now).date()}"
            await tell_leaders(uow, branch_id, text, key, ORIGIN, via="", but=member_id)
