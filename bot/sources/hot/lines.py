"""A text file: a topic a line, numbers, bullets and a link at the end taken off."""

import re

from bot.sources.hot.topic import LONGEST, Topic, link, listed, plain
from bot.sources.plain import decode

_NUMBER = re.compile(r"^\s*(?:[-*•·]|[((]?\d{1,3}\s*[.、)):: ])\s*")
_LINK = re.compile(r"[\s,,\t]*(https?://\S+)\s*$")


def parse(body: bytes) -> list[Topic]:
    """Raises ``BadShape``, or ``UserError`` for what is no text."""
    found = []
    for line in decode(body).splitlines():
        address = _LINK.search(line)
        title = _NUMBER.sub("", line[: address.start()] if address else line)
        found.append(Topic(plain(title, LONGEST), link(address[1]) if address else ""))
    return listed(found)
