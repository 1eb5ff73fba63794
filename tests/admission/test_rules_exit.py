"""准出: who asks for an exit, what is asked, who reviews it, its day, what cannot be evaded."""

from datetime import date

import pytest
from django.utils import timezone

from admission.models import AdmittedDuty, ExitRequest
from governance import catalogue
from governance.models import Clock, Notice
from governance.perform import perform
from governance.steps import Forbidden, Invalid, StepClosed
from tests.admission.scene import DEPARTMENT, NOW, OTHER, TOWN, Scene, again
from tests.checklist.scene import Scene as ListScene
from tests.factories.governance import moment

pytestmark = pytest.mark.django_db
AT = moment("2026-10-12 10:00")
OVER = moment("2027-01-01 00:05")
WHY = {"reason": "理由不充分"}


@pytest.fixture
def far(calendar):
    """郊区: with filing before effect, and exits that townships may apply for."""
    return Scene("jiaoqu-2022")


def both(scene, at=AT, **given):
    """A request that two townships carry."""
    request = scene.admitted(**given)
    for town in (TOWN, OTHER):
        scene.received(scene.duty(request, town))
    return request


def township_exit(scene, request, *towns, at=AT, actor=None, **given):
    """清泉街道 asks for the exit itself."""
    record = ExitRequest(county=scene.row, owner=scene.unit(TOWN))
    facts = scene.exit_facts(request, *towns, **given)
    return perform(record, "file", actor=actor or scene.town, at=at, facts=facts)


def refuse(scene, leave, name, at=AT):
    stage = again(leave).current().get(name=name)
    return perform(stage, "refuse", actor=scene.reviewer(stage), at=at, facts=WHY)


def errors(act) -> dict:
    """What the form says of facts that it does not take."""
    with pytest.raises(Invalid) as refusal:
        act()
    return refusal.value.form.errors


def states(request) -> dict:
    return dict(request.duties.values_list("unit__short_name", "state"))


# Who and what ---------------------------------------------------------------


@pytest.mark.rule("GX-准入-15", "JQ-准入-15", "JQ-准出表-01", "JQ-准出表-02", "JQ-准出表-03")
@pytest.mark.parametrize("preset", ["guanxian-2019", "jiaoqu-2022"])
def test_a_department_leaves_and_every_party_is_told_in_writing(calendar, preset):
    scene = Scene(preset)
    request = both(scene)
    leave = scene.exit(request, TOWN, at=AT)
    assert leave.owner == scene.department and leave.applied_on == AT.date()
    assert leave.request == request and leave.number.startswith("冠退〔2026〕")
    leave = scene.reviewed(leave, at=AT)
    assert leave.state == "done" and leave.notified_on == AT.date()
    assert states(request) == {TOWN: "ended", OTHER: "active"}
    told = Notice.objects.filter(title__contains="退出告知")
    homes = {post.unit.short_name for notice in told for post in notice.recipient.posts_held()}
    assert {DEPARTMENT, TOWN, "县委编办", "县司法局"} <= homes


@pytest.mark.rule("JQ-准入-17", "JQ-准出表-01")
def test_in_jiaoqu_a_township_applies_for_itself_alone(far):
    request = both(far)
    assert "townships" in errors(lambda: township_exit(far, request, OTHER))
    assert "townships" in errors(lambda: township_exit(far, request, TOWN, OTHER))
    leave = township_exit(far, request, TOWN)
    assert leave.owner == far.unit(TOWN) and leave.state == "reviewing"


@pytest.mark.parametrize("preset", ["guanxian-2019", "taian-2019", "tongwei-2020"])
def test_elsewhere_no_township_applies_but_it_may_suggest(calendar, preset):
    scene = Scene(preset)
    request = both(scene)
    with pytest.raises(Forbidden):
        township_exit(scene, request, TOWN)
    duty = scene.duty(request)
    perform(duty, "suggest_exit", actor=scene.town, at=AT, facts=WHY)
    leave = ExitRequest.objects.get()
    assert (leave.state, leave.origin, leave.owner) == ("draft", "suggested", scene.department)
    with pytest.raises(StepClosed, match="已有退出申请"):
        perform(again(duty), "suggest_exit", actor=scene.town, at=AT, facts=WHY)


