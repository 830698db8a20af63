"""One message between the mark "about to send" and its result."""

import asyncio
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bot.delivery.repository import Claimed
from bot.delivery.transport import NotSent, Refusal, Refused, Transport, Unknown
from bot.rendering.content import Content

_ECHO_GRACE = 1.0
"""Seconds that the answer may still take once the echo of the message has been seen."""


@dataclass(frozen=True)
class Sent:
    """It arrived and has this platform message id."""

    message_id: str


Outcome = Sent | Refused | NotSent | Unknown


class Flight:
    """Carries one message. It ends by the answer, by the message's own echo, or by the cut of the connection."""

    def __init__(self, claimed: Claimed, transport: Transport, timeout: float) -> None:
        self.claimed = claimed
        self.cut_off = False
        self._transport = transport
        self._timeout = timeout
        self._word: asyncio.Future[Sent | Unknown] = asyncio.get_running_loop().create_future()

    def echo(self, message_id: str) -> None:
        """The platform shows the message: it has arrived, whatever the answer may be."""
        if not self._word.done():
            self._word.set_result(Sent(message_id))

    def cut(self, reason: str) -> None:
        """The connection is gone, and with it the answer."""
        self.cut_off = True
        if not self._word.done():
            self._word.set_result(Unknown(reason))

    async def carry(self) -> Outcome:
        """Send and wait. Whatever isn't a plain refusal or a certain "not sent" is unknown."""
        call = asyncio.create_task(self._send())
        limit = self._timeout * 4 + 60  # the transport keeps its own time; this is for one that doesn't
        ends: set[asyncio.Future[Any]] = {call, self._word}
        try:
            await asyncio.wait(ends, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if not call.done() and self._word.done() and isinstance(self._word.result(), Sent):
                await asyncio.wait({call}, timeout=_ECHO_GRACE)
        finally:
            if not call.done():
                call.cancel()
                call.add_done_callback(lambda task: task.cancelled() or task.exception())
        seen = self._word.result() if self._word.done() else None
        if not call.done() or call.cancelled():
            return seen or Unknown("没有等到回应")
        outcome = _outcome(call)
        return seen if isinstance(outcome, Unknown) and isinstance(seen, Sent) else outcome

    async def _send(self) -> str:
        try:
            content = Content.model_validate_json(self.claimed.content)
        except ValidationError as error:
            raise Refused(Refusal.UNREADABLE, "这一版程序读不出它的内容") from error
        return await self._transport.send(self.claimed.target, content, self._timeout)


def _outcome(call: "asyncio.Task[str]") -> Outcome:
    match call.exception():
        case None:
            return Sent(call.result())
        case (Refused() | NotSent() | Unknown()) as outcome:
            return outcome
        case error:
            return Unknown(f"发送出错:{type(error).__name__}")
