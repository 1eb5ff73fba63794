"""Run flows: drawn from rows, imported into the first draft alone, versioned with the item."""

import io
import re
from xml.etree import ElementTree

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from checklist import comparing, flow_intake, flowcharts, resources, selectors, services
from checklist.flowcharts import Row
from checklist.models import Edition, Flowchart
from governance import papers
from governance.steps import Refused
from tests.checklist.flows import STEPS, flow_sheet
from tests.checklist.scene import Scene, again
from tests.factories import checklist as lists
from tests.factories.governance import load_calendar, moment

THREE = [
    Row("清泉街道", "巡查发现", "即时", "巡查记录"),
    Row("县农业农村局", "立案查处", "2个工作日"),
    Row("清泉街道", "回访"),
]


# ------------------------------------------------------------------ drawing


def svg(text) -> ElementTree.Element:
    return ElementTree.fromstring(str(text))


def words(drawing) -> str:
    return "".join(one.text or "" for one in drawing.iter("{http://www.w3.org/2000/svg}text"))


def test_every_word_of_the_rows_stands_in_both_drawings():
    made = flowcharts.drawings(THREE, "秸秆禁烧")
    for name in ("wide", "narrow"):
        said = words(svg(made[name]))
        for text in ("巡查发现", "立案查处", "回访", "时限:2个工作日", "材料:巡查记录"):
            assert text in said
    assert words(svg(made["wide"])).count("清泉街道") == 1, "a lane says its unit once"
    assert words(svg(made["narrow"])).count("清泉街道") == 2, "each box says its unit"


def test_nothing_typed_becomes_markup():
    evil = [Row("<script>alert(1)</script>", '"><image href=x>', "&lt;", "\x00]]>")]
    for drawn in flowcharts.drawings(evil, "<b>").values():
        root = svg(drawn)
        tags = {one.tag.rpartition("}")[2] for one in root.iter()}
        assert tags <= {"svg", "title", "rect", "line", "text", "path"}
        assert "<script>" in words(root)


def test_the_drawing_asks_for_nothing_the_policy_forbids():
    drawn = str(flowcharts.drawings(THREE, "甲")["wide"])
    assert not re.search(r"style=|<style|<script|href|url\(", drawn)


@pytest.mark.parametrize("count", [1, 2, 5, 6, 12])
def test_no_box_leaves_the_drawing(count):
    rows = [Row(f"县第{n}单位名称很长的一个部门", "办理内容" * 20, "5日", "材料" * 30)
            for n in range(count)]  # fmt: skip
    for width in (flowcharts.WIDE, flowcharts.NARROW):
        root = svg(flowcharts.drawing(rows, "甲", width))
        _, _, right, bottom = map(float, root.get("viewBox").split())
        for box in root.iter("{http://www.w3.org/2000/svg}rect"):
            assert float(box.get("x")) + float(box.get("width")) <= right + 0.2
            assert float(box.get("y")) + float(box.get("height")) <= bottom + 0.2


def test_a_long_flow_is_cut_into_sheets_that_lose_no_step():
    rows = [Row(f"单位{n % 3}", f"第{n}件事", "1日", "表") for n in range(40)]
    sheets = flowcharts.pages(rows, "甲")
    assert len(sheets) > 1
    said = "".join(words(svg(one)) for one in sheets)
    assert all(f"{n + 1}. 第{n}件事" in said for n in range(40))
    assert all(float(svg(one).get("height")) < 1000 for one in sheets)


def test_two_flows_differ_row_by_row():
    new = [THREE[0], Row("县农业农村局", "立案查处", "3个工作日"), THREE[2]]
    marks = [(one["mark"], one["place"]) for one in flowcharts.differences(THREE, new)]
    assert marks == [("same", 1), ("gone", 2), ("new", 2), ("same", 3)]


# ------------------------------------------------------------------ import


@pytest.fixture
def county(db):
    return lists.make_county()


@pytest.fixture
def draft(county):
    sheet = lists.sheet_a(lists.row("秸秆禁烧"), lists.row("河道采砂监管"))
    return services.import_sheet(county, sheet, "清单.xlsx").edition


def rows_in(edition, name) -> list[Row]:
    member = edition.members.select_related("flowchart").get(revision__name=name)
    return flowcharts.rows_of(member.flowchart)


