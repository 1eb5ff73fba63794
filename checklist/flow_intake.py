"""Importing run flows (事项/序号/办理单位/办理内容/时限/材料) into a county's first draft.

Only there: once a list is published, a flow changes with an application (GX-清单-27).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from django.db import transaction

from checklist.flowcharts import Row
from checklist.intake.layouts import fold, fold_once
from checklist.intake.rows import Fault
from checklist.models import Edition, EditionItem, Flowchart, FlowStep
from governance import sheets
from governance.models import Unit
from governance.steps import Refused

HEADINGS = {
    "事项": "item", "具体事项": "item", "事项名称": "item",
    "序号": "place", "步骤": "place", "次序": "place",
    "办理单位": "unit", "单位": "unit", "办理内容": "action", "内容": "action",
    "时限": "limit", "办理时限": "limit", "材料": "material", "所需材料": "material",
}  # fmt: skip
NEEDED = ("item", "unit", "action")
LABELS = {"item": "事项", "place": "序号", "unit": "办理单位", "action": "办理内容",
          "limit": "时限", "material": "材料"}  # fmt: skip
MOST = {"unit": 100, "action": 300, "limit": 60, "material": 300}
MOST_STEPS = 60
LIMITS = sheets.Limits(rows=20_000)
CLAUSE = "GX-清单-27"
CLOSED = "运行流程只能随本县第一版草稿导入;清单公布以后,流程调整须经清单调整申请办理。"


@dataclass
class Outcome:
    """What an import of flows found or did; with faults nothing was written."""

    items: int = 0
    steps: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass
class Line:
    """One step as the sheet has it."""

    sheet: str
    number: int
    place: str
    row: Row


def may_import(edition: Edition) -> bool:
    """Whether the edition is a draft of a county that has never published."""
    return edition.state == Edition.State.DRAFT and edition.is_first()


def import_flows(edition: Edition, data: bytes, name: str) -> Outcome:
    """Read a sheet of flows and write them into a first draft, all of it or nothing.

    Args:
        edition: the draft; data: the file; name: as the user called it.

    Raises:
        Refused: the edition is no first draft.
    """
    if not may_import(edition):
        raise Refused(CLOSED, CLAUSE)
    outcome = Outcome()
    try:
        book = sheets.read(data, name, LIMITS)
    except sheets.SheetError as problem:
        outcome.faults.append(Fault("", None, "", str(problem)))
        return outcome
    flows = gathered(book, outcome.faults)
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=edition.county_id)
        locked = Edition.objects.get(pk=edition.pk)
        if not may_import(locked):
            raise Refused(CLOSED, CLAUSE)
        members = known(locked)
        found = {key: matched(key, lines, members, outcome.faults) for key, lines in flows.items()}
        if outcome.faults:
            outcome.faults.sort(key=lambda one: (one.sheet, one.row or 0))
            return outcome
        write({found[key]: [line.row for line in flows[key]] for key in flows})
    outcome.items, outcome.steps = len(flows), sum(map(len, flows.values()))
    return outcome


def gathered(book: sheets.Book, faults: list[Fault]) -> dict[str, list[Line]]:
    """The steps by item, in the order of their numbers; what is wrong goes to `faults`."""
    flows: dict[str, list[Line]] = {}
    headed = False
    for sheet in book.visible():
        columns, last = None, ""
        for number, cells in sheet.rows():
            if columns is None:
                columns = heading(cells)
                headed = headed or columns is not None
                continue
            line = {name: str(cells[at]).strip() for name, at in columns.items() if at < len(cells)}
            if not any(line.values()):
                continue
            last = line.get("item") or last
            checked(sheet.name, number, line, last, faults)
            row = Row(*(line.get(name, "") for name in Row._fields))
            place = line.get("place", "")
            flows.setdefault(fold_once(last), []).append(Line(sheet.name, number, place, row))
    if not headed:
        words = f"没有找到运行流程的表头(应有:{'、'.join(LABELS.values())})"
        faults.append(Fault("", None, "", words))
    elif not flows:
        faults.append(Fault("", None, "", "表头下面没有任何步骤"))
    return {key: ordered(lines, faults) for key, lines in flows.items()}


def heading(cells: list[str]) -> dict[str, int] | None:
    """The columns by their headings; None for a row that is no heading."""
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        name = HEADINGS.get(fold(str(cell)))
        if name:
            found.setdefault(name, at)
    return found if all(name in found for name in NEEDED) else None


def checked(sheet: str, number: int, line: dict, item: str, faults: list[Fault]) -> None:
    """What a step must have, and how long its words may be."""
    if not item:
        faults.append(Fault(sheet, number, LABELS["item"], "“事项”不能为空"))
    for name in ("unit", "action"):
        if not line.get(name):
            faults.append(Fault(sheet, number, LABELS[name], f"“{LABELS[name]}”不能为空"))
    for name, most in MOST.items():
        long = len(line.get(name, ""))
        if long > most:
            words = f"文字有 {long} 个字,最多 {most} 个字"
            faults.append(Fault(sheet, number, LABELS[name], words))
    place = line.get("place", "")
    if place and not (place.isascii() and place.isdecimal() and len(place) < 5):
        words = f"序号“{place[:20]}”应是整数"
        faults.append(Fault(sheet, number, LABELS["place"], words))


def ordered(lines: list[Line], faults: list[Fault]) -> list[Line]:
    """The steps of one item by their numbers, where all have one; no number twice."""
    if len(lines) > MOST_STEPS:
        extra = lines[MOST_STEPS]
        words = f"一个事项最多 {MOST_STEPS} 步"
        faults.append(Fault(extra.sheet, extra.number, LABELS["item"], words))
    if not all(line.place.isascii() and line.place.isdecimal() for line in lines):
        return lines
    first: dict[int, Line] = {}
    for line in lines:
        twin = first.setdefault(int(line.place), line)
        if twin is not line:
            words = f"序号 {line.place} 与第 {twin.number} 行重复"
            faults.append(Fault(line.sheet, line.number, LABELS["place"], words))
    return sorted(lines, key=lambda line: int(line.place))


def known(edition: Edition) -> dict[str, list[EditionItem]]:
    """The draft's items by folded name."""
    found: dict[str, list[EditionItem]] = {}
    for member in edition.members.select_related("revision"):
        found.setdefault(fold_once(member.revision.name), []).append(member)
    return found


