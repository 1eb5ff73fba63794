"""准入申请表: each row is asked for, and what cannot be is refused at its field."""

import pytest

from admission.models import AdmissionRequest
from governance.perform import perform
from governance.roles import Role
from governance.steps import Forbidden, Invalid
from tests.admission.scene import NOW, OTHER, TOWN, Scene

pytestmark = pytest.mark.django_db
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


def errors(scene, act=None, **given) -> dict:
    """What the form says of facts that it does not take; nothing was made."""
    with pytest.raises(Invalid) as refusal:
        (act or scene.consult)(**given)
    assert act or not AdmissionRequest.objects.exists()
    return refusal.value.form.errors


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
