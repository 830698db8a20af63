"""Binding accounts to people on the roster."""

import pytest
from sqlalchemy import select

from bot.branch.models import MemberAccount
from tests.plugin.conftest import STRANGER
from tests.plugin.talk import Talk, at


async def bound(talk: Talk) -> dict[int, str]:
    """Member id by account, without those of the fixture."""
    async with talk.app.database.reading() as uow:
        rows = await uow.session.execute(select(MemberAccount.member_id, MemberAccount.user_id))
        return {member_id: user_id for member_id, user_id in rows if member_id > 3}


@pytest.mark.parametrize("said", [("绑定 赵德福",), ("绑定+赵德福",), ("/绑定 赵德福",), (at(1), " 绑定 赵德福")])
async def test_in_the_group(talk: Talk, said: tuple[str, ...]) -> None:
    assert "绑定好了,赵德福" in await talk.say(STRANGER, *said)
    assert await bound(talk) == {4: str(STRANGER)}


@pytest.mark.parametrize("said", ["绑定赵德福", "绑定 手机号的方法", "我要绑定 赵德福", "绑定了"])
async def test_talk_about_binding_is_no_command(talk: Talk, said: str) -> None:
    assert await talk.say(STRANGER, said) == ""
    assert await bound(talk) == {}
