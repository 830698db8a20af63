"""The doctor finds each thing that can be wrong with an installation, and says what to do."""

import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bot import doctor
from bot.__main__ import main
from bot.branch.models import Retention
from bot.core import space
from bot.core.clock import SystemClock
from bot.core.db import Base, Database
from bot.core.migrate import upgrade
from bot.core.settings import Settings
from bot.delivery.models import OutboxRow, ProcessRow
from bot.rendering import fonts
from tests.postgres import server
from tests.process import free_port


@contextmanager
def answering(status: int, words: bytes, accounts: int = 1) -> Iterator[int]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("X-Connected-Accounts", str(accounts))
            self.end_headers()
            self.wfile.write(words)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def findings(port: int) -> doctor.Finding:
    return next(iter(doctor.connection(Settings(port=port))))


@pytest.mark.parametrize(
    ("status", "words", "ok", "told"),
    [
        (200, b"ok", True, "机器人正在运行"),
        (503, b"database", False, "机器人正在运行,但数据库没有回答"),
        (503, b"disk", False, "机器人正在运行,但磁盘满了或写不了"),
        (200, b"<html>", False, "端口被别的程序占用"),
    ],
)
def test_what_answers_at_the_port(status: int, words: bytes, ok: bool, told: str) -> None:
    with answering(status, words) as port:
        found = findings(port)
    assert found.ok is ok
    assert told in found.text


def test_nothing_at_the_port() -> None:
    found = findings(free_port())
    assert found.ok
    assert found.text.startswith("机器人没有在运行")


def test_a_bot_to_which_nobody_has_connected() -> None:
    with answering(200, b"ok", accounts=0) as port:
        found = list(doctor.connection(Settings(port=port)))
    assert [one.ok for one in found] == [True, False, True]
    assert "没有 QQ 账号连上来。请检查 NapCat" in found[1].text
    assert f":{port}/onebot/v11/ws" in found[2].text


GOOD = "0123456789abcdef"


@pytest.mark.parametrize(
    ("access", "secret", "allowed", "faults"),
    [
        (GOOD, GOOD, False, []),
        ("", GOOD, False, ["ONEBOT_ACCESS_TOKEN 没有设置。请在 .env 里填一串随机字符"]),
        (GOOD, "short", False, ["ONEBOT_SECRET 太短,请用至少 16 个随机字符"]),
        ("", "", False, ["ONEBOT_ACCESS_TOKEN 没有设置", "ONEBOT_SECRET 没有设置"]),
        ("", "", True, []),
    ],
)
def test_tokens(access: str, secret: str, allowed: bool, faults: list[str]) -> None:
    settings = Settings(
        _env_file=None, superusers=frozenset({"1"}), onebot_access_token=access, onebot_secret=secret,
        xueban={"allow_without_tokens": allowed},
    )  # fmt: skip
    found = [one.text for one in doctor.tokens(settings) if not one.ok]
    assert [told in text for told, text in zip(faults, found, strict=True)] == [True] * len(faults)


def test_no_superusers() -> None:
    found = [one.text for one in doctor.tokens(Settings(_env_file=None, superusers=frozenset()))]
    assert "请填管理员的 QQ 号" in found[-1]


def in_folder(folder: Path, **more: str) -> Settings:
    return Settings(_env_file=None, xueban={"data_dir": folder}, **more)


def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in its place")
    [place, disk] = doctor.folder(in_folder(tmp_path / "data"))
    assert (place.ok, disk.ok) == (False, True)
    assert "请改它的属主" in place.text
    assert [one.ok for one in doctor.folder(in_folder(tmp_path / "new" / "data"))] == [True, True]
    assert not (tmp_path / "new").exists()


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space, "LEAST", 2**80)
    [_, disk] = doctor.folder(in_folder(tmp_path))
    assert not disk.ok
    assert "请清理磁盘" in disk.text


def test_no_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "folder", lambda: None)
    [found] = doctor.font()
    assert not found.ok
    assert "请重新执行" in found.text