ROWS = {
    "request": "JQ-准出表-03",
    "ground": "JQ-准出表-04",
    "reason": "JQ-准出表-04",
    "contact": "JQ-准出表-05",
    "phone": "JQ-准出表-06",
}


@pytest.mark.rule("JQ-准出表-03", "JQ-准出表-04", "JQ-准出表-05", "JQ-准出表-06")
@pytest.mark.parametrize("field", [*ROWS, "townships"])
def test_every_row_of_the_exit_form_is_asked_for(far, field):
    request = both(far)
    blank = {field: [] if field == "townships" else " "}
    record = ExitRequest(county=far.row, owner=far.department)
    facts = far.exit_facts(request, TOWN) | blank
    assert field in errors(lambda: perform(record, "file", actor=far.clerk, at=AT, facts=facts))
    assert not ExitRequest.objects.exists()


@pytest.mark.rule("JQ-准出表-06")
def test_a_phone_that_nobody_can_call_is_refused(far):
    request = both(far)
    assert "phone" in errors(lambda: far.exit(request, TOWN, at=AT, phone="没有电话"))


@pytest.mark.rule("JQ-准入-17", "JQ-准出表-04", "TX-准入-03")
@pytest.mark.parametrize(
    ("preset", "wanted"),
    [
        ("jiaoqu-2022", ("修订", "上级", "职能调整")),
        ("tongxin-2021", ("条件变化", "不能有效承接", "履职不到位")),
    ],
)
def test_the_cases_of_an_exit_are_those_of_the_county(calendar, preset, wanted):
    scene = Scene(preset)
    request = both(scene)
    known = scene.book.value("exit.reasons")
    assert all(any(words in one for one in known) for words in wanted)
    assert "ground" in errors(lambda: scene.exit(request, TOWN, at=AT, ground="领导要求"))
    for case in known[:3]:
        leave = scene.exit(request, TOWN, at=AT, ground=case)
        assert leave.ground == case
        perform(leave, "withdraw", actor=scene.clerk, at=AT, facts=WHY)


@pytest.mark.rule("JQ-准入-17")
@pytest.mark.parametrize("who", ["department", "township"])
def test_a_listed_item_leaves_by_its_cancellation(calendar, who):
    """准出 of a listed item is its application for removal (decision 35)."""
    far = ListScene("jiaoqu-2022")
    far.publish()
    actor = far.clerk if who == "department" else far.town
    item = far.item("农村公路养护").pk
    owner = actor.posts_held()[0].unit
    application = far.file(actor=actor, owner=owner, kind="remove", item=item)
    far.approved(application)
    assert again(application).state == "approved"


# Reviews ----------------------------------------------------------------------


@pytest.mark.rule("JQ-准入-18", "JQ-准出表-07", "JQ-准出表-08", "JQ-准出表-09", "JQ-联席-03")
def test_the_chain_of_jiaoqu_and_no_effect_before_the_filing(far):
    request = both(far)
    leave = far.exit(request, TOWN, at=AT)
    opened = {one.name: one for one in leave.current()}
    assert set(opened) == {"bianban", "sifa"}
    assert [one.clause for one in opened.values()] == ["JQ-准出表-07", "JQ-准出表-08"]
    for stage in opened.values():
        limit = stage.clocks.running().get()
        assert limit.length == "10 workdays"
        assert timezone.localdate(limit.due_at) == date(2026, 10, 26)
    far.agree(leave, "bianban", AT)
    assert {one.name for one in leave.current()} == {"bianban", "sifa"}
    far.agree(leave, "sifa", AT)
    assert leave.current().get(state="open").name == "meeting"
    far.agree(leave, "meeting", AT)
    far.agree(leave, "approve", AT)
    leave = again(leave)
    assert leave.state == "approved" and not leave.notified_on
    assert states(request)[TOWN] == "active"
    stage = leave.current().get(state="open")
    assert stage.name == "filing"
    with pytest.raises(Invalid):
        perform(stage, "agree", actor=far.bianban, at=AT, facts={"opinion": "已备案"})
    assert states(request)[TOWN] == "active"
    far.agree(leave, "filing", AT)
    assert again(leave).state == "done" and states(request)[TOWN] == "ended"
    signed = again(leave).current().exclude(name="filing")
    assert all(one.signer and one.decided_on and one.opinion for one in signed)


