"""把关: what may not be handed down, each with its clause; binding or advice as the county says."""

import pytest

from admission import gates
from admission.models import AdmissionRequest, Slip
from governance import catalogue
from governance.perform import perform
from governance.steps import Invalid, StepClosed
from tests.admission.scene import NOW, OTHER, TOWN, Scene
from tests.checklist.scene import Scene as ListScene

pytestmark = pytest.mark.django_db
PLEDGE, BODIES = ("pledge", "indicator", "appraisal"), ("body", "place", "full_time")
NAMES = ("department_name", "coordination_body", "temporary_body")
COUNTERPART = ("counterpart", "village_body")


def refused(scene, **given):
    """The form of a request that does not get past the gate."""
    with pytest.raises(Invalid) as refusal:
        scene.consult(**given)
    assert not AdmissionRequest.objects.filter(county=scene.row).exists()
    return refusal.value.form


@pytest.mark.rule("GX-准入-02", "JQ-准入-02", "TA-10", "TW-38", "TW-07", "TX-准入-10", "TX-准入-11")
@pytest.mark.parametrize(
    ("preset", "binding", "clause"),
    [
        ("guanxian-2019", NAMES, "GX-准入-02"),
        ("jiaoqu-2022", NAMES, "JQ-准入-02"),
        ("taian-2019", NAMES, "TA-10"),
        ("tongwei-2020", PLEDGE, "TW-38"),
        ("tongwei-2020", COUNTERPART, "TW-07"),
        ("tongxin-2021", (*PLEDGE, "assigned"), "TX-准入-10"),
        ("tongxin-2021", BODIES, "TX-准入-11"),
    ],
)
def test_what_is_declared_and_binds_stops_the_request(calendar, preset, binding, clause):
    scene = Scene(preset)
    for key in binding:
        form = refused(scene, **{f"veto_{key}": "yes"})
        assert catalogue.entry(clause).label in str(form.errors[f"veto_{key}"])
        assert f"veto_{key}" in refused(scene, **{f"veto_{key}": ""}).errors, "nothing said"


@pytest.mark.parametrize("preset", ["guanxian-2019", "jiaoqu-2022", "taian-2019"])
def test_advice_does_not_stop_but_stays_on_record(calendar, preset):
    scene = Scene(preset)
    keys = (*PLEDGE, *BODIES, *COUNTERPART, "assigned")
    request = scene.consult(**{f"veto_{key}": "yes" for key in keys})
    assert request.state == "consulting" and all(request.vetoes[key] for key in keys)
    told = dict(map(tuple, request.events.get(step="consult").facts))
    assert "不符合减负要求(外县规定,仅供参考)。" in told["把关提示"]


@pytest.mark.parametrize(
    ("preset", "words"),
    [
        ("guanxian-2019", "与各村签订责任状"),
        ("jiaoqu-2022", "设置专门场所"),
        ("tongwei-2020", "配备专职人员二名"),
        ("tongxin-2021", "要求加挂牌子"),
    ],
)
def test_what_only_other_counties_forbid_is_shown_and_asks_for_nothing(calendar, preset, words):
    """Neither an answer to such a case nor a word about it is required."""
    scene = Scene(preset)
    foreign = [key for key in gates.asked(scene.book) if gates.referred(scene.book, key)]
    assert foreign == scene.book.value("admission.advice")
    place = {"element_0": words} if preset.startswith("tongxin") else {"content": words}
    unsaid = {f"veto_{key}": "" for key in foreign}
    request = scene.consult(gate_note="", **place, **unsaid)
    assert request.state == "consulting" and not set(foreign) & set(request.vetoes)
    told = dict(map(tuple, request.events.get(step="consult").facts))
    assert "外县规定,仅供参考" in told["把关提示"]


@pytest.mark.rule("TW-38", "TW-07", "TX-准入-11")
@pytest.mark.parametrize(
    ("preset", "words"),
    [
        ("tongwei-2020", "与各村签订责任状"),
        ("tongwei-2020", "分解指标到各乡镇"),
        ("tongwei-2020", "实行一票否决"),
        ("tongwei-2020", "要求加挂牌子"),
        ("tongxin-2021", "配备专职人员二名"),
        ("tongxin-2021", "设置专门场所"),
        ("guanxian-2019", "成立领导小组推进"),
    ],
)
def test_words_that_give_a_vehicle_away_must_be_explained(calendar, preset, words):
    scene = Scene(preset)
    place = {"element_0": words} if preset.startswith("tongxin") else {"content": words}
    assert "gate_note" in refused(scene, gate_note=" ", **place).errors
    assert scene.consult(gate_note="仅为引述,不作要求。", **place).state == "consulting"


