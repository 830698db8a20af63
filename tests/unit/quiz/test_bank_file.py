"""Banks as they come: .xlsx, .csv, .json, .sqlite, Word and plain text, and what is refused as a whole."""

import io
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import UserError
from bot.quiz import bank_file
from bot.quiz.kinds import Kind
from bot.quiz.rules import Item
from tests.sheet import sheets, xlsx

HEAD = ("题型", "题干", "选项A", "选项B", "选项C", "选项D", "选项E", "选项F", "答案", "解析", "出处")
ROWS = (
    ("单选题", "党员大会一般每几个月召开一次?", "1", "2", "3", "6", None, None, "C", "见条例", "第十一条"),
    ("多选题", "三会一课包括", "党员大会", "支委会", "党小组会", "党课", "团课", "晨会", "A,B,C,D", None, None),
    ("判断题", "支委会一般每月召开1次。", None, None, None, None, None, None, "正确", None, None),
    ("填空题", "党员每年学习不少于____学时", None, None, None, None, None, None, 32, None, None),
)
ITEMS = (
    Item(Kind.SINGLE, "党员大会一般每几个月召开一次?", ("1", "2", "3", "6"), ("C",), "见条例", "第十一条"),
    Item(
        Kind.MULTIPLE,
        "三会一课包括",
        ("党员大会", "支委会", "党小组会", "党课", "团课", "晨会"),
        ("A", "B", "C", "D"),
    ),
    Item(Kind.JUDGE, "支委会一般每月召开1次。", (), ("对",)),
    Item(Kind.BLANK, "党员每年学习不少于____学时", (), ("32",)),
)


def items(name: str, data: bytes) -> tuple[Item, ...]:
    found = bank_file.parse(bank_file.kind_of(name, data), data)
    assert found.faults == ()
    return found.items


def faults(name: str, data: bytes) -> list[str]:
    return [f"{fault.place}:{fault.reason}" for fault in bank_file.parse(bank_file.kind_of(name, data), data).faults]


def csv(*rows: tuple[object, ...]) -> str:
    return "\n".join(",".join("" if cell is None else f'"{cell}"' for cell in row) for row in rows)


def objects(*items: dict[str, Any]) -> bytes:
    return json.dumps(items, ensure_ascii=False).encode()


def test_xlsx() -> None:
    assert items("题库.xlsx", xlsx(("2026年题库",), HEAD, *ROWS)) == ITEMS


async def test_every_sheet_of_a_workbook_with_its_name() -> None:
    data = sheets(
        单选=(HEAD, *ROWS[:1]),
        判断=(HEAD, *ROWS[2:3], ("判断题", "没有答案的题")),
        考题=(("题干", "选项A", "选项B"), ("建军节是哪一天?", "7月1日", "8月1日")),
        说明=(("党建办整理",),),
    )
    found = await bank_file.read("a.xlsx", data)
    assert found.items == (ITEMS[0], ITEMS[2])
    assert [(fault.place, fault.reason) for fault in found.faults] == [("「判断」第 3 行", "没有答案")]
    assert found.passed_over == ("考题", "说明")
    assert (await bank_file.read("a.xlsx", xlsx(HEAD, *ROWS))).passed_over == ()


