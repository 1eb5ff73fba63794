"""The headings of real lists, and how the header of a sheet is found by them.

Columns are found by their headings, never by position. A heading is compared after folding width,
case, blanks, line breaks and punctuation; the synonyms are data.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from governance.sheets import Filled, column_letter

LABELS = {
    "no": "序号",
    "code": "事项编码",
    "directory_code": "目录编码",
    "category": "事项类别",
    "name": "具体事项",
    "lead": "牵头部门",
    "joint": "共同部门",
    "lead_joint": "责任部门(牵头/共同)",
    "county_duty": "县级部门职责",
    "township_duty": "乡镇(街道)职责",
    "basis": "职责依据",
    "policy_basis": "政策文件依据",
    "main": "主体责任",
    "coop": "配合责任",
    "note": "备注",
}
"""What a field is called where the sheet's own heading is not at hand."""

SYNONYMS = {
    "no": "序号 序 顺序号 编号",
    "code": "事项编码 编码 事项代码 代码 事项编号",
    "directory_code": "目录编码 上级目录编码 省级目录编码 市级目录编码 省市目录编码 "
    "指导目录编码 目录代码",
    "category": "类别 事项类别 类型 事项类型 领域 所属领域 事项领域 职责类别 事项分类 分类",
    "name": "事项 具体事项 事项名称 清单事项 具体事项名称 职责事项 事项内容 属地管理事项 "
    "配合事项 配合事项名称 配合履职事项 配合履职事项名称 履职事项 履职事项名称 职责任务 主要事项",
    "lead": "县级主责部门 主责部门 主责单位 责任部门 牵头部门 牵头责任部门 牵头单位 牵头 "
    "责任部门牵头 责任部门牵头部门 责任部门牵头责任部门 责任单位 责任单位牵头 责任单位牵头单位 "
    "对应上级部门 上级部门 对应县级部门 对应部门 县级责任部门",
    "joint": "共同部门 共同责任部门 共同 责任部门共同 责任部门共同部门 责任部门共同责任部门 "
    "共同单位 共同责任单位 责任单位共同 责任单位共同单位",
    "lead_joint": "责任部门牵头共同 责任部门含牵头共同 责任部门牵头和共同 牵头共同部门 "
    "责任单位牵头共同 牵头责任部门共同责任部门",
    "county_duty": "县级部门职责 部门职责 县直部门职责 区直部门职责 区级部门职责 县级职责 县职责 "
    "县级职能部门职责 上级部门职责 县级部门单位职责 县直部门单位职责 职责划分县级部门 "
    "责任部门职责 县区部门职责 县级部门责任",
    "township_duty": "乡镇职责 乡镇街道职责 街道职责 镇街职责 乡镇配合职责 乡镇街道配合职责 "
    "镇街配合职责 街道配合职责 属地职责 乡级职责 职责划分乡镇街道 职责划分乡镇 "
    "乡镇街道责任 乡镇街道承担职责",
    "basis": "职责依据 法律法规依据 依据 法定依据 法律依据 设定依据 责任依据 法律法规规章依据 "
    "法律法规及规章依据 主要依据 职责法定依据",
    "policy_basis": "政策文件依据 政策依据 文件依据 政策规定依据",
    "main": "主体责任 主体责任单位 主体责任部门 主体责任主体 主体责任承担单位",
    "coop": "配合责任 配合责任单位 配合责任部门 配合单位 配合部门 配合责任主体 配合责任承担单位",
    "note": "备注 说明 备注说明",
}

SEVEN = ("category", "name", "county_duty", "township_duty", "basis", "main", "coop")
"""The seven elements of an item (GX-清单-02)."""

REQUIRED = {
    "A": SEVEN,
    "B": ("name", "lead", "county_duty", "basis", "main", "coop"),
    "D": ("name", "lead", "county_duty", "township_duty"),
}
"""Columns that must be there, by layout (B: JQ-清单-01, JQ-清单-02)."""

_PUNCTUATION = re.compile(r"[\W_]+")
HEADER_WITHIN = 40  # rows from the top in which the header is looked for
ENOUGH = 3  # recognised headings that make a header


def fold_once(text: str) -> str:
    """Return a heading without width, case, blanks, line breaks and punctuation."""
    plain = unicodedata.normalize("NFKC", text)
    return (plain if plain.isalnum() else _PUNCTUATION.sub("", plain)).lower()


fold = lru_cache(maxsize=8192)(fold_once)  # for headings and categories, which come again
FIELD_OF = {fold(word): name for name, words in SYNONYMS.items() for word in words.split()}


