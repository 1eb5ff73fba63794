"""Files that want to harm: bombs, lies, entities, macros, disguises; refused before parsing."""

import io
import random
import zipfile

import pytest

from governance import sheets
from governance.sheet_guards import Limits, SheetError, survey_xlsx
from tests.factories.checklist import workbook


def rezip(data: bytes, changes: dict[str, bytes], **extra: bytes) -> bytes:
    """The same workbook with some parts replaced or added."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            new.writestr(info.filename, changes.get(info.filename, old.read(info.filename)))
        for name, content in extra.items():
            new.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return target.getvalue()


def part(data: bytes, name: str) -> bytes:
    return zipfile.ZipFile(io.BytesIO(data)).read(name)


SHEET = "xl/worksheets/sheet1.xml"
PLAIN = workbook([["类别", "事项"], ["a", "b"]])


def test_a_zip_bomb_is_refused_by_the_directory_alone():
    bomb = rezip(PLAIN, {SHEET: part(PLAIN, SHEET) + b" " * (101 << 20)})
    assert len(bomb) < 1 << 20
    with pytest.raises(SheetError, match="压缩炸弹"):
        sheets.read(bomb, "a.xlsx")


def test_a_high_ratio_is_refused_below_the_size_limit():
    bomb = rezip(PLAIN, {SHEET: part(PLAIN, SHEET) + b" " * (30 << 20)})
    with pytest.raises(SheetError, match="压缩比"):
        sheets.read(bomb, "a.xlsx")


def lying(data: bytes, name: str, size: int, crc: int | None = None) -> bytes:
    """A zip whose directory (central and local) states another size for one part."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    info = archive.getinfo(name)
    true = info.file_size.to_bytes(4, "little")
    false = size.to_bytes(4, "little")
    raw = data.replace(true, false)
    if crc is not None:
        raw = raw.replace(info.CRC.to_bytes(4, "little"), crc.to_bytes(4, "little"))
    return raw


@pytest.mark.parametrize("size", [10, 700])
def test_a_lying_size_is_refused(size):
    with pytest.raises(SheetError, match=r"大小与实际不符|损坏|不是"):
        sheets.read(lying(PLAIN, SHEET, size), "a.xlsx")


def test_a_lying_size_with_the_matching_checksum_of_the_beginning_is_refused():
    content = part(PLAIN, SHEET)
    crc = zipfile.crc32(content[:100])
    with pytest.raises(SheetError):
        survey_xlsx(lying(PLAIN, SHEET, 100, crc))


def test_damaged_bytes_are_refused_and_never_crash():
    chance = random.Random(7)
    for _ in range(60):
        data = bytearray(PLAIN)
        for _ in range(8):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            for sheet in sheets.read(bytes(data), "a.xlsx").sheets:
                list(sheet.rows())
        except SheetError as refusal:
            assert any("\u4e00" <= sign <= "\u9fff" for sign in str(refusal))


ENTITY = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "AAAAAAAAAA"><!ENTITY b "&a;&a;&a;">]>"""
EXTERNAL = b"""<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1:9/evil.dtd">"""


@pytest.mark.parametrize("head", [ENTITY, EXTERNAL])
@pytest.mark.parametrize("name", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_entities_and_document_types_are_refused(head, name):
    body = part(PLAIN, name)
    if body.startswith(b"<?xml"):
        body = body.split(b"?>", 1)[1]
    with pytest.raises(SheetError, match="实体"):
        sheets.read(rezip(PLAIN, {name: head + body}), "a.xlsx")


def test_a_sheet_in_utf16_is_refused():
    body = part(PLAIN, SHEET).decode().encode("utf-16")
    with pytest.raises(SheetError, match="编码"):
        sheets.read(rezip(PLAIN, {SHEET: body}), "a.xlsx")


def test_macros_are_refused_by_name_and_by_content():
    with pytest.raises(SheetError, match="不支持"):
        sheets.read(PLAIN, "a.xlsm")
    with pytest.raises(SheetError, match="宏"):
        sheets.read(rezip(PLAIN, {}, xl__vbaProject_dot_bin=b"x"), "a.xlsx")


def test_external_links_are_never_followed():
    linked = rezip(PLAIN, {}, xl__externalLinks__externalLink1_dot_xml=b"<externalLink/>")
    assert sheets.read(linked, "a.xlsx").sheets[0].rows()


@pytest.mark.parametrize(
    "data",
    [
        b"<html><table><tr><td>x</td></tr></table></html>",
        b"\xef\xbb\xbf  <!DOCTYPE html><html></html>",
        b'<?xml version="1.0"?><Workbook/>',
        b"MIME-Version: 1.0\r\n",
    ],
)
def test_web_pages_saved_as_xls_are_refused(data):
    with pytest.raises(SheetError, match="网页"):
        sheets.read(data, "导出.xls")


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.xlsx", "空"),
        (b"%PDF-1.7", "a.xlsx", "不是 Excel"),
        (b"PK\x03\x04 nothing", "a.xlsx", "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls", "损坏"),
        (b"x", "a.ods", "不支持"),
    ],
)
def test_other_files_are_refused_with_a_reason(data, name, words):
    with pytest.raises(SheetError, match=words):
        sheets.read(data, name)