@pytest.mark.rule("JQ-准入-18")
def test_what_the_province_does_not_file_comes_back(far):
    request = both(far)
    leave = far.exit(request, TOWN, at=AT)
    for name in ("bianban", "sifa", "meeting", "approve"):
        far.agree(leave, name, AT)
    leave = perform(leave, "reconsider", actor=far.bianban, at=AT, facts=WHY)
    assert leave.state == "returned" and not leave.current().filter(state="open").exists()
    facts = far.exit_facts(request, TOWN)
    leave = perform(leave, "resubmit", actor=far.clerk, at=AT, facts=facts)
    assert leave.round == 2 and leave.state == "reviewing"


@pytest.mark.rule("JQ-准出表-10")
def test_the_exit_form_is_kept_by_the_six_of_its_note(far):
    entry = catalogue.entries()["JQ-准出表-10"]
    assert "六类单位" in entry.statement
    assert len(far.book.value("admission.copies")) == 6 and far.book.value("exit.form") == "form"


# Its day ----------------------------------------------------------------------


@pytest.mark.rule("GX-准入-15")
def test_the_duty_ends_on_its_day_and_not_before(scene):
    request = both(scene)
    scene.allot(scene.duty(request))
    leave = scene.exit(request, TOWN, at=AT, effective_on="2026-10-20")
    leave = scene.reviewed(leave, at=AT)
    assert leave.state == "notified" and states(request)[TOWN] == "active"
    scene.clock_to(moment("2026-10-19 23:59"))
    assert states(request)[TOWN] == "active"
    scene.clock_to(moment("2026-10-20 00:01"))
    duty = scene.duty(request)
    assert duty.state == "ended" and str(duty.ended_on) == "2026-10-20"
    assert leave.number in duty.end_reason and duty.balance == 1000
    assert not Clock.objects.running().of_file(duty).exists()
    assert {one.state for one in duty.supports.all()} == {"dropped"}


def test_an_approval_after_the_day_that_was_asked_for_ends_it_on_the_day_of_the_notice(scene):
    request = both(scene)
    leave = scene.exit(request, TOWN, at=AT, effective_on="2026-10-13")
    later = moment("2026-10-15 10:00")
    leave = scene.reviewed(leave, at=later)
    assert str(leave.effective_on) == "2026-10-15" and leave.state == "done"


