"""Reading and writing spreadsheets: .xlsx, .xls and .csv. Knows nothing of any record.

Reading yields rows numbered as Excel numbers them. Cells are plain ``str``; two subclasses mark
what a caller may want to treat differently: :class:`Filled` (follower of a merged range, carrying
the range's value) and :class:`Odd` (a formula error, a date where text was expected, ...).
A file is surveyed before it is parsed: unpacked size, ratio, bounding box, DOCTYPE, macros.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Self

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from governance.sheet_guards import LIMITS, Limits, SheetError, Survey, survey_xlsx
from governance.sheet_writing import column_letter, escape, unescape, write_csv, write_xlsx

__all__ = [
    "LIMITS", "Book", "Filled", "Limits", "Odd", "Sheet", "SheetError",
    "column_letter", "escape", "read", "unescape", "write_csv", "write_xlsx",
]  # fmt: skip

MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
"""Byte order marks at the head of a text file, and the codec that each announces."""

ODD_REASONS = {
    "error": "单元格是公式错误值(如 #N/A、#REF!),请改成文字",
    "formula": "单元格是公式,文件里没有计算结果;请在 Excel/WPS 中打开并保存,或粘贴为数值",
    "date": "单元格是日期格式,请改成文本格式后重新填写",
    "time": "单元格是时间格式,请改成文本格式后重新填写",
    "number": "数字超过 15 位,Excel 已经丢失后几位;请改成文本格式后重新填写",
}


class Filled(str):
    """Text of a merged range, repeated in a cell that the range covers."""

    __slots__ = ()


class Odd(str):
    """Text of a cell whose kind is suspicious; ``kind`` is a key of :data:`ODD_REASONS`."""

    kind: str

    def __new__(cls, text: str, kind: str) -> Self:
        cell = super().__new__(cls, text)
        cell.kind = kind
        return cell

    @property
    def reason(self) -> str:
        """Say in Chinese what is wrong with the cell and what to do."""
        return ODD_REASONS[self.kind]


@dataclass
class Sheet:
    """One worksheet. ``rows()`` yields (Excel row number, cells from column A on)."""

    name: str
    hidden: bool
    raw_rows: Any  # callable returning an iterator of raw rows from row 1, column A
    height: int = 0
    width: int = 0
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    odd: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield rows with merged ranges filled; trailing empty cells are kept."""
        spans = _spans_by_row(self.merged, self.height, self.width)
        if not spans and not self.odd:
            for number, raw in enumerate(self.raw_rows(), start=1):
                yield (
                    number,
                    [
                        value if type(value) is str and value[:1] != "'" else _text(value)
                        for value in raw
                    ],
                )
            return
        live: list[_Span] = []
        odd_rows = {row for row, _ in self.odd}
        for number, raw in enumerate(self._padded(), start=1):
            cells = [_text(value) for value in raw]
            cells += [""] * (self.width - len(cells))
            if number - 1 in odd_rows:
                _mark_odd(cells, number - 1, self.odd)
            live = [span for span in live if span.bottom >= number - 1]
            for span in spans.get(number - 1, ()):
                span.value = cells[span.left] if span.left < len(cells) else ""
                live.append(span)
            for span in live:
                span.fill(cells, number - 1)
            yield number, cells

    def _padded(self) -> Iterator[list]:
        """The raw rows, and blank ones for odd cells below what the parser counts as used."""
        height = 0
        for raw in self.raw_rows():
            height += 1
            yield raw
        for _ in range(height, self.height):
            yield []


@dataclass
class Book:
    """A workbook as read: its sheets in order, and the kind of file it was."""

    sheets: list[Sheet]
    kind: str

    def visible(self) -> list[Sheet]:
        """Return the sheets that a person sees when opening the file."""
        return [sheet for sheet in self.sheets if not sheet.hidden]


@dataclass
class _Span:
    top: int
    left: int
    bottom: int
    right: int
    value: str = ""

    def fill(self, cells: list[str], row: int) -> None:
        if not self.value:
            return
        first = self.left + 1 if row == self.top else self.left
        follower = (
            Odd(self.value, self.value.kind) if isinstance(self.value, Odd) else Filled(self.value)
        )
        for column in range(first, min(self.right, len(cells) - 1) + 1):
            if not cells[column]:
                cells[column] = follower


def _spans_by_row(merged: list, height: int, width: int) -> dict[int, list[_Span]]:
    """Index merged ranges by their top row, clipped to the sheet; refuse absurd totals."""
    spans: dict[int, list[_Span]] = {}
    area = 0
    for (top, left), (bottom, right) in merged:
        if top >= height or left >= width:
            continue
        bottom, right = min(bottom, height - 1), min(right, width - 1)
        area += (bottom - top + 1) * (right - left + 1)
        if area > LIMITS.cells:
            raise SheetError(f"合并单元格的总面积超过上限 {LIMITS.cells} 格,请取消不必要的合并")
        spans.setdefault(top, []).append(_Span(top, left, bottom, right))
    return spans


def _mark_odd(cells: list[str], row: int, odd: Mapping[tuple[int, int], str]) -> None:
    for column in range(len(cells)):
        kind = odd.get((row, column))
        if kind:
            cells[column] = Odd(cells[column], kind)


def _text(value: Any) -> str:
    """Return a raw cell value as text: 12.0 as "12", a date as an :class:`Odd` ISO date."""
    if type(value) is str:
        return unescape(value) if value[:1] == "'" else value
    if type(value) is float:
        if value.is_integer():
            return str(int(value)) if abs(value) < 1e15 else Odd(f"{value:.0f}", "number")
        return f"{value:.15g}"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if value is None:
        return ""
    if isinstance(value, datetime.datetime | datetime.date):
        return Odd(value.isoformat(), "date")
    if isinstance(value, datetime.time | datetime.timedelta):
        return Odd(str(value), "time")
    return str(value)


