"""Drafts for a material: by rule, and where the operator has set a model, what it proposes and can bear out. A person
decides about every one."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.quiz import banks
from bot.quiz.columns import questions_in
from bot.quiz.drafting import supported
from bot.quiz.models import Bank, Question, State
from bot.quiz.rules import Item
from bot.quiz.validating import check
from bot.sources.grids import of_objects

MOST = 20
"""Proposals of a model that are looked at."""


def believed(proposed: Sequence[Mapping[str, Any]], text: str) -> list[Item]:
    """What a model has proposed and the text bears out: each passes the check of imported questions, and the sentence
    that it quotes stands literally in the text and holds the answer. All else is dropped."""
    try:
        table = of_objects([dict(each) for each in proposed], "", MOST)
        raws = questions_in([table])[0] if proposed else []
    except UserError:
        return []
    sound = [item for raw in raws for item in check([raw]).items if supported(item, item.source, text)]
    return list({item.digest: item for item in sound}.values())


async def keep(uow: UnitOfWork, bank: Bank, items: Sequence[Item]) -> Sequence[Question]:
    """Put drafts beside those that wait; what was dropped before doesn't come back. All that wait, in order."""
    await banks.add(uow, bank, items, State.DRAFT)
    return await banks.drafts(uow, bank)
