"""Actions on messages: send, take back, read, react, forward, essence."""

from typing import Any

from bot.simulator import segments as seg
from bot.simulator.actions import Context, action
from bot.simulator.cq import Segment
from bot.simulator.entities import Message
from bot.simulator.errors import bad, refused
from bot.simulator.events import message_body
from bot.simulator.params import Params


def chat_of(params: Params, kind: str | None = None) -> str:
    """Which chat a call means: by ``message_type``, else by whichever id is there."""
    kind = kind or (params.text("message_type", "") or None)
    if kind not in (None, "group", "private"):
        raise bad("Key: message_type, Message: Expected group or private")
    if kind == "group" or (kind is None and params.has("group_id")):
        return f"group:{params.number('group_id')}"
    return f"private:{params.number('user_id')}"


async def deliver(context: Context, chat: str, segments: list[Segment]) -> Message:
    """Say something as the bot."""
    world = context.world
    world.check_may_speak(chat, world.self_id)
    received = await seg.accept(world, segments, world.self_id)
    _spend_at_all(context, chat, received)
    return world.say(chat, world.self_id, received, reported=context.reported)


def _spend_at_all(context: Context, chat: str, segments: list[Segment]) -> None:
    """@全体 without the right to it, or with none left, is sent as its words."""
    for segment in segments:
        if segment["type"] != "at" or segment["data"]["qq"] != "all":
            continue
        group = context.world.groups.get(int(chat.partition(":")[2])) if chat.startswith("group:") else None
        member = group.members.get(context.world.self_id) if group is not None else None
        if group is None or member is None or member.role == "member" or group.at_all_left <= 0:
            segment.update({"type": "text", "data": {"text": "@全体成员 "}})
        else:
            group.at_all_left -= 1


async def _send(context: Context, params: Params, kind: str | None) -> dict[str, Any]:
    chat = chat_of(params, kind)
    if not params.has("message"):
        raise bad("Key: message, Message: Expected required property")
    segments = seg.parse(params.raw("message"), auto_escape=params.flag("auto_escape"))
    message = await deliver(context, chat, segments)
    return _sent(message)


def _sent(message: Message) -> dict[str, Any]:
    out: dict[str, Any] = {"message_id": message.message_id}
    if message.segments[0]["type"] == "forward":
        out["res_id"] = out["forward_id"] = message.segments[0]["data"]["id"]
    return out


@action("send_msg", sends=True)
async def send_msg(context: Context, params: Params) -> Any:
    return await _send(context, params, None)


@action("send_group_msg", sends=True)
async def send_group_msg(context: Context, params: Params) -> Any:
    return await _send(context, params, "group")


@action("send_private_msg", sends=True)
async def send_private_msg(context: Context, params: Params) -> Any:
    return await _send(context, params, "private")


async def _send_forward(context: Context, params: Params, kind: str | None) -> dict[str, Any]:
    chat = chat_of(params, kind)
    nodes = seg.parse(params.raw("messages") if params.has("messages") else params.raw("message"))
    if not nodes:
        raise refused("转发消息失败，生成节点为空")
    if any(node["type"] != "node" for node in nodes):
        raise bad("messages 只能由 node 组成")
    return _sent(await deliver(context, chat, nodes))


@action("send_group_forward_msg", sends=True)
async def send_group_forward_msg(context: Context, params: Params) -> Any:
    return await _send_forward(context, params, "group")


@action("send_private_forward_msg", sends=True)
async def send_private_forward_msg(context: Context, params: Params) -> Any:
    return await _send_forward(context, params, "private")


@action("send_forward_msg", sends=True)
async def send_forward_msg(context: Context, params: Params) -> Any:
    return await _send_forward(context, params, None)


@action("forward_group_single_msg", sends=True)
async def forward_group_single_msg(context: Context, params: Params) -> Any:
    message = context.world.message(params.number("message_id"))
    return _sent(await deliver(context, chat_of(params, "group"), message.segments))


@action("forward_friend_single_msg", sends=True)
async def forward_friend_single_msg(context: Context, params: Params) -> Any:
    message = context.world.message(params.number("message_id"))
    return _sent(await deliver(context, chat_of(params, "private"), message.segments))


@action("delete_msg")
async def delete_msg(context: Context, params: Params) -> None:
    context.world.recall(params.number("message_id"), context.world.self_id)


@action("get_msg")
async def get_msg(context: Context, params: Params) -> Any:
    message = context.world.message(params.number("message_id"))
    likes = [
        {"emoji_id": emoji_id, "emoji_type": _emoji_type(emoji_id), "likes_cnt": str(len(who))}
        for emoji_id, who in message.reactions.items()
    ]
    return {**message_body(context.world, message), "emoji_likes_list": likes}


@action("get_forward_msg")
async def get_forward_msg(context: Context, params: Params) -> Any:
    key = params.text("message_id", "") or params.text("id", "")
    if not key:
        raise bad("message_id is required")
    pages = context.world.forwards.get(key)
    if pages is None and key.lstrip("-").isdecimal():
        message = context.world.messages.get(int(key))
        first = message.segments[0] if message is not None else None
        pages = first["data"]["content"] if first is not None and first["type"] == "forward" else None
    if pages is None:
        raise refused("消息已过期或者为内层消息，无法获取转发消息")
    return {"messages": pages}


