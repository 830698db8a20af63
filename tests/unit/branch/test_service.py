"""Who speaks for which branch, who should read, and what number comes next."""

from datetime import date, timedelta

import pytest

from bot.branch import repository, service
from bot.branch.actor import Speaker
from bot.branch.models import Branch, ChatGroup, Leave, Member, MemberAccount, Role, RoleGrant
from bot.core.db import UnitOfWork

TODAY = date(2026, 11, 24)


@pytest.fixture
async def tree(uow: UnitOfWork) -> None:
    """党委 1 → 支部 2 (group 22) and 支部 3 (group 33); 王 leads 1, 李 posts in 2, 张 and 赵 belong to 2, 钱 to 3."""
    add = uow.session.add_all
    add(
        [
            Branch(id=1, parent_id=None, kind="党委", name="党委", path="/1/", created_at=uow.now),
            Branch(id=2, parent_id=1, kind="支部", name="一支部", path="/1/2/", created_at=uow.now),
            Branch(id=3, parent_id=1, kind="支部", name="三支部", path="/1/3/", created_at=uow.now),
        ]
    )
    await uow.session.flush()
    for group, branch in ((22, 2), (33, 3)):
        add([ChatGroup(branch_id=branch, platform="q", account="1", group_id=str(group), created_at=uow.now)])
    people = [(1, 1, "王书记"), (2, 2, "李宣传"), (3, 2, "张三"), (4, 2, "赵四"), (5, 3, "钱五")]
    for member_id, branch, name in people:
        add([Member(id=member_id, branch_id=branch, name=name, joined_on=date(2020, 7, 1), created_at=uow.now)])
    await uow.session.flush()
    for member_id, *_ in people[:-2] + people[-1:]:
        add([MemberAccount(member_id=member_id, platform="q", user_id=str(100 + member_id), bound_at=uow.now)])
    add([RoleGrant(branch_id=1, member_id=1, role=Role.SECRETARY, granted_at=uow.now)])
    add([RoleGrant(branch_id=2, member_id=2, role=Role.PROPAGANDIST, granted_at=uow.now)])
    await uow.session.flush()


async def actor(uow: UnitOfWork, user: int, group: int | None):  # type: ignore[no-untyped-def]
    speaker = Speaker("q", "1", str(user), None if group is None else str(group), "书记")
    return await service.resolve_actor(uow, speaker, frozenset({"9"}))


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("user", "group", "branch", "member", "roles"),
    [
        (103, 22, 2, 3, set()),
        (103, None, 2, 3, set()),
        (102, 22, 2, 2, {Role.PROPAGANDIST}),
        (102, 33, 3, None, set()),
        (101, 22, 2, 1, {Role.SECRETARY}),
        (101, 33, 3, 1, {Role.SECRETARY}),
        (101, None, 1, 1, {Role.SECRETARY}),
        (105, 22, 2, None, set()),
        (777, 22, 2, None, set()),
        (777, None, None, None, set()),
        (103, 99, None, None, set()),
    ],
)
async def test_actor(
    uow: UnitOfWork, user: int, group: int | None, branch: int | None, member: int | None, roles: set[Role]
) -> None:
    found = await actor(uow, user, group)
    assert (found.branch_id, found.member_id, set(found.roles)) == (branch, member, roles)
    assert not found.is_superuser


@pytest.mark.usefixtures("tree")
async def test_who_is_in_a_small_group_speaks_in_private_for_the_branch_of_it(uow: UnitOfWork) -> None:
    uow.session.add(Branch(id=4, parent_id=2, kind="党小组", name="一小组", path="/1/2/4/", created_at=uow.now))
    await uow.session.flush()
    for member in (2, 3):
        (await uow.session.get_one(Member, member)).branch_id = 4
    await uow.session.flush()
    member, editor = await actor(uow, 103, None), await actor(uow, 102, None)
    assert (member.branch_id, member.member_id) == (2, 3)
    assert (editor.branch_id, editor.roles) == (2, {Role.PROPAGANDIST})