# ------------------------------------------------------------------ reading


def read(source: bytes | Path | BinaryIO, name: str = "", limits: Limits = LIMITS) -> Book:
    """Read a spreadsheet after surveying it.

    Args:
        source: the file's bytes, its path, or a binary file object.
        name: the file's name as given by the user; only its ending is used.
        limits: sizes beyond which a file is refused before it is parsed.

    Raises:
        SheetError: with a Chinese sentence that says what is wrong and what to do.
    """
    data = _bytes(source, limits)
    ending = Path(name).suffix.lower()
    if ending in {".xlsm", ".xltm", ".xlsb", ".ods", ".numbers"}:
        raise SheetError(f"不支持 {ending} 文件,请另存为 .xlsx、.xls 或 .csv 后上传")
    if data[:4] == b"PK\x03\x04":
        return _read_workbook(data, "xlsx", survey_xlsx(data, limits), limits)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _read_workbook(data, "xls", Survey(), limits)
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"mime-version", b"<body")):
        raise SheetError("文件内容是网页(HTML/XML),不是表格;请用 Excel/WPS 打开后另存为 .xlsx")
    if ending in {".csv", ".txt", ".tsv"}:
        return _read_csv(data, name, limits)
    raise SheetError("文件内容不是 Excel 表格;只接受 .xlsx、.xls 和 .csv")


def _bytes(source: bytes | Path | BinaryIO, limits: Limits) -> bytes:
    if isinstance(source, str | Path):
        with open(source, "rb") as handle:
            data = handle.read(limits.file_bytes + 1)
    elif isinstance(source, bytes):
        data = source
    else:
        source.seek(0)
        data = source.read(limits.file_bytes + 1)
    if not data:
        raise SheetError("文件是空的")
    if len(data) > limits.file_bytes:
        raise SheetError(f"文件超过上限 {limits.file_bytes // 2**20} MB")
    return data


def _read_workbook(data: bytes, kind: str, survey: Survey, limits: Limits) -> Book:
    """Parse with calamine; a panic of the parser is a refusal, not a crash."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [
            _sheet(book, index, meta, survey, limits)
            for index, meta in enumerate(book.sheets_metadata)
            if meta.typ == SheetTypeEnum.WorkSheet
        ]
    except SheetError:
        raise
    except PasswordError:
        raise SheetError("文件有打开密码,请取消密码后上传") from None
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as problem:  # the parser's panic is a BaseException
        raise SheetError(
            "文件已损坏或不是真正的 Excel 表格,请用 Excel/WPS 打开后另存再上传"
        ) from problem
    if not sheets:
        raise SheetError("文件里没有工作表")
    return Book(sheets, kind)


def _sheet(book: CalamineWorkbook, index: int, meta: Any, survey: Survey, limits: Limits) -> Sheet:
    parsed = book.get_sheet_by_index(index)
    height, width = (parsed.end[0] + 1, parsed.end[1] + 1) if parsed.end else (0, 0)
    limits.check_box(meta.name, height, width)
    odd = survey.odd.get(meta.name, {})
    height = max([height, *(row + 1 for row, _ in odd)])
    width = max([width, *(column + 1 for _, column in odd)])
    indent = [""] * (parsed.start[1] if parsed.start else 0)

    def raw_rows() -> Iterator[list]:
        rows = parsed.iter_rows()  # counts rows from 1 but columns from the first used one
        return (indent + row for row in rows) if indent else rows

    return Sheet(
        name=meta.name,
        hidden=meta.visible != SheetVisibleEnum.Visible,
        raw_rows=raw_rows if parsed.end else lambda: iter(()),
        height=height,
        width=width,
        merged=list(parsed.merged_cell_ranges or ()),
        odd=odd,
    )


def _read_csv(data: bytes, name: str, limits: Limits) -> Book:
    text = decode(data)
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            rows.append(row)
            if len(rows) > limits.rows or len(row) > limits.columns:
                limits.check_box("CSV", len(rows), len(row))
    except csv.Error as problem:
        raise SheetError(
            f"第 {len(rows) + 1} 行的引号或分隔符不成对,请用 Excel/WPS 另存为 CSV"
        ) from problem
    width = max(map(len, rows), default=0)
    sheet = Sheet(Path(name).stem or "CSV", False, lambda: iter(rows), len(rows), width)
    return Book([sheet], "csv")


def decode(data: bytes) -> str:
    """Return the text of a CSV file: UTF-8 with or without BOM, UTF-16 with BOM, or GB18030.

    Raises:
        SheetError: the bytes are none of these, or hold replacement characters or NUL.
    """
    for mark, codec in MARKS:
        if data.startswith(mark):
            codecs = (codec,)
            break
    else:
        codecs = ("utf-8", "gb18030")
    for codec in codecs:
        try:
            text = data.decode(codec)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise SheetError("认不出文件的编码;请另存为 UTF-8 或 GB18030(GBK)编码的 CSV")
    if "\x00" in text:
        raise SheetError("文件可能是不带标记的 UTF-16 或二进制文件;请另存为 UTF-8 编码的 CSV")
    if "\ufffd" in text:
        row = text.count("\n", 0, text.index("\ufffd")) + 1
        raise SheetError(f"第 {row} 行含有乱码(替换字符 �),原文已经丢失;请从原表重新导出")
    return text
