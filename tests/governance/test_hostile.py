"""Hostile and faulty input against pages and API: a clear refusal, never an error of ours.

Numbers in the names are the rows of the catalogue of hostile inputs in the security requirements.
"""

import json

import pytest
import time_machine

from governance.roles import Role
from hucall.models import Call
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar
from tests.governance.hostile import CALLS, JSON, RARE, SCRIPT, browser, survives
from tests.governance.visiting import step

pytestmark = pytest.mark.django_db

HUGE = "9" * 30

VALUES = [
    *("\0", "a\0b", "\ud800", "\udfffx", "", "   ", HUGE, "9" * 5000, "-1", "0", "1.5", "１２"),
    *("0x10", "1_000", "NaN", "Infinity", "-Infinity", "1e400", "true", "null", "undefined"),
    *("0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
    *("2026-02-30", "24:00", SCRIPT, "'; DROP TABLE governance_unit; --", "%00", "../../etc"),
    *(RARE, "\u202e\u200b\ufeff", "=1+1", "长" * 6000, "a" * 6000),
    *(2**31, 2**63, -(2**63) - 1, 10**40, -1, 0, 1.5, True, False, None),
    *([], [[]], {}, {"a": 1}, [None], [True], [1.5], [2**63], [HUGE], ["\0"], ["\ud800"], ["x", 1]),
]
"""Sent to every field of a step, all at once and one by one."""


@pytest.fixture
def county():
    load_calendar()
    with time_machine.travel(make.FILED, tick=False):
        yield County()


def as_form(value) -> list[str]:
    """The value as a browser would send it."""
    values = value if isinstance(value, list) else [value]
    return [str(one).encode("utf-8", "replace").decode() for one in values]


# ------------------------------------------------------------------ fields of steps (33, 34)


def steps_under_attack(county):
    """(who, record, step, valid facts) for the steps that ask for something."""
    platform, clerk = county.user(Role.PLATFORM), county.user(Role.TOWNSHIP_CLERK)
    police, leader = county.user(Role.DEPARTMENT_CLERK), county.user(Role.DEPARTMENT_LEADER)
    unit = county.unit("县公安局").pk
    filed, working = make.filed(county), make.working(county)
    urgent = make.part(make.urgent(county), county)
    finished = make.finished(county)
    chosen = {"units": [unit], f"duty_{unit}": "lead", f"task_{unit}": "任务"}
    arrived = {"arrived_at": "2026-11-10 09:00", "place": "现场"}
    rest = {"reason": "停工", "condition": "复工", "review_on": "2026-12-01"}
    return [
        (
            platform,
            filed,
            "dispatch",
            chosen | {"difficulty": "general", "item": "", "opinion": ""},
        ),
        (platform, filed, "merge", {"into": urgent.call_id, "reason": "同一事"}),
        (platform, filed, "turn_back", {"reason": "自办", "over_call": ""}),
        (clerk, filed, "withdraw", {"reason": "误报"}),
        (platform, urgent.call, "verify", {"verified_true": "yes", "opinion": "属实", "item": ""}),
        (police, urgent, "arrive", arrived),
        (police, working, "note", {"note": "进展", "audience": "shared"}),
        (police, working, "propose_return", {"reason": "x", "basis": "y", "suggested": ""}),
        (leader, working, "request_extension", {"workdays": 3, "reason": "待料"}),
        (leader, working, "request_suspension", rest),
        (police, working, "finish", {"result": "已修复路面并恢复通行"}),
        (platform, working, "transfer", {"reason": "改派", "to_unit": "", "new_lead": ""}),
        (
            *(police, working, "propose_plan"),
            {"plan": "整改", "statutory_due": "2026-12-30", "statutory_basis": "公路法"},
        ),
        (platform, working, "supervise", {"ground": "不力", "demand": ""}),
        (platform, finished, "rework", {"responses": finished.responses.get().pk, "reason": "x"}),
        (clerk, finished.ratings.get(), "rate", {"level": "mostly", "reason": "慢"}),
    ]


PLURAL = {"call": "calls", "response": "responses", "rating": "ratings"}


def test_33_34_no_value_of_any_field_of_a_step_breaks_page_or_api(county):
    clients = {}
    for number, (user, record, name, facts) in enumerate(steps_under_attack(county)):
        client = clients.setdefault(user.pk, browser(user))
        api = f"/api/v1/hucall/{PLURAL[record._meta.model_name]}/{record.pk}/steps/{name}/"
        for value in VALUES[number % 3 :: 3]:
            survives(client, "post", api, json.dumps(dict.fromkeys(facts, value)), JSON)
        for value in ("\0", "\ud800", 10**40, HUGE, [HUGE], ["\ud800"], "9999-12-31"):
            for field in facts:
                survives(client, "post", api, json.dumps(facts | {field: value}), JSON)
        for value in VALUES[number % 8 : 32 : 8]:
            form = dict.fromkeys(facts, as_form(value)) | {"version": record.version}
            survives(client, "post", step(record, name), form)


def test_33_34_no_value_of_any_field_of_a_new_call_breaks_page_or_api(county):
    client = browser(county.user(Role.TOWNSHIP_CLERK))
    fields = [
        *(*make.CONTENT, "latitude", "longitude", "item", "channel", "caller_name"),
        *("caller_phone", "units", "owner", "step", "version"),
    ]
    for value in VALUES:
        survives(client, "post", CALLS, json.dumps(dict.fromkeys(fields, value)), JSON)
    for number, field in enumerate(fields):
        for value in VALUES[number % 4 :: 4]:
            facts = make.CONTENT | {"kind": "urgent", field: value}
            answer = survives(client, "post", CALLS, json.dumps(facts), JSON)
            assert answer.status_code in (201, 400)
    for value in VALUES[:34:2]:
        form = make.CONTENT | {"kind": "urgent"} | dict.fromkeys(fields[7:], as_form(value))
        survives(client, "post", "/hucall/calls/new/", form)


@pytest.mark.parametrize("field", ["title", "text", "place", "caller_name", "\ud800"])
def test_34_what_no_database_keeps_is_refused_at_the_field_in_chinese(county, field):
    client = browser(county.user(Role.TOWNSHIP_CLERK))
    for text in ("a\0b", "\ud83d"):
        facts = make.CONTENT | {field: text}
        answer = survives(client, "post", CALLS, json.dumps(facts), JSON)
        assert answer.status_code == 400
        assert "无法保存的字符" in answer.content.decode()
    assert not Call.objects.exists()


# ------------------------------------------------------------------ bodies (33)


@pytest.mark.parametrize("key", ["", "k1"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("[" * 100_000, 400),
        ("[" * 900 + "]" * 900, 400),
        ('{"a":' * 100_000, 400),
        ('{"title":' + "[" * 500 + "]" * 500 + "}", 400),
        ("{" + ",".join(f'"k{i}":1' for i in range(100_000)) + "}", 413),
        ('{"title":"' + "长" * 4_000_000 + '"}', 413),
        ("", 400),
        ("null", 400),
        ("[]", 400),
        ("NaN", 400),
        ('{"kind": NaN}', 400),
        ('{"workdays": ' + "9" * 5000 + "}", 400),
        ("\xff\xfe", 400),
        ('{"title": "x"', 400),
    ],
)
def test_33_a_body_out_of_measure_is_refused(county, body, status, key):
    client = browser(county.user(Role.TOWNSHIP_CLERK))
    headers = {"Idempotency-Key": key} if key else {}
    answer = survives(client, "post", CALLS, body, JSON, headers=headers)
    assert answer.status_code in {status, 400}, answer.content[:300]
    assert not Call.objects.exists()


def test_33_ten_megabytes_of_text_in_a_form_are_refused(county):
    clerk = county.user(Role.TOWNSHIP_CLERK)
    client, call = browser(clerk), make.filed(county)
    form = {"reason": "长" * 3_500_000, "version": call.version}
    for url in (step(call, "withdraw"), f"{CALLS}{call.pk}/steps/withdraw/", "/hucall/calls/new/"):
        answer = survives(client, "post", url, form)
        assert answer.status_code in (400, 413)
    many = {f"f{i}": "x" for i in range(6000)}
    assert survives(client, "post", step(call, "withdraw"), many).status_code == 400


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "image/png", "x", ""])
def test_a_body_of_an_unknown_kind_is_refused(county, kind):
    client = browser(county.user(Role.TOWNSHIP_CLERK))
    answer = survives(client, "post", CALLS, b"<x/>", kind or "application/octet-stream")
    assert answer.status_code in (400, 415)


