"""The page of a step: who gets it, what it keeps, what it refuses and how it says so."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from governance.models import Event
from governance.perform import perform
from governance.roles import Role
from hucall.models import Response
from tests.factories import hucall as make
from tests.factories.governance import County
from tests.governance.matters import fresh
from tests.governance.visiting import address, step, text_of, visit

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture
def response(county):
    """A part of 县公安局 that waits to be signed in."""
    return make.part(make.dispatched(county), county)


@pytest.fixture
def clerk(county, response):
    return county.user(Role.DEPARTMENT_CLERK)


def test_the_form_opens_as_a_page_with_its_matter_and_version(county, response, clerk):
    page = visit(clerk).get(step(response, "sign_in"))
    text = text_of(page)
    assert page.status_code == 200
    assert f'name="version" value="{response.version}"' in text
    assert make.CONTENT["title"] in text and response.call.number in text
    assert "最近留痕" in text


def test_the_form_opens_in_place_as_a_fragment(response, clerk):
    page = visit(clerk).get(step(response, "sign_in"), headers={"HX-Request": "true"})
    text = text_of(page)
    assert text.strip().startswith('<div id="step-panel">')
    assert "<html" not in text


def test_a_step_done_leads_to_the_matter_with_a_message(response, clerk):
    given = {"version": response.version, "note": "已派员前往"}
    answer = visit(clerk).post(step(response, "sign_in"), given)
    assert (answer.status_code, answer.headers["Location"]) == (302, response.get_absolute_url())
    assert fresh(response).state == Response.State.WORKING
    assert "“报到”已办理。" in [str(m) for m in answer.wsgi_request._messages]


def test_in_place_the_browser_is_told_where_to_go(response, clerk):
    given = {"version": response.version}
    answer = visit(clerk).post(step(response, "sign_in"), given, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == response.get_absolute_url()


def test_next_leads_to_a_page_of_ours_only(response, clerk):
    given = {"version": response.version, "next": "https://evil.example/"}
    answer = visit(clerk).post(step(response, "sign_in"), given)
    assert answer.headers["Location"] == response.get_absolute_url()


@pytest.mark.parametrize("role", [Role.TOWNSHIP_CLERK, Role.PLATFORM, Role.DUCHA])
def test_who_sees_the_matter_but_may_not_do_the_step_gets_403_with_the_reason(
    county, response, role
):
    client = visit(county.user(role))
    for answer in (
        client.get(step(response, "sign_in")),
        client.post(step(response, "sign_in"), {"version": response.version}),
    ):
        assert answer.status_code == 403
        assert "须由承办单位经办" in text_of(answer)
    assert fresh(response).state == Response.State.WAITING


def test_who_may_not_see_the_matter_gets_404(county, response):
    other = County("阳谷县", "371521", "阳")
    strangers = [
        county.user(Role.DEPARTMENT_CLERK, "县水利局"),
        county.user(Role.TOWNSHIP_CLERK, "贾镇"),
        county.user(Role.SYSADMIN),
        county.user(Role.AUDITOR),
        other.user(Role.PLATFORM),
        other.user(Role.DEPARTMENT_CLERK),
    ]
    for user in strangers:
        client = visit(user)
        assert client.get(step(response, "sign_in")).status_code == 404
        given = {"version": response.version}
        assert client.post(step(response, "sign_in"), given).status_code == 404
        assert client.get(address(response)).status_code == 404
        assert client.get(address(response, "trail/")).status_code == 404


def test_a_visitor_is_sent_to_sign_in(response):
    answer = visit().get(step(response, "sign_in"))
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/login/")


def test_no_such_step_matter_or_kind_is_404(response, clerk):
    client = visit(clerk)
    kind = response.type().pk
    for path in (
        step(response, "refresh_from_db"),
        step(response, "delete"),
        f"/matters/{kind}/0/steps/sign_in/",
        f"/matters/{kind}/{10**30}/steps/sign_in/",
        f"/matters/{10**30}/1/steps/sign_in/",
        f"/matters/{clerk._meta.pk and 0}/{response.pk}/steps/sign_in/",
    ):
        assert client.get(path).status_code == 404, path


def test_a_closed_step_is_409_with_reason_and_clause(county, response, clerk):
    make.sign_in(county, response)
    answer = visit(clerk).get(step(response, "sign_in"))
    assert answer.status_code == 409
    text = text_of(answer)
    assert "当前状态为“办理中”,不能报到。" in text and "/clauses/GX-" in text
    assert 'type="submit">报到' not in text


def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(county, clerk, response):
    make.sign_in(county, response)
    version = fresh(response).version
    given = {"version": version, "audience": "nobody", "note": "路面已围挡,<b>等待</b>材料"}
    answer = visit(clerk).post(step(response, "note"), given)
    text = text_of(answer)
    assert answer.status_code == 400
    assert "路面已围挡,&lt;b&gt;等待&lt;/b&gt;材料" in text
    assert f'name="version" value="{version}"' in text
    assert fresh(response).version == version


def test_a_file_of_the_wrong_kind_is_refused_by_name(county, clerk, response):
    make.sign_in(county, response)
    given = {
        "version": fresh(response).version,
        "audience": "shared",
        "note": "见附件",
        "files": SimpleUploadedFile("../../病毒.exe", b"MZ\0\0"),
    }
    answer = visit(clerk).post(step(response, "note"), given)
    assert answer.status_code == 400
    assert "病毒.exe" in text_of(answer) and "请重新选择" in text_of(answer)


def test_a_good_file_of_a_refused_form_is_named_to_be_chosen_again(county, clerk, response):
    """No browser keeps it in the form; nothing was written."""
    make.sign_in(county, response)
    given = {
        "version": fresh(response).version,
        "audience": "shared",
        "note": "",
        "files": [SimpleUploadedFile(f"现场{n}.png", b"\x89PNG\r\n\x1a\n") for n in (1, 2)],
    }
    answer = visit(clerk).post(step(response, "note"), given)
    assert answer.status_code == 400
    assert "附件没有保留,提交前请重新选择:现场1.png、现场2.png。" in text_of(answer)


def test_a_second_click_is_no_second_step_and_no_refusal(county, clerk, response):
    make.sign_in(county, response)
    given = {"version": fresh(response).version, "audience": "shared", "note": "已到现场"}
    client = visit(clerk)
    first = client.post(step(response, "note"), given)
    before = Event.objects.count()
    second = client.post(step(response, "note"), given)
    assert first.status_code == second.status_code == 302
    assert Event.objects.count() == before


def test_a_second_click_on_a_step_that_closes_itself(clerk, response):
    given = {"version": response.version, "note": "已派员"}
    client = visit(clerk)
    assert client.post(step(response, "sign_in"), given).status_code == 302
    assert client.post(step(response, "sign_in"), given).status_code == 302
    other = client.post(step(response, "sign_in"), given | {"note": "别的内容"})
    assert other.status_code == 409 and "别的内容" in text_of(other)


def test_a_stale_page_shows_what_happened_and_lets_the_person_confirm(county, response):
    make.sign_in(county, response)
    read = fresh(response).version
    clerk, leader = county.user(Role.DEPARTMENT_CLERK), county.user(Role.DEPARTMENT_LEADER)
    perform(fresh(response), "note", actor=leader, facts={"audience": "shared", "note": "已协调"})
    client = visit(clerk)
    given = {"version": read, "audience": "shared", "note": "抢修队<i>已进场"}
    answer = client.post(step(response, "note"), given)
    text = text_of(answer)
    assert answer.status_code == 409
    assert "您打开页面后" in text and "登记进展" in text and leader.name in text
    assert "抢修队&lt;i&gt;已进场" in text
    now = fresh(response).version
    assert f'name="version" value="{now}"' in text
    again = client.post(step(response, "note"), given | {"version": now})
    assert again.status_code == 302 and fresh(response).version == now + 1


@pytest.mark.rule("GX-呼应-16")
def test_a_stale_page_tells_no_secret(county):
    """What happened meanwhile is shown as far as the reader may read it."""
    call = make.dispatched(county, assist=("县水利局",))
    mine = make.sign_in(county, make.part(call, county))
    read = fresh(mine).version
    leader = county.user(Role.DEPARTMENT_LEADER)
    hidden = {"audience": "internal", "note": "内部意见:先不对外"}
    perform(fresh(mine), "note", actor=leader, facts=hidden)
    platform = county.user(Role.PLATFORM)
    answer = visit(platform).post(
        step(mine, "supervise"), {"version": read, "ground": "进展缓慢", "demand": "尽快办结"}
    )
    assert answer.status_code == 409
    assert "先不对外" not in text_of(answer)


@pytest.mark.parametrize("version", ["", "x", "-1", "1.5", "９", "9" * 40, "\0"])
def test_a_version_that_is_none_is_stale(clerk, response, version):
    answer = visit(clerk).post(step(response, "sign_in"), {"version": version})
    assert answer.status_code == 409
    assert fresh(response).state == Response.State.WAITING


def test_extra_fields_change_nothing(clerk, response):
    given = {"version": response.version, "state": "finished", "unit": "1", "due_at": "2030-01-01"}
    visit(clerk).post(step(response, "sign_in"), given)
    now = fresh(response)
    assert (now.state, now.unit_id) == (Response.State.WORKING, response.unit_id)


def test_text_that_no_database_keeps_is_refused_at_its_field(clerk, response):
    for note in ("a\0b", "x" * 6000):
        given = {"version": response.version, "note": note}
        answer = visit(clerk).post(step(response, "sign_in"), given)
        assert answer.status_code == 400
    assert fresh(response).state == Response.State.WAITING


def test_only_get_and_post(clerk, response):
    client = visit(clerk)
    for method in ("put", "delete", "patch"):
        assert getattr(client, method)(step(response, "sign_in")).status_code == 405


def test_the_page_costs_the_same_however_long_the_history(
    county, clerk, response, django_assert_max_num_queries
):
    make.sign_in(county, response)
    for number in range(12):
        facts = {"audience": "shared", "note": f"进展 {number}"}
        perform(fresh(response), "note", actor=clerk, facts=facts)
    client = visit(clerk)
    client.get(step(response, "note"))
    with django_assert_max_num_queries(20):
        assert client.get(step(response, "note")).status_code == 200


def test_files_come_with_the_step(county, clerk, response):
    make.sign_in(county, response)
    given = {
        "version": fresh(response).version,
        "audience": "shared",
        "note": "现场照片",
        "files": SimpleUploadedFile("现场.png", PNG),
    }
    assert visit(clerk).post(step(response, "note"), given).status_code == 302
    assert fresh(response).attachments.get().name == "现场.png"
