"""Hostile and faulty input: what is sent beside, twice, for oneself; texts, files and exports.

Numbers in the names are the rows of the catalogue of hostile inputs in the security requirements.
"""

import io

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from governance import uploads
from governance.models import Attachment, Event, Post
from governance.roles import Role
from hucall.models import Call, Response
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar
from tests.governance.hostile import CALLS, JSON, RARE, SCRIPT, browser
from tests.governance.visiting import address, step

pytestmark = pytest.mark.django_db
NOW = make.FILED


@pytest.fixture
def county():
    load_calendar()
    with time_machine.travel(make.FILED, tick=False):
        yield County()


# ------------------------------------------------------------------ extra fields (4)


def test_4_what_a_form_does_not_ask_for_is_ignored(county):
    other = County("郊区", "230811", "郊", "jiaoqu-2022")
    extra = {
        "state": "archived",
        "county": other.row.pk,
        "owner_id": other.unit("清泉街道").pk,
        "raised_by": 1,
        "raised_at": "2020-01-01T00:00",
        "number": "冠呼〔2026〕999号",
        "rulebook": other.rulebook.pk,
        "verified_at": "2020-01-01T00:00",
        "verified_true": True,
        "dispatched_at": "2020-01-01T00:00",
        "due_at": "2099-01-01T00:00",
        "over_call": True,
        "is_staff": True,
        "score": 100,
        "id": 777,
        "pk": 777,
        "_state": "x",
        "terms": "x",
    }
    clerk = county.user(Role.TOWNSHIP_CLERK)
    client = browser(clerk)
    answer = client.post(CALLS, make.CONTENT | extra, content_type=JSON)
    assert answer.status_code == 201, answer.json()
    call = Call.objects.get()
    assert (call.state, call.number, call.county) == ("submitted", "冠呼〔2026〕1号", county.row)
    assert (call.owner, call.raised_by, call.raised_at) == (county.unit("清泉街道"), clerk, NOW)
    assert (call.rulebook, call.verified_at, call.over_call) == (county.rulebook, None, False)
    assert call.pk != 777
    assert not type(clerk).objects.get(pk=clerk.pk).is_staff
    facts = {"reason": "误报", **extra, "version": call.version}
    client.post(step(call, "withdraw"), facts)
    call.refresh_from_db(fields=["number", "owner", "county"])
    assert Call.objects.get(pk=call.pk).state == "withdrawn"
    assert (call.number, call.county) == ("冠呼〔2026〕1号", county.row)


def test_4_a_department_sets_neither_limit_nor_duty_of_its_part(county):
    part = make.part(make.dispatched(county), county)
    client = browser(county.user(Role.DEPARTMENT_CLERK))
    extra = {"due_at": "2099-01-01", "duty": "copy", "round": 9, "excluded": True, "unit": 1}
    url = f"/api/v1/hucall/responses/{part.pk}/steps/sign_in/"
    assert client.post(url, extra, content_type=JSON).status_code == 200
    part = Response.objects.get(pk=part.pk)
    assert (part.duty, part.round, part.excluded, str(part.unit)) == ("lead", 1, False, "县公安局")
    assert not part.clocks.filter(due_at__year=2099).exists()


# ------------------------------------------------------------------ once (11, 13)


def test_13_the_same_key_does_the_thing_once_and_gives_the_same_answer(county):
    client = browser(county.user(Role.TOWNSHIP_CLERK))
    headers = {"Idempotency-Key": "7f1c"}
    first, second = (
        client.post(CALLS, make.CONTENT, content_type=JSON, headers=headers) for _ in range(2)
    )
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert Call.objects.count() == 1
    altered = client.post(
        CALLS, make.CONTENT | {"title": "别的"}, content_type=JSON, headers=headers
    )
    assert (altered.status_code, altered.json()["code"]) == (422, "idempotency_key_reused")
    platform = browser(county.user(Role.PLATFORM))
    url = f"{CALLS}{first.json()['id']}/steps/return_for_correction/"
    for _ in range(2):
        answer = platform.post(url, {"reason": "补图"}, content_type=JSON, headers=headers)
        assert (answer.status_code, answer.json()["state"]) == (200, "correcting")
    assert Event.objects.filter(step="return_for_correction").count() == 1


