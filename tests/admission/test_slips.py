"""交办单: only with the number of an approval, else it may be refused and reported (GX-准入-12)."""

import pytest
import time_machine

from admission.models import HandDown, Slip
from tests.admission.scene import OTHER, TOWN, Scene, again, papers
from tests.factories.governance import load_calendar, moment
from tests.governance.visiting import step, text_of, visit

pytestmark = pytest.mark.django_db
DAY = moment("2026-09-14 10:00")


@pytest.fixture
def scene():
    load_calendar()
    made = Scene()
    with time_machine.travel(DAY, tick=False):
        yield made


@pytest.fixture
def duty(scene):
    return scene.duty(scene.admitted())


def number_check(client, number, department="") -> str:
    """What the page says of a number while it is typed."""
    query = {"stated_number": number, "department": department}
    return text_of(client.get("/admission/slips/check/", query))


@pytest.mark.rule("GX-准入-01", "GX-准入-12")
def test_a_department_hands_over_only_what_was_admitted(scene, duty):
    office = visit(scene.clerk)
    form = text_of(office.get("/admission/slips/new/", {"duty": duty.pk}))
    assert duty.approval_number in form and "入户登记农户生产经营情况" in form
    given = {"duty": duty.pk, "content": "请于月底前完成"}
    made = office.post("/admission/slips/new/", given)
    slip = Slip.objects.get()
    assert made["Location"] == slip.get_absolute_url()
    assert slip.stated_number == duty.approval_number
    town = visit(scene.town)
    text = text_of(town.get(slip.get_absolute_url()))
    assert "表号有效" in text and "应当协助落实" in text
    assert town.post(step(slip, "receive"), {"version": slip.version}).status_code == 302
    assert again(duty).state == "active"
    refused = office.post("/admission/slips/new/", {"duty": "999999", "content": "x"})
    assert refused.status_code == 400 and "只能交办本部门已获准入" in text_of(refused)
    assert visit(scene.town).get("/admission/slips/new/").status_code == 403
    assert office.get("/admission/slips/register/").status_code == 403


@pytest.mark.rule("GX-准入-12")
def test_the_number_on_a_paper_is_checked_at_once(scene, duty):
    town = visit(scene.town)
    assert "有效的批准表号" in number_check(town, duty.approval_number)
    assert "有效的批准表号" in number_check(town, duty.approval_number, duty.department_id)
    assert "不一致" in number_check(town, duty.approval_number, scene.county.unit("县城管局").pk)
    assert "不是有效的批准表号" in number_check(town, "冠准〔2026〕999号")
    assert "notice" not in number_check(town, "") and "不是有效" in number_check(town, "\0x")
    with time_machine.travel(moment("2027-01-04 10:00"), tick=False):
        assert "可以拒收" in number_check(visit(scene.town), duty.approval_number)
    only_here = scene.admitted(TOWN, name="只到清泉").number
    assert "不是有效的批准表号" in number_check(visit(scene.other_town), only_here)
    assert visit(scene.clerk).get("/admission/slips/check/").status_code == 403


def test_a_refused_slip_leads_to_a_report_that_knows_it_already(scene, duty):
    town = visit(scene.town)
    given = {"department": scene.department.pk, "name": "统计报表", "content": "每周报送"}
    made = town.post("/admission/slips/register/", given | {"stated_number": "冠准〔2026〕999号"})
    slip = Slip.objects.get(name="统计报表")
    url = slip.get_absolute_url()
    assert made["Location"] == url
    text = text_of(town.get(url))
    assert "表号无效" in text and "report" not in text and "handdowns/new" not in text
    town.post(step(slip, "decline"), {"reason": "没有批准", "version": slip.version})
    text = text_of(town.get(url))
    assert f"/admission/handdowns/new/?slip={slip.pk}" in text
    assert "handdowns/new" not in text_of(visit(scene.clerk).get(url))
    form = text_of(town.get("/admission/handdowns/new/", {"slip": slip.pk}))
    assert "已带入拒收的交办单" in form and "没有批准" in form and "统计报表" in form
    facts = {"slip": slip.pk, "department": scene.department.pk, "manner": "duty"}
    facts |= {"name": "统计报表", "happened_on": "2026-09-14", "text": "每周报送"}
    sent = town.post("/admission/handdowns/new/", facts | {"files": papers()["files"]})
    assert HandDown.objects.get().slip == slip
    assert slip.number in text_of(town.get(sent["Location"]))
    assert "handdowns/new" not in text_of(town.get(url))


def test_a_second_click_registers_once(scene):
    town = visit(scene.town)
    given = {"department": scene.department.pk, "name": "报表", "content": "报送", "token": "t1"}
    first = town.post("/admission/slips/register/", given)
    second = town.post("/admission/slips/register/", given)
    assert first["Location"] == second["Location"] and Slip.objects.count() == 1


def test_who_sees_a_slip(scene, duty):
    slip = scene.issue(duty)
    for user in (scene.town, scene.clerk, scene.bianban):
        assert visit(user).get(slip.get_absolute_url()).status_code == 200
        assert slip.number in text_of(visit(user).get("/admission/slips/"))
    assert visit(scene.other_town).get(slip.get_absolute_url()).status_code == 404
    assert slip.number not in text_of(visit(scene.other_town).get("/admission/slips/"))
    assert OTHER not in text_of(visit(scene.town).get("/admission/slips/"))
