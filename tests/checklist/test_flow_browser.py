"""Run flows, comparison, papers, findings in a real browser at both widths."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from checklist import flow_intake, services
from governance.perform import perform
from tests.checklist.flows import flow_sheet
from tests.checklist.scene import BEGAN, Scene
from tests.factories import checklist as lists
from tests.factories import hucall as make
from tests.factories.governance import load_calendar

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(transactional_db):
    load_calendar()
    made = Scene("jiaoqu-2022")
    rows = [made.line(name) for name in ("秸秆禁烧", "河道采砂监管", "农村公路养护")]
    draft = services.import_sheet(made.row, lists.sheet_b(*rows), "清单.xlsx").edition
    flow_intake.import_flows(draft, flow_sheet(), "流程.xlsx")
    made.first = perform(draft, "publish", at=BEGAN, facts={"document_number": "郊办〔2026〕1号"})
    for title in ("电动车飞线充电隐患", "小区飞线充电无人管", "楼道内飞线充电"):
        make.filed(made.county, title=title)
    made.change_of = made.change(
        "秸秆禁烧", main="县水利局", coop="县公安局", lead="县水利局", joint=""
    )
    made.second = made.put_out(made.compose(made.approved(made.change_of)))
    return made


def test_pages_of_flows_days_and_findings(scene, visitor, axe, fits, width):
    page = visitor(scene.bianban, width)
    item = scene.item("秸秆禁烧").pk
    pair = [scene.second.pk, scene.first.pk]
    for name, args, query, words in (
        ("items", [], "?as_of=2026-03-01", "当日有效的第 1 版"),
        ("flowchart", [item], "", "说明书"),
        ("compare", pair, "", "红色为原文"),
        ("compare", pair, "?view=column", "主体责任"),
        ("application", [scene.change_of.pk], "", "增加职责的单位"),
        ("conflicts", [], "", "以下为提示"),
        ("radar", [], "?days=1000", "飞线充电"),
        ("edition_paper", [scene.second.pk], "", "秸秆禁烧"),
        ("application_paper", [scene.change_of.pk], "", "审批意见"),
        ("flow_paper", [item], "", "流程图"),
    ):
        page.goto(reverse(f"checklist:{name}", args=args) + query)
        expect(page.get_by_text(words).first).to_be_visible()
        axe(page)
        fits(page)
