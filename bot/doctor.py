"""``xueban doctor``: looks at what an installation stands on and says in Chinese what to fix."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text

from bot.branch.models import ChatGroup
from bot.core.clock import SystemClock
from bot.core.db import Database
from bot.core.migrate import alembic_config
from bot.core.settings import Settings
from bot.rendering import fonts

MIN_TOKEN = 16
"""Characters below which a token is called too short."""


@dataclass(frozen=True)
class Finding:
    ok: bool
    text: str


def report(settings: Settings) -> int:
    """Print every finding; 1 if one needs mending, else 0."""
    findings = [*tokens(settings), *folder(settings), *font(), *asyncio.run(database(settings)), *connection(settings)]
    for finding in findings:
        print(("✓ " if finding.ok else "✗ ") + finding.text)
    return 0 if all(finding.ok for finding in findings) else 1


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
    if os.access(existing, os.W_OK):
        yield Finding(True, f"数据目录可写:{path}")
    else:
        yield Finding(False, f"数据目录不可写:{path}。请改它的属主,或用 XUEBAN__DATA_DIR 换一个目录。")


def font() -> Iterator[Finding]:
    missing = fonts.check()
    yield Finding(not missing, missing or "中文字体可用")


async def database(settings: Settings) -> list[Finding]:
    db = Database(settings.database, SystemClock())
    try:
        if db.is_sqlite and not settings.database_url and not (settings.xueban.data_dir / "xueban.db").exists():
            return [Finding(True, "数据库还没有建立,第一次启动时会自动建立")]
        async with db.engine.connect() as connection:
            version = await connection.run_sync(_version)
            now = SystemClock().now()
            findings = [Finding(True, "数据库连接正常")]
            newest = ScriptDirectory.from_config(alembic_config(settings.database)).get_current_head()
            if version != newest:
                findings.append(Finding(False, "数据库结构不是最新的。请运行 xueban migrate。"))
                return findings
            groups = len((await connection.execute(select(ChatGroup.id))).all())
            findings.append(Finding(True, f"已绑定 {groups} 个群"))
            if not db.is_sqlite:
                there = (await connection.execute(text("SELECT now()"))).scalar_one()
                drift = abs((there - now).total_seconds())
                ok = drift < 2
                findings.append(
                    Finding(ok, f"时钟与数据库相差 {drift:.1f} 秒" + ("" if ok else "。请打开两边的时间同步。"))
                )
            return findings
    except Exception as error:
        return [Finding(False, f"数据库连不上({type(error).__name__})。请检查 DATABASE_URL 和数据库是否在运行。")]
    finally:
        await db.close()


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def connection(settings: Settings) -> Iterator[Finding]:
    """Is it the bot that answers at its port, and can it work?"""
    host = settings.host if settings.listens_on_loopback else "127.0.0.1"
    answer = HTTPConnection(host, settings.port, timeout=5)
    try:
        answer.request("GET", "/healthz")
        response = answer.getresponse()
        status, words = response.status, response.read(20)
    except ConnectionRefusedError:
        yield Finding(True, "机器人没有在运行,用 xueban run 或 make run 启动")
    except (OSError, HTTPException):
        yield Finding(False, f"{settings.port} 端口有程序在听,但不像机器人。请用 PORT 换一个端口。")
    else:
        if (status, words) == (200, b"ok"):
            yield Finding(True, "机器人正在运行")
        elif (status, words) == (503, b"database"):
            yield Finding(False, "机器人正在运行,但数据库没有回答。请检查数据库。")
        else:
            yield Finding(False, f"{settings.port} 端口被别的程序占用。请用 PORT 换一个端口。")
    finally:
        answer.close()
    yield Finding(True, f"NapCat 的反向 WebSocket 地址填 ws://<本机地址>:{settings.port}/onebot/v11/ws")