def test_13_a_refused_request_leaves_its_key_free(county):
    client = browser(county.user(Role.TOWNSHIP_CLERK))
    headers = {"Idempotency-Key": "k"}
    bad = client.post(CALLS, {"title": "x"}, content_type=JSON, headers=headers)
    assert bad.status_code == 400
    good = client.post(CALLS, make.CONTENT, content_type=JSON, headers=headers)
    assert good.status_code == 201
    long = client.post(
        CALLS, make.CONTENT, content_type=JSON, headers={"Idempotency-Key": "k" * 101}
    )
    assert (long.status_code, list(long.json()["errors"])) == (400, ["Idempotency-Key"])


def test_13_a_double_click_on_a_page_does_it_once(county):
    call = make.filed(county)
    client = browser(county.user(Role.TOWNSHIP_CLERK))
    form = {"reason": "误报", "version": call.version}
    assert client.post(step(call, "withdraw"), form).status_code == 302
    assert client.post(step(call, "withdraw"), form).status_code == 302
    assert Event.objects.of(call).filter(step="withdraw").count() == 1


def test_11_a_tab_that_was_left_open_is_refused_and_keeps_what_was_typed(county):
    call = make.filed(county)
    client = browser(county.user(Role.PLATFORM))
    form = {"reason": "可自行处置的事项", "version": call.version}
    for name, who, facts in (
        ("return_for_correction", Role.PLATFORM, {"reason": "补图"}),
        ("refile", Role.TOWNSHIP_CLERK, make.CONTENT),
    ):
        url = f"{CALLS}{call.pk}/steps/{name}/"
        assert browser(county.user(who)).post(url, facts, content_type=JSON).status_code == 200
    answer = client.post(step(call, "turn_back"), form)
    assert answer.status_code == 409
    assert "可自行处置的事项" in answer.content.decode()
    assert Call.objects.get(pk=call.pk).state == "submitted"


# ------------------------------------------------------------------ one's own case (14)


def with_post(county, user, role, unit):
    """The same person with one more post."""
    Post.objects.create(user=user, unit=county.unit(unit), role=role, since="2020-01-01")
    return type(user).objects.get(pk=user.pk)


def test_14_nobody_grants_what_they_asked_for_themselves(county):
    leader = with_post(county, county.user(Role.DEPARTMENT_LEADER), Role.PLATFORM, "县政府办")
    client = browser(leader)
    part = make.working(county)
    base = f"/api/v1/hucall/responses/{part.pk}/steps/"
    facts = {"workdays": 3, "reason": "待料"}
    assert client.post(f"{base}request_extension/", facts, content_type=JSON).status_code == 200
    for name in ("grant_extension", "refuse_extension"):
        answer = client.post(f"{base}{name}/", {"reason": "x"}, content_type=JSON)
        assert (answer.status_code, answer.json()["message"]) == (403, "申请人不能审批自己的申请。")
    other = browser(county.user(Role.PLATFORM))
    assert other.post(f"{base}grant_extension/", {}, content_type=JSON).status_code == 200


def test_14_a_leader_does_not_approve_the_call_that_the_same_person_filed(county):
    county.amend(**{"call.leader_approval": True})
    clerk = with_post(county, county.user(Role.TOWNSHIP_CLERK), Role.TOWNSHIP_LEADER, "清泉街道")
    call = make.filed(county, by=clerk)
    url = f"{CALLS}{call.pk}/steps/approve/"
    answer = browser(clerk).post(url, {}, content_type=JSON)
    assert (answer.status_code, answer.json()["message"]) == (403, "不能审批自己提交的呼叫。")
    leader = browser(county.user(Role.TOWNSHIP_LEADER))
    assert leader.post(url, {}, content_type=JSON).status_code == 200


def test_14_who_has_left_the_post_does_nothing_from_the_next_request_on(county):
    part = make.part(make.dispatched(county), county)
    clerk = county.user(Role.DEPARTMENT_CLERK)
    client = browser(clerk)
    url = f"/api/v1/hucall/responses/{part.pk}/steps/sign_in/"
    assert client.get(f"/api/v1/hucall/responses/{part.pk}/").status_code == 200
    clerk.posts.update(active=False)
    assert client.post(url, {}, content_type=JSON).status_code in (401, 403, 404)
    assert Response.objects.get(pk=part.pk).state == "waiting"


