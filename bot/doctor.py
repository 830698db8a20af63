"""``xueban doctor``: looks at what an installation stands on and says in Chinese what to fix."""

import asyncio
import socket
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.branch import retention
from bot.branch.models import AuditEntry, ChatGroup
from bot.core import space
from bot.core.clock import SystemClock, to_local
from bot.core.db import Database, UnitOfWork
from bot.core.migrate import Schema, schema
from bot.core.settings import Settings, strangers
from bot.delivery import outbox, processes
from bot.rendering import fonts

MIN_TOKEN = 16
"""Characters below which a token is called too short."""


RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
"""Before this the program didn't exist: a clock that shows an earlier time is wrong."""

DRIFT = timedelta(seconds=2)
"""What the clock and the database's may differ by."""

LAG = timedelta(seconds=3)
"""How long the event loop may have stood still."""

QUEUE = timedelta(minutes=5)
"""How long a due message may have been waiting."""

SET_BACK = timedelta(minutes=2)
"""By how much the newest record may lie ahead of the clock."""

ONE_LINK = "请在 NapCat 里只留一个反向 WebSocket;刚换过进程的,半分钟后再看。"


@dataclass(frozen=True)
class Finding:
    """One line. Where it isn't ``ok`` it ends with what to do."""

    ok: bool
    text: str


def report(settings: Settings) -> int:
    """Print every finding; 1 if one needs mending, else 0."""
    findings = [
        *names(),
        *tokens(settings),
        *folder(settings),
        *font(),
        *clock(SystemClock().now()),
        *asyncio.run(database(settings)),
        *connection(settings),
    ]
    for finding in findings:
        print(("✓ " if finding.ok else "✗ ") + finding.text)
    if wrong := sum(not finding.ok for finding in findings):
        print(f"有 {wrong} 处要处理,见上面带 ✗ 的。")
    return 1 if wrong else 0


def names() -> Iterator[Finding]:
    """Settings that nobody reads, because their names are misspelt."""
    for name in strangers(Path(".env")):
        yield Finding(False, f"没有 {name} 这个设置,写了也不起作用。请照 .env.example 改正名字。")


def tokens(settings: Settings) -> Iterator[Finding]:
    for name, value in (
        ("ONEBOT_ACCESS_TOKEN", settings.onebot_access_token),
        ("ONEBOT_SECRET", settings.onebot_secret),
    ):
        if not value:
            yield Finding(
                settings.xueban.allow_without_tokens, f"{name} 没有设置。请在 .env 里填一串随机字符,NapCat 里填同样的。"
            )
        elif len(value) < MIN_TOKEN:
            yield Finding(False, f"{name} 太短,请用至少 {MIN_TOKEN} 个随机字符。")
        else:
            yield Finding(True, f"{name} 已设置")
    if settings.superusers:
        yield Finding(True, f"管理员 {len(settings.superusers)} 人")
    else:
        yield Finding(False, 'SUPERUSERS 没有设置,没人能发「/开始」。请填管理员的 QQ 号,如 SUPERUSERS=["12345"]。')


