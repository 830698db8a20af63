"""What people receive, as data: it can be stored in the outbox, rendered later, and shown on any platform.

People's text is only ever data in here: nothing in it is read as CQ code, markup or a formula.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Text(_Part):
    type: Literal["text"] = "text"
    text: str


class Mention(_Part):
    """@ somebody by platform user id; ``name`` is what is shown where @ is impossible."""

    type: Literal["mention"] = "mention"
    user_id: str
    name: str = ""


class MentionAll(_Part):
    """@全体成员; falls back to the words where it isn't allowed or the quota is used up."""

    type: Literal["mention_all"] = "mention_all"


class Picture(_Part):
    """A picture kept under the media folder by its SHA-256; ``alt`` is read where it can't be shown."""

    type: Literal["picture"] = "picture"
    sha256: str
    alt: str = ""


class Attachment(_Part):
    """A file kept under the media folder by its SHA-256."""

    type: Literal["attachment"] = "attachment"
    sha256: str
    name: str


class Card(_Part):
    """A picture drawn from data when it is sent. ``alt`` takes its place if it can't be drawn or sent."""

    type: Literal["card"] = "card"
    template: str
    data: dict[str, object]
    alt: str


class Forward(_Part):
    """A merged forward of several pages: long text to read without leaving the chat. Falls back to plain text."""

    type: Literal["forward"] = "forward"
    title: str
    pages: tuple[str, ...]


Part = Annotated[Text | Mention | MentionAll | Picture | Attachment | Card | Forward, Field(discriminator="type")]


class Content(BaseModel):
    """One message. ``Content.model_dump_json`` and ``model_validate_json`` carry it through the database."""

    model_config = ConfigDict(frozen=True)

    parts: tuple[Part, ...]

    @classmethod
    def of(cls, *parts: Part | str) -> Content:
        return cls(parts=tuple(Text(text=part) if isinstance(part, str) else part for part in parts))

    def __add__(self, other: Content) -> Content:
        return Content(parts=self.parts + other.parts)

    @property
    def plain(self) -> str:
        """The message as a person would read it without pictures."""
        out = []
        for part in self.parts:
            match part:
                case Text():
                    out.append(part.text)
                case Mention():
                    out.append(f"@{part.name or part.user_id} ")
                case MentionAll():
                    out.append("@全体成员 ")
                case Picture() | Card():
                    out.append(part.alt)
                case Attachment():
                    out.append(f"[文件 {part.name}]")
                case Forward():
                    out.append("\n".join((part.title, *part.pages)))
        return "\n".join(text for text in out if text)
