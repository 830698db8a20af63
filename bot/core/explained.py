"""What keeps a command of the operator's from its database, in their words."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidRequestError

from bot.core.errors import DatabaseBusy, UserError

_FULL = "磁盘满了或写不了,没有动。请腾出空间、检查权限再试。"
_BROKEN = "数据库文件坏了,没有动。请运行 xueban doctor 看怎么办。"
_WHY_NOT = {
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR_WRITE": _FULL,
    "SQLITE_READONLY": _FULL,
    "53100": _FULL,
    "SQLITE_NOTADB": _BROKEN,
    "SQLITE_CORRUPT": _BROKEN,
    "42501": "地址里的用户不能在那个库里建表,没有动。请给他建表的权限再试。",
    "42P07": "目标数据库里有别的程序的表,没有动。请换一个空的数据库。",
}
"""By the names that SQLite gives to its errors, and the numbers of PostgreSQL's."""


@contextmanager
def explained() -> Iterator[None]:
    """What a database refuses to do becomes a ``UserError``."""
    try:
        yield
    except (ArgumentError, InvalidRequestError, ImportError) as error:
        raise UserError("数据库地址看不懂。请写成 postgresql+asyncpg://用户:口令@地址/库名。") from error
    except (DBAPIError, DatabaseBusy, OSError) as error:
        raise UserError(_why_not(error)) from error


def _why_not(error: BaseException) -> str:
    """What the operator can do about it."""
    refused = error.__cause__ if isinstance(error, DatabaseBusy) else error
    if isinstance(refused, DBAPIError):
        code = str(getattr(refused.orig, "sqlite_errorname", None) or getattr(refused.orig, "sqlstate", None))
        if code in _WHY_NOT:
            return _WHY_NOT[code]
        if code.startswith("22"):  # data that the other database doesn't take
            into = str(refused.statement).partition("INSERT INTO ")[2].partition(" ")[0]
            what = f"表 {into} 里的内容" if into else "汉字"
            return f"目标数据库存不下{what}({code}),没有动。请换一个用 UTF8 编码的空数据库再试。"
    return f"数据库连不上或正忙({type(error).__name__}),没有动。请检查地址和口令再试。"
