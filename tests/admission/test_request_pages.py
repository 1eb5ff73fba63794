"""Pages of requests: list, writing, file; what stands there, for whom, at what cost."""

import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from admission.models import AdmissionRequest
from checklist import paging
from governance import presentation, sheets
from governance.perform import perform
from governance.roles import Role
from tests.admission.scene import NOW, OTHER, PRESETS, TOWN, Scene, again
from tests.checklist.scene import PDF
from tests.factories.governance import load_calendar, moment
from tests.governance.visiting import visit

pytestmark = pytest.mark.django_db
LIST, NEW = "/admission/requests/", "/admission/requests/new/"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def scene():
    load_calendar()
    made = Scene()
    made.publish("秸秆禁烧", "河道采砂监管")
    return made


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.content.decode()


def names(client, url=LIST) -> list[str]:
    return re.findall(r'class="main-cell[^>]*><div><a href="[^"]+">([^<]+)</a>', text(client, url))


def sent(scene, *towns: str, **given) -> dict:
    """A whole form as a browser sends it."""
    facts = scene.facts(*towns) | {"action": "consult", "token": "t" * 32}
    facts |= {"files": SimpleUploadedFile("依据.pdf", PDF, "application/pdf")} | given
    return {name: value for name, value in facts.items() if value is not None}


def field(page: str, name: str) -> str:
    """What stands in a field."""
    area = re.search(rf'<textarea name="{name}"[^>]*>\s*([^<]*)</textarea>', page)
    return area[1] if area else re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def step_url(record, name: str) -> str:
    kind, pk = presentation.place(record)
    return f"/matters/{kind}/{pk}/steps/{name}/"


# ------------------------------------------------------------------ the list


def test_filters_stand_in_the_address(scene):
    one = scene.filed(name="农业普查入户登记")
    scene.filed(TOWN, name="果树品种清查", term="regular", ends_on="")
    scene.consult(OTHER, name="农机具登记")
    desk, mine = client_of(scene.bianban), client_of(scene.clerk)
    assert names(desk) == ["果树品种清查", "农业普查入户登记"]
    assert names(mine) == ["农机具登记", "果树品种清查", "农业普查入户登记"]
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
    desk = client_of(scene.bianban)
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
    answer = client_of(scene.bianban).get(f"{LIST}export/?q=普查")
    target = tmp_path / "x.xlsx"
    target.write_bytes(b"".join(answer.streaming_content))
    rows = [[str(cell) for cell in row] for row in sheets.read(target).sheets[0].rows()]
    told = " ".join(" ".join(row) for row in rows)
    assert "1+1普查" in told and "清泉街道" in told and "果树品种清查" not in told


def test_an_empty_list_says_what_to_do(scene):
    assert "还没有准入申请" in text(client_of(scene.clerk), LIST)
    page = text(client_of(scene.clerk), f"{LIST}?q=没有")
    assert "没有符合条件的准入申请" in page and "清除筛选" in page
    stranger = client_of(scene.county.user(Role.PLATFORM))
    assert stranger.get(LIST).status_code == stranger.get(f"{LIST}export/").status_code == 403
    assert "提出准入申请" not in text(client_of(scene.town), LIST)


# ------------------------------------------------------------------ writing


@pytest.mark.parametrize("preset", PRESETS)
def test_the_form_has_the_fields_and_words_of_the_county(preset):
    load_calendar()
    scene = Scene(preset)
    page = text(client_of(scene.clerk), NEW)
    book = scene.book
    for words in book.value("admission.elements"):
        assert words in page
    for kind in book.value("admission.support"):
        assert f'name="support_{kind}"' in page
    for key in (*book.value("admission.vetoes"), *book.value("admission.advice")):
        assert f'name="veto_{key}"' in page
    layout = book.value("admission.form")
    assert ("职责主体及内容" in page) == (layout == "jiaoqu")
    assert ('name="content"' in page) == (layout != "elements")
    assert page.count('name="support_due_on"') == 1
    assert ("/clauses/" in page) and "一、申请单位与联系人" in page
    towns = client_of(scene.town).get(NEW).status_code
    assert towns == (200 if "township" in book.value("admission.applicants") else 403)


