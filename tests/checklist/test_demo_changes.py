"""The demo's list changes: in the states people look for, in office hours, told once."""

from datetime import datetime

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from checklist.models import Application, Cause
from governance.models import Clock, Event
from governance.workdays import TZ

NOW = datetime(2026, 11, 20, 10, 20, tzinfo=TZ)


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker):
    """The demo loaded once for all tests of this module, and taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", at="2026-11-20T10:20")
        yield
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]


def test_changes_stand_in_the_states_that_people_look_for():
    states = set(Application.objects.values_list("state", flat=True))
    assert states == {"draft", "submitted", "returned", "reviewing", "approved"}
    assert Application.objects.get(state="submitted").late
    parallel = Application.objects.get(state="reviewing").current().filter(order=2)
    assert dict(parallel.values_list("name", "state")) == {"bianban": "open", "sifa": "agreed"}
    overdue = Cause.objects.get(state="overdue")
    assert overdue.applications.get().by_authority
    notice = Cause.objects.get(state="open", source="notice")
    assert notice.clocks.get(name="apply", met_at=None).due_at > NOW


def test_everything_happened_in_office_hours_before_now():
    for event in Event.objects.filter(matter_type__app_label="checklist", actor__isnull=False):
        at = timezone.localtime(event.at)
        assert at <= NOW and at.weekday() < 5 and 8 <= at.hour < 18, (event.label, at)


def test_a_second_load_adds_nothing():
    before = [model.objects.count() for model in (Application, Cause, Event, Clock)]
    call_command("load_demo", at="2026-11-23T09:00")
    assert [model.objects.count() for model in (Application, Cause, Event, Clock)] == before
