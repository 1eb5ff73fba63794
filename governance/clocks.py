"""Clocks 时限: starting, stopping, pausing and recomputing what units have promised.

Due dates are stored. Pausing and resuming count working time for limits in working time, and
time on the wall for limits in minutes and hours (decisions 5, 27).
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from governance import bulk, calendars, steps
from governance.models import Clock, Event, Rulebook, Unit
from governance.models.ledger import place
from governance.steps import Param
from governance.workdays import TZ, Due, Length

WALL = frozenset({"minutes", "hours"})
BATCH = 5000
MOVED = "clock_moved"


def apply(record, move, calendar) -> None:
    """Do to the record's clocks what the step says: stop, cancel, pause, resume, start."""
    step = move.step
    touched = {*step.stops, *step.cancels, *step.pauses, *step.resumes}
    touched |= {spec.name for spec in step.starts}
    longer = step.extends(record, move) if step.extends else {}
    if not touched and not longer:
        return
    running = {clock.name: clock for clock in record.clocks.running()} if move.source else {}
    for name in (*step.stops, *step.cancels):
        if name in running:
            finish(running.pop(name), move.at, cancelled=name in step.cancels)
    since = step.pauses_since(record, move) if step.pauses_since else move.at
    for name in step.pauses:
        if name in running:
            pause(running[name], since, calendar)
    for name in step.resumes:
        if name in running:
            resume(running[name], move.at, calendar)
    for name, length in longer.items():
        if name in running:
            extend(running[name], length, calendar)
    for spec in step.starts:
        if spec.name in running:
            finish(running.pop(spec.name), move.at, cancelled=True)
        start(record, spec, move, calendar)


def start(record, spec, move, calendar) -> Clock | None:
    """Start the clock that `spec` describes for `record`.

    Returns:
        The saved clock, or None where the rulebook sets no such limit.
    """
    key, length = length_of(spec, record)
    if length is None:
        return None
    began = spec.since(record, move) if spec.since else move.at
    due = calendar.due(began, length)
    clock = Clock(
        **place(record),
        kind=Clock.Kind.TIMER if spec.timer else Clock.Kind.PROMISE,
        name=spec.name,
        label=said(spec.label, record),
        title=record.title[:160],
        owed_by_id=spec.owes(record) if callable(spec.owes) else getattr(record, spec.owes),
        rulebook=record.rulebook,
        param=key,
        length=str(length),
        clause=record.cited(said(spec.clause, record)),
        ladder=said(spec.ladder, record),
        started_at=began,
        due_at=due.at,
        provisional=due.provisional,
        on_breach=spec.on_breach,
    )
    schedule(clock, calendar)
    clock.save()
    return clock


def said(word, record) -> str:
    """A word of a clock's description, which may depend on the record."""
    return word(record) if callable(word) else word


def length_of(spec, record) -> tuple[str, Length | None]:
    """How long the promise is for this record, and which parameter of the rulebook says so.

    Returns:
        (key, length); the key is empty where the record itself says how long, and the length is
        None where the record has no such clock.
    """
    if not isinstance(spec.length, Param):
        return "", spec.length(record)
    key = spec.length.of(record)
    return key, record.rulebook.value(key) if key else None


def schedule(clock: Clock, calendar) -> None:
    """Set when to warn (yellow) and when the sweep must look next."""
    clock.warn_at = None if clock.kind == Clock.Kind.TIMER else warning(clock, calendar)
    clock.next_at = upcoming(clock, calendar)


def warning(clock: Clock, calendar) -> datetime | None:
    """The last fifth of the length, at least two working hours before (urgent: last third)."""
    book = clock.rulebook
    began = clock.resumed_at or clock.started_at
    if is_wall(clock):
        share = book.value("warn.urgent_fraction") / 100
        return began + (clock.due_at - began) * (1 - share)
    total = calendar.worktime(began, clock.due_at)
    floor = book.value("warn.general_floor").amount * 60
    lead = max(round(total * book.value("warn.general_percent") / 100), floor)
    return calendar.add_worktime(began, total - lead).at if total > lead else None


def is_wall(clock: Clock) -> bool:
    """Whether the clock runs round the clock."""
    return Length.parse(clock.length).unit in WALL