@pytest.mark.usefixtures("tree")
async def test_a_group_card_gives_no_rights(uow: UnitOfWork) -> None:
    assert (await actor(uow, 103, 22)).display_name == "书记"
    assert (await actor(uow, 103, 22)).roles == frozenset()
    assert (await actor(uow, 9, 22)).is_superuser


@pytest.mark.usefixtures("tree")
async def test_readers_are_the_roster_with_leave_and_account(uow: UnitOfWork) -> None:
    for _ in range(2):
        uow.session.add(Leave(member_id=3, first_day=TODAY, last_day=TODAY + timedelta(3), created_at=uow.now))
    gone = await uow.session.get_one(Member, 2)
    gone.left_on = TODAY
    await uow.session.flush()
    found = await service.readers(uow, 2, TODAY)
    assert [(r.name, r.on_leave, r.account is not None) for r in found] == [
        ("张三", True, True),
        ("赵四", False, False),
    ]
    assert [r.on_leave for r in await service.readers(uow, 2, TODAY + timedelta(4))] == [False, False]


@pytest.mark.usefixtures("tree")
async def test_whoever_has_a_group_of_their_own_reads_there(uow: UnitOfWork) -> None:
    small = Branch(id=4, parent_id=2, kind="党小组", name="一小组", path="/1/2/4/", created_at=uow.now)
    shares = Branch(id=5, parent_id=1, kind="支部", name="五支部", path="/1/5/", created_at=uow.now)
    uow.session.add_all([small, shares])
    await uow.session.flush()
    uow.session.add(ChatGroup(branch_id=4, platform="q", account="1", group_id="44", created_at=uow.now))
    for member_id, branch, name in ((6, 4, "孙组员"), (7, 5, "周没群")):
        joined = date(2020, 7, 1)
        uow.session.add(Member(id=member_id, branch_id=branch, name=name, joined_on=joined, created_at=uow.now))
    await uow.session.flush()
    assert [r.name for r in await service.readers(uow, 1, TODAY)] == ["王书记", "周没群"]
    assert [r.name for r in await service.readers(uow, 2, TODAY)] == ["李宣传", "张三", "赵四", "孙组员"]
    assert [await service.pushed_to(uow, each) for each in (1, 2, 4, 5)] == [[2, 3], [2], [4], []]


@pytest.mark.usefixtures("tree")
async def test_leaders_come_from_above_where_the_branch_has_none(uow: UnitOfWork) -> None:
    assert [r.name for r in await service.leaders(uow, 2)] == ["王书记"]


@pytest.mark.usefixtures("tree")
async def test_settings_are_inherited(uow: UnitOfWork) -> None:
    assert await service.setting(uow, 2, "deadline_days") == "3"
    await repository.put_setting(uow, 1, "deadline_days", "5")
    assert await service.setting(uow, 2, "deadline_days") == "5"
    await repository.put_setting(uow, 2, "deadline_days", "7")
    await repository.put_setting(uow, 2, "deadline_days", "8")
    assert await service.setting(uow, 2, "deadline_days") == "8"
    assert await service.setting(uow, 3, "deadline_days") == "5"


@pytest.mark.usefixtures("tree")
async def test_numbers_are_per_branch_and_kind(uow: UnitOfWork) -> None:
    assert [await service.next_number(uow, 2, "material") for _ in range(3)] == [1, 2, 3]
    assert await service.next_number(uow, 2, "plan") == 1
    assert await service.next_number(uow, 3, "material") == 1


@pytest.mark.usefixtures("tree")
async def test_groups_below(uow: UnitOfWork) -> None:
    assert [g.group_id for g in await service.groups_of(uow, 1)] == []
    assert [g.group_id for g in await service.groups_of(uow, 1, below=True)] == ["22", "33"]
