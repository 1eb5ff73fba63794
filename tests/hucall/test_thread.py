"""The thin thread: file → dispatch → sign in → finish → rate → archive."""

import pytest

from governance import sweep
from governance.models import Clock, Event, Notice
from governance.perform import perform
from governance.roles import Role
from governance.tasks import fire
from hucall.models import Call
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    load_calendar()
    return County()


def test_a_call_goes_from_filing_to_the_archive(county):
    call = make.filed(county)
    assert (call.state, call.number) == ("submitted", "冠呼〔2026〕1号")
    call = make.dispatched(county, call=call, assist=["县市场监管局"])
    assert call.state == "handling"
    lead = make.sign_in(county, make.part(call, county))
    helper = make.sign_in(county, make.part(call, county, "县市场监管局"))
    helper = make.finish(county, helper)
    lead = make.finish(county, lead)
    call = Call.objects.get(pk=call.pk)
    assert (lead.state, helper.state, call.state) == ("finished", "finished", "finished")
    rating = call.ratings.get(response=lead)
    clerk = county.user(Role.TOWNSHIP_CLERK)
    perform(rating, "rate", actor=clerk, at=make.FILED, facts={"level": "satisfied"})
    archive = Clock.objects.get(name="archive")
    sweep.sweep(archive.due_at)
    fire(archive.due_at)
    call = Call.objects.get(pk=call.pk)
    assert call.state == "archived"
    assert set(call.ratings.values_list("state", flat=True)) == {"rated", "unrated"}
    assert Event.objects.filter(root_id=call.pk).count() > 8
    assert Notice.objects.exists()


def test_an_overdue_department_turns_yellow_red_and_is_supervised(county):
    call = make.dispatched(county, at=moment("2026-11-10 09:00"))
    clock = Clock.objects.get(name="sign_in")
    assert clock.due_at == moment("2026-11-11 17:30")
    assert sweep.sweep(moment("2026-11-11 15:31")).as_dict() == {
        "warned": 1,
        "breached": 0,
        "escalated": 0,
    }
    assert sweep.sweep(moment("2026-11-11 17:30")).breached == 1
    fire(moment("2026-11-11 17:31"))
    supervision = call.supervisions.get()
    assert supervision.number == "冠督〔2026〕1号"
    assert "报到应于2026年11月11日 17:30前完成" in supervision.ground
    assert sweep.sweep(moment("2026-11-12 17:30")).escalated == 1
    count = sweep.sweep(moment("2026-11-20 17:30"))
    assert count.escalated >= 2
    assert Clock.objects.get(name="sign_in").referral.unit.short_name == "县公安局"
