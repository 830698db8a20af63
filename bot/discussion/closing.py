"""Use cases of the end: what was said is brought together as themes, quotations and a word cloud, seen by the
propagandist first, and posted when they say so."""

import asyncio
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.branch import audit, rights
from bot.branch import service as branch
from bot.branch.actor import EDITORS, Actor
from bot.branch.telling import quiet_hours
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.delivery import outbox
from bot.delivery.transport import Target
from bot.discussion import offering, repository, rules, views
from bot.discussion.models import Discussion
from bot.rendering import wordcloud
from bot.textmining import themes
from bot.textmining.originality import Verdict
from bot.textmining.themes import Digest

QUOTED = 2
"""Voices that are quoted for each theme."""
LONGEST = 1500
"""Characters of a summary that somebody edited."""
ORIGIN = "discussion.digest"


@dataclass(frozen=True)
class Spoken:
    """A voice that counts."""

    id: int
    member_id: int
    name: str
    text: str
    likes: int


@dataclass(frozen=True)
class Participation:
    """Who took part. ``due`` leaves out those on leave, the exempt and who doesn't want to be counted, unless they
    spoke; ``aside`` says how many were left out, and why."""

    voices: int
    speakers: tuple[str, ...]
    due: int
    aside: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Material:
    """All that a summary is made of, read in one go."""

    discussion: Discussion
    spoken: tuple[Spoken, ...]
    participation: Participation
    names: frozenset[str]
    quotes: bool
    signed: bool
    warn: tuple[str, ...]


@dataclass(frozen=True)
class Theme:
    """``quotes`` are (name, words); the name is empty where the branch doesn't want it."""

    words: tuple[str, ...]
    count: int
    quotes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Summary:
    """What the propagandist sees: the text, and the data of the word cloud. ``quotes`` are (id of a voice, its words
    in the text)."""

    text: str
    cloud: dict[str, Any]
    quotes: tuple[tuple[int, str], ...]


async def gather(uow: UnitOfWork, discussion: Discussion) -> Material:
    """Read what a summary is made of. Raises ``NotFound`` if nothing was said that counts."""
    rows = await repository.voices(uow, discussion.id)
    spoken = tuple(Spoken(v.id, v.member_id, name, v.text, v.likes) for v, name in rows if v.verdict == Verdict.GOOD)
    if not spoken:
        raise NotFound(f"讨论 {discussion.no} 还没有达到字数与原创要求的发言,先请大家说说。")
    readers = await branch.readers(uow, discussion.branch_id, branch.today(uow))
    ids = [one.member_id for one in readers]
    out = await repository.opted_out(uow, ids)
    spoke = {one.member_id for one in spoken}
    silent = [one for one in readers if one.member_id not in spoke and one.member_id not in out]
    exempt = sum(one.exempt for one in silent)
    away = sum(one.on_leave and not one.exempt for one in silent)
    aside = tuple((why, count) for why, count in (("请假", away), ("免学", exempt)) if count)
    due = len(spoke) + len(silent) - exempt - away
    people = tuple(dict.fromkeys(one.name for one in spoken))
    return Material(
        discussion,
        spoken,
        Participation(len(spoken), people, due, aside),
        frozenset(one.name for one in readers) | set(people),
        await branch.setting(uow, discussion.branch_id, "discussion_quotes") == "开",
        await branch.setting(uow, discussion.branch_id, "discussion_quote_names") == "开",
        tuple(one.word for one in await offering.own_words(uow, discussion.branch_id, warn=True)),
    )


async def summarise(material: Material, commands: Collection[str]) -> Summary:
    """Themes and cloud, computed off the event loop; ``commands`` are words that people type to the bot."""
    spoken = material.spoken
    texts, likes = [one.text for one in spoken], [one.likes for one in spoken]
    leave_out = {*material.names, *(word for word in commands if len(word) > 1)}
    digest = await themes.digest(texts, material.discussion.title, leave_out, likes)
    chosen = _chosen(spoken, [theme.texts for theme in digest.themes] if material.quotes else [])
    found = []
    for turn, theme in enumerate(digest.themes):
        quoted = chosen.get(turn, [])
        quotes = tuple((spoken[at].name if material.signed else "", rules.quote(spoken[at].text)) for at in quoted)
        found.append(Theme(theme.words, len(theme.texts), quotes))
    used = [at for quoted in chosen.values() for at in quoted]
    text = views.summary(material.discussion, material.participation, found, digest.besides, digest.left)
    return Summary(
        text, await _cloud(material, digest), tuple((spoken[at].id, rules.quote(spoken[at].text)) for at in used)
    )