def test_a_request_goes_from_the_form_to_the_townships(scene):
    clerk = client_of(scene.clerk)
    answer = clerk.post(NEW, sent(scene))
    record = AdmissionRequest.objects.get()
    assert answer.status_code == 302 and answer.url == record.get_absolute_url()
    assert record.state == "consulting" and record.opinions.count() == 2
    page = text(clerk, answer.url)
    assert "尚未答复" in page and "清泉街道、贾镇" in page and "修改后重新征求意见" in page
    # The same sending again is not another request.
    again_sent = clerk.post(NEW, sent(scene))
    assert again_sent.url == record.get_absolute_url()
    assert AdmissionRequest.objects.count() == 1


def test_a_draft_needs_nothing_and_is_taken_up_again(scene):
    clerk = client_of(scene.clerk)
    answer = clerk.post(NEW, {"action": "save_draft", "name": "农业普查", "token": "a" * 32})
    record = AdmissionRequest.objects.get()
    edit = f"/admission/requests/{record.pk}/edit/"
    assert answer.url == edit and record.state == "draft"
    page = text(clerk, edit)
    assert field(page, "name") == "农业普查"
    assert "继续填写" in text(clerk, record.get_absolute_url())
    version = record.version
    answer = clerk.post(edit, sent(scene, version=version))
    assert answer.status_code == 302 and again(record).state == "consulting"
    assert client_of(scene.bianban).get(edit).status_code == 404


def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(scene):
    clerk = client_of(scene.clerk)
    given = sent(scene, phone="x", ends_on="2026-09-01", veto_coordination_body="yes", target="")
    given["element_2"] = "先登记,后汇总"
    answer = clerk.post(NEW, given)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "请填写正确的联系电话" in page and "截止日不能早于起始日" in page
    assert 'id="id_veto_coordination_body_error"' in page or "不得准入" in page
    assert field(page, "element_2") == "先登记,后汇总"
    assert field(page, "name") == "农业普查入户登记" and field(page, "phone") == "x"
    assert re.search(rf'value="{scene.unit(TOWN).pk}"[^>]*checked', page)


def test_a_file_survives_an_error_on_a_draft(scene):
    answer = client_of(scene.clerk).post(NEW, sent(scene, target=""))
    page = answer.content.decode()
    assert answer.status_code == 400 and "附件已保留" in page and "依据.pdf" in page
    record = AdmissionRequest.objects.get()
    assert record.state == "draft" and f'action="/admission/requests/{record.pk}/edit/"' in page


@pytest.mark.rule("GX-准入-02", "GX-准入-03")
def test_the_gate_speaks_while_the_title_is_typed(scene, django_assert_max_num_queries):
    clerk = client_of(scene.clerk)
    url = "/admission/requests/gate/"
    page = clerk.post(url, {"name": "河道采砂监管"}).content.decode()
    item = scene.item("河道采砂监管").pk
    assert page.startswith('<div id="gate"')
    assert "不能申请" in page and f"/checklist/items/{item}/" in page
    page = clerk.post(url, {"name": "秸秆禁烧巡查"}).content.decode()
    assert "请核对" in page and "核对说明" in page
    assert "不能申请" not in clerk.post(url, {"name": "农业普查"}).content.decode()
    page = clerk.post(url, {"name": "普查", "content": "签订责任状"}).content.decode()
    assert "<b>参考</b>" in page and "外县规定,仅供参考" in page and "请核对" not in page
    with django_assert_max_num_queries(25):
        clerk.post(url, {"name": "秸秆禁烧巡查"})
    for nonsense in ({}, {"record": "x"}, {"name": "\x00"}, {"source": "9" * 30}):
        assert clerk.post(url, nonsense).status_code == 200
    assert client_of(scene.town).post(url, {"name": "秸秆"}).status_code == 403


