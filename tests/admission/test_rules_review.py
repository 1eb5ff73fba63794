"""准入审核: who reviews in which county, in what order, and what becomes of the request."""

from datetime import date

import pytest
from django.utils import timezone

from admission.models import AdmittedDuty
from governance.models import Clock, Notice, Post
from governance.perform import perform
from governance.roles import Role
from governance.steps import Forbidden, Invalid, Stale, StepClosed
from tests.admission.scene import NOW, OTHER, TOWN, Scene, again
from tests.factories.governance import moment

pytestmark = pytest.mark.django_db
WHY = {"reason": "不符合准入条件,理由如下"}


@pytest.mark.rule("GX-准入-09", "JQ-准入-09")
@pytest.mark.parametrize("preset", ["guanxian-2019", "jiaoqu-2022"])
def test_both_offices_review_side_by_side_within_ten_working_days(calendar, preset):
    scene = Scene(preset)
    request = scene.filed()
    clocks = Clock.objects.running().of_file(request).filter(name="review")
    due = {timezone.localdate(one.due_at) for one in clocks}
    assert clocks.count() == 2 and due == {date(2026, 9, 23)}  # Sunday the 20th is worked
    scene.clock_to(moment("2026-09-25 09:00"))
    assert clocks.filter(breached_at__isnull=False).count() == 2


@pytest.mark.rule("GX-准入-09", "GX-准入-11", "GX-准入表-14", "GX-准入表-15")
def test_guanxian_approves_only_what_both_offices_let_pass(scene):
    request = scene.filed()
    scene.agree(request, "bianban")
    assert {one.name for one in request.current()} == {"bianban", "sifa"}
    assert again(request).state == "reviewing"
    scene.agree(request, "sifa")
    assert request.current().get(state="open").name == "approve"
    scene.agree(request, "approve", document_number="冠批〔2026〕5号")
    request = again(request)
    assert request.state == "in_force" and request.approval_document == "冠批〔2026〕5号"
    for stage in request.current():
        assert stage.opinion and stage.signer and stage.decided_on == NOW.date()
    assert scene.book.value("admission.opinions") == "merged"


@pytest.mark.rule(
    *("JQ-准入-11", "JQ-准入-12", "JQ-联席-03", "JQ-准入表-09", "JQ-准入表-10", "JQ-准入表-11")
)
def test_jiaoqu_reviews_in_separate_rows_and_nothing_is_handed_down_before_the_filing(calendar):
    scene = Scene("jiaoqu-2022")
    request = scene.filed()
    for name in ("bianban", "sifa", "meeting", "approve"):
        assert again(request).current().filter(name=name, state="open").exists(), name
        scene.agree(request, name)
    request = again(request)
    assert request.state == "approved" and not AdmittedDuty.objects.exists()
    filing = request.current().get(name="filing")
    with pytest.raises(Invalid):
        perform(filing, "agree", actor=scene.bianban, at=NOW, facts={"opinion": "已备案"})
    with pytest.raises(StepClosed):
        perform(filing, "refuse", actor=scene.bianban, at=NOW, facts=WHY)
    assert not AdmittedDuty.objects.exists()
    scene.agree(request, "filing")
    assert again(request).state == "in_force" and AdmittedDuty.objects.count() == 2
    assert scene.book.value("admission.opinions") == "separate"


@pytest.mark.rule("JQ-准入-12")
def test_what_is_not_filed_above_is_reported_again(calendar):
    scene = Scene("jiaoqu-2022")
    request = scene.filed()
    for name in ("bianban", "sifa", "meeting", "approve"):
        scene.agree(request, name)
    request = perform(request, "reconsider", actor=scene.bianban, at=NOW, facts=WHY)
    assert request.state == "returned" and request.approved_on is None
    assert not request.current().filter(state="open").exists()


@pytest.mark.rule("TX-准入-01", "TX-准入-05", "TX-准入-08", "TX-准入-09")
def test_in_tongxin_the_meeting_reviews_and_the_county_decides(calendar):
    scene = Scene("tongxin-2021")
    request = scene.filed()
    stage = request.current().get()
    assert (stage.name, stage.role, stage.clause) == ("meeting", "meeting_office", "TX-准入-08")
    for actor in (scene.bianban, scene.sifa, scene.chief, scene.clerk):
        with pytest.raises(Forbidden):
            perform(stage, "agree", actor=actor, at=NOW, facts={"opinion": "同意"})
    scene.agree(request, "meeting")
    assert not AdmittedDuty.objects.exists()
    last = again(request).current().get(name="approve")
    assert (last.role, last.clause) == ("county", "TX-准入-09")
    scene.agree(request, "approve")
    assert AdmittedDuty.objects.count() == 2


