"""Notices with blanks that are asked one by one: those that everybody has, and the branch's own."""

import json
import re
from functools import cache

from bot.branch import audit, undo
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.core.settings import SHIPPED
from bot.notice import repository, rules

FILE = SHIPPED / "notice" / "templates.json"
NAME_LENGTH = 20

_BLANK = re.compile(r"[{{]([^{}{}\n]{1,20})[}}]")


@cache
def shipped() -> dict[str, str]:
    rows = json.loads(FILE.read_text(encoding="utf-8"))["templates"]
    return {row["name"]: row["text"] for row in rows}


def blanks(text: str) -> list[str]:
    """The names of the blanks in the order in which they are asked, each once."""
    return list(dict.fromkeys(_BLANK.findall(text)))


def filled(text: str, answers: dict[str, str]) -> str:
    return _BLANK.sub(lambda match: answers.get(match[1], match[0]), text)


async def known(uow: UnitOfWork, branch_id: int) -> dict[str, str]:
    """Text by name; the branch's own go before those of the same name that everybody has."""
    return {**shipped(), **await repository.templates(uow, branch_id)}


async def get(uow: UnitOfWork, branch_id: int, name: str) -> str:
    """The text. Raises ``NotFound`` naming those that exist."""
    found = await known(uow, branch_id)
    if name not in found:
        raise NotFound(f"没有模板「{name[:20]}」。有这些:{'、'.join(found)}。")
    return found[name]


async def keep(uow: UnitOfWork, actor: Actor, name: str, text: str) -> int:
    """Keep one of the branch's own, in place of one of the same name; how many blanks it has. Raises ``UserError``."""
    if not name or len(name) > NAME_LENGTH or not text.strip():
        raise UserError("请写名称和正文,空白处用{}标出,比如:公告 模板 新建 停水通知 {时间}停水,请提前储水")
    text = rules.check_text(text)
    if not blanks(text):
        raise UserError("正文里没有要填的空。空白处用{}标出,比如:{时间}停水,请提前储水")
    await _remember(uow, actor, name, f"存模板 {name}")
    await repository.keep_template(uow, actor.branch, name, text)
    await audit.record(uow, actor, "notice.template", name)
    return len(blanks(text))


async def drop(uow: UnitOfWork, actor: Actor, name: str) -> None:
    """Raises ``NotFound`` for one that isn't the branch's own."""
    if name not in await repository.templates(uow, actor.branch):
        raise NotFound(f"支部没有自己的模板「{name}」。自带的模板不能删。")
    await _remember(uow, actor, name, f"删模板 {name}")
    await repository.drop_template(uow, actor.branch, name)
    await audit.record(uow, actor, "notice.template_dropped", name)


async def _remember(uow: UnitOfWork, actor: Actor, name: str, said: str) -> None:
    before = (await repository.templates(uow, actor.branch)).get(name, "")
    await undo.remember(uow, actor, "notice.template", {"branch": actor.branch, "name": name, "text": before}, said)


async def put_back(uow: UnitOfWork, branch_id: int, name: str, text: str) -> None:
    """What 撤销 does to ``keep`` and ``drop``: the branch has again what it had (nothing, if that is empty)."""
    if text:
        await repository.keep_template(uow, branch_id, name, text)
    else:
        await repository.drop_template(uow, branch_id, name)
