"""The demo's list changes: in the states people look for, in office hours, told once."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from checklist.channels import gaps, of_county
from checklist.models import Application, Cause, Channel, Suggestion
from checklist.selectors import current_edition
from governance.models import Clock, Event, Unit, User
from tests.demo import NOW
from tests.governance.visiting import visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]


def test_changes_stand_in_the_states_that_people_look_for():
    states = set(Application.objects.values_list("state", flat=True))
    assert states == {"draft", "submitted", "returned", "reviewing", "approved"}
    assert Application.objects.get(state="submitted").late
    parallel = (
        Application.objects.get(state="reviewing", cause__source="self").current().filter(order=2)
    )
    assert dict(parallel.values_list("name", "state")) == {"bianban": "open", "sifa": "agreed"}
    overdue = Cause.objects.get(state="overdue")
    assert overdue.applications.get().by_authority
    notice = Cause.objects.get(state="open", source="notice")
    assert notice.clocks.get(name="apply", met_at=None).due_at > NOW


def test_suggestions_stand_in_their_states_and_one_became_an_application():
    states = list(Suggestion.objects.order_by("state").values_list("state", flat=True))
    assert states == ["answered", "answered", "closed", "invalid", "received", "routed"]
    channels = set(Suggestion.objects.values_list("channel", flat=True))
    assert channels == {"web", "visit", "letter", "phone"}
    adopted = Suggestion.objects.get(result="adopted")
    assert adopted.cause.applications.get().state == "reviewing"
    assert not Suggestion.objects.filter(name="").exclude(no_answer=True).exists()


def test_units_publish_their_channels_and_some_are_left_to_do():
    for code in ("371525", "230811"):
        rows = of_county(Unit.objects.get(kind="county", region_code=code))
        assert 0 < len(gaps(rows)) < len(rows) - 10 or code == "230811"
        assert all(row.mail.endswith("@example.org") for row in rows if row.mail)


def test_some_items_have_a_run_flow_in_force_that_their_page_draws():
    edition = current_edition(Unit.objects.get(kind="county", region_code="371525"))
    drawn = list(edition.members.exclude(flowchart=None))
    assert len(drawn) == 3
    client = visit(User.objects.get(username="qingquan.clerk"))
    for member in drawn:
        page = client.get(f"/checklist/items/{member.item_id}/")
        assert b'<svg class="flow"' in page.content


def test_everything_happened_in_office_hours_before_now():
    for event in Event.objects.filter(matter_type__app_label="checklist", actor__isnull=False):
        at = timezone.localtime(event.at)
        assert at <= NOW and at.weekday() < 5 and 8 <= at.hour < 18, (event.label, at)


def test_a_second_load_adds_nothing():
    models = (Application, Cause, Suggestion, Channel, Event, Clock)
    before = [model.objects.count() for model in models]
    call_command("load_demo", at="2026-11-23T09:00")
    assert [model.objects.count() for model in models] == before
