"""An admission in a real browser, from the request to the exit, at 1280 and 390 px: the department
asks, two townships answer, 编办 and 司法局 review side by side, the county approves, the duty is
handed over with its money, and leaves again.
"""

import pytest

from admission.models import AdmissionRequest, AdmittedDuty, ExitRequest
from tests.admission.scene import NOW, OTHER, TOWN, Scene, again, papers
from tests.factories.governance import load_calendar, moment
from tests.journeys.hands import act, begin, clock_at, pick

pytestmark = pytest.mark.django_db(transaction=True)


def do(page, label: str, stage: str = "", **typed) -> None:
    """A whole step in its panel."""
    panel = begin(page, label, stage)
    for name, value in typed.items():
        field = panel.locator(f"[name={name}]").first
        if field.get_attribute("type") == "radio":
            pick(panel, value)
        else:
            field.fill(value)
    panel.locator("button[type=submit]").click()
    page.get_by_text("已办理").first.wait_for()


def write(page, scene, axe, fits) -> AdmissionRequest:
    """The department writes the request, is told what is missing, and asks both townships."""
    page.goto("/admission/requests/new/")
    facts = scene.facts()
    chosen = {*(n for n in facts if n.startswith("veto_")), "townships", "term"}
    for name, value in facts.items():
        if name not in chosen:
            page.fill(f"#id_{name}", value)
    for unit in facts["townships"]:
        page.locator(f"[name=townships][value='{unit}']").check()
    page.locator("label:has([name=term][value=stage])").click()
    page.get_by_text("参考:外县规定的情形").click()
    for name in (n for n in facts if n.startswith("veto_")):
        answer = page.locator(f"label:has([name={name}][value=no])")
        if answer.is_visible():  # what only other counties forbid is folded, and may be left
            answer.click()
    axe(page)
    fits(page)
    page.get_by_role("button", name="征求乡镇意见").click()
    page.get_by_text("请附依据材料").first.wait_for()
    assert page.locator("#id_name").input_value() == facts["name"], "nothing typed is lost"
    (file,) = papers().getlist("files")
    proof = {"name": file.name, "mimeType": "application/pdf", "buffer": file.read()}
    page.locator("#id_files").set_input_files([proof])
    page.get_by_role("button", name="征求乡镇意见").click()
    page.wait_for_load_state()
    page.locator("#opinions").wait_for()
    return AdmissionRequest.objects.get()


def test_准入从申请到退出(visitor, width, axe, fits):
    load_calendar()
    scene = Scene()
    with clock_at(NOW):
        clerk = visitor(scene.clerk, width)
        request = write(clerk, scene, axe, fits)
        address = request.get_absolute_url()
        for user, attitude, text in (
            (scene.town, "agree", "愿意承接"),
            (scene.other_town, "comment", "建议十月中旬开始"),
        ):
            page = visitor(user, width)
            page.goto(address)
            axe(page)
            fits(page)
            do(page, "答复意见", attitude=attitude, text=text)
        clerk.goto(address)
        do(clerk, "提交申请", agreement="两乡镇同意承接,十月中旬开始。")
        review(visitor, width, scene, address, axe, fits)
    assert again(request).state == "in_force"
    assert AdmittedDuty.objects.filter(approval_number=again(request).number).count() == 2
    carry(visitor, width, scene, again(request))
    with clock_at(moment("2026-10-12 10:00")):
        leave(visitor, width, scene, again(request), axe, fits)


def review(visitor, width, scene, address, axe, fits) -> None:
    """Both offices have the page open at once; then the county."""
    offices = ((scene.bianban, "编办审核"), (scene.sifa, "司法局合法性审查"))
    pages = [visitor(user, width) for user, _ in offices]
    for page in pages:
        page.goto(address)
    axe(pages[0])
    fits(pages[0])
    for page, (_, stage) in zip(pages, offices, strict=True):
        do(page, "通过", stage, opinion="符合准入条件")
    page = visitor(scene.chief, width)
    page.goto(address)
    do(page, "通过", "县委、县政府批准", opinion="同意")


def carry(visitor, width, scene, request) -> None:
    """The township signs for the slip; money and help come, and some of the money goes."""
    duty = scene.duty(request)
    slip, support = scene.issue(duty), duty.supports.order_by("id").first()
    with clock_at(moment("2026-09-14 11:00")):
        town, clerk = visitor(scene.town, width), visitor(scene.clerk, width)
        town.goto(slip.get_absolute_url())
        do(town, "签收")
        assert again(duty).state == "active"
        address = duty.get_absolute_url()
        clerk.goto(address)
        act(clerk, "拨付经费", amount="1000", purpose="普查经费", voucher="拨1")
        act(clerk, "登记保障落实", delivery="已派业务骨干驻点")
        town.goto(address)
        act(town, "登记支出", amount="400", purpose="普查员补助")
        act(town, "确认保障到位")
        assert "600.00" in town.locator("#funds").inner_text()
        assert "乡镇已确认" in town.locator("#support").inner_text()
    assert (again(duty).balance, again(support).state) == (600, "confirmed")


def leave(visitor, width, scene, request, axe, fits) -> None:
    """The department asks for the exit of both townships, and the same chain lets them go."""
    page = visitor(scene.clerk, width)
    page.goto("/admission/exits/new/")
    page.select_option("#id_request", value=str(request.pk))
    for name in (TOWN, OTHER):
        box = page.locator(f"[name=townships][value='{scene.unit(name).pk}']")
        box.wait_for(state="attached")
        box.check()
    facts = scene.exit_facts(request)
    for name in ("reason", "contact", "phone"):
        page.fill(f"#id_{name}", facts[name])
    ground = page.locator("#id_ground")
    if ground.evaluate("node => node.tagName") == "SELECT":
        ground.select_option(value=facts["ground"])
    else:
        page.locator(f"label:has([name=ground][value='{facts['ground']}'])").click()
    axe(page)
    fits(page)
    page.get_by_role("button", name="提交退出申请").click()
    page.get_by_text("冠退〔2026〕1号").first.wait_for()
    review(visitor, width, scene, ExitRequest.objects.get().get_absolute_url(), axe, fits)
    assert ExitRequest.objects.get().state == "done"
    assert set(request.duties.values_list("state", flat=True)) == {"ended"}
