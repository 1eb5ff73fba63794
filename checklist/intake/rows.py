"""From the rows of a sheet to items: continuation rows, sections, notes, required elements."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from checklist.intake.blocks import Block, clean, clean_line, group, is_clean
from checklist.intake.departments import Fault, Places, duties_of, leads_of, told_duties
from checklist.intake.layouts import LABELS, REQUIRED, SEVEN, Header, find_header, fold, fold_once
from checklist.intake.names import Directory, Named
from governance.sheets import Book, Odd, Sheet

TEXT_FIELDS = (
    "code",
    "directory_code",
    "category",
    "name",
    "lead",
    "joint",
    "county_duty",
    "township_duty",
    "basis",
    "policy_basis",
    "main",
    "coop",
)
"""The texts of an item, in the order in which they are compared and exported."""

LONGEST = {"code": 40, "directory_code": 40, "category": 60, "name": 200}
LONGEST_TEXT = 20_000
ONE_LINE = ("code", "directory_code", "category", "name")
SHORT = 40  # characters of a whole item below which no text can be too long
TOWNSHIPS = "各乡镇(街道)"


class Part(NamedTuple):
    """One unit or collective term of an item, in a role."""

    role: str
    named: Named
    duty: str = ""


@dataclass(slots=True)
class Found:
    """One item as found: its texts, its units, and where it stands."""

    sheet: str
    row: int
    layout: str
    texts: dict[str, str]
    absent: frozenset[str]
    named: list[tuple[str, Sequence[Named]]]
    duties: dict[tuple[str, int], str]
    directory: Directory = field(repr=False)

    @property
    def key(self) -> str:
        """What identifies an item without a code: category and name, folded."""
        return item_key(self.texts["category"], self.texts["name"])

    @property
    def parts(self) -> list[Part]:
        """The units and terms by role, each with the duty that the sheet tells of it."""
        duties = self.duties or told_duties(self.texts["county_duty"], self.directory)
        return [
            Part(role, one, duties.get((one.kind, one.id), ""))
            for role, names in self.named
            for one in names
        ]


@dataclass
class Reading:
    """All that a workbook held."""

    items: list[Found] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    rows: int = 0


def item_key(category: str, name: str) -> str:
    """Return category and name folded, as one string."""
    return f"{fold(category)}|{fold_once(name)}"


def read_items(book: Book, directory: Directory, sheet_name: str = "") -> Reading:
    """Read every visible sheet that has a list's header, or the one that is named.

    Args:
        book: the workbook as read by `governance.sheets`.
        directory: the names that the county knows.
        sheet_name: name of the only sheet to read, hidden or not.
    """
    reading = Reading()
    if sheet_name:
        sheets = [sheet for sheet in book.sheets if sheet.name == sheet_name]
        if not sheets:
            names = "、".join(sheet.name for sheet in book.sheets)
            fault = Fault(sheet_name, None, "", f"没有名为“{sheet_name}”的工作表;文件里有:{names}")
            reading.faults.append(fault)
            return reading
    else:
        sheets = book.visible()
        for hidden in (sheet for sheet in book.sheets if sheet.hidden):
            reading.remarks.append(f"隐藏的工作表“{hidden.name}”未读取")
    with _gc_resting():
        headless = [sheet for sheet in sheets if not _read_sheet(sheet, directory, reading)]
    if len(headless) == len(sheets):
        for sheet in headless or [Sheet("", False, lambda: iter(()))]:
            message = f"没有找到清单的表头(应有:{'、'.join(LABELS[name] for name in SEVEN)})"
            reading.faults.append(Fault(sheet.name, None, "", message))
    else:
        reading.remarks += [f"工作表“{sheet.name}”没有清单表头,未读取" for sheet in headless]
    if not reading.items and not reading.faults:
        reading.faults.append(Fault(sheets[0].name, None, "", "表头下面没有任何事项"))
    _refuse_twins(reading)
    return reading


def read_one(
    texts: dict[str, str], layout: str, directory: Directory
) -> tuple[Found | None, dict[str, list[str]]]:
    """Check one item as if it stood in a sheet of this layout: the same elements, names, lengths.

    Args:
        texts: field of TEXT_FIELDS → text; layout: A, B or D.

    Returns:
        (the item, or None where anything is wrong; field → what is wrong with it).
    """
    columns = {name: place for place, name in enumerate(texts)}
    header = Header(row=0, last=0, columns=columns, headings={}, layout=layout)
    reading = Reading()
    found = _item(Block([(1, dict(texts))], ""), header, "", directory, reading)
    faults: dict[str, list[str]] = {}
    for fault in reading.faults:
        field_ = next((name for name in texts if LABELS[name] == fault.column), "name")
        faults.setdefault(field_, []).append(fault.message)
    return found, faults


@contextmanager
def _gc_resting() -> Iterator[None]:
    """No cycles arise here, yet the collector would walk all rows again and again (a third of
    the time at 50,000 rows).
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _read_sheet(sheet: Sheet, directory: Directory, reading: Reading) -> bool:
    """Read one sheet into `reading`; False when it has no header."""
    rows = sheet.rows()
    top = [pair for _, pair in zip(range(60), rows, strict=False)]
    header = find_header(top)
    if header is None:
        return not top or not any(any(cells) for _, cells in top)
    faults = header.faults()
    if faults:
        reading.faults += [Fault(sheet.name, header.last, *fault) for fault in faults]
        return True
    if header.unknown:
        reading.remarks.append(f"工作表“{sheet.name}”的栏目“{'、'.join(header.unknown)}”未导入")

    def count() -> None:
        reading.rows += 1

    def body() -> Iterator[tuple[int, list[str]]]:
        yield from (pair for pair in top if pair[0] > header.last)
        yield from rows

    for block in group(body(), header, count):
        found = _item(block, header, sheet.name, directory, reading)
        if found:
            reading.items.append(found)
    return True


