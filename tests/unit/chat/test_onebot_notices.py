"""What the platform tells of people's own messages reaches discussions, and only where one is open."""

from typing import Any, cast

import pytest
from sqlalchemy import update

from bot.chat.call import Call, Reply
from bot.chat.commands import CommandSet, Handler
from bot.chat.onebot import OneBot
from bot.chat.table import CommandTable
from bot.core.db import Database
from bot.delivery import outbox
from bot.delivery.models import OutboxRow, State
from bot.delivery.transport import Target
from bot.discussion.listening import Listening, Window
from bot.rendering.content import Content


async def heard(call: Call) -> Reply:
    return None


async def gone(call: Call) -> Reply:
    return None


@pytest.fixture
def platform(database: Database) -> OneBot:
    commands = CommandSet("discussion")
    for name in ("voice", "liked", "unliked", "recalled"):
        commands.signal(name)(heard)
    study = CommandSet("study")
    study.signal("reaction")(heard)
    study.signal("unreaction")(gone)
    table = CommandTable()
    table.add(commands)
    table.add(study)
    listening = Listening()
    listening.hear([("onebot11", "9", Window(1, 1, "题目", False))])
    nothing = cast("Any", None)
    return OneBot(nothing, nothing, nothing, database, table, listening)


def frame(kind: str, group: int = 9, **more: Any) -> dict[str, Any]:
    return {"post_type": "notice", "notice_type": kind, "group_id": group, "user_id": 5, "message_id": 77} | more


async def test_recalls(platform: OneBot) -> None:
    routed = await platform.notice("1", frame("group_recall", operator_id=6))
    assert routed is not None
    assert (routed.plugin, routed.message.message_id, routed.scene.group_id) == ("discussion", "77", "9")


async def test_who_has_no_number_did_nothing(platform: OneBot) -> None:
    assert await platform.notice("1", frame("group_recall", user_id=None)) is None


async def test_reactions_on_what_isnt_ours(platform: OneBot) -> None:
    like = await platform.notice("1", frame("group_msg_emoji_like", is_add=True, likes=[{"emoji_id": "76"}]))
    assert like is not None
    assert like.plugin == "discussion"
    assert await platform.notice("1", frame("group_msg_emoji_like", is_add=False)) is not None
    assert await platform.notice("1", frame("group_msg_emoji_like", group=8, is_add=True)) is None
    assert await platform.notice("1", frame("group_msg_emoji_like", user_id=1, is_add=True)) is None


@pytest.mark.parametrize(("is_add", "handler"), [(True, heard), (False, gone)])
async def test_reactions_on_a_push_and_their_end(
    platform: OneBot, database: Database, is_add: bool, handler: Handler
) -> None:
    async with database.unit_of_work() as uow:
        target = Target("1", "group", "9", "onebot11")
        await outbox.enqueue(uow, outbox.Outgoing(None, target, Content.of("学"), origin="study.assignment:1", key="k"))
        await uow.session.execute(update(OutboxRow).values(state=State.SENT, message_id="77"))
    routed = await platform.notice("1", frame("group_msg_emoji_like", is_add=is_add, likes=[{"emoji_id": "76"}]))
    assert routed is not None
    assert (routed.plugin, routed.message.reply_to, routed.message.emoji_id) == ("study", "77", "76")
    assert routed.handler is handler
