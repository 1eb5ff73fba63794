"""The demo's admissions: the states people look for, something to do for each, told once."""

import pytest

from admission import demo
from admission.models import (
    AdmissionRequest,
    AdmittedDuty,
    ExitRequest,
    HandDown,
    Slip,
    TemporaryHelp,
)
from governance.models import Clock, Event, Stage, User
from governance.perform import open_steps
from tests.demo import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]


def test_every_state_that_people_look_for():
    here = AdmissionRequest.objects.filter(county__region_code="371525")
    assert set(here.values_list("state", flat=True)) == {
        *("draft", "consulting", "reviewing", "returned", "refused", "diverted", "in_force"),
    }
    waiting = here.get(state="consulting").opinions_now()
    assert dict(waiting.values_list("unit__short_name", "state")) == {
        "清泉街道": "answered", "贾镇": "asked",
    }  # fmt: skip
    there = AdmissionRequest.objects.get(county__region_code="230811")
    assert there.state == "consulting" and not there.number
    exits = dict(ExitRequest.objects.values_list("state", "origin"))
    assert exits == {"draft": "lapsed", "reviewing": "applied"}
    assert TemporaryHelp.objects.get().state == "paid"
    assert set(HandDown.objects.values_list("state", flat=True)) == {"ordered", "reported"}
    duty = AdmittedDuty.objects.get(name__contains="农业普查", unit__short_name="清泉街道")
    assert duty.balance == 7400 and duty.entries.count() == 2
    states = set(duty.supports.values_list("state", flat=True))
    assert states == {"promised", "delivered", "confirmed"}
    late = Clock.objects.filter(name="deliver", met_at=None, breached_at__isnull=False)
    assert late.filter(matter_id__in=duty.supports.values("pk")).exists()


def may(username: str, rows) -> set[str]:
    """The steps that are open to an account on these records."""
    user = User.objects.get(username=username)
    return {one.name for row in rows for one in open_steps(row, user) if one.open}


def test_the_accounts_have_something_to_do():
    asked = [one for row in AdmissionRequest.objects.filter(state="consulting")
             for one in row.opinions_now()]  # fmt: skip
    assert "reply" in may("jiazhen.clerk", asked) and "reply" in may("changfa.clerk", asked)
    stages = Stage.objects.filter(state="open", matter_type=AdmissionRequest.type())
    assert "agree" in may("bianban", stages)
    leaving = Stage.objects.filter(state="open", matter_type=ExitRequest.type())
    assert "agree" in may("sifa", leaving)
    assert "file" in may("nongye.clerk", ExitRequest.objects.filter(state="draft"))
    assert "order" in may("bianban", HandDown.objects.filter(state="reported"))
    assert "answer" in may("huanbao.clerk", HandDown.objects.filter(state="ordered"))
    assert "confirm" in may("qingquan.clerk", TemporaryHelp.objects.all())
    assert Slip.objects.filter(state="received").count() == 4


def test_a_second_time_nothing_is_added():
    before = Event.objects.count()
    assert demo.load(NOW) == {"admissions": 0}
    assert Event.objects.count() == before
