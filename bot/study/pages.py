"""The links of reading pages: one to a material for the whole group, and one that is somebody's own.

Both are signed and run out. Who has a link sees its material and nothing else. Without a public address there is none.
"""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from bot.core.errors import UserError
from bot.core.signing import Links, sign, unsign
from bot.study.models import Assignment, Proof

AFTER_DUE = timedelta(days=30)
"""How long the link of a push is good after the reading was due: for those who catch up."""
PERSONAL = timedelta(days=7)
NOT_HERE = "还没有设置阅读页的网址,不能凭阅读页完成。请管理员设置 XUEBAN__PUBLIC_URL,或换一种完成方式。"
_LINK, _VISIT = b"R", b"V"
_LINK_FORM, _VISIT_FORM = struct.Struct(">cIII"), struct.Struct(">cIII6s")


@dataclass(frozen=True)
class Link:
    """What a link is to: a reading, for anybody or (``member_id``) for one person."""

    assignment_id: int
    member_id: int | None
    expires_at: datetime


@dataclass(frozen=True)
class Opened:
    """A page as it was opened once."""

    assignment_id: int
    member_id: int | None
    at: datetime
    nonce: str


class Pages:
    """``base`` is the address under which people reach us; without one nothing is signed."""

    def __init__(self, base: str = "", key: bytes = b"") -> None:
        self.links, self._key = Links(base, key), key

    def __bool__(self) -> bool:
        return bool(self.links)

    def check(self, proof: Proof) -> None:
        """Raises ``UserError`` where readings couldn't be completed so for want of pages."""
        if proof == Proof.PAGE and not self:
            raise UserError(NOT_HERE)

    def of_push(self, assignment: Assignment) -> str:
        """The link for everybody, to stand in the group; empty where there are no pages."""
        return self._link(assignment.id, 0, assignment.due_at + AFTER_DUE)

    def of_member(self, assignment: Assignment, member_id: int, now: datetime) -> str:
        """The link that completes by itself, to be sent in private only; empty where there are no pages."""
        return self._link(assignment.id, member_id, now + PERSONAL)

    def _link(self, assignment_id: int, member_id: int, expires_at: datetime) -> str:
        return self.links.to(_LINK_FORM.pack(_LINK, assignment_id, member_id, int(expires_at.timestamp())))

    def read(self, token: str) -> Link | None:
        """What the last part of a link says; None if it isn't one of ours. It may have run out."""
        value = self.links.read(token)
        if value is None or len(value) != _LINK_FORM.size or not value.startswith(_LINK):
            return None
        _, assignment_id, member_id, expires = _LINK_FORM.unpack(value)
        return Link(assignment_id, member_id or None, datetime.fromtimestamp(expires, UTC))

    def open(self, link: Link, now: datetime) -> str:
        """What a page holds of its visit."""
        seconds, nonce = int(now.timestamp()), bytes.fromhex(token_hex(6))
        return sign(self._key, _VISIT_FORM.pack(_VISIT, link.assignment_id, link.member_id or 0, seconds, nonce))

    def opened(self, token: str, link: Link) -> Opened | None:
        """The visit that a page of this link holds; None if it isn't one."""
        value = unsign(self._key, token)
        if value is None or len(value) != _VISIT_FORM.size or not value.startswith(_VISIT):
            return None
        _, assignment_id, member_id, seconds, nonce = _VISIT_FORM.unpack(value)
        if (assignment_id, member_id or None) != (link.assignment_id, link.member_id):
            return None
        return Opened(assignment_id, member_id or None, datetime.fromtimestamp(seconds, UTC), nonce.hex())


NO_PAGES = Pages()
