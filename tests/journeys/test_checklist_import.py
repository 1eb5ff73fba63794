"""A responsibility list from the sheet to the page: checked, previewed, written, published."""

from datetime import date
from pathlib import Path

import pytest

from checklist.models import CollectiveTerm, Edition, Import, Item
from checklist.terms import seed
from governance import rulebooks
from governance.registry import load as load_units
from tests.factories.checklist import make_user, row, sheet_a
from tests.factories.governance import load_calendar

pytestmark = pytest.mark.django_db(transaction=True)

SAMPLE = Path("fixtures/checklist/guanxian-sample.xlsx")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def county():
    """冠县 with the units that its list names."""
    load_calendar()
    if not CollectiveTerm.objects.exists():
        seed(CollectiveTerm)
    county = load_units(Path("fixtures/units/guanxian.tsv")).county
    rulebooks.adopt(county, "guanxian-2019", date(2019, 9, 20))
    return county


def upload(page, sheet) -> None:
    page.goto("/checklist/imports/")
    page.locator("input[type=file]").set_input_files(sheet)
    page.get_by_role("button", name="上传并检查").click()


def test_清单从表格到公布(county, visitor, width, axe, fits):
    page = visitor(make_user(county, "bianban"), width)

    # Any wrong row, and nothing is written; every error says where it stands.
    faulty = sheet_a(row("甲", main="县没有这个局"), row("乙", main=""), row("丙"))
    upload(page, {"name": "有错.xlsx", "mimeType": XLSX, "buffer": faulty})
    page.get_by_text("有错误,没有写入任何内容").wait_for()
    table = page.locator("table", has_text="问题与改法")
    assert "县没有这个局" in table.inner_text()
    place = table.locator("tr", has_text="县没有这个局").locator("[data-label=行]")
    assert place.inner_text().strip().endswith("3")  # title, heading, then this row
    assert not Item.objects.exists() and not Edition.objects.exists()
    axe(page)
    fits(page)

    page.get_by_role("link", name="重新上传").click()
    upload(page, str(SAMPLE))
    page.get_by_role("button", name="确认写入草稿").wait_for()
    assert not Item.objects.exists()
    axe(page)
    fits(page)
    page.get_by_role("button", name="确认写入草稿").click()
    page.get_by_text("已写入草稿").first.wait_for()
    assert Import.objects.filter(state="done").count() == 1
    fits(page)

    page.get_by_role("link", name="查看草稿").click()
    page.locator("a[data-panel]:visible").filter(has_text="公布").first.click()
    panel = page.locator("#step-panel")
    panel.locator("h2", has_text="公布").wait_for()
    panel.locator("[name=document_number]").fill("冠办发〔2026〕1号")
    axe(page)
    panel.locator("button[type=submit]").click()
    page.get_by_text("“公布”已办理").wait_for()
    assert Edition.objects.get().state == "published"
    axe(page)
    fits(page)

    page.goto("/checklist/?q=占道")
    axe(page)
    fits(page)
    page.get_by_role("link", name="占道经营和马路市场整治").first.click()
    assert "县综合行政执法局" in page.locator("#page").inner_text()
    axe(page)
    fits(page)
