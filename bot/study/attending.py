"""Completions by attendance: a reading that was pushed 凭到会 is completed by being at a meeting that is about it.

A meeting says so in its agenda (「学习 7」). Readings that need something else aren't touched: an agenda may well say
「学习 20 大」 and mean something else.
"""

from collections.abc import Collection

from bot.core.db import UnitOfWork
from bot.study import proof_repository as proofs
from bot.study import proving
from bot.study.models import Method, Proof
from bot.study.proving import Evidence
from bot.study.rules import readings_named


async def settle(uow: UnitOfWork, branch_id: int, agenda: str, what: str, present: Collection[int]) -> None:
    """Make it so that at ``what`` (「meeting:5」) exactly those ``present`` (member ids) have proved the readings that
    its agenda names. May be called again whenever that changes."""
    evidence = Evidence(Proof.ATTENDANCE, Method.ATTENDANCE, what)
    for assignment in await proofs.by_attendance(uow, branch_id, readings_named(agenda)):
        for member_id in await proofs.proved_by(uow, assignment.id, what):
            if member_id not in present:
                await proving.withdraw(uow, assignment.id, member_id, what)
        for member_id in sorted(present):
            await proving.prove(uow, assignment, member_id, evidence)
