"""Files from the chat: what is read of each type, and one clear line for each that can't be (issue 2, bad input)."""

import io
import zipfile

import pytest
from docx import Document
from docx.oxml import parse_xml
from pypdf import PdfReader, PdfWriter

from bot.core.errors import UserError
from bot.sources import files
from bot.sources.article import Article, clean
from bot.sources.documents import joined
from bot.sources.files import extract, kind_of, parse
from bot.sources.plain import decode

TEXT = "党员必须履行下列义务,认真学习马克思列宁主义,贯彻执行党的基本路线。\n带头参加改革开放和社会主义现代化建设。"


def pdf(*lines: str, title: str = "") -> bytes:
    """A page with one line of text under the other, in a font that needs no file (Identity-H with a ToUnicode map)."""
    shown = "".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -20 Td " for line in lines)
    content = f"BT /F1 12 Tf 50 700 Td {shown}ET".encode() if lines else b""
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <0000> <FFFF> "
        b"endcodespacerange 1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end"
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type0/BaseFont/F/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 7 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/F"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(cmap), cmap),
        b"<</Title<%s>>>" % title.encode("utf-16").hex().encode(),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    out += b"trailer<</Size %d/Root 1 0 R/Info 8 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)


def locked(data: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def docx(fill: bool = True) -> bytes:
    document = Document()
    if fill:
        document.core_properties.title = "公文模板"
        document.add_heading("党员的义务", level=1)
        paragraph = document.add_paragraph("带头参加")
        w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        paragraph._p.append(parse_xml(f"<w:ins {w}><w:r><w:t>改革开放</w:t></w:r></w:ins>"))
        paragraph._p.append(parse_xml(f"<w:del {w}><w:r><w:delText>不要的话</w:delText></w:r></w:del>"))
        table = document.add_table(rows=1, cols=2)
        table.rows[0].cells[0].text, table.rows[0].cells[1].text = "党员大会", "每季度召开一次"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


async def test_pdf() -> None:
    lines = ("党员必须履行下列义务,认真学习马克思列宁主义,贯", "彻执行党的基本路线,带头参加改革开放和现代化建", "设。")
    whole = pdf("党员的义务", *lines, "— 1 —")
    text = "".join(lines)
    assert await extract("x.pdf", whole) == Article("党员的义务", text)
    assert (await extract("名字.txt", whole)).title == "党员的义务"


def test_a_title_is_taken_from_a_pdf_only_if_the_text_knows_it() -> None:
    lines = ("某某支部文件汇编", *TEXT.split("\n"))
    assert parse("pdf", "x.pdf", pdf(*lines, title="党员必须履行下列义务")).title == "党员必须履行下列义务"
    assert parse("pdf", "x.pdf", pdf(*lines, title="Microsoft Word - 新建文档.doc")).title == "某某支部文件汇编"


def test_a_pdf_with_a_password_or_only_an_owner() -> None:
    lines = ("党员的义务", *TEXT.split("\n"))
    with pytest.raises(UserError, match="有密码"):
        parse("pdf", "x.pdf", locked(pdf(*lines), "secret"))
    assert parse("pdf", "x.pdf", locked(pdf(*lines), "")) == parse("pdf", "x.pdf", pdf(*lines))


def test_scanned_and_broken_pdf() -> None:
    with pytest.raises(UserError, match="扫描"):
        parse("pdf", "x.pdf", pdf())
    for broken in (b"%PDF-1.4\nnothing", pdf("a")[:300]):
        with pytest.raises(UserError, match="坏的"):
            parse("pdf", "x.pdf", broken)


def test_paragraphs_from_the_lines_of_pages() -> None:
    assert joined("一二三四五六七八九十\n一二三四五六七八九十\n完。\n- 2 -\n第 3 页\n短\n一二三四五六七八九。") == (
        "一二三四五六七八九十一二三四五六七八九十完。\n短\n一二三四五六七八九。"
    )


async def test_docx() -> None:
    assert await extract("a.DOCX", docx()) == Article("党员的义务", "带头参加改革开放\n党员大会 | 每季度召开一次")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "有密码"),
        ("a.docx", b"nothing", "不是完好的 .docx"),
        ("a.docx", docx()[:-30], "不是完好的 .docx"),
        ("a.docx", docx(fill=False), "几乎没有文字"),
        ("a.doc", b"x", "另存为 .docx"),
        ("a.pptx", b"x", "另存为 PDF"),
        ("a.xlsx", b"x", "不能是表格"),
        ("a.jpg", b"x", "图片"),
        ("a.exe", b"x", "PDF、DOCX、TXT 或 MD"),
        ("a", b"x", "PDF、DOCX、TXT 或 MD"),
        ("a.txt", b"", "是空的"),
        ("a.txt", "太短".encode(), "几乎没有文字"),
        ("a.txt", bytes(range(256)) * 40, "不是文字"),
        ("a.pdf", b"x", "PDF 是坏的"),
    ],
)
async def test_what_is_not_read(name: str, data: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said):
        await extract(name, data)


async def test_a_docx_without_document_is_broken() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx())) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            new.writestr(part, b"<" if part == "word/document.xml" else old.read(part))
    with pytest.raises(UserError, match="坏的"):
        await extract("a.docx", out.getvalue())


async def test_a_zip_bomb_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sources.apart.run", None)
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/a.bin", b"0" * 3_000_000)
    with pytest.raises(UserError, match="大得不正常"):
        await extract("a.docx", out.getvalue())


async def test_60_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sources.apart.run", None)
    with pytest.raises(UserError, match="60 MB,超过了 20 MB"):
        await extract("a.pdf", b"%PDF-" + bytes(60 * 2**20))


def test_a_book_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LONGEST", 30)
    with pytest.raises(UserError, match="太长"):
        parse("txt", "a.txt", TEXT.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gb2312", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == TEXT


def test_text_in_other_signs_than_common_ones() -> None:
    assert decode("黨員應當學習貫徹黨的路線,𠮷日🎉".encode()) == "黨員應當學習貫徹黨的路線,𠮷日🎉"
    assert decode(f"{TEXT}\x1a".encode()) == f"{TEXT}\x1a"
    traditional = "黨員必須履行下列義務,認真學習馬克思列寧主義,貫徹執行黨的基本路線。"
    assert decode(traditional.encode("gb18030")) == traditional


async def test_txt_titles() -> None:
    assert await extract("学习.txt", f"党员的义务\n\n{TEXT}".encode()) == Article("党员的义务", TEXT)
    assert parse("txt", "/tmp/第一讲.txt", TEXT.encode()) == Article("第一讲", TEXT)


async def test_markdown() -> None:
    made = (
        "---\ntags: x\n---\n# 三会一课\n\n**党员大会**每季度[召开](http://a.cn)一次。\n\n"
        "1. 支委会每月一次\n2. 党课<br>\n\n"
        "![图](a.png)\n\n| 会 | 次 |\n|--|--|\n| 大会 | 4 |\n\n## 小结\n`完`"
    )
    text = "党员大会每季度召开一次。\n1. 支委会每月一次\n2. 党课\n会 | 次\n大会 | 4\n小结\n完"
    assert await extract("a.md", made.encode()) == Article("三会一课", text)


def test_cleaning() -> None:
    dirty = "一\u200b\u0007、\ud800⼀\u3000 二\r\n\r\n\ufeff三\u202e四\x85\n\t"
    assert clean(dirty) == "一、一 二\n三四"


def test_kinds() -> None:
    names = {"a.MD": "md", "b.markdown": "md", "c.TXT ": "txt", "d.PDF": "pdf"}
    assert {name: kind_of(name, b"x") for name in names} == names
