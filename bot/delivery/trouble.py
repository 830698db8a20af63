"""What people must hear about delivery, and how it is passed on without endangering delivery itself."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.core.db import UnitOfWork
from bot.delivery.models import OutboxRow, State
from bot.delivery.transport import Target

log = logging.getLogger("xueban.delivery")


class TroubleKind(StrEnum):
    NEEDS_HUMAN = "needs_human"  # nobody can tell whether it arrived, or the platform won't take it
    REMOVED = "removed"  # the account is no longer in the group; the target is held
    MUTED = "muted"  # waits for the unmute
    UNREADABLE = "unreadable"  # this version of the program can't read the message; it never left
    EXPIRED = "expired"
    CIRCUIT = "circuit"  # an account gets no answers; its messages wait
    OFFLINE = "offline"  # an account is logged out or away


@dataclass(frozen=True)
class Trouble:
    """One thing to be told. ``reason`` is Chinese for people. For CIRCUIT and OFFLINE only the account is known, the
    rest is empty and ``branch_id`` None: the operator's business."""

    kind: TroubleKind
    reason: str
    platform: str
    account: str
    branch_id: int | None = None
    target_kind: str = ""
    target_id: str = ""
    reference: str = ""
    origin: str = ""
    key: str = ""
    state: str = ""

    @classmethod
    def of(cls, row: OutboxRow, kind: TroubleKind, reason: str) -> "Trouble":
        return cls(
            kind, reason, row.platform, row.account, row.branch_id, row.target_kind, row.target_id, row.reference,
            row.origin, row.key, State(row.state).value,
        )  # fmt: skip

    @property
    def target(self) -> Target | None:
        if not self.target_id:
            return None
        return Target(
            self.account, "group" if self.target_kind == "group" else "private", self.target_id, self.platform
        )


OnTrouble = Callable[[UnitOfWork, Trouble], Awaitable[object]]
OnRemoved = Callable[[UnitOfWork, Target, str], Awaitable[object]]


class Herald:
    """Passes troubles on inside the unit of work that found them. A callback that fails is logged and undone alone.

    A message whose origin starts with ``trouble`` is itself such a notice and raises no further one.
    """

    def __init__(self, on_trouble: OnTrouble | None, on_removed: OnRemoved | None) -> None:
        self._on_trouble = on_trouble
        self._on_removed = on_removed

    async def tell(self, uow: UnitOfWork, trouble: Trouble) -> None:
        log.warning("%s: account %s %s", trouble.kind.value, trouble.account, trouble.reference)
        if self._on_trouble is None or trouble.origin.startswith("trouble"):
            return
        try:
            async with uow.session.begin_nested():
                await self._on_trouble(uow, trouble)
        except Exception:
            log.exception("could not tell anybody about %s", trouble.reference or trouble.account)

    async def removed(self, uow: UnitOfWork, target: Target, reason: str) -> None:
        """Pass on why nothing is sent to a target any more; an empty ``reason``: it is written to again."""
        if self._on_removed is None:
            return
        try:
            async with uow.session.begin_nested():
                await self._on_removed(uow, target, reason)
        except Exception:
            log.exception("could not note the pause of %s %s", target.kind, target.id)
