"""负荷台账: figures that open to their records, for whoever may see them; and money made public."""

import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from admission import selectors
from admission.models import AdmittedDuty
from governance.perform import perform
from tests.admission.scene import OTHER, TOWN, Scene, again
from tests.factories.governance import County, load_calendar, moment
from tests.governance.visiting import text_of, visit

pytestmark = pytest.mark.django_db
DAY = moment("2026-09-14 10:00")
LATER = moment("2026-11-02 09:00")
PUBLIC = "/public/371525/funds/"


@pytest.fixture
def scene():
    load_calendar()
    made = Scene()
    with time_machine.travel(DAY, tick=False):
        yield made


@pytest.fixture
def duty(scene):
    """Carried with money and three people; everything else stays owed."""
    duty = scene.carried()
    scene.allot(duty, "1000")
    scene.spend(duty, "400")
    staff = scene.support(duty, "staff")
    facts = {"delivery": "三人到岗", "delivered_on": "2026-09-14", "people": "3"}
    perform(staff, "deliver", actor=scene.clerk, at=DAY, facts=facts)
    return again(duty)


def figures(county, day=DAY) -> dict:
    """The load by short name of the township."""
    rows = selectors.load_of(county, timezone.localdate(day))
    return {row.unit.short_name: row for row in rows}


@pytest.mark.rule("GX-准入-13")
def test_the_figures(scene, duty):
    scene.admitted(TOWN, name="人口抽样", funds="500")
    here, there = (figures(scene.row)[name] for name in (TOWN, OTHER))
    assert (here.duties, there.duties) == (2, 1)
    assert here.departments == [(scene.department, 2)]
    assert (here.staff, here.confirmed, there.staff) == (3, 0, 0)
    assert (here.asked, here.allotted, here.spent, here.balance) == (20500, 1000, 400, 600)
    assert (here.support, here.given, here.overdue) == (12, 1, 0)
    late = figures(scene.row, LATER)[TOWN]
    assert (late.overdue, late.strained) == (11, 2)


def test_no_query_in_a_loop(scene, duty, django_assert_num_queries):
    for name in ("甲", "乙", "丙"):
        scene.admitted(TOWN, OTHER, name=f"{name}类调查")
    duties, towns = AdmittedDuty.objects.all(), selectors.townships_of(scene.row)
    with django_assert_num_queries(4):
        selectors.loads(duties, towns, timezone.localdate(LATER))


def test_each_figure_opens_to_as_many_records(scene, duty):
    with time_machine.travel(LATER, tick=False):
        desk = visit(scene.bianban)
        text = text_of(desk.get("/admission/load/"))
        found = re.findall(r'href="(/admission/duties/\?[^"]+)"[^>]*>(?:<svg.*?</svg>)? ?(\d+) 项',
                           text)  # fmt: skip
        row = figures(scene.row, LATER)
        assert len(found) >= 4
        for url, shown in found:
            page = text_of(desk.get(url.replace("&amp;", "&")))
            town = next(one for one in row.values() if f"unit={one.unit.pk}&" in url)
            records = town.strained if "overdue" in url else town.duties
            assert f"共 {records} 条" in page, url
            assert int(shown) == (town.overdue if "overdue" in url else town.duties)


def test_who_sees_whose_load(scene, duty):
    other = scene.county.user("department_clerk", "县城管局")

    def shown(user) -> set:
        answer = visit(user).get("/admission/load/")
        assert answer.status_code == 200
        rows = re.findall(r'data-label="乡镇\(街道\)">([^<]+)<', text_of(answer))
        return set(rows)

    assert {TOWN, OTHER} <= shown(scene.bianban) == shown(scene.treasury)
    assert shown(scene.town) == {TOWN} and shown(scene.other_town) == {OTHER}
    assert shown(scene.clerk) == {TOWN, OTHER} and shown(other) == set()
    assert visit(scene.county.user("auditor")).get("/admission/load/").status_code == 403


def test_it_sorts_and_exports(scene, duty):
    scene.admitted(TOWN, name="人口抽样")
    desk = visit(scene.bianban)

    def order(sort):
        text = text_of(desk.get("/admission/load/", {"sort": sort}))
        rows = re.findall(r'data-label="乡镇\(街道\)">([^<]+)<', text)
        return [one for one in rows if one in (TOWN, OTHER)]

    assert order("-duties") == [TOWN, OTHER] and order("duties") == [OTHER, TOWN]
    assert desk.get("/admission/load/", {"sort": "x"}).status_code == 200
    answer = desk.get("/admission/load/export/", {"sort": "-duties"})
    assert answer.status_code == 200 and b"".join(answer.streaming_content)[:2] == b"PK"


# -- money made public ----------------------------------------------------------------------


@pytest.mark.rule("GX-准入-14")
def test_the_public_reads_what_was_spent_on_what_and_no_names(scene, duty, settings):
    settings.PUBLIC_PAGES = True
    visitor = Client()
    assert visitor.get(PUBLIC).status_code == 404
    scene.county.amend(**{"admission.public": True})
    answer = visitor.get(PUBLIC)
    text = text_of(answer)
    assert answer.status_code == 200 and answer["Cache-Control"] == "public, max-age=300"
    for words in ("农业普查入户登记", "清泉街道", "1,000 元", "普查员补助 400 元", "600 元"):
        assert words in text, words
    for user in (scene.town, scene.clerk):
        assert user.name not in text and user.username not in text
    assert "杜鹃" not in text and "拨1" not in text and "sessionid" not in answer.cookies
    assert OTHER not in text  # nothing was given there
    for query in ({"unit": duty.unit_id}, {"unit": "x", "after": "9" * 30}, {"after": "1"}):
        assert visitor.get(PUBLIC, query).status_code == 200
    assert visitor.post(PUBLIC).status_code == 405
    settings.PUBLIC_PAGES = False
    assert visitor.get(PUBLIC).status_code == 404


def test_another_countys_money_is_not_shown(scene, duty, settings):
    settings.PUBLIC_PAGES = True
    other = County("另县", "999999", "另")
    other.amend(**{"admission.public": True})
    text = text_of(Client().get("/public/999999/funds/"))
    assert "农业普查" not in text and "没有可以公开的经费" in text
