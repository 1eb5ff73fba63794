"""Writing a request: the county's form, drafts, errors at their fields, nothing typed is lost."""

import re

import pytest
import time_machine

from admission.models import AdmissionRequest
from governance.perform import perform
from tests.admission.pages import NEW, field, sent, text
from tests.admission.scene import NOW, PRESETS, TOWN, Scene, again
from tests.factories.governance import load_calendar, moment
from tests.governance.visiting import visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def scene(scene):
    """冠县 with a list."""
    scene.publish("秸秆禁烧", "河道采砂监管")
    return scene


@pytest.mark.parametrize("preset", PRESETS)
def test_the_form_has_the_fields_and_words_of_the_county(preset):
    load_calendar()
    scene = Scene(preset)
    page = text(visit(scene.clerk), NEW)
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
    towns = visit(scene.town).get(NEW).status_code
    assert towns == (200 if "township" in book.value("admission.applicants") else 403)


def test_a_request_goes_from_the_form_to_the_townships(scene):
    clerk = visit(scene.clerk)
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
    clerk = visit(scene.clerk)
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
    assert visit(scene.bianban).get(edit).status_code == 404


def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(scene):
    clerk = visit(scene.clerk)
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
    answer = visit(scene.clerk).post(NEW, sent(scene, target=""))
    page = answer.content.decode()
    assert answer.status_code == 400 and "附件已保留" in page and "依据.pdf" in page
    record = AdmissionRequest.objects.get()
    assert record.state == "draft" and f'action="/admission/requests/{record.pk}/edit/"' in page


@pytest.mark.rule("GX-准入-02", "GX-准入-03")
def test_the_gate_speaks_while_the_title_is_typed(scene, django_assert_max_num_queries):
    clerk = visit(scene.clerk)
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
    assert visit(scene.town).post(url, {"name": "秸秆"}).status_code == 403


def test_the_load_of_the_chosen_townships_is_shown(scene):
    duty = scene.carried(TOWN)
    scene.allot(duty, "1200", at=NOW)
    clerk = visit(scene.clerk)
    given = {"townships": [scene.unit(TOWN).pk]}
    page = clerk.post("/admission/requests/loads/", given).content.decode()
    assert "清泉街道" in page and "1 项" in page and "1,200.00" in page and "贾镇" not in page
    page = clerk.post("/admission/requests/loads/", {"whole_county": "on"}).content.decode()
    assert "贾镇" in page
    with time_machine.travel(moment("2026-11-10 10:00")):
        clerk = visit(scene.clerk)
        page = clerk.post("/admission/requests/loads/", given).content.decode()
    assert "有保障未按期落实" in page


@pytest.mark.rule("GX-准入-07")
def test_what_was_put_to_the_townships_is_asked_anew(scene):
    record = scene.consult()
    scene.reply(record, TOWN)
    clerk = visit(scene.clerk)
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
    clerk, record = visit(scene.clerk), again(record)
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
    town = visit(scene.town)
    assert 'name="department"' in text(town, NEW)
    given = sent(scene, TOWN, department=scene.department.pk)
    assert town.post(NEW, given).status_code == 302
    record = AdmissionRequest.objects.get()
    assert record.owner == scene.unit(TOWN)
    assert [one.unit for one in record.opinions_now()] == [scene.department]


def test_a_stale_form_is_refused_and_keeps_what_was_typed(scene):
    record = scene.request()
    record = perform(record, "save_draft", actor=scene.clerk, at=NOW, facts={"name": "草稿"})
    old = record.version
    perform(record, "save_draft", actor=scene.clerk, at=NOW, facts={"name": "别人改过"})
    given = sent(scene, version=old, content="刚刚写的内容", files=None)
    answer = visit(scene.clerk).post(f"/admission/requests/{record.pk}/edit/", given)
    page = answer.content.decode()
    assert answer.status_code == 409 and field(page, "content") == "刚刚写的内容"
    assert again(record).name == "别人改过"


def test_a_form_that_comes_too_late_is_closed(scene):
    record = scene.filed()
    given = sent(scene, version=record.version, content="想改的内容", files=None)
    answer = visit(scene.clerk).post(f"/admission/requests/{record.pk}/edit/", given)
    page = answer.content.decode()
    assert answer.status_code == 409 and field(page, "content") == "想改的内容"
    page = visit(scene.clerk).get(f"/admission/requests/{record.pk}/edit/")
    assert page.status_code == 302


def test_no_field_stands_twice(scene):
    """A field that stood twice would be sent twice, and what was typed in the first be lost."""
    for preset in (scene, Scene("jiaoqu-2022", ("郊区", "230811", "郊"))):
        page = visit(preset.clerk).get("/admission/requests/new/").content.decode()
        ids = re.findall(r'<(?:input|textarea|select)[^>]* id="(id_[^"]+)"', page)
        assert "id_funds" in ids and len(ids) == len(set(ids))
