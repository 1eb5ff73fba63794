"""The one sweep: it warns, breaches and climbs the ladder for all clocks that are due.

It is a function of the rows and of the time alone: a missed, doubled or killed run changes
nothing but the delay, and a breach bears the due time, not the sweep's (decision 27). Each batch
is one transaction with a constant number of statements.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from governance import bulk, calendars, clocks, notices
from governance.models import Clock, Event, Referral
from governance.roles import CLERKS, LEADERS, Role
from governance.workdays import TZ

BATCH = 5000
FIELDS = ["warned_at", "breached_at", "level", "next_at", "fired_at"]

COUNTY_ROLES = {"platform": Role.PLATFORM, "ducha": Role.DUCHA, "jiwei": Role.JIWEI}
UNIT_ROLES = {"owner": CLERKS, "leader": LEADERS}
RUNG_LABELS = {
    "owner": "承办单位",
    "leader": "单位主要负责人",
    "platform": "响应平台",
    "ducha": "督查机构",
    "referral": "问责线索",
}
REFERRAL = "referral"


@dataclass
class Count:
    """What a sweep did."""

    warned: int = 0
    breached: int = 0
    escalated: int = 0

    def as_dict(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class Happening:
    """One thing that happened to one clock: `rung` is empty for a warning."""

    clock: Clock
    at: datetime
    level: int
    rung: dict


def sweep(now: datetime | None = None) -> Count:
    """Handle every clock that is due at `now`, batch by batch."""
    now, count = now or timezone.now(), Count()
    while sweep_batch(now, count):
        pass
    return count


@transaction.atomic
def sweep_batch(now: datetime, count: Count) -> bool:
    """Handle one batch; whether there may be another one."""
    due = list(
        Clock.objects.filter(met_at=None, paused_at=None, next_at__lte=now)
        .order_by("next_at", "id")
        .select_for_update(skip_locked=True, of=("self",))[:BATCH]
    )
    if not due:
        return False
    clocks.complete(due)
    known = calendars.current()
    happenings = [one for clock in due for one in advance(clock, now, known.of(clock.county))]
    write(happenings, now, known)
    bulk.update(Clock, due, FIELDS)
    tally(happenings, count)
    return len(due) == BATCH


def advance(clock: Clock, now: datetime, calendar) -> list[Happening]:
    """Bring one clock up to `now`; after an outage that may be several rungs at once."""
    found = []
    while (clock.next_at is not None) and clock.next_at <= now:
        at = clock.next_at
        if clock.kind == Clock.Kind.TIMER:
            clock.fired_at = at
        elif clock.warn_at and not clock.warned_at and not clock.level:
            clock.warned_at = at
            if clock.due_at > now:
                found.append(Happening(clock, at, 0, {}))
        elif clock.level < len(clocks.rungs(clock)):
            found.append(climb(clock, at))
        clock.next_at = clocks.upcoming(clock, calendar)
    return found


def climb(clock: Clock, at: datetime) -> Happening:
    """One rung up; the first is the breach itself."""
    rung = clocks.rungs(clock)[clock.level]
    clock.level += 1
    if clock.level == 1:
        clock.breached_at = clock.due_at
        clock.fired_at = clock.due_at if clock.on_breach else None
    return Happening(clock, at, clock.level, rung)


def tally(happenings: list[Happening], count: Count) -> None:
    """Add up what happened."""
    for one in happenings:
        if one.level == 0:
            count.warned += 1
        elif one.level == 1:
            count.breached += 1
        else:
            count.escalated += 1


def write(happenings: list[Happening], now: datetime, known) -> None:
    """Events, notices and referrals of a batch: one statement each."""
    if not happenings:
        return
    bulk.insert(Event, [event(one) for one in happenings])
    referred = [one for one in happenings if REFERRAL in one.rung.get("to", ())]
    bulk.insert(Referral, [referral(one) for one in referred], ignore_conflicts=True)
    home, lines = {}, []
    for one, users in told(happenings):
        words = notice(one)
        for user in users:
            home[user.pk] = one.clock.county_id
            lines.append(notices.Line(user, **words))
    notices.write(lines, now, lambda user: known.of(home[user.pk]))


def event(one: Happening) -> dict:
    """The columns of the trail's line."""
    clock = one.clock
    due = clock.due_at.astimezone(TZ)
    if one.level == 0:
        words = (
            "clock_warned",
            "将到期提醒",
            f"{clock.owed_by}:{clock.label}将于{due:%m月%d日 %H:%M}到期",
        )
    elif one.level == 1:
        words = (
            "clock_breached",
            "超期",
            f"{clock.owed_by}:{clock.label}已于{due:%m月%d日 %H:%M}到期未完成",
        )
    else:
        to = "、".join(RUNG_LABELS.get(who, who) for who in one.rung["to"])
        words = "clock_escalated", "升级", f"{clock.owed_by}:{clock.label}仍未完成,报{to}"
    step, label, summary = words
    return clocks.clock_event(clock, step, label, one.at, summary)


def referral(one: Happening) -> dict:
    """The columns of the row that those who hold units accountable will read."""
    clock = one.clock
    return {
        "county_id": clock.county_id,
        "owner_id": clock.owner_id,
        "unit_id": clock.owed_by_id,
        "matter_type_id": clock.matter_type_id,
        "matter_id": clock.matter_id,
        "root_type_id": clock.root_type_id,
        "root_id": clock.root_id,
        "clock_id": clock.pk,
        "ground": f"{clock.owed_by}“{clock.title[:100]}”{clock.label}超期未完成",
        "clause": clock.clause,
        "at": one.at,
    }


def told(happenings: list[Happening]) -> Iterator[tuple]:
    """Each happening with the users who are told of it; people are found by two queries in all."""
    pairs = {
        (one.clock.owed_by_id, UNIT_ROLES[who])
        for one in happenings
        for who in audience(one)
        if who in UNIT_ROLES
    }
    people = notices.recipients(pairs)
    desks = notices.county_holders(
        {one.clock.county_id for one in happenings if audience(one) & set(COUNTY_ROLES)},
        COUNTY_ROLES.values(),
    )
    for one in happenings:
        users = {}
        for who in sorted(audience(one)):
            found = (
                people.get((one.clock.owed_by_id, UNIT_ROLES[who]), ())
                if who in UNIT_ROLES
                else desks.get((one.clock.county_id, COUNTY_ROLES.get(who)), ())
            )
            for user in found:
                users.setdefault(user.pk, user)
        yield one, users.values()


def audience(one: Happening) -> set[str]:
    """Who is told of a happening; a warning goes to those who owe."""
    return set(one.rung.get("to", ())) - {REFERRAL} if one.level else {"owner"}


def notice(one: Happening) -> dict:
    """One line of an inbox, the same for all who are told."""
    clock = one.clock
    word = ("将到期", "已超期", "超期升级")[min(one.level, 2)]
    return {
        "dedupe": f"clock:{clock.pk}:{clock.due_at:%Y%m%d%H%M}:{one.level}",
        "title": f"{clock.label}{word}:{clock.title}"[:200],
        "body": f"{clock.owed_by} · 期限 {clock.due_at.astimezone(TZ):%Y年%m月%d日 %H:%M}",
        "url": f"/matters/{clock.root_type_id}/{clock.root_id}/",
        "tone": "soon" if one.level == 0 else "late",
        "urgent": clock.ladder == "urgent",
        "created_at": one.at,
    }
