"""What an OneBot implementation's error means for a message: refused for a known reason, or unknown. Pure.

NapCat wraps every error as retcode 1200, so the words decide. What speaks of time-outs or the network stays unknown: it
is looked for; so does what gives no reason at all. Any other error is a refusal: a person sees it, and what was refused
as a picture or a merged forward is sent in words at once, so what may have arrived must not be taken for one.
"""

import re
from collections.abc import Mapping

from bot.delivery.transport import Refusal, Refused, Unknown

_RESULT = re.compile(r'"?result"?\s*[:=]?\s*(-?\d+)', re.IGNORECASE)
_WHY = re.compile(r'"errMsg"\s*:\s*"([^"]*)"')
_MUTED = ("禁言", "muted", "been banned from speaking")
_REMOVED = (
    "不在群",
    "移出群",
    "移出该群",
    "被踢",
    "群不存在",
    "不是好友",
    "非好友",
    "已退群",
    "not in group",
    "not a member",
    "not in the group",
    "no longer in the group",
    "not friend",
    "not a friend",
    "removed from",
)
_AMBIGUOUS = (
    "timeout",
    "timed out",
    "超时",
    "ntevent",
    "network",
    "网络",
    "connect",
    "连接",
    "econn",
    "epipe",
    "socket",
)
_NO_SUCH_CALL = range(1400, 1500)
"""The implementation didn't understand the call, and needn't say more."""


def classify(info: Mapping[str, object]) -> Refused | Unknown:
    """Read a failed answer (``retcode``, ``message``, ``wording``, ``msg``)."""
    words = " ".join(dict.fromkeys(str(info[key]) for key in ("message", "wording", "msg") if info.get(key)))
    lower = words.lower()
    short = " ".join(words.split())[:160] or f"retcode {info.get('retcode')}"
    if any(word in lower for word in _MUTED):
        return Refused(Refusal.MUTED, short)
    if "eventchecker failed" in lower:
        found, why = _RESULT.search(words), _WHY.search(words)
        if found is not None:  # the rest is of no use to whoever reads it
            short = f"result {found[1]} {why[1][:80] if why else ''}".strip()
        match found and int(found[1]):
            case 110:
                return Refused(Refusal.REMOVED, short)
            case 120:
                return Refused(Refusal.MUTED, short)
            case _:
                return Refused(Refusal.INVALID, short)
    if any(word in lower for word in _AMBIGUOUS):
        return Unknown(short)
    if any(word in lower for word in _REMOVED):
        return Refused(Refusal.REMOVED, short)
    if not words and info.get("retcode") not in _NO_SUCH_CALL:
        return Unknown(short)
    return Refused(Refusal.INVALID, short)
