"""意见箱: what members write to those who lead the branch, and objections to a 公示. Sealed, and nameless if wished.

Of an anonymous letter nothing about its writer is kept: no id, no account, no hour, no audit entry.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.branch import service as branch
from bot.branch import telling
from bot.branch.actor import LEADERS, Actor
from bot.branch.models import Role
from bot.branch.names import ERASED
from bot.branch.service import Reader
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.core.errors import NotAllowed, NotFound, UserError
from bot.notice import publicity_views as views
from bot.notice import repository
from bot.notice import retention_repository as retained
from bot.notice.models import Letter, Notice
from bot.notice.publicity import READERS

ORIGIN = "notice.letter"
LONGEST = 2000
"""Characters of a letter at most."""


async def write(
    uow: UnitOfWork, actor: Actor, text: str, *, anonymous: bool, about: int | None = None
) -> tuple[Letter, int]:
    """Keep a letter and pass it on; (the letter, how many people were told). ``about`` is the number of the 公示 that
    it objects to. Raises ``UserError`` for an empty or endless one, ``NotFound`` where nothing stands to object to."""
    text = text.strip()
    if not text:
        raise UserError("请把想说的写在后面,比如:意见 能不能把学习时间改到晚上")
    if len(text) > LONGEST:
        raise UserError(f"内容有 {len(text)} 字,超过了 {LONGEST} 字,请分几次发。")
    notice = await _objected(uow, actor.branch, about) if about is not None else None
    at, readers = await _addressed(uow, actor.branch, LEADERS if notice is None else READERS)
    one = Letter(
        branch_id=at,
        no=await branch.next_number(uow, at, "letter"),
        notice_id=notice.id if notice is not None else None,
        member_id=None if anonymous else actor.member_id,
        text=text,
        on=branch.today(uow),
    )
    uow.session.add(one)
    await uow.session.flush()
    told = 0
    for reader in readers:
        if reader.account is not None:
            target = telling.private(reader.account, actor.account)
            key = f"letter:{one.id}:{reader.member_id}"
            await telling.tell(uow, at, target, views.letter(one, notice), key, ORIGIN)
            told += 1
    return one, told


async def _addressed(uow: UnitOfWork, branch_id: int, roles: frozenset[Role]) -> tuple[int, list[Reader]]:
    """The nearest branch that has somebody to read it, and who that is; else the branch itself, and nobody."""
    for each in reversed(branch.ids_on((await branch.get(uow, branch_id)).path)):
        if found := await branch.officers(uow, each, roles):
            return each, found
    return branch_id, []


async def _objected(uow: UnitOfWork, branch_id: int, no: int) -> Notice:
    for _, notice in await repository.standing(uow, [branch_id], branch.today(uow)):
        if notice.no == no:
            return notice
    raise NotFound(f"现在没有正在公示的 {no} 号,可能已经到期。有话要说,请发「意见 内容」。")


async def only_standing(uow: UnitOfWork, branch_id: int) -> int:
    """The number of the only 公示 that can be objected to. Raises ``UserError`` where there is none, or several."""
    found = [notice.no for _, notice in await repository.standing(uow, [branch_id], branch.today(uow))]
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound("现在没有正在公示的事项。有话要说,请发「意见 内容」。")
    raise UserError(f"正在公示的有 {'、'.join(map(str, found))} 号,请写清对哪一号,比如:异议 {found[0]} 内容")


async def answer(uow: UnitOfWork, actor: Actor, no: int, text: str) -> Letter:
    """Send an answer back to whoever wrote it, without learning who that is. Raises ``NotFound``, ``UserError``."""
    letter, _ = await get(uow, actor, no)
    if not text.strip():
        raise UserError(f"请把回复写在后面,比如:回复意见 {no} 谢谢,下周开会商量")
    if letter.member_id is None:
        raise UserError(f"{no} 号是匿名的,没有留下任何信息,无法回复。可以在群里统一说明。")
    account = await repository.account_of(uow, letter.member_id)
    if account is None:
        raise UserError(f"写 {no} 号意见的人现在联系不上,回复没有发出。")
    target = telling.private(account, actor.account)
    key = f"letter-answer:{letter.id}:{uow.now:%Y%m%d%H%M%S%f}"
    await telling.tell(uow, letter.branch_id, target, views.answered(letter, text.strip()), key, ORIGIN)
    letter.answered_at = uow.now
    return letter


async def get(uow: UnitOfWork, actor: Actor, no: int) -> tuple[Letter, Notice | None]:
    """A letter, and the 公示 that it objects to. Raises ``NotFound`` also for one that isn't theirs to read."""
    found = await repository.letter(uow, actor.branch, no)
    if found is None or not _may_read(actor, found):
        raise NotFound(f"没有 {no} 号意见。发「意见箱」看看有哪些。")
    return found, await uow.session.get(Notice, found.notice_id) if found.notice_id is not None else None


async def listed(uow: UnitOfWork, actor: Actor, limit: int) -> Sequence[Letter]:
    """The newest letters that this person may read. Raises ``NotAllowed`` for somebody who may read none."""
    if not (actor.roles & (READERS | LEADERS)):
        raise NotAllowed("意见由书记、副书记看,公示的异议还有组织委员看。")
    return [one for one in await repository.letters(uow, actor.branch, limit) if _may_read(actor, one)]


def _may_read(actor: Actor, one: Letter) -> bool:
    return bool(actor.roles & (LEADERS if one.notice_id is None else READERS))


async def kept_of(uow: UnitOfWork, member_id: int) -> str:
    """How many letters bear this member's name inside, in a line; empty for none."""
    written = await repository.letters_of(uow, member_id)
    months = await retained.months_of(uow, member_id)
    said = [f"具名的意见:{written} 件"] if written else []
    return "\n".join([*said, f"以前各月的回执合计:{months} 个月"] if months else said)


async def forget(uow: UnitOfWork, member_id: int, name: str) -> None:
    """The words stay with the branch; who wrote them doesn't, nor the name in any of them."""
    await repository.forget_letters(uow, member_id, name, ERASED)


async def let_go(uow: UnitOfWork, before: datetime) -> int:
    """Of notices that ended before then it is no longer kept who confirmed them; opinions go."""
    return await retained.sum_up_receipts(uow, before) or await retained.drop_letters(uow, to_local(before).date())
