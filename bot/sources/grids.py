"""The tables in a file that somebody sent (.xlsx, .csv, .json, .sqlite), as rows of plain values with the spaces around
them: some mean a blank.

Everything here blocks and is meant to run apart (``bot.sources.apart``). Raises ``UserError``.
"""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bot.core.errors import UserError
from bot.sources import workbook
from bot.sources.workbook import Cell

SQLITE: Final = b"SQLite format 3\0"
MOST_COLUMNS = 100
_DELIMITERS = ",\t;|"
_HEAD = 2000
_LONGEST = 2**20
"""Bytes of a value in a database."""

Value: TypeAlias = Cell | tuple[str, ...]
"""A list in one place (the options of a question in a .json) is a tuple."""


@dataclass(frozen=True)
class Grid:
    """One table. The first row of ``rows`` that means anything names the columns. ``counted`` is how people count its
    rows (「行」 of a sheet, 「题」 of a list), ``name`` what it is called where a file has several."""

    rows: tuple[tuple[Value, ...], ...]
    counted: str = "行"
    name: str = ""

    def place(self, index: int) -> str:
        """Where the row at ``index`` is, in words: row 1 of a sheet is its first, item 1 of a list comes after the
        names."""
        number = index + 1 if self.counted == "行" else index
        return f"{f'「{self.name}」' if self.name else ''}第 {number} {self.counted}"


def from_workbook(data: bytes, most: int) -> list[Grid]:
    """Every sheet that has something in it."""
    sheets = [(title, rows) for title, rows in workbook.parse_all(data, most, strip=False) if rows]
    several = len(sheets) > 1
    return [Grid(tuple(rows), name=title if several else "") for title, rows in sheets]


def from_csv(text: str, most: int) -> list[Grid]:
    """A quoted field may hold line ends; a row is what Excel would show as one."""
    head = text[:_HEAD]
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[Value, ...]] = []
    try:
        for row in reader:
            cells = tuple(cell if cell.strip() else None for cell in row[:MOST_COLUMNS])
            rows.append(cells if any(cells) else ())
            _check_count(rows, most)
    except csv.Error as error:
        raise UserError(f"第 {reader.line_num} 行附近的引号没有配对,或者文件没写完。请检查后再发。") from error
    return [Grid(tuple(rows))]


def from_json(text: str, most: int) -> list[Grid]:
    """A list of objects, alone or inside of other objects, or an object on each line."""
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise UserError("这个 .json 一层套一层,读不了。") from error
    except ValueError as error:
        found = _lines(text, error)
    lists = list(_lists(found, ""))
    if not lists:
        raise UserError("这个 .json 里没有题目。要写成一列对象:[{…}, {…}]。")
    return [of_objects(items, name if len(lists) > 1 else "", most) for name, items in lists]


def _lines(text: str, error: ValueError) -> list[Any]:
    """JSON Lines. Raises ``UserError`` that says where ``text`` is broken."""
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        line = getattr(error, "lineno", 1)
        raise UserError(f"这个 .json 在第 {line} 行坏了(没写完,或者少了引号、逗号)。请检查后再发。") from error


def _lists(value: Any, name: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """(name, objects) of each list of objects, not more than two levels down."""
    if isinstance(value, list):
        objects = [item for item in value if isinstance(item, dict)]
        if objects and len(objects) * 2 >= len(value):
            yield name, [item if isinstance(item, dict) else {} for item in value]
    elif isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, list):
                yield from _lists(inner, str(key))
            elif isinstance(inner, dict):
                yield from ((str(k), v) for k, v in inner.items() if isinstance(v, list) and _all_objects(v))


def _all_objects(items: list[Any]) -> bool:
    return bool(items) and all(isinstance(item, dict) for item in items)


def of_objects(items: list[dict[str, Any]], name: str, most: int) -> Grid:
    """A list of objects as a table: its columns are all the keys that occur."""
    keys = list(dict.fromkeys(str(key) for item in items for key in item))[:MOST_COLUMNS]
    rows: list[tuple[Value, ...]] = [tuple(keys)]
    for item in items:
        rows.append(tuple(_plain(item.get(key)) for key in keys))
        _check_count(rows, most + 1)
    return Grid(tuple(rows), "题", name)