# ------------------------------------------------------------------ addresses (1) and queries


IDS = ("0", "-1", HUGE, "9" * 400, "%00", "1%00", "abc", "1.5", "1e5", "%ed%a0%80", "null")


def test_1_forged_ids_in_addresses_find_nothing(county):
    client = browser(county.user(Role.PLATFORM))
    call = make.filed(county)
    patterns = (
        "/api/v1/hucall/calls/{}/",
        "/api/v1/hucall/calls/{}/steps/",
        "/api/v1/hucall/responses/{}/events/",
        "/hucall/calls/{}/",
        "/hucall/ratings/{}/",
        f"/matters/{call.type().pk}/{{}}/",
        "/matters/{}/1/",
        f"/matters/{call.type().pk}/{{}}/steps/file/",
        "/attachments/{}/",
        "/inbox/{}/",
        "/clocks/{}/why/",
        "/clauses/{}/",
        "/statecharts/{}/",
        "/permissions/{}/",
        "/hucall/exports/{}/",
    )
    for pattern in patterns:
        for name in IDS:
            answer = survives(client, "get", pattern.format(name))
            assert answer.status_code in (400, 404, 302), (pattern, name)


QUERIES = [
    *("_connector=OR", "_negated=1", "owner__password=x", "owner__county__name=x", "pk__in=1,2"),
    *("ordering=owner__password", "order_by=-id", "fields=password", "format=api", "format=xml"),
    *("page_size=-1", "page_size=0", f"page_size={10**9}", "page_size=x", f"page_size={HUGE}"),
    *("cursor=x", "cursor=cD1hYmM%3D", f"cursor={HUGE}", "cursor=%00", "cursor=cD0lMDA%3D"),
    *("cursor=bz0tMQ%3D%3D", "cursor=cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "cursor=🙂"),
    *("search=%00", "search=%27", "search=%22*", "search=%ED%A0%80", "search=AND+OR+NOT+NEAR"),
    *(
        "search=" + "长" * 300,
        "search=*",
        "search=(",
        "search=a%3Ab",
        "search=-x",
        "q=%00",
        "q=%27",
    ),
    *("q=NEAR(a,b)", "q=" + "a" * 3000, "q=𠮷", "q=%F0%28%8C%BC", "page=-1", f"page={HUGE}"),
    *("state=%00", f"state={HUGE}", f"owner={HUGE}", "owner=1e400", "owner=NaN", "owner=-1"),
    *("owner=%00", f"item={HUGE}", f"unit={HUGE}", "unit=1e40", "unit=abc", f"call={HUGE}"),
    *("raised_after=0001-01-01", "raised_before=9999-12-31", "raised_after=x", "raised_after=%00"),
    *("raised_after=2026-02-30", "month=0001-01-01", "month=x", "light=%00", "light=late", "tab=x"),
    *("after=x", f"after={HUGE}", "before=-1", "sort=%00", "start=x", "start=0001-01-01T00:00"),
    *("start=9999-12-31T23:59&length=10+workdays", "length=999999999+workdays", "length=%00"),
    *(f"county={HUGE}", "county=%00", "year=0", "year=99999", f"year={HUGE}", "kind=%00"),
    *("a.b=1", "a[b]=1", "%01=1", "%00=1", "=", "&&&", "x" * 3000),
]
LISTS = [
    *(f"/api/v1/hucall/{name}/" for name in ("calls", "responses", "ratings", "callbacks")),
    *(f"/api/v1/hucall/{name}/" for name in ("supervisions", "bulletins", "rectifications")),
    *("/hucall/calls/", "/hucall/responses/", "/hucall/calls/export/"),
    *("/search/", "/inbox/", "/deadlines/", "/"),
]


THOROUGH = {"/api/v1/hucall/calls/", "/hucall/calls/", "/search/"}


@pytest.mark.parametrize("url", LISTS)
def test_no_query_breaks_a_list(county, url):
    make.dispatched(county)
    client = browser(county.user(Role.PLATFORM))
    for query in QUERIES if url in THOROUGH else QUERIES[LISTS.index(url) % 4 :: 4]:
        survives(client, "get", f"{url}?{query}")


def test_unknown_query_keys_change_nothing(county):
    make.filed(county)
    client = browser(county.user(Role.PLATFORM))
    plain = client.get(CALLS).json()["results"]
    assert len(plain) == 1
    for query in ("_connector=OR", "owner__password=x", "pk__in=0", "order_by=x", "number=x"):
        assert client.get(f"{CALLS}?{query}").json()["results"] == plain


def test_pages_of_a_list_are_bounded_and_complete(county):
    for _ in range(3):
        make.filed(county)
    client = browser(county.user(Role.PLATFORM))
    for size in ("-1", "0", "x", str(10**9)):
        assert len(client.get(f"{CALLS}?page_size={size}").json()["results"]) == 3
    seen, url = [], f"{CALLS}?page_size=1"
    while url:
        page = client.get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert seen == sorted(Call.objects.values_list("pk", flat=True), reverse=True)
    answer = client.get(f"{CALLS}?cursor=cD1hYmM%3D")  # p=abc
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