def test_formulas_and_merged_cells_are_named() -> None:
    row = ("单选题", "=A1", "1", "2", None, None, None, None, "A")
    merged = ("单选题", None, "1", "2", None, None, None, None, "A")
    assert faults("a.xlsx", xlsx(HEAD, row, merged)) == [
        "第 2 行:单元格 B2 是公式或错误值,请粘贴成数值",
        "第 3 行:没有题干",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv(encoding: str) -> None:
    assert items("题库.csv", csv(HEAD, *ROWS).encode(encoding)) == ITEMS


def test_csv_in_gbk_behind_the_mark_of_another_encoding() -> None:
    assert items("题库.csv", b"\xef\xbb\xbf" + csv(HEAD, *ROWS).encode("gbk")) == ITEMS


def test_csv_with_semicolons_and_all_options_in_one_cell() -> None:
    text = 'question;options;answer;type\n"哪些是?";"A.甲 B.乙 C.丙";"①③";multiple\n党费每月交;;正确;judge\n'
    first, second = items("a.csv", text.encode())
    assert (first.kind, first.options, first.answer) == (Kind.MULTIPLE, ("甲", "乙", "丙"), ("A", "C"))
    assert (second.kind, second.answer) == (Kind.JUDGE, ("对",))


def test_json_as_it_is_found() -> None:
    found = items(
        "a.json",
        objects(
            {
                "category": "党章",
                "content": "最高领导机关是        。",
                "options": ["全国代表大会", "政治局"],
                "answer": "A",
            },
            {"question": "哪些对?", "options": {"A": "甲", "B": "乙", "C": "丙"}, "answer": ["A", "C"]},
            {"question": "每月开会", "answer": True, "type": "true_false"},
            {
                "title": "第几个?",
                "choices": [{"label": "A", "text": "甲"}, {"label": "B", "text": "乙"}],
                "answer": "乙",
            },
        ),
    )
    assert [(item.kind, item.stem, item.answer, item.category) for item in found] == [
        (Kind.SINGLE, "最高领导机关是____。", ("A",), "党章"),
        (Kind.MULTIPLE, "哪些对?", ("A", "C"), ""),
        (Kind.JUDGE, "每月开会", ("对",), ""),
        (Kind.SINGLE, "第几个?", ("B",), ""),
    ]


@pytest.mark.parametrize(
    ("answers", "letters"), [((0, 1), "AB"), ((1, 3), "AC"), (([0, 2], 1), ["AC", "B"]), (("1", "3"), "AC")]
)
def test_numbers_of_options_count_from_where_the_file_shows(answers: Any, letters: Any) -> None:
    rows = [{"q": 1, "question": f"题{i}?", "options": ["甲", "乙", "丙"], "answer": a} for i, a in enumerate(answers)]
    assert ["".join(item.answer) for item in items("a.json", objects(*rows))] == list(letters)


def test_json_in_an_envelope_and_by_lines() -> None:
    one = {"question": "对吗", "answer": "对", "type": "判断"}
    wrapped = json.dumps({"code": 0, "data": {"list": [one]}}).encode()
    lines = "\n".join([json.dumps(one), json.dumps({**one, "question": "错吗"})]).encode()
    assert len(items("a.json", wrapped)) == 1
    assert len(items("a.jsonl", lines)) == 2


def database(path: Path, *statements: str) -> bytes:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.read_bytes()


async def test_sqlite_whatever_its_table_is_called(tmp_path: Path) -> None:
    data = database(
        tmp_path / "a.db",
        "PRAGMA journal_mode=WAL",
        'CREATE TABLE "我的""题" (id INTEGER PRIMARY KEY, 题干 TEXT, 选项 TEXT, 答案 TEXT)',
        """INSERT INTO "我的""题" VALUES (1, '哪个?', '["甲","乙"]', 'B'), (2, '哪些?', '甲|乙|丙', 'AC'),
        (3, '谁?', '甲|乙', '丁'), (4, '镰刀和____', '[]', '锤头')""",
        "CREATE TABLE settings (k TEXT, v TEXT)",
        "INSERT INTO settings VALUES ('a', 'b')",
        "CREATE VIEW 题目 AS SELECT '骗?' AS 题干, '甲|乙' AS 选项, 'A' AS 答案",
    )
    found = await bank_file.read("题库.db", data)
    sound = [("哪个?", ("B",)), ("哪些?", ("A", "C")), ("镰刀和____", ("锤头",))]
    assert [(item.stem, item.answer) for item in found.items] == sound
    assert found.passed_over == ("settings",)
    assert [(fault.place, fault.reason) for fault in found.faults] == [('「我的"题」第 3 条', "答案「丁」不在选项里")]


async def test_nothing_in_a_database_is_executed(tmp_path: Path) -> None:
    """A column that is computed would run functions when it is read: its table is passed over."""
    data = database(
        tmp_path / "a.db",
        "CREATE TABLE t (题干 TEXT, 答案 TEXT, 选项 TEXT GENERATED ALWAYS AS (hex(zeroblob(100000000))) VIRTUAL)",
        "INSERT INTO t (题干, 答案) VALUES ('哪个?', 'A')",
    )
    with pytest.raises(UserError, match="没找到「题干」"):
        await bank_file.read("a.db", data)


TEXT = """一、单项选择题
1. 党员大会一般每( )召开一次。
A. 月
B. 季度
C. 半年
答案:B
解析:条例第十一条。
2、党费多交(    )元以上全部上缴中央。A.500 B、1000 C.2000 D.5000
正确答案:B

二、多选题
3.下列属于“三会一课”的有(ABD)。
A、党员大会  B、支委会  C、民主评议
D、党课
4. 【判断题】支委会一般每月召开1次。( )
答案:√
三、填空题
5. 党员每年不少于____学时,书记不少于( )学时。
答案:32;56
出处:教育管理条例
6. 一样的选项?
A. 甲
B. 甲
答案:A
"""


async def test_plain_text() -> None:
    found = await bank_file.read("题.txt", TEXT.encode("gbk"))
    assert [(item.kind, item.answer) for item in found.items] == [
        (Kind.SINGLE, ("B",)),
        (Kind.SINGLE, ("B",)),
        (Kind.MULTIPLE, ("A", "B", "D")),
        (Kind.JUDGE, ("对",)),
        (Kind.BLANK, ("32", "56")),
    ]
    assert found.items[1].options == ("500", "1000", "2000", "5000")
    assert found.items[2].stem == "下列属于“三会一课”的有( )。"
    assert (found.items[0].explanation, found.items[4].source) == ("条例第十一条。", "教育管理条例")
    assert [fault.place for fault in found.faults] == ["第 6 题(第 21 行)"]


def test_word() -> None:
    from docx import Document

    paper = Document()
    for line in TEXT.splitlines()[1:6]:
        paper.add_paragraph(line)
    out = io.BytesIO()
    paper.save(out)
    (item,) = items("题.docx", out.getvalue())
    assert (item.options, item.answer) == (("月", "季度", "半年"), ("B",))


def zipped(name: str, body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(name, body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.xlsx", b"", "文件是空的"),
        ("a.xlsx", b"PK\x03\x04half", "不是完好的 .xlsx"),
        ("a.xlsx", zipped("xl/sheet.xml", b"0" * 60_000_000), "大得不正常"),
        ("a.xlsm", zipped("xl/vbaProject.bin", b"macro"), "里面有宏|里有宏"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "另存为 .xlsx"),
        ("a.exe", b"MZ", "这种文件读不了"),
        ("a.xlsx", xlsx(("姓名", "QQ"), ("张三", "1")), "没找到「题干」和「答案」"),
        ("a.csv", "题干,答案\n".encode() + b"x,y\n" * 100_000, "超过了 5000 行"),
        ("a.csv", '题干,答案\n"没写完,A\n'.encode(), "引号没有配对"),
        ("a.json", b'[{"question": "half', "在第 1 行坏了"),
        ("a.json", b"[" * 100_000, "一层套一层"),
        ("a.json", b"{}", "没有题目"),
        ("a.db", b"hello", "不是完好的 SQLite"),
        ("a.txt", "今天天气不错。".encode(), "没有看到题目"),
        ("a.txt", bytes(range(256)) * 40, "不是文字"),
        ("a.txt", b"x" * (bank_file.LARGEST + 1), "超过了 10 MB"),
    ],
)
async def test_refused(name: str, data: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said):
        await bank_file.read(name, data)


async def test_half_a_database(tmp_path: Path) -> None:
    whole = database(tmp_path / "a.db", "CREATE TABLE t (题干, 答案)", "INSERT INTO t VALUES ('对吗', '对')")
    with pytest.raises(UserError, match="没有传完"):
        await bank_file.read("a.db", whole[: len(whole) // 2])
