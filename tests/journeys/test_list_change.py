"""A change of the list in a real browser, from the cause notice to the published edition, at 1280
and 390 px: 编办 notifies, the department applies, two offices review side by side, 编办 publishes.
"""

import pytest

from checklist.models import Application, Cause, Edition
from tests.checklist.scene import PDF, Scene
from tests.factories.governance import load_calendar, moment
from tests.journeys.hands import begin, clock_at

pytestmark = pytest.mark.django_db(transaction=True)
PROOF = {"name": "论证材料.pdf", "mimeType": "application/pdf", "buffer": PDF}


def decide(page, label: str, stage: str = "", **typed) -> None:
    """A whole step in its panel."""
    panel = begin(page, label, stage)
    for name, value in typed.items():
        panel.locator(f"[name={name}]").fill(value)
    panel.locator("button[type=submit]").click()
    page.get_by_text("已办理").first.wait_for()


def notify(page, axe, fits) -> str:
    """编办 tells the department; returns the address of the cause."""
    page.goto("/checklist/applications/causes/new/")
    page.select_option("#id_unit", label="县农业农村局")
    page.get_by_label("事由", exact=True).fill("《大气污染防治法》修订,禁烧主体责任有变化")
    page.fill("#id_occurred_on", "2026-09-08")
    page.locator("#id_known_on").focus()
    page.locator("#deadline", has_text="2026年9月21日").wait_for()
    axe(page)
    fits(page)
    page.get_by_role("button", name="发出通知").click()
    page.get_by_text("已登记").first.wait_for()
    return page.url


def apply(page, address, scene, axe, fits) -> Application:
    """The department applies for it, with rows for the run flow."""
    page.goto(address)
    axe(page)
    page.get_by_role("link", name="据此申请").locator("visible=true").first.click()
    page.locator("label:has([name=kind][value=to_township])").click()
    page.locator("[name=ground][value=law]").wait_for()
    page.select_option("#id_item", label="秸秆禁烧")
    page.locator("#id_new_main").wait_for()
    assert page.locator("#id_new_main").input_value() == "县农业农村局"
    page.locator("[name=ground][value=law]").check()
    page.locator("#id_new_main").fill("清泉街道")
    page.locator("label:has([name=affects_flow][value=True])").click()
    page.get_by_label("第1步 办理单位").fill("清泉街道")
    page.get_by_label("第1步 办理内容").fill("巡查发现并劝阻")
    page.get_by_role("button", name="添加一步").click()
    page.get_by_label("第2步 办理单位").fill("县农业农村局")
    page.get_by_label("第2步 办理内容").fill("督导考核")
    axe(page)
    fits(page)
    # Without evidence nothing is filed, and nothing typed is lost.
    page.get_by_role("button", name="提交申请").click()
    page.get_by_text("请附论证材料").first.wait_for()
    assert page.locator("#id_new_main").input_value() == "清泉街道"
    page.locator("#id_files").set_input_files([PROOF])
    page.get_by_role("button", name="提交申请").click()
    page.get_by_text("冠调〔2026〕1号").first.wait_for()
    return Application.objects.get()


def test_清单调整从通知到公布(visitor, width, axe, fits):
    load_calendar()
    scene = Scene()
    scene.publish()
    with clock_at(moment("2026-09-10 10:00")):
        bianban = visitor(scene.bianban, width)
        cause = notify(bianban, axe, fits)
        clerk = visitor(scene.clerk, width)
        application = apply(clerk, cause, scene, axe, fits)
        address = application.get_absolute_url()
        assert Cause.objects.get().state == "applied"
        bianban.goto(address)
        decide(bianban, "受理", opinion="材料齐全")
        chief = visitor(scene.chief, width)
        chief.goto(address)
        decide(chief, "通过", "县委、县政府研究同意", opinion="同意启动")
        # Both offices have the page open at once; neither waits for the other.
        sifa = visitor(scene.sifa, width)
        sifa.goto(address)
        bianban.goto(address)
        axe(sifa)
        fits(sifa)
        decide(sifa, "通过", "司法局合法性审查", opinion="合法")
        assert application.current().filter(name__startswith="city").count() == 0
        decide(bianban, "通过", "编办审核", opinion="同意上报")
        for user, stage in (
            (scene.city_sifa, "市司法局审核"),
            (scene.city_bianban, "市委编办审核"),
            (scene.chief, "县委、县政府批准"),
        ):
            page = visitor(user, width)
            page.goto(address)
            decide(page, "通过", stage, opinion="同意")
        publish(bianban, axe, fits)
    with clock_at(moment("2026-09-11 09:00")):
        as_of(visitor(scene.clerk, width), scene)


def publish(page, axe, fits) -> None:
    """编办 composes the edition and puts it out."""
    page.goto("/checklist/applications/compose/")
    page.get_by_text("各环节已办结").wait_for()
    axe(page)
    fits(page)
    page.get_by_role("button", name="编成草稿").click()
    page.get_by_text("新版本草稿已编成").wait_for()
    axe(page)
    fits(page)
    decide(page, "公布", document_number="冠办发〔2026〕9号")
    edition = Edition.objects.get(state="published")
    assert edition.serial == 2 and Application.objects.get().state == "in_force"
    fits(page)


def as_of(page, scene) -> None:
    """Yesterday's list says what it said, today's what was published."""
    item = scene.item("秸秆禁烧").pk
    page.goto(f"/checklist/items/{item}/?as_of=2026-09-09")
    before = page.locator("dl.kv").first.inner_text()
    page.goto(f"/checklist/items/{item}/")
    after = page.locator("dl.kv").first.inner_text()
    assert "清泉街道" not in before and "清泉街道" in after
