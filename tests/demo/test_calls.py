"""The demo's calls: in every state, true in their clocks, told once, and blind between counties."""

from itertools import pairwise

import pytest
from django.core.management import call_command

from governance import trail
from governance.models import Attachment, Clock, Event, Notice, Referral, Unit, User
from hucall.models import (
    Call,
    Callback,
    Extension,
    Rating,
    Response,
    Ruling,
    Supervision,
    Suspension,
)
from tests.demo import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]


def states(model) -> set[str]:
    return set(model.objects.values_list("state", flat=True))


def test_calls_stand_in_every_state():
    assert states(Call) == set(Call.State.values) - {"new", "proposed"}
    kinds = set(Call.objects.values_list("kind", flat=True))
    channels = set(Call.objects.values_list("channel", flat=True))
    assert kinds == {"complex", "key", "urgent"} and {"12345", "hotline", "phone"} <= channels


def test_parts_ratings_and_callbacks_stand_in_every_state_that_people_look_for():
    assert {"waiting", "working", "returning", "ruling", "suspended", "finished"} <= states(
        Response
    )
    assert {"pending", "rated", "unrated"} <= states(Rating)
    assert set(Rating.objects.values_list("level", flat=True)) >= set(Rating.Level.values)
    assert states(Callback) >= {"pending", "done"}
    assert states(Supervision) >= {"issued", "replied", "closed"}


def test_there_is_something_to_decide_and_something_decided():
    assert set(Extension.objects.values_list("decision", flat=True)) == {"pending", "granted"}
    assert Suspension.objects.filter(decision="granted").exists()
    assert Response.objects.filter(statutory_due__isnull=False, plan_accepted_at__isnull=False)
    assert Ruling.objects.filter(upheld=True, terms__found="排水沟").exists()
    assert Response.objects.filter(round=2).exists() and Response.objects.filter(excluded=True)


def test_nothing_is_left_that_the_sweep_should_have_done():
    due = Clock.objects.filter(met_at=None, paused_at=None)
    assert not due.filter(next_at__lte=NOW).exists()
    assert not Clock.objects.filter(fired_at__isnull=False, done_at=None).exists()
    late = due.promises().filter(due_at__lte=NOW)
    assert late.exists() and not late.filter(breached_at=None).exists()


def test_yellow_red_and_the_ladder_are_there():
    open_clocks = Clock.objects.filter(met_at=None, confidential=False)
    assert open_clocks.filter(warned_at__isnull=False, breached_at=None).exists()
    assert set(open_clocks.values_list("level", flat=True)) >= {0, 1, 2, 3, 4}
    assert Referral.objects.filter(unit__short_name="县市场监督管理局").exists()
    assert Supervision.objects.filter(unit__short_name="县民政局").exists()


def test_a_breach_bears_the_due_time():
    for clock in Clock.objects.exclude(breached_at=None):
        assert clock.breached_at == clock.due_at


def test_events_follow_each_other_in_time():
    for county in Unit.objects.filter(kind="county"):
        events = Event.objects.filter(county=county).order_by("id")
        written = list(events.values_list("at", flat=True))
        late = sum(earlier > later for earlier, later in pairwise(written))
        # A sweep comes within a minute after what it records.
        assert late <= len(written) / 20
        assert max(written) <= NOW


def test_numbers_are_without_gaps_and_in_the_order_of_filing():
    county = Unit.objects.get(kind="county", name="冠县")
    rows = Call.objects.filter(county=county, number__contains="呼").order_by("raised_at", "id")
    numbers = [int(number.split("〕")[1][:-1]) for number in rows.values_list("number", flat=True)]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_the_chain_of_the_trail_holds():
    trail.seal(NOW)
    for county in Unit.objects.filter(kind="county"):
        assert not trail.verify(county).broken


def test_counties_are_blind_to_each_other():
    """Decision 37."""
    for name, home in (("platform", "冠县"), ("jiaoqu.platform", "佳木斯市郊区")):
        seen = Call.objects.visible_to(User.objects.get(username=name))
        assert set(seen.values_list("county__name", flat=True)) == {home}


def test_old_notices_are_read_and_new_ones_wait():
    assert Notice.objects.filter(read_at=None).exists()
    assert not Notice.objects.filter(read_at=None, created_at__lt=NOW.replace(day=17)).exists()


def test_pictures_are_real_files():
    pictures = Attachment.objects.filter(media_type="image/png")
    assert pictures.count() >= 20
    with pictures.first().file.open() as file:
        assert file.read(8) == b"\x89PNG\r\n\x1a\n"


def test_a_second_load_adds_nothing(capsys):
    models = (Call, Response, Rating, Event, Clock, Notice, Attachment, User, Unit)
    before = [model.objects.count() for model in models]
    call_command("load_demo", at="2026-11-23T09:00")
    assert [model.objects.count() for model in models] == before


def test_every_item_and_unit_of_the_stories_is_on_the_list():
    """A call without its wording would have no proposal for the dispatcher."""
    filed = Call.objects.exclude(state="draft").select_related("edition")
    assert not filed.filter(revision=None).exists()
    assert all(call.edition.sample for call in filed)
