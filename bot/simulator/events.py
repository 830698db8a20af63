"""What happens in the world, told as OneBot v11 events with NapCat's fields."""

from collections.abc import Callable
from typing import Any

from bot.simulator import happenings as h
from bot.simulator.cq import encode
from bot.simulator.entities import Message
from bot.simulator.world import World

Event = dict[str, Any]


def sender(world: World, message: Message) -> dict[str, Any]:
    person = world.people.get(message.user_id)
    told: dict[str, Any] = {
        "user_id": message.user_id,
        "nickname": person.name if person is not None else str(message.user_id),
        "card": "",
    }
    group = world.groups.get(message.group_id or 0)
    if group is not None:
        member = group.members.get(message.user_id)
        told["card"] = member.card if member is not None else ""
        told["role"] = member.role if member is not None else "member"
    return told


def message_body(world: World, message: Message) -> Event:
    """A message as get_msg, the history and events show it."""
    group = world.groups.get(message.group_id or 0)
    own = message.user_id == world.self_id
    body: Event = {
        "self_id": world.self_id,
        "user_id": message.user_id,
        "time": message.time,
        "message_id": message.message_id,
        "message_seq": message.message_id,
        "real_id": message.message_id,
        "real_seq": str(message.seq),
        "message_type": "group" if group is not None else "private",
        "sender": sender(world, message),
        "raw_message": encode(message.segments),
        "font": 14,
        "sub_type": "normal",
        "message": message.segments,
        "message_format": "array",
        "post_type": "message_sent" if own else "message",
    }
    if group is not None:
        body["group_id"] = group.group_id
        body["group_name"] = group.name
        return body
    peer = world.people.get(world.partner(message) or 0)
    body["sub_type"] = "friend" if peer is None or peer.friend else "group"
    if own:
        body["target_id"] = world.partner(message)
    elif body["sub_type"] == "group":
        body["temp_source"] = 0
    return body


def lifecycle(world: World) -> Event:
    return {**_base(world, "meta_event"), "meta_event_type": "lifecycle", "sub_type": "connect"}


def heartbeat(world: World, interval: float, *, online: bool) -> Event:
    """``interval`` in seconds; told in milliseconds."""
    return {
        **_base(world, "meta_event"),
        "meta_event_type": "heartbeat",
        "status": {"online": online, "good": True},
        "interval": int(interval * 1000),
    }


def event(world: World, happening: h.Happening, *, report_self: bool = True) -> Event | None:
    """The event that a client of the bot's account gets, or None if the platform has none for it."""
    teller = _TELLERS.get(type(happening))
    if teller is None:
        return None
    told: Event | None = teller(world, happening)
    if told is None or (told["post_type"] == "message_sent" and not report_self):
        return None
    group_id = told.get("group_id")
    group = world.groups.get(group_id) if group_id is not None else None
    gone = told.get("sub_type") == "kick_me" or told.get("user_id") == world.self_id
    invited = told["post_type"] == "request"
    if group is not None and world.self_id not in group.members and not gone and not invited:
        return None
    return told


def _base(world: World, post_type: str) -> Event:
    return {"time": world.stamp(), "self_id": world.self_id, "post_type": post_type}


def _notice(world: World, notice_type: str, **fields: Any) -> Event:
    return {**_base(world, "notice"), "notice_type": notice_type, **fields}


def _said(world: World, said: h.Said) -> Event | None:
    return message_body(world, said.message) if said.reported else None


def _recalled(world: World, recalled: h.Recalled) -> Event:
    message = recalled.message
    if message.group_id is None:
        return _notice(world, "friend_recall", user_id=message.user_id, message_id=message.message_id)
    return _notice(
        world,
        "group_recall",
        group_id=message.group_id,
        user_id=message.user_id,
        operator_id=recalled.operator_id,
        message_id=message.message_id,
    )


def _reacted(world: World, reacted: h.Reacted) -> Event | None:
    message = reacted.message
    if message.group_id is None:
        return None
    count = len(message.reactions.get(reacted.emoji_id, ()))
    return _notice(
        world,
        "group_msg_emoji_like",
        group_id=message.group_id,
        user_id=reacted.user_id,
        message_id=message.message_id,
        likes=[{"emoji_id": reacted.emoji_id, "count": count}],
        is_add=reacted.is_add,
    )


