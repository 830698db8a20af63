"""The desk at which every routed message is served: who is it, may they, run the handler, give the answer back.

Only here do errors meet people: a ``UserError`` is said as it is, a busy database asks to try again, a defect is logged
without the message's text and answered with an apology. By then nothing has been changed.
"""

import logging
from collections.abc import Awaitable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

from bot.branch import audit
from bot.branch import service as branch
from bot.branch.actor import Actor, Speaker
from bot.chat import access
from bot.chat.acknowledge import Collector, line
from bot.chat.call import Acknowledge, Ask, Call, Incoming, IncomingFile, Reply, Say
from bot.chat.commands import Who
from bot.chat.conversation import CANCEL, Conversations
from bot.chat.scene import Routed, Scene
from bot.core import measures
from bot.core.batch import Batch
from bot.core.errors import DatabaseBusy, NotAllowed, UserError
from bot.core.limits import RateLimit
from bot.delivery.reference import units
from bot.delivery.transport import NotSent, Refused, Target, Transport, Unknown
from bot.rendering.content import Content, Mention

if TYPE_CHECKING:
    from bot.app import App

log = logging.getLogger("xueban.chat")

_ANSWERS = measures.durations("answer", "from the desk to the answer of a message, by plugin", "plugin")

BUSY = "刚才那句没有记下来:数据正忙,请过一会儿再发一次。"
DEFECT = "出了点问题,刚才的操作没有生效,已经记下来请管理员看。"
AS_ABOVE = "上面这个问题,也请您回复一个编号。"
ACK_EMOJI = "124"
"""QQ's OK sign."""


class Platform(Protocol):
    """What the desk needs of the platform beyond sending. Implemented by ``bot.chat.onebot``."""

    async def react(self, scene: Scene, message_id: str, emoji_id: str) -> bool:
        """Put an emoji on a message; False where the platform has none."""
        ...

    async def download(self, account: str, group_id: str | None, file: IncomingFile, limit: int) -> bytes: ...

    async def message(self, account: str, message_id: str) -> Incoming:
        """A message of one of our chats. Raises ``UserError`` if it can't be had."""
        ...

    async def forwarded(self, account: str, forward_id: str) -> list[str]:
        """The texts in a merged forward, in order. Raises ``UserError`` if it can't be opened."""
        ...

    async def group_members(self, account: str, group_id: str) -> list[tuple[str, str, str, bool]]: ...


