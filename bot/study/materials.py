"""Use cases of the library: take a text in, find it, show it, take it out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from bot.branch import audit, undo
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.core.limits import short_enough
from bot.sources.article import Article
from bot.study import repository
from bot.study.models import Assignment, Material, MaterialTerm, Plan
from bot.study.rules import Query
from bot.textmining import segmenter
from bot.textmining.reading import reading_minutes

SHORTEST = 20
"""Characters below which a text is no material."""
LONGEST = 300_000
"""Characters of the longest: a thick book."""
PAGE = 10
"""Materials on one page of a list."""
LATELY = timedelta(days=30)
"""How far back a push of the same text is mentioned."""


@dataclass(frozen=True)
class Prepared:
    """An article with what is computed from its text, ready to be stored."""

    article: Article
    key_terms: tuple[str, ...]
    terms: frozenset[str]

    @property
    def minutes(self) -> int:
        return reading_minutes(self.article.text)

    @property
    def sha256(self) -> str:
        return sha256(self.article.text.encode("utf-8", "replace")).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """What ``from_json`` reads: a preview keeps it until it is confirmed."""
        made = self.article
        published = made.published.isoformat() if made.published else None
        texts = {"title": made.title, "text": made.text, "source": made.source, "url": made.url}
        return {**texts, "published": published, "key_terms": self.key_terms, "terms": sorted(self.terms)}

    @classmethod
    def from_json(cls, data: Any) -> "Prepared":
        published = date.fromisoformat(data["published"]) if data["published"] else None
        article = Article(data["title"], data["text"], data["source"], data["url"], published)
        return cls(article, tuple(data["key_terms"]), frozenset(data["terms"]))


@dataclass(frozen=True)
class Page:
    """Page ``no`` of ``pages`` of what was found."""

    found: Sequence[Material]
    total: int
    no: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


async def prepare(article: Article) -> Prepared:
    """Do the slow work before any transaction is open. Raises ``UserError`` for a text too short or too long."""
    if len(article.text) < SHORTEST:
        raise UserError(f"内容太短(不到 {SHORTEST} 个字),不像一篇学习材料。请发链接或粘贴全文。")
    if len(article.text) > LONGEST:
        raise UserError(f"内容太长(超过 {LONGEST // 10000} 万字),请拆成几篇再发。")
    terms = await segmenter.index_terms(f"{article.title}\n{article.text}")
    return Prepared(article, tuple(await segmenter.key_terms(article.text)), terms)


async def same(uow: UnitOfWork, branch_id: int, prepared: Prepared) -> Material | None:
    """The material of the library that has this very text."""
    known = await repository.material_by_text(uow, branch_id, prepared.sha256)
    return known if known is not None and known.deleted_at is None else None


async def pushed_lately(uow: UnitOfWork, material: Material) -> Assignment | None:
    """The last push of this material, if it is not long ago."""
    return await repository.last_push_of(uow, material.branch_id, material.id, uow.now - LATELY)


async def add(uow: UnitOfWork, actor: Actor, prepared: Prepared) -> Material:
    """``store`` what somebody handed over."""
    material = await store(uow, actor.branch, prepared)
    await audit.record(uow, actor, "material.add", subject=f"资料 {material.no}")
    return material


async def store(uow: UnitOfWork, branch_id: int, prepared: Prepared) -> Material:
    """Store an article, or find it: the same text is kept once, and comes back if it had been deleted."""
    article = prepared.article
    known = await repository.material_by_text(uow, branch_id, prepared.sha256)
    if known is not None:
        known.deleted_at = None
        return known
    material = Material(
        branch_id=branch_id,
        no=await branch.next_number(uow, branch_id, "material"),
        title=article.title[:200],
        source=article.source[:80],
        url=article.url[:1000],
        published=article.published,
        text=article.text,
        minutes=prepared.minutes,
        key_terms=json.dumps(prepared.key_terms, ensure_ascii=False),
        sha256=prepared.sha256,
        created_at=uow.now,
    )
    uow.session.add(material)
    await uow.session.flush()
    uow.session.add_all(
        MaterialTerm(term=term, material_id=material.id) for term in {each[:40] for each in prepared.terms}
    )
    return material


async def get(uow: UnitOfWork, branch_id: int, no: int) -> Material:
    """Raises ``NotFound``."""
    material = await repository.material_by_no(uow, branch_id, no)
    if material is None:
        raise NotFound(f"没有资料 {no}。发「资料」看看有哪些。")
    return material


async def query(words: str) -> Query:
    """Words as typed → what to look for. Slow work, done before any transaction is open. Raises ``UserError``."""
    short_enough(words, "资料 主题教育")
    return Query(words, await segmenter.query_terms(words) if words else frozenset())


async def search(uow: UnitOfWork, branch_id: int, wanted: Query, page: int = 1) -> Page:
    """What is found, newest first; without words, all. Raises ``NotFound`` behind the last page."""
    total = await repository.count_found(uow, branch_id, wanted)
    if page < 1 or page > max(1, -(-total // PAGE)):
        raise NotFound(f"一共只有 {max(1, -(-total // PAGE))} 页。")
    return Page(await repository.search(uow, branch_id, wanted, PAGE, (page - 1) * PAGE), total, page)


async def numbers(uow: UnitOfWork, branch_id: int, wanted: Query, limit: int) -> Sequence[int]:
    """The numbers of what is found, oldest first."""
    return await repository.numbers_found(uow, branch_id, wanted, limit)


async def waiting_in(uow: UnitOfWork, material: Material) -> Sequence[Plan]:
    """The plans that have still to push it."""
    return await repository.plans_with(uow, material.id)


async def remove(uow: UnitOfWork, actor: Actor, no: int) -> Material:
    """Take a material out of the library; what was pushed of it stays on record. Raises ``NotFound``."""
    material = await get(uow, actor.branch, no)
    material.deleted_at = uow.now
    await audit.record(uow, actor, "material.remove", subject=f"资料 {no}")
    await undo.remember(uow, actor, "study.remove", {"material": material.id}, f"删除资料 {no}")
    return material


async def restore(uow: UnitOfWork, actor: Actor, payload: undo.Payload) -> None:
    """Undo ``remove``."""
    material = await uow.session.get_one(Material, int(payload["material"]))
    material.deleted_at = None
    await audit.record(uow, actor, "material.restore", subject=f"资料 {material.no}", branch_id=material.branch_id)
