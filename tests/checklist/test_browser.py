"""The list in a real browser at both widths: from an upload with errors to a published edition."""

import pytest
from playwright.sync_api import expect

from checklist.models import Edition
from tests.factories.checklist import make_county, make_published, make_user, row, sheet_a

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def county(transactional_db):
    return make_county()


def upload(page, data: bytes) -> None:
    page.goto("/checklist/imports/")
    sheet = {"name": "清单.xlsx", "mimeType": "application/octet-stream", "buffer": data}
    page.locator("input[type=file]").set_input_files(sheet)
    page.get_by_role("button", name="上传并检查").click()


def test_from_an_upload_with_errors_to_the_first_edition(county, visitor, axe, fits, width):
    page = visitor(make_user(county, "bianban"), width)
    page.goto("/checklist/")
    expect(page.get_by_text("本县还没有公布的清单")).to_be_visible()
    axe(page)
    upload(page, sheet_a(row("甲"), row("乙", main="县水利")))
    expect(page.get_by_text("不认识的单位“县水利”")).to_be_visible()
    axe(page)
    fits(page)
    upload(page, sheet_a(row("甲"), row("乙", main="县水利局")))
    expect(page.get_by_text("与现有清单的差异")).to_be_visible()
    axe(page)
    fits(page)
    page.get_by_role("button", name="确认写入草稿").click()
    expect(page.get_by_text("已写入草稿")).to_be_visible()
    page.get_by_role("link", name="查看草稿").click()
    axe(page)
    fits(page)
    page.get_by_role("link", name="公布", exact=True).click()
    panel = page.locator("#step-panel")
    panel.get_by_label("印发文号").fill("冠办发〔2019〕55号")
    axe(page)
    panel.get_by_role("button", name="公布").click()
    expect(page.get_by_text("现行").first).to_be_visible()
    assert Edition.objects.get().document_number == "冠办发〔2019〕55号"


def test_a_township_finds_an_item(county, visitor, axe, fits, width):
    make_published(county, row("秸秆禁烧"), row("马路市场整治", main="各乡镇(街道)"))
    page = visitor(make_user(county, "township_clerk", "清泉街道"), width)
    page.goto("/checklist/?q=马路")
    expect(page.get_by_role("link", name="马路市场整治")).to_be_visible()
    expect(page.get_by_role("link", name="秸秆禁烧")).to_have_count(0)
    axe(page)
    fits(page)
    page.get_by_role("link", name="马路市场整治").click()
    expect(page.get_by_text("主体责任在乡镇(街道)")).to_be_visible()
    axe(page)
    fits(page)
    page.goto("/checklist/contacts/")
    axe(page)
    fits(page)
    page.get_by_role("link", name="清泉街道默认信息").click()
    page.get_by_label("负责科室").fill("应急办")
    page.get_by_label("联系人").fill("李四")
    page.get_by_label("联系电话").fill("0635-1234567")
    axe(page)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("联络信息齐全")).to_be_visible()


def test_comparing_and_editions_pages(county, visitor, axe, fits, width):
    from tests.factories.checklist import make_draft

    first = make_published(county, row("甲"))
    draft = make_draft(county, row("甲", basis="《新法》"))
    page = visitor(make_user(county, "bianban"), width)
    for url in ("/checklist/editions/", f"/checklist/editions/{draft.pk}/",
                f"/checklist/editions/{draft.pk}/compare/{first.pk}/"):  # fmt: skip
        page.goto(url)
        axe(page)
        fits(page)
