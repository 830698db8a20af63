"""A file with questions → what is sound in it and what is not. Read in a child process: nobody has to trust it."""

import asyncio
from dataclasses import replace
from pathlib import PurePosixPath

from bot.core.errors import UserError
from bot.quiz import columns, written
from bot.quiz.validating import Checked, check
from bot.sources import apart, archive, grids, plain, workbook

LARGEST = 10 * 2**20
"""Bytes; a thousand questions have some 400 kB."""
MOST = 5000
"""Questions in one file, and rows of one table."""
TYPES = ".xlsx、.csv、.json、.sqlite、.txt"

_TEXTS = frozenset({"txt", "md", "markdown", "text"})
_DATABASES = frozenset({"sqlite", "sqlite3", "db", "db3"})
_OLD = frozenset({"xls", "et", "ods", "numbers", "xlsb"})


async def read(name: str, data: bytes) -> Checked:
    """The questions in a file called ``name``. Raises ``UserError`` where it is no bank at all."""
    if not data:
        raise UserError("这个文件是空的,请重新发一次。")
    if len(data) > LARGEST:
        raise UserError(f"文件超过了 {LARGEST // 2**20} MB,没有读取。请分成几个文件再发。")
    kind = kind_of(name, data)
    if kind == "xlsx" and len(data) > workbook.LARGEST:
        raise UserError(f"表格超过了 {workbook.LARGEST // 2**20} MB,没有读取。{workbook.SAVE_AS}")
    if kind in ("xlsx", "docx"):
        await asyncio.to_thread(archive.check, data, f".{kind}", f"请另存为 .{kind} 再发。")
    found: Checked = await apart.run(__name__, "parse", kind, data)
    return found


async def read_text(text: str) -> Checked:
    """The questions in a text that was pasted. Raises ``UserError``."""
    return await read("题目.txt", text.encode("utf-8", "replace"))


def kind_of(name: str, data: bytes) -> str:
    """What kind of file it is, by what is in it and then by what it is called. Raises ``UserError``."""
    suffix = PurePosixPath(name.strip().lower()).suffix.lstrip(".")
    if data.startswith(grids.SQLITE):
        return "sqlite"
    if suffix in ("xlsx", "xlsm"):
        return "xlsx"
    if suffix in ("docx", "csv", "tsv", "json", "jsonl"):
        return {"tsv": "csv", "jsonl": "json"}.get(suffix, suffix)
    if suffix in _DATABASES:
        raise UserError("这不是完好的 SQLite 数据库。请重新导出,或者另存为 .xlsx 再发。")
    if suffix in _OLD:
        raise UserError("这种表格读不了。请用 Excel 或 WPS 另存为 .xlsx 再发。")
    if suffix in _TEXTS:
        return "txt"
    raise UserError(f"这种文件读不了。题库请发 {TYPES}(Word 请另存为 .docx)。")


def parse(kind: str, data: bytes) -> Checked:
    """Blocks; runs apart. Raises ``UserError``."""
    passed_over: list[str] = []
    if kind == "txt":
        raws = written.questions_in(plain.decode(data))
    elif kind == "docx":
        from bot.sources import documents  # only the child process ever needs it

        raws = written.questions_in(documents.docx(data)[1])
    else:
        found = {
            "xlsx": lambda: grids.from_workbook(data, MOST),
            "sqlite": lambda: grids.from_sqlite(data, MOST),
            "csv": lambda: grids.from_csv(plain.decode(data), MOST),
            "json": lambda: grids.from_json(plain.decode(data), MOST),
        }[kind]()
        raws, passed_over = columns.questions_in(found)
    if len(raws) > MOST:
        raise UserError(f"一次最多 {MOST} 题,这里有 {len(raws)} 题。请分成几个文件再发。")
    return replace(check(raws), passed_over=tuple(passed_over))