def test_a_word_document_is_not_a_workbook():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(SheetError, match="不是 Excel"):
        sheets.read(target.getvalue(), "a.xlsx")


def test_blank_formatted_rows_are_refused_with_the_cap():
    rows = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (n, n) for n in range(3, 250_100))
    body = part(PLAIN, SHEET).replace(b"</sheetData>", rows + b"</sheetData>")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        old = zipfile.ZipFile(io.BytesIO(PLAIN))
        for info in old.infolist():
            new.writestr(info.filename, body if info.filename == SHEET else old.read(info.filename))
    with pytest.raises(SheetError, match=r"空白行.*上限 250000 行"):
        sheets.read(target.getvalue(), "a.xlsx")


@pytest.mark.parametrize("reference", [b"XFD3", b"A1048576"])
def test_one_far_cell_does_not_fill_the_memory(reference):
    cell = b'<row r="3"><c r="%s" t="inlineStr"><is><t>x</t></is></c></row>' % reference
    body = part(PLAIN, SHEET).replace(b"</sheetData>", cell + b"</sheetData>")
    with pytest.raises(SheetError, match="上限"):
        sheets.read(rezip(PLAIN, {SHEET: body}), "a.xlsx")


def test_a_wide_cell_and_a_low_cell_far_apart_are_seen_together():
    wide = b'<row r="3"><c r="IV3" t="inlineStr"><is><t>x</t></is></c></row>'
    between = b'<row r="4"><c r="A4" t="inlineStr"><is><t>%s</t></is></c></row>' % (b"x" * 30_000)
    low = b'<row r="99000"><c r="A99000" t="inlineStr"><is><t>x</t></is></c></row>'
    body = part(PLAIN, SHEET).replace(b"</sheetData>", wide + between * 100 + low + b"</sheetData>")
    with pytest.raises(SheetError, match="个单元格"):
        sheets.read(rezip(PLAIN, {SHEET: body}), "a.xlsx")


def test_absurd_merged_areas_are_refused():
    merges = b"".join(b'<mergeCell ref="A%d:Z%d"/>' % (1, 2000) for _ in range(200))
    filler = b"".join(
        b'<row r="%d"><c r="Z%d" t="inlineStr"><is><t>x</t></is></c></row>' % (n, n)
        for n in range(3, 2001)
    )
    body = part(PLAIN, SHEET).replace(
        b"</sheetData>", filler + b"</sheetData><mergeCells>" + merges + b"</mergeCells>"
    )
    with pytest.raises(SheetError, match="合并"):
        for sheet in sheets.read(rezip(PLAIN, {SHEET: body}), "a.xlsx").sheets:
            list(sheet.rows())


def test_caps_are_settings():
    with pytest.raises(SheetError, match="上限 1 列"):
        sheets.read(PLAIN, "a.xlsx", Limits(columns=1))
    with pytest.raises(SheetError, match="0 MB"):
        sheets.read(PLAIN, "a.xlsx", Limits(file_bytes=100))


def test_a_duplicate_part_is_refused():
    target = io.BytesIO(PLAIN)
    with zipfile.ZipFile(target, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, b"<x/>")
    with pytest.raises(SheetError, match="重名"):
        sheets.read(target.getvalue(), "a.xlsx")
