"""Why a due date is this day: day by day for any length, and the receipt of a running clock.

The receipt tells on one line each how a clock began, paused, went on, was extended (and by whom),
was moved by a new holiday schedule and ended; both sides read the same record.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from governance import daywords, presentation
from governance.clocks import MOVED, is_wall
from governance.lengths import Length
from governance.models import Clock, Event
from governance.perform import steps_of
from governance.workdays import Calendar, Due, local

MOST_DAYS = 400
PLAIN_DAYS = ("工作日", daywords.ROUND_THE_CLOCK)
"""Reasons that need not stand beside the moment at which a period ends."""

LIFE = timedelta(seconds=1)
CLOCK_EVENTS = {
    "clock_warned": "将到期提醒",
    "clock_breached": "超期",
    "clock_escalated": "升级",
    MOVED: "时限重算",
}


@dataclass(frozen=True)
class Stretch:
    """One part of a clock's way: from `start` a length, to `due`; its days for ui/days.html."""

    title: str
    start: datetime
    length: Length
    due: Due
    days: list[dict]

    @property
    def lead(self) -> range:
        """Empty cells before the first day, Monday first."""
        return range(self.days[0]["date"].weekday() if self.days else 0)

    @property
    def counted(self) -> int:
        """How many days count."""
        return max((day["counted"] for day in self.days), default=0)


def stretch(calendar: Calendar, title: str, start: datetime, length: Length, due=None) -> Stretch:
    """Count a length from a moment, day by day.

    Args:
        due: the end, where it is known already (what was left of a paused clock).

    Raises:
        ValueError: the end lies outside the years that can be counted (Chinese sentence).
    """
    start = local(start)
    due = due or calendar.due(start, length)
    if (due.date - start.date()).days > MOST_DAYS:
        return Stretch(title, start, length, due, [])
    lines = daywords.explain(calendar, start, length, due)
    days = [day_dict(calendar, line, start, due) for line in lines]
    return Stretch(title, start, length, due, days)


def day_dict(calendar: Calendar, line, start: datetime, due: Due) -> dict:
    """One day as ui/days.html wants it."""
    last = line.date == due.date
    end = f"{end_of(due)} 到期"
    why = end if line.reason in PLAIN_DAYS else f"{line.reason},{end}"
    return {
        "date": line.date,
        "counted": line.nth,
        "reason": why if last else line.reason,
        "rest": not calendar.is_workday(line.date),
        "start": line.date == start.date(),
        "due": last,
    }


def end_of(due: Due) -> str:
    """The time of day at which a period ends; the last second of a day is its 24:00."""
    return "24:00" if f"{due.at:%H%M%S}" == "235959" else f"{due.at:%H:%M}"


def way_of(clock: Clock, calendar: Calendar) -> list[Stretch]:
    """How the due date of a clock comes about, as the clock itself counts it."""
    length = Length.parse(clock.length)
    if clock.resumed_at is None:
        way = [stretch(calendar, "自起算之时", clock.started_at, length)]
    else:
        way = [rest(clock, calendar)]
    if clock.extra:
        longer = Length.parse(clock.extra)
        way.append(stretch(calendar, "经批准延长,自原期限起", way[-1].due.at, longer))
    return way


def rest(clock: Clock, calendar: Calendar) -> Stretch:
    """What was left when the clock was paused, counted from where it went on."""
    start, minutes = local(clock.resumed_at), clock.remaining or 0
    if is_wall(clock):
        length = Length(minutes, "minutes")
        due = Due(start + timedelta(minutes=minutes), False)
    else:
        length = Length(max(minutes // 60, 1), "workhours")
        due = calendar.add_worktime(start, minutes)
    return stretch(calendar, "恢复计时后,余下时间自恢复之时", start, length, due)


# -- the receipt ----------------------------------------------------------------------------


def receipt(clock: Clock, user) -> list[dict]:
    """What befell a clock, oldest first: [{what, at, who, post, clause, text, facts, tone}].

    One query: the events of its record that touch a clock of this name while it ran.
    """
    acts = touching(clock)
    rows = (
        Event.objects.filter(matter_type=clock.matter_type_id, matter_id=clock.matter_id)
        .filter(step__in=[*acts, *CLOCK_EVENTS])
        .readable_by(user)
        .select_related("unit")
        .order_by("id")
    )
    begun = False
    lines = []
    for row in rows:
        if not concerns(row, clock):
            continue
        what = CLOCK_EVENTS.get(row.step) or acts[row.step]
        if what == "开始计时" and begun:
            continue
        begun = begun or what == "开始计时"
        lines.append(presentation.event_dict(row) | {"what": what})
    return lines


def touching(clock: Clock) -> dict[str, str]:
    """The steps of the clock's kind that do something to a clock of this name, and what."""
    found = {}
    for name, step in steps_of(clock.matter_type.model_class()).items():
        if clock.name in {spec.name for spec in step.starts}:
            found[name] = "开始计时"
        elif clock.name in step.pauses:
            found[name] = "暂停"
        elif clock.name in step.resumes:
            found[name] = "恢复"
        elif clock.name in step.stops:
            found[name] = "完成"
        elif clock.name in step.cancels:
            found[name] = "撤销"
        elif step.extends and clock.extra:
            found[name] = "延长"
    return found


def concerns(row: Event, clock: Clock) -> bool:
    """Whether an event lies in the life of this clock, and speaks of it."""
    if row.step in CLOCK_EVENTS and clock.label not in row.summary:
        return False
    ended = clock.met_at is not None and row.at > clock.met_at + LIFE
    return not ended and row.at >= clock.started_at - LIFE
