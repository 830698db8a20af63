"""Of the sample branch: a notice that half have confirmed, and a 公示 that has been standing for two days."""

from datetime import timedelta

from bot.app import App
from bot.branch import service as branch
from bot.branch.actor import Actor, Speaker
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.delivery import outbox
from bot.notice import drafting, publicity, publishing, receiving
from bot.notice.models import Method, Publicity, Scope
from bot.notice.receiving import Confirmation
from bot.notice.rules import Wording
from bot.simulator import sample

MEETING = "本周五下午3点在社区二楼会议室召开支部党员大会,请准时参加。议题:讨论接收预备党员。不能来的请提前请假。"
SUBJECT = "经支部委员会研究,拟接收周明同志(社区网格员,2024年9月递交入党申请书)为中共预备党员。"
WORKDAYS = 5


async def load(uow: UnitOfWork, app: App, actor: Actor) -> None:
    """As if ``actor`` had published both: nothing of it is said in the chat again."""
    notice = await drafting.draft(uow, actor, Wording(MEETING, "会议活动"), Scope.OWN)
    for user in sample.MEMBERS[:6]:
        speaker = Speaker(actor.platform, actor.account, str(user), actor.group_id)
        person = await branch.resolve_actor(uow, speaker, frozenset())
        await receiving.confirm_all(uow, [Confirmation(person, Method.PHRASE, notice.no)])
    shown = await publicity.draft(uow, actor, Wording(SUBJECT, "党员发展"), WORKDAYS)
    await uow.session.flush()
    standing = await uow.session.get_one(Publicity, shown.id)
    day = to_local(uow.now).date()
    standing.starts_on = day - timedelta(days=2)
    standing.ends_on = app.calendar.add_workdays(standing.starts_on, WORKDAYS)
    await publishing.publish(uow, shown)
    shown.published_at = uow.now - timedelta(days=2)
    for one in (notice, shown):
        await outbox.cancel_of(uow, receiving.origin_of(one.id))
