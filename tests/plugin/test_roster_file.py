"""A roster as a file: from the question to the import, and everything that can be wrong with it."""

from datetime import date

import pytest
from sqlalchemy import select

from bot.branch.models import Branch, Member, MemberAccount, RoleGrant
from tests.plugin.conftest import BOSS, EDITOR
from tests.plugin.talk import Talk
from tests.sheet import xlsx

HEAD = ("姓名", "党小组", "类别", "职务", "QQ号", "转入日期", "手机")
ROWS = (
    HEAD,
    ("张三", "", "预备党员", "", "", "", "138"),
    ("赵德福", "1", "", "", 23456789, "2001-07-01", ""),
    ("王建国", "", "", "书记", "", "", ""),
    ("钱五", "1", "", "党小组长", "", "2026-09-01", ""),
    ("孙六", "", "正式", "组织委员", "", "", ""),
)


async def people(talk: Talk) -> list[tuple[str, str, str, date, str | None]]:
    async with talk.app.database.reading() as uow:
        rows = await uow.session.execute(
            select(Member.name, Branch.name, Member.kind, Member.joined_on, MemberAccount.user_id)
            .join(Branch, Branch.id == Member.branch_id)
            .outerjoin(MemberAccount, MemberAccount.member_id == Member.id)
            .where(Member.left_on.is_(None))
            .order_by(Member.id)
        )
        return [tuple(row) for row in rows]  # type: ignore[misc]


async def offices(talk: Talk) -> set[tuple[int, int, str]]:
    async with talk.app.database.reading() as uow:
        rows = await uow.session.execute(select(RoleGrant.branch_id, RoleGrant.member_id, RoleGrant.role))
        return {tuple(row) for row in rows}  # type: ignore[misc]


async def send(talk: Talk, data: bytes, name: str = "名册.xlsx", **where: int | None) -> str:
    assert "请把名册文件(.xlsx)发给我" in await talk.say(BOSS, "/成员 导入", **where)
    return await talk.say(BOSS, talk.file(name, data), **where)


@pytest.mark.parametrize(
    ("app", "where"), [("sqlite", {}), ("sqlite", {"group": None}), ("postgresql", {})], indirect=["app"]
)
async def test_from_question_to_import(talk: Talk, where: dict[str, int | None]) -> None:
    assert await send(talk, xlsx(*ROWS), **where) == (
        "名册读好了:新增 2 人、更新 2 人、不变 1 人。\n没有用到的列:手机。\n回复「确认」导入,「取消」不导入。"
    )
    assert len(await people(talk)) == 4
    assert "导入好了:新增 2 人、更新 2 人、不变 1 人" in await talk.say(BOSS, "确认", **where)
    was, today = date(2020, 7, 1), date(2026, 11, 24)
    assert await people(talk) == [
        ("王建国", "第一支部", "正式党员", was, "101"),
        ("李秀英", "第一支部", "正式党员", was, "102"),
        ("张三", "第一支部", "预备党员", was, "103"),
        ("赵德福", "第1党小组", "正式党员", date(2001, 7, 1), "23456789"),
        ("钱五", "第1党小组", "正式党员", date(2026, 9, 1), None),
        ("孙六", "第一支部", "正式党员", today, None),
    ]
    assert await offices(talk) == {
        (1, 1, "书记"),
        (1, 2, "宣传委员"),
        (2, 5, "党小组长"),
        (1, 6, "组织委员"),
    }
    assert "名册和文件一样(5 人)" in await send(talk, xlsx(*ROWS), **where)


async def test_nothing_is_imported_without_a_yes(talk: Talk) -> None:
    before = await people(talk)
    await send(talk, xlsx(*ROWS))
    await talk.say(BOSS, "取消")
    await send(talk, xlsx(*ROWS))
    await talk.say(EDITOR, "确认")
    assert await people(talk) == before


async def test_faults_are_listed_by_row_and_nothing_is_half_imported(talk: Talk) -> None:
    before = await people(talk)
    bad = [(f"钱{i}", "", "群众") for i in "一二三四五六七八九十甲乙"]
    answer = await send(talk, xlsx(HEAD, ("钱五",), *bad), group=None)
    lines = answer.splitlines()
    assert lines[0] == "名册有问题,一个人也没有导入:"
    assert lines[1] == "第 3 行:类别「群众」不认识,可填正式党员、预备党员、发展对象、积极分子"
    assert len(lines) == 13
    assert lines[11:] == ["等 12 处", "改好后请再发「成员 导入」。"]
    assert await people(talk) == before
    assert await talk.whisper(BOSS, "确认") != ""
    assert await people(talk) == before