def _essence(world: World, essence: h.EssenceSet) -> Event:
    message = essence.message
    return _notice(
        world,
        "essence",
        sub_type="add" if essence.is_add else "delete",
        group_id=message.group_id,
        user_id=message.user_id,
        message_id=message.message_id,
        sender_id=message.user_id,
        operator_id=essence.operator_id,
    )


def _joined(world: World, joined: h.Joined) -> Event:
    return _notice(
        world,
        "group_increase",
        sub_type=joined.sub_type,
        group_id=joined.group_id,
        user_id=joined.user_id,
        operator_id=joined.operator_id,
    )


def _left(world: World, left: h.Left) -> Event:
    me = left.sub_type == "kick" and left.user_id == world.self_id
    return _notice(
        world,
        "group_decrease",
        sub_type="kick_me" if me else left.sub_type,
        group_id=left.group_id,
        user_id=left.user_id,
        operator_id=left.operator_id,
    )


def _banned(world: World, banned: h.Banned) -> Event:
    return _notice(
        world,
        "group_ban",
        sub_type="lift_ban" if banned.duration == 0 else "ban",
        group_id=banned.group_id,
        user_id=banned.user_id,
        operator_id=banned.operator_id,
        duration=banned.duration,
    )


def _card(world: World, card: h.CardChanged) -> Event:
    return _notice(
        world, "group_card", group_id=card.group_id, user_id=card.user_id, card_new=card.new, card_old=card.old
    )


def _admin(world: World, admin: h.AdminChanged) -> Event:
    sub_type = "set" if admin.is_admin else "unset"
    return _notice(world, "group_admin", sub_type=sub_type, group_id=admin.group_id, user_id=admin.user_id)


def _title(world: World, title: h.TitleChanged) -> Event:
    return _notice(world, "notify", sub_type="title", group_id=title.group_id, user_id=title.user_id, title=title.title)


def _renamed(world: World, renamed: h.Renamed) -> Event:
    return _notice(
        world,
        "notify",
        sub_type="group_name",
        group_id=renamed.group_id,
        user_id=renamed.operator_id,
        name_new=renamed.name,
    )


def _uploaded(world: World, uploaded: h.Uploaded) -> Event | None:
    if uploaded.user_id == world.self_id:
        return None
    file = {"id": uploaded.file_id, "name": uploaded.name, "size": uploaded.size, "busid": 102}
    return _notice(world, "group_upload", group_id=uploaded.group_id, user_id=uploaded.user_id, file=file)


def _poked(world: World, poked: h.Poked) -> Event | None:
    if poked.group_id is not None:
        where: Event = {"group_id": poked.group_id, "user_id": poked.user_id}
    elif world.self_id in (poked.user_id, poked.target_id):
        where = {"user_id": poked.user_id, "sender_id": poked.user_id}
    else:
        return None
    raw_info = [_poker(poked.user_id), {"col": "1", "jp": "", "txt": "戳了戳", "type": "nor"}, _poker(poked.target_id)]
    return _notice(world, "notify", sub_type="poke", target_id=poked.target_id, raw_info=raw_info, **where)


def _poker(user_id: int) -> Event:
    return {"col": "1", "jp": "", "nm": "", "tp": "0", "type": "qq", "uid": str(user_id)}


def _befriended(world: World, befriended: h.Befriended) -> Event:
    return _notice(world, "friend_add", user_id=befriended.user_id)


def _requested(world: World, request: h.Requested) -> Event:
    told = {**_base(world, "request"), "user_id": request.user_id, "comment": request.comment, "flag": request.flag}
    if request.group_id is None:
        return {**told, "request_type": "friend"}
    return {**told, "request_type": "group", "sub_type": request.sub_type, "group_id": request.group_id}


def _online(world: World, changed: h.OnlineChanged) -> Event | None:
    if changed.online:
        return None
    reason = changed.reason or "你的账号已在其他设备登录"
    return _notice(world, "bot_offline", user_id=world.self_id, tag="下线通知", message=reason)


_TELLERS: dict[type, Callable[[World, Any], Event | None]] = {
    h.Said: _said,
    h.Recalled: _recalled,
    h.Reacted: _reacted,
    h.EssenceSet: _essence,
    h.Joined: _joined,
    h.Left: _left,
    h.Banned: _banned,
    h.CardChanged: _card,
    h.AdminChanged: _admin,
    h.TitleChanged: _title,
    h.Renamed: _renamed,
    h.Uploaded: _uploaded,
    h.Poked: _poked,
    h.Befriended: _befriended,
    h.Requested: _requested,
    h.OnlineChanged: _online,
}
