"""The list and its editions: what stands on their pages, filters, search, who sees what."""

from urllib.parse import unquote

import pytest
from django.urls import reverse

from checklist import services
from checklist.models import Edition, Item
from governance import sheets
from tests.checklist.pages import page
from tests.factories.checklist import (
    make_county,
    make_draft,
    make_published,
    make_user,
    row,
    unit_of,
)
from tests.governance.visiting import step, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(db):
    return make_county()


@pytest.fixture
def clerk(county):
    return visit(make_user(county, "township_clerk", "清泉街道"))


@pytest.fixture
def bianban(county):
    return visit(make_user(county, "bianban"))


def filtered_names(client, query) -> list[str]:
    answer = client.get(reverse("checklist:items") + query)
    return [member.revision.name for member in answer.context["members"]]


# ------------------------------------------------------------------ the list


def test_the_list_without_an_edition_says_what_to_do(clerk):
    assert "还没有公布的清单" in page(clerk, "items")


@pytest.fixture
def published(county):
    return make_published(
        county,
        row("秸秆禁烧", county_duty="县农业农村局:推广综合利用"),
        row("马路市场整治", category="综合执法", main="各乡镇(街道)", coop="县公安局"),
        row("物业纠纷", category="城乡建设", main="县司法局", coop="无"),
    )


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["秸秆禁烧", "马路市场整治", "物业纠纷"]),
        ("?q=马路", ["马路市场整治"]),
        ("?q=综合利用", ["秸秆禁烧"]),
        ("?q=路市", ["马路市场整治"]),
        ("?q=不存在的", []),
        ("?category=城乡建设", ["物业纠纷"]),
        ("?township=main", ["马路市场整治"]),
        ("?township=coop", ["秸秆禁烧"]),
        ("?township=none", ["物业纠纷"]),
        ("?category=没有这类", ["秸秆禁烧", "马路市场整治", "物业纠纷"]),
        ("?township=%00&q=马路&after=abc", ["马路市场整治"]),
        ("?unit=99999999999999999999", ["秸秆禁烧", "马路市场整治", "物业纠纷"]),
    ],
)
def test_filters_and_chinese_search(clerk, published, query, names):
    assert filtered_names(clerk, query) == names


def test_the_filter_by_department(county, clerk, published):
    police = unit_of(county, "县公安局")
    assert filtered_names(clerk, f"?unit={police.pk}") == ["秸秆禁烧", "马路市场整治"]


def test_the_list_is_paged_without_losing_or_doubling_a_row(county, clerk):
    make_published(county, *(row(f"事项{number}") for number in range(120)))
    names, query = [], ""
    for _ in range(4):
        answer = clerk.get(reverse("checklist:items") + query)
        names += [member.revision.name for member in answer.context["members"]]
        query = answer.context["next_url"]
        if not query:
            break
    assert names == [f"事项{number}" for number in range(120)]


def test_the_list_costs_the_same_queries_for_more_rows(
    county, clerk, django_assert_max_num_queries
):
    make_published(county, *(row(f"事项{number}") for number in range(60)))
    page(clerk, "items")
    with django_assert_max_num_queries(20):
        page(clerk, "items")


def test_export_holds_exactly_what_is_filtered_and_imports_again(county, clerk, published):
    answer = clerk.get(reverse("checklist:export") + "?category=综合执法")
    assert "第1版.xlsx" in unquote(answer["Content-Disposition"])
    data = b"".join(answer.streaming_content)
    rows = list(sheets.read(data, "x.xlsx").sheets[0].rows())
    assert len(rows) == 3
    assert "马路市场整治" in rows[2][1]
    outcome, _ = services.examine(county, data, "x.xlsx")
    assert (outcome.faults, outcome.plan.unchanged, outcome.plan.empty) == ([], 1, True)


