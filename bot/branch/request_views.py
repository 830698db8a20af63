"""What people read about requests that wait for a leader."""

from collections.abc import Sequence

from bot.branch.models import Request
from bot.branch.requests import Asked

_SHOWN = 8


def waiting(requests: Sequence[Request]) -> str:
    """The list of what waits for this leader."""
    rows = [f"{request.no}:{request.said}" for request in requests[:_SHOWN]]
    if len(requests) > _SHOWN:
        rows.append(f"……共 {len(requests)} 件")
    return "\n".join([*rows, f"回复「同意 {requests[0].no}」或「不同意 {requests[0].no} 理由」。"])


def which(requests: Sequence[Request]) -> str:
    """Several things to decide have this number."""
    rows = [f"{at}. {request.said}" for at, request in enumerate(requests, 1)]
    return "\n".join([f"有几件都是 {requests[0].no} 号,是哪一件?回复前面的数字:", *rows])


def asked(asked: Asked) -> str:
    """For the person who asked."""
    if not asked.told:
        return f"这要书记同意(第 {asked.no} 号),可是书记还没绑定账号。请和书记或管理员说一声。"
    return "已请书记确认,有结果会告诉您。"
