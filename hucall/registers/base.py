"""What the lists of 乡呼县应 share: whose rows, which filters, which columns, page and Excel.

A page and its export are drawn from the same register, so that the sheet holds what is filtered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from governance.addresses import of_page
from governance.presenting import clock_view, name_of
from governance.roles import ADMINISTRATORS, Role
from governance.wording import cn_short
from hucall import selectors
from hucall.models.states import Duty, ResponseState
from hucall.presenting import item_name, kind_tag, kind_word, state_tag

BUSINESS = frozenset(Role) - ADMINISTRATORS
TOWNSHIP = frozenset({Role.TOWNSHIP_CLERK, Role.TOWNSHIP_LEADER})


@dataclass
class Seen:
    """What belongs to the rows of one page and is read for all of them at once."""

    now: datetime
    calendar: Any = None
    clocks: dict | None = None
    parts: dict | None = None
    views: dict = field(default_factory=dict)

    def clock(self, row) -> dict | None:
        """The next promise of a row as ui/clock.html wants it; worked out once a row."""
        clock = (self.clocks or {}).get(row.pk)
        if clock and row.pk not in self.views:
            self.views[row.pk] = clock_view(clock, self.calendar, self.now)
        return self.views.get(row.pk)


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
    """One list."""

    name: str
    title: str
    rows: Callable
    filter: type
    columns: tuple[Column, ...]
    roles: frozenset
    model: Any = None
    has_clocks: bool = False
    has_parts: bool = False
    heavy: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    names: tuple[tuple[str, tuple[str, ...]], ...] = ()
    empty: str = "没有符合条件的记录"
    advice: str = "换一个说法,或清除部分筛选条件;两个字即可搜索。"

    @property
    def url(self) -> str:
        """The address of the list."""
        return of_page(f"hucall:{self.name}")

    def for_page(self, rows):
        """The rows with what the page shows of them: `shown` of the row and, of what it names, the
        fields in `names`, where a register says so; else everything but what is `heavy`.

        What is named is read beside the rows: few rows name the same few, and a statement that
        joins them all takes longer to plan than to run.
        """
        if not self.shown:
            return rows.defer(*self.heavy)
        rows = rows.select_related(None).only(*self.shown)
        return rows.prefetch_related(*(self.named(*one) for one in self.names))

    def named(self, name: str, fields: tuple[str, ...]) -> Prefetch:
        """How the rows that others name are read."""
        model = self.model._meta.get_field(name).related_model
        return Prefetch(name, model.objects.only(*fields))


def seen(register: Register, rows: list, user, calendar) -> Seen:
    """Read what the rows of one page need: at most three queries, however long the page."""
    found = Seen(timezone.now(), calendar)
    ids = [row.pk for row in rows]
    if register.has_clocks:
        found.clocks = selectors.next_clocks(register.model, ids, user)
    if register.has_parts:
        found.parts = selectors.parts_of(ids)
        selectors.lend_rulebooks(rows)
    return found


# ------------------------------------------------------------------ words of cells


def when(moment) -> str:
    """A moment for a sheet: 2026-11-25 17:30."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def units_cell(call, look: Seen) -> str:
    """Who answers, the lead first; three names and how many more."""
    parts = [p for p in (look.parts or {}).get(call.pk, ()) if p.state not in GONE]
    names = [part.unit for part in parts[:3]]
    return "、".join(names) + (f" 等{len(parts)}个单位" if len(parts) > 3 else "") or "—"


GONE = ("returned", "transferred", "void")


def units_text(call, look: Seen) -> str:
    """Who answers and how far each is, for the sheet."""
    parts = (look.parts or {}).get(call.pk, ())
    words = (
        f"{unit}({Duty(duty).label},{ResponseState(state).label})" for unit, state, duty in parts
    )
    return "\n".join(words)


def clock_cell(row, look: Seen) -> dict | str:
    """The next promise."""
    clock = look.clock(row)
    return {"clock": clock} if clock else "—"


def clock_text(row, look: Seen) -> str:
    """The next promise in words, for the sheet."""
    clock = look.clock(row)
    if not clock:
        return ""
    maybe = "(暂定)" if clock["provisional"] else ""
    return f"{clock['label']} {clock['remaining']},{when(clock['due'])}{maybe}"


def call_cell(call, look: Seen) -> dict:
    """What it is about, with kind and item below."""
    urgent = call.is_urgent
    note = " · ".join(filter(None, ["" if urgent else kind_word(call), item_name(call)]))
    cell = {"text": call.title, "url": call.get_absolute_url(), "note": note}
    return cell | {"tag": kind_tag(call)} if urgent else cell


def of_call(record, look: Seen) -> dict:
    """The call to which a record belongs, leading to the record's own page."""
    return {"text": record.call.title, "url": record.get_absolute_url(), "note": record.call.number}


def state_cell(record, look: Seen) -> dict:
    """The state as a tag."""
    return {"tag": state_tag(record)}


def state_text(record, look: Seen) -> str:
    """The state in words."""
    return record.get_state_display()


def moment_cell(field: str) -> tuple[Callable, Callable]:
    """A moment for the page (short) and for the sheet."""

    def cell(row, look):
        value = getattr(row, field)
        return cn_short(value, look.now) if value else "—"

    return cell, lambda row, look: when(getattr(row, field))


STATE = Column("状态", state_cell, state_text, tight=True, width=10)
CLOCK = Column("最近时限", clock_cell, clock_text, width=34)
TOWNSHIP_COLUMN = Column(
    "乡镇", lambda row, look: name_of(row.owner), lambda row, look: str(row.owner), tight=True
)
UNIT_COLUMN = Column(
    "承办单位", lambda row, look: name_of(row.unit), lambda row, look: str(row.unit)
)