@pytest.mark.parametrize("day", ["2026-10-11", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_past_or_absurd_is_refused(scene, day):
    request = both(scene)
    assert "effective_on" in errors(lambda: scene.exit(request, TOWN, at=AT, effective_on=day))


# What cannot be evaded ----------------------------------------------------------


def test_a_foreign_township_and_one_that_carries_nothing_are_refused(scene):
    request = scene.admitted(TOWN)
    scene.received(scene.duty(request))
    assert "townships" in errors(lambda: scene.exit(request, OTHER, at=AT))
    other = Scene("guanxian-2019", ("乙县", "371526", "乙"))
    foreign = [other.unit(TOWN).pk]
    assert "townships" in errors(lambda: scene.exit(request, at=AT, townships=foreign))
    theirs = both(other)
    record = ExitRequest(county=scene.row, owner=scene.department)
    facts = scene.exit_facts(theirs, TOWN)
    assert "request" in errors(
        lambda: perform(record, "file", actor=scene.clerk, at=AT, facts=facts)
    )


def test_one_exit_of_a_duty_at_a_time_and_a_draft_does_not_bar_it(far):
    request = both(far)
    draft = ExitRequest(county=far.row, owner=far.unit(TOWN))
    facts = far.exit_facts(request, TOWN)
    draft = perform(draft, "save_draft", actor=far.town, at=AT, facts=facts)
    far.exit(request, TOWN, at=AT)
    found = errors(lambda: perform(draft, "file", actor=far.town, at=AT, facts=facts))
    assert "已有退出申请在办" in str(found["townships"])
    far.exit(request, OTHER, at=AT)


@pytest.mark.rule("GX-准入-15", "JQ-准入-15")
@pytest.mark.parametrize("preset", ["guanxian-2019", "jiaoqu-2022"])
def test_what_the_clock_has_opened_cannot_be_withdrawn_and_covers_all(calendar, preset):
    scene = Scene(preset)
    request = both(scene)
    scene.clock_to(OVER)
    leave = ExitRequest.objects.get()
    with pytest.raises(StepClosed, match="不能撤回"):
        perform(leave, "withdraw", actor=scene.clerk, at=OVER, facts=WHY)
    facts = scene.exit_facts(request, TOWN)
    given = {"actor": scene.clerk, "at": OVER, "facts": facts}
    assert "期满" in str(errors(lambda: perform(leave, "file", **given))["townships"])
    assert leave.clocks.running().get().name == "apply"
    given["facts"] = scene.exit_facts(request, TOWN, OTHER)
    leave = perform(leave, "file", **given)
    assert not leave.clocks.running().filter(name="apply").exists()
    assert scene.reviewed(leave, at=OVER).state == "done"


def test_an_exit_applied_for_before_the_end_is_no_way_round_it(scene):
    """Filed a day before the end, withdrawn the day after: the exit stays."""
    request = both(scene)
    leave = scene.exit(request, TOWN, at=moment("2026-12-30 10:00"))
    scene.clock_to(OVER)
    with pytest.raises(StepClosed, match="不能撤回"):
        perform(again(leave), "withdraw", actor=scene.clerk, at=OVER, facts=WHY)
    other = ExitRequest.objects.exclude(pk=leave.pk).get()
    assert other.covers == [scene.unit(OTHER).pk], "each township has one exit"
    later = moment("2027-01-04 10:00")
    facts = scene.exit_facts(request, OTHER)
    assert perform(other, "file", actor=scene.clerk, at=later, facts=facts).state == "reviewing"


def test_a_suggested_exit_is_due_once_the_time_is_over(scene):
    request = both(scene)
    perform(scene.duty(request), "suggest_exit", actor=scene.town, at=AT, facts=WHY)
    leave = ExitRequest.objects.get()
    assert not leave.clocks.running().exists()
    scene.clock_to(OVER)
    assert again(leave).clocks.running().get().name == "apply"
    with pytest.raises(StepClosed, match="不能撤回"):
        perform(again(leave), "withdraw", actor=scene.clerk, at=OVER, facts=WHY)


def test_a_refused_exit_of_what_is_over_is_asked_for_again(scene):
    request = both(scene)
    scene.clock_to(OVER)
    at = moment("2027-01-04 10:00")
    leave = ExitRequest.objects.get()
    facts = scene.exit_facts(request, TOWN, OTHER)
    leave = perform(leave, "file", actor=scene.clerk, at=at, facts=facts)
    refuse(scene, leave, "sifa", at)
    assert again(leave).state == "refused" and set(states(request).values()) == {"lapsed"}
    once_more = ExitRequest.objects.exclude(pk=leave.pk).get()
    assert (once_more.state, once_more.origin) == ("draft", "lapsed")
    assert once_more.covers == leave.covers and once_more.clocks.running().exists()


def test_a_refused_exit_within_its_time_changes_nothing(scene):
    request = both(scene)
    leave = scene.exit(request, TOWN, at=AT)
    refuse(scene, leave, "bianban")
    leave = again(leave)
    assert leave.state == "refused" and WHY["reason"] in leave.answer
    assert set(states(request).values()) == {"active"} and ExitRequest.objects.count() == 1
    assert not leave.current().filter(state="open").exists()


@pytest.mark.rule("GX-准入-13", "GX-准入-15")
@pytest.mark.parametrize("preset", ["jiaoqu-2022", "tongxin-2021"])
def test_undelivered_support_lets_a_township_suggest_anywhere(calendar, preset):
    scene = Scene(preset)
    duty = scene.carried()
    with pytest.raises(StepClosed):
        perform(duty, "suggest_exit", actor=scene.town, at=AT, facts=WHY)
    day_after = moment("2026-10-31 09:00")
    perform(again(duty), "suggest_exit", actor=scene.town, at=day_after, facts=WHY)
    assert ExitRequest.objects.get().origin == "suggested"
    assert AdmittedDuty.objects.get(pk=duty.pk).state == "active"


@pytest.mark.rule("GX-准入-15")
def test_the_file_that_stays_open_climbs_the_ladder(scene):
    both(scene)
    scene.clock_to(OVER)
    leave = ExitRequest.objects.get()
    due = leave.clocks.running().get().due_at
    assert due > OVER
    scene.clock_to(moment("2027-02-26 10:00"))
    clock = leave.clocks.running().get()
    assert clock.breached_at == due and clock.level >= 3
    assert again(leave).state == "draft" and due > NOW
