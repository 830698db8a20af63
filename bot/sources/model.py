"""An OpenAI-compatible model, where the operator has set one: it may propose questions, to discuss about a topic or to
be answered from a text.

Off by default. Only the topic and what its source says of it, or the text of the material, are sent, nothing that
anybody said. Whatever goes wrong, there is no answer, and who asked goes on without.
"""

import json
import logging
import re
from typing import Any

import httpx

from bot.core.settings import ModelSettings
from bot.sources.fetcher import AGENT, authorities

log = logging.getLogger("xueban.model")

LIMIT = 64 * 1024
"""Bytes of an answer that are read."""
_ASK = (
    "你为基层党支部的群聊讨论出题。针对下面的话题写两个讨论问题,贴近生活和岗位,不引战、不预设结论、不点名,"
    "每个 12 到 40 个汉字,各占一行,以问号结尾,不写别的。"
)
LONGEST = 8000
"""Characters of a text that are sent."""
_DRAFT = (
    "你为党员学习出题。只依据给出的材料,出不超过 8 道题,考数字、时限、主体、程序和专门提法,不考修辞和感想。"
    "只输出一个 JSON 数组,每项的键:type(单选、多选、判断、填空)、question(填空处写 ____)、options(选项文字的数组,"
    "判断和填空为空数组)、answer(字母、对或错、填空的内容)、evidence(从材料里逐字抄下的一句原文)。不写别的。"
)
_QUESTION = re.compile(r"[^\x00-\x1f<>{}\[\]]{8,60}[?\uff1f]")
_NUMBER = re.compile(r"^\s*(?:[-*•]|\d{1,2}\s*[.、)\uff09:\uff1a]|问[一二\d]?\s*[:\uff1a])\s*")


class Model:
    """One a process. ``transport`` is for tests."""

    def __init__(self, settings: ModelSettings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._settings = settings
        self._client = httpx.AsyncClient(
            verify=authorities(),
            trust_env=False,
            timeout=settings.timeout,
            headers={"User-Agent": AGENT},
            transport=transport,
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
            return _questions(await self._ask(_ASK, f"话题:{title}\n说明:{about or '无'}"))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError) as error:
            log.warning("the model gave no questions (%s)", type(error).__name__)
            return ()

    async def drafts(self, title: str, text: str) -> tuple[dict[str, Any], ...]:
        """What the model proposes to ask about a text, as it says it: nobody has to believe any of it. Never raises."""
        if not self.is_on:
            return ()
        try:
            said = await self._ask(_DRAFT, f"《{title}》\n{text[:LONGEST]}", 2000)
            found = json.loads(said[said.index("[") : said.rindex("]") + 1])
            return tuple(item for item in found if isinstance(item, dict))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError, RecursionError) as error:
            log.warning("the model gave no drafts (%s)", type(error).__name__)
            return ()

    async def _ask(self, task: str, text: str, longest: int = 300) -> str:
        messages = [{"role": "system", "content": task}, {"role": "user", "content": text}]
        headers = {"Authorization": f"Bearer {self._settings.key}"} if self._settings.key else {}
        url = f"{self._settings.url.rstrip('/')}/chat/completions"
        body = {"model": self._settings.name, "messages": messages, "temperature": 0.7, "max_tokens": longest}
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
