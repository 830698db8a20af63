"""What a propagandist wants to make public, as it is asked for: read from their words, kept while they look at it."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from bot.core.errors import UserError
from bot.notice import categories, rules
from bot.notice.models import Pin, Scope
from bot.notice.rules import Wording
from bot.scheduling.moments import parse
from bot.scheduling.words import Unreadable

_BELOW = re.compile(r"(?:全体下级|到下级)(?=\s|$)")
_EVERYBODY = re.compile(r"@?全体(?:成员)?(?=\s|$)")
_PINNED = re.compile(r"(?:(?P<essence>设?精华)|群公告)(?=\s|$)")
_LATER = re.compile(r"(?:定时|预约)(?=\s|$|[\d今明后下本每周星])")


class Wish(BaseModel):
    """A notice that isn't stored yet. ``files`` are (SHA-256, name)."""

    model_config = ConfigDict(frozen=True)

    text: str
    category: str = ""
    pictures: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    mention_all: bool = False
    pin: Pin = Pin.NONE
    below: bool = False
    at: datetime | None = None

    @classmethod
    def read(cls, words: str, now: datetime) -> Self:
        """「定时 明天8点 到下级 全体 精华 周五开会」: how, in any order, and then what. Raises ``UserError``."""
        found: dict[str, object] = {}
        while True:
            words = words.strip()
            if match := _BELOW.match(words):
                found["below"] = True
            elif match := _EVERYBODY.match(words):
                found["mention_all"] = True
            elif match := _PINNED.match(words):
                found["pin"] = Pin.ESSENCE if match["essence"] else Pin.BOARD
            elif match := _LATER.match(words):
                found["at"], words = _moment(words[match.end() :], now)
                continue
            else:
                return cls.model_validate(found | {"text": words})
            words = words[match.end() :]

    def about(self, words: Collection[str]) -> Self:
        """With the category that these words of the text make likely."""
        return self.model_copy(update={"category": categories.guess(words)})

    @property
    def wording(self) -> Wording:
        return Wording(
            rules.check_text(self.text), self.category, self.pictures, self.files, self.mention_all, self.pin
        )

    @property
    def scope(self) -> Scope:
        return Scope.BELOW if self.below else Scope.OWN


def _moment(text: str, now: datetime) -> tuple[datetime, str]:
    """The moment at the beginning, and the rest."""
    words = list(re.finditer(r"\S+", text.strip().split("\n", 1)[0]))[:4]
    for last in reversed(words):
        try:
            return parse(text.strip()[: last.end()], now), text.strip()[last.end() :]
        except Unreadable:
            continue
    raise UserError("请写清什么时候公开,比如:公告 定时 明天8点 周五下午开会,收到请回复")
