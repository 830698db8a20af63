"""Finding the one person that is meant: by @, by name, by name and the end of the QQ number."""

import re
from collections.abc import Sequence

from bot.branch import roster_repository as repository
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Member
from bot.branch.names import clean_name
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError

MOST = 30
"""People that are named at once."""

_NAME_AND_TAIL = re.compile(r"(.*[^\d\s])\s*(\d{3,12})")


async def find(uow: UnitOfWork, actor: Actor, text: str, mentions: Sequence[str] = ()) -> Member:
    """The person on the roster of the actor's branch or below. Raises ``NotFound`` (with near names), ``UserError``."""
    path = (await branch.get(uow, actor.branch)).path
    if mentions:
        return await _mentioned(uow, path, actor.platform, mentions)
    name = clean_name(text)
    if not name:
        raise UserError("请写上姓名,或者 @ 这个人。")
    named = await repository.named(uow, path, name)
    if not named and (found := _NAME_AND_TAIL.fullmatch(name)):
        name = found[1]
        same = await repository.named(uow, path, name)
        accounts = await repository.accounts_of(uow, [member.id for member in same], actor.platform)
        tailed = {account.member_id for account in accounts if account.user_id.endswith(found[2])}
        named = [member for member in same if member.id in tailed]
    if len(named) == 1:
        return named[0]
    if named:
        raise UserError(await _which(uow, actor, named))
    near = await repository.near_names(uow, path, name[0])
    raise NotFound(f"名册上没有「{name[:20]}」。" + (f"是{'、'.join(near)}吗?" if near else "发「成员 列表」看名册。"))


async def find_all(uow: UnitOfWork, actor: Actor, text: str, mentions: Sequence[str] = ()) -> list[Member]:
    """Several people, each once: 「张三、李四」, or everybody who is mentioned. Raises like ``find``."""
    if mentions:
        found = [await find(uow, actor, "", [each]) for each in mentions]
        return list({member.id: member for member in found}.values())
    names = [name for name in re.split(r"[\s,\uff0c、;\uff1b]+", text) if name]
    if not names:
        raise UserError("请写上姓名,几个人用「、」隔开,或者 @ 他们。")
    if len(names) > MOST:
        raise UserError(f"一次最多写 {MOST} 个人。")
    return list({member.id: member for member in [await find(uow, actor, name) for name in names]}.values())


async def word_for(uow: UnitOfWork, actor: Actor, member: Member) -> str:
    """What to write so that ``find`` finds this person: the name, with the end of the QQ number among namesakes."""
    path = (await branch.get(uow, actor.branch)).path
    if len(await repository.named(uow, path, member.name)) == 1:
        return member.name
    accounts = await repository.accounts_of(uow, [member.id], actor.platform)
    return f"{member.name}{accounts[0].user_id[-4:]}" if accounts else member.name


async def _which(uow: UnitOfWork, actor: Actor, named: Sequence[Member]) -> str:
    accounts = await repository.accounts_of(uow, [member.id for member in named], actor.platform)
    tails = [account.user_id[-4:] for account in accounts]
    name = named[0].name
    if not tails:
        return f"有 {len(named)} 位{name},都还没绑定账号,分不清是哪一位。"
    return f"有 {len(named)} 位{name}(QQ 尾号 {'、'.join(tails)})。请 @ 本人,或写「{name}{tails[0]}」。"


async def _mentioned(uow: UnitOfWork, path: str, platform: str, mentions: Sequence[str]) -> Member:
    if len(mentions) > 1:
        raise UserError("一次请只 @ 一个人。")
    member = await repository.member_of(uow, path, platform, mentions[0])
    if member is None:
        raise NotFound("@ 的这位还没有绑定到名册。请他先发「绑定 姓名」,或者直接写姓名。")
    return member


async def myself(uow: UnitOfWork, actor: Actor) -> Member:
    """The speaker on the roster. Raises ``UserError`` for somebody who isn't."""
    return await uow.session.get_one(Member, actor.myself)


async def meant(uow: UnitOfWork, actor: Actor, name: str, mentions: Sequence[str] = ()) -> Member:
    """Who is named or mentioned, else the speaker. Raises like ``find`` and ``myself``."""
    return await find(uow, actor, name, mentions) if name or mentions else await myself(uow, actor)


async def is_named(uow: UnitOfWork, actor: Actor, word: str) -> bool:
    """Whether ``word`` is somebody's name on the roster of the actor's branch or below."""
    return bool(await repository.named(uow, (await branch.get(uow, actor.branch)).path, clean_name(word)))
