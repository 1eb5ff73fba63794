"""准入申请: what the forms ask for, who is asked about it, what becomes of it in review."""

from datetime import date

import pytest
from django.utils import timezone

from admission.models import AdmissionRequest, AdmittedDuty
from governance import catalogue, rulebooks
from governance.models import Clock, Notice, Post
from governance.perform import perform
from governance.roles import Role
from governance.steps import Forbidden, Invalid, Stale, StepClosed
from tests.admission.scene import DEPARTMENT, NOW, OTHER, TOWN, Scene, again, papers
from tests.factories.governance import load_calendar, moment
from tests.governance.visiting import visit

pytestmark = pytest.mark.django_db
WHY = {"reason": "不符合准入条件,理由如下"}
GX = {
    "name": "GX-准入表-03",
    "reason": "GX-准入表-04",
    "contact": "GX-准入表-05",
    "phone": "GX-准入表-06",
    "townships": "GX-准入表-07",
    "term": "GX-准入表-09",
    "content": "GX-准入表-11",
    "target": "GX-准入表-12",
    "funds": "GX-准入表-13",
}
JQ = {
    "name": "JQ-准入表-03",
    "contact": "JQ-准入表-04",
    "phone": "JQ-准入表-05",
    "term": "JQ-准入表-06",
    "content": "JQ-准入表-07",
    "target": "JQ-准入表-08",
}


@pytest.fixture
def calendar(db):
    load_calendar()


@pytest.fixture
def scene(calendar):
    return Scene()


def errors(scene, act=None, **given) -> dict:
    """What the form says of facts that it does not take; nothing was made."""
    with pytest.raises(Invalid) as refusal:
        (act or scene.consult)(**given)
    assert act or not AdmissionRequest.objects.exists()
    return refusal.value.form.errors


def decide(scene, matter, name: str, step="refuse", at=NOW, facts=WHY):
    stage = again(matter).current().get(name=name)
    return perform(stage, step, actor=scene.reviewer(stage), at=at, facts=facts)


# The forms, row by row ------------------------------------------------------------


@pytest.mark.rule(
    "GX-准入表-03",
    "GX-准入表-04",
    "GX-准入表-05",
    "GX-准入表-06",
    "GX-准入表-07",
    "GX-准入表-09",
    "GX-准入表-11",
    "GX-准入表-12",
    "GX-准入表-13",
)
@pytest.mark.rule(
    "JQ-准入表-03", "JQ-准入表-04", "JQ-准入表-05", "JQ-准入表-06", "JQ-准入表-07", "JQ-准入表-08"
)
@pytest.mark.parametrize(("preset", "rows"), [("guanxian-2019", GX), ("jiaoqu-2022", JQ)])
def test_every_row_of_the_form_is_asked_for_in_its_order(calendar, preset, rows):
    scene = Scene(preset)
    blank = {name: [] if name == "townships" else "  " for name in rows}
    found = errors(scene, **blank)
    assert set(rows) <= set(found)
    form = AdmissionRequest(county=scene.row, owner=scene.department)
    with pytest.raises(Invalid) as refusal:
        perform(form, "consult", actor=scene.clerk, at=NOW, facts={})
    fields = list(refusal.value.form.fields)
    places = [fields.index(name) for name in rows]
    assert places == sorted(places)


@pytest.mark.rule("JQ-准入表-03", "JQ-准入表-07", "JQ-准入表-08")
def test_the_rows_of_jiaoqu_bear_the_words_of_its_paper(calendar):
    scene = Scene("jiaoqu-2022")
    with pytest.raises(Invalid) as refusal:
        scene.consult(name="")
    labels = {name: field.label for name, field in refusal.value.form.fields.items()}
    assert labels["name"] == "申请具体事项"
    assert labels["content"] == "职责主体及内容" and labels["target"] == "职责任务"


