"""``xueban``: every word to a person at the terminal is Chinese, and wrong words say what is right."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.__main__ import COMMANDS, main
from bot.core.clock import SystemClock
from bot.core.db import Database
from bot.core.migrate import upgrade
from bot.delivery import outbox
from bot.delivery.models import OutboxRow, State
from bot.delivery.outbox import Outgoing
from bot.delivery.transport import Target
from bot.rendering.content import Content


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int | str | None, str]:
    with pytest.raises(SystemExit) as stopped:
        main(list(words))
    output = capsys.readouterr()
    return stopped.value.code, output.out + output.err


def test_help_lists_every_command_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    status, text = said(capsys, "--help")
    assert status == 0
    assert [line for line in text.splitlines() if "usage" in line or "options" in line or "arguments" in line] == []
    assert all(f"{name} " in text and told in text for name, told in COMMANDS.items())


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_says_what_it_does(capsys: pytest.CaptureFixture[str], command: str) -> None:
    status, text = said(capsys, command, "--help")
    assert status == 0
    assert text.startswith(f"用法:xueban {command} ")
    assert COMMANDS[command] in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["bogus"], "没有「bogus」这条命令。"),
        ([], "命令不完整,或多写了什么。"),
        (["run", "--fast"], "命令不完整,或多写了什么。"),
        (["demo", "--page-port", "http"], "端口要写 1 到 65535 的数字。"),
        (["demo", "--page-port", "70000"], "端口要写 1 到 65535 的数字。"),
        (["demo", "--page-port"], "命令不完整,或多写了什么。"),
        (["outbox", "retry"], "请写明再发或已送达的是哪一行,比如 xueban outbox retry 12。"),
        (["outbox", "retry", "9" * 19], "行号要写数字,用 xueban outbox 看。"),
        (["outbox", "retry", "a"], "行号要写数字,用 xueban outbox 看。"),
        (["outbox", "drop", "1"], "没有「drop」这条命令。"),
    ],
)
def test_wrong_words_end_with_what_is_right(capsys: pytest.CaptureFixture[str], words: list[str], told: str) -> None:
    status, text = said(capsys, *words)
    assert status == 2
    assert text.startswith(told + "用法:xueban ")
    assert text.endswith("用 xueban --help 看全部命令。\n")


def test_a_wrong_setting_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")
    assert main(["doctor"]) == 2
    assert "PORT" in capsys.readouterr().err


@pytest.mark.parametrize(("host", "status"), [("localhost", 0), ("::1", 0), ("localhos", 2), ("0.0.0.0:8080", 2)])
def test_where_it_listens_is_an_address(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str, status: int
) -> None:
    monkeypatch.setenv("HOST", host)
    monkeypatch.setenv("XUEBAN__DATA_DIR", str(tmp_path))
    assert main(["migrate"]) == status
    assert ("HOST 不对:要写 IP 地址" in capsys.readouterr().err) == bool(status)


@pytest.mark.parametrize("command", ["run", "migrate"])
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"DATABASE_URL": "blah"}, "数据库地址看不懂"),
        ({"DATABASE_URL": "postgresql+asyncpg://u:geheim@127.0.0.1:54x2/x"}, "数据库地址看不懂"),
        ({"DATABASE_URL": "sqlite:////tmp/x.db"}, "数据库地址看不懂"),
        ({"DATABASE_URL": "sqlite+aiosqlite:////nowhere/at/all.db"}, "没有「/nowhere/at」这个目录"),
        ({"DATABASE_URL": "postgresql+asyncpg://u:geheim@127.0.0.1:1/x"}, "数据库连不上"),
        ({"XUEBAN__DATA_DIR": "file/data"}, "数据目录「file/data」建不了"),
        ({"XUEBAN__DATA_DIR": "ruins"}, "数据库文件坏了"),
    ],
)
def test_without_a_database_it_says_why_and_ends(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: str,
    wrong: dict[str, str],
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    (tmp_path / "ruins").mkdir()
    (tmp_path / "ruins" / "xueban.db").write_bytes(b"rubbish" * 1000)
    for name, value in {"ONEBOT_ACCESS_TOKEN": "t" * 16, "ONEBOT_SECRET": "s" * 16, **wrong}.items():
        monkeypatch.setenv(name, value)
    assert main([command]) == 1
    heard = capsys.readouterr().err
    assert told in heard
    assert "geheim" not in heard


def test_a_misspelt_setting_is_named_at_the_start(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XUEBAN_DATA_DIR", "elsewhere")
    monkeypatch.setenv("DATABASE_URL", "blah")
    monkeypatch.setenv("ONEBOT_ACCESS_TOKEN", "t" * 16)
    monkeypatch.setenv("ONEBOT_SECRET", "s" * 16)
    assert main(["run"]) == 1
    assert "没有 XUEBAN_DATA_DIR 这个设置" in capsys.readouterr().err


def troubled(database: str) -> tuple[int, str]:
    """A database with one message that nobody knows the fate of; its row and reference."""

    async def put() -> tuple[int, str]:
        await upgrade(database)
        db = Database(database, SystemClock())
        try:
            async with db.unit_of_work() as uow:
                out = Outgoing(None, Target("1", "group", "9"), Content.of("只有群里能看的话"), "test", "a")
                reference = await outbox.enqueue(uow, out)
            async with db.unit_of_work() as uow:
                row = (await uow.session.scalars(select(OutboxRow))).one()
                row.state = State.NEEDS_HUMAN
                return row.id, str(reference)
        finally:
            await db.close()

    return asyncio.run(put())


@pytest.mark.parametrize(("act", "told", "state"), [("retry", "再发一次", "pending"), ("arrived", "记下了", "sent")])
def test_the_operator_settles_a_message_by_its_row(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, act: str, told: str, state: str
) -> None:
    monkeypatch.setenv("XUEBAN__DATA_DIR", str(tmp_path))
    row, reference = troubled(f"sqlite+aiosqlite:///{tmp_path / 'xueban.db'}")
    assert main(["outbox"]) == 0
    listed = capsys.readouterr().out
    assert f"{row}  {reference}  不属于支部  群 9" in listed and "群里能看" not in listed
    assert main(["outbox", act, str(row)]) == 0
    assert told in capsys.readouterr().out
    with sqlite3.connect(tmp_path / "xueban.db") as connection:
        assert connection.execute("SELECT state FROM outbox").fetchall() == [(state,)]
        noted = connection.execute("SELECT actor, action, subject, reason FROM audit_entry").fetchall()
    done = {"retry": "delivery.again", "arrived": "delivery.arrived"}[act]
    assert noted == [("bot", done, f"outbox:{row}", "xueban outbox")]
    assert main(["outbox", act, str(row)]) == 1
    assert f"没有等待确认的消息 {row}" in capsys.readouterr().err


def test_who_stops_a_command_is_told_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bot.__main__.migrate", stopped)
    assert main(["migrate"]) == 130
    assert capsys.readouterr().err == "已停下,做到一半的没有留下。\n"


@pytest.mark.parametrize("command", ["migrate", "outbox"])
def test_a_database_that_is_not_there_is_said_to_be_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://x:y@127.0.0.1:1/z")
    assert main([command]) == 1
    assert capsys.readouterr().err.startswith("数据库连不上")
