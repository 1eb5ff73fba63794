"""Steps with forms of this app: dispatch, more units, merging, returning; and records' pages."""

import re

import pytest
from django.utils import timezone

from governance.perform import perform
from governance.roles import Role
from hucall.models import Bulletin, Call
from tests.factories import hucall as make
from tests.factories.governance import load_calendar
from tests.hucall.pages import client_of, item_of, listed_county

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    load_calendar()
    return listed_county()


@pytest.fixture
def desk(county):
    return client_of(county.user(Role.PLATFORM))


def version_in(text: str) -> str:
    """The version that the form carries."""
    return re.search(r'name="version" value="(\d+)"', text)[1]


def dispatch_url(call) -> str:
    return f"/hucall/calls/{call.pk}/steps/dispatch/"


def chosen(county, **duties) -> dict:
    """The fields of a dispatch."""
    units = {county.unit(name).pk: duty for name, duty in duties.items()}
    fields = {f"duty_{pk}": duty for pk, duty in units.items()}
    return {"difficulty": "general", "units": list(units)} | fields


@pytest.mark.rule("GX-呼应-09")
@pytest.mark.rule("TA-14")
def test_dispatch_is_proposed_by_the_list(county, desk):
    call = make.filed(county, item=item_of(county, "占道经营和马路市场整治").pk)
    page = desk.get(f"/hucall/calls/{call.pk}/").content.decode()
    assert f'href="{dispatch_url(call)}#step-panel"' in page
    text = desk.get(dispatch_url(call)).content.decode()
    lead, help1 = county.unit("县综合行政执法局"), county.unit("县公安局")
    assert f'value="{lead.pk}" checked' in text and f'value="{help1.pk}" checked' in text
    row = text[text.index(f'name="duty_{lead.pk}"') :][:300]
    assert '<option value="lead" selected>' in row
    facts = {"version": version_in(text), "item": call.item_id} | chosen(
        county, 县综合行政执法局="lead", 县公安局="assist", 清泉派出所="copy"
    )
    facts[f"task_{help1.pk}"] = "维持秩序"
    answer = desk.post(dispatch_url(call), facts)
    assert answer.status_code == 302 and answer.url == f"/hucall/calls/{call.pk}/"
    call = Call.objects.get()
    duties = {part.unit.short_name: (part.duty, part.task) for part in call.responses.all()}
    assert call.state == "handling" and duties["县公安局"] == ("assist", "维持秩序")
    assert duties["县综合行政执法局"][0] == "lead" and duties["清泉派出所"][0] == "copy"


def test_a_refused_dispatch_keeps_every_row(county, desk):
    call = make.filed(county)
    facts = {"version": call.version} | chosen(county, 县公安局="assist", 县交通运输局="assist")
    unit = county.unit("县交通运输局")
    facts[f"task_{unit.pk}"] = "修路"
    for htmx in ({}, {"HTTP_HX_REQUEST": "true"}):
        answer = desk.post(dispatch_url(call), facts, **htmx)
        text = answer.content.decode()
        assert answer.status_code == 400 and "请确定一个牵头单位" in text
        assert f'value="{unit.pk}" checked' in text and "修路" in text
    assert Call.objects.get().state == "submitted"


def test_a_second_click_and_a_stale_page(county, desk):
    call = make.filed(county)
    facts = {"version": call.version} | chosen(county, 县公安局="lead")
    assert desk.post(dispatch_url(call), facts).status_code == 302
    assert desk.post(dispatch_url(call), facts).status_code == 302
    assert Call.objects.get().responses.count() == 1
    other = make.filed(county, title="另一件")
    facts = {"version": other.version} | chosen(county, 县公安局="lead")
    township = county.user(Role.TOWNSHIP_CLERK)
    perform(other, "remark", actor=township, facts={"remark": "又来了十个摊位"})
    answer = desk.post(dispatch_url(other), facts)
    text = answer.content.decode()
    assert answer.status_code == 409 and "补充说明" in text
    assert f'value="{county.unit("县公安局").pk}" checked' in text
    facts["version"] = version_in(text)
    assert desk.post(dispatch_url(other), facts).status_code == 302


def test_others_may_not_dispatch(county):
    call = make.filed(county)
    facts = {"version": call.version} | chosen(county, 县公安局="lead")
    for role in (Role.TOWNSHIP_CLERK, Role.DUCHA, Role.BIANBAN):
        client = client_of(county.user(role))
        assert client.get(dispatch_url(call)).status_code == 403
        assert client.post(dispatch_url(call), facts).status_code == 403
    assert client_of(county.user(Role.DEPARTMENT_CLERK)).get(dispatch_url(call)).status_code == 404
    assert Call.objects.get().state == "submitted"


@pytest.mark.rule("GX-呼应-12")
@pytest.mark.rule("TA-15")
def test_more_units_are_added_and_stand_side_by_side(county, desk):
    call = make.dispatched(county)
    url = f"/hucall/calls/{call.pk}/steps/add_units/"
    text = desk.get(url).content.decode()
    assert 'value="lead"' not in text[text.index("step-panel-title") : text.index("</form>")]
    facts = {"version": version_in(text)} | chosen(county, 县交通运输局="assist")
    assert desk.post(url, facts).status_code == 302
    text = desk.get(f"/hucall/calls/{call.pk}/").content.decode()
    assert text.count('<article class="part') == 2


