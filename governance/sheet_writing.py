"""Writing spreadsheets (beside ``sheets.py``; no Django).

Text is always stored as text, and text that a spreadsheet program might run as a formula gets a
leading apostrophe, which our own reader takes off again: what was exported re-imports unchanged.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import xlsxwriter

from governance.sheet_guards import SheetError

# What a spreadsheet program might take for a formula, full-width forms included; apostrophes
# before it count too, so that escaping stays reversible.
_FORMULA_START = re.compile(r"'*[=+\-@\t\r\n＝＋－＠﹢﹣﹦﹫]")
_ESCAPED = re.compile(r"''*[=+\-@\t\r\n＝＋－＠﹢﹣﹦﹫]")
_SUSPICIOUS = frozenset("'=+-@＝＋－＠﹢﹣﹦﹫")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escape(text: str) -> str:
    """Return text that no spreadsheet program takes for a formula; undone by :func:`unescape`."""
    return "'" + text if _FORMULA_START.match(text) else text


def unescape(text: str) -> str:
    """Return the text that :func:`escape` was given."""
    return text[1:] if _ESCAPED.match(text) else text


def column_letter(index: int) -> str:
    """Return Excel's name of a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _plain(value: Any) -> Any:
    """Return a value as what is written: str escaped and cleaned, numbers kept, else text."""
    if value is None:
        return ""
    if type(value) is not str:
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, int | float):
            return value
    text = value if type(value) is str else str(value)
    if text.isprintable():  # the usual case, without a regular expression
        return escape(text) if text[:1] in _SUSPICIOUS else text
    return escape(_UNPRINTABLE.sub("", text))


def write_xlsx(
    target: BinaryIO,
    sheets: Iterable[tuple[str, list[str], Iterable[Iterable[Any]]]],
    *,
    title: str = "",
    widths: Mapping[str, int] | None = None,
) -> int:
    """Write sheets row by row in constant memory and return the number of data rows.

    Args:
        target: a binary file open for writing.
        sheets: (name, headings, rows) each; rows may be a generator. Text is stored as text.
        title: if given, a title row above the headings.
        widths: column widths in characters by heading.

    Raises:
        SheetError: a text is longer than a cell can hold, or there are too many rows.
    """
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True, "bg_color": "#EDF1F7", "border": 1, "text_wrap": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    total = 0
    try:
        for name, headings, rows in sheets:
            sheet = book.add_worksheet(_sheet_name(name))
            for column, heading in enumerate(headings):
                sheet.set_column(column, column, (widths or {}).get(heading, 16))
            line = 0
            if title:
                sheet.write_string(0, 0, _plain(title))
                line = 1
            for column, heading in enumerate(headings):
                sheet.write_string(line, column, _plain(heading), bold)
            sheet.freeze_panes(line + 1, 0)
            for row in rows:
                line += 1
                _write_row(sheet, line, row, wrap)
                total += 1
    finally:
        book.close()  # also after an error: it holds temporary files
    return total


def _write_row(sheet: Any, line: int, row: Iterable[Any], wrap: Any) -> None:
    write_text, write_number = sheet.write_string, sheet.write_number
    for column, value in enumerate(row):
        value = _plain(value)
        if value == "":
            continue
        if isinstance(value, str):
            failed = write_text(line, column, value, wrap if "\n" in value else None)
        else:
            failed = write_number(line, column, value)
        if failed:
            where = f"第 {line + 1} 行 {column_letter(column)} 列"
            raise SheetError(f"{where}写不进表格(文字过长或行数过多)")


def _sheet_name(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", name).strip()[:31] or "Sheet1"


def write_csv(target: BinaryIO, headings: list[str], rows: Iterable[Iterable[Any]]) -> int:
    """Write UTF-8 CSV with BOM (so that Excel shows Chinese) and return the number of rows."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_plain(heading) for heading in headings])
    total = 0
    for row in rows:
        writer.writerow([_plain(value) for value in row])
        total += 1
    text.flush()
    text.detach()
    return total