@action("set_msg_emoji_like")
async def set_msg_emoji_like(context: Context, params: Params) -> Any:
    message_id, emoji_id = params.number("message_id"), params.text("emoji_id")
    if message_id not in context.world.messages:
        raise refused("msg not found")
    if not emoji_id:
        raise refused("emojiId not found")
    context.world.react(message_id, context.world.self_id, emoji_id, params.flag("set", True))
    return {"result": 0, "errMsg": ""}


@action("unset_msg_emoji_like")
async def unset_msg_emoji_like(context: Context, params: Params) -> Any:
    """LLBot's name for it."""
    return await set_msg_emoji_like(context, Params({**params.all(), "set": False}))


def _emoji_type(emoji_id: str) -> str:
    return "2" if len(emoji_id) > 3 else "1"


@action("get_emoji_likes")
async def get_emoji_likes(context: Context, params: Params) -> Any:
    who = context.world.message(params.number("message_id")).reactions.get(params.text("emoji_id"), [])
    count = params.number("count", 0) or len(who)
    return {
        "emoji_like_list": [
            {"user_id": str(user_id), "nick_name": context.world.display_name(user_id)} for user_id in who[:count]
        ]
    }


@action("fetch_emoji_like")
async def fetch_emoji_like(context: Context, params: Params) -> Any:
    emoji_id = params.text("emojiId") if params.has("emojiId") else params.text("emoji_id")
    who = context.world.message(params.number("message_id")).reactions.get(emoji_id, [])
    return {
        "emojiLikesList": [
            {"tinyId": str(user_id), "nickName": context.world.display_name(user_id), "headUrl": ""}
            for user_id in who[: params.number("count", 20)]
        ],
        "cookie": "",
        "isLastPage": True,
        "isFirstPage": True,
        "result": 0,
        "errMsg": "",
    }


def _history(context: Context, params: Params, chat: str) -> Any:
    if context.behaviour.history == "failing":
        raise refused("Error: 获取历史消息失败")
    if context.behaviour.history == "empty":
        return {"messages": []}
    messages = context.world.in_chat(chat)
    start = params.number("message_seq", 0)
    count = params.number("count", 20)
    if count <= 0:
        raise bad("Key: count, Message: Expected a positive number")
    if start:
        at = next((i for i, m in enumerate(messages) if start in (m.message_id, m.seq)), None)
        if at is None:
            raise refused(f"消息{start}不存在")
        older = params.flag("reverse_order") or params.flag("reverseOrder")
        messages = messages[max(0, at + 1 - count) : at + 1] if older else messages[at : at + count]
    else:
        messages = messages[-count:]
    if not messages:
        raise refused("消息undefined不存在")
    return {"messages": [message_body(context.world, message) for message in messages]}


@action("get_group_msg_history")
async def get_group_msg_history(context: Context, params: Params) -> Any:
    group = context.world.group(params.number("group_id"))
    return _history(context, params, f"group:{group.group_id}")


@action("get_friend_msg_history")
async def get_friend_msg_history(context: Context, params: Params) -> Any:
    person = context.world.person(params.number("user_id"))
    return _history(context, params, f"private:{person.user_id}")


@action("mark_msg_as_read", "mark_group_msg_as_read", "mark_private_msg_as_read", "_mark_all_as_read")
async def mark_as_read(context: Context, params: Params) -> None:
    return None


@action("set_essence_msg")
async def set_essence_msg(context: Context, params: Params) -> Any:
    context.world.set_essence(params.number("message_id"), context.world.self_id)
    return {"errCode": 0, "errMsg": "", "result": {"wording": "", "digestUin": "", "digestTime": 0, "msg": None}}


@action("delete_essence_msg")
async def delete_essence_msg(context: Context, params: Params) -> Any:
    context.world.set_essence(params.number("message_id"), context.world.self_id, is_add=False)
    return {"errCode": 0, "errMsg": ""}


@action("get_essence_msg_list")
async def get_essence_msg_list(context: Context, params: Params) -> Any:
    world = context.world
    group = world.group(params.number("group_id"))
    return [
        {
            "msg_seq": message.seq,
            "msg_random": message.message_id,
            "sender_id": message.user_id,
            "sender_nick": world.display_name(message.user_id),
            "operator_id": message.essence["operator_id"],
            "operator_nick": world.display_name(message.essence["operator_id"]),
            "message_id": message.message_id,
            "operator_time": message.essence["operator_time"],
            "content": message.segments,
        }
        for message in world.in_chat(f"group:{group.group_id}")
        if message.essence is not None
    ]


@action("send_poke", "group_poke", "friend_poke")
async def poke(context: Context, params: Params) -> None:
    group_id = params.number("group_id") if params.has("group_id") else None
    target = params.number("target_id") if params.has("target_id") else params.number("user_id")
    context.world.poke(context.world.self_id, target, group_id)


@action("get_group_at_all_remain")
async def get_group_at_all_remain(context: Context, params: Params) -> Any:
    group = context.world.group(params.number("group_id"))
    admin = group.members[context.world.self_id].role != "member"
    left = group.at_all_left if admin else 0
    return {
        "can_at_all": admin and left > 0,
        "remain_at_all_count_for_group": left,
        "remain_at_all_count_for_uin": min(left, 10),
    }
