"""The duty-conflict finder: each kind of finding, its page, its sheet, and the notice."""

import io
from datetime import date

import openpyxl
import pytest
from django.urls import reverse

from checklist import conflicts
from checklist.models import Cause, Edition, LegalBasis
from tests.checklist.scene import Scene
from tests.factories import checklist as lists
from tests.factories.governance import load_calendar

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 10)
ORGAN = "《水法》第十二条:县级以上地方人民政府水行政主管部门负责统一管理和监督"


def kinds(edition, flows=False, day=DAY) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in conflicts.find(edition, day, flows):
        if one.kind not in ("contact", "unknown"):
            found.setdefault(one.kind, []).append(one.name)
    return found


def published(*rows):
    return lists.make_published(lists.make_county(), *rows)


def test_a_sound_list_has_no_findings(db):
    assert kinds(published(lists.row("甲"), lists.row("乙"))) == {}


def test_two_main_departments_without_a_lead(db):
    edition = published(lists.row("甲", main="县农业农村局;县水利局"), lists.row("乙"))
    assert kinds(edition) == {"two_leads": ["甲"]}


@pytest.mark.rule("GX-清单-20")
def test_a_township_that_bears_what_the_law_gives_to_a_county_organ(db):
    edition = published(
        lists.row("甲", basis=ORGAN, main="各乡镇(街道)", coop="县公安局"),
        lists.row("乙", basis=ORGAN),
        lists.row("丙", basis="《水法》", main="各乡镇(街道)", coop="县公安局"),
    )
    assert kinds(edition) == {"county_duty": ["甲"]}


def test_a_unit_that_bears_and_assists_at_once(db):
    edition = published(lists.row("甲", coop="县农业农村局;县公安局"))
    assert kinds(edition) == {"both": ["甲"]}


@pytest.mark.rule("GX-清单-01")
def test_missing_flows_count_where_the_county_publishes_them(db):
    edition = published(lists.row("甲"))
    assert kinds(edition, flows=True) == {"flow": ["甲"]} and kinds(edition) == {}


@pytest.mark.rule("GX-呼应-03")
def test_missing_contacts_are_one_finding_an_item(db):
    edition = published(lists.row("甲"))
    found = [one for one in conflicts.find(edition, DAY, False) if one.kind == "contact"]
    assert len(found) == 1 and "等" in found[0].what


@pytest.mark.rule("GX-清单-10")
def test_a_repealed_law_and_one_that_nobody_has_registered(db):
    LegalBasis.objects.create(
        name="行政监察法", kind="law", repealed_on=date(2018, 3, 20),
        successor=LegalBasis.objects.create(name="监察法", kind="law"),
    )  # fmt: skip
    edition = published(
        lists.row("甲", basis="《行政监察法》第三条"), lists.row("乙", basis="《无此法》")
    )
    found = conflicts.find(edition, DAY, False)
    told = {one.kind: one.what for one in found if one.kind in ("repealed", "unknown")}
    assert "已废止,由《监察法》取代" in told["repealed"] and "《无此法》" in told["unknown"]
    assert kinds(edition, day=date(2018, 3, 1)) == {}


def test_finding_costs_the_same_queries_for_more_items(db, django_assert_max_num_queries):
    edition = published(*(lists.row(f"事项{n}", main="县农业农村局;县水利局") for n in range(40)))
    with django_assert_max_num_queries(16):
        assert len(conflicts.find(edition, DAY, True)) >= 80


# ------------------------------------------------------------------ page, sheet, notice


@pytest.fixture
def scene():
    load_calendar()
    made = Scene()
    made.publish(main="县农业农村局;县水利局")
    return made


def test_the_page_is_for_bianban_and_platform(client, scene):
    url = reverse("checklist:conflicts")
    for user, status in ((scene.town, 403), (scene.clerk, 403), (scene.bianban, 200)):
        lists.enter_as(client, user)
        assert client.get(url).status_code == status
    lists.enter_as(client, scene.county.user("platform"))
    page = client.get(url, {"kind": "two_leads"}).content.decode()
    assert "未明确牵头" in page and "causes/new" not in page


def test_findings_export_as_they_are_filtered(client, scene):
    lists.enter_as(client, scene.bianban)
    answer = client.get(reverse("checklist:conflicts_export"), {"kind": "two_leads"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.active.max_row == 1 + Edition.objects.get().members.count()


@pytest.mark.rule("GX-清单-22")
def test_a_finding_leads_to_a_prefilled_notice(client, scene):
    lists.enter_as(client, scene.bianban)
    answer = client.get(reverse("checklist:conflicts"), {"kind": "two_leads"})
    url = answer.context["rows"][0]["notify"]
    form = client.get(url).context["form"]
    item = scene.item("秸秆禁烧")
    assert "未明确牵头" in form["text"].value()
    assert str(form["item"].value()) == str(item.pk)
    unit = scene.county.unit("县农业农村局")
    given = {"unit": unit.pk, "item": item.pk, "text": form["text"].value(),
             "occurred_on": "2026-09-08"}  # fmt: skip
    assert client.post(url, given).status_code == 302
    cause = Cause.objects.get()
    assert (cause.source, cause.unit, cause.item) == ("notice", unit, item)
    assert cause.clocks.filter(name="apply").exists()


def test_a_gap_leads_to_a_cause_of_the_radar(client, scene):
    lists.enter_as(client, scene.bianban)
    unit = scene.county.unit("县农业农村局")
    given = {"unit": unit.pk, "kind": "add", "text": "飞线充电", "occurred_on": "2026-09-08"}
    url = reverse("checklist:cause_new") + "?source=radar"
    assert client.post(url, given).status_code == 302
    assert Cause.objects.get().source == "radar"


def test_a_wrong_notice_keeps_what_was_typed(client, scene):
    lists.enter_as(client, scene.bianban)
    answer = client.post(reverse("checklist:cause_new"), {"text": "飞线充电", "occurred_on": "x"})
    assert answer.status_code == 400 and "飞线充电" in answer.content.decode()


def test_nobody_but_bianban_speaks_for_the_radar(client, scene):
    lists.enter_as(client, scene.clerk)
    given = {"kind": "add", "text": "飞线充电", "occurred_on": "2026-09-08"}
    client.post(reverse("checklist:cause_new") + "?source=radar", given)
    assert not Cause.objects.filter(source="radar").exists()


def test_a_long_list_comes_in_pages_within_its_kind(client, scene, monkeypatch):
    monkeypatch.setattr("checklist.views.insight.PAGE", 2)
    lists.enter_as(client, scene.bianban)
    url, seen = reverse("checklist:conflicts"), []
    answer = client.get(url, {"kind": "two_leads"})
    tabs = {tab["label"]: tab["count"] for tab in answer.context["tabs"]}
    assert tabs["全部"] == sum(tabs.values()) / 2
    while True:
        seen += [row["finding"].name for row in answer.context["rows"]]
        back, on = answer.context["prev_url"], answer.context["next_url"]
        if on is None:
            break
        assert "kind=two_leads" in on
        answer = client.get(url + on)
    assert seen == ["秸秆禁烧", "河道采砂监管", "农村公路养护"] and back == "?kind=two_leads"
    assert client.get(url, {"after": "²"}).status_code == 200
