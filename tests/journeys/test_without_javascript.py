"""The core of the work without JavaScript: filing, signing in, finishing; each step on a page."""

import pytest

from hucall.models import Call
from tests.browser import PHONE
from tests.factories import hucall as make
from tests.factories.governance import moment
from tests.hucall.pages import item_of
from tests.journeys.conftest import LEAD
from tests.journeys.hands import clock_at, exactly, photo

pytestmark = pytest.mark.django_db(transaction=True)


def test_没有脚本也能呼叫_报到_办结(county, people, visitor, fits):
    with clock_at(moment("2026-11-10 09:00")):
        page = visitor(people["township"], PHONE, java_script_enabled=False)
        page.goto("/hucall/calls/new/")
        page.get_by_label("什么事").fill("秸秆露天焚烧")
        page.get_by_label("具体情况").fill("村北地块秸秆露天焚烧")
        page.get_by_label("地点").fill("样例村北")
        page.get_by_role("button", name="按内容推荐清单事项").click()
        assert page.locator("#hints").get_by_text("秸秆禁烧").count()
        assert page.get_by_label("什么事").input_value() == "秸秆露天焚烧"
        item = item_of(county, "占道经营和马路市场整治")
        page.get_by_label("清单事项").select_option(str(item.pk))
        page.get_by_label("已自查").check()
        page.locator("#id_files").set_input_files(photo())
        page.get_by_role("button", name="提交呼叫").click()
        assert page.get_by_text("冠呼〔2026〕1号").count()

        call = make.dispatched(
            county, lead=LEAD, call=Call.objects.get(), at=moment("2026-11-10 09:05")
        )
        own = visitor(people["lead"], PHONE, java_script_enabled=False)
        own.goto(call.get_absolute_url())
        own.locator("#next a.btn").filter(has_text=exactly("报到")).click()
        own.locator("#step-panel button[type=submit]").click()
        assert "已办理" in own.locator("#page").inner_text()
        own.locator("#next a.btn").filter(has_text=exactly("办结")).click()
        own.locator("#step-panel [name=result]").fill("办")
        own.locator("#step-panel button[type=submit]").click()
        assert own.locator("#step-panel .err").count()
        own.locator("#step-panel [name=result]").fill("已扑灭并清理余烬,告知村民")
        own.locator("#step-panel button[type=submit]").click()
        fits(own)
        assert Call.objects.get().state == "finished"