def _chosen(spoken: Sequence[Spoken], themes: Sequence[Sequence[int]]) -> dict[int, list[int]]:
    """The voices that are quoted by theme, each once: the theme with the fewest chooses first."""
    chosen: dict[int, list[int]] = {}
    used: set[int] = set()
    for turn in sorted(range(len(themes)), key=lambda turn: len(themes[turn])):
        chosen[turn] = _quoted(spoken, [at for at in themes[turn] if at not in used])
        used.update(chosen[turn])
    return chosen


def _quoted(spoken: Sequence[Spoken], texts: Sequence[int]) -> list[int]:
    """The most telling voices of a theme, of different people."""
    quoted: dict[int, int] = {}
    for at in texts:
        quoted.setdefault(spoken[at].member_id, at)
    return list(quoted.values())[:QUOTED]


async def _cloud(material: Material, digest: Digest) -> dict[str, Any]:
    placed, height = await asyncio.to_thread(wordcloud.layout, digest.words)
    took = material.participation
    return {
        "no": material.discussion.no,
        "title": material.discussion.title,
        "count": f"{len(took.speakers)} 人、{took.voices} 条发言",
        "themes": "  ·  ".join("、".join(theme.words) for theme in digest.themes),
        "height": height,
        "words": [asdict(one) for one in placed],
    }


async def edit(uow: UnitOfWork, actor: Actor, discussion_id: int, text: str) -> str:
    """A summary in the propagandist's own words, kept until it is posted. Raises ``UserError``, ``NotAllowed``."""
    text = text.strip()
    if len(text) > LONGEST:
        raise UserError(f"小结请写在 {LONGEST} 字以内。")
    discussion = await repository.lock(uow, discussion_id)
    await rights.acting(uow, actor, discussion.branch_id, EDITORS)
    discussion.draft = text
    return text


async def is_posted(uow: UnitOfWork, discussion: Discussion) -> bool:
    """Whether the summary is out, nobody has spoken since, and nobody has mended it since."""
    said = [voice.at for voice, _ in await repository.voices(uow, discussion.id)]
    return (
        discussion.posted_at is not None
        and not discussion.draft
        and max(said, default=discussion.posted_at) <= discussion.posted_at
    )


def last_post(discussion: Discussion) -> str | None:
    """When its summary was posted last, as JSON can keep it."""
    return discussion.posted_at.isoformat() if discussion.posted_at is not None else None


async def post(
    uow: UnitOfWork,
    actor: Actor,
    discussion_id: int,
    text: str,
    cloud: dict[str, Any],
    quotes: Collection[tuple[int, str]],
    after: str | None,
) -> int:
    """Send the summary to the groups of the discussion and keep it; how many groups. ``after``: which was the last
    posted (``last_post``) when this one was drafted. Who has taken their words back since isn't quoted. Raises
    ``NotAllowed``, and ``UserError`` if somebody else has posted one since."""
    discussion = await repository.lock(uow, discussion_id)
    actor = await rights.acting(uow, actor, discussion.branch_id, EDITORS)
    if last_post(discussion) != after:
        raise UserError(
            f"讨论 {discussion.no} 的小结刚才已经发到群里了。要再发一份,请先发「小结 {discussion.no}」看看。"
        )
    there = {voice.id for voice, _ in await repository.voices(uow, discussion_id)}
    for voice_id, words in quotes:
        if voice_id not in there:
            text = text.replace(words, rules.UNQUOTED)
    discussion.summary, discussion.draft, discussion.posted_at = text, "", uow.now
    discussion.cloud = json.dumps(cloud, ensure_ascii=False)
    places = await repository.places(uow, discussion.id)
    leaves_at = (await quiet_hours(uow, discussion.branch_id)).shift(uow.now)
    await outbox.enqueue_all(
        uow,
        [
            outbox.Outgoing(
                branch_id=discussion.branch_id,
                target=Target(place.account, "group", place.group_id, place.platform),
                content=views.posted(cloud, text),
                origin=f"{ORIGIN}:{discussion.id}",
                key=f"discussion:{discussion.id}:digest:{uow.now.isoformat()}:{place.group_id}",
                prefix="论",
                not_before=leaves_at,
            )
            for place in places
        ],
    )
    await audit.record(uow, actor, "discussion.post", f"讨论 {discussion.no}")
    return len(places)