def test_a_clock_before_the_program_was_made() -> None:
    [found] = doctor.clock(datetime(1970, 1, 1, tzinfo=UTC))
    assert not found.ok
    assert "请打开时间同步" in found.text
    [found] = doctor.clock(datetime(2027, 1, 1, 0, 30, tzinfo=UTC))
    assert found.ok
    assert "北京时间 2027-01-01 08:30" in found.text


async def told(settings: Settings) -> str:
    """The one fault of the database."""
    [found] = [one.text for one in await doctor.database(settings) if not one.ok]
    return found


async def test_a_database_that_is_well_or_not_there_yet(tmp_path: Path) -> None:
    assert [one.ok for one in await doctor.database(in_folder(tmp_path))] == [True]
    assert list(tmp_path.iterdir()) == []
    await upgrade(in_folder(tmp_path).database)
    found = [one.text for one in await doctor.database(in_folder(tmp_path))]
    assert found[:3] == ["数据库连接正常", found[1], "已绑定 0 个群"]
    assert found[3:5] == ["发件箱:排队 0 条,正在核对 0 条", "记录全部完整保留(还没有到要归总的时候)"]


@pytest.mark.parametrize("url", ["postgres://x@y/z", "nonsense", "mysql+asyncmy://x/y", "postgresql://x@y/z"])
async def test_an_address_of_a_database_that_makes_no_sense(tmp_path: Path, url: str) -> None:
    assert "DATABASE_URL 看不懂" in await told(in_folder(tmp_path, database_url=url))


async def test_a_database_that_cannot_be_reached(tmp_path: Path) -> None:
    url = f"postgresql+asyncpg://x:geheim@127.0.0.1:{free_port()}/z"
    found = await told(in_folder(tmp_path, database_url=url))
    assert "数据库连不上" in found
    assert "geheim" not in found


async def test_a_database_in_ruins(tmp_path: Path) -> None:
    await upgrade(in_folder(tmp_path).database)
    file = tmp_path / "xueban.db"
    whole = file.read_bytes()
    file.write_bytes(b"rubbish" * 1000)
    assert "最近的备份" in await told(in_folder(tmp_path))
    file.write_bytes(whole[:8192] + b"\xff" * 20000 + whole[28192:])
    assert "最近的备份" in await told(in_folder(tmp_path))


async def test_a_schema_that_is_old_or_from_the_future(tmp_path: Path) -> None:
    await upgrade(in_folder(tmp_path).database)
    db = sqlite3.connect(tmp_path / "xueban.db")
    db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.commit()
    assert "请把程序升级" in await told(in_folder(tmp_path))
    db.execute("DELETE FROM alembic_version")
    db.commit()
    db.close()
    assert "请运行 xueban migrate" in await told(in_folder(tmp_path))


async def test_a_clock_behind_the_newest_record(tmp_path: Path) -> None:
    await upgrade(in_folder(tmp_path).database)
    db = sqlite3.connect(tmp_path / "xueban.db")
    ahead = (datetime.now(UTC) + timedelta(hours=3)).strftime("%Y-%m-%d %H:%M:%S.000000")
    db.execute(
        "INSERT INTO audit_entry (at, actor, action, subject, reason, detail) VALUES (?, 'bot', 'x', '', '', '{}')",
        (ahead,),
    )
    db.commit()
    db.close()
    assert "请校准系统时间" in await told(in_folder(tmp_path))


