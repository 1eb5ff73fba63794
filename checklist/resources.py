"""The list as a workbook that re-imports without a difference, and the errors of an import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from checklist.comparing import Difference
from checklist.intake.layouts import LABELS
from checklist.models import Edition, EditionItem, FlowStep, Revision
from governance import sheets

COLUMNS = {
    "A": {
        "category": "事项类别",
        "name": "具体事项",
        "county_duty": "县级部门职责",
        "township_duty": "乡镇(街道)职责",
        "basis": "职责依据",
        "main": "主体责任",
        "coop": "配合责任",
    },
    "B": {
        "category": "事项类别",
        "name": "具体事项",
        "lead": "牵头部门",
        "joint": "共同部门",
        "county_duty": "部门职责",
        "township_duty": "乡镇(街道)职责",
        "basis": "法律法规依据",
        "policy_basis": "政策文件依据",
        "main": "主体责任",
        "coop": "配合责任",
    },
    "D": {
        "category": "事项类别",
        "name": "配合事项名称",
        "lead": "对应上级部门",
        "county_duty": "上级部门职责",
        "township_duty": "乡镇配合职责",
        "basis": "职责依据",
    },
}
"""Headings by layout, as the reader knows them."""

ALWAYS = {
    "A": set(COLUMNS["A"]),
    "B": set(COLUMNS["B"]) - {"category", "township_duty"},
    "D": {"name", "lead", "county_duty", "township_duty"},
}
FLOWS = "运行流程"
FLOW_HEADINGS = ["事项", "序号", "办理单位", "办理内容", "时限", "材料"]
SHEET_NAMES = {"A": "责任清单", "B": "责任清单(牵头共同)", "D": "配合事项清单"}
WIDTHS = dict.fromkeys(("序号",), 6) | {
    "事项类别": 12, "具体事项": 24, "配合事项名称": 24, "县级部门职责": 44, "部门职责": 44,
    "上级部门职责": 44, "乡镇(街道)职责": 44, "乡镇配合职责": 44, "职责依据": 30,
    "法律法规依据": 30, "政策文件依据": 30, "主体责任": 24, "配合责任": 28,
    "对应上级部门": 24, "牵头部门": 20, "共同部门": 24, "事项": 28, "办理单位": 22,
    "办理内容": 50, "时限": 16, "材料": 30,
}  # fmt: skip


def layout_of(revision: Revision) -> str:
    """The layout in which a wording re-imports: A when it fills the seven elements."""
    if revision.layout == "D" and not (revision.basis and revision.category):
        return "D"
    whole = all(getattr(revision, name) for name in COLUMNS["A"])
    if whole and not (revision.joint or revision.policy_basis or revision.lead):
        return "A"
    if revision.layout == "D":
        return "D"
    return "B" if revision.layout == "B" or revision.joint or revision.policy_basis else "A"


def shown_title(edition: Edition) -> str:
    """The edition's title; a sample list says that it is one, once."""
    marked = edition.sample and "样例" not in edition.title
    return f"{edition.title}(样例)" if marked else edition.title


def write_edition(
    target: BinaryIO, edition: Edition, members: Iterable[EditionItem], kind: str = "xlsx"
) -> int:
    """Write an edition (or the part of it that is filtered) and return the number of items.

    Args:
        target: a binary file; members: rows as of `selectors.members`; kind: xlsx or csv.
    """
    groups: dict[str, list[Revision]] = {}
    drawn: dict[int, str] = {}
    for member in members:
        groups.setdefault(layout_of(member.revision), []).append(member.revision)
        if member.flowchart_id:
            drawn[member.flowchart_id] = member.revision.name
    title = shown_title(edition)
    parts = [_part(layout, found) for layout, found in (groups or {"A": []}).items()]
    if kind == "csv":
        _, headings, rows = parts[0]
        return sheets.write_csv(target, headings, rows)
    total = sheets.write_xlsx(target, [*parts, *_flows(edition, drawn)], title=title, widths=WIDTHS)
    return total if not drawn else sum(map(len, groups.values()))