@pytest.mark.rule("TA-04")
def test_flows_are_imported_into_the_first_draft(draft):
    outcome = flow_intake.import_flows(draft, flow_sheet(), "流程.xlsx")
    assert (outcome.items, outcome.steps, outcome.faults) == (2, 4, [])
    assert rows_in(draft, "秸秆禁烧")[1] == Row(
        "县农业农村局", "到场处置、立案", "2个工作日", "现场笔录"
    )
    again = flow_intake.import_flows(draft, flow_sheet(), "流程.xlsx")
    assert not again.faults and Flowchart.objects.count() == 2, "the same rows, the same chart"


@pytest.mark.parametrize(
    ("lines", "row", "column", "message"),
    [
        ([["无此事项", 1, "县水利局", "核查"]], 2, "事项", "没有这个事项"),
        ([["", 1, "县水利局", "核查"]], 2, "事项", "不能为空"),
        ([["秸秆禁烧", 1, "", "核查"]], 2, "办理单位", "不能为空"),
        ([["秸秆禁烧", 1, "县水利局", ""]], 2, "办理内容", "不能为空"),
        ([["秸秆禁烧", "一", "县水利局", "核查"]], 2, "序号", "应是整数"),
        ([["秸秆禁烧", 1, "甲", "核查"], ["秸秆禁烧", 1, "乙", "办"]], 3, "序号", "与第 2 行重复"),
        ([["秸秆禁烧", 1, "甲", "办" * 301]], 2, "办理内容", "最多 300 个字"),
    ],
)
def test_one_wrong_row_and_nothing_is_written(draft, lines, row, column, message):
    outcome = flow_intake.import_flows(draft, flow_sheet(*lines), "流程.xlsx")
    assert [(f.row, f.column) for f in outcome.faults] == [(row, column)]
    assert message in outcome.faults[0].message
    assert not Flowchart.objects.exists()


@pytest.mark.parametrize("data", [b"no sheet", flow_sheet(["甲", "乙"], headings=["一", "二"])])
def test_a_file_without_flows_is_refused_in_words(draft, data):
    assert flow_intake.import_flows(draft, data, "流程.xlsx").faults


@pytest.mark.rule("GX-清单-27")
def test_a_published_list_takes_no_flows_from_a_sheet(county, draft):
    services.publish_first(draft)
    with pytest.raises(Refused) as refusal:
        flow_intake.import_flows(Edition.objects.get(), flow_sheet(), "流程.xlsx")
    assert refusal.value.clause == "GX-清单-27"


def test_importing_costs_the_same_queries_for_more_items(county, django_assert_max_num_queries):
    sheet = lists.sheet_a(*(lists.row(f"事项{n}") for n in range(60)))
    draft = services.import_sheet(county, sheet, "清单.xlsx").edition
    lines = [[f"事项{n}", 1, "县水利局", "核查"] for n in range(60)]
    with django_assert_max_num_queries(16):
        assert flow_intake.import_flows(draft, flow_sheet(*lines), "流程.xlsx").items == 60


# ------------------------------------------------------------------ pages, papers, sheets


@pytest.fixture
def published(county, draft):
    flow_intake.import_flows(draft, flow_sheet(), "流程.xlsx")
    return services.publish_first(draft)


@pytest.fixture
def clerk(client, county):
    lists.enter_as(client, lists.make_user(county, "township_clerk", "清泉街道"))
    return client


@pytest.mark.rule("GX-清单-01")
def test_the_flow_stands_on_the_item_and_on_a_page_of_its_own(clerk, published):
    item = published.members.get(revision__name="秸秆禁烧").item
    page = clerk.get(reverse("checklist:item", args=[item.pk])).content.decode()
    assert "<svg" in page and "到场处置、立案" in page
    page = clerk.get(reverse("checklist:flowchart", args=[item.pk])).content.decode()
    assert page.count('<svg class="flow"') == 2 and "说明书" in page


@pytest.mark.rule("TA-04")
def test_the_flow_prints_as_pdf_and_docx(clerk, published):
    item = published.members.get(revision__name="秸秆禁烧").item
    pdf = clerk.get(reverse("checklist:flow_pdf", args=[item.pk]))
    assert pdf.content[:5] == b"%PDF-"
    docx = clerk.get(reverse("checklist:flow_docx", args=[item.pk]))
    assert docx["Content-Type"] == papers.DOCX
    from docx import Document

    document = Document(io.BytesIO(docx.content))
    said = "\n".join(c.text for t in document.tables for r in t.rows for c in r.cells)
    assert "到场处置、立案" in said and "办理内容" in said


