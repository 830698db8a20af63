"""A second door beside the platform's, for what an operator must hear while the platform itself is gone.

Its messages wait in the outbox like all others, for an account that is always there. Saying one twice does no harm, so
one whose fate is unknown is simply said again.
"""

from datetime import datetime

import httpx

from bot.delivery.transport import Absent, Found, NoHistory, NotSent, Refusal, Refused, Target, Transport, Unknown
from bot.rendering.content import Content

WEBHOOK = "webhook"
OPERATORS = Target(WEBHOOK, "private", "operators", WEBHOOK)


class WithWebhook:
    """``inner`` and the address ``url``, to which what is meant for ``OPERATORS`` is posted as robots of 企业微信 and
    钉钉 read it: ``{"msgtype": "text", "text": {"content": …}}``. ``http`` is for tests."""

    def __init__(self, inner: Transport, url: str, http: httpx.AsyncBaseTransport | None = None) -> None:
        self._inner = inner
        self._url = url
        self._client = httpx.AsyncClient(trust_env=False, transport=http)

    def online_accounts(self) -> frozenset[str]:
        return self._inner.online_accounts() | {WEBHOOK}

    async def send(self, target: Target, content: Content, timeout: float) -> str:
        if target.platform != WEBHOOK:
            return await self._inner.send(target, content, timeout)
        body = {"msgtype": "text", "text": {"content": content.plain}}
        try:
            answer = await self._client.post(self._url, json=body, timeout=timeout)
        except httpx.ConnectError as error:
            raise NotSent(type(error).__name__) from error
        except httpx.InvalidURL as error:
            raise Refused(Refusal.INVALID, "XUEBAN__ALERT_WEBHOOK 不是网址") from error
        except httpx.HTTPError as error:
            raise Unknown(type(error).__name__) from error
        if answer.is_client_error:
            raise Refused(Refusal.INVALID, f"webhook {answer.status_code}")
        if not answer.is_success:
            raise Unknown(f"webhook {answer.status_code}")
        return "-"

    async def find(self, target: Target, reference: str, since: datetime) -> Found | Absent | NoHistory:
        return Absent() if target.platform == WEBHOOK else await self._inner.find(target, reference, since)

    async def may_write(self, target: Target) -> bool:
        return target.platform == WEBHOOK or await self._inner.may_write(target)

    async def recall(self, target: Target, message_id: str) -> bool:
        return target.platform != WEBHOOK and await self._inner.recall(target, message_id)

    async def pin(self, target: Target, message_id: str, how: str, text: str) -> bool:
        return target.platform != WEBHOOK and await self._inner.pin(target, message_id, how, text)
