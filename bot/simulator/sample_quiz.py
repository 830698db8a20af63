"""Of the sample branch: questions for its materials, so that 「答题」 has something to ask."""

from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.settings import SHIPPED
from bot.quiz import banks, validating, written
from bot.study import materials


async def load(uow: UnitOfWork, actor: Actor) -> None:
    """As if ``actor`` had imported them: 「1-….txt」 holds those of 资料 1."""
    for path in sorted((SHIPPED / "samples").glob("*.txt")):
        material = await materials.get(uow, actor.branch, int(path.name.partition("-")[0]))
        checked = validating.check(written.questions_in(path.read_text(encoding="utf-8")))
        await banks.add(uow, await banks.for_material(uow, actor, material), checked.items)
