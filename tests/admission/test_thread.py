"""The whole way of a duty in each of the five counties: asked, reviewed, handed over, ended."""

import pytest

from admission.models import ExitRequest
from governance import trail
from governance.models import Referral
from governance.perform import perform
from tests.admission.scene import NOW, OTHER, PRESETS, TOWN, Scene, again
from tests.factories.governance import load_calendar, moment

pytestmark = pytest.mark.django_db


@pytest.fixture(params=PRESETS)
def scene(request):
    load_calendar()
    return Scene(request.param)


def test_from_the_request_to_the_exit(scene):
    request = scene.consult()
    assert request.state == "consulting" and not request.number
    for town in (TOWN, OTHER):
        scene.reply(request, town)
    facts = {"agreement": "各乡镇同意承接。"}
    request = perform(request, "file", actor=scene.clerk, at=NOW, facts=facts)
    assert request.state == "reviewing" and request.number.startswith("冠准〔2026〕")
    request = scene.reviewed(request)
    assert request.state == "in_force" and request.approved_on

    duty = scene.received(scene.duty(request))
    assert duty.state == "active" and duty.approval_number == request.number
    scene.allot(duty)
    assert scene.spend(duty).balance == 600

    at = scene.day_of(duty)
    leave = scene.exit(request, TOWN, OTHER, at=at)
    leave = scene.reviewed(leave, at=at)
    assert leave.state == "done" and leave.notified_on == at.date()
    assert {one.state for one in request.duties.all()} == {"ended"}
    trail.seal(at)
    assert not trail.verify(scene.row).broken


def test_at_the_end_of_its_time_the_exit_opens_by_itself(scene):
    request = scene.admitted()
    duty = scene.received(scene.duty(request))
    scene.clock_to(moment("2026-12-18 10:00"))
    assert duty.events.filter(step="remind").count() == 1
    scene.clock_to(moment("2026-12-31 23:00"))
    assert again(duty).state == "active"
    scene.clock_to(moment("2027-01-01 00:05"))
    assert {one.state for one in request.duties.all()} == {"lapsed"}
    leave = ExitRequest.objects.get()
    assert leave.state == "draft" and leave.origin == "lapsed" and len(leave.covers) == 2
    assert leave.clocks.running().get().name == "apply"
    scene.clock_to(moment("2027-01-20 10:00"))
    assert leave.clocks.running().get().level >= 3


def test_what_was_promised_is_watched(scene):
    duty = scene.carried()
    support = scene.support(duty, scene.book.value("admission.support")[0])
    scene.clock_to(moment("2026-10-31 00:05"))
    assert support.clocks.get().breached_at == moment("2026-10-31 00:00")


def test_temporary_help_and_a_report(scene):
    help = scene.help()
    if scene.book.value("admission.temporary") == "meeting":
        help = perform(help, "agree_for_meeting", actor=scene.town, at=NOW, facts={})
        facts = {"opinion": "同意", "document_number": "联〔2026〕1号"}
        help = perform(help, "grant", actor=scene.meeting, at=NOW, facts=facts)
    else:
        help = perform(help, "agree", actor=scene.town, at=NOW, facts={})
    facts = {"amount": "3000", "day": "2026-09-10", "voucher": "付1"}
    help = perform(help, "pay", actor=scene.clerk, at=NOW, facts=facts)
    assert perform(help, "confirm", actor=scene.town, at=NOW, facts={}).state == "done"

    report = scene.order(scene.report())
    scene.clock_to(moment("2026-09-20 10:00"))
    report = again(report)
    assert report.state == "referred"
    assert Referral.objects.get(matter_id=report.pk).unit == scene.department


def test_the_trail_tells_the_steps_in_the_order_in_which_they_were_done(scene):
    """A step that its own record goes on from comes before what follows it."""
    request = scene.admitted()
    told = list(request.events.order_by("id").values_list("step", "source", "target"))
    states = [pair for _, *pair in told]
    assert [source for source, _ in states] == ["", *(target for _, target in states[:-1])]
    assert states[-1][1] == "in_force" == again(request).state
    assert len(told) == again(request).version
