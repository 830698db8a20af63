"""What the browser may do to the simulated world. Each returns the JSON answer or raises ``UserError`` in Chinese."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from bot.core.errors import UserError
from bot.simulator.entities import Group
from bot.simulator.errors import ActionError
from bot.simulator.faults import Fault
from bot.simulator.simulator import Simulator

Jump = Callable[[str], Awaitable[datetime]]
"""Sets the clock by a Chinese time, ``+1h`` or an ISO instant; the new time. Raises ``UserError``."""


class Unavailable(UserError):
    """Nothing of the kind is here, whatever one writes."""


_MUTE_SECONDS = 29 * 86400


def _number(body: dict[str, Any], key: str) -> int:
    value = body.get(key)
    if isinstance(value, bool) or not str(value).lstrip("-").isdecimal():
        raise UserError(f"缺少 {key},或它不是数字。")
    return int(str(value))


def _speaker(sim: Simulator, body: dict[str, Any]) -> int:
    user_id = _number(body, "as")
    if user_id not in sim.world.people or user_id == sim.world.self_id:
        raise UserError("请先选一个群成员,再以他的身份操作。")
    return user_id


def _in_words(error: ActionError) -> UserError:
    """A refusal of the platform as the person before the browser should read it."""
    words = str(error)
    if '"result": 110' in words:
        return UserError("这个人不在群里,不能发言。")
    if '"result": 120' in words:
        return UserError("这个人被禁言了,暂时不能发言。")
    return UserError(words)


async def say(sim: Simulator, body: dict[str, Any]) -> dict[str, Any]:
    user_id, chat = _speaker(sim, body), str(body.get("chat") or "")
    kind, _, number = chat.partition(":")
    if kind == "private" and number != str(user_id):
        raise UserError("私聊只能以本人的身份发言。")
    known = kind == "private" or (kind == "group" and number.isdecimal() and int(number) in sim.world.groups)
    if not known:
        raise UserError("没有这个聊天。")
    segments = body.get("segments")
    if not isinstance(segments, list) or not segments:
        raise UserError("消息是空的。")
    try:
        return {"message_id": await sim.speak(chat, user_id, segments)}
    except ActionError as error:
        raise _in_words(error) from error


async def react(sim: Simulator, body: dict[str, Any]) -> dict[str, Any]:
    try:
        sim.world.react(
            _number(body, "message_id"), _speaker(sim, body), str(body.get("emoji_id")), body.get("is_add") is not False
        )
    except ActionError as error:
        raise _in_words(error) from error
    return {}


async def recall(sim: Simulator, body: dict[str, Any]) -> dict[str, Any]:
    try:
        sim.world.recall(_number(body, "message_id"), _speaker(sim, body))
    except ActionError as error:
        raise _in_words(error) from error
    return {}


async def essence(sim: Simulator, body: dict[str, Any]) -> dict[str, Any]:
    try:
        sim.world.set_essence(_number(body, "message_id"), _speaker(sim, body), body.get("is_add") is not False)
    except ActionError as error:
        raise _in_words(error) from error
    return {}


async def announce(sim: Simulator, body: dict[str, Any]) -> dict[str, Any]:
    text = str(body.get("content") or "").strip()
    if not text:
        raise UserError("公告是空的。")
    try:
        sim.world.announce(_number(body, "group_id"), _speaker(sim, body), text, {"confirm_required": 1})
    except ActionError as error:
        raise _in_words(error) from error
    return {}


async def member(sim: Simulator, body: dict[str, Any]) -> dict[str, Any]:
    """Somebody joins, leaves, or changes their card."""
    group_id, user_id = _number(body, "group_id"), _number(body, "user_id")
    if group_id not in sim.world.groups or user_id == sim.world.self_id:
        raise UserError("没有这个群,或不能这样操作机器人自己。")
    try:
        match body.get("do"):
            case "join":
                sim.world.join(group_id, user_id, card=str(body.get("card") or ""))
            case "leave":
                sim.world.leave(group_id, user_id)
            case "card":
                sim.world.set_card(group_id, user_id, str(body.get("card") or ""))
            case _:
                raise UserError("只能 join(入群)、leave(退群)或 card(改名片)。")
    except ActionError as error:
        raise _in_words(error) from error
    return {}


async def fault(sim: Simulator, body: dict[str, Any]) -> dict[str, Any]:
    """``kind`` lasts until the next one, or meets only the next ``times`` sends. Others are states of their own."""
    behaviour = sim.behaviour
    seconds = body.get("seconds", behaviour.seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= 600:
        raise UserError("秒数要在 0 到 600 之间。")
    history = body.get("history", "whole")
    if history not in ("whole", "empty", "failing"):
        raise UserError("history 只能是 whole、empty 或 failing。")
    kind = str(body.get("kind") or "none")
    times = _number(body, "times") if body.get("times") is not None else None
    muted = kind == Fault.MUTED and times is None
    if muted or kind in ("offline", "half_open", "disconnect"):
        wanted = Fault.NONE
    else:
        try:
            wanted = Fault(kind)
        except ValueError:
            raise UserError("没有这种故障:" + kind) from None
    behaviour.heal()
    behaviour.seconds, behaviour.history = float(seconds), history
    behaviour.echo = body.get("echo") is not False
    behaviour.reactions = body.get("reactions") is not False
    if times is None:
        behaviour.always(wanted)
    elif times > 0:
        behaviour.next(wanted, times)
    _mute(sim, muted)
    sim.set_online(kind != "offline")
    if kind == "half_open":
        sim.freeze()
    elif kind == "disconnect":
        sim.drop()
    return describe_fault(sim)


def _mute(sim: Simulator, muted: bool) -> None:
    """Really mute the bot in every group, so that it is told, and told again when that ends."""
    for group in sim.world.groups.values():
        if sim.world.self_id in group.members and _is_muted(sim, group) != muted:
            sim.world.ban(group.group_id, sim.world.self_id, _MUTE_SECONDS if muted else 0, sim.world.owner(group))


def _is_muted(sim: Simulator, group: Group) -> bool:
    member = group.members.get(sim.world.self_id)
    return member is not None and member.muted_until > sim.world.stamp()


def describe_fault(sim: Simulator) -> dict[str, Any]:
    told = sim.behaviour.describe()
    if not sim.behaviour.online:
        return {**told, "kind": "offline"}
    muted = any(_is_muted(sim, group) for group in sim.world.groups.values())
    return {**told, "kind": Fault.MUTED.value} if muted else told


async def clock(sim: Simulator, body: dict[str, Any], jump: Jump | None) -> dict[str, Any]:
    """Raises ``Unavailable`` if there is no clock to set."""
    if jump is None:
        raise Unavailable("单独运行的模拟群不能拨时钟,请用 make demo。")
    wanted = str(body.get("jump") or "").strip()
    if not wanted:
        raise UserError("请写要拨到的时间,如「明天 8:00」「+1h」。")
    return {"now": (await jump(wanted)).isoformat()}
