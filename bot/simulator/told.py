"""What happens in the world, told to the browser."""

from typing import Any

from bot.simulator import events
from bot.simulator import happenings as h
from bot.simulator.entities import Group, Message
from bot.simulator.world import World

_MOST_SHOWN = 300
"""Characters of one string that the frame inspector shows; pictures would fill the screen otherwise."""


def message(told: Message) -> dict[str, Any]:
    return {
        "message_id": told.message_id,
        "chat": told.chat,
        "user_id": told.user_id,
        "time": told.time,
        "segments": told.segments,
        "recalled": told.recalled,
        "essence": told.essence is not None,
        "reactions": told.reactions,
    }


def people(world: World) -> list[dict[str, Any]]:
    """Everybody, with card and role of the first group they are in."""
    out = []
    for person in world.people.values():
        member = next((g.members[person.user_id] for g in world.groups.values() if person.user_id in g.members), None)
        out.append(
            {
                "user_id": person.user_id,
                "name": person.name,
                "card": member.card if member is not None else "",
                "role": member.role if member is not None else "",
                "avatar": person.avatar,
                "title": person.post,
                "is_robot": person.is_robot,
                "is_self": person.user_id == world.self_id,
                "in_group": member is not None,
            }
        )
    return out


def groups(world: World) -> list[dict[str, Any]]:
    return [{"group_id": g.group_id, "name": g.name, "members": list(g.members)} for g in world.groups.values()]


def state(world: World, *, online: bool, fault: dict[str, Any]) -> dict[str, Any]:
    """Everything, as the first thing a browser gets."""
    return {
        "type": "state",
        "self_id": world.self_id,
        "people": people(world),
        "groups": groups(world),
        "messages": [message(one) for one in world.messages.values()],
        "notices": [_announcement(group.group_id, notice) for group in world.groups.values() for notice in _old(group)],
        "now": world.now().isoformat(),
        "online": online,
        "fault": fault,
    }


def _old(group: Group) -> list[dict[str, Any]]:
    return list(reversed(group.notices))


def _announcement(group_id: int, notice: dict[str, Any], *, is_add: bool = True) -> dict[str, Any]:
    return {
        "type": "notice",
        "notice_type": "group_notice",
        "group_id": group_id,
        "notice_id": notice["notice_id"],
        "user_id": notice["sender_id"],
        "content": notice["message"]["text"],
        "time": notice["publish_time"],
        "deleted": not is_add,
    }


def increments(world: World, happening: h.Happening) -> list[dict[str, Any]]:
    """What a browser has to be told of a happening. ``Reset`` is told as a new state by the server."""
    match happening:
        case h.Said(said):
            return [{"type": "message", "message": message(said)}]
        case h.Recalled(gone, operator_id):
            return [{"type": "recall", "message_id": gone.message_id, "operator_id": operator_id}]
        case h.Reacted(about, user_id, emoji_id, is_add):
            return [
                {
                    "type": "reaction",
                    "message_id": about.message_id,
                    "user_id": user_id,
                    "emoji_id": emoji_id,
                    "is_add": is_add,
                }
            ]
        case h.EssenceSet(about, _, is_add):
            return [{"type": "essence", "message_id": about.message_id, "is_add": is_add}]
        case h.Announced(group_id, notice, is_add):
            return [_announcement(group_id, notice, is_add=is_add)]
        case h.OnlineChanged() | h.Reset():
            return []
    told = events.event(world, happening)
    changed = {"type": "people", "people": people(world), "groups": groups(world)}
    return [changed, {**told, "type": "notice"}] if told is not None else [changed]


def shortened(value: Any) -> Any:
    """A frame with its long strings cut, for the inspector."""
    if isinstance(value, str) and len(value) > _MOST_SHOWN:
        return f"{value[:80]}…(共 {len(value)} 字符)"
    if isinstance(value, list):
        return [shortened(item) for item in value]
    if isinstance(value, dict):
        return {key: shortened(item) for key, item in value.items()}
    return value