@pytest.mark.rule("GX-清单-02")
def test_the_item_page_shows_the_seven_elements_units_and_history(clerk, published):
    item = Item.objects.get(key__endswith="马路市场整治")
    text = page(clerk, "item", item.pk)
    for words in ("综合执法", "负责马路市场整治的执法", "负责马路市场整治的巡查", "各乡镇(街道)",
                  "《大气污染防治法》", "第 1 版", "主体责任在乡镇"):  # fmt: skip
        assert words in text


def test_hostile_text_is_inert(county, clerk):
    wild = "<script>alert(1)</script>"
    edition = make_published(county, row(wild, basis="javascript:alert(1)", county_duty=wild))
    item = edition.members.get().item
    for text in (
        page(clerk, "items"),
        page(clerk, "item", item.pk),
        page(clerk, "items", query="?q=script"),
    ):
        assert "<script>alert" not in text


# ------------------------------------------------------------------ who sees what


@pytest.mark.parametrize("name", ["items", "export", "editions", "contacts", "upload"])
def test_strangers_are_sent_to_the_sign_in(client, county, name):
    answer = client.get(reverse(f"checklist:{name}"))
    assert answer.status_code in {302, 401}


def test_other_counties_are_blind(county, published):
    other = make_county("通渭县", "621121", "tongwei-2020")
    client = visit(make_user(other, "bianban", "县委编办"))
    item = published.members.first().item
    assert "还没有公布的清单" in page(client, "items")
    page(client, "items", query=f"?edition={published.pk}", status=404)
    page(client, "item", item.pk, status=404)
    page(client, "edition", published.pk, status=404)
    page(client, "export", query=f"?edition={published.pk}", status=404)
    assert "秸秆" not in page(client, "editions")
    page(client, "contact", item.pk, unit_of(county, "县公安局").pk, status=404)


@pytest.mark.parametrize(
    ("role", "unit", "sees"),
    [
        ("bianban", "县委编办", True),
        ("sysadmin", "", True),
        ("township_clerk", "清泉街道", False),
        ("department_leader", "县公安局", False),
        ("platform", "县人民政府办公室", False),
        ("secadmin", "", False),
        ("auditor", "", False),
    ],
)
def test_drafts_are_for_bianban_and_system_administrator(county, role, unit, sees):
    draft = make_draft(county, row("甲"))
    client = visit(make_user(county, role, unit))
    status = 200 if sees else 404
    page(client, "edition", draft.pk, status=status)
    page(client, "items", query=f"?edition={draft.pk}", status=status)
    page(client, "export", query=f"?edition={draft.pk}", status=status)
    page(client, "item", draft.members.get().item_id, status=status)
    page(client, "upload", status=200 if sees else 403)


# ------------------------------------------------------------------ publishing


def test_bianban_publishes_the_first_edition_in_the_browser(county, bianban):
    draft = make_draft(county, row("甲"))
    assert "公布" in page(bianban, "edition", draft.pk)
    data = {
        "version": draft.version,
        "document_number": "冠办发〔2019〕55号",
        "in_force_from": "2019-09-20",
    }
    answer = bianban.post(step(draft, "publish"), data)
    assert answer.status_code == 302
    edition = Edition.objects.get()
    assert (edition.state, str(edition.in_force_from)) == ("published", "2019-09-20")
    assert "冠办发〔2019〕55号" in page(bianban, "edition", edition.pk)


def test_a_date_to_come_is_refused_at_its_field(county, bianban):
    draft = make_draft(county, row("甲"))
    answer = bianban.post(
        step(draft, "publish"), {"version": draft.version, "in_force_from": "2999-01-01"}
    )
    assert answer.status_code == 400
    assert "不能晚于公布当日" in answer.content.decode()


def test_two_editions_compare_in_two_colours(county, bianban):
    published = make_published(county, row("甲"), row("乙"))
    draft = make_draft(county, row("甲", basis="《新法》"))
    text = page(bianban, "compare", draft.pk, published.pk)
    assert "<ins>" in text
    assert "<del>" in text
    assert "与上一版的差异" in page(bianban, "edition", draft.pk)
