"""Days in an address: `as_of` of pages, exports and the API is read here alone."""

import re
from datetime import date

from django.utils import timezone

SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
OLDEST = 2000
"""No list of duties between county and township is older."""


def read(text: str) -> date | None:
    """The day that a reader asks for; None where none is named.

    Args:
        text: 2026-11-21, as the address says it.

    Raises:
        ValueError: no such day, too early, or still to come; the message is Chinese.
    """
    text = (text or "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if SHAPE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError("日期应写成“2026-11-21”的样子,且须是日历上有的一天。")
    if day > timezone.localdate():
        raise ValueError("日期不能晚于今天:以后哪一版有效,要到公布时才知道。")
    if day.year < OLDEST:
        raise ValueError(f"日期过早:请填写 {OLDEST} 年以后的日期。")
    return day
