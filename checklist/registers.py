"""The registers of applications and causes as data: page and sheet are drawn from the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from checklist.filters import ApplicationFilter, CauseFilter
from checklist.intake.layouts import LABELS
from checklist.models import Application, Cause
from checklist.presenting import marks, state_tag
from governance import calendars
from governance.models import Clock, Stage
from governance.presenting import clock_view, name_of
from governance.wording import cn_date, cn_short

CHUNK = 500


@dataclass(frozen=True)
class Column:
    """One column: `cell` for the page (text or a dict of ui/table.html), `text` for the sheet."""

    label: str
    cell: Callable | None = None
    text: Callable | None = None
    main: bool = False
    tight: bool = False
    width: int = 16


@dataclass(frozen=True)
class Register:
    """One register; `fetch` reads what the cells need beside the rows."""

    name: str
    title: str
    model: Any
    filter: type
    columns: tuple[Column, ...]
    fetch: tuple
    heavy: tuple[str, ...] = ()
    empty: str = "没有符合条件的记录"
    advice: str = "换一个说法,或清除部分筛选条件;两个字即可搜索。"

    @property
    def url(self) -> str:
        """The address of the register."""
        return reverse(f"checklist:{self.name}")

    def look(self, rows: list):
        """What all cells of these rows share."""
        return look_of(rows)

    def rows(self, user):
        """What the user may see."""
        return self.model.objects.visible_to(user)

    def fetched(self, rows):
        """The rows with all that their cells show: a constant number of queries."""
        return rows.select_related("owner", *self.fetch[0]).prefetch_related(*self.fetch[1])


def moment(value: datetime | None) -> str:
    """A moment for a sheet: 2026-11-25 17:30."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


def day(value) -> str:
    """A day for a sheet."""
    return f"{value:%Y-%m-%d}" if value else ""


# ------------------------------------------------------------------ applications


def what(one: Application, look) -> dict:
    """The item, with kind and marks below."""
    words = " · ".join([one.get_kind_display() or "调整", *(m["text"] for m in marks(one))])
    return {"text": one.name or "(未填事项)", "url": one.get_absolute_url(), "note": words}


def where(one: Application, look) -> dict:
    """The state, and in whose hands it is."""
    desks = "、".join(dict.fromkeys(name_of(stage.unit) for stage in one.pending))
    return {"tag": state_tag(one), "note": desks and f"待{desks}"}


def columns_told(one: Application, look) -> str:
    """The columns with their new text, for the sheet."""
    return "\n".join(f"{LABELS[name]}:{words}" for name, words in one.changes.items())


def stages_told(one: Application, look) -> str:
    """Where it lies, for the sheet."""
    return "、".join(f"{stage.label}({name_of(stage.unit)})" for stage in one.pending)


PENDING = Prefetch(
    "stages",
    Stage.objects.filter(state="open").select_related("unit").order_by("order", "id"),
    to_attr="pending",
)

APPLICATIONS = Register(
    name="applications",
    title="调整申请",
    model=Application,
    filter=ApplicationFilter,
    fetch=(("cause", "edition"), (PENDING,)),
    heavy=("terms", "legal_basis", "flow"),
    empty="没有符合条件的调整申请",
    columns=(
        Column("事项", what, lambda one, look: one.name, main=True, width=30),
        Column("文号", lambda one, look: one.number or "—", lambda one, look: one.number),
        Column("类型", None, lambda one, look: one.get_kind_display(), width=22),
        Column("申请单位", lambda one, look: name_of(one.owner), lambda one, look: str(one.owner)),
        Column("状态", where, lambda one, look: one.get_state_display()),
        Column("当前环节", None, stages_told, width=30),
        Column(
            "提出时间",
            lambda one, look: cn_short(one.raised_at, look.now) if one.number else "—",
            lambda one, look: moment(one.raised_at) if one.number else "",
            tight=True,
        ),
        Column("事由发生日", None, lambda one, look: day(one.cause_on)),
        Column("逾期提出", None, lambda one, look: "是" if one.late else "", width=10),
        Column("依职权提出", None, lambda one, look: "是" if one.by_authority else "", width=10),
        Column("论证说明", None, lambda one, look: one.argument, width=50),
        Column("调整内容", None, columns_told, width=60),
        Column("退回或不予办理理由", None, lambda one, look: one.reason, width=40),
        Column("公布版本", None, lambda one, look: str(one.edition or ""), width=30),
        Column("生效日期", None, lambda one, look: day(one.in_force_on)),
    ),
)


# ------------------------------------------------------------------ causes


def limit(one: Cause, look) -> dict | str:
    """The promise that runs."""
    return {"clock": clock_view(one.running[0], look.calendar, look.now)} if one.running else "—"


def limit_told(one: Cause, look) -> str:
    """The promise in words, for the sheet."""
    if not one.running:
        return ""
    view = clock_view(one.running[0], look.calendar, look.now)
    return f"{view['label']} {view['remaining']},{moment(view['due'])}"


RUNNING = Prefetch(
    "clocks",
    Clock.objects.filter(met_at=None, kind=Clock.Kind.PROMISE).order_by("due_at", "id"),
    to_attr="running",
)

CAUSES = Register(
    name="causes",
    title="调整事由",
    model=Cause,
    filter=CauseFilter,
    fetch=(("unit",), (RUNNING,)),
    heavy=("terms",),
    empty="没有符合条件的调整事由",
    columns=(
        Column(
            "事由",
            lambda one, look: {
                "text": one.title,
                "url": one.get_absolute_url(),
                "note": one.get_source_display(),
            },
            lambda one, look: one.text,
            main=True,
            width=50,
        ),
        Column("文号", lambda one, look: one.number, lambda one, look: one.number, tight=True),
        Column("应申请单位", lambda one, look: name_of(one.unit), lambda one, look: str(one.unit)),
        Column(
            "状态",
            lambda one, look: {"tag": state_tag(one)},
            lambda one, look: one.get_state_display(),
            tight=True,
        ),
        Column(
            "发生日",
            lambda one, look: cn_date(one.occurred_on),
            lambda one, look: day(one.occurred_on),
        ),
        Column("限期", limit, limit_told, width=30),
        Column("来源", None, lambda one, look: one.get_source_display()),
        Column("知悉日", None, lambda one, look: day(one.known_on)),
        Column("登记单位", None, lambda one, look: str(one.owner)),
    ),
)


# ------------------------------------------------------------------ page and sheet


@dataclass
class Look:
    """What all cells of a page share."""

    now: datetime
    calendar: Any


def look_of(rows: list) -> Look:
    """The moment, and the calendar of the county (all rows of a reader are of one, or few)."""
    calendar = calendars.for_county(rows[0].county_id) if rows else None
    return Look(timezone.now(), calendar)


def headings(register: Register) -> list[dict]:
    """The columns of the page."""
    return [
        {"label": one.label, "main": one.main, "tight": one.tight}
        for one in register.columns
        if one.cell
    ]


def lines(register: Register, rows: list) -> list[dict]:
    """The rows of the page."""
    look = register.look(rows)
    columns = [one for one in register.columns if one.cell]
    return [{"cells": [one.cell(row, look) for one in columns]} for row in rows]


def told(register: Register, rows) -> Iterator[list[str]]:
    """The rows of the sheet, read in blocks by key, newest first."""
    columns, last = [one for one in register.columns if one.text], None
    while True:
        block = list(
            register.fetched(rows.filter(pk__lt=last) if last else rows).order_by("-pk")[:CHUNK]
        )
        if not block:
            return
        look = register.look(block)
        for row in block:
            yield [one.text(row, look) for one in columns]
        last = block[-1].pk
