"""Reading and writing spreadsheets: rows as Excel numbers them, kinds of cells, encodings."""

import datetime
import io
import tracemalloc

import openpyxl
import pytest
import xlwt

from governance import sheets
from governance.sheets import Filled, Odd, SheetError
from tests.factories.checklist import workbook

HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", "'=1", "''=1",
    "'plain", "_x000D_", "a\nb", "𠮷 㐀 𰻝", "👩‍🚒 ☂️", "卡尔·马克思", "007", "12.0",
    "&<>\"'", "￥1,000",
]  # fmt: skip


def rows_of(data: bytes, name: str = "a.xlsx") -> list[tuple[int, list[str]]]:
    return list(sheets.read(data, name).sheets[0].rows())


def xls(rows: list[list]) -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("表")
    for y, cells in enumerate(rows):
        for x, value in enumerate(cells):
            page.write(y, x, value)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_rows_are_numbered_as_excel_numbers_them_and_columns_start_at_a():
    book = openpyxl.Workbook()
    page = book.active
    page["C4"] = "x"
    page["D6"] = "y"
    target = io.BytesIO()
    book.save(target)
    rows = dict(rows_of(target.getvalue()))
    assert rows[4] == ["", "", "x", ""]
    assert rows[6] == ["", "", "", "y"]
    assert list(rows) == [1, 2, 3, 4, 5, 6]


def test_merged_ranges_are_filled_and_marked():
    rows = rows_of(workbook([["头", "", "b"], ["x", "1", ""], ["", "2", ""]], ("A1:B1", "A2:A3")))
    assert rows[0][1] == ["头", "头", "b"]
    assert isinstance(rows[0][1][1], Filled)
    assert rows[2][1][0] == "x"
    assert isinstance(rows[2][1][0], Filled)
    assert not isinstance(rows[1][1][0], Filled)


@pytest.mark.parametrize(
    ("value", "text", "kind"),
    [
        (12, "12", None),
        (12.5, "12.5", None),
        (0.1 + 0.2, "0.3", None),
        ("12.0", "12.0", None),
        ("007", "007", None),
        (True, "TRUE", None),
        (20261121001234567, "20261121001234568", "number"),
        (datetime.date(2026, 1, 2), "2026-01-02", "date"),
        (datetime.time(3, 4), "03:04:00", "time"),
    ],
)
def test_numbers_as_text_and_odd_kinds(value, text, kind):
    cell = rows_of(workbook([["头"], [value]]))[1][1][0]
    assert cell == text
    assert (cell.kind if isinstance(cell, Odd) else None) == kind


def test_formula_errors_and_formulas_without_result_are_marked_where_they_stand():
    book = openpyxl.Workbook()
    page = book.active
    page["A1"] = "头"
    page["B2"] = "#N/A"
    page["B2"].data_type = "e"
    page["C9"] = "=1/0"
    target = io.BytesIO()
    book.save(target)
    rows = dict(rows_of(target.getvalue()))
    assert rows[2][1].kind == "error"
    assert rows[9][2].kind == "formula"
    assert "公式" in rows[9][2].reason


def test_hidden_sheets_are_flagged():
    book = openpyxl.Workbook()
    book.active["A1"] = "看得见"
    hidden = book.create_sheet("藏起来")
    hidden["A1"] = "x"
    hidden.sheet_state = "hidden"
    very = book.create_sheet("藏得深")
    very.sheet_state = "veryHidden"
    target = io.BytesIO()
    book.save(target)
    read = sheets.read(target.getvalue())
    assert [sheet.hidden for sheet in read.sheets] == [False, True, True]
    assert [sheet.name for sheet in read.visible()] == ["Sheet"]


def test_xls_is_read_with_merged_cells():
    book = xlwt.Workbook()
    page = book.add_sheet("表")
    page.write_merge(0, 1, 0, 0, "合并")
    page.write(0, 1, 12)
    page.write(1, 1, "乡镇")
    target = io.BytesIO()
    book.save(target)
    assert rows_of(target.getvalue(), "老表.xls") == [(1, ["合并", "12"]), (2, ["合并", "乡镇"])]


