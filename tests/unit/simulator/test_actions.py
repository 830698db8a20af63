"""Each OneBot action: what it answers, what it changes, what the bot is told, and how it refuses."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest

from bot.simulator import Simulator
from bot.simulator.actions import ACTIONS
from bot.simulator.sample import GROUP_ID, MEMBERS, PROPAGANDIST, ROBOT, SECRETARY, SELF_ID
from bot.simulator.world import RECALL_SECONDS

from .conftest import Caller

MEMBER = MEMBERS[4]
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PICTURE = "base64://" + base64.b64encode(PNG).decode()
UNKNOWN_ID = 999999999

STANDARD = [
    "send_private_msg",
    "send_group_msg",
    "send_msg",
    "delete_msg",
    "get_msg",
    "get_forward_msg",
    "send_like",
    "set_group_kick",
    "set_group_ban",
    "set_group_anonymous_ban",
    "set_group_whole_ban",
    "set_group_admin",
    "set_group_anonymous",
    "set_group_card",
    "set_group_name",
    "set_group_leave",
    "set_group_special_title",
    "set_friend_add_request",
    "set_group_add_request",
    "get_login_info",
    "get_stranger_info",
    "get_friend_list",
    "get_group_info",
    "get_group_list",
    "get_group_member_info",
    "get_group_member_list",
    "get_group_honor_info",
    "get_cookies",
    "get_csrf_token",
    "get_credentials",
    "get_record",
    "get_image",
    "can_send_image",
    "can_send_record",
    "get_status",
    "get_version_info",
    "set_restart",
    "clean_cache",
    ".handle_quick_operation",
]


def _text(text: str) -> list[dict[str, Any]]:
    return [{"type": "text", "data": {"text": text}}]


# -- the protocol


@pytest.mark.parametrize("name", STANDARD)
async def test_the_whole_standard_is_known(call: Caller, name: str) -> None:
    assert name in ACTIONS
    assert (await call.raw(name))["retcode"] != 1404


async def test_unknown_actions_are_1404(call: Caller) -> None:
    assert await call.refusal("no_such_action") == 1404
    assert await call.refusal("no_such_action_async") == 1404
    assert await call.refusal("") == 1404


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("send_group_msg", {"message": "x"}),
        ("send_group_msg", {"group_id": GROUP_ID}),
        ("send_group_msg", {"group_id": "abc", "message": "x"}),
        ("send_group_msg", {"group_id": GROUP_ID, "message": 5}),
        ("send_group_msg", {"group_id": GROUP_ID, "message": [{"data": {}}]}),
        ("send_group_msg", {"group_id": GROUP_ID, "message": [{"type": "text", "data": {"text": {}}}]}),
        ("send_private_msg", {"message": "x"}),
        ("send_msg", {"message_type": "channel", "group_id": GROUP_ID, "message": "x"}),
        ("delete_msg", {}),
        ("get_msg", {"message_id": []}),
        ("get_msg", {"message_id": True}),
        ("set_group_ban", {"group_id": GROUP_ID, "user_id": MEMBER, "duration": -5}),
        ("set_group_ban", {"group_id": GROUP_ID, "user_id": MEMBER, "duration": 31 * 86400}),
        ("set_group_whole_ban", {"group_id": GROUP_ID, "enable": "perhaps"}),
        ("set_group_name", {"group_id": GROUP_ID, "group_name": " "}),
        ("get_group_honor_info", {"group_id": GROUP_ID, "type": "x"}),
        ("get_group_member_info", {"group_id": GROUP_ID}),
        ("set_msg_emoji_like", {"message_id": 1}),
        ("get_forward_msg", {}),
        ("send_like", {"user_id": MEMBER, "times": 0}),
    ],
)
async def test_bad_parameters_are_1400(call: Caller, action: str, params: dict[str, Any]) -> None:
    assert await call.refusal(action, **params) == 1400


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("send_group_msg", {"group_id": UNKNOWN_ID, "message": "x"}),
        ("send_group_msg", {"group_id": GROUP_ID, "message": ""}),
        ("send_group_msg", {"group_id": GROUP_ID, "message": []}),
        ("send_group_msg", {"group_id": GROUP_ID, "message": [{"type": "hologram", "data": {}}]}),
        ("send_group_msg", {"group_id": GROUP_ID, "message": "[CQ:image,file=/etc/passwd]"}),
        ("send_group_msg", {"group_id": GROUP_ID, "message": "[CQ:image,file=file:///etc/passwd]"}),
        ("send_group_msg", {"group_id": GROUP_ID, "message": "[CQ:image,file=base64://%%%]"}),
        ("send_private_msg", {"user_id": UNKNOWN_ID, "message": "x"}),
        ("send_group_forward_msg", {"group_id": GROUP_ID, "messages": []}),
        ("delete_msg", {"message_id": UNKNOWN_ID}),
        ("get_msg", {"message_id": UNKNOWN_ID}),
        ("get_forward_msg", {"id": "nothing"}),
        ("set_msg_emoji_like", {"message_id": UNKNOWN_ID, "emoji_id": "76"}),
        ("set_essence_msg", {"message_id": UNKNOWN_ID}),
        ("get_group_msg_history", {"group_id": GROUP_ID}),
        ("get_group_msg_history", {"group_id": GROUP_ID, "message_seq": UNKNOWN_ID}),
        ("get_friend_msg_history", {"user_id": UNKNOWN_ID}),
        ("get_group_info", {"group_id": UNKNOWN_ID}),
        ("get_group_member_info", {"group_id": GROUP_ID, "user_id": UNKNOWN_ID}),
        ("get_stranger_info", {"user_id": UNKNOWN_ID}),
        ("get_file", {"file_id": "nothing"}),
        ("get_image", {"file": ""}),
        ("set_group_kick", {"group_id": GROUP_ID, "user_id": SECRETARY}),
        ("set_group_ban", {"group_id": GROUP_ID, "user_id": PROPAGANDIST}),
        ("set_group_admin", {"group_id": GROUP_ID, "user_id": MEMBER}),
        ("set_group_special_title", {"group_id": GROUP_ID, "user_id": MEMBER, "special_title": "标兵"}),
        ("set_group_leave", {"group_id": GROUP_ID, "is_dismiss": True}),
        ("set_group_anonymous_ban", {"group_id": GROUP_ID, "flag": "x"}),
        ("set_friend_add_request", {"flag": "x"}),
        ("set_group_add_request", {"flag": "x", "sub_type": "add"}),
        ("_send_group_notice", {"group_id": GROUP_ID, "content": " "}),
        ("_del_group_notice", {"group_id": GROUP_ID, "notice_id": "x"}),
        ("delete_group_file", {"group_id": GROUP_ID, "file_id": "x"}),
        ("upload_group_file", {"group_id": GROUP_ID, "file": "/etc/passwd", "name": "x"}),
        ("group_poke", {"group_id": GROUP_ID, "user_id": UNKNOWN_ID}),
    ],
)
async def test_what_the_platform_will_not_do_is_1200(
    sim: Simulator, call: Caller, action: str, params: dict[str, Any]
) -> None:
    assert await call.refusal(action, **params) == 1200
    assert sim.sent == []


@pytest.mark.parametrize("echo", ["x", 7, {"a": [1, None]}, [1], False])
async def test_echo_comes_back_as_it_was(sim: Simulator, call: Caller, echo: Any) -> None:
    from bot.simulator.actions import Context, Performer

    performer = Performer(Context(sim.world, sim.behaviour))
    for name in ("get_status", "no_such_action"):
        assert (await performer.perform({"action": name, "params": None, "echo": echo}))["echo"] == echo


async def test_no_echo_where_none_was_given(sim: Simulator) -> None:
    from bot.simulator.actions import Context, Performer

    performer = Performer(Context(sim.world, sim.behaviour))
    for name in ("get_status", "get_status_async", "no_such_action"):
        assert "echo" not in await performer.perform({"action": name})
        assert (await performer.perform({"action": name, "echo": None}))["echo"] is None


async def test_folders_of_a_group(call: Caller) -> None:
    where = {"group_id": GROUP_ID}
    folder = (await call("create_group_file_folder", name="学习材料", **where))["folder_id"]
    assert await call.refusal("create_group_file_folder", name="学习材料", **where) == 1200
    inside = await call("upload_group_file", file="base64://SGk=", name="章程.txt", folder_id=folder, **where)
    await call("upload_group_file", file="base64://SGk=", name="通知.txt", **where)
    root = await call("get_group_root_files", **where)
    assert [file["file_name"] for file in root["files"]] == ["通知.txt"]
    assert [(one["folder_name"], one["total_file_count"]) for one in root["folders"]] == [("学习材料", 1)]
    await call("rename_group_file", file_id=inside["file_id"], new_name="党章.txt", **where)
    [file] = (await call("get_group_files_by_folder", folder_id=folder, **where))["files"]
    assert (file["file_id"], file["file_name"]) == (inside["file_id"], "党章.txt")
    await call("delete_group_folder", folder_id=folder, **where)
    assert (await call("get_group_file_system_info", **where))["file_count"] == 1
    for action in ("get_group_files_by_folder", "delete_group_folder"):
        assert await call.refusal(action, folder_id=folder, **where) == 1200
    assert await call.refusal("upload_group_file", file="base64://SGk=", name="x", folder_id=folder, **where) == 1200
    assert await call.refusal("rename_group_file", file_id=inside["file_id"], new_name="x", **where) == 1200


async def test_files_of_this_machine_only_where_the_disk_is_shared(
    sim: Simulator, call: Caller, tmp_path: Path
) -> None:
    file = tmp_path / "学习材料.pdf"
    file.write_bytes(b"%PDF-")
    where = {"group_id": GROUP_ID, "name": "材料.pdf"}
    assert await call.refusal("upload_group_file", file=str(file), **where) == 1200
    sim.world.local_files = True
    for path in (str(file), file.as_uri(), f"file://{file}", f"file:///{file}"):
        uploaded = await call("upload_group_file", file=path, **where)
        assert base64.b64decode((await call("get_file", file_id=uploaded["file_id"]))["base64"]) == b"%PDF-"
    assert await call.refusal("upload_group_file", file=str(tmp_path / "没有"), **where) == 1200


async def test_async_suffixes(sim: Simulator, call: Caller) -> None:
    for suffix in ("_async", "_rate_limited"):
        answer = await call.raw("send_group_msg" + suffix, group_id=GROUP_ID, message=suffix)
        assert (answer["status"], answer["retcode"], answer["data"]) == ("async", 1, None)
        await sim.wait_sent(lambda sent, text=suffix: sent.text == text)


async def test_numbers_may_be_strings(sim: Simulator, call: Caller) -> None:
    sent = await call("send_group_msg", group_id=str(GROUP_ID), message="您好", auto_escape="true")
    assert isinstance(sent["message_id"], int)
    assert (await call("get_msg", message_id=str(sent["message_id"])))["raw_message"] == "您好"


# -- messages


async def test_a_string_is_read_as_cq_codes(sim: Simulator, call: Caller) -> None:
    await call("send_group_msg", group_id=GROUP_ID, message=f"请[CQ:at,qq={MEMBER}]看&#91;一下&#93;")
    assert sim.sent[-1].segments == [*_text("请"), {"type": "at", "data": {"qq": str(MEMBER)}}, *_text("看[一下]")]


@pytest.mark.parametrize("how", ["array", "escaped"])
async def test_text_stays_text(sim: Simulator, call: Caller, how: str) -> None:
    code = "[CQ:at,qq=all]&amp;"
    message: Any = _text(code) if how == "array" else code
    await call("send_group_msg", group_id=GROUP_ID, message=message, auto_escape=how == "escaped")
    assert sim.sent[-1].segments == _text(code)
    raw = (await call("get_msg", message_id=sim.sent[-1].message_id))["raw_message"]
    assert raw == "&#91;CQ:at,qq=all&#93;&amp;amp;"


async def test_events_look_like_napcats(sim: Simulator, call: Caller) -> None:
    mid = await sim.say(GROUP_ID, MEMBER, "已学")
    event = await call.event(post_type="message", message_type="group")
    member = sim.world.groups[GROUP_ID].members[MEMBER]
    assert event == {
        "self_id": SELF_ID,
        "user_id": MEMBER,
        "time": sim.world.messages[mid].time,
        "message_id": mid,
        "message_seq": mid,
        "real_id": mid,
        "real_seq": "1",
        "message_type": "group",
        "sender": {"user_id": MEMBER, "nickname": "小陈同学", "card": member.card, "role": "member"},
        "raw_message": "已学",
        "font": 14,
        "sub_type": "normal",
        "message": _text("已学"),
        "message_format": "array",
        "post_type": "message",
        "group_id": GROUP_ID,
        "group_name": "红旗社区第一党支部学习群",
    }
    await sim.whisper(MEMBER, "我的")
    whispered = await call.event(message_type="private")
    assert (whispered["sub_type"], whispered["user_id"], "group_id" in whispered) == ("friend", MEMBER, False)


async def test_own_messages_are_reported(sim: Simulator, call: Caller) -> None:
    sent = await call("send_private_msg", user_id=MEMBER, message="学1124-07")
    event = await call.event(post_type="message_sent")
    assert (event["message_id"], event["target_id"], event["user_id"]) == (sent["message_id"], MEMBER, SELF_ID)
    sim.report_self = False
    await call("send_private_msg", user_id=MEMBER, message="不上报")
    await sim.whisper(MEMBER, "好")
    await call.event(raw_message="好")
    assert [e["raw_message"] for e in call.events if e["post_type"] == "message_sent"] == ["学1124-07"]


async def test_history_pages_backwards(sim: Simulator, call: Caller) -> None:
    ids = [await sim.say(GROUP_ID, MEMBER, str(number)) for number in range(30)]
    await sim.whisper(MEMBER, "私聊不在群历史里")
    newest = await call("get_group_msg_history", group_id=GROUP_ID)
    assert [m["message_id"] for m in newest["messages"]] == ids[-20:]
    older = await call("get_group_msg_history", group_id=GROUP_ID, message_seq=ids[10], count=5, reverse_order=True)
    assert [m["message_id"] for m in older["messages"]] == ids[6:11]
    newer = await call("get_group_msg_history", group_id=GROUP_ID, message_seq=ids[10], count=5)
    assert [m["message_id"] for m in newer["messages"]] == ids[10:15]
    private = await call("get_friend_msg_history", user_id=MEMBER)
    assert [m["raw_message"] for m in private["messages"]] == ["私聊不在群历史里"]


async def test_recall(sim: Simulator, call: Caller) -> None:
    sent = await call("send_group_msg", group_id=GROUP_ID, message="错了")
    await call("delete_msg", message_id=sent["message_id"])
    event = await call.event(notice_type="group_recall")
    assert (event["operator_id"], event["message_id"]) == (SELF_ID, sent["message_id"])
    assert await call.refusal("get_msg", message_id=sent["message_id"]) == 1200
    assert sim.sent[0].recalled
    private = await call("send_private_msg", user_id=MEMBER, message="旧的")
    sim.world.messages[private["message_id"]].time -= RECALL_SECONDS + 5
    assert await call.refusal("delete_msg", message_id=private["message_id"]) == 1200


async def test_reactions(sim: Simulator, call: Caller) -> None:
    mid = await sim.say(GROUP_ID, MEMBER, "已学")
    await call("set_msg_emoji_like", message_id=mid, emoji_id=124)
    await sim.react(mid, SECRETARY, "124")
    await sim.react(mid, SECRETARY, "124")
    events = [e for e in call.events if e.get("notice_type") == "group_msg_emoji_like"]
    await call.event(notice_type="group_msg_emoji_like", user_id=SECRETARY)
    events = [e for e in call.events if e.get("notice_type") == "group_msg_emoji_like"]
    assert [(e["user_id"], e["likes"], e["is_add"]) for e in events] == [
        (SELF_ID, [{"emoji_id": "124", "count": 1}], True),
        (SECRETARY, [{"emoji_id": "124", "count": 2}], True),
    ]
    likes = await call("get_emoji_likes", message_id=mid, emoji_id="124")
    assert [row["user_id"] for row in likes["emoji_like_list"]] == [str(SELF_ID), str(SECRETARY)]
    fetched = await call("fetch_emoji_like", message_id=mid, emojiId="124", emojiType="1")
    assert [row["tinyId"] for row in fetched["emojiLikesList"]] == [str(SELF_ID), str(SECRETARY)]
    await call("set_msg_emoji_like", message_id=mid, emoji_id="124", set=False)
    assert (await call.event(notice_type="group_msg_emoji_like", is_add=False))["likes"][0]["count"] == 1
    assert (await call("get_msg", message_id=mid))["emoji_likes_list"] == [
        {"emoji_id": "124", "emoji_type": "1", "likes_cnt": "1"}
    ]


async def test_essence(sim: Simulator, call: Caller) -> None:
    mid = await sim.say(GROUP_ID, MEMBER, "好文章")
    await call("set_essence_msg", message_id=mid)
    assert (await call.event(notice_type="essence", sub_type="add"))["operator_id"] == SELF_ID
    listed = await call("get_essence_msg_list", group_id=GROUP_ID)
    assert [(row["message_id"], row["sender_id"]) for row in listed] == [(mid, MEMBER)]
    await call("delete_essence_msg", message_id=mid)
    assert await call("get_essence_msg_list", group_id=GROUP_ID) == []
    sim.world.groups[GROUP_ID].members[SELF_ID].role = "member"
    assert await call.refusal("set_essence_msg", message_id=mid) == 1200


async def test_merged_forward(sim: Simulator, call: Caller) -> None:
    mid = await sim.say(GROUP_ID, MEMBER, "原话")
    nodes = [
        {"type": "node", "data": {"user_id": str(SELF_ID), "nickname": "学习助手", "content": _text("第一页")}},
        {"type": "node", "data": {"id": str(mid)}},
        {"type": "node", "data": {"uin": SELF_ID, "name": "学习助手", "content": "第[CQ:face,id=1]页"}},
    ]
    sent = await call("send_group_forward_msg", group_id=GROUP_ID, messages=nodes)
    for key in (sent["forward_id"], str(sent["message_id"])):
        pages = (await call("get_forward_msg", id=key))["messages"]
        assert [page["raw_message"] for page in pages] == ["第一页", "原话", "第[CQ:face,id=1]页"]
    assert pages[1]["sender"]["user_id"] == MEMBER
    private = await call("send_private_forward_msg", user_id=MEMBER, messages=nodes[:1])
    assert sim.world.messages[private["message_id"]].peer_id == MEMBER
    mixed = await call.raw("send_group_msg", group_id=GROUP_ID, message=[*nodes, *_text("混在一起")])
    assert mixed["retcode"] == 1400


async def test_replies_and_unknown_ones(sim: Simulator, call: Caller) -> None:
    mid = await sim.say(GROUP_ID, MEMBER, "已学")
    for cited, kinds in ((mid, ["reply", "text"]), (UNKNOWN_ID, ["text"])):
        message = [{"type": "reply", "data": {"id": cited}}, *_text("好")]
        await call("send_group_msg", group_id=GROUP_ID, message=message)
        assert [segment["type"] for segment in sim.sent[-1].segments] == kinds


async def test_at_all_is_limited(sim: Simulator, call: Caller) -> None:
    group = sim.world.groups[GROUP_ID]
    group.at_all_left = 1
    assert (await call("get_group_at_all_remain", group_id=GROUP_ID))["can_at_all"] is True
    for _ in range(2):
        await call("send_group_msg", group_id=GROUP_ID, message="[CQ:at,qq=all]开会")
    assert [sent.segments[0]["type"] for sent in sim.sent] == ["at", "text"]
    assert (await call("get_group_at_all_remain", group_id=GROUP_ID))["can_at_all"] is False


async def test_muted_and_removed(sim: Simulator, call: Caller) -> None:
    sim.world.ban(GROUP_ID, SELF_ID, 600, SECRETARY)
    answer = await call.raw("send_group_msg", group_id=GROUP_ID, message="在吗")
    assert '"result": 120' in answer["message"]
    sim.world.ban(GROUP_ID, SELF_ID, 0, SECRETARY)
    assert (await call.event(notice_type="group_ban", sub_type="lift_ban"))["user_id"] == SELF_ID
    await call("send_group_msg", group_id=GROUP_ID, message="在")
    sim.world.leave(GROUP_ID, SELF_ID, operator_id=SECRETARY)
    assert (await call.event(notice_type="group_decrease"))["sub_type"] == "kick_me"
    answer = await call.raw("send_group_msg", group_id=GROUP_ID, message="在吗")
    assert '"result": 110' in answer["message"]
    await sim.say(GROUP_ID, MEMBER, "机器人走了")
    await sim.whisper(MEMBER, "私聊还在")
    await call.event(raw_message="私聊还在")
    assert all(event.get("raw_message") != "机器人走了" for event in call.events)


async def test_quick_operation(sim: Simulator, call: Caller) -> None:
    mid = await sim.say(GROUP_ID, MEMBER, "说点什么")
    event = await call.event(message_id=mid)
    await call(".handle_quick_operation", context=event, operation={"reply": "好的", "delete": True, "ban": True})
    assert sim.sent[-1].segments == [{"type": "at", "data": {"qq": str(MEMBER)}}, *_text(" "), *_text("好的")]
    assert sim.world.messages[mid].recalled
    assert sim.world.groups[GROUP_ID].members[MEMBER].muted_until > 0


# -- files


async def test_pictures_and_files(sim: Simulator, call: Caller) -> None:
    await call("send_group_msg", group_id=GROUP_ID, message=[{"type": "image", "data": {"file": PICTURE}}])
    image = sim.sent[-1].segments[0]["data"]
    assert image["file_size"] == str(len(PNG))
    assert base64.b64decode((await call("get_image", file=image["file"]))["base64"]) == PNG
    uploaded = await call("upload_group_file", group_id=GROUP_ID, file=PICTURE, name="../统计.xlsx")
    assert sim.sent[-1].segments[0]["data"]["file"] == "统计.xlsx"
    assert base64.b64decode((await call("get_file", file_id=uploaded["file_id"]))["base64"]) == PNG
    assert [f["file_name"] for f in (await call("get_group_root_files", group_id=GROUP_ID))["files"]] == ["统计.xlsx"]
    assert not [e for e in call.events if e.get("notice_type") == "group_upload"]
    await call("delete_group_file", group_id=GROUP_ID, file_id=uploaded["file_id"])
    assert (await call("get_group_file_system_info", group_id=GROUP_ID))["file_count"] == 0


async def test_a_members_file_reaches_the_bot(sim: Simulator, call: Caller) -> None:
    await sim.send_file(f"group:{GROUP_ID}", PROPAGANDIST, b"%PDF-", "学习材料.pdf")
    notice = await call.event(notice_type="group_upload")
    assert notice["file"]["name"] == "学习材料.pdf"
    event = await call.event(post_type="message")
    data = event["message"][0]["data"]
    assert (data["file"], data["file_id"]) == ("学习材料.pdf", notice["file"]["id"])
    got = await call("get_file", file_id=data["file_id"])
    assert (base64.b64decode(got["base64"]), got["file_name"], got["file_size"]) == (b"%PDF-", "学习材料.pdf", "5")
    await call("upload_private_file", user_id=MEMBER, file=PICTURE, name="月报.xlsx")
    assert sim.sent[-1].user_id == MEMBER


# -- people and groups


async def test_who_is_there(sim: Simulator, call: Caller) -> None:
    assert await call("get_login_info") == {"user_id": SELF_ID, "nickname": "学习助手"}
    assert (await call("get_group_list"))[0]["member_count"] == 14
    members = {row["user_id"]: row for row in await call("get_group_member_list", group_id=GROUP_ID)}
    assert [members[i]["role"] for i in (SECRETARY, PROPAGANDIST, MEMBER)] == ["owner", "admin", "member"]
    assert [i for i, row in members.items() if row["is_robot"]] == [ROBOT]
    assert (await call("get_group_member_info", group_id=GROUP_ID, user_id=MEMBER)) == members[MEMBER]
    assert (await call("get_stranger_info", user_id=MEMBER))["nickname"] == "小陈同学"
    assert ROBOT not in [row["user_id"] for row in await call("get_friend_list")]
    assert (await call("get_version_info"))["protocol_version"] == "v11"
    assert await call("get_status") == {"online": True, "good": True, "stat": {}}


async def test_running_a_group(sim: Simulator, call: Caller) -> None:
    member = sim.world.groups[GROUP_ID].members[MEMBER]
    await call("set_group_card", group_id=GROUP_ID, user_id=MEMBER, card="陈思雨(东片)")
    assert (await call.event(notice_type="group_card"))["card_new"] == member.card == "陈思雨(东片)"
    await call("set_group_ban", group_id=GROUP_ID, user_id=MEMBER, duration=60)
    assert (await call.event(notice_type="group_ban"))["duration"] == 60
    await call("set_group_ban", group_id=GROUP_ID, user_id=MEMBER, duration=0)
    assert member.muted_until == 0
    await call("set_group_whole_ban", group_id=GROUP_ID)
    assert sim.world.groups[GROUP_ID].whole_ban
    await call("set_group_name", group_id=GROUP_ID, group_name="第一党支部")
    assert (await call.event(sub_type="group_name"))["name_new"] == "第一党支部"
    await call("set_group_kick", group_id=GROUP_ID, user_id=MEMBER)
    assert (await call.event(notice_type="group_decrease"))["sub_type"] == "kick"
    sim.world.groups[GROUP_ID].members[SELF_ID].role = "owner"
    await call("set_group_admin", group_id=GROUP_ID, user_id=ROBOT, enable=True)
    assert (await call.event(notice_type="group_admin"))["sub_type"] == "set"
    await call("set_group_special_title", group_id=GROUP_ID, user_id=ROBOT, special_title="管家")
    assert sim.world.groups[GROUP_ID].members[ROBOT].title == "管家"
    await call("set_group_leave", group_id=GROUP_ID)
    assert await call("get_group_list") == []


async def test_notices(sim: Simulator, call: Caller) -> None:
    await call("_send_group_notice", group_id=GROUP_ID, content="周五 15:00 党员大会")
    (notice,) = await call("_get_group_notice", group_id=GROUP_ID)
    assert (notice["message"]["text"], notice["sender_id"]) == ("周五 15:00 党员大会", SELF_ID)
    assert notice["settings"]["confirm_required"] == 1
    await call("_del_group_notice", group_id=GROUP_ID, notice_id=notice["notice_id"])
    assert await call("_get_group_notice", group_id=GROUP_ID) == []


async def test_requests_and_joins(sim: Simulator, call: Caller) -> None:
    friend = sim.world.ask(ROBOT, "加个好友")
    assert (await call.event(request_type="friend"))["flag"] == friend.flag
    await call("set_friend_add_request", flag=friend.flag)
    assert (await call.event(notice_type="friend_add"))["user_id"] == ROBOT
    sim.world.leave(GROUP_ID, MEMBER)
    assert (await call.event(notice_type="group_decrease"))["sub_type"] == "leave"
    asked = sim.world.ask(MEMBER, "回来了", GROUP_ID)
    rows = await call("get_group_system_msg")
    assert [row["request_id"] for row in rows["join_requests"]] == [int(asked.flag)]
    await call("set_group_add_request", flag=asked.flag, sub_type="add", approve=True)
    assert (await call.event(notice_type="group_increase"))["user_id"] == MEMBER
    assert await call.refusal("set_group_add_request", flag=asked.flag) == 1200


async def test_pokes(sim: Simulator, call: Caller) -> None:
    await call("group_poke", group_id=GROUP_ID, user_id=MEMBER)
    assert (await call.event(sub_type="poke"))["target_id"] == MEMBER
    sim.world.poke(MEMBER, SELF_ID)
    assert (await call.event(sub_type="poke", user_id=MEMBER))["sender_id"] == MEMBER


async def test_likes_have_a_limit(call: Caller) -> None:
    await call("send_like", user_id=MEMBER, times=10)
    assert await call.refusal("send_like", user_id=MEMBER) == 1200


async def test_many_calls_at_once(sim: Simulator, call: Caller) -> None:
    calls = [call("send_group_msg", group_id=GROUP_ID, message=str(number)) for number in range(200)]
    answers = await asyncio.gather(*calls)
    assert [sent.message_id for sent in sim.sent] == [answer["message_id"] for answer in answers]
    assert [sent.text for sent in sim.sent] == [str(number) for number in range(200)]