def _item(
    block: Block, header: Header, sheet: str, directory: Directory, reading: Reading
) -> Found | None:
    """Make one item of its rows, or note what is wrong with them."""
    row = block.lines[0][0]
    before = len(reading.faults)
    for number, line in block.lines:
        if Odd in map(type, line.values()):
            reading.faults += [
                Fault(sheet, number, header.label(name), cell.reason)
                for name, cell in line.items()
                if isinstance(cell, Odd) and name not in {"no", "note"}
            ]
    texts, named, duties = _texts(block, header, sheet, directory, reading)
    required = REQUIRED[header.layout]
    for name in () if all(map(texts.__getitem__, required)) else required:
        if not texts[name] and not (name == "basis" and texts["policy_basis"]):
            told = any(one.column == header.label(name) for one in reading.faults[before:])
            if not told:
                message = f"“{LABELS[name]}”不能为空(清单要素须齐全,缺栏不得入库)"
                reading.faults.append(Fault(sheet, row, header.label(name), message))
    if sum(map(len, texts.values())) > SHORT:
        reading.faults += [
            Fault(sheet, row, header.label(name), f"文字有 {len(text)} 个字,最多 {most} 个字")
            for name, text in texts.items()
            if len(text) > (most := LONGEST.get(name, LONGEST_TEXT))
        ]
    if len(reading.faults) > before:
        return None
    absent = _absent(header, texts)
    return Found(sheet, row, header.layout, texts, absent, named, duties, directory)


def _absent(header: Header, texts: dict[str, str]) -> frozenset[str]:
    """Fields of which the sheet says nothing: an item that exists keeps what it has there."""
    by_row = header.layout == "B" and bool(texts["township_duty"])
    case = (not texts["code"], not texts["directory_code"], by_row)
    if case not in header.silent:
        told = set(header.columns) | ({"township_duty"} if by_row else set())
        told |= {"lead", "joint"} if "lead_joint" in told else set()
        told -= {"code"} if case[0] else set()
        told -= {"directory_code"} if case[1] else set()
        header.silent[case] = frozenset(TEXT_FIELDS) - told
    return header.silent[case]


def _texts(
    block: Block, header: Header, sheet: str, directory: Directory, reading: Reading
) -> tuple[dict[str, str], list[tuple[str, Sequence[Named]]], dict]:
    """Join the rows of an item column by column, and resolve its names."""
    lines = block.lines
    texts = _one_row(lines[0][1]) if len(lines) == 1 else _joined(lines)
    texts["category"] = texts["category"] or block.section
    places = Places(lines, header, sheet, directory, reading.faults)
    main = places.resolve("main", texts["main"])
    coop = places.resolve("coop", texts["coop"])
    leads = leads_of(places)
    texts["lead"], texts["joint"] = leads.lead, leads.joint
    duties: dict[tuple[str, int], str] = {}
    if len(lines) > 1 or leads.by_row[0]:
        texts["county_duty"], duties = duties_of(lines, leads.by_row, texts)
    if header.layout == "D":
        texts["main"] = texts["main"] or texts["lead"]
        main = main or leads.named["lead"]
        if not texts["coop"]:
            texts["coop"] = TOWNSHIPS
            coop = directory.resolve(TOWNSHIPS)[0]
    return texts, [("main", main), ("coop", coop), *leads.named.items()], duties


_EMPTY = dict.fromkeys(TEXT_FIELDS, "")


def _one_row(line: dict[str, str]) -> dict[str, str]:
    """The texts of an item that stands in one row."""
    texts = _EMPTY.copy()
    texts.update(line)
    texts.pop("no", None)
    texts.pop("note", None)
    if "lead_joint" in texts:
        del texts["lead_joint"]
    if not is_clean(texts.values()):
        texts = {name: clean(text) for name, text in texts.items()}
    for name in ONE_LINE:
        if texts[name]:
            texts[name] = clean_line(texts[name])
    return texts


def _joined(lines: list[tuple[int, dict[str, str]]]) -> dict[str, str]:
    """The texts of an item over several rows: merged ones once, others one below another."""
    texts = _EMPTY.copy()
    for name in ONE_LINE:
        texts[name] = clean_line(next((ln[name] for _, ln in lines if ln.get(name)), ""))
    for name in ("county_duty", "township_duty", "basis", "policy_basis", "main", "coop"):
        texts[name] = "\n".join(_distinct(lines, name))
    return texts


def _distinct(lines: list[tuple[int, dict[str, str]]], name: str) -> list[str]:
    """The different texts of a column over an item's rows, in order."""
    found = (clean(line.get(name, "")) for _, line in lines)
    return [text for text in dict.fromkeys(found) if text]


def _refuse_twins(reading: Reading) -> None:
    """Two items with the same code, or the same category and name, are an error at the second."""
    for label, key_of in (
        (LABELS["code"], lambda item: item.texts["code"]),
        (LABELS["name"], lambda item: item.key),
    ):
        first: dict[str, Found] = {}
        for item in reading.items:
            key = key_of(item)
            if not key:
                continue
            twin = first.setdefault(key, item)
            if twin is not item:
                where = (
                    f"第 {twin.row} 行"
                    if twin.sheet == item.sheet
                    else f"“{twin.sheet}”第 {twin.row} 行"
                )
                what = item.texts["code"] if label == LABELS["code"] else item.texts["name"]
                message = f"“{what}”与{where}重复,每个事项只能出现一次"
                reading.faults.append(Fault(item.sheet, item.row, label, message))