def rungs(clock: Clock) -> list[dict]:
    """The ladder that the clock climbs; a confidential one ends with those who may know of it, and
    one that its own step ends with the breach: had no sweep been missed, it would not have climbed.
    """
    ladder = clock.rulebook.value(f"ladder.{clock.ladder}")
    return ladder[:1] if clock.confidential or ends_itself(clock) else ladder


def ends_itself(clock: Clock) -> bool:
    """Whether the step that falls due with the clock ends it; another limit may follow, and
    whatever comes after that one must not come before it (JQ-清单-24).
    """
    if not clock.on_breach:
        return False
    model = ContentType.objects.get_for_id(clock.matter_type_id).model_class()
    step = steps.of(model, clock.on_breach)
    return clock.name in (*step.stops, *step.cancels)


def upcoming(clock: Clock, calendar) -> datetime | None:
    """The moment at which the sweep has something to do, or None."""
    if clock.paused_at or clock.met_at:
        return None
    if clock.kind == Clock.Kind.TIMER:
        return None if clock.fired_at else clock.due_at
    if clock.warn_at and not clock.warned_at and not clock.level:
        return clock.warn_at
    ladder = rungs(clock)
    if clock.level >= len(ladder):
        return None
    return rung_at(clock, ladder[clock.level], calendar)


def rung_at(clock: Clock, rung: dict, calendar) -> datetime:
    """When a rung of the ladder is reached; the first is the due moment itself."""
    after = rung["after"]
    return calendar.due(clock.due_at, after).at if after.amount else clock.due_at


def finish(clock: Clock, at: datetime, cancelled: bool = False) -> None:
    """End a clock. One that ends late is breached at its due time, swept or not."""
    note_breach(clock, at)
    clock.met_at, clock.cancelled, clock.next_at = at, cancelled, None
    clock.save(update_fields=["met_at", "cancelled", "next_at", "breached_at", "level"])


def note_breach(clock: Clock, at: datetime) -> None:
    """Whatever ends or stops late is breached at its due time, although no sweep has seen it."""
    late = not clock.paused_at and at > clock.due_at
    if late and clock.kind == Clock.Kind.PROMISE and not clock.breached_at:
        clock.breached_at = clock.due_at
        clock.level = max(clock.level, 1)


def pause(clock: Clock, at: datetime, calendar) -> None:
    """Stop the ticking; what is left is kept in working minutes (wall minutes for WALL).

    `at` may lie back: what was asked for in time and granted late heals as an extension does.
    """
    if clock.paused_at:
        return
    at = max(at, clock.resumed_at or clock.started_at)
    if clock.breached_at and at <= clock.due_at:
        unbreak(clock)
    note_breach(clock, at)
    clock.remaining = minutes_left(clock, at, calendar)
    clock.paused_at, clock.next_at, clock.extra = at, None, ""
    clock.save()


def unbreak(clock: Clock) -> None:
    """Take back what the passing of the due date has done: it was not the owing unit's time."""
    clock.warned_at = clock.breached_at = clock.fired_at = clock.done_at = None
    clock.level = 0


