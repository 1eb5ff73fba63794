"""Cursor pagination of registers, newest first: a page begins after a row, never after a number
of rows, so that page 10,000 costs what page 1 costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet

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


def page_of(rows: QuerySet, query) -> Page:
    """One page of `rows` as the address (a QueryDict) asks; an unreadable cursor is the first."""
    after, before = cursor(query.get("after")), cursor(query.get("before"))
    if before and not after:
        found = list(rows.filter(pk__gt=before).order_by("pk")[: SIZE + 1])
        more = len(found) > SIZE
        found = found[:SIZE][::-1]
        ways = (more, True)
    else:
        rows_after = rows.filter(pk__lt=after) if after else rows
        found = list(rows_after.order_by("-pk")[: SIZE + 1])
        ways = (bool(after), len(found) > SIZE)
        found = found[:SIZE]
    back, on = ways
    return Page(
        found,
        address(query, before=found[0].pk) if found and back else None,
        address(query, after=found[-1].pk) if found and on else None,
        counted(rows),
    )


def cursor(text: str | None) -> int | None:
    """The row after which a page begins; None for nonsense."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def counted(rows: QuerySet) -> str:
    """How many there are, without ever counting a million."""
    number = rows.order_by().values("pk")[: COUNTED + 1].count()
    return f"{COUNTED}+" if number > COUNTED else str(number)


def address(query, **changes) -> str:
    """The query of an address with some parameters changed (None: left out); the cursor never
    survives a change, for another list begins at its beginning.
    """
    kept = [
        (key, value)
        for key in query
        for value in query.getlist(key)
        if value and key not in {*changes, "before", "after"}
    ]
    return "?" + urlencode(kept + [(key, value) for key, value in changes.items() if value])
