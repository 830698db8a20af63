"""May an account write there? Asked of the platform where it was refused before."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from bot.delivery.transport import Target

Call = Callable[..., Awaitable[Any]]


async def may_write(call: Call, target: Target) -> bool:
    """In a group: a member who isn't muted, alone or with all; in private: a friend. Raises what ``call`` does."""
    if target.kind == "private":
        friends = await call("get_friend_list", _timeout=10.0)
        return any(str(friend.get("user_id")) == target.id for friend in friends or [])
    group = int(target.id)
    me = await call("get_group_member_info", group_id=group, user_id=int(target.account), no_cache=True, _timeout=10.0)
    if str(me.get("user_id")) != target.account or int(me.get("shut_up_timestamp") or 0) > time.time():
        return False
    if me.get("role") in ("owner", "admin"):
        return True
    about = await call("get_group_info", group_id=group, no_cache=True, _timeout=10.0)
    return not about.get("group_all_shut")
