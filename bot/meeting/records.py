"""What meetings keep about a person: shown to them, and forgotten where they want to be."""

from datetime import datetime

from bot.branch.names import ERASED
from bot.core.db import UnitOfWork
from bot.meeting import course_repository, repository


async def kept_of(uow: UnitOfWork, member_id: int) -> str:
    """On how many lists of meetings and courses this member is, in a line; empty for none."""
    meetings = await repository.listed_on(uow, member_id)
    courses = await course_repository.enrolments_of(uow, member_id)
    said = [f"会议的到会记录:{meetings} 次"] if meetings else []
    return ",".join(said + ([f"培训报名:{courses} 次"] if courses else []))


async def forget(uow: UnitOfWork, member_id: int, name: str) -> None:
    """Who came is counted as before; why somebody didn't goes, and so does the name in minutes and resolutions."""
    await repository.forget_reasons(uow, member_id)
    await repository.forget_name(uow, name, ERASED)


async def let_go(uow: UnitOfWork, before: datetime) -> int:
    """Meetings, who came and the minutes are documents and stay; why somebody didn't come to one before then goes."""
    return await repository.drop_reasons(uow, before)