@dataclass
class Header:
    """The header of a sheet: which column holds which field.

    Attributes:
        row: number of its first row as Excel numbers it; `last`: of its last.
        columns: field → index of its column from 0; headings: field → the sheet's own wording.
        layout: A, B or D; missing: required fields without a column.
        doubled: (field, columns) that appear twice; unknown: headings nobody knows.
        silent: the fields that no column tells, case by case (kept by the row reader).
    """

    row: int
    last: int
    columns: dict[str, int]
    headings: dict[str, str]
    layout: str = "A"
    missing: tuple[str, ...] = ()
    doubled: list[tuple[str, list[int]]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    silent: dict[tuple, frozenset[str]] = field(default_factory=dict, repr=False)

    def label(self, name: str) -> str:
        """The heading of a field as the sheet has it, else as the regulation has it."""
        return self.headings.get(name) or LABELS[name]

    def faults(self) -> list[tuple[str, str]]:
        """What is wrong with the header, as (column, message) pairs."""
        found = []
        for name in self.missing:
            message = f"缺少“{LABELS[name]}”一栏(清单要素须齐全)"
            near = difflib.get_close_matches(LABELS[name], self.unknown, 1, 0.4)
            if near:
                message += f";表里的“{near[0]}”认不出来,是不是应为“{LABELS[name]}”?"
            elif self.unknown:
                message += f";认不出的栏目:{'、'.join(self.unknown[:6])}"
            found.append((LABELS[name], message))
        for name, places in self.doubled:
            letters = "、".join(f"{column_letter(place)} 列" for place in places)
            found.append(
                (
                    self.label(name),
                    f"“{LABELS[name]}”一栏出现了 {len(places)} 次({letters})",
                )
            )
        return found


def find_header(rows: list[tuple[int, list[str]]]) -> Header | None:
    """Return the header among the first rows of a sheet, or None.

    Args:
        rows: (Excel row number, cells) from the top of the sheet.
    """
    best: Header | None = None
    for index, (number, cells) in enumerate(rows[:HEADER_WITHIN]):
        single = _header(number, number, [("", text) for text in cells])
        candidates = [single]
        if index + 1 < len(rows):
            below = rows[index + 1][1]
            pair = _header(number, number + 1, _stack(cells, below))
            split = any(
                isinstance(cell, Filled) and cell == up
                for up, cell in zip(cells, below, strict=False)
            )
            if len(pair.columns) > len(single.columns) or (split and _same(pair, single)):
                candidates.insert(0, pair)
        for candidate in candidates:
            if len(candidate.columns) >= ENOUGH and (
                best is None or len(candidate.columns) > len(best.columns)
            ):
                best = candidate
    if best:
        best.layout = _layout(best)
        best.missing = _missing(best)
    return best


def _same(pair: Header, single: Header) -> bool:
    return len(pair.columns) == len(single.columns) > 0


def _stack(upper: list[str], lower: list[str]) -> list[tuple[str, str]]:
    """Return (head, sub-head) per column; a head merged over both rows counts once."""
    pairs = []
    for index, head in enumerate(upper):
        sub = lower[index] if index < len(lower) else ""
        pairs.append(("", head) if not sub or sub == head else (head, sub))
    return pairs


def _header(row: int, last: int, stacked: list[tuple[str, str]]) -> Header:
    columns: dict[str, int] = {}
    headings: dict[str, str] = {}
    places: dict[str, list[int]] = {}
    unknown = []
    for index, (head, sub) in enumerate(stacked):
        if not (head or sub) or (
            isinstance(sub, Filled) and not head and _merged_over(stacked, index)
        ):
            continue
        name = FIELD_OF.get(fold(head + sub)) or FIELD_OF.get(fold(sub)) or FIELD_OF.get(fold(head))
        if name is None:
            unknown.append(_one_line(f"{head}{sub}"))
            continue
        places.setdefault(name, []).append(index)
        if name not in columns:
            columns[name] = index
            headings[name] = _one_line(sub if FIELD_OF.get(fold(sub)) == name else f"{head}{sub}")
    doubled = [(name, where) for name, where in places.items() if len(where) > 1 and name != "note"]
    return Header(row, last, columns, headings, doubled=doubled, unknown=unknown)


def _merged_over(stacked: list[tuple[str, str]], index: int) -> bool:
    """Whether the column only repeats the heading merged over it from the left."""
    return index > 0 and stacked[index - 1][1] == stacked[index][1]


def _one_line(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _layout(header: Header) -> str:
    """Tell A, B and D apart by what only they have."""
    has = header.columns.keys()
    if "lead_joint" in has or "joint" in has:
        return "B"
    if not {"main", "coop"} & has:
        above = any("上级" in heading for heading in header.headings.values())
        return "D" if "lead" in has and (above or "category" not in has) else "A"
    if "policy_basis" in has or ("lead" in has and not {"category", "township_duty"} & has):
        return "B"
    return "A"


def _missing(header: Header) -> tuple[str, ...]:
    has = set(header.columns)
    if "lead_joint" in has:
        has.add("lead")
    if header.layout == "B" and "policy_basis" in has:
        has.add("basis")
    return tuple(name for name in REQUIRED[header.layout] if name not in has)
