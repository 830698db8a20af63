"""The first look at every frame: is it for the bot at all?

99 of 100 frames are people's talk. They are dropped here, on the raw dictionary, before an event object, a task or a
query exists; so this module does as little as it can and touches nothing outside its arguments.
"""

from typing import Any, Protocol

from bot.chat.call import Incoming, IncomingFile
from bot.chat.commands import Handler
from bot.chat.scene import Routed, Scene
from bot.chat.table import CommandTable, Match
from bot.chat.text import normalise

PLATFORM = "onebot11"
_PREFIXES = "/／"  # noqa: RUF001 both are typed


class Questions(Protocol):
    def answers(self, scene: Scene, text: str) -> str | None: ...

    def is_asked(self, scene: Scene) -> bool: ...


class Screen:
    """Turns a raw OneBot message frame into ``Routed``, or None if it isn't for the bot."""

    def __init__(self, table: CommandTable, questions: Questions, *, answer: Handler, unknown: Handler) -> None:
        self._table = table
        self._questions = questions
        self._answer = answer
        self._unknown = unknown

    def message(self, frame: dict[str, Any]) -> Routed | None:
        segments = frame.get("message")
        account = str(frame.get("self_id"))
        if not isinstance(segments, list) or str(frame.get("user_id")) == account:
            return None
        private = frame.get("message_type") == "private"
        text, to_me, plain = "", private, True
        for segment in segments:
            kind = segment["type"]
            if kind == "text":
                text += segment["data"]["text"]
            elif kind == "at" and str(segment["data"].get("qq")) == account:
                to_me = True
            else:
                plain = False
        stripped = text.strip()
        prefixed = stripped[:1] in _PREFIXES if stripped else False
        if not to_me and not prefixed and len(stripped) > self._table.longest_bare and not self._asked(frame, account):
            return None
        if plain and not stripped and not to_me:
            return None
        return self._route(frame, account, segments, stripped, to_me=to_me, prefixed=prefixed, private=private)

    def _asked(self, frame: dict[str, Any], account: str) -> bool:
        return self._questions.is_asked(_scene(frame, account))

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
        scene = _scene(frame, account)
        typed = text.lstrip(_PREFIXES).strip() if prefixed else text
        clean = normalise(typed)
        match = self._table.bare(clean)
        if match is None and (to_me or prefixed):
            match = self._table.addressed(typed) or self._table.addressed(clean)
        asked = self._questions.is_asked(scene)
        if asked and not prefixed and self._is_answer(scene, clean, segments, match):
            return self._routed("chat", self._answer, frame, segments, scene, typed, args=typed or clean)
        if match is not None:
            command = match.command
            return self._routed(command.plugin, command.handler, frame, segments, scene, clean, match=match)
        if to_me and (typed or private):
            return self._routed("chat", self._unknown, frame, segments, scene, clean, args=typed)
        if prefixed and len(clean) <= 12 and self._table.nearest(clean) is not None:
            return self._routed("chat", self._unknown, frame, segments, scene, clean, args=typed)
        return None

    def _is_answer(self, scene: Scene, clean: str, segments: list[dict[str, Any]], match: Match | None) -> bool:
        """A file answers a request for one; a listed choice always does; free text only if it is no command."""
        if any(segment["type"] in ("file", "image", "forward") for segment in segments):
            return True
        answer = self._questions.answers(scene, clean)
        return answer is not None and (match is None or answer in ("确认", "取消") or clean.isdigit())

    def _routed(
        self,
        plugin: str,
        handler: Handler,
        frame: dict[str, Any],
        segments: list[dict[str, Any]],
        scene: Scene,
        text: str,
        *,
        match: Match | None = None,
        args: str = "",
    ) -> Routed:
        return Routed(
            plugin=plugin,
            handler=handler,
            scene=scene,
            message=_incoming(frame, segments, scene.account, text),
            command=match.command if match else None,
            word=match.word if match else "",
            args=match.args if match else args,
            answers=handler is self._answer,
        )


def _scene(frame: dict[str, Any], account: str) -> Scene:
    sender = frame.get("sender") or {}
    group_id = frame.get("group_id") if frame.get("message_type") == "group" else None
    return Scene(
        platform=PLATFORM,
        account=account,
        user_id=str(frame.get("user_id")),
        display_name=str(sender.get("card") or sender.get("nickname") or ""),
        group_id=None if group_id is None else str(group_id),
    )


def _incoming(frame: dict[str, Any], segments: list[dict[str, Any]], account: str, text: str) -> Incoming:
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
    raw = "".join(s["data"]["text"] for s in segments if s["type"] == "text").strip()
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
