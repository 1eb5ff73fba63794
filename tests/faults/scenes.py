"""A county in which the sweep has something of everything to do, and a picture of the result."""

from governance import sweep
from governance.models import Clock, Event, Notice, Referral
from governance.roles import Role
from governance.tasks import fire
from hucall.models import Call, Supervision
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment

NOW = moment("2026-11-17 17:30")


def build() -> County:
    """Calls that are early, yellow, red, and far up the ladder at NOW."""
    load_calendar()
    county = County()
    for role in (Role.PLATFORM, Role.DUCHA, Role.DEPARTMENT_CLERK, Role.DEPARTMENT_LEADER):
        county.user(role, email=f"{role.replace('_', '-')}@example.com")
    for day in ("09 09:00", "10 10:00", "13 09:00", "16 15:00", "17 09:00"):
        make.dispatched(county, at=moment(f"2026-11-{day}"), assist=["县市场监管局"])
    make.urgent(county, at=moment("2026-11-17 16:00"))
    return county


def run() -> None:
    """What beat sets off each minute."""
    sweep.sweep(NOW)
    fire(NOW)


def picture() -> dict:
    """All that a sweep may write, without row numbers and without the hour of recording.

    Rows that a sweep makes are known by their file: a sequence of PostgreSQL never goes back, so
    their own numbers differ between what was undone and what was done.
    """
    clocks = Clock.objects.values_list(
        *(
            "root_id",
            "owed_by",
            "name",
            "started_at",
            "due_at",
            "warned_at",
            "breached_at",
            "level",
        ),
        *("next_at", "fired_at", "done_at", "met_at"),
    )
    events = Event.objects.values_list("root_id", "unit", "step", "at", "summary")
    notices = Notice.objects.values_list("recipient", "title", "body", "created_at")
    return {
        "clocks": sorted(clocks, key=str),
        "events": sorted(events, key=str),
        "notices": sorted(notices, key=str),
        "referrals": sorted(Referral.objects.values_list("clock", "ground", "at"), key=str),
        "supervisions": sorted(Supervision.objects.values_list("number", "response", "ground")),
        "calls": sorted(Call.objects.values_list("id", "state", "version")),
    }