def matched(key: str, lines: list[Line], members: dict, faults: list[Fault]) -> EditionItem | None:
    """The draft's item of this name; none, or two, is an error at the item's first row."""
    rows = members.get(key, [])
    if len(rows) == 1:
        return rows[0]
    if key:
        words = "草稿清单中没有这个事项" if not rows else "草稿清单中有同名事项,无法确定是哪一项"
        faults.append(Fault(lines[0].sheet, lines[0].number, LABELS["item"], words))
    return None


def digest_of(rows: list[Row]) -> str:
    """The fingerprint of a flow: equal rows, equal digest (as composing takes it)."""
    told = [row._asdict() for row in rows]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def write(flows: dict[EditionItem, list[Row]]) -> None:
    """A chart for each member of the draft; one that the item had before is taken up again."""
    digests = {member: digest_of(rows) for member, rows in flows.items()}
    had = {
        (one.item_id, one.digest): one
        for one in Flowchart.objects.filter(item__in=[member.item_id for member in flows])
    }
    fresh = {
        member: Flowchart(item_id=member.item_id, digest=digest)
        for member, digest in digests.items()
        if (member.item_id, digest) not in had
    }
    Flowchart.objects.bulk_create(fresh.values(), batch_size=500)
    FlowStep.objects.bulk_create(
        [
            FlowStep(flowchart=chart, place=place, **row._asdict())
            for member, chart in fresh.items()
            for place, row in enumerate(flows[member], start=1)
        ],
        batch_size=1000,
    )
    for member, digest in digests.items():
        member.flowchart = fresh.get(member) or had[member.item_id, digest]
    EditionItem.objects.bulk_update(flows, ["flowchart"], batch_size=500)