def _flows(edition: Edition, drawn: dict[int, str]) -> list[tuple[str, list[str], Iterator]]:
    """The run flows of the exported items as a sheet of their own; none where there are none."""
    if not drawn:
        return []
    steps = FlowStep.objects.filter(flowchart__memberships__edition=edition).order_by(
        "flowchart__memberships__place", "place"
    )
    rows = (
        [drawn[one.flowchart_id], one.place, one.unit, one.action, one.limit, one.material]
        for one in steps
        if one.flowchart_id in drawn
    )
    return [(FLOWS, FLOW_HEADINGS, rows)]


def write_difference(
    target: BinaryIO, older: Edition, newer: Edition, difference: Difference
) -> int:
    """Write a comparison as a workbook: one line for each item that came or went and for each
    column, and each step of a run flow, that changed.
    """
    lines = [["新增", one.category, one.name, "", "", ""] for one in difference.added]
    lines += [["移出", one.category, one.name, "", "", ""] for one in difference.removed]
    lines += [
        ["修改", new.category, new.name, one["label"], one["old"], one["new"]]
        for _, new, changes in difference.changed
        for one in changes
    ]
    for revision, flow in difference.flows:
        for one in flow:
            text = f"{one['place']}. " + "|".join(filter(None, one["row"]))
            pair = {"gone": [text, ""], "new": ["", text]}.get(one["mark"])
            if pair:
                lines.append(["流程", revision.category, revision.name, "运行流程", *pair])
    headings = ["变化", "事项类别", "具体事项", "栏目", f"原文(第{older.serial}版)",
                f"现文(第{newer.serial}版)"]  # fmt: skip
    widths = dict(zip(headings, (8, 14, 28, 16, 60, 60), strict=True))
    return sheets.write_xlsx(target, [("两版对照", headings, lines)], widths=widths)


def _part(layout: str, found: list[Revision]) -> tuple[str, list[str], Iterator[list]]:
    """(sheet name, headings, rows) of the wordings in one layout."""
    columns = dict(COLUMNS[layout])
    if layout == "A" and any(one.lead for one in found):
        columns = {"category": columns.pop("category"), "name": columns.pop("name"),
                   "lead": "牵头部门", **columns}  # fmt: skip
    used = {name: heading for name, heading in columns.items()
            if name in ALWAYS[layout] or any(getattr(one, name) for one in found)}  # fmt: skip
    codes = {name: LABELS[name] for name in ("code", "directory_code")
             if any(getattr(one, name) for one in found)}  # fmt: skip
    used = codes | used
    rows = (
        [place, *(getattr(one, name) for name in used)] for place, one in enumerate(found, start=1)
    )
    return SHEET_NAMES[layout], ["序号", *used.values()], rows


def write_faults(target: BinaryIO, faults: list[dict]) -> int:
    """Write the errors of an import as a workbook: where each stands and what is expected."""
    rows = ([one["sheet"], one["row"] or "", one["column"], one["message"]] for one in faults)
    headings = ["工作表", "行号", "栏目", "问题与改法"]
    return sheets.write_xlsx(
        target, [("导入错误", headings, rows)], widths={"问题与改法": 90, "栏目": 20}
    )


def write_findings(target: BinaryIO, findings: Iterable) -> int:
    """Write the findings of the duty-conflict finder as a workbook (conflicts.Finding)."""
    rows = ([one.label, one.name, one.what, str(one.unit or ""), one.clause] for one in findings)
    headings = ["类型", "具体事项", "问题", "可通知的单位", "条款"]
    widths = {"类型": 26, "具体事项": 28, "问题": 70, "可通知的单位": 20, "条款": 14}
    return sheets.write_xlsx(target, [("清单体检", headings, rows)], widths=widths)
