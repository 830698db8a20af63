"""The first proof that is enough completes; a higher one replaces a lower; what is taken back leaves the one below."""

from datetime import timedelta

import pytest

from bot.branch.actor import Actor
from bot.branch.models import Member
from bot.core.clock import ShiftableClock
from bot.core.db import Database, UnitOfWork
from bot.core.errors import UserError
from bot.study import correcting, manual, proving, pushing, repository
from bot.study.checking_in import CheckedIn, Claim, MoreNeeded, check_in_all
from bot.study.models import Assignment, Completion, LowerProof, Material, Method, Proof
from bot.study.proving import Evidence
from bot.study.rules import split_proof
from tests.unit.study.house import BOSS, settle

MEMBER = Actor("onebot11", "1", "103", group_id="9", branch_id=1, member_id=3)
QUIZ = Evidence(Proof.QUIZ, Method.QUIZ, "quiz:5")
PAGE = Evidence(Proof.PAGE, Method.CODE, "visit:7", "m2")


async def push(uow: UnitOfWork, proof: Proof) -> int:
    """The id of a reading that needs this proof."""
    material = await repository.material_by_no(uow, 1, 1)
    assert material is not None
    return (await pushing.push(uow, 1, material, proof=proof)).assignment.id


async def claim(uow: UnitOfWork) -> object:
    (outcome,) = await check_in_all(uow, [Claim(MEMBER, Method.PHRASE, "m1")])
    return outcome


async def prove(uow: UnitOfWork, reading: int, evidence: Evidence) -> tuple[bool, bool, bool, bool]:
    """(enough, first, higher, late)"""
    done = await proving.prove(uow, await uow.session.get_one(Assignment, reading), 3, evidence)
    return done.enough, done.first, done.higher, done.late


async def stands(uow: UnitOfWork, reading: int) -> tuple[object, ...] | None:
    row = await uow.session.get(Completion, (reading, 3), populate_existing=True)
    return None if row is None else (row.proof, row.method, row.evidence, row.message_id, row.late)


async def test_a_higher_proof_replaces_a_lower_and_none_is_lost(database: Database, clock: ShiftableClock) -> None:
    async with database.unit_of_work() as uow:
        await settle(uow)
        reading = await push(uow, Proof.WORD)
        assert isinstance(await claim(uow), CheckedIn)
        first = uow.now
    clock.set(first + timedelta(days=9))
    async with database.unit_of_work() as uow:
        assert await prove(uow, reading, QUIZ) == (True, False, True, False)
        assert await prove(uow, reading, PAGE) == (True, False, False, False)
        assert await prove(uow, reading, QUIZ) == (True, False, False, False)
        assert await stands(uow, reading) == (Proof.QUIZ, "quiz", "quiz:5", "", False)
        row = await uow.session.get_one(Completion, (reading, 3))
        assert (row.at, row.proved_at) == (first, uow.now)
        below = await uow.session.get_one(LowerProof, (reading, 3, Proof.WORD))
        assert (below.proved_at, below.method, below.message_id) == (first, "phrase", "m1")


async def test_what_is_taken_back_leaves_the_proof_below(uow: UnitOfWork) -> None:
    await settle(uow)
    reading = await push(uow, Proof.WORD)
    await claim(uow)
    await prove(uow, reading, PAGE)
    await prove(uow, reading, QUIZ)
    seen = []
    for _ in range(3):
        await correcting.take_back(uow, MEMBER)
        seen.append(await stands(uow, reading))
    page, word = (Proof.PAGE, "code", "visit:7", "m2", False), (Proof.WORD, "phrase", "", "m1", False)
    assert seen == [page, word, None]
    with pytest.raises(UserError, match="没有可以撤回的打卡"):
        await correcting.take_back(uow, MEMBER)


async def test_less_than_the_plan_wants_completes_nothing(uow: UnitOfWork) -> None:
    await settle(uow)
    reading = await push(uow, Proof.QUIZ)
    assert isinstance(await claim(uow), MoreNeeded)
    assert await prove(uow, reading, PAGE) == (False, False, False, False)
    assert await stands(uow, reading) is None
    assert await prove(uow, reading, QUIZ) == (True, True, False, False)
    again = await claim(uow)
    assert isinstance(again, CheckedIn)
    assert not again.first
    assert await stands(uow, reading) == (Proof.QUIZ, "quiz", "quiz:5", "", False)


async def test_what_a_leader_enters_is_enough_for_any_plan(uow: UnitOfWork) -> None:
    await settle(uow)
    reading = await push(uow, Proof.REFLECTION)
    await manual.enter(uow, BOSS, await uow.session.get_one(Member, 3), 1, "手机坏了")
    assert await stands(uow, reading) == (Proof.REFLECTION, "manual", "", "", False)
    await manual.take_out(uow, BOSS, {"assignment": reading, "member": 3})
    assert await stands(uow, reading) is None


async def test_a_plan_hands_its_proof_to_what_it_pushes(uow: UnitOfWork) -> None:
    await settle(uow)
    material = await uow.session.get_one(Material, 1)
    done = await pushing.push_all(uow, 1, material, below=False, proof=Proof.PAGE)
    assert [one.assignment.proof for one in done] == [Proof.PAGE]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("资料 3-12 凭答题", (Proof.QUIZ, "资料 3-12")),
        ("资料 3-12 凭阅读页完成", (Proof.PAGE, "资料 3-12")),
        ("凭心得 资料 3", (Proof.REFLECTION, "资料 3")),
        ("资料 3 完成方式:签到", (Proof.ATTENDANCE, "资料 3")),
        ("资料 3", (Proof.WORD, "资料 3")),
        ("凭心而论", (Proof.WORD, "凭心而论")),
        ("资料 3 凭答题卡", (Proof.WORD, "资料 3 凭答题卡")),
        ("凭阅读页\n标题\n正文", (Proof.PAGE, "标题\n正文")),
        ("明天8点 凭阅读页\n标题\n正文", (Proof.PAGE, "明天8点\n标题\n正文")),
        ("标题\n正文。\n凭答题", (Proof.QUIZ, "标题\n正文。")),
        ("标题\n正文,各人凭答题 打分\n结尾凭心得", (Proof.WORD, "标题\n正文,各人凭答题 打分\n结尾凭心得")),
    ],
)
def test_the_proof_that_is_wanted_is_read(text: str, expected: tuple[Proof, str]) -> None:
    assert split_proof(text) == expected
