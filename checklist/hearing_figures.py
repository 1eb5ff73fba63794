"""Statistics of suggestions: by month, channel, unit, result (GX-清单-31: 收集整理)."""

from __future__ import annotations

from django.db.models import Count
from django.db.models.functions import ExtractMonth, ExtractYear

from checklist.models import Suggestion


def of_year(rows, year: int) -> dict:
    """The figures of one year, each a list of (label, count).

    Args:
        rows: the suggestions that the reader may see.
    """
    rows = rows.annotate(year=ExtractYear("raised_at")).filter(year=year).order_by()
    months = dict(
        rows.annotate(month=ExtractMonth("raised_at")).values_list("month").annotate(Count("id"))
    )
    units = rows.values_list("unit__short_name").annotate(n=Count("id")).order_by("-n")
    return {
        "total": rows.count(),
        "months": [(f"{month}月", months.get(month, 0)) for month in range(1, 13)],
        "channels": labelled(rows, "channel", Suggestion.Channel),
        "people": labelled(rows, "person", Suggestion.Person),
        "states": labelled(rows, "state", Suggestion.State)[1:],
        "results": [*labelled(rows, "result", Suggestion.Result), ("尚无结果", none(rows))],
        "units": [(name or "尚未转办", count) for name, count in units],
        "adopted": rows.exclude(cause=None).count(),
    }


def labelled(rows, field: str, choices) -> list[tuple[str, int]]:
    """How many rows have each value of a field, every value named."""
    counts = dict(rows.values_list(field).annotate(Count("id")))
    return [(label, counts.get(value, 0)) for value, label in choices.choices]


def none(rows) -> int:
    """How many have no result yet."""
    return rows.filter(result="").count()
