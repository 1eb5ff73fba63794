"""The pages in a real browser, at both widths: filing as one types, steps in place, axe."""

import pytest
from playwright.sync_api import expect

from governance.roles import Role
from hucall.models import Call
from tests.factories import hucall as make
from tests.factories.governance import load_calendar
from tests.hucall.pages import item_of, listed_county

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def county(transactional_db):
    load_calendar()
    return listed_county()


def test_a_township_files_a_call_by_hand(county, visitor, axe, fits, width):
    page = visitor(county.user(Role.TOWNSHIP_CLERK), width)
    page.goto("/hucall/calls/new/")
    axe(page)
    page.get_by_text("重点事项").click()
    page.get_by_label("什么事").fill("集市东口道路塌陷")
    page.get_by_label("具体情况").fill("路面塌陷约三平方米")
    page.get_by_label("地点", exact=True).fill("集市东口")
    suggestion = page.get_by_role("button", name="道路塌陷应急处置")
    suggestion.click()
    wanted = str(item_of(county, "道路塌陷应急处置").pk)
    expect(page.locator("#id_item")).to_have_value(wanted)
    expect(page.locator("#self-check")).to_contain_text("县交通运输局")
    page.get_by_label("已自查").check()
    fits(page)
    # Half under the bar at the top, a field looks smaller than a thumb; nobody taps it there.
    page.evaluate("scrollTo(0, 0)")
    axe(page)
    page.get_by_role("button", name="提交呼叫").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("集市东口道路塌陷")
    call = Call.objects.get()
    assert (call.state, str(call.item_id), call.kind) == ("submitted", wanted, "key")


def test_urgent_calls_show_whom_to_call(county, visitor):
    page = visitor(county.user(Role.TOWNSHIP_CLERK))
    page.goto("/hucall/calls/new/")
    expect(page.locator("#callees")).to_be_hidden()
    page.get_by_text("应急事项").click()
    expect(page.locator("#callees")).to_be_visible()


def test_the_platform_dispatches_in_place(county, visitor, axe, fits, width):
    call = make.filed(county, item=item_of(county, "占道经营和马路市场整治").pk)
    page = visitor(county.user(Role.PLATFORM), width)
    page.goto(f"/hucall/calls/{call.pk}/")
    axe(page)
    fits(page)
    page.get_by_role("link", name="核实派发").last.click()
    panel = page.locator("#step-panel")
    expect(panel.get_by_role("heading", name="核实派发")).to_be_visible()
    axe(page)
    fits(page)
    panel.get_by_role("button", name="核实派发").click()
    expect(page.locator(".part")).to_have_count(3)
    assert Call.objects.get().state == "handling"
    axe(page)


def test_a_department_with_nine_others(county, visitor, axe, fits, width):
    names = [f"县{word}局" for word in "甲乙丙丁戊己庚辛壬"]
    call = make.dispatched(county, assist=names)
    page = visitor(county.user(Role.DEPARTMENT_CLERK), width)
    page.goto(f"/hucall/calls/{call.pk}/")
    expect(page.locator(".part")).to_have_count(10)
    fits(page)
    page.get_by_role("link", name="报到", exact=True).first.click()
    page.locator("#step-panel").get_by_role("button", name="报到").click()
    expect(page.locator(".part.mine")).to_contain_text("已报到")
    axe(page)


@pytest.mark.parametrize("name", ["calls", "responses", "ratings", "supervisions", "suspensions"])
def test_lists_are_usable_at_both_widths(county, visitor, axe, fits, width, name):
    make.finished(county)
    make.dispatched(county, assist=["县交通运输局"])
    page = visitor(county.user(Role.PLATFORM), width)
    page.goto(f"/hucall/{name}/")
    fits(page)
    axe(page)


def test_filing_works_without_javascript(county, new_context, live_server, visitor):
    from tests.browser import _session_cookie

    user = county.user(Role.TOWNSHIP_CLERK)
    context = new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([_session_cookie(user, live_server.url)])
    page = context.new_page()
    page.goto("/hucall/calls/new/")
    page.get_by_label("什么事").fill("集市东口道路塌陷")
    page.get_by_role("button", name="按内容推荐清单事项").click()
    expect(page.locator("#hints")).to_contain_text("道路塌陷应急处置")
    page.get_by_label("具体情况").fill("路面塌陷")
    page.get_by_label("地点", exact=True).fill("集市")
    page.get_by_label("清单事项").select_option(label="道路塌陷应急处置")
    page.get_by_label("已自查").check()
    page.get_by_role("button", name="提交呼叫").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("集市东口道路塌陷")
    page.get_by_role("link", name="补充说明").first.click()
    page.get_by_role("textbox", name="说明").fill("又塌了一块")
    page.get_by_role("button", name="补充说明").click()
    expect(page.locator("#trail")).to_contain_text("又塌了一块")
