"""Of the sample branch: a meeting today to sign in to, a year with gaps in its 三会一课, and a course."""

from datetime import datetime, timedelta

from bot.app import App
from bot.branch import service as branch
from bot.branch.actor import Actor, Speaker
from bot.core.clock import CHINA, to_local
from bot.core.db import UnitOfWork
from bot.delivery import outbox
from bot.meeting import attendance, calling, courses, enrolling, tasks, writing_up
from bot.meeting.kinds import kind
from bot.meeting.reading import Draft
from bot.notice import receiving
from bot.notice.announcing import Announced
from bot.notice.models import Method
from bot.notice.receiving import Confirmation
from bot.simulator import sample

TODAY, PLACE = "主题党日", "社区二楼会议室"
AGENDA = "清扫党员责任区,重温入党誓词"
COURSE = "党务骨干培训班 8学时"
SOON = timedelta(minutes=25)
"""The meeting of today begins so soon that one can sign in at once."""

MINUTES = """一、议题
研究年底走访慰问和党员活动室
二、讨论情况
委员们认为要把走访做细,活动室要用起来。
三、决议
1. 李秀英负责列出走访名单,12月20日前
2. 张明华负责整理党员活动室,12月10日前"""


async def load(uow: UnitOfWork, app: App, actor: Actor) -> None:
    """As if the secretary had called them; nothing of it is said in the chat again. ``actor`` is any of the branch."""
    boss = await _person(uow, actor, sample.SECRETARY)
    today = to_local(uow.now)
    for month in range(1, today.month):
        if month % 5:
            await _held(uow, boss, "支委会", today.year, month, 6)
        if month % 3 == 2:
            await _held(uow, boss, "支部党员大会", today.year, month, 18, "听取支委会报告,讨论季度工作")
        if month % 4 != 2:
            await _held(uow, boss, TODAY, today.year, month, 25, AGENDA)
    await _with_minutes(uow, boss, today - timedelta(days=1))
    await tasks.set_goal(uow, boss, "全年走访老党员和困难党员", "每季度至少一次", boss.member_id, None)
    await _today(uow, boss)
    await _course(uow, boss)


async def _held(uow: UnitOfWork, boss: Actor, name: str, year: int, month: int, day: int, agenda: str = "") -> int:
    starts = datetime(year, month, day, 15, tzinfo=CHINA)
    held = kind(name)
    draft = Draft(held, starts, starts + timedelta(minutes=held.minutes), PLACE, agenda, past=True)
    made = await calling.call(uow, boss, draft)
    await attendance.enter_all(uow, boss, made.meeting, "纸质签到表")
    return made.meeting.no


async def _with_minutes(uow: UnitOfWork, boss: Actor, yesterday: datetime) -> None:
    no = await _held(uow, boss, "支委会", yesterday.year, yesterday.month, yesterday.day, "年底走访慰问")
    await writing_up.hand_in(uow, boss, no, MINUTES)
    await writing_up.confirm(uow, boss, no)


async def _today(uow: UnitOfWork, boss: Actor) -> None:
    called = kind(TODAY)
    starts = uow.now.replace(second=0, microsecond=0) + SOON
    draft = Draft(called, starts, starts + timedelta(minutes=called.minutes), PLACE, AGENDA)
    made = await calling.call(uow, boss, draft)
    await _seen(uow, boss, made.announced)


async def _seen(uow: UnitOfWork, boss: Actor, announced: Announced | None) -> None:
    """It isn't said in the chat again, and everybody has seen it."""
    assert announced is not None
    await outbox.cancel(uow, f"notice:{announced.id}:1:{boss.group_id}")
    for user in sample.MEMBERS:
        person = await _person(uow, boss, user)
        await receiving.confirm_all(uow, [Confirmation(person, Method.PHRASE, announced.no)])


async def _person(uow: UnitOfWork, boss: Actor, user: int) -> Actor:
    speaker = Speaker(boss.platform, boss.account, str(user), boss.group_id)
    return await branch.resolve_actor(uow, speaker, frozenset())


async def _course(uow: UnitOfWork, boss: Actor) -> None:
    """A course that one may enrol in."""
    course, announced = await courses.set_up(uow, boss, courses.read(COURSE, branch.today(uow)))
    await _seen(uow, boss, announced)
    await enrolling.enrol(uow, await _person(uow, boss, sample.ORGANISER), course.no)