@pytest.mark.rule("GX-准入表-01", "GX-准入表-02", "JQ-准入表-01", "JQ-准入表-02")
@pytest.mark.parametrize("preset", ["guanxian-2019", "jiaoqu-2022"])
def test_applicant_and_day_are_the_units_and_todays(calendar, preset):
    scene = Scene(preset)
    request = scene.filed(applied_on="1999-01-01", owner=None)
    assert request.owner == scene.department and request.applied_on == NOW.date()
    with pytest.raises(Forbidden):
        scene.consult(actor=scene.county.user(Role.DEPARTMENT_CLERK, "县公安局"))


@pytest.mark.rule("GX-准入表-06", "JQ-准入表-05")
@pytest.mark.parametrize("number", ["没有", "12", "0635 5231234 转 a", "\u0660\u0661" * 4])
def test_a_phone_that_nobody_can_call_is_refused(scene, number):
    assert "phone" in errors(scene, phone=number)


@pytest.mark.rule("GX-准入表-07")
def test_the_whole_county_or_some_townships_and_no_foreign_ones(scene):
    request = scene.consult(whole_county="on", townships=[])
    towns = {scene.unit(TOWN).pk, scene.unit(OTHER).pk}
    assert set(request.covers) == towns and request.whole_county
    other = Scene("guanxian-2019", ("乙县", "371526", "乙"))
    for foreign in (other.unit(TOWN).pk, scene.department.pk, 999_999):
        with pytest.raises(Invalid) as refusal:
            scene.consult(townships=[foreign])
        assert "townships" in refusal.value.form.errors


@pytest.mark.rule("GX-准入表-09", "GX-准入表-10", "JQ-准入表-06")
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"term": "stage", "starts_on": ""}, "starts_on"),
        ({"term": "stage", "ends_on": ""}, "ends_on"),
        ({"starts_on": "2026-12-31", "ends_on": "2026-12-30"}, "ends_on"),
        ({"starts_on": "2026-09-01", "ends_on": "2026-09-09"}, "ends_on"),
        ({"term": "regular", "starts_on": "", "ends_on": "2026-12-31"}, "ends_on"),
        ({"term": "forever"}, "term"),
        ({"starts_on": "0001-01-01"}, "starts_on"),
        ({"ends_on": "9999-12-31"}, "ends_on"),
        ({"support_due_on": "0001-01-01"}, "support_due_on"),
        ({"support_due_on": "9999-12-31"}, "support_due_on"),
        ({"support_due_on": "2026-09-09"}, "support_due_on"),
        ({"support_due_on": "2027-01-01"}, "support_due_on"),
    ],
)
def test_a_stage_has_its_days_and_what_is_regular_has_no_end(scene, given, field):
    assert field in errors(scene, **given)


@pytest.mark.rule("GX-准入表-09", "GX-准入表-10")
def test_one_day_is_a_stage_and_regular_is_open(scene):
    assert scene.consult(starts_on="2026-10-30", ends_on="2026-10-30").state == "consulting"
    request = scene.consult(name="另一事项", term="regular", starts_on="", ends_on="")
    assert request.ends_on is None


@pytest.mark.rule("GX-准入表-13")
@pytest.mark.parametrize("funds", ["-1", "0.001", "1e30", "NaN", "1000000000000000", "一万"])
def test_funds_are_an_amount(scene, funds):
    assert "funds" in errors(scene, funds=funds)


