"""Use cases of voices: is a message one, of which discussion, does it count; recalls, edits and reactions.

Only what belongs to a discussion of a member who wants to be counted is ever written down.
"""

from dataclasses import dataclass

from bot.branch import counting
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.telling import private, tell
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound
from bot.delivery import outbox
from bot.discussion import repository, rules, views
from bot.discussion.listening import Listening
from bot.discussion.models import Discussion, State, Voice
from bot.discussion.opening import ORIGIN
from bot.textmining import originality
from bot.textmining.originality import Verdict


@dataclass(frozen=True)
class Said:
    """A message in a group with an open discussion."""

    actor: Actor
    message_id: str
    text: str
    reply_to: str | None


@dataclass(frozen=True)
class Judged:
    """A voice that is ready to be written down."""

    said: Said
    discussion_id: int
    text: str
    verdict: Verdict


async def judge(uow: UnitOfWork, listening: Listening, said: Said) -> Judged | None:
    """Whether a message is a voice, and what the rule says of it; None for everything else."""
    actor, group_id = said.actor, said.actor.group_id
    if actor.member_id is None or group_id is None or await repository.opted_out(uow, [actor.member_id]):
        return None
    discussion_id = await _meant(uow, listening, said, group_id)
    discussion = await uow.session.get(Discussion, discussion_id) if discussion_id is not None else None
    if discussion is None or discussion.state != State.OPEN or discussion.ends_at <= uow.now:
        return None
    return await judge_in(uow, discussion, said)


async def judge_in(uow: UnitOfWork, discussion: Discussion, said: Said) -> Judged:
    """What the rule says of a message that belongs to this discussion."""
    text = rules.without_tag(said.text)[: rules.LONGEST_VOICE]
    others = await repository.texts_of_others(uow, discussion.id, said.message_id, rules.COMPARED)
    verdict = await originality.judged(text, f"{discussion.title}\n{discussion.about}", others)
    return Judged(said, discussion.id, text, verdict)


async def _meant(uow: UnitOfWork, listening: Listening, said: Said, group_id: str) -> int | None:
    platform = said.actor.platform
    windows = listening.windows(platform, group_id)
    open_here = {window.discussion_id for window in windows}
    if said.reply_to is not None:
        answered = await _answered(uow, platform, group_id, said.reply_to)
        if answered in open_here:
            return answered
        listening.elsewhere(platform, group_id, said.reply_to)
    if (tagged := listening.by_tag(platform, group_id, said.text)) is not None:
        return tagged.discussion_id
    return next((window.discussion_id for window in reversed(windows) if window.whole), None)


async def _answered(uow: UnitOfWork, platform: str, group_id: str, message_id: str) -> int | None:
    """The discussion to which the message that is replied to belongs: its card, or a voice in it."""
    origin = await outbox.origin_of(uow, platform, group_id, message_id)
    if (found := outbox.id_in(origin, ORIGIN)) is not None:
        return found
    voice = await repository.voice_at(uow, platform, group_id, message_id) if origin is None else None
    return voice.discussion_id if voice is not None else None


async def keep(uow: UnitOfWork, judged: Judged) -> None:
    """Write a voice down, if its discussion hasn't ended and its author isn't out of all of them meanwhile. Who falls
    short of the rule is told why, privately and once a discussion."""
    actor = judged.said.actor
    await counting.stay(uow, [actor.myself])
    if await repository.opted_out(uow, [actor.myself]) or not await repository.is_open(uow, judged.discussion_id):
        return
    await repository.put_voice(
        uow,
        {
            "discussion_id": judged.discussion_id,
            "member_id": actor.member_id,
            "platform": actor.platform,
            "group_id": actor.group_id,
            "message_id": judged.said.message_id,
            "text": judged.text,
            "verdict": judged.verdict.value,
            "likes": 0,
            "at": uow.now,
        },
    )
    if judged.verdict is not Verdict.GOOD:
        await _explain(uow, judged)


async def _explain(uow: UnitOfWork, judged: Judged) -> None:
    actor = judged.said.actor
    discussion = await uow.session.get_one(Discussion, judged.discussion_id)
    people = await branch.readers(uow, discussion.branch_id, branch.today(uow))
    account = next((one.account for one in people if one.member_id == actor.member_id), None)
    if account is not None:
        text = views.not_counted(discussion, originality.WHY[judged.verdict])
        key = f"discussion:{discussion.id}:why:{actor.member_id}"
        target = private(account, actor.account)
        await tell(uow, discussion.branch_id, target, text, key, f"{ORIGIN}:{discussion.id}")


async def recall(uow: UnitOfWork, platform: str, group_id: str, message_id: str) -> bool:
    """A message was recalled: its words are forgotten, also where they were quoted. False if it was no voice."""
    voice = await repository.voice_at(uow, platform, group_id, message_id)
    if voice is None:
        return False
    await repository.unquote(uow, [voice])
    voice.recalled_at, voice.text = uow.now, ""
    return True


async def like(uow: UnitOfWork, platform: str, group_id: str, message_id: str, by: int) -> None:
    """A reaction on a voice was put (1) or taken away (-1)."""
    voice = await repository.voice_at(uow, platform, group_id, message_id)
    if voice is not None:
        await repository.change_likes(uow, voice.id, by)


async def mine(uow: UnitOfWork, actor: Actor) -> tuple[Discussion, list[Voice]]:
    """The speaker's own voices in the newest discussion. Raises ``NotFound``."""
    newest = await repository.newest(uow, actor.branch, 1)
    if not newest or actor.member_id is None:
        raise NotFound("还没有讨论。")
    return newest[0], [voice for voice, _ in await repository.voices(uow, newest[0].id) if _by(voice, actor)]


def _by(voice: Voice, actor: Actor) -> bool:
    return voice.member_id == actor.member_id
