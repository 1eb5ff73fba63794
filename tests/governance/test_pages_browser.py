"""The core's pages in Chromium: a step opened in place, refused, confirmed; every page at both
widths without serious findings.
"""

import pytest

from governance.opaque import hide
from governance.perform import perform
from governance.roles import Role
from tests.factories import hucall as make
from tests.governance.matters import fresh
from tests.governance.visiting import address, step

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_stale_step_keeps_what_was_typed_and_is_confirmed(county, visitor, width, axe, fits):
    part = make.working(county)
    clerk, leader = county.user(Role.DEPARTMENT_CLERK), county.user(Role.DEPARTMENT_LEADER)
    page = visitor(clerk, width)
    page.goto(step(part, "note"))
    page.get_by_label("共享").first.check() if page.get_by_label("共享").count() else None
    page.locator("textarea[name=note]").fill("抢修队已进场")
    shared = {"audience": "shared", "note": "已协调供电公司"}
    perform(fresh(part), "note", actor=leader, facts=shared)
    page.locator("#step-panel button[type=submit]").click()
    page.wait_for_load_state()
    assert "您打开页面后" in page.locator("#step-panel").inner_text()
    assert page.locator("textarea[name=note]").input_value() == "抢修队已进场"
    axe(page)
    fits(page)
    page.locator("#step-panel button[type=submit]").click()
    page.wait_for_url("**/hucall/**")
    assert "“登记进展”已办理" in page.locator("#page").inner_text()
    assert fresh(part).latest == "抢修队已进场"


def test_every_page_of_the_core_is_usable_at_both_widths(county, visitor, width, axe, fits):
    part = make.working(county)
    call = part.call
    clock = part.clocks.get(name="finish")
    page = visitor(county.user(Role.DEPARTMENT_CLERK), width)
    for path in (
        "/",
        "/tasks/mine/",
        "/inbox/",
        "/deadlines/",
        "/deadlines/?amount=10&unit=workdays&start=2026-09-18",
        "/deadlines/?amount=0",
        f"/clocks/{hide(clock.pk)}/why/",
        f"/clocks/{hide(clock.pk)}/why/?print",
        "/search/?q=塌陷",
        "/permissions/hucall.response/",
        "/statecharts/hucall.call/",
        address(call, "trail/"),
        step(part, "finish"),
        step(part, "sign_in"),
        "/help/",
    ):
        page.goto(path)
        axe(page)
        fits(page)


def test_why_this_day_opens_in_the_drawer(county, visitor):
    part = make.working(county)
    page = visitor(county.user(Role.DEPARTMENT_CLERK))
    page.goto(step(part, "note"))
    page.get_by_role("link", name="为什么是这一天").first.click()
    drawer = page.locator("#drawer")
    drawer.wait_for()
    assert "逐日说明" in drawer.inner_text()


def test_every_line_of_the_workbench_names_its_clause(county, visitor, width, axe, fits):
    make.dispatched(county)
    page = visitor(county.user(Role.DEPARTMENT_CLERK), width)
    page.goto("/")
    lines = page.locator(".todo li")
    assert lines.count()
    for line in lines.all():
        clause = line.locator(".when .clause")
        assert clause.is_visible()
        assert clause.bounding_box()["height"] >= 24 or width > 720
    axe(page)
    fits(page)
