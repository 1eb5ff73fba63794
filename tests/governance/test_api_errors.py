"""Whatever goes wrong under /api/ is told as data: {"code", "message", "clause"}, in Chinese."""

import pytest
from django.test import Client

from governance.roles import Role
from hucall.api import CallViewSet
from tests.factories.governance import County, load_calendar

pytestmark = pytest.mark.django_db
CALLS = "/api/v1/hucall/calls/"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def clerk():
    load_calendar()
    return County().user(Role.TOWNSHIP_CLERK)


def signed_in(user, **how) -> Client:
    client = Client(raise_request_exception=False, **how)
    client.force_login(user, backend=BACKEND)
    return client


def told(answer) -> tuple[int, str]:
    """(status, code) of a refusal in the shape that every refusal has."""
    assert answer.headers["Content-Type"].startswith("application/json"), answer.content[:200]
    body = answer.json()
    assert {"code", "message", "clause"} <= set(body), body
    assert any("\u4e00" <= sign <= "\u9fff" for sign in body["message"]), body
    assert int(answer.headers.get("Content-Length", len(answer.content))) == len(answer.content)
    return answer.status_code, body["code"]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("application/json", 413, "too_large"),
        ("application/x-www-form-urlencoded", 413, "too_large"),
        ("multipart/form-data; boundary=x", 413, "too_large"),
        ("text/plain", 415, "unsupported_media_type"),
    ],
)
def test_a_body_of_twelve_megabytes_is_refused_as_data(clerk, kind, status, code):
    body = "title=" + "a" * (12 << 20)
    if kind.startswith("multipart"):
        part = 'Content-Disposition: form-data; name="title"'
        body = f"--x\r\n{part}\r\n\r\n{body}\r\n--x--\r\n"
    assert told(signed_in(clerk).post(CALLS, body, content_type=kind)) == (status, code)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("&".join(f"k{number}=1" for number in range(6000)), "application/x-www-form-urlencoded"),
        ("no boundary", "multipart/form-data"),
        ("{", "application/json"),
        ("[1]", "application/json"),
    ],
)
def test_a_body_that_nobody_can_read_is_refused_as_data(clerk, body, kind):
    assert told(signed_in(clerk).post(CALLS, body, content_type=kind))[0] == 400


def test_what_is_not_there_is_told_as_data(clerk):
    client = signed_in(clerk)
    for url in ("/api/", "/api/v1/none/", f"{CALLS}99/", f"{CALLS}x/", f"{CALLS}1/none/"):
        assert told(client.get(url)) == (404, "not_found"), url
    assert told(Client().get("/api/v2/calls/"))[0] in (401, 404)
    assert told(client.delete(CALLS)) == (405, "method_not_allowed")


def test_a_request_without_its_token_against_forgery_is_refused_as_data(clerk):
    client = signed_in(clerk, enforce_csrf_checks=True)
    answer = client.post(CALLS, "{}", content_type="application/json")
    assert told(answer) == (403, "permission_denied")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_failure_of_ours_is_told_as_data_and_says_nothing_of_itself(clerk, monkeypatch):
    def fail(self):
        raise RuntimeError("secret")

    monkeypatch.setattr(CallViewSet, "get_queryset", fail)
    answer = signed_in(clerk).get(CALLS)
    assert told(answer) == (500, "error")
    assert b"secret" not in answer.content


def test_a_foreign_host_is_refused_as_data(clerk):
    assert told(signed_in(clerk).get(CALLS, HTTP_HOST="elsewhere.example")) == (400, "bad_request")


def test_pages_stay_pages(clerk):
    answer = signed_in(clerk).get("/none/")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