def test_merging_offers_the_call_that_looks_alike(county, desk):
    first = make.filed(county, at=timezone.now(), title="集市东口道路塌陷严重")
    second = make.filed(
        county, at=timezone.now(), title="集市东口道路塌陷", owner=county.unit("贾镇")
    )
    url = f"/hucall/calls/{second.pk}/steps/merge/"
    text = desk.get(url).content.decode()
    assert "看起来相同的呼叫" in text and first.number in text
    facts = {"version": second.version, "into": first.pk, "reason": "同一处塌陷"}
    assert desk.post(url, facts).status_code == 302
    text = desk.get(f"/hucall/calls/{first.pk}/").content.decode()
    assert second.number in text and "并入本件的呼叫" in text
    text = client_of(county.user(Role.TOWNSHIP_CLERK, "贾镇")).get(f"/hucall/calls/{second.pk}/")
    assert "已并案" in text.content.decode()
    into = re.search(r'href="(/hucall/calls/\d+/)">查看并入的呼叫', text.content.decode())
    township = client_of(county.user(Role.TOWNSHIP_CLERK, "贾镇"))
    assert township.get(into[1]).status_code == 200


def test_a_department_signs_in_and_returns_from_its_own_page(county):
    now = timezone.now()
    call = make.dispatched(county, at=now, call=make.filed(county, at=now))
    part = make.part(call, county)
    clerk = client_of(county.user(Role.DEPARTMENT_CLERK))
    text = clerk.get(f"/hucall/calls/{call.pk}/").content.decode()
    step = re.search(r'href="(/matters/[^"]+/steps/sign_in/)[^"]*"', text)[1]
    assert "须" in text or "不能办结" in text
    assert clerk.post(step, {"version": part.version}).status_code == 302
    url = f"/hucall/responses/{part.pk}/steps/propose_return/"
    text = clerk.get(url).content.decode()
    facts = {"version": version_in(text), "reason": "不属公安", "basis": "清单"}
    assert clerk.post(url, facts | {"reason": ""}).status_code == 400
    assert clerk.post(url, facts).status_code == 302
    assert make.part(call, county).state == "returning"


def test_steps_that_are_not_ours_have_no_address_here(county, desk):
    call = make.dispatched(county)
    assert desk.get(f"/hucall/calls/{call.pk}/steps/finish/").status_code == 404
    assert desk.get(f"/hucall/calls/{call.pk}/steps/x/").status_code == 404
    part = make.part(call, county)
    assert desk.get(f"/hucall/responses/{part.pk}/steps/open/").status_code == 404


@pytest.mark.rule("GX-呼应-15")
def test_every_response_has_its_rating_button(county):
    call = make.dispatched(county, assist=["县交通运输局"])
    for part in call.responses.order_by("-id"):
        make.finish(county, make.sign_in(county, part))
    clerk = client_of(county.user(Role.TOWNSHIP_CLERK))
    text = clerk.get(f"/hucall/calls/{call.pk}/").content.decode()
    assert "评价:县公安局" in text and "评价:县交通运输局" in text
    for rating in call.ratings.all():
        page = clerk.get(f"/hucall/ratings/{rating.pk}/").content.decode()
        assert "不向承办部门公开" in page and "待评价" in page


def test_the_platform_sees_callbacks_and_others_do_not(county, desk):
    call = make.finished(county)
    facts = {"level": "dissatisfied", "reason": "没有修好"}
    township = county.user(Role.TOWNSHIP_CLERK)
    perform(call.ratings.get(), "rate", actor=township, facts=facts)
    callback = call.callbacks.get()
    text = desk.get(f"/hucall/callbacks/{callback.pk}/").content.decode()
    assert "登记回访" in text and "呼叫联系人" not in text
    assert "待回访" in desk.get(f"/hucall/calls/{call.pk}/").content.decode()
    page = client_of(township).get(f"/hucall/calls/{call.pk}/").content.decode()
    assert "callbacks" not in page and "待回访" not in page
    assert client_of(township).get(f"/hucall/callbacks/{callback.pk}/").status_code == 404


@pytest.mark.rule("GX-呼应-18")
def test_a_bulletin_is_drafted_once_a_month(county):
    ducha = client_of(county.user(Role.DUCHA))
    assert ducha.post("/hucall/bulletins/new/", {"month": "2026-13"}).status_code == 400
    assert ducha.post("/hucall/bulletins/new/", {"month": "2099-01"}).status_code == 400
    first = ducha.post("/hucall/bulletins/new/", {"month": "2026-10"})
    again = ducha.post("/hucall/bulletins/new/", {"month": "2026-10"})
    assert first.status_code == 302 and first.url == again.url
    assert Bulletin.objects.count() == 1
    assert "正文" in ducha.get(first.url).content.decode()
    clerk = client_of(county.user(Role.DEPARTMENT_CLERK))
    assert clerk.get("/hucall/bulletins/new/").status_code == 403
    assert clerk.get(first.url).status_code == 404


def test_what_waits_for_a_decision_comes_first(county, desk):
    part = make.working(county)
    leader = county.user(Role.DEPARTMENT_LEADER)
    facts = {"workdays": 2, "reason": "等材料"}
    perform(part, "request_extension", actor=leader, at=make.FILED, facts=facts)
    text = desk.get(f"/hucall/calls/{part.call_id}/").content.decode()
    aside = text[text.index('id="next"') :]
    assert aside.index("同意延期:县公安局") < aside.index("补派部门")
    assert "延期审批" in aside and "延期待审批 2 个工作日" in text
