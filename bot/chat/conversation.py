"""Questions and their answers: 「确认」/「取消」, a number, a file, the next step of a guided set-up."""

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Delete, delete, or_, select

from bot.chat.call import Ask
from bot.chat.models import Question
from bot.chat.scene import Asked, Scene
from bot.core.db import Database, UnitOfWork, delete_some, upsert
from bot.core.errors import DatabaseBusy

Key = tuple[str, str, str, str]
CANCEL = "取消"
_KEY = ("platform", "account", "scene", "user_id")

SUGGESTED_FOR = timedelta(minutes=2)
_QUOTED = re.compile(r"「/?([^\s」<]{1,12})")
_NUMBERED = re.compile(r"(?:第|学习|公告|会议|选)? ?([0-9]{1,6}) ?(?:[篇个条号项])?")
"""How people write a number that they are asked for."""
_SAME = {"确定": "确认", "确认发布": "确认", "是的": "确认", "算了": "取消", "不用了": "取消"}
_SAME |= dict.fromkeys(("都学完了", "都学了", "全学完了", "都看完了", "都是", "两篇都学完了"), "全部")


def key_of(scene: Scene) -> Key:
    return (scene.platform, scene.account, scene.key, scene.user_id)


class Conversations:
    """The open questions; also held in memory, so that recognising an answer costs no query."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._open: dict[Key, Asked] = {}
        self._suggested: dict[Key, tuple[frozenset[str], datetime]] = {}

    async def load(self, account: str | None = None) -> None:
        """Read what is open in the database: after a restart, or of an account that comes here from another process.
        What was asked here while it was elsewhere, or answered there, isn't open any more."""
        before = {key: asked for key, asked in self._open.items() if account in (None, key[1])}
        async with self._database.reading() as uow:
            wanted = select(Question).where(Question.expires_at > uow.now)
            if account is not None:
                wanted = wanted.where(Question.account == account)
            found = {
                (row.platform, row.account, row.scene, row.user_id): Asked(
                    row.then, tuple(json.loads(row.choices)), row.expires_at
                )
                for row in await uow.session.scalars(wanted)
            }
        for key in before.keys() | found.keys():
            if self._open.get(key) != before.get(key):
                continue  # asked or answered meanwhile
            if key in found:
                self._open[key] = found[key]
            else:
                del self._open[key]

    def suggest(self, scene: Scene, answer: str) -> None:
        """Remember for a while which commands an answer in a group told this person to type (「催学 7」): these needn't
        be addressed to the bot again."""
        words = frozenset(_QUOTED.findall(answer))
        if words and scene.group_id is not None:
            now = self._database.clock.now()
            self._suggested = {key: kept for key, kept in self._suggested.items() if kept[1] > now}
            self._suggested[key_of(scene)] = words, now + SUGGESTED_FOR

    def suggested(self, scene: Scene) -> frozenset[str]:
        """The first words of the commands that this person was told to type here."""
        if not self._suggested:
            return frozenset()
        words, until = self._suggested.get(key_of(scene), (frozenset(), None))
        return words if until is not None and until > self._database.clock.now() else frozenset()

    def asked(self, scene: Scene) -> Asked | None:
        """The question that this person is being asked here."""
        if not self._open:
            return None
        key = key_of(scene)
        found = self._open.get(key)
        if found is not None and found.expires_at <= self._database.clock.now():
            del self._open[key]
            return None
        return found

    @property
    def any_open(self) -> bool:
        """Whether ``concerns`` can be true of anybody."""
        return bool(self._open or self._suggested)

    def concerns(self, scene: Scene) -> bool:
        """Whether what this person says here may be meant for the bot whatever it is."""
        return self.asked(scene) is not None or bool(self.suggested(scene))

    def answers(self, scene: Scene, text: str) -> str | None:
        """The answer that ``text`` is to the open question of this person here; None if it is none."""
        found = self.asked(scene)
        if found is None or not text:
            return None
        text = _SAME.get(text, text)
        if found.wants_number and (numbered := _NUMBERED.fullmatch(text)):
            text = numbered[1]
        return text if not found.choices or text in found.choices or text == CANCEL else None

    async def ask(self, scene: Scene, ask: Ask) -> None:
        """Open a question; on disk before it is said."""
        async with self._database.unit_of_work() as uow:
            expires_at = uow.now + timedelta(minutes=ask.minutes)
            question = {
                "then": ask.then,
                "payload": json.dumps(ask.payload, ensure_ascii=False),
                "choices": json.dumps(ask.choices, ensure_ascii=False),
                "expires_at": expires_at,
            }
            statement = upsert(uow.session, Question).values(dict(zip(_KEY, key_of(scene), strict=True)) | question)
            await uow.session.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=question))
        self._open[key_of(scene)] = Asked(ask.then, ask.choices, expires_at)

    async def take(self, scene: Scene, asked: Asked) -> dict[str, object] | None:
        """Close the question that this person was ``asked`` here; its payload, once: a second answer finds none, nor
        does one that was given before something else was asked."""
        key = key_of(scene)
        known = self._open.pop(key) if self._open.get(key) == asked else None
        this = (Question.then == asked.then, Question.expires_at == asked.expires_at)
        try:
            async with self._database.unit_of_work() as uow:
                found = (await uow.session.scalars(_mine(scene).where(*this).returning(Question.payload))).first()
        except DatabaseBusy:
            if known is not None:  # it is still open: said again, it is answered
                self._open.setdefault(key, known)
            raise
        return None if found is None else json.loads(found)

    async def forget(self, uow: UnitOfWork, name: str, user_id: str) -> None:
        """Drop every question to this account or that holds this name or account: it asks once more if need be."""
        of_theirs = or_(*(Question.payload.contains(word, autoescape=True) for word in (name, f'"{user_id}"')))
        await uow.session.execute(delete(Question).where(or_(Question.user_id == user_id, of_theirs)))


def _mine(scene: Scene) -> Delete:
    platform, account, place, user_id = key_of(scene)
    return delete(Question).where(
        Question.platform == platform,
        Question.account == account,
        Question.scene == place,
        Question.user_id == user_id,
    )


async def files(uow: UnitOfWork) -> Sequence[str]:
    """What may name the pictures and files of what is being asked about."""
    return (await uow.session.scalars(select(Question.payload).where(Question.expires_at > uow.now))).all()


async def let_go(uow: UnitOfWork, before: datetime) -> int:
    """Questions that nobody has answered since before then."""
    return await delete_some(uow.session, Question, Question.expires_at < before)
