"""征求乡镇意见: nobody asked is passed over, and what changes is asked anew (GX-准入-07)."""

from datetime import date

import pytest
from django.utils import timezone

from admission.models import AdmissionRequest
from governance.perform import perform
from governance.roles import Role
from governance.steps import Forbidden, Invalid, StepClosed
from tests.admission.scene import DEPARTMENT, NOW, OTHER, TOWN, Scene, again, papers
from tests.factories.governance import moment

pytestmark = pytest.mark.django_db
WHY = {"reason": "期限已满,多次催问仍未答复"}


@pytest.mark.rule("GX-准入-07", "JQ-准入-07", "GX-准入表-08", "TW-36", "TX-准入-07")
@pytest.mark.parametrize("preset", ["guanxian-2019", "jiaoqu-2022", "tongwei-2020", "tongxin-2021"])
def test_nothing_is_filed_while_an_answer_is_missing(calendar, preset):
    scene = Scene(preset)
    request = scene.consult()
    assert {str(one.unit) for one in request.opinions_now()} == {TOWN, OTHER}
    scene.reply(request, TOWN)
    facts = {"agreement": "已协商一致。"}
    with pytest.raises(StepClosed, match=OTHER):
        perform(request, "file", actor=scene.clerk, at=NOW, facts=facts)
    scene.reply(request, OTHER, "comment", text="建议延后一周")
    with pytest.raises(Invalid):
        perform(request, "file", actor=scene.clerk, at=NOW, facts={"agreement": " "})
    request = perform(request, "file", actor=scene.clerk, at=NOW, facts=facts)
    assert request.agreement == facts["agreement"]
    told = [(str(o.unit), o.get_attitude_display(), o.answered_on) for o in request.opinions_now()]
    assert (OTHER, "有意见建议", NOW.date()) in told


@pytest.mark.rule("GX-准入-07")
def test_nobody_answers_for_another(scene):
    request = scene.consult()
    facts = {"attitude": "agree", "text": ""}
    for actor in (scene.clerk, scene.leader, scene.other_town, scene.bianban, scene.chief):
        with pytest.raises(Forbidden):
            perform(scene.opinion(request, TOWN), "reply", actor=actor, at=NOW, facts=facts)
    with pytest.raises(Invalid):
        scene.reply(request, TOWN, "disagree", text="  ")
    with pytest.raises(Invalid):
        scene.reply(request, TOWN, "perhaps")
    assert not request.opinions_now().filter(state="answered").exists()


@pytest.mark.rule("GX-准入-07")
def test_a_note_replaces_only_an_answer_whose_limit_has_passed(scene):
    """Asked before 国庆: the holiday does not count."""
    asked = moment("2026-09-29 10:00")
    request = scene.consult(at=asked)
    one = scene.opinion(request, TOWN)
    clock = one.clocks.running().get()
    assert timezone.localdate(clock.due_at) == date(2026, 10, 12), "国庆 and its make-up Saturday"
    for early in (asked, moment("2026-10-11 23:00"), clock.due_at):
        with pytest.raises(StepClosed, match="期限未满"):
            perform(one, "note", actor=scene.clerk, at=early, facts=WHY)
    late = moment("2026-10-13 09:00")
    with pytest.raises(Forbidden):
        perform(one, "note", actor=scene.town, at=late, facts=WHY)
    with pytest.raises(Invalid):
        perform(one, "note", actor=scene.clerk, at=late, facts={"reason": ""})
    perform(one, "note", actor=scene.clerk, at=late, facts=WHY)
    scene.reply(request, OTHER, at=late)
    facts = {"agreement": "已协商一致。"}
    assert perform(request, "file", actor=scene.clerk, at=late, facts=facts).state == "reviewing"


@pytest.mark.rule("GX-准入-07")
def test_a_late_answer_still_counts_until_the_request_is_filed(scene):
    request = scene.consult()
    late = moment("2026-11-02 10:00")
    perform(scene.opinion(request, TOWN), "note", actor=scene.clerk, at=late, facts=WHY)
    scene.reply(request, TOWN, "disagree", at=late, text="人手不足")
    assert scene.opinion(request, TOWN).attitude == "disagree"
    scene.reply(request, OTHER, at=late)
    facts = {"agreement": "已协商一致。"}
    perform(request, "file", actor=scene.clerk, at=late, facts=facts)
    with pytest.raises(StepClosed):
        scene.reply(request, TOWN, at=late)


