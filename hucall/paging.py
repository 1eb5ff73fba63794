"""Cursor pagination: a page begins after a row, never after a number of rows.

So page 10,000 costs what page 1 costs, and a row that arrives meanwhile shifts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

SIZE = 50
COUNTED = 1000
"""Counting stops here; beyond, a page says “1000+”."""


@dataclass
class Page:
    """The rows of one page, the ways on, and how many there are in all."""

    rows: list
    prev_url: str | None
    next_url: str | None
    count: str


def page_of(rows: QuerySet, query, dues: QuerySet | None = None) -> Page:
    """One page of `rows`.

    Args:
        rows: filtered, in any order; query: the QueryDict of the address;
        dues: {"row", "next_due"} of those rows that have a promise (selectors.next_dues): then
            these alone are listed, the soonest first; without it all, the newest first.
    """
    due = dues is not None
    cursor, back = read_cursor(query, due)
    # The one order goes up and the other down; going back turns either round.
    descending = (not due) != back
    keys = ["next_due", "row"] if due else ["pk"]
    found = (dues if due else rows).order_by(*(f"-{key}" if descending else key for key in keys))
    if cursor:
        found = found.filter(beyond(cursor, "lt" if descending else "gt", due))
    found = list(found[: SIZE + 1])
    more = len(found) > SIZE
    found = found[:SIZE]
    if back:
        found.reverse()
    before, after = (more, True) if back else (bool(cursor), more)
    shown = fetched(rows, found) if due else found
    return Page(
        shown,
        address(query, before=mark(found[0], due)) if found and before else None,
        address(query, after=mark(found[-1], due)) if found and after else None,
        counted(dues.values_list("row") if due else rows.values_list("pk"))
        if before or after
        else str(len(found)),
    )


def fetched(rows: QuerySet, found: list[dict]) -> list:
    """The rows behind some dues, in their order."""
    known = {row.pk: row for row in rows.filter(pk__in=[one["row"] for one in found])}
    return [known[one["row"]] for one in found if one["row"] in known]


def read_cursor(query, due: bool) -> tuple[tuple | None, bool]:
    """(the row to go on from, whether backwards); anything unreadable is the first page."""
    back = "before" in query
    text = query.get("before") or query.get("after") or ""
    moment, _, number = text.rpartition("_")
    if not number.isdecimal() or not number.isascii() or len(number) > 18:
        return None, False
    if not due:
        return (int(number),), back
    try:
        when = datetime.fromisoformat(moment)
    except ValueError:
        return None, False
    return ((when, int(number)), back) if when.tzinfo else (None, False)


def beyond(cursor: tuple, way: str, due: bool) -> Q:
    """The rows on the far side of the cursor."""
    if not due:
        return Q((f"pk__{way}", cursor[0]))
    when, number = cursor
    return Q((f"next_due__{way}", when)) | Q(("next_due", when), (f"row__{way}", number))


def mark(row, due: bool) -> str:
    """The cursor that stands for a row."""
    return f"{row['next_due'].isoformat()}_{row['row']}" if due else str(row.pk)


def counted(rows: QuerySet) -> str:
    """How many there are, without ever counting a million."""
    number = rows.order_by().values("pk")[: COUNTED + 1].count()
    return f"{COUNTED}+" if number > COUNTED else str(number)


def address(query, **changes) -> str:
    """The query of an address with some parameters changed (None: left out).

    The cursor never survives a change: another list begins at its beginning.
    """
    kept = [
        (key, value)
        for key in query
        for value in query.getlist(key)
        if value and key not in {*changes, "before", "after"}
    ]
    return "?" + urlencode(kept + [(key, value) for key, value in changes.items() if value])