def test_the_load_of_the_chosen_townships_is_shown(scene):
    duty = scene.carried(TOWN)
    scene.allot(duty, "1200", at=NOW)
    clerk = client_of(scene.clerk)
    given = {"townships": [scene.unit(TOWN).pk]}
    page = clerk.post("/admission/requests/loads/", given).content.decode()
    assert "清泉街道" in page and "1 项" in page and "1,200.00" in page and "贾镇" not in page
    page = clerk.post("/admission/requests/loads/", {"whole_county": "on"}).content.decode()
    assert "贾镇" in page
    with time_machine.travel(moment("2026-11-10 10:00")):
        clerk = client_of(scene.clerk)
        page = clerk.post("/admission/requests/loads/", given).content.decode()
    assert "有保障未按期落实" in page


@pytest.mark.rule("GX-准入-07")
def test_what_was_put_to_the_townships_is_asked_anew(scene):
    record = scene.consult()
    scene.reply(record, TOWN)
    clerk = client_of(scene.clerk)
    edit = f"/admission/requests/{record.pk}/edit/"
    page = text(clerk, edit)
    assert "改动后须重新征求意见" in page and "重新征求乡镇意见" in page
    assert 'value="save_draft"' not in page
    version = again(record).version
    clerk.post(edit, sent(scene, version=version, content="入户登记并复核。", files=None))
    record = again(record)
    assert record.consultation == 2 and record.opinions_now().filter(state="asked").count() == 2
    page = text(clerk, record.get_absolute_url())
    assert "第 1 次征求意见" in page and "愿意承接" in page


def test_what_was_sent_back_is_corrected_on_the_same_page(scene):
    record = scene.filed()
    stage = record.current().first()
    facts = {"reason": "理由不充分"}
    perform(stage, "send_back", actor=scene.bianban, at=NOW, facts=facts)
    clerk, record = client_of(scene.clerk), again(record)
    edit = f"/admission/requests/{record.pk}/edit/"
    page = text(clerk, edit)
    assert "理由不充分" in page and "两种改法" in page and "协商意见" in page
    given = sent(scene, action="resubmit", version=record.version, agreement="各乡镇同意承接。",
                 content="另一项工作", files=None)  # fmt: skip
    answer = clerk.post(edit, given)
    assert answer.status_code == 400 and "请重新征求乡镇意见" in answer.content.decode()
    given = sent(scene, action="resubmit", version=record.version, agreement="各乡镇同意承接。",
                 reason="理由已补充", files=None)  # fmt: skip
    assert clerk.post(edit, given).status_code == 302
    assert again(record).state == "reviewing"


def test_in_tongxin_a_township_applies_and_the_department_is_asked():
    load_calendar()
    scene = Scene("tongxin-2021")
    town = client_of(scene.town)
    assert 'name="department"' in text(town, NEW)
    given = sent(scene, TOWN, department=scene.department.pk)
    assert town.post(NEW, given).status_code == 302
    record = AdmissionRequest.objects.get()
    assert record.owner == scene.unit(TOWN)
    assert [one.unit for one in record.opinions_now()] == [scene.department]


# ------------------------------------------------------------------ the file


def test_the_page_shows_everything_at_a_constant_cost(scene, django_assert_max_num_queries):
    record = scene.filed()
    page = text(client_of(scene.bianban), record.get_absolute_url())
    for words in ("农业普查入户登记", record.number, "入户登记农户生产经营情况", "20,000.00 元",
                  "主体责任:依文件执行", "愿意承接", "编办审核", "各乡镇同意承接",
                  "提交申请", "准入生效"):  # fmt: skip
        assert words in page, words
    assert "通过(" in page
    desk = client_of(scene.bianban)
    with django_assert_max_num_queries(45):
        text(desk, record.get_absolute_url())
    record = scene.reviewed(record)
    page = text(client_of(scene.clerk), record.get_absolute_url())
    assert "/admission/duties/" in page and "待交办" in page and "申请退出" in page


