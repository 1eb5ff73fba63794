"""Celery tasks of 乡呼县应: the figures kept ready, and the month's bulletin drafted."""

from celery import current_app, shared_task
from celery.schedules import crontab
from django.db import IntegrityError
from django.utils import timezone

from governance import calendars
from governance.models import Rulebook, Unit
from governance.perform import perform
from governance.steps import Refused
from hucall import bulletins, digests

REFRESH_SECONDS = 180


@shared_task(name="hucall.refresh_digests", ignore_result=True)
def refresh_digests():
    """Compute the figures that somebody looks at anew."""
    digests.refresh_all(timezone.now())


@shared_task(name="hucall.monthly_bulletin", ignore_result=True)
def monthly_bulletin():
    """Draft last month's bulletin of each county, from the first working day of the month on."""
    draft_bulletins(timezone.now())


def draft_bulletins(now) -> int:
    """One draft per county and month, however often and however late this runs.

    Returns:
        How many were drafted.
    """
    today, done = timezone.localdate(now), 0
    for county in Unit.objects.active().filter(kind=Unit.Kind.COUNTY):
        if not begun(county, today):
            continue
        bulletin = bulletins.of_last_month(county, today)
        if bulletin is None:
            continue
        try:
            perform(bulletin, "generate", actor=None, at=now)
        except (Refused, IntegrityError, Rulebook.DoesNotExist):
            continue  # somebody else was quicker, or the county is not set up
        done += 1
    return done


def begun(county: Unit, today) -> bool:
    """Whether the month has had a working day, today included."""
    calendar = calendars.for_county(county)
    return any(calendar.is_workday(today.replace(day=day)) for day in range(1, today.day + 1))


# Entries of beat; the core knows no app, so each app adds its own.
current_app.add_periodic_task(
    REFRESH_SECONDS, refresh_digests.s(), name="refresh_digests", expires=REFRESH_SECONDS
)
current_app.add_periodic_task(
    crontab(minute=20, hour="8-18"), monthly_bulletin.s(), name="monthly_bulletin", expires=3600
)
