"""Actions on groups: who is in them, running them, notices, requests."""

from typing import Any

from bot.simulator.actions import Context, action
from bot.simulator.entities import Group, Member
from bot.simulator.errors import bad, refused
from bot.simulator.params import Params

MOST_BAN_SECONDS = 30 * 86400


def _group_info(group: Group) -> dict[str, Any]:
    return {
        "group_all_shut": -1 if group.whole_ban else 0,
        "group_remark": "",
        "group_id": group.group_id,
        "group_name": group.name,
        "member_count": len(group.members),
        "max_member_count": group.max_members,
    }


def _member_info(context: Context, group: Group, member: Member) -> dict[str, Any]:
    person = context.world.person(member.user_id)
    return {
        "group_id": group.group_id,
        "user_id": member.user_id,
        "nickname": person.name,
        "card": member.card,
        "sex": person.sex,
        "age": person.age,
        "area": "",
        "level": "1",
        "qq_level": 32,
        "join_time": member.joined_at,
        "last_sent_time": member.last_sent_at,
        "title_expire_time": 0,
        "unfriendly": False,
        "card_changeable": True,
        "is_robot": person.is_robot,
        "shut_up_timestamp": member.muted_until,
        "role": member.role,
        "title": member.title,
    }


@action("get_group_list")
async def get_group_list(context: Context, params: Params) -> Any:
    world = context.world
    return [_group_info(group) for group in world.groups.values() if world.self_id in group.members]


@action("get_group_info", "get_group_detail_info", "get_group_info_ex")
async def get_group_info(context: Context, params: Params) -> Any:
    return _group_info(context.world.group(params.number("group_id")))


@action("get_group_member_list")
async def get_group_member_list(context: Context, params: Params) -> Any:
    group = context.world.group(params.number("group_id"))
    return [_member_info(context, group, member) for member in group.members.values()]


@action("get_group_member_info")
async def get_group_member_info(context: Context, params: Params) -> Any:
    group = context.world.group(params.number("group_id"))
    return _member_info(context, group, context.world.member(group.group_id, params.number("user_id")))


@action("get_group_honor_info")
async def get_group_honor_info(context: Context, params: Params) -> Any:
    group = context.world.group(params.number("group_id"))
    kind = params.text("type", "all")
    kinds = ("talkative", "performer", "legend", "strong_newbie", "emotion")
    if kind not in (*kinds, "all"):
        raise bad("Key: type, Message: Expected an honor")
    honors: dict[str, list[Any]] = {f"{name}_list": [] for name in kinds if kind in (name, "all")}
    return {"group_id": group.group_id, "current_talkative": {}, **honors}


@action("get_group_shut_list")
async def get_group_shut_list(context: Context, params: Params) -> Any:
    group = context.world.group(params.number("group_id"))
    now = context.world.stamp()
    return [
        {"uin": str(m.user_id), "nick": context.world.display_name(m.user_id), "shutUpTime": m.muted_until}
        for m in group.members.values()
        if m.muted_until > now
    ]


def _target(context: Context, params: Params) -> tuple[int, int]:
    """The group and member a moderating action is about. The bot must outrank the member."""
    group_id, user_id = params.number("group_id"), params.number("user_id")
    world = context.world
    world.require_admin(group_id, world.self_id)
    if user_id != world.self_id and world.member(group_id, user_id).role != "member":
        world.require_admin(group_id, world.self_id, owner=True)
    return group_id, user_id


@action("set_group_kick")
async def set_group_kick(context: Context, params: Params) -> None:
    params.flag("reject_add_request")
    group_id, user_id = _target(context, params)
    context.world.leave(group_id, user_id, operator_id=context.world.self_id)


@action("set_group_kick_members")
async def set_group_kick_members(context: Context, params: Params) -> None:
    rows = params.rows("user_id")
    for user_id in rows:
        one = Params({"group_id": params.raw("group_id"), "user_id": user_id})
        _target(context, one)
    for user_id in rows:
        context.world.leave(params.number("group_id"), int(user_id), operator_id=context.world.self_id)


@action("set_group_ban")
async def set_group_ban(context: Context, params: Params) -> None:
    duration = params.number("duration", 1800)
    if not 0 <= duration <= MOST_BAN_SECONDS:
        raise bad("Key: duration, Message: Expected 0 to 2592000")
    group_id, user_id = _target(context, params)
    context.world.ban(group_id, user_id, duration, context.world.self_id)


@action("set_group_whole_ban")
async def set_group_whole_ban(context: Context, params: Params) -> None:
    group_id, world = params.number("group_id"), context.world
    enable = params.flag("enable", True)
    world.require_admin(group_id, world.self_id)
    world.ban_all(group_id, enable, world.self_id)


