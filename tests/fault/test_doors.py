"""Nobody without the secrets gets in, and nobody speaks as somebody else."""

import asyncio
import hashlib
import hmac
import json
import os
import re
import signal
from asyncio import timeout
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bot.branch.models import Branch, RoleGrant
from bot.simulator import events, sample
from bot.study.models import Assignment, Completion
from tests.process import PATIENCE, SECRET, SUPERUSER, TOKEN, BotProcess

from .house import EVERYBODY, GROUP, House, acknowledged, delivery

ELSEWHERE = 555000111
"""A group that no branch is bound to."""


async def counts(house: House) -> list[int]:
    async with house.database.reading() as uow:
        tables = (Branch, RoleGrant, Assignment, Completion)
        return [int(await uow.session.scalar(select(func.count()).select_from(table)) or 0) for table in tables]


def said(text: str, user: int | str = SUPERUSER, group: int = GROUP, account: int = sample.SELF_ID) -> dict[str, Any]:
    """A message event as an attacker would write it."""
    return {
        "post_type": "message",
        "message_type": "group",
        "sub_type": "normal",
        "self_id": account,
        "user_id": int(user),
        "group_id": group,
        "message_id": abs(hash((text, user, group))) % 10**8,
        "time": 1795500000,
        "message": [{"type": "text", "data": {"text": text}}],
        "sender": {"user_id": int(user), "nickname": "王建国", "card": "王建国", "role": "owner"},
    }


def signature(body: bytes, key: str) -> dict[str, str]:
    return {"X-Signature": "sha1=" + hmac.new(key.encode(), body, hashlib.sha1).hexdigest()}


# -- case 27


@pytest.mark.parametrize("path", ["/onebot/v11/", "/onebot/v11/http"])
async def test_a_forged_post_runs_nothing_and_makes_no_bot(house: House, path: str) -> None:
    house.bot.environment |= delivery(send_timeout=600, lease=600)
    sim = await house.open()
    before = await counts(house)
    address = f"http://127.0.0.1:{house.bot.port}{path}"
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(trust_env=False) as client:
        for account in (sample.SELF_ID, 66666):
            for forged in (
                said("已学", EVERYBODY[3], account=account),
                said("/开始", group=ELSEWHERE, account=account),
            ):
                body = json.dumps(forged).encode()
                for proof in ({}, bearer, {"X-Signature": "sha1="}, signature(body, "guess"), signature(body, "")):
                    headers = {"X-Self-ID": str(account), "Content-Type": "application/json", **proof}
                    answer = await client.post(f"{address}?access_token={TOKEN}", content=body, headers=headers)
                    assert answer.status_code == 401
        body = json.dumps(said("/开始", group=ELSEWHERE, account=66666)).encode()
        signed = {"X-Self-ID": "66666", "Content-Type": "application/json", **signature(body, SECRET)}
        assert (await client.post(address, content=body, headers=signed)).status_code == 401
    await house.put(GROUP, account=66666)
    await house.put(GROUP)
    await house.settled("pending", "sent")
    assert [row.attempts for row in await house.rows()] == [0, 1]
    assert await counts(house) == before
    assert [call["action"] for call in sim.calls] == ["send_group_msg"]


async def test_a_signed_post_of_a_connected_account_is_served(house: House) -> None:
    """The counterpart: what is refused above is refused for want of the secret."""
    sim = await house.open()
    message = await sim.say(GROUP, EVERYBODY[3], "早")
    body = json.dumps({**said("已学", EVERYBODY[3]), "message_id": message}).encode()
    headers = {"X-Self-ID": str(sample.SELF_ID), "Content-Type": "application/json", **signature(body, SECRET)}
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"http://127.0.0.1:{house.bot.port}/onebot/v11/", content=body, headers=headers)
    assert answer.status_code == 204
    await acknowledged(sim, message)


