"""The product's plugins around a branch whose group is 9: 王建国 (101) is secretary, 李秀英 (102) and 张三 (103)
belong to it, 赵德福 has no account yet; 1000 is superuser."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

import plugins.branch
import plugins.delivery
import plugins.discussion
import plugins.help
import plugins.meeting
import plugins.notice
import plugins.quiz
import plugins.stats
import plugins.study  # noqa: F401
from bot.app import App
from bot.branch.models import Branch, ChatGroup, Member, MemberAccount, Role, RoleGrant
from bot.core.clock import ShiftableClock
from bot.core.settings import Settings
from bot.simulator.demo import load_sample
from tests import databases
from tests.plugin.talk import ACCOUNT, GROUP, Talk
from tests.unit.study.house import china

BOSS, EDITOR, MEMBER, SUPERUSER, STRANGER = 101, 102, 103, 1000, 777
_PEOPLE = ((1, "王建国", BOSS), (2, "李秀英", EDITOR), (3, "张三", MEMBER), (4, "赵德福", None))


@pytest.fixture
async def app(request: pytest.FixtureRequest, clock: ShiftableClock, data_dir: Path) -> AsyncIterator[App]:
    """On SQLite, or with ``parametrize("app", ["postgresql"], indirect=True)`` there."""
    url = await databases.on(getattr(request, "param", "sqlite"), data_dir, "xueban.db")
    settings = Settings(
        _env_file=None,
        superusers=frozenset({str(SUPERUSER)}),
        xueban={"data_dir": data_dir},
        database_url=url,
    )
    made = App(settings, clock)
    yield made
    await made.fetcher.close()
    await made.database.close()


@pytest.fixture
async def sampled(app: App) -> Talk:
    """The sample branch instead of that one, on a workday at 8:05."""
    app.clock.set(china("2026-11-24 08:05"))  # type: ignore[attr-defined]
    async with app.database.unit_of_work() as uow:
        await load_sample(uow, app)
    return Talk(app)


@pytest.fixture
async def talk(app: App) -> Talk:
    async with app.database.unit_of_work() as uow:
        add = uow.session.add_all
        add([Branch(parent_id=None, kind="支部", name="第一支部", path="/1/", created_at=uow.now)])
        await uow.session.flush()
        add([ChatGroup(branch_id=1, platform="onebot11", account=ACCOUNT, group_id=str(GROUP), created_at=uow.now)])
        for member_id, name, user in _PEOPLE:
            day = date(2020, 7, 1)
            add([Member(branch_id=1, name=name, kind="正式党员", joined_on=day, created_at=uow.now)])
            await uow.session.flush()
            if user is not None:
                add(
                    [
                        MemberAccount(
                            member_id=member_id,
                            platform="onebot11",
                            user_id=str(user),
                            via=ACCOUNT,
                            bound_at=uow.now,
                        )
                    ]
                )
        add([RoleGrant(branch_id=1, member_id=1, role=Role.SECRETARY, granted_at=uow.now)])
        add([RoleGrant(branch_id=1, member_id=2, role=Role.PROPAGANDIST, granted_at=uow.now)])
    return Talk(app)
