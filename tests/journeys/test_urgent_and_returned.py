"""The side ways of a call in a real browser: urgent from the phone, returned, ruled by 编办."""

import pytest

from governance.roles import Role
from hucall.models import Call
from tests.browser import PHONE
from tests.factories import hucall as make
from tests.factories.governance import moment
from tests.journeys.conftest import HELPER, LEAD
from tests.journeys.hands import act, begin, clock_at, photo, pick, send

pytestmark = pytest.mark.django_db(transaction=True)

MARKET, AGENCY = "县市场监督管理局", "清泉派出所"


def test_手机上的应急呼叫直达两个单位_到场后补核实(county, people, visitor, axe, fits):
    agency = county.user(Role.AGENCY_HEAD)
    with clock_at(moment("2026-11-14 20:00")):  # a Saturday evening
        page = visitor(people["township"], PHONE)
        page.goto("/hucall/calls/new/")
        pick(page, "urgent")
        page.get_by_label("什么事").fill("路面塌陷,一辆货车被困")
        page.get_by_label("具体情况").fill("塌陷约四米见方,司机已撤离。")
        page.get_by_label("地点").fill("309国道清泉段")
        page.get_by_label("已自查").check()
        page.locator("#id_files").set_input_files(photo())
        page.get_by_role("button", name="提交呼叫").click()
        page.get_by_text("应急呼叫请至少选择一个部门或派驻机构").first.wait_for()
        axe(page)
        fits(page)
        for name in (HELPER, AGENCY):
            page.locator("#callees").get_by_label(name).check()
        page.get_by_role("button", name="提交呼叫").click()
        page.get_by_text("冠呼〔2026〕1号").first.wait_for()
        assert page.locator(".part").count() == 2
        address = page.url.split("#")[0]
        fits(page)

        for user, unit in ((people["helper"], HELPER), (agency, AGENCY)):
            own = visitor(user, PHONE)
            own.goto("/")
            own.locator(".todo .what", has_text="路面塌陷").first.click()
            own.wait_for_url(f"{address}*")
            panel = begin(own, "登记到场", unit)
            assert panel.get_by_label("到场地点").input_value() == "309国道清泉段"
            axe(own)
            send(own, "登记到场")
            act(own, "办结", unit, result="已围挡警戒并引导车辆绕行")

        desk = visitor(people["platform"], PHONE)
        desk.goto(address)
        act(desk, "事后核实", verified_true="yes", opinion="电话核实属实")
        assert Call.objects.get().verified_true


def test_退回由平台审核_争议由编办裁定(county, people, visitor, axe, fits):
    county.amend(**{"call.returns_before_ruling": 1})
    market = county.user(Role.DEPARTMENT_CLERK, MARKET)
    with clock_at(moment("2026-11-10 10:00")):
        kept = make.dispatched(county, lead=LEAD, at=moment("2026-11-10 09:00"))
        call = make.dispatched(county, lead=HELPER, at=moment("2026-11-10 09:10"))
        lead, helper = visitor(people["lead"]), visitor(people["helper"])
        desk, bianban = visitor(people["platform"]), visitor(people["bianban"])

        # Refused: the department goes on with its work.
        lead.goto(kept.get_absolute_url())
        act(lead, "不属本单位,退回", reason="不在本单位职责内", basis="清单第3项")
        desk.goto(kept.get_absolute_url())
        assert "不在本单位职责内" in desk.locator("#page").inner_text()
        act(desk, "不同意退回", reason="清单写明由你单位牵头")
        lead.reload()
        act(lead, "报到")
        assert kept.responses.get().state == "working"

        # Accepted: another unit takes over, and its own return goes to 编办.
        helper.goto(call.get_absolute_url())
        act(helper, "不属本单位,退回", reason="应由市场监管部门办理", basis="清单第1项")
        desk.goto(call.get_absolute_url())
        panel = begin(desk, "同意退回")
        panel.locator("[name=to_unit]").select_option(label=MARKET)
        send(desk, "同意退回")
        other = visitor(market)
        other.goto(call.get_absolute_url())
        act(other, "不属本单位,退回", reason="本单位无执法权限", basis="清单第1项")
        bianban.goto("/")
        bianban.locator(".todo .what", has_text=call.title).click()
        panel = begin(bianban, "裁定:由该单位承办")
        axe(bianban)
        fits(bianban)
        panel.locator("[name=text]").fill("占道市场的秩序由市场监管部门负责")
        send(bianban, "裁定:由该单位承办")
        other.reload()
        assert other.locator("#next a", has_text="报到").count()
        assert not other.locator("#next a", has_text="退回").count()
        other.goto("/hucall/rulings/?q=占道市场")
        assert "占道市场的秩序" in other.locator("#page").inner_text()
