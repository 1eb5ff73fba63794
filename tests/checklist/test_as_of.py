"""The list as of any day: page, item, export and API show the edition that was in force."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from checklist import comparing
from checklist.models import Edition
from tests.checklist.scene import Scene
from tests.factories import checklist as lists
from tests.factories.governance import load_calendar, moment

pytestmark = pytest.mark.django_db
FIRST, SECOND = date(2026, 1, 5), date(2026, 9, 10)


@pytest.fixture
def scene(monkeypatch):
    load_calendar()
    monkeypatch.setattr(timezone, "now", lambda: moment("2026-10-09 09:00"))
    made = Scene()
    made.publish()
    made.put_out(made.compose(made.approved(made.file(**made.new_item()))))
    return made


@pytest.fixture
def town(client, scene):
    lists.enter_as(client, scene.town)
    return client


def names(answer) -> list[str]:
    return [member.revision.name for member in answer.context["members"]]


@pytest.mark.rule("GX-清单-29")
@pytest.mark.parametrize(
    ("day", "count", "serial"),
    [(FIRST, 3, 1), (SECOND - timedelta(1), 3, 1), (SECOND, 4, 2), (date(2026, 10, 9), 4, 2)],
)
def test_the_list_is_that_of_the_day(town, day, count, serial):
    answer = town.get(reverse("checklist:items"), {"as_of": f"{day}"})
    assert len(names(answer)) == count
    text = answer.content.decode()
    shown = f"{day.year}年{day.month}月{day.day}日"
    assert f"按 {shown} 当日有效的第 {serial} 版显示" in text
    assert f"?as_of={day}" in text, "the items are linked as of the same day"


def test_before_the_first_edition_there_is_nothing(town):
    answer = town.get(reverse("checklist:items"), {"as_of": "2026-01-04"})
    assert answer.status_code == 200 and "当日还没有公布的清单" in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-02-30", "日历上有的一天"),
        ("昨天", "日期应写成"),
        ("2026-13-01", "日期应写成"),
        ("2099-01-01", "不能晚于今天"),
        ("1949-10-01", "日期过早"),
        ("2026-W01-1", "日期应写成"),
        ("２０２６-０１-０１", "日期应写成"),
    ],
)
@pytest.mark.parametrize("name", ["items", "export"])
def test_a_wrong_day_is_told_in_words(town, name, text, words):
    answer = town.get(reverse(f"checklist:{name}"), {"as_of": text})
    assert answer.status_code == 400 and words in answer.content.decode()


def test_the_export_is_that_of_the_day(town):
    answer = town.get(reverse("checklist:export"), {"as_of": f"{FIRST}"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book["责任清单"].max_row == 2 + 3
    early = town.get(reverse("checklist:export"), {"as_of": "2020-01-01"})
    assert early.status_code == 404


def test_an_item_is_shown_as_of_the_day(town, scene):
    item = scene.item("扬尘治理")
    url = reverse("checklist:item", args=[item.pk])
    answer = town.get(url, {"as_of": f"{FIRST}"})
    assert answer.status_code == 200 and "当日清单中没有这个事项" in answer.content.decode()
    answer = town.get(url, {"as_of": f"{SECOND}"})
    assert "第 2 版显示" in answer.content.decode()
    wrong = town.get(url, {"as_of": "x"})
    assert wrong.status_code == 400 and "日期应写成" in wrong.content.decode()
    old = town.get(
        reverse("checklist:item", args=[scene.item("秸秆禁烧").pk]), {"as_of": f"{FIRST}"}
    )
    assert "第 1 版显示" in old.content.decode()


def test_the_api_takes_a_day(town):
    def listed(**query):
        return town.get("/api/v1/checklist/items/", query).json()

    assert len(listed(as_of=f"{FIRST}")["results"]) == 3
    assert len(listed(as_of=f"{SECOND}")["results"]) == 4
    assert listed(as_of="2020-01-01")["results"] == []
    answer = town.get("/api/v1/checklist/items/", {"as_of": "2026-02-30"})
    assert answer.status_code == 400 and "日历" in answer.content.decode()


def test_the_list_of_a_day_costs_as_much_as_that_of_today(town, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        town.get(reverse("checklist:items"), {"as_of": f"{FIRST}"})


# ------------------------------------------------------------------ two editions


def test_any_two_editions_are_compared_by_item_and_by_column(town, scene):
    older, newer = Edition.objects.order_by("serial")
    url = reverse("checklist:compare_choose")
    assert town.get(url).status_code == 200
    answer = town.get(url, {"older": older.pk, "newer": newer.pk}, follow=True)
    text = answer.content.decode()
    assert "<ins>扬尘治理</ins>" in text and "新增 1 项" in text
    page = reverse("checklist:compare", args=[newer.pk, older.pk])
    assert town.get(page, {"view": "column"}).status_code == 200
    sheet = town.get(reverse("checklist:compare_export", args=[newer.pk, older.pk]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(sheet.streaming_content)))
    assert [c.value for c in book["两版对照"][2]][:3] == ["新增", "生态环境", "扬尘治理"]


def test_columns_gather_what_changed(db):
    load_calendar()
    scene = Scene("jiaoqu-2022")
    first = scene.publish()
    change = scene.change("秸秆禁烧", township_duty="负责秸秆禁烧的巡查和劝导")
    second = scene.put_out(scene.compose(scene.approved(change)))
    found = comparing.compare(first, second).by_column()
    assert [one["label"] for one in found] == ["乡镇(街道)职责"]
    assert [(r.name, old, new) for r, old, new in found[0]["items"]] == [
        ("秸秆禁烧", "负责秸秆禁烧的巡查", "负责秸秆禁烧的巡查和劝导")
    ]
