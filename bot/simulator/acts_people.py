"""Actions on accounts: the bot's own, friends, strangers, and the state of the implementation."""

from typing import Any

from bot.simulator.actions import Context, action
from bot.simulator.errors import bad, refused
from bot.simulator.params import Params


@action("get_login_info")
async def get_login_info(context: Context, params: Params) -> Any:
    world = context.world
    return {"user_id": world.self_id, "nickname": world.person(world.self_id).name}


@action("get_status")
async def get_status(context: Context, params: Params) -> Any:
    return {"online": context.behaviour.online, "good": True, "stat": {}}


@action("get_version_info")
async def get_version_info(context: Context, params: Params) -> Any:
    return {"app_name": "NapCat.Onebot", "protocol_version": "v11", "app_version": "4.9.0"}


@action("get_stranger_info")
async def get_stranger_info(context: Context, params: Params) -> Any:
    person = context.world.person(params.number("user_id"))
    return {
        "user_id": person.user_id,
        "uid": f"u_{person.user_id}",
        "nickname": person.name,
        "sex": person.sex,
        "age": person.age,
        "qid": "",
        "qqLevel": 32,
        "long_nick": "",
        "remark": "",
        "status": 10,
        "login_days": 1,
        "is_vip": False,
    }


@action("get_friend_list", "get_unidirectional_friend_list")
async def get_friend_list(context: Context, params: Params) -> Any:
    return [
        {"user_id": p.user_id, "nickname": p.name, "remark": "", "sex": p.sex, "age": p.age, "level": 32}
        for p in context.world.people.values()
        if p.friend and p.user_id != context.world.self_id
    ]


@action("get_friends_with_category")
async def get_friends_with_category(context: Context, params: Params) -> Any:
    friends = await get_friend_list(context, params)
    return [
        {
            "categoryId": 1,
            "categoryName": "我的好友",
            "categorySortId": 1,
            "categoryMbCount": len(friends),
            "onlineCount": len(friends),
            "buddyList": friends,
        }
    ]


@action("get_recent_contact")
async def get_recent_contact(context: Context, params: Params) -> Any:
    newest: dict[str, Any] = {}
    for message in context.world.messages.values():
        if not message.recalled:
            newest.pop(message.chat, None)
            newest[message.chat] = message
    rows = [
        {
            "peerUin": m.chat.partition(":")[2],
            "chatType": 2 if m.group_id is not None else 1,
            "msgTime": str(m.time),
            "msgId": str(m.message_id),
            "sendNickName": context.world.display_name(m.user_id),
        }
        for m in reversed(newest.values())
    ]
    return rows[: params.number("count", 10)]


@action("send_like")
async def send_like(context: Context, params: Params) -> None:
    person = context.world.person(params.number("user_id"))
    times = params.number("times", 1)
    if times < 1:
        raise bad("Key: times, Message: Expected a positive number")
    given = context.world.likes.get(person.user_id, 0)
    if given + times > 10:
        raise refused("点赞失败 今日同一好友点赞数已达上限")
    context.world.likes[person.user_id] = given + times


@action("set_friend_add_request")
async def set_friend_add_request(context: Context, params: Params) -> None:
    flag = params.text("flag")
    request = context.world.requests.get(flag)
    if request is None or request.group_id is not None:
        raise refused("请求不存在或已处理")
    approve = params.flag("approve", True)
    del context.world.requests[flag]
    if approve:
        context.world.befriend(request.user_id)


@action("delete_friend")
async def delete_friend(context: Context, params: Params) -> None:
    context.world.person(params.number("user_id")).friend = False


@action("get_cookies")
async def get_cookies(context: Context, params: Params) -> Any:
    return {"cookies": "", "bkn": "5381"}


@action("get_csrf_token")
async def get_csrf_token(context: Context, params: Params) -> Any:
    return {"token": 5381}


@action("get_credentials")
async def get_credentials(context: Context, params: Params) -> Any:
    return {"cookies": "", "csrf_token": 5381, "token": 5381}


@action("can_send_image", "can_send_record")
async def can_send(context: Context, params: Params) -> Any:
    return {"yes": True}


@action("set_restart", "clean_cache")
async def nothing_to_do(context: Context, params: Params) -> None:
    return None


@action("set_qq_profile")
async def set_qq_profile(context: Context, params: Params) -> Any:
    context.world.person(context.world.self_id).name = params.text("nickname")
    return {"result": 0, "errMsg": ""}


@action("set_input_status", "set_online_status", "set_self_longnick")
async def accepted(context: Context, params: Params) -> Any:
    return {"result": 0, "errMsg": ""}


@action("nc_get_user_status")
async def nc_get_user_status(context: Context, params: Params) -> Any:
    context.world.person(params.number("user_id"))
    return {"status": 10, "ext_status": 0}


@action("get_robot_uin_range")
async def get_robot_uin_range(context: Context, params: Params) -> Any:
    return [{"minUin": "3328144510", "maxUin": "3328144510"}, {"minUin": "2854196301", "maxUin": "2854216399"}]


@action("get_online_clients")
async def get_online_clients(context: Context, params: Params) -> Any:
    return {"clients": []}