async def test_who_is_not_known_sends_little(house: House) -> None:
    """Large bodies and heads are cut off long before they are whole, whoever's they claim to be."""
    sim = await house.open()

    async def cut(head: bytes, piece: bytes) -> bytes:
        """What comes back for a head and a hundred megabytes of pieces."""
        reader, writer = await asyncio.open_connection("127.0.0.1", house.bot.port)
        writer.write(head)
        try:
            for _ in range(100):
                writer.write(piece * (2**20 // len(piece)))
                await writer.drain()
            raise AssertionError("all of it was taken in")
        except ConnectionError:
            return await reader.read(200) if not reader.exception() else b""
        finally:
            writer.transport.abort()

    length = b"Content-Length: 104857600\r\n\r\n"
    for path in (b"/onebot/v11/", b"/reading/x", b"/none"):
        await cut(b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nX-Self-ID: 1\r\n" + length, b"x")
    await cut(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ", b"x")
    await cut(b"GET /healthz HTTP/1.1\r\nHost: x\r\n", b"X-Many: x\r\n")
    status = Path(f"/proc/{house.bot.pid}/status").read_text()
    assert int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) < 300 * 1024
    await acknowledged(sim, await sim.say(GROUP, EVERYBODY[4], "已学"))


# -- case 28


async def test_a_socket_without_the_token_is_refused(house: House) -> None:
    sim = await house.open()
    before = await counts(house)
    addresses = [house.bot.url, house.bot.url.removesuffix("ws"), f"{house.bot.url}?access_token=wrong"]
    good = {"Authorization": f"Bearer {TOKEN}"}
    for headers in (
        {"X-Self-ID": str(sample.SELF_ID)},
        {"X-Self-ID": str(sample.SELF_ID), "Authorization": "Bearer wrong"},
        {"X-Self-ID": str(sample.SELF_ID), "Authorization": f"Bearer {TOKEN}x"},
        {"X-Self-ID": str(sample.SELF_ID), "Authorization": "Bearer "},
        {"X-Self-ID": str(sample.SELF_ID), "Authorization": f"Basic {TOKEN}"},
        {"X-Self-ID": "66666"},
        good,
        {**good, "X-Self-ID": "-1"},
        {**good, "X-Self-ID": "../1"},
    ):
        for address in addresses:
            with pytest.raises((InvalidStatus, ConnectionClosed)):
                async with timeout(PATIENCE), connect(address, additional_headers=headers, proxy=None) as socket:
                    await socket.send(json.dumps(said("/开始", group=ELSEWHERE)))
                    await socket.recv()
    await acknowledged(sim, await sim.say(GROUP, EVERYBODY[3], "已学"))
    assert await counts(house) == [*before[:-1], before[-1] + 1]
    assert sim.link.dials == 1


async def test_an_event_of_another_account_is_dropped(house: House) -> None:
    sim = await house.open()
    before = await counts(house)
    genuine = events.message_body(sim.world, sim.world.messages[await sim.say(GROUP, EVERYBODY[3], "大家好")])
    genuine["message"] = [{"type": "text", "data": {"text": "已学"}}]
    for other in (10002, "10002", None, [10001], {"id": 10001}, 10001.5, True):
        sim.link.emit({**genuine, "self_id": other})
        sim.link.emit({**said("/开始", group=ELSEWHERE), "self_id": other})
    nameless = {key: value for key, value in genuine.items() if key != "self_id"}
    sim.link.emit(nameless)
    await acknowledged(sim, await sim.say(GROUP, EVERYBODY[4], "已学"))
    assert await counts(house) == [*before[:-1], before[-1] + 1]
    sim.link.emit(genuine)
    await acknowledged(sim, genuine["message_id"])


# -- starting without tokens


@pytest.mark.parametrize(
    ("host", "token", "secret", "allowed", "missing"),
    [
        ("127.0.0.1", "", "", "false", "ONEBOT_ACCESS_TOKEN、ONEBOT_SECRET"),
        ("127.0.0.1", TOKEN, "", "false", "ONEBOT_SECRET"),
        ("127.0.0.1", "", SECRET, "false", "ONEBOT_ACCESS_TOKEN"),
        ("0.0.0.0", "", "", "true", "ONEBOT_ACCESS_TOKEN、ONEBOT_SECRET"),
        ("0.0.0.0", TOKEN, "", "true", "ONEBOT_SECRET"),
    ],
)
async def test_run_does_not_start_without_both_tokens(
    tmp_path: Path, host: str, token: str, secret: str, allowed: str, missing: str
) -> None:
    tokens = {"ONEBOT_ACCESS_TOKEN": token, "ONEBOT_SECRET": secret}
    bot = BotProcess(tmp_path, HOST=host, XUEBAN__ALLOW_WITHOUT_TOKENS=allowed, **tokens)
    bot.launch()
    assert bot.wait() == 2
    assert f"不能启动:没有设置 {missing}。" in bot.written
    assert not (tmp_path / "data").exists()


async def test_on_loopback_it_starts_without_tokens_if_told_to(house: House) -> None:
    """And even then a POST without a signature is refused."""
    house.bot.environment |= {
        "ONEBOT_ACCESS_TOKEN": "", "ONEBOT_SECRET": "", "XUEBAN__ALLOW_WITHOUT_TOKENS": "true",
    }  # fmt: skip
    sim = await house.open()
    body = json.dumps(said("已学", EVERYBODY[3])).encode()
    async with httpx.AsyncClient(trust_env=False) as client:
        headers = {"X-Self-ID": str(sample.SELF_ID)}
        answer = await client.post(f"http://127.0.0.1:{house.bot.port}/onebot/v11/", content=body, headers=headers)
    assert answer.status_code == 401
    await acknowledged(sim, await sim.say(GROUP, EVERYBODY[4], "已学"))
    assert (await counts(house))[-1] == 1


# -- case 15


async def test_a_half_open_connection_gives_way_to_a_new_one(house: House) -> None:
    """The old socket says nothing and is never closed; its clean-up comes long after the new one is at work."""
    sim = await house.open()
    sim.freeze()
    [old] = sim.link._kept
    await sim.ready()
    [first] = await house.put(GROUP)
    await house.settled("sent")
    old.abort()
    await acknowledged(sim, await sim.say(GROUP, EVERYBODY[3], "已学"))
    [second] = await house.put(GROUP)
    await house.settled("sent", "sent")
    assert house.arrived() == {first: 1, second: 1}
    assert (sim.link.dials, "connected again" in house.bot.written) == (2, True)


async def test_a_message_under_way_on_a_half_open_connection_is_settled(house: House) -> None:
    """It was written to a socket that nobody reads: unknown within seconds, then sent once."""
    sim = await house.open()
    sim.link.reconnect = 0.5
    sim.freeze()
    [reference] = await house.put(GROUP)
    await house.settled("sent")
    assert house.arrived() == {reference: 1}


async def test_connections_that_come_all_at_once_end_with_one_at_work(house: House) -> None:
    """The process stood still while the account dialled again and again."""
    sim = await house.open()
    await sim.disconnect()
    headers = {"X-Self-ID": str(sample.SELF_ID), "Authorization": f"Bearer {TOKEN}"}
    os.kill(house.bot.pid, signal.SIGSTOP)
    dialling = [
        asyncio.create_task(connect(house.bot.url, additional_headers=headers, open_timeout=PATIENCE).__aenter__())
        for _ in range(6)
    ]
    await asyncio.sleep(0.3)
    os.kill(house.bot.pid, signal.SIGCONT)
    sockets = await asyncio.gather(*dialling)
    await sim.connect()
    await sim.ready()
    await acknowledged(sim, await sim.say(GROUP, EVERYBODY[3], "已学"))
    for socket in sockets:
        await asyncio.wait_for(socket.wait_closed(), PATIENCE)
    assert "Exception in ASGI application" not in house.bot.written
