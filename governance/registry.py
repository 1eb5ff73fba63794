"""The unit registry 单位: loading it from a sheet, as often as one likes (tsv, csv, xls, xlsx).

Columns are found by their headings. A row is the same unit as before by its code inside its
county; city units belong to no county and are told apart by code and region. Nothing is written
when any row is wrong, and every wrong row is named. A unit that the sheet lacks stays as it is.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from governance import sheets
from governance.models import Unit

HEADINGS = {
    "编码": "code",
    "全称": "name",
    "简称": "short_name",
    "类型": "category",
    "上级": "parent",
    "区划代码": "region_code",
    "文号代字": "mark",
    "驻地": "seat",
    "覆盖乡镇": "covers",
    "负责科室": "contact_office",
    "联系人": "contact_person",
    "联系电话": "contact_phone",
    "电子信箱": "contact_email",
    "职责或备注": "note",
    "来源与核实状态": "source",
}
NEEDED = ("编码", "全称", "类型")
LABELS = {name: heading for heading, name in HEADINGS.items()}
TEXTS = tuple(name for name in LABELS if name not in {"parent", "seat", "covers"})
KEPT_WHEN_EMPTY = {"contact_office", "contact_person", "contact_phone", "contact_email", "mark"}
"""What people keep up in the browser: an empty cell does not wipe it out."""

Kind = Unit.Kind
KINDS = {
    **dict.fromkeys(("市", "市级机关", "市级部门"), Kind.CITY),
    **dict.fromkeys(("县", "区", "县级市"), Kind.COUNTY),
    **dict.fromkeys(("街道", "镇", "乡", "民族乡", "乡镇级非建制单位"), Kind.TOWNSHIP),
    **dict.fromkeys(("村", "社区", "村(社区)"), Kind.VILLAGE),
    **dict.fromkeys(
        (
            *("县级领导机关", "党委机关", "政府机关", "党委政府机关", "纪检监察机关"),
            *("县政府工作部门", "区政府工作部门", "县级部门", "区直部门", "上级派驻部门"),
            *("群团机关", "事业单位", "企业(配合单位)", "议事协调机构办事机构"),
        ),
        Kind.DEPARTMENT,
    ),
}
AGENCY = "派驻机构"
LIST = re.compile(r"[、,;,;\s]+")


@dataclass(frozen=True)
class RowError:
    """One wrong cell: row as Excel counts, the column's heading, and what is expected."""

    row: int
    column: str
    message: str

    def as_dict(self) -> dict:
        return {"row": self.row, "column": self.column, "message": self.message}


@dataclass
class Row:
    """One unit as the sheet has it; None stands for a column that the sheet lacks."""

    number: int
    kind: str
    texts: dict[str, str]
    parent: str | None = None
    seat: str | None = None
    covers: tuple[str, ...] | None = None
    unit: Unit | None = None


