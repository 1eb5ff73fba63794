"""From the rows of a sheet to items: continuation rows, sections, notes, required elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from checklist.intake.blocks import Block, clean, group
from checklist.intake.layouts import LABELS, REQUIRED, SEVEN, Header, find_header, fold
from checklist.intake.names import Directory, Named, fold_name
from governance.sheets import Book, Filled, Odd, Sheet

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
TOWNSHIPS = "各乡镇(街道)"

_TOLD = re.compile(r"^\s*(?:\d{1,2}[.、])?\s*([^::\n]{2,30})[::]\s*(.*)$")
_LEAD_JOINT = re.compile(r"(牵头|共同|配合)(?:责任)?(?:部门|单位)?[::]")


@dataclass(frozen=True)
class Fault:
    """One thing to put right. `row` is the row as Excel numbers it, `column` the heading."""

    sheet: str
    row: int | None
    column: str
    message: str

    def as_dict(self) -> dict:
        """As the command prints it and the import record keeps it."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "message": self.message,
        }


@dataclass(frozen=True)
class Part:
    """One unit or collective term of an item, in a role."""

    role: str
    named: Named
    duty: str = ""


@dataclass
class Found:
    """One item as found: its texts, its units, and where it stands."""

    sheet: str
    row: int
    layout: str
    texts: dict[str, str]
    absent: frozenset[str] = frozenset()
    parts: tuple[Part, ...] = ()

    @property
    def key(self) -> str:
        """What identifies an item without a code: category and name, folded."""
        return item_key(self.texts["category"], self.texts["name"])


@dataclass
class Reading:
    """All that a workbook held."""

    items: list[Found] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    rows: int = 0


def item_key(category: str, name: str) -> str:
    """Return category and name folded, as one string."""
    return f"{fold(category)}|{fold(name)}"


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
        for name, cell in line.items():
            if isinstance(cell, Odd) and name not in {"no", "note"}:
                reading.faults.append(Fault(sheet, number, header.label(name), cell.reason))
    texts, parts = _texts(block, header, sheet, directory, reading)
    for name in header_required(header):
        if not texts[name] and not (name == "basis" and texts["policy_basis"]):
            message = f"“{LABELS[name]}”不能为空(清单要素须齐全,GX-清单-02)"
            if not _odd_reported(reading.faults[before:], header.label(name)):
                reading.faults.append(Fault(sheet, row, header.label(name), message))
    for name, text in texts.items():
        if len(text) > LONGEST.get(name, LONGEST_TEXT):
            message = f"文字有 {len(text)} 个字,最多 {LONGEST.get(name, LONGEST_TEXT)} 个字"
            reading.faults.append(Fault(sheet, row, header.label(name), message))
    if len(reading.faults) > before:
        return None
    return Found(sheet, row, header.layout, texts, _absent(header, texts), tuple(parts))


def _absent(header: Header, texts: dict[str, str]) -> frozenset[str]:
    """Fields of which the sheet says nothing: an item that exists keeps what it has there."""
    has = set(header.columns)
    if "lead_joint" in has:
        has |= {"lead", "joint"}
    if header.layout == "B" and texts["township_duty"]:
        has.add("township_duty")  # told by a row of its own among the departments
    codes = {name for name in ("code", "directory_code") if not texts[name]}
    return frozenset(set(TEXT_FIELDS) - has | codes)


def header_required(header: Header) -> tuple[str, ...]:
    """The fields that every item of this sheet must fill."""
    return REQUIRED[header.layout]


def _odd_reported(faults: list[Fault], column: str) -> bool:
    return any(fault.column == column for fault in faults)


def _texts(
    block: Block, header: Header, sheet: str, directory: Directory, reading: Reading
) -> tuple[dict[str, str], list[Part]]:
    """Join the rows of an item column by column, and resolve its names."""
    texts = dict.fromkeys(TEXT_FIELDS, "")
    lines = block.lines
    for name in ("code", "directory_code", "category", "name"):
        texts[name] = clean(next((ln[name] for _, ln in lines if ln.get(name)), ""), one_line=True)
    texts["category"] = texts["category"] or block.section
    for name in ("township_duty", "basis", "policy_basis", "main", "coop"):
        texts[name] = "\n".join(_distinct(lines, name))
    resolved: dict[str, list[Named]] = {}
    for name in ("main", "coop"):
        resolved[name] = _resolve(lines, name, header, sheet, directory, reading)
    leads = _leads(lines, header, sheet, directory, reading)
    texts["lead"], texts["joint"] = leads.lead, leads.joint
    texts["county_duty"], duties = _duties(lines, leads.by_row, texts)
    if header.layout == "D":
        texts["main"] = texts["main"] or texts["lead"]
        resolved["main"] = resolved["main"] or list(leads.named["lead"])
        if not texts["coop"]:
            texts["coop"] = TOWNSHIPS
            resolved["coop"] = list(directory.resolve(TOWNSHIPS)[0])
    if not duties:
        duties = told_duties(texts["county_duty"], directory)
    parts = [
        Part(role, named, duties.get((named.kind, named.id), ""))
        for role, names in (*resolved.items(), *leads.named.items())
        for named in names
    ]
    return texts, parts