def folder(settings: Settings) -> Iterator[Finding]:
    path = settings.xueban.data_dir
    existing = next(parent for parent in (path.resolve(), *path.resolve().parents) if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            yield Finding(True, f"数据目录可写:{path}")
    except OSError:
        yield Finding(False, f"数据目录不可写:{path}。请改它的属主,或用 XUEBAN__DATA_DIR 换一个目录。")
    free = space.free(existing)
    told = f"数据目录所在的磁盘还剩 {free / 2**30:.1f} GB"
    yield Finding(
        free >= space.LEAST, told if free >= space.LEAST else f"{told},太少了。请清理磁盘,写满后打卡会记不下来。"
    )


def font() -> Iterator[Finding]:
    missing = fonts.check()
    yield Finding(not missing, missing or "中文字体可用")


def clock(now: datetime) -> Iterator[Finding]:
    """The time as people here read it, whatever zone the machine is in."""
    told = f"北京时间 {to_local(now):%Y-%m-%d %H:%M}"
    if now < RELEASED:
        yield Finding(False, f"{told},系统时间不对。请打开时间同步(如 timedatectl set-ntp true)。")
    else:
        zone = datetime.now().astimezone().strftime("%z")
        yield Finding(True, told if zone == "+0800" else f"{told}(系统时区是 {zone},推送仍按北京时间)")


async def database(settings: Settings) -> list[Finding]:
    if not settings.database_url and not (settings.xueban.data_dir / "xueban.db").exists():
        return [Finding(True, "数据库还没有建立,第一次启动时会自动建立")]
    try:
        db = Database(settings.database, SystemClock())
    except (ArgumentError, InvalidRequestError, ImportError, ValueError):
        told = "DATABASE_URL 看不懂。请写成 postgresql+asyncpg://用户:口令@地址/库名,或删去这一行用自带的数据库。"
        return [Finding(False, told)]
    try:
        async with db.engine.connect() as connection:
            found = [Finding(True, "数据库连接正常"), *[finding async for finding in _inside(connection)]]
            current = await schema(connection) is Schema.CURRENT
        return [*found, *([*await _drift(db), *await _running(db)] if current else [])]
    except Exception as error:
        if isinstance(error, DBAPIError) and _broken(error.orig):
            return [Finding(False, "数据库文件坏了。请停下机器人,移走它,再用 xueban restore 恢复最近的备份。")]
        return [Finding(False, f"数据库连不上({type(error).__name__})。请检查 DATABASE_URL 和数据库是否在运行。")]
    finally:
        await db.close()


def _broken(error: BaseException | None) -> bool:
    return getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


async def _inside(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """Schema, contents and clock of a database that answers."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite and (await connection.execute(text("PRAGMA quick_check(1)"))).scalar_one() != "ok":
        yield Finding(False, "数据库文件有损坏。请停下机器人,移走它,再用 xueban restore 恢复最近的备份。")
        return
    version = await schema(connection)
    if version is Schema.NEWER:
        yield Finding(False, "数据库来自更新的版本。请把程序升级到那个版本,或放回升级前的备份。")
        return
    if version is not Schema.CURRENT:
        yield Finding(False, "数据库结构不是最新的。请运行 xueban migrate。")
        return
    revision = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
    yield Finding(True, f"数据库结构是最新的({revision})")
    groups = (await connection.execute(select(func.count()).select_from(ChatGroup))).scalar_one()
    yield Finding(True, f"已绑定 {groups} 个群")
    now = SystemClock().now()
    newest = (await connection.execute(select(func.max(AuditEntry.at)))).scalar_one()
    if newest is not None and newest > now + SET_BACK:
        told = f"系统时间比数据库里最新的记录还早(记录到 {to_local(newest):%Y-%m-%d %H:%M})"
        yield Finding(False, f"{told}。请校准系统时间,打开时间同步。")


async def _drift(db: Database) -> list[Finding]:
    if db.is_sqlite:
        return []
    drift = abs(await db.drift())
    told = f"时钟与数据库相差 {drift:.1f} 秒"
    ok = drift < DRIFT.total_seconds()
    return [Finding(ok, told if ok else f"{told}。请打开两边的时间同步。")]


async def _running(db: Database) -> list[Finding]:
    """How the processes that use the database are doing, what waits to be sent, and what is kept."""
    async with db.reading() as uow:
        there = await processes.all_of(uow)
        missing = sorted({account for one in there for account in one.accounts} - processes.connected(there).keys())
        here = processes.connected(one for one in there if uow.now - one.beat_at <= processes.MISSED)
        twice = sorted(account for account, times in here.items() if times > 1)
        return [
            *(finding for one in there for finding in _process(one, uow.now)),
            *(Finding(False, f"账号 {one} 掉线了,消息先等着。请看 NapCat 的登录。") for one in missing),
            *(Finding(False, f"账号 {one} 连着两个进程,每句话会答两遍。{ONE_LINK}") for one in twice),
            *_outbox(await outbox.standing(uow)),
            _kept(await retention.standing(uow)),
            Finding(True, f"数据库 {await _size(uow) / 2**20:.1f} MB"),
        ]


def _process(one: processes.Process, now: datetime) -> Iterator[Finding]:
    ago = now - one.beat_at
    if ago > processes.MISSED:
        since = f"从 {to_local(one.beat_at):%m月%d日 %H:%M} 起没有报到"
        yield Finding(False, f"进程 {one.name} {since}。请看它是不是被杀了或卡住了,重新启动它;不再用它就不用管。")
        return
    said = f"{to_local(one.started_at):%m月%d日 %H:%M} 启动,{ago.total_seconds():.0f} 秒前报到"
    yield Finding(True, f"进程 {one.name} 正常({said},用着 {one.connections} 个数据库连接)")
    if one.lag > LAG.total_seconds():
        yield Finding(False, f"进程 {one.name} 刚才卡了 {one.lag:.1f} 秒。请看机器忙不忙、内存够不够。")
    if abs(one.drift) > DRIFT.total_seconds():
        yield Finding(False, f"进程 {one.name} 的时钟和数据库差 {one.drift:+.1f} 秒。请打开两边的时间同步。")


def _outbox(found: outbox.Standing) -> Iterator[Finding]:
    waited = found.oldest_due.total_seconds()
    told = f"发件箱:排队 {found.by_state.get('pending', 0)} 条,正在核对 {found.by_state.get('unknown', 0)} 条"
    if waited > QUEUE.total_seconds():
        yield Finding(False, f"{told},最早该发的已等了 {waited / 60:.0f} 分钟。请看账号是否在线、群是否停发。")
    else:
        yield Finding(True, told)
    if count := found.by_state.get("needs_human", 0):
        yield Finding(False, f"有 {count} 条消息不知道到没到。请用 xueban outbox 看,到群里看一眼再定。")


def _kept(found: tuple[date, bool] | None) -> Finding:
    if found is None:
        return Finding(True, "记录全部完整保留(还没有到要归总的时候)")
    kept_from, finished = found
    told = f"完整记录从 {kept_from:%Y-%m-%d} 起,更早的只留合计"
    return Finding(True, told if finished else f"{told}(每天夜里 1–5 点归总,还没做完)")


async def _size(uow: UnitOfWork) -> int:
    if uow.session.get_bind().dialect.name == "postgresql":
        return int(await uow.session.scalar(select(func.pg_database_size(func.current_database()))) or 0)
    pages = await uow.session.scalar(text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))
    return int(pages or 0)


def is_running(settings: Settings) -> bool:
    """Whether anything answers at the bot's port."""
    try:
        socket.create_connection((_here(settings), settings.port), timeout=5).close()
    except OSError:
        return False
    return True


def _here(settings: Settings) -> str:
    return settings.host if settings.listens_on_loopback else "127.0.0.1"


def connection(settings: Settings) -> Iterator[Finding]:
    """Is it the bot that answers at its port, and can it work?"""
    answer = HTTPConnection(_here(settings), settings.port, timeout=5)
    try:
        answer.request("GET", "/healthz")
        response = answer.getresponse()
        status, words = response.status, response.read(20)
        accounts = int(response.headers.get("X-Connected-Accounts") or 0)
    except ConnectionRefusedError:
        yield Finding(True, "机器人没有在运行,用 xueban run 或 make run 启动")
    except (OSError, HTTPException):
        yield Finding(False, f"{settings.port} 端口有程序在听,但不像机器人。请用 PORT 换一个端口。")
    else:
        if (status, words) == (200, b"ok"):
            yield Finding(True, "机器人正在运行")
            there = f"连上的 QQ 账号有 {accounts} 个"
            missing = "没有 QQ 账号连上来。请检查 NapCat 是否登录、地址和令牌是否填对(见下一行)。"
            yield Finding(accounts > 0, there if accounts else missing)
        elif (status, words) == (503, b"database"):
            yield Finding(False, "机器人正在运行,但数据库没有回答。请检查数据库。")
        elif (status, words) == (503, b"disk"):
            yield Finding(False, "机器人正在运行,但磁盘满了或写不了,打卡记不下来。请腾出空间、检查权限。")
        else:
            yield Finding(False, f"{settings.port} 端口被别的程序占用。请用 PORT 换一个端口。")
    finally:
        answer.close()
    address = f"ws://<本机地址>:{settings.port}/onebot/v11/ws"
    yield Finding(True, f"NapCat 的反向 WebSocket 地址填 {address},令牌填 ONEBOT_ACCESS_TOKEN")
