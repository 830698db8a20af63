"""Who is speaking, resolved from our own tables: never from a group card, a nickname or a group-admin flag."""

from dataclasses import dataclass, field

from bot.branch.models import Role
from bot.core.errors import NotAllowed, UserError

LEADERS = frozenset({Role.SECRETARY, Role.DEPUTY})
EDITORS = LEADERS | {Role.PROPAGANDIST}
COMMITTEE = EDITORS | {Role.ORGANISER, Role.DISCIPLINE}


@dataclass(frozen=True)
class Speaker:
    """An account that says something, in the group ``group_id`` or (None) in private, to the bot's ``account``."""

    platform: str
    account: str
    user_id: str
    group_id: str | None = None
    display_name: str = ""


@dataclass(frozen=True)
class Actor:
    """A person in a scene. ``branch_id`` is the branch in whose name they speak; ``roles`` are theirs *there*,
    those inherited from branches above included. ``group_id`` is None in a private chat. ``is_guest``: on the roster of
    another branch, without a say in this one."""

    platform: str
    account: str
    user_id: str
    display_name: str = ""
    group_id: str | None = None
    branch_id: int | None = None
    member_id: int | None = None
    member_name: str = ""
    roles: frozenset[Role] = field(default_factory=frozenset)
    is_superuser: bool = False
    is_guest: bool = False

    @property
    def name(self) -> str:
        return self.member_name or self.display_name or self.user_id

    @property
    def reference(self) -> str:
        """How the audit log names this person."""
        return f"member:{self.member_id}" if self.member_id is not None else f"{self.platform}:{self.user_id}"

    def may(self, roles: frozenset[Role]) -> bool:
        return self.is_superuser or bool(self.roles & roles)

    @property
    def myself(self) -> int:
        """The speaker's own number on the roster. Raises ``UserError`` for somebody who isn't on it: a superuser may be
        nobody's member."""
        if self.member_id is None:
            raise UserError("您还没有绑定到名册。请先发「绑定 您的姓名」。")
        return self.member_id

    @property
    def branch(self) -> int:
        """The branch, for use cases that need one. Raises ``NotAllowed`` where there is none."""
        if self.branch_id is None:
            raise NotAllowed("这里还没有绑定支部。请管理员先发「/开始」。")
        return self.branch_id
