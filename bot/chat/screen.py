"""The first look at every frame: is it for the bot at all?

99 of 100 frames are people's talk. They are dropped here, on the raw dictionary, before an event object, a task or a
query exists; so this module does as little as it can and touches nothing outside its arguments.
"""

from functools import partial
from typing import Any

from bot.branch.names import visible
from bot.chat.call import Incoming, IncomingFile
from bot.chat.commands import Handler
from bot.chat.conversation import CANCEL, Conversations
from bot.chat.scene import Routed, Scene
from bot.chat.table import CommandTable, Match
from bot.chat.text import normalise, squeezed
from bot.discussion.listening import Listening

PLATFORM = "onebot11"
_PREFIXES = "/／"
PASTED = 80
"""Characters from which a text that answers an open question is no command, whatever its first word."""

LONGEST_NAME = 60
"""Characters of a group card that are shown: QQ's own limit is 60 bytes."""


class Screen:
    """Turns a raw OneBot message frame into ``Routed``, or None if it isn't for the bot."""

    def __init__(
        self, table: CommandTable, conversations: Conversations, unknown: Handler, listening: Listening
    ) -> None:
        self._table = table
        self._conversations = conversations
        self._unknown = unknown
        self._listening = listening

    def message(self, frame: dict[str, Any]) -> Routed | None:
        segments = frame.get("message")
        account = str(frame.get("self_id"))
        if not isinstance(segments, list) or str(frame.get("user_id")) == account:
            return None
        if frame.get("anonymous"):
            return None  # all who hide their names share one number: nobody to write anything down for
        private = frame.get("message_type") == "private"
        text, to_me = "", private
        for segment in segments:
            kind = segment["type"]
            if kind == "text":
                text += segment["data"]["text"]
            elif kind == "at" and str(segment["data"].get("qq")) == account:
                to_me = True
        stripped = text.strip()
        prefixed = stripped[:1] in _PREFIXES if stripped else False
        routed = None
        if (
            to_me
            or prefixed
            or self._table.may_be_bare(stripped)
            or (self._conversations.any_open and self._conversations.concerns(_scene(frame, account)))
        ):
            routed = self._route(frame, account, segments, stripped, to_me=to_me, prefixed=prefixed, private=private)
        if routed is None and not (private or to_me or prefixed):
            return self._voice(frame, account, segments, stripped)
        return routed

    def _voice(self, frame: dict[str, Any], account: str, segments: list[dict[str, Any]], text: str) -> Routed | None:
        """What may belong to an open discussion of this group; whether it does is looked up by its plugin."""
        group_id = str(frame.get("group_id"))
        if not self._listening.windows(PLATFORM, group_id):
            return None
        reply_to = next((str(s["data"].get("id")) for s in segments if s["type"] == "reply"), None)
        if not self._listening.may_be_voice(PLATFORM, group_id, text, reply_to):
            return None
        scene = _scene(frame, account)
        handler = self._table.signals.get(("discussion", "voice"))
        if handler is None or not (scene.user_id.isdecimal() and group_id.isdecimal()):
            return None
        return Routed("discussion", handler, scene, incoming(frame, segments, account, text))

    def _route(
        self,
        frame: dict[str, Any],
        account: str,
        segments: list[dict[str, Any]],
        text: str,
        *,
        to_me: bool,
        prefixed: bool,
        private: bool,
    ) -> Routed | None:
        text = squeezed(text)
        scene = _scene(frame, account)
        if not (scene.user_id.isdecimal() and (scene.group_id is None or scene.group_id.isdecimal())):
            return None  # nobody who could be answered
        typed = text.lstrip(_PREFIXES).strip() if prefixed else text
        clean = normalise(typed)
        match = self._table.bare(clean) or self._table.opened(typed)
        if match is None and (to_me or prefixed):
            match = self._table.addressed(typed) or self._table.addressed(clean)
        elif match is None:
            match = self._suggested(scene, typed)
        question = None if prefixed else self._conversations.asked(scene)
        if question is not None and (answer := self._answer(scene, typed, clean, segments, match)) is not None:
            message = incoming(frame, segments, account, clean)
            plugin = question.then.partition(".")[0]
            handler = self._table.answers[question.then]
            return Routed(plugin, handler, scene, message, args=answer, answers=question)
        message_of = partial(incoming, frame, segments, account, clean)
        if question is not None and match is None and question.wants_number and clean.isdecimal():
            payload: dict[str, object] = {"choices": question.choices}
            return Routed("help", self._unknown, scene, message_of(), args=typed, payload=payload)
        if match is not None:
            command = match.command
            return Routed(command.plugin, command.handler, scene, message_of(), command, match.word, match.args)
        hinted = prefixed and len(clean) <= 12 and self._table.nearest(clean) is not None
        if hinted or (to_me and (typed or private)):
            return Routed("help", self._unknown, scene, message_of(), args=typed)
        return None

    def _suggested(self, scene: Scene, typed: str) -> Match | None:
        """A command that the bot has just told this person to type, written without anything before it."""
        words = self._conversations.suggested(scene)
        found = self._table.addressed(typed) if words else None
        if found is None or found.word not in words or typed[: len(found.word) + 1].strip() != found.word:
            return None
        return found

    def _answer(
        self, scene: Scene, typed: str, clean: str, segments: list[dict[str, Any]], match: Match | None
    ) -> str | None:
        """What is answered to the open question: a choice, listed or in other words, else any text that is no command,
        else a file. What is nothing but signs (「√」) is taken as typed."""
        answer = self._conversations.answers(scene, clean or typed)
        question = self._conversations.asked(scene)
        if question is None:
            return None
        if question.choices:
            reads = self._table.reads.get(question.then)
            return typed if answer is None and reads is not None and reads(typed, question.choices) else answer
        if match is not None and question.then in self._table.reads and not clean.startswith(match.word):
            match = None  # 「三十二学时」 fills a blank here, and is nobody's 学时
        copied = typed.startswith("【") and answer not in ("确认", CANCEL)  # our own headings, when a draft is mended
        if copied or len(typed) > PASTED:
            return typed
        if answer is not None and (match is None or answer in ("确认", CANCEL) or clean.isdigit()):
            return answer if answer != clean else typed if match is None and len(typed) > len(clean) else answer
        if match is not None:
            return None
        return typed if any(segment["type"] in ("file", "image", "forward") for segment in segments) else None