@dataclass
class Outcome:
    """What a load found and did; with errors nothing was written."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)
    county: Unit | None = None

    def as_dict(self) -> dict:
        counts = {name: getattr(self, name) for name in ("rows", "created", "changed", "unchanged")}
        return counts | {"errors": [one.as_dict() for one in self.errors]}


class RegistryError(ValueError):
    """The sheet as a whole cannot be read; the message is Chinese."""


class DryRun(Exception):
    """Takes back what a rehearsal has written."""


def load(source, name: str = "", *, county: Unit | None = None, dry_run: bool = False) -> Outcome:
    """Load units from a sheet.

    Args:
        source: path, bytes or binary file; name: the file's name when source is no path.
        county: whose units they are; None where the sheet holds the county's own row.
        dry_run: check and count only.

    Raises:
        RegistryError: the file cannot be read, or no county is given.
    """
    rows, errors = read(source, name or Path(str(source)).name)
    outcome = Outcome(rows=len(rows), errors=errors)
    county = county or county_there(rows)
    errors += check(rows, county)
    if errors:
        errors.sort(key=lambda one: one.row)
        return outcome
    try:
        with transaction.atomic():
            outcome.county = write(rows, county, outcome)
            if dry_run:
                raise DryRun
    except DryRun:
        outcome.county = None
    return outcome


# -- reading ----------------------------------------------------------------------------------


def read(source, name: str) -> tuple[list[Row], list[RowError]]:
    """The rows of the first visible sheet, and what is wrong with single cells."""
    try:
        book = sheets.read(source, name)
        table = list(book.visible()[0].rows())
    except sheets.SheetError as problem:
        raise RegistryError(str(problem)) from problem
    except IndexError:
        raise RegistryError("文件里没有可见的工作表。") from None
    columns, body = headed(table)
    rows, errors = [], []
    for number, cells in body:
        cells = {key: str(cells[at]).strip() for key, at in columns.items() if at < len(cells)}
        if any(cells.values()):
            row, wrong = parsed(number, cells)
            errors += wrong
            if row:
                rows.append(row)
    if not rows and not errors:
        raise RegistryError("文件里没有任何单位。")
    return rows, errors


def headed(table: list) -> tuple[dict[str, int], list]:
    """Where each column stands, and the rows below the headings."""
    for place, (_, cells) in enumerate(table[:20]):
        words = [str(cell).strip() for cell in cells]
        if all(heading in words for heading in NEEDED):
            columns = {key: words.index(word) for word, key in HEADINGS.items() if word in words}
            return columns, table[place + 1 :]
    raise RegistryError(f"前 20 行里找不到表头“{'”“'.join(NEEDED)}”。")


def parsed(number: int, cells: dict[str, str]) -> tuple[Row | None, list[RowError]]:
    """One row with its kind; cells that are missing, too long or unknown are errors."""
    errors = [
        RowError(number, LABELS[name], "不能为空")
        for name in ("code", "name", "category")
        if not cells.get(name)
    ]
    errors += [
        RowError(number, LABELS[name], f"最多 {longest} 个字,现有 {len(cells[name])} 个")
        for name in TEXTS
        if len(cells.get(name, "")) > (longest := Unit._meta.get_field(name).max_length)
    ]
    kind = kind_of(cells.get("category", ""))
    if kind is None and cells.get("category"):
        expected = "、".join([*KINDS, f"{AGENCY}/行业"])
        errors.append(
            RowError(number, LABELS["category"], f"不认识“{cells['category']}”,应为:{expected}")
        )
    if errors:
        return None, errors
    texts = {name: cells[name] for name in TEXTS if name in cells}
    texts["short_name"] = texts.get("short_name") or texts["name"]
    row = Row(number, kind, texts, cells.get("parent"), cells.get("seat"))
    if "covers" in cells:
        row.covers = tuple(word for word in LIST.split(cells["covers"]) if word)
    return row, []


def kind_of(category: str) -> str | None:
    """The kind behind a 类型; stationed agencies may name their line: 派驻机构/公安."""
    category = unicodedata.normalize("NFKC", category)
    return Kind.AGENCY if category.startswith(AGENCY) else KINDS.get(category)


# -- checking ---------------------------------------------------------------------------------


def county_there(rows: list[Row]) -> Unit | None:
    """The county of the sheet, where it has been loaded before."""
    codes = [row.texts.get("region_code") for row in rows if row.kind == Kind.COUNTY]
    return Unit.objects.filter(kind=Kind.COUNTY, region_code__in=filter(None, codes)).first()


def check(rows: list[Row], county: Unit | None) -> list[RowError]:
    """What is wrong between rows: doubles, and names of units that exist nowhere."""
    counties = [row for row in rows if row.kind == Kind.COUNTY]
    if len(counties) > 1:
        return [RowError(counties[1].number, LABELS["category"], "一个文件只能有一个县(区)")]
    if not counties and county is None and any(row.kind != Kind.CITY for row in rows):
        raise RegistryError("文件里没有县(区)这一行,请用 --county 指明是哪个县的单位。")
    if counties and not counties[0].texts.get("region_code"):
        return [RowError(counties[0].number, LABELS["region_code"], "县(区)须填写区划代码")]
    errors = [*doubles(rows, "code"), *doubles(rows, "name")]
    there = dict(existing(county).values_list("name", "code"))
    known = {row.texts["code"] for row in rows} | set(there.values())
    towns = townships(rows, county)
    for row in rows:
        name, code = row.texts["name"], row.texts["code"]
        if row.kind != Kind.CITY and there.get(name, code) != code:
            words = f"“{name}”已是编码 {there[name]} 的单位"
            errors.append(RowError(row.number, LABELS["name"], words))
        if row.parent and row.parent not in known:
            errors.append(RowError(row.number, LABELS["parent"], f"没有编码为“{row.parent}”的单位"))
        seats = [row.seat] if row.seat else []
        for column, names in (("seat", seats), ("covers", row.covers or ())):
            errors += [
                RowError(row.number, LABELS[column], f"本县没有乡镇(街道)“{word}”")
                for word in names
                if word not in towns
            ]
    return errors


def doubles(rows: list[Row], name: str) -> Iterable[RowError]:
    """Rows that repeat a code or a name of the same sheet."""
    first: dict[str, int] = {}
    for row in rows:
        value = row.texts[name]
        if value in first:
            yield RowError(row.number, LABELS[name], f"“{value}”与第 {first[value]} 行重复")
        first.setdefault(value, row.number)


def existing(county: Unit | None):
    """The units already there that a row may refer to."""
    return Unit.objects.filter(county=county) if county else Unit.objects.none()


def townships(rows: list[Row], county: Unit | None) -> set[str]:
    """Codes and names under which a township may be named."""
    there = existing(county).filter(kind=Kind.TOWNSHIP)
    words = {word for unit in there for word in (unit.code, unit.name, unit.short_name)}
    for row in rows:
        if row.kind == Kind.TOWNSHIP:
            words |= {row.texts["code"], row.texts["name"], row.texts["short_name"]}
    return words


# -- writing ----------------------------------------------------------------------------------


def write(rows: list[Row], county: Unit | None, outcome: Outcome) -> Unit | None:
    """Bring the table to the state of the sheet: the units first, then what ties them."""
    order = {Kind.CITY: 0, Kind.COUNTY: 1}
    known = {unit.code: unit for unit in existing(county).prefetch_related("covers")}
    before: dict[int, dict] = {}
    for row in sorted(rows, key=lambda one: order.get(one.kind, 2)):
        row.unit = found(row, known)
        if row.unit.pk:
            before[row.number] = state(row.unit)
        fill(row, county)
        if before.get(row.number) != state(row.unit):
            row.unit.save()
        if row.kind == Kind.COUNTY:
            county = row.unit
    tie(rows, county, known)
    for row in rows:
        if row.number not in before:
            outcome.created += 1
        elif before[row.number] != state(row.unit):
            outcome.changed += 1
        else:
            outcome.unchanged += 1
    return county


def found(row: Row, known: dict[str, Unit]) -> Unit:
    """The unit that a row describes; a new one where there is none."""
    if row.kind == Kind.COUNTY:
        place = {"kind": Kind.COUNTY, "region_code": row.texts["region_code"]}
    elif row.kind == Kind.CITY:
        place = {"county": None, "code": row.texts["code"]}
        place["region_code"] = row.texts.get("region_code", "")
    else:
        return known.get(row.texts["code"]) or Unit()
    return Unit.objects.filter(**place).first() or Unit()


def fill(row: Row, county: Unit | None) -> None:
    """Write the texts of a row into its unit."""
    unit = row.unit
    for name, value in row.texts.items():
        if value or name not in KEPT_WHEN_EMPTY:
            setattr(unit, name, value)
    unit.kind = row.kind
    if row.kind not in {Kind.CITY, Kind.COUNTY}:
        unit.county = county


def tie(rows: list[Row], county: Unit | None, known: dict[str, Unit]) -> None:
    """Set parents, seats and the townships that an agency covers, as far as the sheet says."""
    by_code = known | {row.texts["code"]: row.unit for row in rows}
    towns: dict[str, Unit] = {}
    for unit in by_code.values():
        if unit.kind == Kind.TOWNSHIP:
            towns |= dict.fromkeys((unit.code, unit.name, unit.short_name), unit)
    for row in rows:
        unit, before = row.unit, (row.unit.parent_id, row.unit.seat_id)
        if row.parent is not None:
            unit.parent = by_code.get(row.parent)
        if unit.parent_id is None and row.kind not in {Kind.CITY, Kind.COUNTY}:
            unit.parent = county
        if row.seat is not None:
            unit.seat = towns.get(row.seat)
        if (unit.parent_id, unit.seat_id) != before:
            unit.save()
        if row.covers or (row.covers is not None and unit.covers.exists()):
            unit.covers.set([towns[word] for word in row.covers])


def state(unit: Unit) -> dict:
    """What a sheet can change of a unit, for comparing."""
    names = (*TEXTS, "kind", "parent_id", "seat_id", "county_id")
    covers = sorted(one.pk for one in unit.covers.all()) if unit.pk else []
    return {name: getattr(unit, name) for name in names} | {"covers": covers}
