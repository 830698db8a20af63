"""统计: of one branch, of those below with drill-down, of any days; who may ask for what."""

from datetime import date

import pytest
from sqlalchemy import select, update

from bot.branch.models import Branch, ChatGroup, Member, MemberAccount, Role, RoleGrant
from bot.core.db import UnitOfWork
from bot.rendering import cards
from bot.rendering.content import Card
from bot.study import pushing
from bot.study.models import Assignment, Completion, Material, Method, Proof
from plugins.notice.clockwork import publish_what_is_due
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, STRANGER, SUPERUSER
from tests.plugin.talk import Talk, exempt
from tests.unit.study.house import china, material

ABOVE, OTHER_BOSS = 201, 202


def at(talk: Talk, when: str) -> None:
    talk.app.clock.set(china(when))  # type: ignore[attr-defined]


async def push(uow: UnitOfWork, branch_id: int, no: int) -> None:
    uow.session.add(material(branch_id, no, uow.now))
    await uow.session.flush()
    query = select(Material).where(Material.no == no, Material.branch_id == branch_id)
    await pushing.push(uow, branch_id, (await uow.session.scalars(query)).one())


@pytest.fixture(autouse=True)
async def autumn(talk: Talk) -> None:
    """学习 1 in October (张三 and 李秀英 read it), 学习 2 and 3 in November (张三 one, 王建国 both), 公告 1 (张三)."""
    at(talk, "2026-10-12 09:00")
    async with talk.app.database.unit_of_work() as uow:
        await push(uow, 1, 1)
    await talk.say(MEMBER, "已学 1")
    await talk.say(EDITOR, "已学 1")
    at(talk, "2026-11-10 09:00")
    async with talk.app.database.unit_of_work() as uow:
        await push(uow, 1, 2)
    await talk.say(MEMBER, "已学 2")
    await talk.say(BOSS, "已学 2")
    await talk.whisper(EDITOR, "公告 周五交党费")
    await talk.whisper(EDITOR, "确认")
    await publish_what_is_due(talk.app)
    await talk.say(MEMBER, "收到 1")
    at(talk, "2026-11-24 09:00")
    async with talk.app.database.unit_of_work() as uow:
        await push(uow, 1, 3)
    await talk.say(BOSS, "已学 3")


NOVEMBER = (
    "【第一支部】2026年11月(到11月24日)统计,在册 4 人\n"
    "学习:2 篇,1 篇还没到期,完成 3/8 人次(37%,比上期同期 -13 个百分点)\n"
    "学时:共 1.5,人均 0.4(上期同期 0.2)\n"
    "公告:1 件,回执 1/4(25%)\n"
    "学习 2《材料2》2/4\n"
    "学习 3《材料3》1/4 进行中\n"
    "看一篇的情况,发「谁还没学 3」。"
)


async def test_this_month_in_words_and_as_a_picture(talk: Talk) -> None:
    assert await talk.whisper(BOSS, "统计") == NOVEMBER
    card = talk.telephone.contents[-1].parts[0]
    assert isinstance(card, Card)
    assert [tile["value"] for tile in card.data["tiles"]] == ["37%", "0.4", "25%", "0 人"]  # type: ignore[index, attr-defined]
    assert [bar["percent"] for bar in card.data["bars"]] == [50, 25]  # type: ignore[index, attr-defined]
    drawn = await cards.draw(card)
    assert int.from_bytes(drawn[16:20]) == 750


@pytest.mark.parametrize(
    ("words", "head", "readings"),
    [
        ("统计 上月", "2026年10月统计", "学习:1 篇,完成 2/4 人次(50%)"),
        ("10月统计", "2026年10月统计", "学习:1 篇,完成 2/4 人次(50%)"),
        ("统计 10月1日到15日", "10月1日—10月15日统计", "学习:1 篇,完成 2/4 人次(50%)"),
        ("统计 今年 第一支部", "2026年(到11月24日)统计", "学习:3 篇,1 篇还没到期,完成 5/12 人次(41%)"),
        ("三季度统计", "2026年三季度统计", "学习:这段时间没有推送"),
        ("统计 2025年", "2025年统计", "学习:这段时间没有推送"),
    ],
)
async def test_any_days(talk: Talk, words: str, head: str, readings: str) -> None:
    lines = (await talk.whisper(BOSS, words)).splitlines()
    assert lines[:2] == [f"【第一支部】{head},在册 4 人", readings]


@pytest.mark.parametrize("words", ["统计 13月", "统计 明年12月25日", "统计 2月30日", "统计 10月15日到10月1日"])
async def test_days_that_make_no_sense(talk: Talk, words: str) -> None:
    said = await talk.whisper(BOSS, words)
    assert "比如" in said or "可以这样写" in said


async def test_in_the_group_the_picture_has_three_lines_under_it(talk: Talk) -> None:
    lines = NOVEMBER.splitlines()
    assert (await talk.say(BOSS, "/统计")).splitlines() == [*lines[:2], lines[-1]]
    assert (await talk.say(BOSS, "/统计 2025年")).splitlines() == (
        await talk.whisper(BOSS, "统计 2025年")
    ).splitlines()[:2]


async def test_nobody_below_the_committee_asks(talk: Talk) -> None:
    assert "由支委" in await talk.whisper(MEMBER, "统计")
    assert "还不认识您" in await talk.say(STRANGER, "/统计")
    assert await talk.whisper(EDITOR, "统计") == NOVEMBER


