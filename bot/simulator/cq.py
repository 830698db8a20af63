"""CQ codes: the string form of a message. Only strings are read as CQ codes; segment arrays are literal."""

import re
from typing import Any

Segment = dict[str, Any]

_CODE = re.compile(r"\[CQ:([\w-]+)((?:,[\w-]+=[^,\]]*)*)\]")


def escape(text: str, *, in_code: bool = False) -> str:
    """Make ``text`` inert: what looks like a CQ code becomes letters. Commas matter inside a code only."""
    text = text.replace("&", "&amp;").replace("[", "&#91;").replace("]", "&#93;")
    return text.replace(",", "&#44;") if in_code else text


def unescape(text: str) -> str:
    return text.replace("&#91;", "[").replace("&#93;", "]").replace("&#44;", ",").replace("&amp;", "&")


def decode(text: str) -> list[Segment]:
    """Read a string with CQ codes as segments."""
    segments: list[Segment] = []
    end = 0
    for found in _CODE.finditer(text):
        if found.start() > end:
            segments.append({"type": "text", "data": {"text": unescape(text[end : found.start()])}})
        pairs = (pair.partition("=") for pair in found[2].split(",")[1:])
        segments.append({"type": found[1], "data": {key: unescape(value) for key, _, value in pairs}})
        end = found.end()
    if end < len(text):
        segments.append({"type": "text", "data": {"text": unescape(text[end:])}})
    return segments


def encode(segments: list[Segment]) -> str:
    """The string form of segments, as ``raw_message`` carries it. Nested values (forwards) are left out."""
    out = []
    for segment in segments:
        data = segment.get("data") or {}
        if segment["type"] == "text":
            out.append(escape(str(data.get("text", ""))))
            continue
        pairs = "".join(
            f",{key}={escape(str(value), in_code=True)}"
            for key, value in data.items()
            if isinstance(value, str | int | float)
        )
        out.append(f"[CQ:{segment['type']}{pairs}]")
    return "".join(out)
