"""Own data: seen, and erased from every table while every total stays."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.branch.models import Leave, Member, MemberAccount
from bot.core.db import Base
from bot.delivery.models import OutboxRow
from bot.study import completion, pushing
from bot.study.models import Completion, Material
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, STRANGER
from tests.plugin.talk import Talk


async def test_what_is_kept(talk: Talk) -> None:
    await talk.whisper(MEMBER, "请假 看牙")
    assert await talk.whisper(MEMBER, "我的数据") == (
        "姓名:张三\n支部:第一支部,2020年7月1日列入名册\n类别:正式党员\n账号:QQ 103\n职务:无\n"
        "请假:1 次,最近从11月24日(周二)起\n学习记录:发「我的」看。此外没有保存您的信息。\n不想保留,发「删除我的信息」。"
    )
    assert "职务:「第一支部」宣传委员" in await talk.whisper(EDITOR, "我的数据")
    assert "请私聊我发" in await talk.say(MEMBER, "/我的数据")
    assert await talk.whisper(STRANGER, "我的数据") == ""


async def everything(talk: Talk) -> str:
    """Every cell of every table."""
    async with talk.app.database.reading() as uow:
        rows = [await uow.session.execute(select(table)) for table in Base.metadata.sorted_tables]
        return "\n".join(str(tuple(row)) for table in rows for row in table)


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_erasing(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        material = Material(
            branch_id=1, no=1, title="党章", text="总纲", minutes=1, key_terms="[]", sha256="0" * 64, created_at=uow.now
        )
        uow.session.add(material)
        await uow.session.flush()
        pushed = await pushing.push(uow, 1, material)
    await talk.say(MEMBER, "已学")
    await talk.whisper(MEMBER, "请假 看牙 明天")
    await talk.whisper(BOSS, "任命 张三 组织委员")
    await talk.whisper(BOSS, "免学 张三 年老,张三本人同意")
    await talk.whisper(BOSS, "恢复学习 张三 张三要求")
    await talk.say(STRANGER, "/绑定 张三", card="小张三")
    before = await everything(talk)
    assert "张三" in before
    assert f"'{MEMBER}'" in before

    async with talk.app.database.reading() as uow:
        progress = (await completion.standing_of(uow, pushed.assignment)).progress
        done = len(list(await uow.session.scalars(select(Completion.member_id))))
    assert "这一步不能撤销" in await talk.whisper(MEMBER, "删除我的信息")
    assert await everything(talk) != ""
    assert await talk.whisper(MEMBER, "确认") == "已经删除:您的姓名和账号都不再保留。谢谢您一路参与。"

    after = await everything(talk)
    assert "张三" not in after.replace("小张三", "")
    assert f"'{MEMBER}'" not in after
    assert f'"{MEMBER}"' not in after
    assert f":{MEMBER}" not in after
    async with talk.app.database.reading() as uow:
        assert (await completion.standing_of(uow, pushed.assignment)).progress == progress
        assert len(list(await uow.session.scalars(select(Completion.member_id)))) == done == 1
        member = await uow.session.get_one(Member, 3)
        assert (member.name, member.left_on is not None) == ("已注销的党员", True)
        assert list(await uow.session.scalars(select(Leave.reason))) == [""]
        assert 3 not in list(await uow.session.scalars(select(MemberAccount.member_id)))
        told = await uow.session.scalars(select(OutboxRow).where(OutboxRow.origin == "branch.role"))
        assert [(row.state, row.target_id) for row in told] == [("cancelled", "0")]
    assert "还不认识您" in await talk.say(MEMBER, "/我的")
    assert "没有移除过" in await talk.whisper(BOSS, "成员 恢复 已注销的党员")


async def test_what_was_written_over_stays_in_no_file(talk: Talk, data_dir: Path) -> None:
    """SQLite leaves old pages in its journal until it needs their place."""

    def files_with(word: str) -> set[str]:
        return {file.name for file in data_dir.glob("xueban.db*") if word.encode() in file.read_bytes()}

    await talk.whisper(MEMBER, "请假 张三要看牙 明天")
    assert files_with("张三") == {"xueban.db-wal"}
    await talk.whisper(MEMBER, "删除我的信息")
    await talk.whisper(MEMBER, "确认")
    assert files_with("张三") == set()
    assert files_with("王建国") == {"xueban.db"}


async def test_thinking_better_of_it(talk: Talk) -> None:
    before = await everything(talk)
    await talk.whisper(MEMBER, "删除我的信息")
    await talk.whisper(MEMBER, "取消")
    assert await everything(talk) == before


async def test_the_only_secretary_hands_over_first(talk: Talk) -> None:
    assert await talk.whisper(BOSS, "删除我的信息") == (
        "您是「第一支部」唯一的书记。请先发「任命 姓名 书记」交给别人,再发「删除我的信息」。"
    )
    await talk.whisper(BOSS, "任命 李秀英 书记")
    await talk.whisper(BOSS, "确认")
    assert "确定删除吗" in await talk.whisper(BOSS, "删除我的信息")
    assert "已经删除" in await talk.whisper(BOSS, "确认")
    assert "王建国" not in await everything(talk)
