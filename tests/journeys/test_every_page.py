"""Every main page, as its readers see it: no serious findings, nothing wider than the window,
and usable from the keyboard.
"""

import pytest
from django.urls import reverse

from tests.browser import DESKTOP
from tests.factories import hucall as make
from tests.factories.governance import moment
from tests.hucall.pages import item_of
from tests.journeys.conftest import HELPER, LEAD
from tests.journeys.hands import clock_at, let_time_pass

pytestmark = pytest.mark.django_db(transaction=True)

LISTS = ("calls", "responses", "ratings", "callbacks", "supervisions", "suspensions", "rulings",
         "bulletins")  # fmt: skip


@pytest.fixture
def call(county):
    """A call that two departments have answered late, one of them under supervision."""
    start = moment("2026-11-10 09:00")
    item = item_of(county, "占道经营和马路市场整治").pk
    call = make.dispatched(
        county, lead=LEAD, assist=[HELPER], call=make.filed(county, start, item=item), at=start
    )
    let_time_pass(moment("2026-11-11 17:40"))
    helper = make.sign_in(county, make.part(call, county, HELPER), moment("2026-11-12 09:00"))
    make.finish(county, helper, moment("2026-11-12 10:00"))
    return call


def tour(page, paths, axe, fits) -> None:
    """Open each page; it answers, fits and has no serious finding."""
    for path in paths:
        assert page.goto(path).status == 200, path
        fits(page)
        axe(page)


def test_各岗位的主要页面(county, people, call, visitor, width, axe, fits):
    own = call.get_absolute_url()
    edition = county.edition.pk
    item = reverse("checklist:item", args=[call.item_id])
    supervision = call.supervisions.first().get_absolute_url()
    with clock_at(moment("2026-11-12 10:30")):
        tour(visitor(width=width), ["/login/"], axe, fits)
        tour(
            visitor(people["township"], width),
            ["/", own, "/hucall/calls/self/", "/hucall/dashboard/"],
            axe,
            fits,
        )
        tour(
            visitor(people["lead"], width), ["/", own, "/hucall/responses/", supervision], axe, fits
        )
        desk = visitor(people["platform"], width)
        tour(
            desk,
            [
                own,
                "/hucall/dashboard/",
                "/hucall/calls/new/",
                *(f"/hucall/{one}/" for one in LISTS),
            ],
            axe,
            fits,
        )
        paths = [item, "/checklist/", "/checklist/editions/", f"/checklist/editions/{edition}/"]
        paths += ["/checklist/contacts/", "/checklist/imports/", "/rulebooks/", "/rulebooks/edit/"]
        paths += ["/permissions/hucall.call/", "/deadlines/"]
        tour(visitor(people["bianban"], width), paths, axe, fits)


def test_只用键盘也能办理(county, people, call, visitor):
    with clock_at(moment("2026-11-12 10:30")):
        page = visitor(people["lead"], DESKTOP)
        page.goto(call.get_absolute_url())
        page.keyboard.press("Tab")
        skip = page.evaluate("document.activeElement.textContent.trim()")
        assert "跳" in skip or "正文" in skip
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id || location.hash").strip("#")
        reached = []
        for _ in range(80):
            page.keyboard.press("Tab")
            seen = page.evaluate(
                """() => { const node = document.activeElement, box = node.getBoundingClientRect(),
                style = getComputedStyle(node);
                return [node.textContent.trim(), box.width > 0,
                        style.outlineStyle !== 'none' || style.boxShadow !== 'none'] }"""
            )
            reached.append(seen)
            if seen[0] == "报到":
                break
        assert reached[-1][0] == "报到", [one[0] for one in reached]
        # A person sees where they are: every stop has a visible outline.
        assert all(outlined for text, wide, outlined in reached if wide), reached
        page.keyboard.press("Enter")
        page.locator("#step-panel h2", has_text="报到").wait_for()
        page.wait_for_function("document.activeElement.closest('#step-panel') !== null")
        for _ in range(4):
            if page.evaluate("document.activeElement.type") == "submit":
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text("“报到”已办理").wait_for()