def test_15_an_expired_session_is_told_so_and_not_redirected_where_a_script_asks(county):
    call = make.filed(county)
    client = browser(county.user(Role.TOWNSHIP_CLERK))
    client.cookies.clear()
    form = {"reason": "误报", "version": call.version}
    answer = client.post(step(call, "withdraw"), form, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    answer = client.post(f"{CALLS}{call.pk}/steps/withdraw/", form, content_type=JSON)
    assert answer.status_code == 401
    assert Call.objects.get(pk=call.pk).state == "submitted"


# ------------------------------------------------------------------ texts (28, 30, 32)


def pages_of(call) -> list[str]:
    """Where the texts of a call are shown."""
    return [
        *("/", "/hucall/calls/", f"/hucall/calls/{call.pk}/", address(call, "trail/"), "/inbox/"),
        *("/search/?q=alert", step(call, "dispatch"), f"/hucall/calls/?search={call.title[:4]}"),
    ]


def test_32_markup_in_any_text_is_inert_on_every_page(county):
    texts = ("title", "text", "place", "self_check_reason", "caller_name")
    facts = dict.fromkeys(texts, f"{SCRIPT}\"'><img src=x onerror=alert(3)>"[:40])
    facts |= {"title": SCRIPT, "text": f'{SCRIPT} <a href="javascript:alert(4)">x</a>'}
    call = make.filed(county, **facts)
    client = browser(county.user(Role.PLATFORM))
    for url in pages_of(call):
        answer = client.get(url)
        assert answer.status_code == 200, url
        page = answer.content.decode()
        for bad in ("<script>alert", "<svg onload", "<img src=x", 'href="javascript:'):
            assert bad not in page, (url, bad)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe-inline" not in policy
        assert "unsafe-eval" not in policy
    told = client.get(f"{CALLS}{call.pk}/")
    assert told.json()["title"] == SCRIPT
    assert told.headers["Content-Type"] == JSON
    assert told.headers["X-Content-Type-Options"] == "nosniff"


def test_30_rare_characters_come_back_as_they_went_in(county):
    call = make.filed(county, title=RARE, text=f"{RARE}\n第二行", caller_name="买买提·艾力𠮷")
    client = browser(county.user(Role.PLATFORM))
    told = client.get(f"{CALLS}{call.pk}/").json()
    assert (told["title"], told["text"]) == (RARE, f"{RARE}\n第二行")
    assert told["caller_name"] == "买买提·艾力𠮷"
    assert RARE in client.get(f"/hucall/calls/{call.pk}/").content.decode()
    for words in ("𠮷", "㐀𰻝", "葛󠄀", "𠮷㐀"):
        assert client.get(CALLS, {"search": words}).json()["results"], words


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "＝", "＋"])
def test_28_no_export_turns_a_text_into_a_formula(county, sign):
    make.filed(county, title=f"{sign}1+1", text="x", place=f"{sign}HYPERLINK(1)")
    client = browser(county.user(Role.PLATFORM))
    answer = client.get("/hucall/calls/export/")
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    assert any(f"{sign}1+1".strip() in str(cell.value) for cell in cells)