def _distinct(lines: list[tuple[int, dict[str, str]]], name: str) -> list[str]:
    """The different texts of a column over an item's rows, in order, merged ones once."""
    found = []
    for _, line in lines:
        text = clean(line.get(name, ""))
        if text and text not in found:
            found.append(text)
    return found


def _resolve(
    lines: list,
    name: str,
    header: Header,
    sheet: str,
    directory: Directory,
    reading: Reading,
) -> list[Named]:
    found: list[Named] = []
    for number, line in lines:
        cell = line.get(name, "")
        if not cell or (isinstance(cell, Filled) and number != lines[0][0]):
            continue
        names, faults = directory.resolve(clean(cell))
        found += [named for named in names if named not in found]
        reading.faults += [Fault(sheet, number, header.label(name), text) for text in faults]
    return found


@dataclass
class _Leads:
    lead: str
    joint: str
    named: dict[str, list[Named]]
    by_row: list[list[Named]]


def _leads(
    lines: list, header: Header, sheet: str, directory: Directory, reading: Reading
) -> _Leads:
    """The 责任部门 of an item: who leads, who shares, and who stands in which row."""
    named: dict[str, list[Named]] = {"lead": [], "joint": []}
    by_row: list[list[Named]] = []
    for number, line in lines:
        here: list[Named] = []
        for role, column, cell in _lead_cells(line, first=not named["lead"]):
            if not cell:
                continue
            names, faults = directory.resolve(clean(cell))
            reading.faults += [Fault(sheet, number, header.label(column), text) for text in faults]
            for one in names:
                if role == "lead" and column == "lead_joint" and named["lead"]:
                    role = "joint"
                if one not in named["lead"] and one not in named["joint"]:
                    named[role].append(one)
                here.append(one)
        by_row.append(here)
    lead, joint = ("、".join(_shown(one) for one in named[role]) for role in ("lead", "joint"))
    return _Leads(lead, joint, named, by_row)


def _lead_cells(line: dict[str, str], first: bool) -> list[tuple[str, str, str]]:
    """(role, column, names) of one row; 牵头:…共同:… in one cell is taken apart."""
    cells = [
        ("lead", "lead", line.get("lead", "")),
        ("joint", "joint", line.get("joint", "")),
    ]
    both = line.get("lead_joint", "")
    if both:
        pieces = _LEAD_JOINT.split(both)
        if len(pieces) > 1:
            for label, names in zip(pieces[1::2], pieces[2::2], strict=False):
                cells.append(("lead" if label == "牵头" else "joint", "lead_joint", names))
        else:
            cells.append(("lead" if first else "joint", "lead_joint", both))
    return cells


def _shown(named: Named) -> str:
    return f"{named.label}({named.qualifier})" if named.qualifier else named.label


def _duties(
    lines: list, by_row: list[list[Named]], texts: dict[str, str]
) -> tuple[str, dict[tuple[str, int], str]]:
    """The county's duties, each under its department where several rows name several; and by unit.

    A row whose 责任部门 is a township (or all of them) holds the township's duties.
    """
    several = len({tuple(names) for names in by_row if names}) > 1
    county: list[str] = []
    township: list[str] = []
    duties: dict[tuple[str, int], str] = {}
    for (number, line), names in zip(lines, by_row, strict=False):
        text = clean(line.get("county_duty", ""))
        if not text or (isinstance(line.get("county_duty"), Filled) and number != lines[0][0]):
            continue
        for named in names:
            duties.setdefault((named.kind, named.id), text)
        if names and all(named.township for named in names) and several:
            township.append(text)
            continue
        shown = "、".join(_shown(named) for named in names)
        entry = f"{shown}:{text}" if several and names and not text.startswith(shown) else text
        if entry not in county:
            county.append(entry)
    if township and not texts["township_duty"]:
        texts["township_duty"] = "\n".join(township)
    return "\n".join(county), duties


def told_duties(text: str, directory: Directory) -> dict[tuple[str, int], str]:
    """Duties that one cell tells by department: 县公安局:…, each up to the next name."""
    duties: dict[tuple[str, int], str] = {}
    whose: tuple[str, int] | None = None
    for line in text.split("\n"):
        hit = _TOLD.match(line)
        entry = directory.look_up(fold_name(hit[1])) if hit else None
        if entry:
            whose, line = (entry.kind, entry.id), hit[2]
        if whose:
            duties[whose] = f"{duties[whose]}\n{line}" if whose in duties else line
    return duties


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
