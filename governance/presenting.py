"""Rows as the partials in templates/ui want them: plain dicts, no further query."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from governance.daywords import INSTANT, after, clock_words, day_words
from governance.lengths import Length

STATES = {
    # state: (word, icon, tone of its tag)
    "ok": ("正常", "ok", "blue"),
    "soon": ("将到期", "soon", "amber"),
    "late": ("已超期", "late", "red"),
    "paused": ("已暂停", "paused", "violet"),
    "met": ("已完成", "met", "green"),
    "met_late": ("超期完成", "met", "amber"),
    "cancelled": ("已撤销", "stopped", ""),
    "provisional": ("暂定", "provisional", "amber"),
}


Tones = Mapping[str, Mapping[str, tuple[str, str]]]
"""Per kind of record: state → (tone of its tag, icon). A status is always word + icon, colour only
helps.
"""


def tag(text: str, tone: str = "", icon: str = "") -> dict:
    """A tag for ui/tag.html."""
    return {"text": text, "tone": tone, "icon": icon}


def state_tag(record, tones: Tones) -> dict:
    """The state of a record as a tag."""
    own = tones[record._meta.model_name]
    return tag(record.get_state_display(), *own.get(record.state, ("", "ok")))


def name_of(unit) -> str:
    """A unit in short."""
    return unit.short_name or unit.name


def fact(label: str, value, **more) -> dict:
    """A line of ui/kv.html."""
    return {"label": label, "value": value, **more}


def clock_state(clock, now: datetime) -> str:
    """One word of STATES for a Clock row at `now`."""
    if clock.cancelled:
        return "cancelled"
    if clock.met_at:
        return "met_late" if clock.met_at > clock.due_at else "met"
    if clock.paused_at:
        return "paused"
    if now > clock.due_at:
        return "late"
    return "soon" if clock.warn_at and now >= clock.warn_at else "ok"


def worded(minutes: int, calendar, at: datetime, wall: bool) -> str:
    """Minutes in words: working days for limits in working time, hours on the wall for others."""
    day = calendar.season(timezone.localdate(at)).total // 60
    if wall or minutes < day:
        return clock_words(minutes) if minutes else INSTANT
    return day_words(minutes, day)


def clock_view(clock, calendar, now: datetime | None = None) -> dict:
    """A Clock row as `ui/clock.html` wants it.

    Args:
        clock: the row (owed_by may be deferred, it is not read).
        calendar: governance.workdays.Calendar of the county, for the rest in working time.
        now: the moment of the page; the present by default.
    """
    now = now or timezone.now()
    state = clock_state(clock, now)
    wall = not Length.parse(clock.length).by_worktime
    if state in ("ok", "soon", "late"):
        text = calendar.remaining(now, clock.due_at, wall=wall).text
    elif state == "paused":
        left = clock.remaining
        words = "" if left is None else worded(left, calendar, clock.paused_at, wall)
        text = after("暂停前剩", words) if words else ""
    elif state == "cancelled":
        text = ""
    else:
        took = int((clock.met_at - clock.started_at).total_seconds()) // 60
        minutes = took if wall else calendar.worktime(clock.started_at, clock.met_at)
        text = after("用时", worded(minutes, calendar, clock.met_at, wall))
    return {
        "label": clock.label,
        "state": state,
        "remaining": text,
        "due": clock.due_at,
        "met_at": clock.met_at,
        "clause": clock.clause,
        "provisional": clock.provisional and not clock.met_at,
        "length": clock.length,
    }


def step_view(one) -> dict:
    """An OpenStep of the door as `ui/next_steps.html` wants it."""
    return {
        "name": one.name,
        "label": one.label,
        "open": one.open,
        "reason": one.reason,
        "clause": one.clause or one.step.clause,
        "hint": "",
        "tone": one.step.tone,
    }