@pytest.mark.rule("GX-准入-07")
def test_whoever_changes_what_was_put_asks_anew(scene):
    request = scene.filed()
    scene.decide(request, "bianban", "send_back")
    assert again(request).state == "returned"
    facts = scene.facts() | {"agreement": "已协商一致。"}
    for changed in (
        {"content": "另外负责填报系统。"},
        {"funds": "1"},
        {"ends_on": "2027-06-30"},
        {"element_0": "改由乡镇主责"},
        {"support_guidance": "不再指导"},
        {"townships": [scene.unit(TOWN).pk]},
    ):
        with pytest.raises(Invalid, match="改正") as refusal:
            perform(request, "resubmit", actor=scene.clerk, at=NOW, facts=facts | changed)
        assert "重新征求" in str(refusal.value.form.errors)
    assert again(request).content == scene.facts()["content"]
    anew = scene.facts(content="另外负责填报系统。")
    asked = perform(request, "consult", actor=scene.clerk, at=NOW, facts=anew)
    assert asked.consultation == 2 and asked.opinions_now().filter(state="asked").count() == 2
    assert request.opinions.filter(round=1, state="void").count() == 2


@pytest.mark.rule("TX-准入-10")
def test_in_tongxin_nothing_is_imposed_on_a_township_that_does_not_agree(calendar):
    scene = Scene("tongxin-2021")
    request = scene.consult()
    scene.reply(request, TOWN)
    scene.reply(request, OTHER, "disagree", text="没有力量承接")
    facts = {"agreement": "已协商一致。"}
    with pytest.raises(StepClosed, match="不得硬性指派"):
        perform(request, "file", actor=scene.clerk, at=NOW, facts=facts)
    scene.reply(request, OTHER, "agree")
    assert perform(request, "file", actor=scene.clerk, at=NOW, facts=facts).state == "reviewing"
    elsewhere = Scene("guanxian-2019", ("乙县", "371526", "乙"))
    request = elsewhere.consult()
    elsewhere.reply(request, TOWN)
    elsewhere.reply(request, OTHER, "disagree", text="没有力量承接")
    assert perform(request, "file", actor=elsewhere.clerk, at=NOW, facts=facts).number


@pytest.mark.rule("TX-准入-06", "TX-准入-07")
def test_in_tongxin_a_township_applies_and_the_department_is_asked(calendar):
    scene = Scene("tongxin-2021")
    given = {"owner": scene.unit(TOWN), "actor": scene.town, "department": scene.department.pk}
    request = scene.consult(TOWN, OTHER, **given)
    assert {str(one.unit) for one in request.opinions_now()} == {OTHER, DEPARTMENT}
    with pytest.raises(Invalid):
        scene.consult(OTHER, **given)
    assert AdmissionRequest.objects.count() == 1
    for preset in ("guanxian-2019", "jiaoqu-2022"):
        near = Scene(preset, ("乙县", f"37152{len(preset)}"[:6], "乙"))
        with pytest.raises(Forbidden):
            near.consult(TOWN, owner=near.unit(TOWN), actor=near.town)
        break


@pytest.mark.rule("TX-网格-08")
@pytest.mark.parametrize(
    ("unit", "known"), [("县委政法委", True), ("县民政局", True), (DEPARTMENT, False)]
)
def test_matters_enter_the_grid_by_an_admission_of_those_who_keep_it(calendar, unit, known):
    scene = Scene("tongxin-2021")
    owner = scene.unit(unit)
    actor = scene.county.user(Role.DEPARTMENT_CLERK, unit)
    request = scene.consult(owner=owner, actor=actor, kind="grid")
    assert request.kind == ("grid" if known else "duty")


@pytest.mark.rule("TX-准入-06")
def test_a_draft_of_a_township_is_its_own_until_the_department_is_asked(calendar):
    scene = Scene("tongxin-2021")
    own = scene.request(scene.unit(TOWN))
    facts = scene.facts(TOWN, department=scene.department.pk)
    draft = perform(own, "save_draft", actor=scene.town, at=NOW, facts=facts)
    assert not AdmissionRequest.objects.visible_to(scene.clerk).exists()
    perform(draft, "consult", actor=scene.town, at=NOW, facts=facts, files=papers())
    assert AdmissionRequest.objects.visible_to(scene.clerk).get() == draft