def test_strangers_see_no_flow(client, published):
    item = published.members.first().item
    other = lists.make_county("茌平", "371523")
    lists.enter_as(client, lists.make_user(other, "township_clerk", "贾镇"))
    for name in ("flowchart", "flow_pdf", "flow_docx", "flow_paper"):
        assert client.get(reverse(f"checklist:{name}", args=[item.pk])).status_code == 404


def test_the_export_has_a_second_sheet_and_the_first_re_imports(county, published):
    target = io.BytesIO()
    resources.write_edition(target, published, selectors.members(published))
    book = openpyxl.load_workbook(io.BytesIO(target.getvalue()))
    assert book.sheetnames == ["责任清单", "运行流程"]
    assert [c.value for c in book["运行流程"][2]] == resources.FLOW_HEADINGS
    assert book["运行流程"].max_row == 2 + len(STEPS)
    outcome, _ = services.examine(county, target.getvalue(), "导出.xlsx")
    assert outcome.plan.empty and not outcome.faults


def test_the_exported_flows_import_again(county, published):
    target = io.BytesIO()
    resources.write_edition(target, published, selectors.members(published))
    other = lists.make_county("茌平", "371523")
    sheet = lists.sheet_a(lists.row("秸秆禁烧"), lists.row("河道采砂监管"))
    draft = services.import_sheet(other, sheet, "清单.xlsx").edition
    outcome = flow_intake.import_flows(draft, target.getvalue(), "导出.xlsx")
    assert not outcome.faults and outcome.steps == len(STEPS)
    assert rows_in(draft, "秸秆禁烧") == rows_in(published, "秸秆禁烧")


def test_a_list_without_flows_exports_one_sheet(county, draft):
    target = io.BytesIO()
    resources.write_edition(target, draft, selectors.members(draft))
    assert openpyxl.load_workbook(io.BytesIO(target.getvalue())).sheetnames == ["责任清单"]


def test_bianban_imports_on_the_page(client, county, draft):
    lists.enter_as(client, lists.make_user(county, "bianban"))
    url = reverse("checklist:flow_upload", args=[draft.pk])
    assert client.get(url).status_code == 200
    bad = client.post(
        url, {"file": SimpleUploadedFile("流程.xlsx", flow_sheet(["无", 1, "甲", "乙"]))}
    )
    assert bad.status_code == 400 and "没有这个事项" in bad.content.decode()
    good = client.post(url, {"file": SimpleUploadedFile("流程.xlsx", flow_sheet())})
    assert good.status_code == 302 and Flowchart.objects.count() == 2
    services.publish_first(Edition.objects.get())
    late = client.post(url, {"file": SimpleUploadedFile("流程.xlsx", flow_sheet())})
    assert late.status_code == 409


def test_a_clerk_imports_no_flows(clerk, draft):
    assert clerk.get(reverse("checklist:flow_upload", args=[draft.pk])).status_code == 403


# ------------------------------------------------------------------ versions


@pytest.mark.rule("GX-清单-27")
def test_a_changed_flow_is_a_new_version_with_the_edition(db):
    load_calendar()
    scene = Scene()
    scene.publish()
    flow = "清泉街道|巡查发现|1个工作日|记录\n县农业农村局|立案查处|7日|文书"
    first = scene.file(affects_flow="true", flow=flow)
    edition = scene.put_out(scene.compose(scene.approved(first)))
    assert rows_in(edition, "扬尘治理")[1].action == "立案查处"
    before = Edition.objects.get(county=scene.row, serial=1)
    assert not comparing.compare(before, edition).flows, "a new item is no changed flow"
    assert again(first).state == "in_force"


def test_a_flow_changed_alone_shows_in_comparison_and_history(county, published):
    """The flow of the second edition has one step more; the wording is the same."""
    member = published.members.get(revision__name="河道采砂监管")
    later = Edition.objects.create(
        county=county, owner=county, raised_at=moment("2026-09-01 09:00"), serial=2,
        title="第二版",
    )  # fmt: skip
    chart = Flowchart.objects.create(item=member.item, digest="x")
    chart.steps.create(place=1, unit="县水利局", action="核查", limit="5日")
    later.members.create(item=member.item, revision=member.revision, flowchart=chart, place=1)
    found = comparing.compare(published, later)
    assert [(r.name, [c["mark"] for c in rows]) for r, rows in found.flows] == [
        ("河道采砂监管", ["gone", "new"])
    ]
    assert not found.empty and found.same == 0
    told = comparing.history(member.item, [published, later])
    assert [c["mark"] for c in told[0]["flow"]] == ["gone", "new"] and not told[0]["changes"]