async def test_in_a_group_faults_are_told_privately(talk: Talk) -> None:
    await talk.say(BOSS, "/成员 导入")
    heard = await talk.hear(BOSS, talk.file("a.xlsx", xlsx(HEAD, ("张三", "", "群众"))))
    assert [where for where, _ in heard] == [f"private {BOSS}", "group 9"]
    assert "群众" not in heard[1][1]


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ([("张三", "", "", "", 34567890)], "第 2 行:张三已经绑定了别的 QQ,换号请先发「解绑 张三」"),
        ([("钱五", "", "", "", 23456789)], "第 2 行:QQ号 23456789 已经绑定了别人"),
        (
            [("赵德福", "", "", "", 34567890), ("赵德福", "", "", "", 45678901)],
            "第 2 行:分不清是名册上的哪一位赵德福,请都写上 QQ号",
        ),
    ],
)
async def test_clashes_with_the_roster(talk: Talk, rows: list[tuple[object, ...]], line: str) -> None:
    await talk.whisper(BOSS, "成员 添加 孙六 23456789")
    before = await people(talk)
    assert line in await send(talk, xlsx(HEAD, *rows), group=None)
    assert await people(talk) == before


async def test_a_namesake_told_apart_by_qq_is_added(talk: Talk) -> None:
    await talk.whisper(BOSS, "成员 添加 孙六 23456789")
    rows = [("孙六", "", "", "", 23456789), ("孙六", "", "", "", 34567890)]
    assert "新增 1 人、更新 0 人、不变 1 人" in await send(talk, xlsx(HEAD, *rows))
    await talk.say(BOSS, "确认")
    assert [row[4] for row in await people(talk) if row[0] == "孙六"] == ["23456789", "34567890"]


async def test_the_roster_changed_before_the_yes(talk: Talk) -> None:
    await send(talk, xlsx(HEAD, ("钱五", "", "", "", 23456789)))
    await talk.whisper(BOSS, "成员 添加 孙六 23456789")
    before = await people(talk)
    assert "已经绑定了别人" in await talk.say(BOSS, "确认")
    assert await people(talk) == before


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        ("名册.xls", b"", "另存为 .xlsx"),
        ("名册.csv", b"", "另存为 .xlsx"),
        ("名册.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "有密码"),
        ("名册.xlsx", b"PK", "不是完好的 .xlsx 文件"),
        ("名册.xlsx", b"x" * (5 * 2**20 + 1), "超过了 5 MB"),
    ],
)
async def test_files_that_are_no_roster(talk: Talk, name: str, data: bytes, line: str) -> None:
    assert line in await send(talk, data, name)


async def test_words_instead_of_a_file(talk: Talk) -> None:
    await talk.say(BOSS, "/成员 导入")
    assert "没有收到文件" in await talk.say(BOSS, "等一下")
    assert await talk.say(BOSS, talk.file("a.xlsx", xlsx(*ROWS))) == ""


async def test_a_file_sent_along_with_the_command(talk: Talk) -> None:
    assert "新增 2 人" in await talk.whisper(BOSS, "成员 导入", talk.file("a.xlsx", xlsx(*ROWS)))


async def test_only_a_leader_imports(talk: Talk) -> None:
    assert "由书记使用" in await talk.whisper(EDITOR, "成员 导入")
    answer = await talk.whisper(EDITOR, talk.file("a.xlsx", xlsx(*ROWS)))
    assert answer.startswith("收到文件。要推送") and "新增" not in answer


async def test_a_branch_of_the_tree_can_be_named(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(Branch(parent_id=1, kind="支部", name="二支部", path="/1/2/", created_at=uow.now))
    head = ("姓名", "支部", "职务")
    assert "第 2 行:没有「三支部」这个支部" in await send(talk, xlsx(head, ("钱五", "三支部")), group=None)
    await send(talk, xlsx(head, ("钱五", "二支部", "书记"), ("张三", "第一支部", "")))
    assert "新增 1 人、更新 0 人、不变 1 人" in await talk.say(BOSS, "确认")
    assert [row[:2] for row in await people(talk) if row[0] in ("钱五", "张三")] == [
        ("张三", "第一支部"),
        ("钱五", "二支部"),
    ]
    assert (2, 5, "书记") in await offices(talk)