def test_a_township_answers_as_its_main_step(scene):
    record = scene.consult()
    one = scene.opinion(record, TOWN)
    town = client_of(scene.town)
    page = text(town, record.get_absolute_url())
    first = re.search(r'<ul class="next" id="next"><li><a class="btn wide go" href="([^"]+)"', page)
    assert first and first[1] == step_url(one, "reply")
    assert '<section class="bar" aria-label="下一步">' in page
    answer = town.post(first[1], {"attitude": "disagree", "text": "", "version": one.version})
    assert answer.status_code == 400
    given = {"attitude": "disagree", "text": "人手不足", "version": one.version}
    assert town.post(first[1], given).status_code == 302
    page = text(town, record.get_absolute_url())
    assert "人手不足" in page and "修改答复意见" in page
    assert step_url(one, "reply") not in text(client_of(scene.clerk), record.get_absolute_url())


@pytest.mark.rule("GX-准入-07")
def test_a_note_stands_for_an_answer_that_is_overdue(scene):
    record = scene.consult()
    scene.reply(record, TOWN)
    clerk = client_of(scene.clerk)
    assert "说明未答复情况" not in text(clerk, record.get_absolute_url())
    with time_machine.travel(moment("2026-09-25 10:00")):
        clerk = client_of(scene.clerk)
        assert "说明未答复情况(贾镇)" in text(clerk, record.get_absolute_url())


# ------------------------------------------------------------------ refusals


def test_strangers_find_nothing(scene):
    record = scene.filed(TOWN)
    other = client_of(scene.county.user(Role.DEPARTMENT_CLERK, "县水利局"))
    for url in (record.get_absolute_url(), f"/admission/requests/{record.pk}/edit/"):
        assert other.get(url).status_code == 404
        assert client_of(scene.other_town).get(url).status_code == 404
    far = Scene(place=("另县", "999999", "另"))
    assert client_of(far.bianban).get(record.get_absolute_url()).status_code == 404


def test_a_step_of_others_is_refused_in_chinese(scene):
    record = scene.filed()
    answer = client_of(scene.town).post(
        f"/admission/requests/{record.pk}/edit/", sent(scene, version=record.version)
    )
    assert answer.status_code in (403, 409) and "不能" in answer.content.decode()
    stage = record.current().first()
    answer = client_of(scene.clerk).post(
        step_url(stage, "agree"), {"opinion": "同意", "version": stage.version}
    )
    assert answer.status_code == 403
    draft = scene.request()
    draft = perform(draft, "save_draft", actor=scene.clerk, at=NOW, facts={"name": "草稿"})
    leader = client_of(scene.county.user(Role.DEPARTMENT_LEADER, "县农业农村局"))
    assert leader.get(f"/admission/requests/{draft.pk}/edit/").status_code == 200


def test_a_stale_form_is_refused_and_keeps_what_was_typed(scene):
    record = scene.request()
    record = perform(record, "save_draft", actor=scene.clerk, at=NOW, facts={"name": "草稿"})
    old = record.version
    perform(record, "save_draft", actor=scene.clerk, at=NOW, facts={"name": "别人改过"})
    given = sent(scene, version=old, content="刚刚写的内容", files=None)
    answer = client_of(scene.clerk).post(f"/admission/requests/{record.pk}/edit/", given)
    page = answer.content.decode()
    assert answer.status_code == 409 and field(page, "content") == "刚刚写的内容"
    assert again(record).name == "别人改过"


def test_a_form_that_comes_too_late_is_closed(scene):
    record = scene.filed()
    given = sent(scene, version=record.version, content="想改的内容", files=None)
    answer = client_of(scene.clerk).post(f"/admission/requests/{record.pk}/edit/", given)
    page = answer.content.decode()
    assert answer.status_code == 409 and field(page, "content") == "想改的内容"
    page = client_of(scene.clerk).get(f"/admission/requests/{record.pk}/edit/")
    assert page.status_code == 302


def test_no_field_stands_twice(scene):
    """A field that stood twice would be sent twice, and what was typed in the first be lost."""
    for preset in (scene, Scene("jiaoqu-2022", ("郊区", "230811", "郊"))):
        page = visit(preset.clerk).get("/admission/requests/new/").content.decode()
        ids = re.findall(r'<(?:input|textarea|select)[^>]* id="(id_[^"]+)"', page)
        assert "id_funds" in ids and len(ids) == len(set(ids))