# ------------------------------------------------------------------ files (35, 37)

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def upload(client, call, *names, content=PNG, url=""):
    """A remark with files."""
    files = [SimpleUploadedFile(name, content, "image/png") for name in names]
    form = {"remark": "见附件", "files": files, "version": call.version}
    return client.post(url or f"{CALLS}{call.pk}/steps/remark/", form)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("..\\..\\windows\\a.png", "a.png"),
        ("长" * 300 + ".png", "长" * 146 + ".png"),
        ("a\u202egnp.png", "agnp.png"),
        ("集市东口.PNG", "集市东口.PNG"),
    ],
)
def test_35_a_file_name_is_only_a_name(county, name, kept):
    call = make.filed(county)
    clerk = county.user(Role.TOWNSHIP_CLERK)
    client = browser(clerk)
    file = SimpleUploadedFile("x.png", PNG, "image/png")
    file._name = name  # past Django's own cleaning, as a hand-made request sends it
    form = {"remark": "见附件", "files": file}
    answer = client.post(f"{CALLS}{call.pk}/steps/remark/", form)
    assert answer.status_code == 200, answer.json()
    row = Attachment.objects.get()
    assert row.name == kept
    assert "/" not in row.name and "\n" not in row.name and len(row.name) <= 150
    assert "passwd" not in row.file.name and row.file.name.startswith("attachments/")
    handed = client.get(f"/attachments/{row.pk}/?download")
    assert handed.status_code == 200
    assert "\n" not in handed.headers["Content-Disposition"]
    assert handed.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(handed.streaming_content) == PNG


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("照片\r\nSet-Cookie: x=1.png", "照片Set-Cookie: x=1.png"),
        ("\0a\x1b.png", "a.png"),
        ("...", "附件"),
        ("", "附件"),
        ("/", "附件"),
        ("长" * 300, "长" * 150),
    ],
)
def test_35_no_sign_that_steers_a_machine_stays_in_a_file_name(name, kept):
    assert uploads.clean_name(name) == kept


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf.exe", PNG),
        ("a.exe", b"MZ\x90\0" + b"\0" * 60),
        ("a.pdf", PNG),
        ("a.png", b"<svg onload=alert(1)>"),
        ("a.html", b"<script>alert(1)</script>"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.docx", b"PK\x03\x04" + b"\0" * 40),
        ("a.png", b""),
    ],
)
def test_35_a_file_that_is_not_what_it_says_is_refused(county, name, content):
    call = make.filed(county)
    client = browser(county.user(Role.TOWNSHIP_CLERK))
    answer = upload(client, call, name, content=content)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["files"]
    assert not Attachment.objects.exists()


def test_35_all_files_of_a_step_are_kept_by_page_and_api(county):
    call = make.filed(county)
    client = browser(county.user(Role.TOWNSHIP_CLERK))
    assert upload(client, call, "一.png", "二.png").status_code == 200
    call = Call.objects.get(pk=call.pk)
    assert upload(client, call, "三.png", "四.png", url=step(call, "remark")).status_code == 302
    names = set(Attachment.objects.values_list("name", flat=True))
    assert names == {"一.png", "二.png", "三.png", "四.png"}


def test_37_a_file_is_handed_to_those_who_see_the_matter_and_while_they_do(county):
    call = make.dispatched(county)
    clerk = county.user(Role.TOWNSHIP_CLERK)
    assert upload(browser(clerk), call, "现场.png").status_code == 200
    url = f"/attachments/{Attachment.objects.get().pk}/"
    police = county.user(Role.DEPARTMENT_CLERK)
    for user in (clerk, police, county.user(Role.PLATFORM)):
        assert browser(user).get(url).status_code == 200
    foreign = County("郊区", "230811", "郊", "jiaoqu-2022")
    strangers = [
        county.user(Role.DEPARTMENT_CLERK, "县住建局"),
        county.user(Role.TOWNSHIP_CLERK, "贾镇"),
        county.user(Role.SYSADMIN),
        foreign.user(Role.PLATFORM),
        foreign.user(Role.TOWNSHIP_CLERK),
    ]
    for user in strangers:
        assert browser(user).get(url).status_code == 404, user
    client = browser(police)
    police.posts.update(active=False)
    assert client.get(url).status_code in (302, 401, 403, 404)


def test_37_a_file_of_an_internal_note_is_for_the_unit_alone(county):
    part = make.working(county)
    police = browser(county.user(Role.DEPARTMENT_CLERK))
    form = {
        "note": "内部资料",
        "audience": "internal",
        "files": SimpleUploadedFile("内部.png", PNG),
    }
    url = f"/api/v1/hucall/responses/{part.pk}/steps/note/"
    assert police.post(url, form).status_code == 200
    file = f"/attachments/{Attachment.objects.get().pk}/"
    assert police.get(file).status_code == 200
    for role in (Role.TOWNSHIP_CLERK, Role.PLATFORM, Role.DUCHA):
        assert browser(county.user(role)).get(file).status_code == 404
