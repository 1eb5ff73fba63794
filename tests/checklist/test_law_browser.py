"""Register, suggestions and pages for citizens in a browser: they fit, and axe finds nothing."""

import os

import pytest

from checklist import laws
from checklist.models import Channel, LegalBasis, Suggestion
from governance.perform import perform
from tests.checklist.scene import NOW, Scene
from tests.factories.governance import load_calendar

pytestmark = pytest.mark.django_db(transaction=True)
PICTURES = os.environ.get("PICTURES", "")
"""A folder for pictures of the pages, for whoever wants to look at them."""


@pytest.fixture
def scene(settings):
    settings.PUBLIC_PAGES = True
    load_calendar()
    made = Scene()
    made.publish(basis="《大气污染防治法》第一百一十九条、《行政监察法》《某县禁烧办法》")
    made.county.amend(**{"checklist.public": True})
    laws.load()
    for name in ("县农业农村局", "清泉街道"):
        unit = made.county.unit(name)
        Channel.objects.create(unit=unit, phone="0635-0000001", mail="yangli@example.org")
    return made


def heard(scene) -> Suggestion:
    """A suggestion that has been routed."""
    record = Suggestion(county=scene.row, owner=scene.county.unit("清泉街道"))
    facts = {"channel": "letter", "person": "citizen", "phone": "0635-0000002", "name": "样例",
             "text": "秸秆禁烧的巡查职责写得不清楚。\n建议写明由谁巡查、多久一次。"}  # fmt: skip
    record = perform(record, "submit", actor=scene.town, at=NOW, facts=facts)
    to = {"unit": scene.county.unit("县农业农村局").pk}
    return perform(record, "route", actor=scene.bianban, at=NOW, facts=to)


def look(page, paths, axe, fits, name: str) -> None:
    """Each page answers, fits and has no serious finding."""
    for number, path in enumerate(paths):
        assert page.goto(path).status == 200, path
        fits(page)
        axe(page)
        if PICTURES:
            wide = page.viewport_size["width"]
            page.screenshot(path=f"{PICTURES}/{name}{number}-{wide}.png", full_page=True)


def test_pages_inside(scene, visitor, width, axe, fits):
    law = LegalBasis.objects.get(key="行政监察法")
    air = LegalBasis.objects.get(key="大气污染防治法")
    record = heard(scene)
    paths = [
        *("/checklist/laws/", law.get_absolute_url(), "/checklist/laws/unknown/"),
        *("/checklist/laws/new/", f"/checklist/laws/{air.pk}/change/"),
        *("/checklist/suggestions/", record.get_absolute_url(), "/checklist/suggestions/new/"),
        *("/checklist/suggestions/statistics/", "/checklist/channels/"),
        f"/checklist/items/{scene.item('秸秆禁烧').pk}/",
    ]
    desk = visitor(scene.bianban, width)
    look(desk, paths, axe, fits, "inside")
    desk.goto(f"/checklist/laws/{air.pk}/change/")
    desk.get_by_text("修改", exact=True).first.click()
    desk.get_by_label("施行日期").fill("2026-09-01")
    desk.get_by_role("button", name="下一步").click()
    desk.get_by_role("heading", name="受影响的现行事项").wait_for()
    fits(desk)
    axe(desk)
    if PICTURES:
        desk.screenshot(path=f"{PICTURES}/preview-{width}.png", full_page=True)


def test_pages_for_citizens(scene, visitor, width, axe, fits):
    item = scene.item("秸秆禁烧").pk
    page = visitor(width=width)
    paths = [f"/public/371525/{tail}" for tail in ("", f"items/{item}/", "channels/", "reply/")]
    look(page, [*paths, "/public/371525/suggest/"], axe, fits, "public")
    page.get_by_label("意见建议").fill("建议写明巡查责任。")
    page.get_by_label("联系电话").fill("0635-0000003")
    page.get_by_role("button", name="提交").click()
    code = page.locator(".query-code b").inner_text()
    fits(page)
    axe(page)
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/thanks-{width}.png", full_page=True)
    page.get_by_role("link", name="查询答复").last.click()
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查询").click()
    page.get_by_text("已收到").first.wait_for()
    fits(page)
    assert not [one for one in page.context.cookies() if one["name"] == "sessionid"]
