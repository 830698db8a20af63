"""Use cases of the library: take a text in, find it, show it, take it out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.branch import audit
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.sources.article import Article
from bot.study import repository
from bot.study.models import Material, MaterialTerm
from bot.textmining import segmenter
from bot.textmining.reading import reading_minutes

SHORTEST = 20
"""Characters below which a text is no material."""


@dataclass(frozen=True)
class Prepared:
    """An article with what is computed from its text, ready to be stored."""

    article: Article
    key_terms: tuple[str, ...]
    terms: frozenset[str]

    @property
    def minutes(self) -> int:
        return reading_minutes(self.article.text)


async def prepare(article: Article) -> Prepared:
    """Do the slow work before any transaction is open. Raises ``UserError`` for a text too short to be read."""
    if len(article.text) < SHORTEST:
        raise UserError(f"内容太短(不到 {SHORTEST} 个字),不像一篇学习材料。请发链接或粘贴全文。")
    terms = await segmenter.index_terms(f"{article.title}\n{article.text}")
    return Prepared(article, tuple(await segmenter.key_terms(article.text)), terms)


async def add(uow: UnitOfWork, actor: Actor, prepared: Prepared) -> Material:
    """Store an article, or find it: the same text is kept once, and comes back if it had been deleted."""
    article = prepared.article
    digest = sha256(article.text.encode("utf-8", "replace")).hexdigest()
    known = await repository.material_by_text(uow, actor.branch, digest)
    if known is not None:
        known.deleted_at = None
        return known
    material = Material(
        branch_id=actor.branch,
        no=await branch.next_number(uow, actor.branch, "material"),
        title=article.title[:200],
        source=article.source[:80],
        url=article.url[:1000],
        published=article.published,
        text=article.text,
        minutes=prepared.minutes,
        key_terms=json.dumps(prepared.key_terms, ensure_ascii=False),
        sha256=digest,
        created_at=uow.now,
    )
    uow.session.add(material)
    await uow.session.flush()
    uow.session.add_all(
        MaterialTerm(term=term[:40], material_id=material.id) for term in {t[:40] for t in prepared.terms}
    )
    await audit.record(uow, actor, "material.add", subject=f"资料 {material.no}")
    return material


async def get(uow: UnitOfWork, branch_id: int, no: int) -> Material:
    """Raises ``NotFound``."""
    material = await repository.material_by_no(uow, branch_id, no)
    if material is None:
        raise NotFound(f"没有资料 {no}。发「资料」看看有哪些。")
    return material


async def search(uow: UnitOfWork, branch_id: int, terms: frozenset[str], limit: int = 10) -> Sequence[Material]:
    return await repository.search(uow, branch_id, terms, limit)


async def remove(uow: UnitOfWork, actor: Actor, no: int) -> Material:
    """Take a material out of the library; what was pushed of it stays on record. Raises ``NotFound``."""
    material = await get(uow, actor.branch, no)
    material.deleted_at = uow.now
    await audit.record(uow, actor, "material.remove", subject=f"资料 {no}")
    return material
