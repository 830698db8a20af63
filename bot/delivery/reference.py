"""The short visible reference 〔学1124-07〕: how a message is recognised again when nothing else is left to go by.

Message ids aren't known when the answer is lost, and the platform's own keys don't last; a reference in the text does.
One piece of content may take several messages on the wire (a merged forward and a file travel alone); each has a
reference of its own, so that each can be looked for by itself.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.core.clock import to_local
from bot.rendering.content import Attachment, Content, Forward, Mention, MentionAll, Part, Text

_MARK = re.compile(r"〔(\S{1,4}?\d{4}-\d{2,}(?:-\d+)?)〕")


def day_prefix(prefix: str, now: datetime) -> str:
    """``学`` on 24 November (China) → ``学1124``."""
    return f"{prefix}{to_local(now):%m%d}"


def reference(day: str, number: int) -> str:
    return f"{day}-{number:02d}"


def mark(ref: str) -> str:
    """The reference as it stands in the message."""
    return f"〔{ref}〕"


def marks_in(text: str) -> list[str]:
    """The references that a text bears, as they come."""
    return _MARK.findall(text)


def units(content: Content) -> list[Content]:
    """The messages that ``content`` takes, in the order of sending."""
    inline = [part for part in content.parts if not isinstance(part, Forward | Attachment)]
    alone = [Content(parts=(part,)) for part in content.parts if isinstance(part, Forward | Attachment)]
    return [Content(parts=tuple(inline)), *alone] if inline or not alone else alone


def wire_units(content: Content, ref: str) -> list[tuple[str, Content]]:
    """``units``, each with its reference written into it."""
    found = []
    for index, unit in enumerate(units(content)):
        own = ref if index == 0 else f"{ref}-{index + 1}"
        found.append((own, Content(parts=tuple(_signed(unit.parts, own)))))
    return found


def _signed(parts: Sequence[Part], ref: str) -> list[Part]:
    last = parts[-1] if parts else None
    match last:
        case Text():
            return [*parts[:-1], Text(text=f"{last.text}\n{mark(ref)}")]
        case Forward():
            pages = last.pages or ("",)
            return [last.model_copy(update={"pages": (*pages[:-1], f"{pages[-1]}\n{mark(ref)}")})]
        case Attachment():
            stem, dot, ending = last.name.rpartition(".")
            name = f"{stem}{mark(ref)}.{ending}" if dot and stem else f"{last.name}{mark(ref)}"
            return [last.model_copy(update={"name": name})]
        case Mention() | MentionAll():
            return [*parts, Text(text=f"\n{mark(ref)}")]
        case _:
            return [*parts, Text(text=mark(ref))]