@pytest.mark.rule("TA-11")
def test_in_taian_the_joint_meeting_decides(calendar):
    scene = Scene("taian-2019")
    request = scene.filed()
    assert [row["stage"] for row in request.chain()] == ["meeting"]
    scene.agree(request, "meeting")
    assert again(request).state == "in_force"


@pytest.mark.rule("TW-36")
def test_in_tongwei_the_county_decides_after_the_townships_were_heard(calendar):
    scene = Scene("tongwei-2020")
    request = scene.filed()
    stage = request.current().get()
    assert (stage.name, stage.role, stage.clause) == ("approve", "county", "TW-36")
    scene.agree(request, "approve")
    assert again(request).state == "in_force"


@pytest.mark.rule("GX-准入-10", "JQ-准入-10")
@pytest.mark.parametrize("preset", ["guanxian-2019", "jiaoqu-2022"])
def test_a_refusal_says_why_in_writing(calendar, preset):
    scene = Scene(preset)
    request = scene.filed()
    with pytest.raises(Invalid) as refusal:
        scene.decide(request, "sifa", "refuse", reason=" ")
    assert "reason" in refusal.value.form.errors
    scene.decide(request, "sifa", "refuse", **WHY)
    request = again(request)
    assert request.state == "refused" and WHY["reason"] in request.answer
    assert Notice.objects.filter(recipient=scene.clerk, title__contains="不予准入").exists()
    assert not request.current().filter(state="open").exists()
    assert not Clock.objects.running().of_file(request).exists()
    assert not AdmittedDuty.objects.exists()


@pytest.mark.rule("GX-准入-17", "JQ-准入-16", "TW-31")
@pytest.mark.parametrize("preset", ["guanxian-2019", "jiaoqu-2022", "tongwei-2020"])
def test_what_does_not_suit_admission_is_bought(calendar, preset):
    scene = Scene(preset)
    request = scene.filed()
    facts = {"outcome": "purchase"} | WHY
    with pytest.raises(Forbidden):
        perform(request, "divert", actor=scene.clerk, at=NOW, facts=facts)
    request = perform(request, "divert", actor=scene.bianban, at=NOW, facts=facts)
    assert (request.state, request.outcome) == ("diverted", "purchase")
    assert not request.current().filter(state="open").exists()
    assert not Clock.objects.running().of_file(request).exists()


def test_nobody_reviews_or_diverts_what_the_same_person_has_filed(scene):
    home = scene.bianban.posts_held()[0].unit
    for role, unit in ((Role.BIANBAN, home), (Role.MEETING_OFFICE, home)):
        Post.objects.create(user=scene.clerk, unit=unit, role=role, since=date(2020, 1, 1))
    scene.clerk = type(scene.clerk).objects.get(pk=scene.clerk.pk)
    request = scene.filed()
    stage = request.current().get(name="bianban")
    with pytest.raises(Forbidden, match="自己提交"):
        perform(stage, "agree", actor=scene.clerk, at=NOW, facts={"opinion": "同意"})
    with pytest.raises(Forbidden, match="自己提交"):
        facts = {"outcome": "purchase"} | WHY
        perform(request, "divert", actor=scene.clerk, at=NOW, facts=facts)
    assert again(request).state == "reviewing"


def test_a_stale_page_moves_nothing(scene):
    request = scene.consult()
    before = request.version
    scene.reply(request, TOWN), scene.reply(request, OTHER)
    facts = {"agreement": "已协商一致。"}
    with pytest.raises(Stale):
        perform(request, "file", actor=scene.clerk, at=NOW, version=before + 1, facts=facts)
    request = perform(request, "file", actor=scene.clerk, at=NOW, version=before, facts=facts)
    with pytest.raises((Stale, StepClosed)):
        perform(request, "file", actor=scene.clerk, at=NOW, version=before, facts=facts)