_TEXT_KEYS = ("text", "content", "value", "option", "title", "desc", "内容", "选项")


def _plain(value: Any) -> Value:
    """A value of a .json as one of a table; of lists and objects the texts."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return value if value.strip() else None
        case list():
            return tuple(_word(item) for item in value)
        case dict():
            labelled = all(len(str(key)) == 1 and str(key).isalpha() for key in value)
            return tuple(f"{key}. {_word(item)}" if labelled else _word(item) for key, item in value.items())
    return None


def _word(item: Any) -> str:
    if isinstance(item, dict):
        inner = next((item[key] for key in _TEXT_KEYS if key in item), None)
        label = next((item[key] for key in ("label", "key", "letter", "id") if key in item), "")
        word = "" if inner is None else str(inner).strip()
        return f"{label}. {word}" if isinstance(label, str) and len(label) == 1 and label.isalpha() else word
    return "" if item is None else str(item).strip()


def from_sqlite(data: bytes, most: int) -> list[Grid]:
    """Every table of a database that nobody has to trust: it is a copy in memory, nothing in it is executed, and only
    plain tables are read, no views, virtual ones or columns that are computed."""
    if len(data) < _size(data):
        raise UserError("这个数据库文件没有传完。请重新发一次。")
    copy = bytearray(data)
    copy[18:20] = b"\x01\x01"  # one left in WAL mode can't be opened in memory
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(bytes(copy))
        for pragma in ("trusted_schema=OFF", "query_only=ON", "cell_size_check=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        connection.set_authorizer(_only_reading)
        connection.text_factory = _text
        tables = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        names = [name for name, sql in tables if _is_plain(str(name), str(sql))]
        grids = [_table(connection, name, most) for name in names]
    except sqlite3.Error as error:
        raise UserError("这个数据库文件是坏的,读不出来。请重新导出,或者另存为 .xlsx 再发。") from error
    finally:
        connection.close()
    filled = [grid for grid in grids if len(grid.rows) > 1]
    return [Grid(grid.rows, grid.counted, "") for grid in filled] if len(filled) == 1 else filled


def _size(data: bytes) -> int:
    """How large the database says it is: pages by their size (1 means 64 KiB), where the count is to be trusted."""
    page = int.from_bytes(data[16:18], "big")
    counted = data[24:28] == data[92:96]
    return max(100, (2**16 if page == 1 else page) * int.from_bytes(data[28:32], "big") if counted else 0)


def _only_reading(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ) else sqlite3.SQLITE_DENY


def _is_plain(name: str, sql: str) -> bool:
    computed = re.search(r"CREATE\s+VIRTUAL|\bAS\s*\(", sql, re.IGNORECASE)
    return not name.startswith("sqlite_") and computed is None


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _table(connection: sqlite3.Connection, name: str, most: int) -> Grid:
    quoted = name.replace('"', '""')
    cursor = connection.execute(f'SELECT * FROM "{quoted}"')
    keys = tuple(column[0] for column in cursor.description[:MOST_COLUMNS])
    rows: list[tuple[Value, ...]] = [keys]
    for row in cursor:
        rows.append(tuple(_stored(value) for value in row[:MOST_COLUMNS]))
        _check_count(rows, most + 1)
    return Grid(tuple(rows), "条", name)


def _stored(value: Any) -> Value:
    if isinstance(value, bytes):
        value = _text(value)
    if isinstance(value, str):
        return _list_in(value.strip()) or (value if value.strip() not in _NOTHING else None)
    return value if isinstance(value, int | float) else None


_NOTHING = frozenset({"", "[]", "{}"})


def _list_in(text: str) -> tuple[str, ...]:
    """The texts of a JSON list or object that was stored as text; none where it isn't one."""
    if text[:1] not in "[{" or text[-1:] not in "]}":
        return ()
    try:
        found = _plain(json.loads(text))
    except (ValueError, RecursionError):
        return ()
    return found if isinstance(found, tuple) else ()


def _check_count(rows: list[tuple[Value, ...]], most: int) -> None:
    if len(rows) > most:
        raise UserError(f"超过了 {most} 行,没有读取。请分成几个文件再发。")