async def test_the_clock_of_a_database_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = await server().fresh()
    await upgrade(url)
    assert [one.ok for one in await doctor.database(in_folder(tmp_path, database_url=url))] == [True] * 7
    monkeypatch.setattr(doctor, "DRIFT", timedelta(seconds=-1))
    assert "请打开两边的时间同步" in await told(in_folder(tmp_path, database_url=url))


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PORT", "many", "设置 PORT 不对:要写整数。"),
        ("PORT", "70000", "设置 PORT 不对:要不大于 65535。"),
        ("SUPERUSERS", "12345,678", "设置 SUPERUSERS 不对:要写成 JSON"),
        ("SUPERUSERS", "12345", "设置 SUPERUSERS 不对:要写成一列"),
        ("XUEBAN__TICK", "0", "设置 XUEBAN__TICK 不对:要大于 0"),
        ("XUEBAN__ALLOW_WITHOUT_TOKENS", "perhaps", "要写 true 或 false"),
        ("XUEBAN__LOG_LEVEL", "loud", "要写 DEBUG、INFO、WARNING 或 ERROR"),
        ("XUEBAN__DELIVERY__PACE", "slow", "设置 XUEBAN__DELIVERY__PACE 不对:要写数字。"),
    ],
)
def test_a_value_that_cannot_be_used(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text(f"{name}={value}\n", encoding="utf-8")
    assert main(["doctor"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert told in line
    assert line.endswith("见 .env.example。")


def test_a_whole_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """0 where all is well; 1 with one misspelt name, a line for each finding."""
    monkeypatch.chdir(tmp_path)
    lines = [f"ONEBOT_ACCESS_TOKEN={GOOD}", f"ONEBOT_SECRET={GOOD}", 'SUPERUSERS=["1"]', f"PORT={free_port()}"]
    Path(".env").write_text("\n".join(lines), encoding="utf-8")
    assert main(["doctor"]) == 0
    assert all(line.startswith("✓ ") for line in capsys.readouterr().out.splitlines())
    Path(".env").write_text("\n".join([*lines, "XUEBAN__DELIVERY__PAZE=1"]), encoding="utf-8")
    assert main(["doctor"]) == 1
    fault, last = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("✓ ")]
    assert last == "有 1 处要处理,见上面带 ✗ 的。"
    assert fault == "✗ 没有 XUEBAN__DELIVERY__PAZE 这个设置,写了也不起作用。请照 .env.example 改正名字。"


def ago(**some: float) -> datetime:
    return datetime.now(UTC) - timedelta(**some)


def process(name: str = "host:8080", **other: object) -> ProcessRow:
    well: dict[str, object] = {"started_at": ago(), "beat_at": ago(), "accounts": '{"10001": true}', "connections": 3}
    return ProcessRow(name=name, **(well | {"lag_ms": 5, "drift_ms": 1} | other))


def message(**other: object) -> OutboxRow:
    ours = {"key": "a", "origin": "x", "platform": "onebot11", "account": "10001", "target_kind": "group", "lane": "l"}
    text = {"target_id": "9", "reference": "通1127-01", "content": "{}", "created_at": ago(), "due_at": ago()}
    return OutboxRow(**(ours | text | {"state": "pending"} | other))


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (lambda: [process()], None),
        (lambda: [process(beat_at=ago(minutes=3))], "进程 host:8080 从 .* 起没有报到。请看它是不是被杀了或卡住了"),
        (lambda: [process(lag_ms=4500)], "进程 host:8080 刚才卡了 4.5 秒。请看机器忙不忙"),
        (lambda: [process(drift_ms=-4000)], "进程 host:8080 的时钟和数据库差 -4.0 秒。请打开两边的时间同步"),
        (lambda: [process(), process("other:8080", accounts='{"10001": false}')], None),
        (lambda: [process(), process("other:8080")], "账号 10001 连着两个进程,每句话会答两遍。请在 NapCat 里只留一个"),
        (lambda: [process(accounts='{"10001": false}')], "账号 10001 掉线了,消息先等着。请看 NapCat 的登录"),
        (lambda: [process(accounts='{"10001": false}'), process("other:8080")], None),
        (
            lambda: [message(due_at=ago(minutes=30))],
            r"发件箱:排队 1 条.*最早该发的已等了 3\d 分钟。请看账号是否在线",
        ),
        (lambda: [message(state="needs_human")], "有 1 条消息不知道到没到。请用 xueban outbox 看"),
        (lambda: [Retention(id=1, kept_from=ago(days=390), since=ago(), finished_at=ago(), rows=7)], None),
    ],
)
async def test_what_runs(tmp_path: Path, rows: Callable[[], list[Base]], fault: str | None) -> None:
    await upgrade(in_folder(tmp_path).database)
    database = Database(in_folder(tmp_path).database, SystemClock())
    async with database.unit_of_work() as uow:
        uow.session.add_all(rows())
    await database.close()
    faults = [one.text for one in await doctor.database(in_folder(tmp_path)) if not one.ok]
    assert [bool(fault and re.match(fault, one)) for one in faults] == ([True] if fault else [])
