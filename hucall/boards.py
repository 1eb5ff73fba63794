"""The dashboards of 乡呼县应 as data: whose, which figures, which sections (decision 11).

Who may see what: the platform everything, township × department satisfaction included; 编办,
考核办, county leaders and 督查 the county's aggregates, satisfaction by closed month only and with
small groups left out; 纪检 the county without satisfaction; a township its own; a department its
own of closed periods, and of satisfaction only what a published bulletin holds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied

from governance.addresses import of_page
from governance.models import Unit
from governance.presenting import name_of
from governance.roles import Role
from hucall import statistics
from hucall.periods import Period
from hucall.statistics import Rates, Tally, percent, two_places

DESK, LEADERS, WATCH, DEPARTMENT, TOWNSHIP = "desk", "leaders", "watch", "department", "township"
AUDIENCES = (
    (DESK, {Role.PLATFORM}),
    (LEADERS, {Role.BIANBAN, Role.KAOHE, Role.COUNTY, Role.DUCHA}),
    (WATCH, {Role.JIWEI}),
    (DEPARTMENT, {Role.DEPARTMENT_CLERK, Role.DEPARTMENT_LEADER}),
    (TOWNSHIP, {Role.TOWNSHIP_CLERK, Role.TOWNSHIP_LEADER}),
)
COUNTY_WIDE = (DESK, LEADERS, WATCH)
WITHHELD = "样本不足"
HEAT_COLUMNS = 10
PAIRS_SHOWN = 15


@dataclass(frozen=True)
class Viewer:
    """As what somebody looks at a dashboard: the widest post counts."""

    kind: str
    county: Unit
    unit: Unit

    @property
    def wide(self) -> bool:
        """Whether the whole county is shown."""
        return self.kind in COUNTY_WIDE


def viewer(user) -> Viewer:
    """The viewer that a person is.

    Raises:
        PermissionDenied: no post for which there is a dashboard.
    """
    for kind, roles in AUDIENCES:
        for post in user.posts_held():
            if post.role in roles and post.county_id:
                return Viewer(kind, post.unit.county, post.unit)
    raise PermissionDenied("看板按县、部门、乡镇汇总,您的岗位请在列表中查看办件。")


@dataclass
class Section:
    """One card: its table, which is also its export, and what is drawn from it."""

    name: str
    title: str
    columns: list[dict]
    rows: list[list] = field(default_factory=list)
    note: str = ""
    chart: dict | None = None
    heat: dict | None = None
    empty: str = "本期没有数据。"
    more_url: str = ""
    shown: int = 0

    def for_page(self) -> list[dict]:
        """Rows as ui/table.html wants them; the first ones where there are many."""
        rows = self.rows[: self.shown] if self.shown else self.rows
        return [{"cells": row} for row in rows]

    def for_sheet(self) -> tuple[str, list[str], list[list]]:
        """Name, headings and rows of the workbook."""
        heads = [column["label"] for column in self.columns]
        return self.title, heads, [[plain(cell) for cell in row] for row in self.rows]


def plain(cell: Any):
    """The words of a cell without its link; `sheet` where the page sets them in two lines."""
    return cell.get("sheet", cell.get("text", "")) if isinstance(cell, dict) else cell


def heads(*labels: str, words: int = 1) -> list[dict]:
    """Columns: the first one names the row; after the first `words` ones they are figures."""
    return [
        {"label": label, "main": place == 0, "num": place >= words}
        for place, label in enumerate(labels)
    ]


@dataclass(frozen=True)
class Links:
    """Addresses of the lists that stand behind the figures of a period."""

    period: Period

    def to(self, register: str, dated: bool = True, **wanted) -> str:
        """A filtered list; without `dated` of all times."""
        query = urlencode(wanted)
        if dated:
            days = f"since={self.period.first}&until={self.period.last}"
            query = f"{query}&{days}" if query else days
        return f"{of_page(f'hucall:{register}')}?{query}"

    def figure(self, number: int, register: str, dated: bool = True, **wanted):
        """A number leading to its list; nothing leads nowhere."""
        if not number:
            return str(number)
        return {"text": str(number), "url": self.to(register, dated, **wanted)}


# ------------------------------------------------------------------ by week


def mondays(entries: list, period: Period, today: date) -> list[str]:
    """Every Monday from the first entry (at most the period and twelve weeks) to its end."""
    last = min(period.last, today)
    first = min([date.fromisoformat(row[0]) for row in entries] + [last - timedelta(weeks=11)])
    first -= timedelta(days=first.weekday())
    found = []
    while first <= last:
        found.append(f"{first:%Y-%m-%d}")
        first += timedelta(weeks=1)
    return found


def by_week(entries: list, period: Period, today: date, links: Links) -> Section:
    """Calls by week, of these urgent ones."""
    filed, urgent = defaultdict(int), defaultdict(int)
    for week, _, number, hurried in entries:
        filed[week] += number
        urgent[week] += hurried
    weeks = mondays(entries, period, today)
    found = Section("weeks", "每周呼叫", heads("周(周一)", "呼叫", "其中应急"))
    found.chart = chart(
        weeks, ("呼叫", [filed[w] for w in weeks]), ("其中应急", [urgent[w] for w in weeks])
    )
    found.rows = [[week, str(filed[week]), str(urgent[week])] for week in weeks]
    found.note = "单位:件"
    return found


LIMITS = {"sign_in": "报到超期", "arrive": "到场超期", "finish": "办结超期"}


def breaches(entries: list, period: Period, today: date) -> Section:
    """Broken limits by the week in which they broke."""
    counts = {name: defaultdict(int) for name in LIMITS}
    for week, _, name, number in entries:
        counts[name][week] += number
    weeks = mondays(entries, period, today)
    found = Section("breaches", "超期趋势", heads("周(周一)", *LIMITS.values()))
    series = [(label, [counts[name][w] for w in weeks]) for name, label in LIMITS.items()]
    found.chart = chart(weeks, *series)
    found.rows = [[week, *(str(counts[name][week]) for name in LIMITS)] for week in weeks]
    found.note = "按超期发生的周计,单位:次"
    return found


def chart(weeks: list[str], *series: tuple[str, list[int]]) -> dict:
    """What the chart tags want: short labels, and the series."""
    labels = [f"{int(week[5:7])}/{int(week[8:])}" for week in weeks]
    return {"labels": labels, "series": list(series)}


# ------------------------------------------------------------------ rates


RATE_HEADS = (
    *("部门", "应响应", "承接率", "按时承接率", "办结率", "按时办结率"),
    *("未报到", "超期未办结", "挂账", "剔除", "退回获准", "退回未准"),
)


def rates(rows: list[Rates], names: dict, links: Links, on_time_only: bool) -> Section:
    """By department 承接率 and 办结率, with and without on-time, each with both numbers."""
    found = Section("rates", "各部门承接与办结", heads(*RATE_HEADS))
    rows = sorted(rows, key=lambda row: (-row.owed, names.get(row.department, "")))
    found.rows = [rate_row(row, names.get(row.department, ""), links) for row in rows]
    if len(rows) > 1:
        found.rows.append(rate_row(statistics.total(rows), "合计", links))
    counted = "只计按时的" if on_time_only else "超期办理的也计入"
    found.note = f"本县考核口径:{counted}。派驻机构并入主管部门;挂账、剔除、退回获准不计入比率"
    return found


def rate_row(row: Rates, name: str, links: Links) -> list:
    """One line; each number leads to its list where there is one."""
    unit = {"unit": row.department} if row.department else {}
    return [
        {"text": name, "url": links.to("responses", **unit)} if unit else name,
        links.figure(row.owed, "responses", **unit),
        fraction(row.signed, row.owed),
        fraction(row.signed_on_time, row.owed),
        fraction(row.finished, row.owed, links.to("responses", state="finished", **unit)),
        fraction(row.finished_on_time, row.owed),
        links.figure(row.silent, "responses", state="waiting", **unit),
        links.figure(row.overdue, "responses", light="late", state="open", **unit),
        links.figure(row.suspended, "responses", state="suspended", **unit),
        str(row.excluded),
        links.figure(row.returned, "responses", state="returned", **unit),
        str(row.refused),
    ]


def fraction(numerator: int, denominator: int, url: str = "") -> dict:
    """95.00% with 38/40 below it."""
    rate, both = percent(numerator, denominator), f"{numerator}/{denominator}"
    found = {"text": rate, "note": both, "sheet": f"{rate}({both})"}
    return found | ({"url": url} if url and numerator else {})


# ------------------------------------------------------------------ satisfaction


SATISFIED_HEADS = ("部门", "有效评价", "满意", "基本满意", "不满意", "满意率")


def tally_row(name: str, cell: Tally) -> list:
    """One line of satisfaction."""
    rate = two_places(cell.rate * 100) + "%" if cell.rate is not None else "—"
    figures = (cell.answers, cell.satisfied, cell.mostly, cell.dissatisfied)
    return [name, *map(str, figures), rate]


def satisfaction_for_desk(found: list, names: dict, min_group: int) -> Section:
    """Everything, for the platform alone; what may not leave it is marked."""
    cells = statistics.tallies(found)
    open_to_all = statistics.publish(cells, min_group)
    section = Section("satisfaction", "满意度(平台)", heads(*SATISFIED_HEADS, "对外公布"))
    order = sorted(cells, key=lambda key: (cells[key].rate, names.get(key, "")))
    section.rows = [
        [
            *tally_row(names.get(key, ""), cells[key]),
            "可公布" if key in open_to_all.shown else f"{WITHHELD},不公布",
        ]
        for key in order
    ]
    section.note = "回访优先,未回访到的以乡镇评价计;仅平台可见"
    section.empty = "本期还没有评价。"
    return section


def pairs(found: list, names: dict) -> Section:
    """Township × department, for the platform alone."""
    cells: dict[tuple, Tally] = defaultdict(Tally)
    for one in found:
        cells[one.township, one.department].add(one.level, one.number, one.township)
    section = Section("pairs", "乡镇 × 部门满意度(平台)", heads("乡镇", *SATISFIED_HEADS, words=2))
    order = sorted(cells, key=lambda key: (cells[key].rate, -cells[key].answers, key))
    section.rows = [
        [names.get(town, ""), *tally_row(names.get(unit, ""), cells[town, unit])]
        for town, unit in order
    ]
    section.note, section.shown = "满意率低的在前;仅平台可见,不得外传", PAIRS_SHOWN
    return section


def satisfaction_published(cells: dict, whole: Tally, withheld: set, names: dict) -> Section:
    """What closed months show, small groups left out."""
    section = Section("satisfaction", "满意度(已结束月份)", heads(*SATISFIED_HEADS))
    order = sorted(cells, key=lambda key: (-cells[key].rate, names.get(key, "")))
    section.rows = [tally_row(names.get(key, ""), cells[key]) for key in order]
    hidden = sorted(names.get(key, "") for key in withheld - set(cells))
    section.rows += [[name, *[WITHHELD] * 5] for name in hidden]
    if whole.answers:
        section.rows.append(tally_row("全县", whole))
    section.note = "按月汇总、月末后固定;评价人过少的不予显示"
    section.empty = "已结束的月份还没有可公布的满意度。"
    return section


# ------------------------------------------------------------------ heat and both sides


def heat(entries: list, towns: list[Unit], names: dict, links: Links) -> Section:
    """Calls by township and department: the busiest departments side by side, the rest summed."""
    weight, cells = defaultdict(int), {}
    for town, department, number in entries:
        weight[department] += number
        cells[town, department] = number
    order = sorted(weight, key=lambda key: (-weight[key], key))
    front, rest = order[:HEAT_COLUMNS], order[HEAT_COLUMNS:]
    labels = [names.get(key, "") for key in front] + (["其他部门"] if rest else [])
    section = Section("heat", "呼叫热力(乡镇 × 部门)", heads("乡镇", *labels))
    lines = []
    for town in towns:
        line = [
            {
                "value": cells.get((town.pk, key), 0),
                "url": links.to("responses", township=town.pk, unit=key),
            }
            for key in front
        ]
        if rest:
            line.append({"value": sum(cells.get((town.pk, key), 0) for key in rest), "url": ""})
        lines.append({"label": name_of(town), "cells": line})
        section.rows.append([name_of(town), *(str(cell["value"]) for cell in line)])
    highest = max((cell["value"] for line in lines for cell in line["cells"]), default=0)
    section.heat = {"columns": labels, "rows": lines, "highest": highest}
    section.note = "单位:件次,含派驻机构"
    return section


def towns_side(entries: list[dict], towns: list[Unit], links: Links) -> Section:
    """The callers' side: calls, over-calls recognised, what was handled without a call."""
    known = {row["owner"]: row for row in entries}
    section = Section(
        "towns",
        "乡镇一侧",
        heads("乡镇", "呼叫", "其中应急", "未办结", "认定乱呼叫", "自行处置登记"),
    )
    for town in towns:
        row = known.get(town.pk) or dict.fromkeys(("filed", "urgent", "open", "over", "own"), 0)
        of = {"township": town.pk}
        section.rows.append(
            [
                {"text": name_of(town), "url": links.to("calls", **of)},
                links.figure(row["filed"], "calls", **of),
                links.figure(row["urgent"], "calls", kind="urgent", **of),
                links.figure(row["open"], "calls", state="open", **of),
                str(row["over"]),
                links.figure(row["own"], "calls", state="self_handled", **of),
            ]
        )
    section.note = "呼叫多少本身不作评判"
    return section