def _scene(frame: dict[str, Any], account: str) -> Scene:
    sender = frame.get("sender") or {}
    group_id = frame.get("group_id") if frame.get("message_type") == "group" else None
    return Scene(
        platform=PLATFORM,
        account=account,
        user_id=str(frame.get("user_id")),
        display_name=visible(str(sender.get("card") or sender.get("nickname") or ""))[:LONGEST_NAME],
        group_id=None if group_id is None else str(group_id),
    )


def incoming(frame: dict[str, Any], segments: list[dict[str, Any]], account: str, text: str) -> Incoming:
    """A message frame without platform words; ``text`` is its normalised text."""
    reply_to = forward_id = None
    mentions: list[str] = []
    files: list[IncomingFile] = []
    pictures: list[IncomingFile] = []
    for segment in segments:
        data = segment.get("data") or {}
        match segment["type"]:
            case "reply":
                reply_to = str(data.get("id"))
            case "at" if str(data.get("qq")) != account:
                mentions.append(str(data.get("qq")))
            case "file":
                files.append(_file(data))
            case "image":
                pictures.append(_file(data))
            case "forward":
                forward_id = str(data.get("id"))
    raw = squeezed("".join(s["data"]["text"] for s in segments if s["type"] == "text").strip())
    return Incoming(
        message_id=str(frame.get("message_id")),
        text=text,
        raw=raw,
        reply_to=reply_to,
        mentions=tuple(mentions),
        files=tuple(files),
        pictures=tuple(pictures),
        forward_id=forward_id,
    )


def _file(data: dict[str, Any]) -> IncomingFile:
    size = str(data.get("file_size") or data.get("size") or 0)
    return IncomingFile(
        name=str(data.get("name") or data.get("file") or "文件"),
        file_id=str(data.get("file_id") or data.get("file") or ""),
        url=str(data.get("url") or ""),
        size=int(size) if size.isdecimal() else 0,
    )
