"""The page's server: what it tells, what its buttons do, and whom it lets in."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from bot.core.clock import ShiftableClock
from bot.core.errors import UserError
from bot.simulator import Simulator, keeping
from bot.simulator.multipart import first_file
from bot.simulator.sample import GROUP_ID, MEMBERS, PROPAGANDIST, SECRETARY, SELF_ID
from bot.simulator.server import PageServer
from bot.simulator.shelf import Shelf
from bot.simulator.told import shortened

from .conftest import Caller

MEMBER = MEMBERS[4]
CHAT = f"group:{GROUP_ID}"


def _text(text: str) -> list[dict[str, Any]]:
    return [{"type": "text", "data": {"text": text}}]


@pytest.fixture
async def server(sim: Simulator) -> AsyncIterator[PageServer]:
    server = PageServer(sim, port=0)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def web(server: PageServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        yield client


async def _news(browser: ClientConnection, kind: str) -> dict[str, Any]:
    while True:
        told: dict[str, Any] = json.loads(await browser.recv())
        if told["type"] == kind:
            return told


def _watch(server: PageServer) -> connect:
    return connect(f"ws://127.0.0.1:{server.port}/sim/ws", proxy=None)


async def test_state_and_increments(server: PageServer, web: httpx.AsyncClient, sim: Simulator) -> None:
    earlier = await sim.say(GROUP_ID, SECRETARY, "早")
    async with _watch(server) as browser:
        state = json.loads(await browser.recv())
        assert (state["type"], state["self_id"], len(state["people"])) == ("state", SELF_ID, 14)
        assert [m["message_id"] for m in state["messages"]] == [earlier]
        assert state["groups"][0]["members"] == list(sim.world.groups[GROUP_ID].members)
        answer = await web.post("/sim/say", json={"as": MEMBER, "chat": CHAT, "segments": _text("[CQ:face,id=1]")})
        told = (await _news(browser, "message"))["message"]
        assert told["message_id"] == answer.json()["message_id"]
        assert (told["chat"], told["segments"], told["recalled"]) == (CHAT, _text("[CQ:face,id=1]"), False)
        body = {"as": SECRETARY, "message_id": told["message_id"]}
        await web.post("/sim/react", json={**body, "emoji_id": "76", "is_add": True})
        assert (await _news(browser, "reaction"))["user_id"] == SECRETARY
        await web.post("/sim/essence", json={**body, "is_add": True})
        assert (await _news(browser, "essence"))["is_add"] is True
        await web.post("/sim/recall", json=body)
        assert (await _news(browser, "recall"))["message_id"] == told["message_id"]
        await web.post("/sim/announce", json={"as": SECRETARY, "group_id": GROUP_ID, "content": "周五开会"})
        assert (await _news(browser, "notice"))["content"] == "周五开会"
        await web.post("/sim/member", json={"do": "leave", "group_id": GROUP_ID, "user_id": MEMBER})
        assert (await _news(browser, "notice"))["notice_type"] == "group_decrease"


async def test_frames_are_shown_without_their_bulk(server: PageServer, call: Caller) -> None:
    async with _watch(server) as browser:
        await call("send_private_msg", user_id=MEMBER, message="长" * 5000)
        sent = await _news(browser, "frame")
        while sent["json"].get("action") != "send_private_msg":
            sent = await _news(browser, "frame")
        assert sent["dir"] == "out"
        assert sent["json"]["params"]["message"].endswith("…(共 5000 字符)")
        assert (await _news(browser, "frame"))["dir"] == "in"
    assert shortened({"a": ["x" * 400]}) == {"a": ["x" * 80 + "…(共 400 字符)"]}


@pytest.mark.parametrize(
    ("button", "body", "words"),
    [
        ("say", {"as": MEMBER, "chat": CHAT, "segments": []}, "空"),
        ("say", {"as": 5, "chat": CHAT, "segments": _text("x")}, "群成员"),
        ("say", {"as": SELF_ID, "chat": CHAT, "segments": _text("x")}, "群成员"),
        ("say", {"as": MEMBER, "chat": f"private:{SECRETARY}", "segments": _text("x")}, "本人"),
        ("say", {"as": MEMBER, "chat": "group:1", "segments": _text("x")}, "没有这个聊天"),
        ("recall", {"as": MEMBER, "message_id": 5}, "不存在"),
        ("react", {"as": MEMBER}, "message_id"),
        ("essence", {"as": MEMBER, "message_id": 1}, "不存在"),
        ("fault", {"kind": "earthquake"}, "earthquake"),
        ("fault", {"kind": "slow", "seconds": -1}, "秒"),
        ("member", {"do": "dance", "group_id": GROUP_ID, "user_id": MEMBER}, "join"),
        ("announce", {"as": MEMBER, "group_id": GROUP_ID, "content": "x"}, "权限"),
    ],
)
async def test_buttons_refuse_in_chinese(
    web: httpx.AsyncClient, sim: Simulator, button: str, body: dict[str, Any], words: str
) -> None:
    answer = await web.post(f"/sim/{button}", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert sim.world.messages == {}


async def test_muted_people_cannot_speak(web: httpx.AsyncClient, sim: Simulator) -> None:
    sim.world.ban(GROUP_ID, MEMBER, 600, SECRETARY)
    answer = await web.post("/sim/say", json={"as": MEMBER, "chat": CHAT, "segments": _text("x")})
    assert answer.json()["error"] == "这个人被禁言了,暂时不能发言。"


async def test_unknown_buttons_and_broken_bodies(web: httpx.AsyncClient) -> None:
    assert (await web.post("/sim/explode", json={})).status_code == 404
    assert (await web.post("/sim/say", content=b"{", headers={"Content-Type": "application/json"})).status_code == 400
    assert (await web.post("/sim/say", content=b"{}", headers={"Content-Type": "text/plain"})).status_code == 400


async def test_clock(server: PageServer, web: httpx.AsyncClient, clock: ShiftableClock) -> None:
    answer = await web.post("/sim/clock", json={"jump": "+1h"})
    assert (answer.status_code, "make demo" in answer.json()["error"]) == (501, True)

    async def jump(text: str) -> datetime:
        if text != "+1h":
            raise UserError("看不懂这个时间。")
        clock.set(datetime.fromisoformat("2026-11-25T08:00:00+08:00"))
        return clock.now()

    server.jump = jump
    async with _watch(server) as browser:
        assert (await web.post("/sim/clock", json={"jump": "+1h"})).json()["now"].startswith("2026-11-25T00:00")
        assert (await _news(browser, "clock"))["now"].startswith("2026-11-25T00:00")
    assert (await web.post("/sim/clock", json={"jump": "昨天"})).status_code == 400
    assert (await web.post("/sim/clock", json={})).status_code == 400


async def test_faults_from_the_page(server: PageServer, web: httpx.AsyncClient, call: Caller) -> None:
    async with _watch(server) as browser:
        await web.post("/sim/fault", json={"kind": "timeout_delivered"})
        assert (await _news(browser, "fault"))["fault"]["kind"] == "timeout_delivered"
        for _ in range(2):
            assert "Timeout" in (await call.raw("send_private_msg", user_id=MEMBER, message="x"))["message"]
        assert (await web.post("/sim/fault", json={"kind": "offline"})).json()["kind"] == "offline"
        while (await _news(browser, "online"))["online"]:
            pass
        assert (await call("get_status"))["online"] is False
        assert (await web.post("/sim/fault", json={"kind": "none"})).json()["kind"] == "none"
    assert (await call.raw("send_private_msg", user_id=MEMBER, message="x"))["status"] == "ok"


async def test_the_bot_is_really_muted(web: httpx.AsyncClient, call: Caller) -> None:
    assert (await web.post("/sim/fault", json={"kind": "muted"})).json()["kind"] == "muted"
    assert (await call.event(notice_type="group_ban", sub_type="ban"))["user_id"] == SELF_ID
    assert '"result": 120' in (await call.raw("send_group_msg", group_id=GROUP_ID, message="x"))["message"]
    assert (await web.post("/sim/fault", json={"kind": "none"})).json()["kind"] == "none"
    await call.event(notice_type="group_ban", sub_type="lift_ban")
    await call("send_group_msg", group_id=GROUP_ID, message="x")


async def test_upload_and_download(web: httpx.AsyncClient, sim: Simulator, call: Caller) -> None:
    stored = (await web.post("/sim/upload", files={"file": ("学习 材料.pdf", b"%PDF-1", "application/pdf")})).json()
    assert (stored["name"], stored["size"]) == ("学习 材料.pdf", 6)
    segment = {"type": "file", "data": {"file": stored["url"], "name": stored["name"]}}
    await web.post("/sim/say", json={"as": PROPAGANDIST, "chat": CHAT, "segments": [segment]})
    event = await call.event(post_type="message")
    data = event["message"][0]["data"]
    assert data["url"] == f"{web.base_url}".rstrip("/") + stored["url"]
    downloaded = await web.get(data["url"])
    assert downloaded.content == b"%PDF-1"
    assert downloaded.headers["Content-Disposition"].startswith("attachment")
    assert (await call.event(notice_type="group_upload"))["file"]["size"] == 6
    assert (await web.get("/sim/file/../../etc/passwd")).status_code == 404
    assert (await web.get("/sim/file/nothing")).status_code == 404
    assert (await web.post("/sim/upload", content=b"x")).status_code == 400


async def test_active_content_is_never_shown_inline(web: httpx.AsyncClient) -> None:
    stored = (await web.post("/sim/upload", files={"file": ("x.html", b"<script>", "text/html")})).json()
    answer = await web.get(stored["url"])
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_the_bots_pictures_are_shown(server: PageServer, web: httpx.AsyncClient, call: Caller) -> None:
    async with _watch(server) as browser:
        await call("send_group_msg", group_id=GROUP_ID, message="[CQ:image,file=base64://iVBORw0KGgo=]")
        url = (await _news(browser, "message"))["message"]["segments"][0]["data"]["url"]
    answer = await web.get(url)
    assert (url[:10], answer.headers["Content-Type"]) == ("/sim/file/", "image/png")


async def test_reset(server: PageServer, web: httpx.AsyncClient, sim: Simulator) -> None:
    await sim.say(GROUP_ID, MEMBER, "旧的")
    sim.world.leave(GROUP_ID, MEMBER)
    done = []

    async def on_reset() -> None:
        done.append(True)

    server.on_reset = on_reset
    async with _watch(server) as browser:
        await browser.recv()
        assert (await web.post("/sim/reset", json={})).status_code == 200
        state = await _news(browser, "state")
    assert (state["messages"], len(state["people"]), done) == ([], 14, [True])
    assert MEMBER in sim.world.groups[GROUP_ID].members


async def test_foreign_pages_are_kept_out(server: PageServer, web: httpx.AsyncClient) -> None:
    body = {"as": MEMBER, "chat": CHAT, "segments": _text("x")}
    assert (await web.post("/sim/say", json=body, headers={"Origin": "http://evil.example"})).status_code == 403
    assert (await web.get("/", headers={"Host": "evil.example"})).status_code == 403
    assert (await web.post("/sim/say", json=body, headers={"Origin": server.url})).status_code == 200
    with pytest.raises(InvalidStatus):
        async with connect(f"ws://127.0.0.1:{server.port}/sim/ws", origin="http://evil.example", proxy=None):  # type: ignore[arg-type]
            pass


async def test_the_page_is_served(web: httpx.AsyncClient) -> None:
    assert "模拟群" in (await web.get("/")).text


async def test_only_on_this_machine(sim: Simulator) -> None:
    with pytest.raises(ValueError, match="本机"):
        PageServer(sim, host="0.0.0.0")


def test_multipart_without_a_file() -> None:
    assert first_file("text/plain", b"x") is None
    assert first_file("multipart/form-data; boundary=b", b"--b\r\n\r\nx\r\n--b--") is None


async def test_a_world_survives_a_restart(tmp_path: Path, sim: Simulator) -> None:
    assert keeping.load(tmp_path) is None
    async with Simulator(world=None) as first:
        first.world.shelf = Shelf(tmp_path / keeping.SHELF)
        mid = await first.say(GROUP_ID, MEMBER, "记住我")
        await first.react(mid, SECRETARY)
        await first.send_file(CHAT, PROPAGANDIST, b"abc", "名册.xlsx")
        first.world.ask(MEMBER, "入群", GROUP_ID)
        keeping.save(first.world, tmp_path)
    again = keeping.load(tmp_path)
    assert again is not None
    assert (again.messages, again.groups, again.people, again.requests) == (
        first.world.messages,
        first.world.groups,
        first.world.people,
        first.world.requests,
    )
    stored = again.shelf.find("名册.xlsx")
    assert stored is not None and again.shelf.read(stored.file_id) == b"abc"
    assert again.say(CHAT, MEMBER, _text("新的")).seq == 3
    (tmp_path / keeping.FILE).write_text("{", "utf-8")
    assert keeping.load(tmp_path) is None
