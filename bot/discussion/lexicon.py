"""Use cases of the branch's own words: terms that count when hot words are chosen, and words to be warned about."""

import re
from dataclasses import dataclass

from bot.branch import audit
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.discussion import offering, repository
from bot.textmining import segmenter

LONGEST = 12
MOST = 200


@dataclass(frozen=True)
class Words:
    own: tuple[str, ...]
    warn: tuple[str, ...]


async def listed(uow: UnitOfWork, branch_id: int) -> Words:
    """The words in force, those of branches above included."""
    own = await offering.own_words(uow, branch_id)
    warn = await offering.own_words(uow, branch_id, warn=True)
    return Words(tuple(one.word for one in own), tuple(one.word for one in warn))


async def add(uow: UnitOfWork, actor: Actor, typed: str, *, warn: bool = False) -> list[str]:
    """Add one or several words. Raises ``UserError`` for what is no word, or for words that are there already."""
    words = _split(typed)
    known = await listed(uow, actor.branch)
    if len(known.own) + len(known.warn) + len(words) > MOST:
        raise UserError(f"词典最多 {MOST} 个词,请先用「词典 删除 词」去掉不用的。")
    added = [word for word in words if await repository.put_word(uow, actor.branch, word, warn=warn)]
    if not added:
        raise UserError(f"「{words[0]}」已经在词典里了。")
    if not warn:
        await segmenter.keep_whole(added)
    await audit.record(uow, actor, "word.add", detail={"words": len(added), "warn": warn})
    return added


async def remove(uow: UnitOfWork, actor: Actor, typed: str) -> list[str]:
    """Remove words of the branch. Raises ``NotFound``."""
    gone = [word for word in _split(typed) if await repository.drop_word(uow, actor.branch, word)]
    if not gone:
        raise NotFound("词典里没有这个词。发「词典」看有哪些。")
    await audit.record(uow, actor, "word.remove", detail={"words": len(gone)})
    return gone


async def teach(uow: UnitOfWork) -> None:
    """Have every branch's words kept whole when texts are taken apart; done at every start."""
    await segmenter.keep_whole(await repository.all_words(uow))


def _split(typed: str) -> list[str]:
    words = [word for word in re.split(r"[\s,,、;;]+", typed.strip()) if word]
    if not words:
        raise UserError("请写上词,比如:词典 添加 新质生产力")
    for word in words:
        if not 2 <= len(word) <= LONGEST or not re.fullmatch(r"[0-9A-Za-z\u4e00-\u9fff]+", word):
            raise UserError(f"「{word[:20]}」不像一个词:要 2 到 {LONGEST} 个汉字、字母或数字。")
    return list(dict.fromkeys(words))