@pytest.mark.rule("GX-准入-05", "GX-准入-06", "JQ-准入-05", "JQ-准入-06", "TX-准入-07", "TA-12")
@pytest.mark.parametrize(
    "preset", ["guanxian-2019", "jiaoqu-2022", "tongxin-2021", "taian-2019", "tongwei-2020"]
)
def test_every_part_of_the_explanation_and_every_support_is_required(calendar, preset):
    scene = Scene(preset)
    wanted = {
        "GX": ["主体责任", "配合责任", "办事流程", "完成时限", "保障措施"],
        "TX": ["法定依据", "权责内容", "职责边界", "运行机制", "制度保障", "人员安排"],
    }
    full = scene.facts()
    blank = {n: " " for n in full if n.startswith(("element_", "support_")) and n[8:] != "due_on"}
    blank.pop("support_due_on", None)
    with pytest.raises(Invalid) as refusal:
        scene.consult(**blank)
    form = refusal.value.form
    labels = [form.fields[name].label for name in form.errors if name.startswith("element_")]
    assert labels == wanted["TX" if preset.startswith("tongxin") else "GX"]
    kinds = {name[8:] for name in form.errors if name.startswith("support_")}
    assert kinds == set(scene.book.value("admission.support"))
    expected = {"guanxian": "conditions", "jiaoqu": "conditions", "taian": "training"}
    assert expected.get(preset.partition("-")[0], "funds") in kinds or preset.startswith("tongwei")


@pytest.mark.rule("GX-准入-08", "JQ-准入-08", "GX-准入表-16", "JQ-准入表-12")
@pytest.mark.parametrize("preset", ["guanxian-2019", "jiaoqu-2022"])
def test_the_evidence_is_attached_and_the_copies_are_those_of_the_note(calendar, preset):
    scene = Scene(preset)
    with pytest.raises(Invalid) as refusal:
        perform(scene.request(), "consult", actor=scene.clerk, at=NOW, facts=scene.facts())
    assert "请附依据材料" in str(refusal.value.form.errors["files"])
    request = scene.filed()
    assert request.attachments.count() >= 1
    assert {one.name for one in request.current()} == {"bianban", "sifa"}
    assert (
        len(scene.book.value("admission.copies")) == {"guanxian-2019": 5, "jiaoqu-2022": 6}[preset]
    )


# The townships are asked ------------------------------------------------------------


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
    decide(scene, request, "bianban", "send_back")
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


# Reviews ----------------------------------------------------------------------------


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
        decide(scene, request, "sifa", facts={"reason": " "})
    assert "reason" in refusal.value.form.errors
    decide(scene, request, "sifa")
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


# Clauses that are shown ------------------------------------------------------------------

RULES = [entry for entry in catalogue.entries().values() if entry.app == "admission"]


@pytest.mark.rule("GX-准入-04", "JQ-准入-04", "GX-准入-18", "JQ-准入-19")
def test_every_rule_of_the_app_can_be_opened_by_anybody_who_is_signed_in(scene):
    rulebooks.load_clauses()
    client = visit(scene.town)
    assert len(RULES) == 98
    for entry in RULES:
        answer = client.get(f"/clauses/{entry.rule_id}/", headers={"HX-Request": "true"})
        assert answer.status_code == 200, entry.rule_id
        page = answer.content.decode()
        for text in (entry.statement, entry.document, entry.article_label):
            assert text in page, (entry.rule_id, text)
        assert entry.remark == "" or entry.remark not in entry.statement


@pytest.mark.rule("GX-准入-18", "JQ-准入-19")
def test_the_rules_hold_from_the_day_of_their_rulebook(scene):
    assert rulebooks.valid(scene.row, date(2020, 1, 1)).version == 1
    with pytest.raises(Exception, match="制度"):
        rulebooks.valid(scene.row, date(2019, 12, 31))


@pytest.mark.rule("TX-准入-06")
def test_a_draft_of_a_township_is_its_own_until_the_department_is_asked():
    load_calendar()
    scene = Scene("tongxin-2021")
    own = scene.request(scene.unit(TOWN))
    facts = scene.facts(TOWN, department=scene.department.pk)
    draft = perform(own, "save_draft", actor=scene.town, at=NOW, facts=facts)
    assert not AdmissionRequest.objects.visible_to(scene.clerk).exists()
    perform(draft, "consult", actor=scene.town, at=NOW, facts=facts, files=papers())
    assert AdmissionRequest.objects.visible_to(scene.clerk).get() == draft
