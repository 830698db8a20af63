"""How an action fails. NapCat tells every failure of the platform as 1200; the words say which it is."""

import json


class ActionError(Exception):
    """The action is answered with status ``failed``."""

    def __init__(self, retcode: int, message: str) -> None:
        super().__init__(message)
        self.retcode = retcode


def bad(message: str) -> ActionError:
    """The parameters don't fit."""
    return ActionError(1400, message)


def refused(message: str) -> ActionError:
    """The platform won't do it."""
    return ActionError(1200, message)


def checker_failed(result: int) -> ActionError:
    """A definite refusal of a send. 110: no longer in the group; 120: muted."""
    words = {110: "不在群中", 120: "已被禁言"}.get(result, "")
    return refused(f"EventChecker Failed: NTEvent {_SEND} EventRet:\n{_ret({'result': result, 'errMsg': words})}\n")


def timed_out() -> ActionError:
    """NapCat gave up waiting. The message may or may not have been delivered."""
    return refused(f"Timeout: NTEvent {_SEND} EventRet:\n{_ret({})}\n")


_SEND = "serviceAndMethod:NodeIKernelMsgService/sendMsg ListenerName:NodeIKernelMsgListener/onMsgInfoListUpdate"


def _ret(value: dict[str, object]) -> str:
    return json.dumps(value, indent=4, ensure_ascii=False)
