"""What is checked in an .xlsx before it is parsed (beside ``sheets.py``; no Django).

An .xlsx is a zip of XML. The survey reads the zip's directory, then streams each XML part once:
true size against the declared one, CRC, DOCTYPE (entity bombs, XXE), the bounding box of each
worksheet, and the cells that hold formula errors or formulas without a stored result (the parser
shows both as empty, so they would otherwise pass for forgotten cells).
"""

from __future__ import annotations

import copy
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

CHUNK = 1 << 20
RATIO_FROM = 4 << 20  # below this unpacked size a high ratio harms nobody

_REFERENCE = re.compile(rb"""r\s*=\s*["']([A-Za-z]{1,3})(\d{1,9})["']""")
_WIDE = re.compile(rb"""r\s*=\s*["']([A-Za-z]{2,3})[0-9]""")
_TALL = re.compile(rb"""r\s*=\s*["'][A-Za-z]{1,3}([0-9]{6,9})["']""")
_NUMBERS = re.compile(rb"""r\s*=\s*["'][A-Za-z]{1,3}([0-9]{1,9})["']""")
_CELL = re.compile(
    rb"""<(?:\w{1,16}:)?c(\s[^>]{0,400}?)(?:/>|>(.*?)</(?:\w{1,16}:)?c>)""", re.DOTALL
)
_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
_FORMULA = re.compile(rb"<(?:\w{1,16}:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w{1,16}:)?(?:v(?:\s[^>]{0,99})?>[^<]|is[\s>])")
_TEXT_RESULT = re.compile(rb"""\st\s*=\s*["']str["']""")
_SIGNS = (b't="e"', b"t='e'", b"<f", b":f")  # without any of these no cell is odd


class SheetError(ValueError):
    """A file that cannot be read or written; the message is Chinese and says what to do."""


@dataclass(frozen=True)
class Limits:
    """Sizes beyond which a file is refused before parsing."""

    file_bytes: int = 30 << 20
    unpacked_bytes: int = 100 << 20
    ratio: int = 100
    rows: int = 250_000
    columns: int = 256
    cells: int = 5_000_000
    sheets: int = 60

    def check_box(self, sheet: str, height: int, width: int) -> None:
        """Refuse a worksheet whose used area is too large, naming the cap."""
        if height > self.rows:
            raise SheetError(
                f"工作表“{sheet}”有 {height} 行(含只有格式的空白行),超过上限 {self.rows} 行;"
                "请删除多余的空白行后重新保存"
            )
        if width > self.columns:
            raise SheetError(
                f"工作表“{sheet}”有 {width} 列(含只有格式的空白列),超过上限 {self.columns} 列;"
                "请删除多余的空白列后重新保存"
            )
        if height * width > self.cells:
            raise SheetError(
                f"工作表“{sheet}”有 {height * width} 个单元格,超过上限 {self.cells} 个"
            )


LIMITS = Limits()


@dataclass
class Survey:
    """What was seen before parsing: odd cells per sheet name, {(row, column): kind} from 0."""

    odd: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)


