"""Thousands of broken frames and senseless texts out of a few good ones; the same seed makes the same."""

import json
import random
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

ODD: tuple[Any, ...] = (
    None, True, -1, 0, 0.5, "\0", 2**63, 10**40, 1e308, "", " ", "\ud800", "\u202e\u2066",
    "'; DROP TABLE x", "[CQ:at,qq=all]", [], {}, [[]], [None], {"qq": {}}, {"data": None}, "x" * 5000,
    "已学 99999999999999999999", "/", "/推送", "确认", "取消", "1\n" * 300,
    "&#91;CQ:image,file=http://127.0.0.1/x&#93;", "٣", "²", "-0", "1e9", "../../etc/passwd",
    [{"type": "text"}], [{"type": {}, "data": {}}], [{"type": "text", "data": {"text": None}}],
    [{"type": "reply", "data": {"id": []}}],
    [{"type": "at", "data": {}}, {"type": "file", "data": {"file_size": "NaN"}}],
)  # fmt: skip
BROKEN: tuple[str | bytes, ...] = (
    "", "{", "nul", "[]", "null", "1", '"x"', '{"post_type":', "[" * 20000, '{"a":' * 20000, "\x00", "{}", "NaN",
    '{"post_type": "message"}', '{"post_type": "unknown", "self_id": 10001}', '{"echo": "1", "status": "ok"}',
    '{"echo": {}, "retcode": []}', "1" * 5000, '{"post_type": "message", "self_id": 1e999}', "\ufeff{}", "{}{}",
    b"", b"\xff\xfe", b"\x00" * 100, b'{"post_type": "message", "raw": "\xff"}',
)  # fmt: skip
TAILS = (
    "", "0", "-1", "99999999999999999999", "1 1 1", "3-1", "1-99999999", "²", "2月30日", "99999年1月1日",
    "明天25点", "每周八8点", "%s{}\\$1", "[CQ:at,qq=all]", "=HYPERLINK(1)", "<script>", "http://[::1",
    "http://127.0.0.1/", "\u202e\u2066学习\u2069", "\u200b\ufeff", "字" * 3000, "1 " * 500, "\n" * 30 + "1",
    "王建国", "确认", "nan", "7F3K", "\0", "①", "|",
)  # fmt: skip


def _spots(frame: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in it."""
    for key in list(frame) if isinstance(frame, dict) else range(len(frame)):
        yield (*path, key)
        if isinstance(frame[key], dict | list):
            yield from _spots(frame[key], (*path, key))


def _at(frame: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        frame = frame[key]
    return frame


def each_field(frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The frame with each of its fields missing, and with every odd value in the place of each."""
    for path in _spots(frame):
        for value in (..., *ODD):
            made = deepcopy(frame)
            spot = _at(made, path[:-1])
            if value is not ...:
                spot[path[-1]] = deepcopy(value)
            else:
                del spot[path[-1]]
            yield made


def mangled(frame: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """The frame with up to three things in it that don't belong there."""
    made = deepcopy(frame)
    for _ in range(dice.randint(1, 3)):
        path = dice.choice(list(_spots(made)))
        spot = _at(made, path[:-1])
        if isinstance(spot, dict) and dice.random() < 0.2:
            del spot[path[-1]]
        else:
            spot[path[-1]] = deepcopy(dice.choice(ODD))
        if not made:
            break
    return made


def commands() -> list[str]:
    """What may be typed, as the page of commands has it."""
    page = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    return sorted({found.split()[0] for found in re.findall(r"`([^`]+)`", page) if found.split()})


def texts(dice: random.Random, count: int) -> Iterator[str]:
    """Every command with a senseless tail, over and over, in different order."""
    words = commands()
    for number in range(count):
        typed = f"{words[number % len(words)]} {dice.choice(TAILS)}"
        yield dice.choice(("", "/", "/", "@", "//")) + typed


def said(frame: dict[str, Any], number: int, user: int, text: str) -> str:
    """The message as JSON, said by somebody else and in other words."""
    sender = {"user_id": user, "nickname": "路人", "card": ""}
    return json.dumps(
        {**frame, "message_id": -number, "user_id": user, "sender": sender,
         "message": [{"type": "text", "data": {"text": text}}]}
    )  # fmt: skip
