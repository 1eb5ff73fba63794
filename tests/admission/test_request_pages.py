"""Pages of requests: the list and the file; what stands there, for whom, at what cost."""

import re

import pytest
import time_machine

from checklist import paging
from governance import sheets
from governance.perform import perform
from governance.roles import Role
from tests.admission.pages import LIST, names, sent, text
from tests.admission.scene import NOW, OTHER, TOWN, Scene
from tests.factories.governance import moment
from tests.governance.visiting import step, visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def scene(scene):
    """冠县 with a list."""
    scene.publish("秸秆禁烧", "河道采砂监管")
    return scene


# ------------------------------------------------------------------ the list


def test_filters_stand_in_the_address(scene):
    one = scene.filed(name="农业普查入户登记")
    scene.filed(TOWN, name="果树品种清查", term="regular", ends_on="")
    scene.consult(OTHER, name="农机具登记")
    desk, mine = visit(scene.bianban), visit(scene.clerk)
    assert names(desk, LIST) == ["果树品种清查", "农业普查入户登记"]
    assert names(mine, LIST) == ["农机具登记", "果树品种清查", "农业普查入户登记"]
    department, other = scene.department.pk, scene.unit(OTHER).pk
    cases = {
        "state=consulting": ["农机具登记"],
        "state=open": ["农机具登记", "果树品种清查", "农业普查入户登记"],
        "state=in_force": [],
        f"department={department}": ["农机具登记", "果树品种清查", "农业普查入户登记"],
        f"township={other}": ["农机具登记", "农业普查入户登记"],
        "term=regular": ["果树品种清查"],
        "year=2026": ["果树品种清查", "农业普查入户登记"],
        "q=普查": ["农业普查入户登记"],
        f"q={one.number}": ["农业普查入户登记"],
        "department=x&year=9&term=z&after=q&state=%00&township=99999999": [
            "农机具登记",
            "果树品种清查",
            "农业普查入户登记",
        ],
    }
    for query, wanted in cases.items():
        assert names(mine, f"{LIST}?{query}") == wanted, query
    page = text(desk, LIST)
    assert "清泉街道、贾镇" in page and "2026-09-14 至 2026-12-31" in page
    assert "待" in page and "剩" in page


def test_pages_follow_one_another_and_cost_the_same(scene, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(paging, "SIZE", 3)
    for number in range(2):
        scene.filed(TOWN, name=f"登记事项{number}")
    desk = visit(scene.bianban)
    text(desk, LIST)
    with django_assert_num_queries(14):
        text(desk, LIST)
    for number in range(2, 4):
        scene.filed(TOWN, OTHER, name=f"登记事项{number}")
    with django_assert_num_queries(14):
        page = text(desk, LIST)
    found = re.search(r'href="(\?[^"]*after=[^"]+)" rel="next"', page)
    assert names(desk, LIST + found[1].replace("&amp;", "&")) == ["登记事项0"]


def test_an_export_holds_exactly_what_is_filtered(scene, tmp_path):
    scene.filed(TOWN, name="=1+1普查")
    scene.filed(name="果树品种清查")
    answer = visit(scene.bianban).get(f"{LIST}export/?q=普查")
    target = tmp_path / "x.xlsx"
    target.write_bytes(b"".join(answer.streaming_content))
    rows = [[str(cell) for cell in row] for row in sheets.read(target).sheets[0].rows()]
    told = " ".join(" ".join(row) for row in rows)
    assert "1+1普查" in told and "清泉街道" in told and "果树品种清查" not in told


def test_an_empty_list_says_what_to_do(scene):
    assert "还没有准入申请" in text(visit(scene.clerk), LIST)
    page = text(visit(scene.clerk), f"{LIST}?q=没有")
    assert "没有符合条件的准入申请" in page and "清除筛选" in page
    stranger = visit(scene.county.user(Role.PLATFORM))
    assert stranger.get(LIST).status_code == stranger.get(f"{LIST}export/").status_code == 403
    assert "提出准入申请" not in text(visit(scene.town), LIST)


# ------------------------------------------------------------------ the file


def test_the_page_shows_everything_at_a_constant_cost(scene, django_assert_max_num_queries):
    record = scene.filed()
    page = text(visit(scene.bianban), record.get_absolute_url())
    for words in ("农业普查入户登记", record.number, "入户登记农户生产经营情况", "20,000.00 元",
                  "主体责任:依文件执行", "愿意承接", "编办审核", "各乡镇同意承接",
                  "提交申请", "准入生效"):  # fmt: skip
        assert words in page, words
    assert "通过(" in page
    desk = visit(scene.bianban)
    with django_assert_max_num_queries(45):
        text(desk, record.get_absolute_url())
    record = scene.reviewed(record)
    page = text(visit(scene.clerk), record.get_absolute_url())
    assert "/admission/duties/" in page and "待交办" in page and "申请退出" in page


def test_a_township_answers_as_its_main_step(scene):
    record = scene.consult()
    one = scene.opinion(record, TOWN)
    town = visit(scene.town)
    page = text(town, record.get_absolute_url())
    first = re.search(r'<ul class="next" id="next"><li><a class="btn wide go" href="([^"]+)"', page)
    assert first and first[1] == step(one, "reply")
    assert '<section class="bar" aria-label="下一步">' in page
    answer = town.post(first[1], {"attitude": "disagree", "text": "", "version": one.version})
    assert answer.status_code == 400
    given = {"attitude": "disagree", "text": "人手不足", "version": one.version}
    assert town.post(first[1], given).status_code == 302
    page = text(town, record.get_absolute_url())
    assert "人手不足" in page and "修改答复意见" in page
    assert step(one, "reply") not in text(visit(scene.clerk), record.get_absolute_url())


@pytest.mark.rule("GX-准入-07")
def test_a_note_stands_for_an_answer_that_is_overdue(scene):
    record = scene.consult()
    scene.reply(record, TOWN)
    clerk = visit(scene.clerk)
    assert "说明未答复情况" not in text(clerk, record.get_absolute_url())
    with time_machine.travel(moment("2026-09-25 10:00")):
        clerk = visit(scene.clerk)
        assert "说明未答复情况(贾镇)" in text(clerk, record.get_absolute_url())


# ------------------------------------------------------------------ refusals


def test_strangers_find_nothing(scene):
    record = scene.filed(TOWN)
    other = visit(scene.county.user(Role.DEPARTMENT_CLERK, "县水利局"))
    for url in (record.get_absolute_url(), f"/admission/requests/{record.pk}/edit/"):
        assert other.get(url).status_code == 404
        assert visit(scene.other_town).get(url).status_code == 404
    far = Scene(place=("另县", "999999", "另"))
    assert visit(far.bianban).get(record.get_absolute_url()).status_code == 404


def test_a_step_of_others_is_refused_in_chinese(scene):
    record = scene.filed()
    answer = visit(scene.town).post(
        f"/admission/requests/{record.pk}/edit/", sent(scene, version=record.version)
    )
    assert answer.status_code in (403, 409) and "不能" in answer.content.decode()
    stage = record.current().first()
    answer = visit(scene.clerk).post(
        step(stage, "agree"), {"opinion": "同意", "version": stage.version}
    )
    assert answer.status_code == 403
    draft = scene.request()
    draft = perform(draft, "save_draft", actor=scene.clerk, at=NOW, facts={"name": "草稿"})
    leader = visit(scene.county.user(Role.DEPARTMENT_LEADER, "县农业农村局"))
    assert leader.get(f"/admission/requests/{draft.pk}/edit/").status_code == 200