def survey_xlsx(data: bytes, limits: Limits = LIMITS) -> Survey:
    """Check an .xlsx without parsing it.

    Args:
        data: the file's bytes.
        limits: sizes beyond which it is refused.

    Raises:
        SheetError: too large when unpacked, lying about sizes, damaged, with a DOCTYPE, a macro,
            a password, or a worksheet beyond the row, column or cell cap.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_directory(archive, len(data), limits)
            titles = _sheet_titles(archive, limits)
            survey = Survey()
            for info in archive.infolist():
                name = info.filename.lstrip("/")
                if name in titles:
                    title = titles[name]
                    survey.odd[title] = _survey_sheet(archive, info, title, limits)
                elif name.endswith((".xml", ".rels", ".vml")):
                    for _ in _parts(archive, info, limits):
                        pass
            return survey
    except SheetError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, ValueError) as problem:
        raise SheetError(
            "文件已损坏(压缩包校验不通过),请用 Excel/WPS 打开后另存再上传"
        ) from problem
    except (NotImplementedError, RuntimeError) as problem:
        raise SheetError("文件的压缩方式不被支持,请用 Excel/WPS 打开后另存再上传") from problem


def _check_directory(archive: zipfile.ZipFile, packed: int, limits: Limits) -> None:
    infos = archive.infolist()
    names = [info.filename.lower() for info in infos]
    if len(names) != len(set(names)) or len(names) > 5_000:
        raise SheetError("压缩包目录异常(重名或条目过多),已拒绝")
    total = sum(info.file_size for info in infos)
    if total > limits.unpacked_bytes:
        raise SheetError(f"解压后超过上限 {limits.unpacked_bytes >> 20} MB,已拒绝(疑似压缩炸弹)")
    if total > RATIO_FROM and total > limits.ratio * packed:
        raise SheetError(f"压缩比超过上限 {limits.ratio} 倍,已拒绝(疑似压缩炸弹或大量空白格式)")
    for info in infos:
        if info.flag_bits & 0x1:
            raise SheetError("文件有密码,请取消密码后上传")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise SheetError("文件的压缩方式不被支持,请用 Excel/WPS 打开后另存再上传")
    if any(name.endswith("vbaproject.bin") or "macrosheets/" in name for name in names):
        raise SheetError("文件带有宏,已拒绝;请另存为不带宏的 .xlsx")
    if "[content_types].xml" not in names or not any(n.startswith("xl/workbook") for n in names):
        raise SheetError("这个压缩文件不是 Excel 表格;只接受 .xlsx、.xls 和 .csv")


def _parts(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> Iterator[bytes]:
    """Yield an XML part in chunks, to its true end whatever size it declares."""
    honest = copy.copy(info)
    honest.file_size = limits.unpacked_bytes + 1
    seen = 0
    with archive.open(honest) as stream:
        while chunk := stream.read(CHUNK):
            if seen == 0:
                _refuse_doctype(chunk)
            seen += len(chunk)
            if seen > info.file_size:
                raise SheetError("压缩包里登记的大小与实际不符,已拒绝")
            yield chunk
    if seen != info.file_size:
        raise SheetError("压缩包里登记的大小与实际不符,已拒绝")


def _refuse_doctype(head: bytes) -> None:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head[:64]:
        raise SheetError("表格内部编码异常,已拒绝;请用 Excel/WPS 打开后另存再上传")
    if b"<!" in head[:CHUNK].replace(b"<!--", b"").replace(b"<![CDATA[", b""):
        raise SheetError("表格内部含有文档类型或实体声明,已拒绝;请用 Excel/WPS 打开后另存再上传")


def _sheet_titles(archive: zipfile.ZipFile, limits: Limits) -> dict[str, str]:
    """Return {part name: worksheet name} from the workbook and its relations."""
    book, relations = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    by_name = {info.filename.lstrip("/"): info for info in archive.infolist()}
    if book not in by_name or relations not in by_name:
        return {}

    def tree(name: str) -> ElementTree.Element:
        content = b"".join(_parts(archive, by_name[name], limits))
        try:
            return ElementTree.fromstring(content)  # noqa: S314 - a DOCTYPE was refused above
        except ElementTree.ParseError as problem:
            raise SheetError("文件已损坏,请用 Excel/WPS 打开后另存再上传") from problem

    targets = {}
    for relation in tree(relations):
        target = relation.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        targets[relation.get("Id")] = posixpath.normpath(path)
    titles = {}
    for element in tree(book).iter():
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        key = next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == "id"), None)
        if key in targets:
            titles[targets[key]] = element.get("name", "")
    if len(titles) > limits.sheets:
        raise SheetError(f"工作表超过上限 {limits.sheets} 张,请拆分后上传")
    return titles


def _survey_sheet(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, title: str, limits: Limits
) -> dict[tuple[int, int], str]:
    """Measure one worksheet's bounding box and note its odd cells."""
    odd: dict[tuple[int, int], str] = {}
    height = width = rows = 0
    rest = b""
    for chunk in _parts(archive, info, limits):
        block = rest + chunk
        cut = max(block.rfind(b"row>"), block.rfind(b"<row"))
        if cut < 0 or len(rest) > 4 * CHUNK:
            cut = len(block)
        rest, block = block[cut:], block[:cut]
        rows += block.count(b"<row") + block.count(b":row")
        height, width = _grow(block, height, width)
        limits.check_box(title, max(height, rows), width)
        _note_odd(block, odd)
    height, width = _grow(rest, height, width)
    if width:  # a wide cell somewhere: now every row counts, wherever it stands
        height = max(height, _lowest(archive, info, limits))
    limits.check_box(title, height, width)
    _note_odd(rest, odd)
    return odd


def _lowest(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> int:
    """The last row that any cell of the worksheet names."""
    lowest, rest = 0, b""
    for chunk in _parts(archive, info, limits):
        block = rest + chunk
        lowest = max(lowest, max(map(int, _NUMBERS.findall(block)), default=0))
        rest = block[-64:]  # a reference may be cut in two
    return lowest


def _grow(block: bytes, height: int, width: int) -> tuple[int, int]:
    """The bounding box, grown by the cell references of one block (what they say, not where).

    Within columns A–Z and below row 100,000 no cap can be passed: such cells are not looked at
    one by one.
    """
    wide = set(_WIDE.findall(block))
    numbers = (_NUMBERS if wide else _TALL).findall(block)
    widest = max((_column_index(letter) + 1 for letter in wide), default=0)
    return max(height, max(map(int, numbers), default=0)), max(width, widest)


def _note_odd(block: bytes, odd: dict[tuple[int, int], str]) -> None:
    if not any(mark in block for mark in _SIGNS):
        return
    for attributes, content in _CELL.findall(block):
        reference = _REFERENCE.search(attributes)
        if not reference:
            continue
        kind = ""
        if _ERROR.search(attributes):
            kind = "error"
        elif (
            _FORMULA.search(content)
            and not _VALUE.search(content)
            and not _TEXT_RESULT.search(attributes)
        ):
            kind = "formula"
        if kind:
            column, row = reference.groups()
            odd[(int(row) - 1, _column_index(column))] = kind


def _column_index(letters: bytes) -> int:
    """Return a column's index from 0: b"A" → 0, b"AA" → 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + letter - 64
    return index - 1