@action("set_group_admin")
async def set_group_admin(context: Context, params: Params) -> None:
    group_id, user_id, world = params.number("group_id"), params.number("user_id"), context.world
    enable = params.flag("enable", True)
    world.require_admin(group_id, world.self_id, owner=True)
    world.set_admin(group_id, user_id, enable)


@action("set_group_card")
async def set_group_card(context: Context, params: Params) -> None:
    group_id, user_id, world = params.number("group_id"), params.number("user_id"), context.world
    card = params.text("card", "")
    if user_id != world.self_id:
        world.require_admin(group_id, world.self_id)
    world.set_card(group_id, user_id, card)


@action("set_group_special_title")
async def set_group_special_title(context: Context, params: Params) -> None:
    group_id, user_id, world = params.number("group_id"), params.number("user_id"), context.world
    title = params.text("special_title", "")
    world.require_admin(group_id, world.self_id, owner=True)
    world.set_title(group_id, user_id, title)


@action("set_group_name")
async def set_group_name(context: Context, params: Params) -> None:
    group_id, name, world = params.number("group_id"), params.text("group_name"), context.world
    if not name.strip():
        raise bad("Key: group_name, Message: Expected a name")
    world.require_admin(group_id, world.self_id)
    world.rename(group_id, name, world.self_id)


@action("set_group_leave")
async def set_group_leave(context: Context, params: Params) -> None:
    group_id, world = params.number("group_id"), context.world
    dismiss = params.flag("is_dismiss")
    if dismiss:
        world.require_admin(group_id, world.self_id, owner=True)
    world.group(group_id)
    world.leave(group_id, world.self_id)


@action("set_group_anonymous")
async def set_group_anonymous(context: Context, params: Params) -> None:
    params.flag("enable", True)
    context.world.require_admin(params.number("group_id"), context.world.self_id)


@action("set_group_anonymous_ban")
async def set_group_anonymous_ban(context: Context, params: Params) -> None:
    context.world.group(params.number("group_id"))
    if not (params.has("anonymous") or params.has("anonymous_flag") or params.has("flag")):
        raise bad("Key: anonymous_flag, Message: Expected required property")
    raise refused("没有这个匿名成员")


@action("set_group_add_request")
async def set_group_add_request(context: Context, params: Params) -> None:
    world, flag = context.world, params.text("flag")
    request = world.requests.get(flag)
    if request is None or request.group_id is None:
        raise refused("请求不存在或已处理")
    approve = params.flag("approve", True)
    if request.sub_type == "add":
        world.require_admin(request.group_id, world.self_id)
    del world.requests[flag]
    if not approve:
        return
    if request.sub_type == "invite":
        world.join(request.group_id, world.self_id, operator_id=request.user_id, invited=True)
    else:
        world.join(request.group_id, request.user_id, operator_id=world.self_id)


@action("get_group_system_msg")
async def get_group_system_msg(context: Context, params: Params) -> Any:
    rows: dict[str, list[dict[str, Any]]] = {"invited_requests": [], "InvitedRequest": [], "join_requests": []}
    for request in context.world.requests.values():
        if request.group_id is None:
            continue
        row = {
            "request_id": int(request.flag),
            "invitor_uin": request.user_id,
            "invitor_nick": context.world.display_name(request.user_id),
            "group_id": request.group_id,
            "group_name": context.world.groups[request.group_id].name,
            "message": request.comment,
            "checked": False,
            "actor": 0,
        }
        for key in ("invited_requests", "InvitedRequest") if request.sub_type == "invite" else ("join_requests",):
            rows[key].append(row)
    return rows


@action("_send_group_notice", "send_group_notice")
async def send_group_notice(context: Context, params: Params) -> None:
    group_id, content = params.number("group_id"), params.text("content")
    if not content.strip():
        raise refused("设置群公告失败,错误信息:内容为空")
    settings = {
        "is_show_edit_card": params.number("is_show_edit_card", 0),
        "remind_ts": 0,
        "tip_window_type": params.number("tip_window_type", 0),
        "confirm_required": params.number("confirm_required", 1),
    }
    context.world.announce(group_id, context.world.self_id, content, settings)


@action("_get_group_notice")
async def get_group_notice(context: Context, params: Params) -> Any:
    return context.world.group(params.number("group_id")).notices


@action("_del_group_notice")
async def del_group_notice(context: Context, params: Params) -> Any:
    group_id = params.number("group_id")
    context.world.require_admin(group_id, context.world.self_id)
    context.world.take_down(group_id, params.text("notice_id"))
    return {"result": 0, "errMsg": ""}


@action("set_group_sign", "send_group_sign", "set_group_remark")
async def accepted(context: Context, params: Params) -> None:
    context.world.group(params.number("group_id"))
