"""A plan from a sheet: what its rows mean in this library, shown first, then all of it or nothing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.branch.actor import Actor
from bot.core.db import Database, UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.sources.article import Article
from bot.study import materials, plans, repository
from bot.study.materials import Prepared
from bot.study.models import Plan
from bot.study.plan_sheet import Problem, SheetRow
from bot.textmining.reading import headline

MOST_LINKS = 20
"""Links that are fetched for one sheet: more take longer than anybody waits."""

Read = Callable[[str], Awaitable[Article]]


@dataclass(frozen=True)
class Item:
    """At ``at`` the material ``no`` of the library, or one that is to be taken in."""

    at: datetime
    title: str
    no: int | None = None
    new: Prepared | None = None

    def to_json(self) -> dict[str, Any]:
        new = self.new.to_json() if self.new is not None else None
        return {"at": self.at.isoformat(), "title": self.title, "no": self.no, "new": new}

    @classmethod
    def from_json(cls, data: Any) -> "Item":
        new = Prepared.from_json(data["new"]) if data["new"] is not None else None
        return cls(datetime.fromisoformat(data["at"]), data["title"], data["no"], new)


async def resolve(
    database: Database, branch_id: int, rows: Sequence[SheetRow], read: Read
) -> tuple[list[Item], list[Problem]]:
    """Find or fetch what each row means; no transaction is open meanwhile. Raises ``UserError`` for too many links."""
    links = sum(row.no is None and bool(row.link) for row in rows)
    if links > MOST_LINKS:
        raise UserError(f"一次最多 {MOST_LINKS} 个链接,表里有 {links} 个。请分成几个文件,或先「入库」再写资料编号。")
    items: list[Item] = []
    problems: list[Problem] = []
    for row in rows:
        try:
            items.append(await _resolved(database, branch_id, row, read))
        except UserError as error:
            problems.append(Problem(row.number, str(error).partition("\n")[0]))
    return items, problems


async def _resolved(database: Database, branch_id: int, row: SheetRow, read: Read) -> Item:
    if row.no is None and (row.link or row.text):
        article = await read(row.link) if row.link else Article(row.title or headline(row.text), row.text)
        prepared = await materials.prepare(article)
        return Item(row.at, prepared.article.title, new=prepared)
    async with database.reading() as uow:
        if row.no is not None:
            material = await repository.material_by_no(uow, branch_id, row.no)
            if material is None:
                raise NotFound(f"没有资料 {row.no}。")
        else:
            named = await repository.titled(uow, branch_id, row.title)
            if len(named) != 1:
                many = f"有 {len(named)} 篇同名的,请写资料编号。"
                raise NotFound(f"资料库里没有《{row.title[:30]}》。" if not named else f"《{row.title[:30]}》{many}")
            material = named[0]
    return Item(row.at, material.title, material.no)


async def apply(uow: UnitOfWork, actor: Actor, name: str, items: Sequence[Item]) -> Plan:
    """Take in what is new and make the plan. Raises ``UserError`` if a moment has gone by since."""
    if any(item.at <= uow.now for item in items):
        raise UserError("表里最早的时间刚刚过去了,没有导入。请改一下时间再发。")
    found = []
    for item in items:
        if item.new is not None:
            found.append((item.at, await materials.add(uow, actor, item.new)))
        else:
            assert item.no is not None
            found.append((item.at, await materials.get(uow, actor.branch, item.no)))
    return await plans.dated(uow, actor, name, found)
