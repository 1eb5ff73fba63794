"""The rulebook in a real browser: the clause drawer, editing, comparing; desktop and phone."""

import pytest
from django.utils import timezone

from governance import rulebooks
from tests.governance.adopting import make_county, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_看条款_改参数_比较版本(visitor, width, axe):
    county = make_county()
    page = visitor(make_user(county, "bianban", "bianban.one"), width=width)

    page.goto("/rulebooks/")
    axe(page)
    page.get_by_role("link", name="第1版").click()
    axe(page)
    page.get_by_role("row", name="应急到场").get_by_role("link", name="乡呼县应机制").click()
    drawer = page.locator("#drawer[open]")
    drawer.get_by_text("被紧急呼叫者第一时间到达现场").wait_for()
    assert drawer.locator("nav").count() == 0
    page.keyboard.press("Escape")

    page.get_by_role("link", name="修改为新版本").click()
    axe(page)
    page.get_by_label("应急报到:数值").fill("10")
    page.get_by_label("汇总公开的最少评价人数").fill("1")
    page.get_by_role("button", name="查看改动").click()
    page.get_by_role("alert").get_by_text("不得小于2人").wait_for()
    assert page.get_by_label("应急报到:数值").input_value() == "10"
    axe(page)
    page.get_by_label("汇总公开的最少评价人数").fill("6")
    page.get_by_label("修改依据").fill("县政府第三次常务会议纪要")
    page.get_by_role("button", name="查看改动").click()
    page.get_by_text("将要改动 2 项").wait_for()
    axe(page)
    page.get_by_role("button", name="采用为第2版", exact=True).click()

    page.get_by_role("link", name="改了 2 项,逐项比较").click()
    page.locator("ins").first.wait_for()
    axe(page)
    assert page.locator("ins").all_inner_texts() == ["10", "6"]
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0
    book = rulebooks.in_force(county, timezone.localdate())
    assert (book.version, str(book.value("call.sign_in.urgent"))) == (2, "10 minutes")
