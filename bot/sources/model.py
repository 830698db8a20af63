"""An OpenAI-compatible model, where the operator has set one: it may propose questions about a topic.

Off by default. Only the topic and what its source says of it are sent, nothing that anybody said. Whatever goes wrong,
there is no answer, and who asked goes on without.
"""

import json
import logging
import re

import httpx

from bot.core.settings import ModelSettings
from bot.sources.fetcher import AGENT

log = logging.getLogger("xueban.model")

LIMIT = 64 * 1024
"""Bytes of an answer that are read."""
_ASK = (
    "你为基层党支部的群聊讨论出题。针对下面的话题写两个讨论问题,贴近生活和岗位,不引战、不预设结论、不点名,"
    "每个 12 到 40 个汉字,各占一行,以问号结尾,不写别的。"
)
_QUESTION = re.compile(r"[^\x00-\x1f<>{}\[\]]{8,60}[?\uff1f]")
_NUMBER = re.compile(r"^\s*(?:[-*•]|\d{1,2}\s*[.、)\uff09:\uff1a]|问[一二\d]?\s*[:\uff1a])\s*")


class Model:
    """One a process. ``transport`` is for tests."""

    def __init__(self, settings: ModelSettings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._settings = settings
        self._client = httpx.AsyncClient(
            trust_env=False, timeout=settings.timeout, headers={"User-Agent": AGENT}, transport=transport
        )

    @property
    def is_on(self) -> bool:
        return bool(self._settings.url and self._settings.name)

    async def close(self) -> None:
        await self._client.aclose()

    async def questions(self, title: str, about: str) -> tuple[str, ...]:
        """Two questions about a topic; none if the model is off, too slow, or says anything else. Never raises."""
        if not self.is_on:
            return ()
        try:
            return _questions(await self._ask(f"话题:{title}\n说明:{about or '无'}"))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError) as error:
            log.warning("the model gave no questions (%s)", type(error).__name__)
            return ()

    async def _ask(self, text: str) -> str:
        messages = [{"role": "system", "content": _ASK}, {"role": "user", "content": text}]
        headers = {"Authorization": f"Bearer {self._settings.key}"} if self._settings.key else {}
        url = f"{self._settings.url.rstrip('/')}/chat/completions"
        body = {"model": self._settings.name, "messages": messages, "temperature": 0.7, "max_tokens": 300}
        async with self._client.stream("POST", url, json=body, headers=headers) as response:
            response.raise_for_status()
            data = bytearray()
            async for chunk in response.aiter_bytes():
                data += chunk
                if len(data) > LIMIT:
                    raise ValueError("endless")
        return str(json.loads(bytes(data))["choices"][0]["message"]["content"])


def _questions(answer: str) -> tuple[str, ...]:
    lines = (_NUMBER.sub("", line).strip() for line in answer.splitlines())
    found = [line for line in lines if _QUESTION.fullmatch(line)]
    return tuple(found[:2]) if len(found) >= 2 else ()