@pytest.mark.rule("GX-准入-02", "JQ-准入-02", "TA-10")
@pytest.mark.parametrize("preset", ["guanxian-2019", "jiaoqu-2022", "taian-2019"])
@pytest.mark.parametrize("name", ["县秸秆禁烧工作领导小组", "县防汛抗旱指挥部", "创城工作专班"])
def test_no_deliberative_or_temporary_body_hands_anything_down(calendar, preset, name):
    scene = Scene(preset)
    unit = scene.county.unit(name, kind="department")
    actor = scene.county.user("department_clerk", unit)
    form = refused(scene, owner=unit, actor=actor)
    assert "议事协调机构或临时机构" in str(form.errors["name"])


def listed(preset):
    """A county with a list on which 秸秆禁烧 stands, 县农业农村局 bearing it."""
    scene = Scene(preset)
    ListScene.publish(scene)
    return scene


@pytest.mark.rule("GX-准入-03", "JQ-准入-03", "TX-准入-02", "GX-准入-02", "JQ-准入-02")
@pytest.mark.parametrize("preset", ["guanxian-2019", "jiaoqu-2022", "tongxin-2021"])
def test_a_listed_item_needs_no_application_and_ones_own_may_not_go_down(calendar, preset):
    scene = listed(preset)

    def own(rule: str) -> str:
        return scene.book.clause_for(rule)[0].label

    for name in ("秸秆禁烧", " 秸秆 禁烧。", "“秸秆禁烧”"):
        form = refused(scene, name=name)
        text = str(form.errors["name"])
        assert "不得以部门名义擅自转交乡镇" in text and own("GX-准入-02") in text
    other = scene.county.user("department_clerk", "县公安局")
    form = refused(scene, name="秸秆禁烧", owner=scene.unit("县公安局"), actor=other)
    assert "已列入责任清单,无需申请准入" in str(form.errors["name"])
    assert own("GX-准入-03") in str(form.errors["name"])


@pytest.mark.rule("GX-准入-03", "TX-准入-02")
def test_a_similar_item_asks_for_a_word_about_it(calendar):
    scene = listed("guanxian-2019")
    form = refused(scene, name="秋季秸秆禁烧巡查", gate_note="")
    assert "秸秆禁烧" in str(form.errors["gate_note"])
    assert scene.consult(name="秋季秸秆禁烧巡查", gate_note="对象不同。").state == "consulting"


@pytest.mark.rule("TX-准入-10")
def test_a_township_that_waits_for_its_support_is_named(calendar):
    scene = Scene("tongxin-2021")
    scene.carried()
    from tests.admission.cells import LATE

    found = gates.loads(scene.row, [scene.unit(TOWN).pk, scene.unit(OTHER).pk], LATE)
    assert any(TOWN in one.text and "保障未按期落实" in one.text for one in found)
    assert not gates.loads(scene.row, [scene.unit(TOWN).pk], NOW)


@pytest.mark.rule("GX-准入-01", "JQ-准入-01", "TX-准入-01", "TW-36")
@pytest.mark.parametrize("preset", ["guanxian-2019", "jiaoqu-2022", "tongxin-2021", "tongwei-2020"])
def test_without_admission_nothing_is_handed_over_and_paper_may_be_refused(calendar, preset):
    scene = Scene(preset)
    request = scene.filed()
    slip = Slip(county=scene.row, owner=scene.department)
    with pytest.raises(Invalid):
        perform(slip, "issue", actor=scene.clerk, at=NOW, facts={"duty": 1, "content": "照办"})
    facts = {"department": scene.department.pk, "name": "普查", "content": "照办"}
    for number in ("", "冠准〔2020〕9号", request.number):
        paper = Slip(county=scene.row, owner=scene.unit(TOWN))
        given = facts | {"stated_number": number}
        paper = perform(paper, "register", actor=scene.town, at=NOW, facts=given)
        with pytest.raises(StepClosed, match="可以拒收"):
            perform(paper, "receive", actor=scene.town, at=NOW, facts={})
        paper = perform(paper, "decline", actor=scene.town, at=NOW, facts={"reason": "未经准入"})
        assert paper.state == "declined"
