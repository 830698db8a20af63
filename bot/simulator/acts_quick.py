"""The hidden action by which frameworks answer an event in one go (``.handle_quick_operation``)."""

from typing import Any

from bot.simulator import segments as seg
from bot.simulator.actions import ACTIONS, Context, action
from bot.simulator.acts_messages import deliver
from bot.simulator.params import Params


@action(".handle_quick_operation", sends=True)
async def handle_quick_operation(context: Context, params: Params) -> None:
    about, wanted = Params(params.mapping("context")), Params(params.mapping("operation"))
    if about.text("post_type", "") == "request":
        await _request(context, about, wanted)
        return
    group_id = about.number("group_id") if about.has("group_id") else None
    user_id = about.number("user_id")
    chat = f"group:{group_id}" if group_id is not None else f"private:{user_id}"
    if wanted.raw("reply"):
        segments = seg.parse(wanted.raw("reply"), auto_escape=wanted.flag("auto_escape"))
        if group_id is not None and wanted.flag("at_sender", True):
            segments = [
                {"type": "at", "data": {"qq": str(user_id)}},
                {"type": "text", "data": {"text": " "}},
                *segments,
            ]
        await deliver(context, chat, segments)
    if group_id is None:
        return
    if wanted.flag("delete"):
        await ACTIONS["delete_msg"](context, about)
    if wanted.flag("kick"):
        await ACTIONS["set_group_kick"](context, Params({"group_id": group_id, "user_id": user_id}))
    elif wanted.flag("ban"):
        duration = wanted.number("ban_duration", 1800)
        ban: dict[str, Any] = {"group_id": group_id, "user_id": user_id, "duration": duration}
        await ACTIONS["set_group_ban"](context, Params(ban))


async def _request(context: Context, about: Params, wanted: Params) -> None:
    if not wanted.has("approve"):
        return
    kind = "set_friend_add_request" if about.text("request_type") == "friend" else "set_group_add_request"
    await ACTIONS[kind](context, Params({"flag": about.text("flag"), "approve": wanted.flag("approve")}))