class Desk:
    """One a process. ``app`` is handed on to handlers."""

    def __init__(self, app: "App", conversations: Conversations, transport: Transport, platform: Platform) -> None:
        self._app = app
        self._conversations = conversations
        self._transport = transport
        self._platform = platform
        self._limit = RateLimit()
        self._actors = Batch(self._resolve)
        self._collector = Collector[str](app.settings.xueban.quiet_ack)
        self._askers = Collector[Scene](app.settings.xueban.quiet_ack)
        self._standing: dict[tuple[str, str], datetime] = {}

    async def run(self, routed: Routed) -> None:
        """Serve one message. Never raises: the next message must not suffer."""
        scene = routed.scene
        if not self._limit.allow((scene.platform, scene.user_id)):
            return
        try:
            with _ANSWERS.labels(routed.plugin).time():
                await self._answer(scene, routed, await self._reply(routed))
        except (Refused, NotSent, Unknown) as error:
            log.warning("answer to %s not delivered: %s", routed.plugin, type(error).__name__)
        except DatabaseBusy:
            log.warning("database busy, question of %s not asked", routed.plugin)
        except Exception as error:
            log.exception("defect in the answer of %s (%s)", routed.plugin, type(error).__name__)

    async def _reply(self, routed: Routed) -> Reply:
        try:
            return await self._handle(routed)
        except access.Stranger as error:
            known = routed.scene.group_id is not None and await self._known_group(routed.scene)
            return str(error) if known else None
        except UserError as error:
            return str(error)
        except DatabaseBusy:
            log.warning("database busy, %s not done", routed.plugin)
            return BUSY
        except Exception as error:
            log.exception("defect in %s (%s)", routed.plugin, type(error).__name__)
            return DEFECT

    async def _known_group(self, scene: Scene) -> bool:
        return (await self._actor(scene)).branch_id is not None

    async def _actor(self, scene: Scene) -> Actor:
        return await self._actors(
            Speaker(scene.platform, scene.account, scene.user_id, scene.group_id, scene.display_name)
        )

    async def _resolve(self, speakers: list[Speaker]) -> list[Actor | Exception]:
        async with self._app.database.reading() as uow:
            return [*await branch.resolve_actors(uow, speakers, self._app.settings.superusers)]

    async def _handle(self, routed: Routed) -> Reply:
        actor = await self._actor(routed.scene)
        call = Call(self._app, actor, routed.message, routed.word, routed.args, routed.payload)
        if routed.command is not None:
            try:
                access.check(actor, routed.command)
            except (NotAllowed, access.Stranger):
                if routed.command.who not in (Who.ANYONE, Who.MEMBER):
                    await self._refused(actor, routed.command.key)
                raise
        elif routed.answers is not None:
            payload = await self._conversations.take(routed.scene, routed.answers)
            if payload is None:
                return None
            if routed.args == CANCEL:
                return "已取消,什么都没有改动。"
            call.payload = payload
        try:
            return await routed.handler(call)
        except NotAllowed:
            await self._refused(actor, routed.command.key if routed.command else routed.plugin)
            raise

    async def _refused(self, actor: Actor, what: str) -> None:
        async with self._app.database.unit_of_work() as uow:
            await audit.record(uow, actor, "refused", subject=what)

    async def _answer(self, scene: Scene, routed: Routed, reply: Reply) -> None:
        here = Target(
            scene.account, "group" if scene.group_id is not None else "private", scene.group_id or scene.user_id
        )
        match reply:
            case None:
                return
            case str() if reply == BUSY and scene.group_id is not None:
                self._askers.add(scene.key, BUSY, scene, partial(self._mention, here, BUSY))
            case str():
                await self._say(scene, here, Content.of(reply))
            case Say(content=content, privately=privately, here=told):
                if privately and scene.group_id is not None:
                    await self._whisper(scene, here, content, told)
                else:
                    await self._say(scene, here, content)
            case Ask(content=content, privately=privately, here=told):
                asked = scene if not privately else Scene(scene.platform, scene.account, scene.user_id, "", None)
                await self._conversations.ask(asked, reply)
                if privately and scene.group_id is not None:
                    await self._whisper(scene, here, content, told)
                else:
                    await self._put(scene, here, reply)
            case Acknowledge():
                await self._acknowledge(scene, here, routed.message.message_id, reply)

    async def _put(self, scene: Scene, here: Target, ask: Ask) -> None:
        """Ask. What was put in this group in full lately is put to others who are asked the same in one line."""
        if not ask.alike or scene.group_id is None:
            return await self._say(scene, here, ask.content)
        now, key = self._app.clock.now(), (scene.key, ask.content.plain)
        self._standing = {known: until for known, until in self._standing.items() if until > now}
        if key in self._standing:

            async def say(askers: list[Scene]) -> None:
                await self._mention(here, AS_ABOVE, [one for one in askers if self._conversations.asked(one)])

            return self._askers.add(*key, scene, say)
        self._standing[key] = now + timedelta(minutes=ask.minutes)
        try:
            await self._say(scene, here, ask.content)
        except (Refused, NotSent, Unknown):
            self._standing.pop(key, None)
            raise

    async def _mention(self, here: Target, words: str, people: list[Scene]) -> None:
        """One line to all of them, instead of one each."""
        mentions = [
            Mention(user_id=user_id, name=name) for user_id, name in {p.user_id: p.display_name for p in people}.items()
        ]
        if mentions:
            await self._quietly(self._send(here, Content.of(*mentions, words)))

    async def _say(self, scene: Scene, here: Target, content: Content) -> None:
        self._conversations.suggest(scene, content.plain)
        await self._send(here, content)

    async def _whisper(self, scene: Scene, here: Target, content: Content, told: str) -> None:
        try:
            await self._send(Target(scene.account, "private", scene.user_id), content)
        except (Refused, NotSent, Unknown):
            await self._send(here, Content.of("没能私聊到您。请先加我为好友,再发一次。"))
            return
        if told:
            await self._send(here, Content.of(Mention(user_id=scene.user_id, name=scene.display_name), told))

    async def _acknowledge(self, scene: Scene, here: Target, message_id: str, ack: Acknowledge) -> None:
        reacted = await self._platform.react(scene, message_id, ACK_EMOJI)
        if not reacted and (progress := ack.progress) is not None:

            async def say(names: list[str]) -> None:
                await self._quietly(self._send(here, Content.of(line(names, ack.done, await progress()))))

            self._collector.add(scene.key, ack.item, ack.name, say)
        if ack.besides:
            await self._quietly(self._send(Target(scene.account, "private", scene.user_id), Content.of(ack.besides)))

    async def _quietly(self, sending: Awaitable[object]) -> None:
        try:
            await sending
        except (Refused, NotSent, Unknown) as error:
            log.warning("acknowledgement not delivered: %s", type(error).__name__)

    async def _send(self, target: Target, content: Content) -> None:
        for unit in units(content):
            await self._transport.send(target, unit, self._app.settings.xueban.delivery.send_timeout)

    async def download(self, actor: Actor, file: IncomingFile, limit: int) -> bytes:
        """The bytes of a file of this chat. Raises ``UserError`` where it is too large or can't be had."""
        return await self._platform.download(actor.account, actor.group_id, file, limit)

    async def message(self, actor: Actor, message_id: str) -> Incoming:
        """A message of this chat. Raises ``UserError`` if it can't be had."""
        return await self._platform.message(actor.account, message_id)

    async def forwarded(self, actor: Actor, forward_id: str) -> list[str]:
        """The texts in a merged forward. Raises ``UserError``."""
        return await self._platform.forwarded(actor.account, forward_id)

    async def recall(self, target: Target, message_id: str) -> bool:
        """Take a message of ours back on the platform; False where it doesn't allow that any more."""
        return await self._transport.recall(target, message_id)

    async def pin(self, target: Target, message_id: str, how: str, text: str) -> bool:
        """Keep a message of ours in sight in its group; False where the platform doesn't allow that."""
        return await self._transport.pin(target, message_id, how, text)

    async def group_members(self, actor: Actor) -> list[tuple[str, str, str, bool]]:
        """(user id, group card, nickname, is robot) of everybody in the group in which ``actor`` speaks."""
        if actor.group_id is None:
            raise UserError("请在群里发这条命令,我才知道是哪个群。")
        return await self._platform.group_members(actor.account, actor.group_id)