def test_an_xlsx_named_xls_is_read_by_its_content():
    assert rows_of(workbook([["头"]]), "其实.xls")[0][1] == ["头"]


@pytest.mark.parametrize(
    ("codec", "mark"),
    [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("gb18030", b""), ("utf-16", b"")],
)
def test_csv_in_every_encoding_that_offices_write(codec, mark):
    text = "类别,事项\r\n生态环境,禁烧𠮷\r\n\r\n末,行\r\n"
    rows = rows_of(mark + text.encode(codec), "清单.csv")
    assert rows[1] == (2, ["生态环境", "禁烧𠮷"])
    assert rows[3] == (4, ["末", "行"])
    assert "\ufffd" not in str(rows)


def test_csv_row_numbers_count_a_cell_with_line_breaks_once():
    rows = rows_of(b'a,"x\ny\nz"\r\nb,c\r\n', "a.csv")
    assert rows == [(1, ["a", "x\ny\nz"]), (2, ["b", "c"])]


@pytest.mark.parametrize("data", [b"\xff\x81\x30\xff", "类,别\n".encode("utf-16-le"), b"a,\x00b"])
def test_csv_in_an_unknown_encoding_is_refused(data):
    with pytest.raises(SheetError, match=r"编码|UTF-8"):
        sheets.read(data, "a.csv")


def test_replacement_characters_are_refused_with_their_row():
    with pytest.raises(SheetError, match=r"第 2 行.*乱码"):
        sheets.read("a,b\n坏,\ufffd\n".encode(), "a.csv")


def test_an_open_quote_is_an_error_and_swallows_nothing():
    with pytest.raises(SheetError, match="引号"):
        sheets.read('a,b\n"没有关上,c\nd,e\n'.encode(), "a.csv")


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_written_comes_back_as_it_was(text):
    target = io.BytesIO()
    sheets.write_xlsx(target, [("表", ["头"], [[text]])])
    assert rows_of(target.getvalue())[1][1][0] == text
    target = io.BytesIO()
    sheets.write_csv(target, ["头"], [[text]])
    assert rows_of(target.getvalue(), "a.csv")[1][1][0] == text


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_written_can_run_as_a_formula(text):
    target = io.BytesIO()
    sheets.write_xlsx(target, [("表", ["头"], [[text]])])
    cell = openpyxl.load_workbook(target).active["A2"]
    assert cell.data_type in {"s", "inlineStr"}
    assert cell.value[0] not in "=+-@\t\r＝＋－＠"
    target = io.BytesIO()
    sheets.write_csv(target, ["头"], [[text]])
    assert target.getvalue().startswith(b"\xef\xbb\xbf")


def test_nul_and_control_signs_never_reach_a_file():
    target = io.BytesIO()
    sheets.write_xlsx(target, [("表", ["头"], [["a\0b\x0bc\ud800"]])])
    assert rows_of(target.getvalue())[1][1][0] == "abc"


def test_a_text_too_long_for_a_cell_is_an_error_not_a_silent_loss():
    with pytest.raises(SheetError, match="第 2 行 A 列"):
        sheets.write_xlsx(io.BytesIO(), [("表", ["头"], [["长" * 32_768]])])


def test_writing_needs_no_more_memory_for_more_rows():
    def peak(rows: int) -> int:
        tracemalloc.start()
        sheets.write_xlsx(io.BytesIO(), [("表", ["头"], (["文字" * 20] for _ in range(rows)))])
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    small, large = peak(500), peak(5_000)
    assert large < 3 * small + 400_000  # the packed file itself stays in the BytesIO


def test_xls_numbers_and_text():
    assert rows_of(xls([["头", 3], ["x", 2.5]]), "a.xls") == [(1, ["头", "3"]), (2, ["x", "2.5"])]