def minutes_left(clock: Clock, at: datetime, calendar) -> int:
    """What is left of a clock, in the time in which it runs."""
    if is_wall(clock):
        return max(int((clock.due_at - at).total_seconds() // 60), 0)
    return calendar.worktime(at, clock.due_at)


def resume(clock: Clock, at: datetime, calendar) -> None:
    """Let it tick again from `at`, with what was left. Waking never turns red by itself."""
    if not clock.paused_at:
        return
    clock.resumed_at, clock.paused_at = at, None
    due = recomputed(clock, calendar)
    clock.due_at, clock.provisional = due.at, due.provisional
    schedule(clock, calendar)
    clock.save()


def extend(clock: Clock, length: Length, calendar) -> None:
    """Move the due date of a running clock by `length`, counted from the date that stood.

    What was asked for in time and granted late heals: only the new date can be broken.
    """
    clock.extra = longer_by(clock.extra, length)
    due = recomputed(clock, calendar)
    clock.due_at, clock.provisional = due.at, due.provisional
    unbreak(clock)
    schedule(clock, calendar)
    clock.save()


def longer_by(extra: str, length: Length) -> str:
    """The sum of what a clock was extended by before and of `length`, in the same unit."""
    before = Length.parse(extra).amount if extra else 0
    return str(Length(before + length.amount, length.unit))


def recompute(counties: Iterable[Unit] | None, first: date, last: date, at=None) -> int:
    """Move every open clock whose time touches the days from `first` to `last`.

    Closed clocks are never touched; a breach that has happened stays. Each clock that moves
    leaves an event (decision: loading a year never happens in silence).

    Returns:
        How many clocks moved.
    """
    at = at or timezone.now()
    zone = timezone.get_current_timezone()
    begin = datetime.combine(first, time.min, zone)
    end = datetime.combine(last + timedelta(days=1), time.min, zone)
    touched = Clock.objects.running().filter(
        Q(due_at__gte=begin), Q(started_at__lt=end), paused_at=None, breached_at=None
    )
    if counties is not None:
        touched = touched.filter(county__in=counties)
    moved, past = 0, 0
    while True:
        batch_moved, past = recompute_batch(touched.filter(id__gt=past), at)
        moved += batch_moved
        if not past:
            return moved


@transaction.atomic
def recompute_batch(clocks, at: datetime) -> tuple[int, int]:
    """Recompute the next BATCH clocks: a constant number of statements.

    Returns:
        (how many moved, id of the last one looked at or 0 at the end).
    """
    rows = list(clocks.order_by("id").select_for_update(of=("self",))[:BATCH])
    complete(rows)
    changed, events = [], []
    known = calendars.current()
    for clock in rows:
        calendar = known.of(clock.county)
        before = clock.due_at
        due = recomputed(clock, calendar)
        if due.at == before and due.provisional == clock.provisional:
            continue
        clock.due_at, clock.provisional = due.at, due.provisional
        schedule(clock, calendar)
        changed.append(clock)
        events.append(moved_event(clock, before, at))
    bulk.update(Clock, changed, ["due_at", "provisional", "warn_at", "next_at"])
    bulk.insert(Event, events)
    return len(changed), rows[-1].pk if rows else 0


def complete(rows: list[Clock]) -> None:
    """Give clocks their county, unit and rulebook: two queries, however many there are.

    A join would bring the whole rulebook once per clock, and each would be read anew.
    """
    units = Unit.objects.in_bulk({key for row in rows for key in (row.county_id, row.owed_by_id)})
    books = Rulebook.objects.in_bulk({row.rulebook_id for row in rows} - {None})
    for row in rows:
        row.county, row.owed_by = units[row.county_id], units[row.owed_by_id]
        row.rulebook = books.get(row.rulebook_id)


def recomputed(clock: Clock, calendar):
    """The due date of an open clock by the calendar of today: from its start, or from where it
    was resumed with what was left; an extension counts from the date that it extends.
    """
    length = Length.parse(clock.length)
    if clock.resumed_at is None:
        due = calendar.due(clock.started_at, length)
    elif length.unit in WALL:
        minutes = Length(clock.remaining, "minutes")
        due = calendar.due(clock.resumed_at, minutes) if clock.remaining else None
    else:
        due = calendar.add_worktime(clock.resumed_at, clock.remaining)
    if due is None:
        due = Due(clock.resumed_at, False)
    if not clock.extra:
        return due
    longer = calendar.due(due.at, Length.parse(clock.extra))
    return Due(longer.at, due.provisional or longer.provisional)


def moved_event(clock: Clock, before: datetime, at: datetime) -> dict:
    """The trail's line of a clock that a new holiday schedule has moved."""
    was, now = (moment.astimezone(TZ) for moment in (before, clock.due_at))
    return clock_event(
        clock,
        MOVED,
        "时限重算",
        at,
        f"因工作日安排更新,{clock.label}期限由{was:%Y-%m-%d %H:%M}"
        f"改为{now:%Y-%m-%d %H:%M}{'(暂定)' if clock.provisional else ''}",
    )


def clock_event(clock: Clock, step: str, label: str, at: datetime, summary: str) -> dict:
    """The columns of an event about a clock, written by 系统."""
    return {
        "county_id": clock.county_id,
        "owner_id": clock.owner_id,
        "matter_type_id": clock.matter_type_id,
        "matter_id": clock.matter_id,
        "root_type_id": clock.root_type_id,
        "root_id": clock.root_id,
        "confidential": clock.confidential,
        "step": step,
        "label": label,
        "actor_name": "系统",
        "unit_id": clock.owed_by_id,
        "at": at,
        "clause": clock.clause,
        "rulebook_id": clock.rulebook_id,
        "summary": summary,
    }