async def test_leave_and_exemption_are_out_of_it(talk: Talk) -> None:
    assert "还没学的" in await talk.whisper(BOSS, "赵德福的学习情况")
    await exempt(talk, 4)
    assert "完成 3/6 人次(50%,比上期同期 -16 个百分点)" in await talk.whisper(BOSS, "统计")
    assert "还没学的" not in await talk.whisper(BOSS, "赵德福的学习情况")


@pytest.fixture
async def above(talk: Talk) -> None:
    """红旗党委 over 第一支部 and 第二支部 (王芳, its secretary 202); its secretary is 201. 第二支部 pushed one."""
    async with talk.app.database.unit_of_work() as uow:
        add = uow.session.add_all
        add([Branch(id=5, parent_id=None, kind="党委", name="红旗党委", path="/5/", created_at=uow.now)])
        await uow.session.flush()
        add([Branch(id=6, parent_id=5, kind="支部", name="第二支部", path="/5/6/", created_at=uow.now)])
        await uow.session.execute(update(Branch).where(Branch.id == 1).values(parent_id=5, path="/5/1/"))
        await uow.session.flush()
        add([ChatGroup(branch_id=6, platform="onebot11", account="1", group_id="19", created_at=uow.now)])
        for member, branch_id, name, user in ((11, 5, "周书记", ABOVE), (12, 6, "王芳", OTHER_BOSS)):
            add([Member(id=member, branch_id=branch_id, name=name, joined_on=date(2020, 7, 1), created_at=uow.now)])
            await uow.session.flush()
            add([MemberAccount(member_id=member, platform="onebot11", user_id=str(user), via="1", bound_at=uow.now)])
            add([RoleGrant(branch_id=branch_id, member_id=member, role=Role.SECRETARY, granted_at=uow.now)])
        await uow.session.flush()
        await push(uow, 6, 1)
    await talk.say(OTHER_BOSS, "已学 1", group=19)


async def test_over_all_branches_below_and_down_by_number(talk: Talk, above: None) -> None:
    assert await talk.whisper(ABOVE, "统计 本月") == (
        "【红旗党委】2026年11月(到11月24日)统计,在册 6 人\n"
        "学习:3 篇,2 篇还没到期,完成 4/9 人次(44%,比上期同期 -6 个百分点)\n"
        "学时:共 2,人均 0.3(上期同期 0.2)\n"
        "公告:1 件,回执 1/4(25%)\n"
        "本级:1 人,没有推送\n"
        "1. 第一支部:4 人,完成 3/8(37%)\n"
        "2. 第二支部:1 人,完成 1/1(100%)\n"
        "回复编号看这个支部,比如「1」。"
    )
    assert await talk.whisper(ABOVE, "1") == NOVEMBER
    assert (await talk.whisper(ABOVE, "统计 上月 第二支部")).startswith("【第二支部】2026年10月统计,在册 1 人")


async def test_nobody_asks_beyond_what_they_lead(talk: Talk, above: None) -> None:
    for words in ("统计 红旗党委", "统计 第二支部"):
        assert "由它的书记或上级来管" in await talk.whisper(BOSS, words)
    for words in ("明年", "下个月", "五季度", "12周"):
        assert f"没看懂「{words}」是哪段时间" in await talk.whisper(BOSS, f"统计 {words}")
    assert "没有找到「第九支部」" in await talk.whisper(BOSS, "统计 第九支部")
    assert "由它的书记或上级来管" in await talk.whisper(EDITOR, "统计 第二支部")
    assert (await talk.whisper(ABOVE, "统计 支部 上月")).startswith("【红旗党委】")


async def test_who_lost_the_office_cannot_go_down_any_more(talk: Talk, above: None) -> None:
    await talk.whisper(ABOVE, "统计")
    async with talk.app.database.unit_of_work() as uow:
        grant = await uow.session.get_one(RoleGrant, (5, 11, Role.SECRETARY.value))
        await uow.session.delete(grant)
    assert "第一支部】" not in await talk.whisper(ABOVE, "1")


async def test_in_the_group_branches_are_not_named(talk: Talk, above: None) -> None:
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(ChatGroup(branch_id=5, platform="onebot11", account="1", group_id="29", created_at=uow.now))
    heard = await talk.hear(ABOVE, "/统计", group=29)
    assert [where for where, _ in heard] == [f"private {ABOVE}", "group 29"]
    assert "第一支部" not in heard[1][1]
    heard = await talk.hear(BOSS, "/统计")
    assert [where for where, _ in heard] == ["group 9"]


async def test_a_superuser_sees_everything(talk: Talk, above: None) -> None:
    assert (await talk.say(SUPERUSER, "/统计 第二支部")).partition("】")[0].endswith("【第二支部")


async def test_what_completions_rest_on_where_a_plan_asks_for_more_than_a_word(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        reading = (await uow.session.scalars(select(Assignment).where(Assignment.no == 2))).one()
        reading.proof = Proof.PAGE
        done = update(Completion).where(Completion.assignment_id == reading.id)
        await uow.session.execute(done.where(Completion.member_id == 3).values(proof=Proof.QUIZ, method=Method.QUIZ))
        await uow.session.execute(done.where(Completion.member_id == 1).values(proof=Proof.PAGE, method=Method.CODE))
    await talk.whisper(BOSS, "补登 李秀英 学习2 手机坏了")
    await exempt(talk, 3)
    said = await talk.whisper(BOSS, "统计")
    assert "学习 2《材料2》2/3(阅读页 1、补登 1)\n学习 3《材料3》1/3 进行中\n" in said
    card = talk.telephone.contents[-1].parts[0]
    assert isinstance(card, Card)
    assert [bar["note"] for bar in card.data["bars"]] == ["阅读页 1、补登 1", ""]  # type: ignore[index, attr-defined]
