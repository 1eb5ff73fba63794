"""Filing: the form, what it suggests, and that nothing typed is lost or sent twice."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from governance.models import Attachment
from governance.roles import Role
from hucall.models import Call
from tests.factories import hucall as make
from tests.hucall.pages import client_of, item_of, listed_county

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
NEW = "/hucall/calls/new/"


@pytest.fixture
def county():
    return listed_county()


@pytest.fixture
def clerk(county):
    return client_of(county.user(Role.TOWNSHIP_CLERK))


def facts(**changes):
    return make.CONTENT | {"self_check": "on", "action": "file", "token": "a" * 32} | changes


def picture(name="现场.png"):
    return SimpleUploadedFile(name, PNG, "image/png")


def test_the_form_says_by_when_the_platform_must_answer(clerk):
    text = clerk.get(NEW).content.decode()
    assert "前核实派发" in text and "可呼" in text and "必呼" in text
    assert 'name="kind"' in text and 'type="radio"' in text


@pytest.mark.rule("GX-呼应-08")
def test_a_township_files_a_call_with_a_photo(clerk, county):
    answer = clerk.post(NEW, facts(files=picture(), place="集市东口"))
    call = Call.objects.get()
    assert answer.status_code == 302 and answer.url == f"/hucall/calls/{call.pk}/"
    assert (call.state, call.number, call.place) == ("submitted", "冠呼〔2026〕1号", "集市东口")
    assert Attachment.objects.get().name == "现场.png"
    assert call.number in clerk.get(answer.url).content.decode()


def test_a_second_click_files_nothing_twice(clerk):
    first = clerk.post(NEW, facts())
    again = clerk.post(NEW, facts())
    other = clerk.post(NEW, facts(token="b" * 32))
    assert first.url == again.url == other.url
    assert Call.objects.count() == 1
    clerk.post(NEW, facts(token="c" * 32, title="另一件事"))
    clerk.post(NEW, facts(token="d" * 32, place="另一个地方"))
    clerk.post(NEW, facts(token="d" * 32, place="第三个地方"))
    assert Call.objects.count() == 4


def test_a_draft_is_filed_once_however_often_it_is_sent(clerk):
    url = clerk.post(NEW, facts(action="save_draft")).url
    version = Call.objects.get().version
    done = clerk.post(url, facts(version=version, token="e" * 32))
    again = clerk.post(url, facts(version=version, token="e" * 32))
    assert done.status_code == again.status_code == 302 and done.url == again.url
    assert Call.objects.get().version == version + 1


def test_what_was_typed_stands_beside_the_error(clerk):
    answer = clerk.post(NEW, facts(title="", text="很长的情况说明", self_check=""))
    text = answer.content.decode()
    assert answer.status_code == 400 and Call.objects.count() == 0
    assert "很长的情况说明" in text and "请先自查" in text


def test_files_of_a_refused_form_are_kept_in_a_draft(clerk):
    answer = clerk.post(NEW, facts(place="", files=[picture(), picture("第二张.png")]))
    text = answer.content.decode()
    call = Call.objects.get()
    assert answer.status_code == 400 and call.state == "draft"
    assert "现场.png" in text and "已为您存为草稿" in text
    assert f'action="/hucall/calls/{call.pk}/edit/"' in text
    version = re.search(r'name="version" value="(\d+)"', text)[1]
    done = clerk.post(f"/hucall/calls/{call.pk}/edit/", facts(version=version, place="集市"))
    assert done.status_code == 302
    call = Call.objects.get()
    assert call.state == "submitted" and Attachment.objects.count() == 2


def test_a_file_that_may_not_come_in_is_named(clerk):
    bad = SimpleUploadedFile("病毒.exe", b"MZ" + b"0" * 30)
    answer = clerk.post(NEW, facts(files=bad))
    assert answer.status_code == 400 and Call.objects.count() == 0
    assert "病毒.exe" in answer.content.decode()


def test_a_draft_is_taken_up_again(clerk):
    answer = clerk.post(NEW, facts(action="save_draft", text=""))
    call = Call.objects.get()
    assert answer.url == f"/hucall/calls/{call.pk}/edit/" and call.number == ""
    text = clerk.get(answer.url).content.decode()
    assert call.title in text and "提交呼叫" in text
    stale = clerk.post(answer.url, facts(version="0"))
    assert stale.status_code == 409 and "集市东口道路塌陷" in stale.content.decode()


@pytest.mark.rule("GX-呼应-07")
def test_an_item_of_the_township_asks_why(clerk, county):
    item = item_of(county, "秸秆禁烧")
    answer = clerk.post(NEW, facts(item=item.pk, self_check_reason=""))
    text = answer.content.decode()
    assert answer.status_code == 400 and "主体责任含乡镇" in text
    assert clerk.post(NEW, facts(item=item.pk, self_check_reason="没有力量")).status_code == 302
    assert Call.objects.get().township_is_main


@pytest.mark.rule("GX-呼应-13")
def test_an_urgent_call_goes_straight_to_those_chosen(clerk, county):
    assert clerk.post(NEW, facts(kind="urgent")).status_code == 400
    units = [county.unit("清泉派出所").pk, county.unit("县公安局").pk]
    assert clerk.post(NEW, facts(kind="urgent", units=units)).status_code == 302
    call = Call.objects.get()
    assert call.state == "handling" and call.responses.count() == 2


def test_hints_suggest_items_recommend_units_and_show_duplicates(clerk, county):
    make.filed(county, at=timezone.now())
    item = item_of(county, "道路塌陷应急处置")
    said = clerk.post(
        "/hucall/calls/hints/",
        {"title": "集市东口道路塌陷", "text": "路面塌陷", "item": item.pk, "shown_item": ""},
    ).content.decode()
    assert "道路塌陷应急处置" in said and "data-choose-item" in said
    assert "可能已有相同的呼叫" in said and "冠呼〔2026〕1号" in said
    assert said.index("县交通运输局") < said.index("县市场监督管理局")
    assert "清单主责" in said and "派驻机构" in said


def test_without_javascript_the_page_itself_suggests(clerk):
    text = clerk.post(NEW, facts(action="look", title="集市道路塌陷")).content.decode()
    assert "道路塌陷应急处置" in text and "集市道路塌陷" in text
    assert Call.objects.count() == 0


@pytest.mark.rule("GX-呼应-02")
def test_the_platform_takes_down_a_telephone_call(county):
    desk = client_of(county.user(Role.PLATFORM))
    text = desk.get(NEW).content.decode()
    assert "电话补录" in text and "贾镇" in text
    given = facts(source=county.unit("贾镇").pk, channel="phone", caller_name="张三")
    assert desk.post(NEW, given).status_code == 302
    call = Call.objects.get()
    assert (call.owner.short_name, call.channel) == ("贾镇", "phone")


@pytest.mark.rule("TX-网格-01")
def test_a_village_calls_through_its_township(county):
    village = client_of(county.user(Role.VILLAGE_CLERK))
    assert "未开通村级呼叫" in village.get(NEW).content.decode()
    county.amend(**{"call.village": True})
    assert "报乡镇提交" in village.get(NEW).content.decode()
    assert village.post(NEW, facts(action="propose")).status_code == 302
    call = Call.objects.get()
    assert (call.state, call.village.short_name) == ("proposed", "样例村")
    township = client_of(county.user(Role.TOWNSHIP_CLERK))
    page = township.get(f"/hucall/calls/{call.pk}/edit/")
    assert page.status_code == 200 and "提交呼叫" in page.content.decode()


@pytest.mark.rule("TX-网格-01")
def test_a_village_is_offered_no_call_where_the_county_takes_none(county):
    village = client_of(county.user(Role.VILLAGE_CLERK))
    for page in ("/", "/hucall/calls/"):
        assert "发起呼叫" not in village.get(page).content.decode()
    said = village.get(NEW).content.decode()
    assert "本县未开通村级呼叫" in said and "前核实派发" not in said
    county.amend(**{"call.village": True})
    for page in ("/", "/hucall/calls/"):
        assert "发起呼叫" in village.get(page).content.decode()


def test_who_files_no_calls_is_refused(county):
    for role in (Role.DEPARTMENT_CLERK, Role.DUCHA, Role.TOWNSHIP_LEADER):
        assert client_of(county.user(role)).get(NEW).status_code == 403
    assert client_of(county.user(Role.DEPARTMENT_CLERK)).post(NEW, facts()).status_code == 403
    assert Call.objects.count() == 0


def test_a_filed_call_is_not_edited_any_more(clerk, county):
    call = make.filed(county)
    answer = clerk.get(f"/hucall/calls/{call.pk}/edit/")
    assert answer.status_code == 302 and answer.url == f"/hucall/calls/{call.pk}/"


def test_own_settlement_is_put_on_record(clerk):
    answer = clerk.post(
        "/hucall/calls/self/", facts(action="record_self_handled", result="已清理完毕")
    )
    assert answer.status_code == 302
    assert Call.objects.get().state == "self_handled"


@pytest.mark.parametrize("bad", ["\0", "x" * 5001])
def test_hostile_text_is_an_error_at_the_field(clerk, bad):
    answer = clerk.post(NEW, facts(text="正文" + bad))
    assert answer.status_code == 400 and Call.objects.count() == 0
