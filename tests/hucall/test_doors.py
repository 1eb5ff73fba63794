"""The matrix over HTTP: each allowed cell through the API and through the step's page, at least one
refusal per step, role and door, and no door at all in the admin.

The world is built once for the module; each test happens inside a transaction that is undone.
"""

from contextlib import contextmanager

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.test import Client

from governance.models import Event
from governance.perform import perform
from governance.roles import Role
from hucall.models import Call
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar
from tests.governance.visiting import address, step, visit
from tests.hucall import cells

ROWS = cells.rows()
PLURAL = {
    "Call": "calls",
    "Response": "responses",
    "Agency": "responses",
    "Rating": "ratings",
    "Callback": "callbacks",
    "Supervision": "supervisions",
    "Bulletin": "bulletins",
    "Rectification": "rectifications",
}
HIDDEN = ("new", "draft", "proposed")
"""States in which a call is its own unit's business, so that others find 404 and not 409."""


# ------------------------------------------------------------------ the world


class World:
    """Two counties, everybody in them, and a signed-in browser for each."""

    def __init__(self):
        load_calendar()
        self.county = County()
        self.foreign = County("郊区", "230811", "郊", "jiaoqu-2022")
        for name in ("县水利局", "县住建局"):
            self.county.unit(name)
        near = cells.people(self.county, self.foreign, "Response")
        agency = cells.people(self.county, self.foreign, "Agency")
        self.people = near | agency
        self.columns = {"Response": list(near), "Agency": list(agency)}
        self.clients = {}

    def client(self, column: str) -> Client:
        """The browser of one person of the matrix."""
        if column not in self.clients:
            self.clients[column] = visit(self.people[column])
        return self.clients[column]

    def column(self, row, role: str) -> str:
        """Of the people of one role, the one nearest to the record who may not do the step."""
        columns = self.columns.get(row.record, self.columns["Response"])
        near = [name for name in columns if name.partition("@")[0] == role]
        return next(name for name in near if name not in row.who)


@contextmanager
def undone():
    """Whatever happens inside is taken back."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), undone():
        with time_machine.travel(cells.NOW, tick=False):
            world = World()
            for column, user in world.people.items():
                if user is not None:
                    world.client(column)
        yield world


@pytest.fixture
def world(built, django_db_blocker):
    """The module's world, at the moment of the matrix; what a test does to it is undone."""
    with django_db_blocker.unblock(), time_machine.travel(cells.NOW, tick=False), undone():
        yield built


# ------------------------------------------------------------------ facts

REASON = {"reason": "情况说明"}


def dispatch_facts(county, record):
    unit = county.unit("县水利局").pk
    return {"difficulty": "general", "units": [unit], f"duty_{unit}": "lead"}


def added_facts(county, record):
    unit = county.unit("县水利局").pk
    return {"units": [unit], f"duty_{unit}": "assist"}


def successor(county, record):
    return {"to_unit": county.unit("县水利局").pk} | REASON | {"text": "裁定意见"}


FACTS = {
    **dict.fromkeys(("save_draft", "propose", "file", "refile"), make.CONTENT),
    "record_self_handled": make.CONTENT | {"result": "已当场清理"},
    "dispatch": dispatch_facts,
    "add_units": added_facts,
    "merge": lambda county, record: {"into": make.filed(county).pk} | REASON,
    "verify": {"verified_true": "yes", "opinion": "属实"},
    "rework": lambda county, record: {"responses": [record.responses.get().pk]} | REASON,
    "remark": {"remark": "补充一点"},
    "arrive": {"arrived_at": "2026-11-10 09:10", "place": "现场"},
    "propose_return": REASON | {"basis": "清单第3项"},
    **dict.fromkeys(("accept_return", "uphold_return", "transfer"), successor),
    "overrule_return": {"text": "由该单位承办"},
    "note": {"note": "进展顺利", "audience": "shared"},
    "propose_plan": {"plan": "分期整改"},
    "request_extension": {"workdays": 3} | REASON,
    "request_suspension": {"condition": "解冻", "review_on": "2026-12-01"} | REASON,
    "renew_suspension": {"review_on": "2026-12-15"} | REASON,
    "finish": {"result": "已修复路面并恢复通行"},
    "supervise": {"ground": "办理不力"},
    "rate": {"level": "satisfied"},
    "record": {"caller_level": "satisfied", "note": "电话回访"},
    "answer": {"reply": "已派人到场"},
    "edit": {"title": "十月通报", "text": "通报如下。"},
    "feed_back": {"report": "已整改"},
}


def from_village(county):
    """A draft of a village, which its township may take over."""
    county.amend(**{"call.village": True})
    call = make.new_call(county, village=county.unit("样例村"))
    clerk = county.user(Role.VILLAGE_CLERK)
    return perform(call, "save_draft", actor=clerk, at=make.FILED, facts=make.CONTENT)


def with_village(county):
    """A filed call in which a village takes part."""
    call, clerk = from_village(county), county.user(Role.TOWNSHIP_CLERK)
    return perform(call, "file", actor=clerk, at=make.FILED, facts=make.CONTENT)


BUILDERS = {
    ("Call", "rework"): make.finished,
    ("Call", "remark"): with_village,
    ("Call", "save_draft"): from_village,
    ("Call", "propose"): from_village,
}


def facts_for(world, row, record) -> dict:
    """What the step's form asks for; a reason does no harm where none is asked."""
    found = FACTS.get(row.step, REASON)
    return found(world.county, record) if callable(found) else dict(found)


def record_for(world, row, state: str):
    """A record on which the row's step is open, in one of its states."""
    builder = BUILDERS.get((row.record, row.step))
    record = builder(world.county) if builder else cells.record_for(world.county, row)
    return forced(record, state)


def forced(record, state: str):
    """The record in another state, whatever the process says."""
    type(record).objects.filter(pk=record.pk).update(state=state)
    return type(record).objects.get(pk=record.pk)


def api(row, record) -> str:
    """The step's address in the API."""
    return f"/api/v1/hucall/{PLURAL[row.record]}/{record.pk}/steps/{row.step}/"


def ask_api(world, column, row, record, facts):
    """POST as JSON."""
    return world.client(column).post(api(row, record), facts, content_type="application/json")


def ask_page(world, column, row, record, facts):
    """POST the form of the step's page."""
    data = facts | {"version": record.version}
    return world.client(column).post(step(record, row.step), data)


def ask_panel(world, column, row, record, facts):
    """The same from within an open page: the answer is the step's panel alone."""
    data = facts | {"version": record.version}
    headers = {"HX-Request": "true"}
    return world.client(column).post(step(record, row.step), data, headers=headers)


DOORS = {"api": (ask_api, 200), "page": (ask_page, 302)}
SAVED = [row for row in ROWS if row.states - {"new"}]
FOR_PEOPLE = [row for row in SAVED if row.who - {"system"}]


def state_of(row) -> str:
    """A listed state in which all of the row's people see the record."""
    saved = [s for s in cells.states_of(row.record) if s in row.states and s != "new"]
    return saved[-1] if row.record == "Call" and row.step == "withdraw" else saved[0]


def named(row) -> str:
    return f"{row.record}.{row.step}"


# ------------------------------------------------------------------ allowed cells


@pytest.mark.rule("GX-呼应-05", "GX-呼应-13", "TA-14")
@pytest.mark.parametrize("row", FOR_PEOPLE, ids=named)
def test_every_allowed_person_gets_through_both_doors(row, world):
    record = record_for(world, row, state_of(row))
    facts = facts_for(world, row, record)
    for column in sorted(row.who - {"system"}):
        if (row.step, column) == ("file", "platform@county"):
            continue  # the platform sees no draft: it files by the list's address, see below
        for door, (ask, status) in DOORS.items():
            with undone():
                answer = ask(world, column, row, record, facts)
                told = answer.content.decode()[:600]
                assert answer.status_code == status, (door, column, told)
                event = Event.objects.of(record).get(step=row.step, at=cells.NOW)
                assert event.actor == world.people[column]


@pytest.mark.parametrize("column", ["platform@county", "township_clerk@own"])
def test_a_new_call_is_raised_at_the_lists_address(world, column):
    facts = make.CONTENT | {"owner": world.county.unit("清泉街道").pk}
    url = "/api/v1/hucall/calls/"
    answer = world.client(column).post(url, facts, content_type="application/json")
    assert answer.status_code == 201, answer.json()
    told = answer.json()
    assert (told["state"], told["number"]) == ("submitted", "冠呼〔2026〕1号")
    assert Call.objects.get(pk=told["id"]).raised_by == world.people[column]


@pytest.mark.parametrize("column", ["department_clerk@own", "ducha@county", "bianban@county"])
def test_nobody_else_raises_calls(world, column):
    facts = make.CONTENT | {"owner": world.county.unit("清泉街道").pk}
    url = "/api/v1/hucall/calls/"
    answer = world.client(column).post(url, facts, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert not Call.objects.exists()


def test_nobody_raises_a_call_for_another_township(world):
    for owner in (world.county.unit("贾镇").pk, world.foreign.unit("清泉街道").pk, 0, "x"):
        answer = world.client("township_clerk@own").post(
            "/api/v1/hucall/calls/", make.CONTENT | {"owner": owner}, "application/json"
        )
        assert answer.status_code == 400
        assert answer.json()["errors"] == {"owner": ["请选择发起呼叫的乡镇(街道)。"]}
    assert not Call.objects.exists()


# ------------------------------------------------------------------ refusals


@pytest.mark.rule("GX-呼应-05", "GX-呼应-13", "TA-14")
@pytest.mark.parametrize("row", SAVED, ids=named)
def test_each_role_is_refused_at_both_doors(row, world):
    """Somebody near who may not gets 403; somebody who does not see the record gets 404.

    Who sees nothing finds the same nothing behind every page, so each role tries every fourth.
    """
    record = record_for(world, row, state_of(row))
    version = record.version
    for number, role in enumerate(Role.values, start=ROWS.index(row)):
        column = world.column(row, role)
        user = world.people[column]
        seen = type(record).objects.visible_to(user).filter(pk=record.pk).exists()
        for door, ask in (("api", ask_api), ("page", ask_panel)):
            if seen or door == "api" or number % 4 == 0:
                answer = ask(world, column, row, record, REASON)
                assert answer.status_code == (403 if seen else 404), (door, column)
        assert not (seen and column.endswith("@foreign")), column
    assert type(record).objects.get(pk=record.pk).version == version


@pytest.mark.parametrize("row", FOR_PEOPLE, ids=named)
def test_a_step_that_is_not_open_says_so(row, world):
    """The right person at the wrong time: 409 with the reason and the clause."""
    column = next(
        c for c in sorted(row.who - {"system"}) if (row.step, c) != ("file", "platform@county")
    )
    record = record_for(world, row, state_of(row))
    others = set(cells.states_of(row.record)) - row.states - set(HIDDEN)
    shut = sorted(others, key=cells.states_of(row.record).index)[-1]
    record = forced(record, shut)
    answer = ask_api(world, column, row, record, REASON)
    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "step_closed"), told
    assert told["message"].startswith("当前状态为“")
    assert told["clause"]
    page = ask_page(world, column, row, record, REASON)
    assert page.status_code == 409
    assert told["message"] in page.content.decode()


@pytest.mark.parametrize("row", FOR_PEOPLE, ids=named)
def test_a_stale_version_is_refused_at_both_doors(row, world):
    column = next(
        c for c in sorted(row.who - {"system"}) if (row.step, c) != ("file", "platform@county")
    )
    record = record_for(world, row, state_of(row))
    facts = facts_for(world, row, record)
    old = facts | {"version": record.version + 7}
    answer = world.client(column).post(api(row, record), old, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert "有新的进展" in answer.json()["message"]
    assert world.client(column).post(step(record, row.step), old).status_code == 409
    assert type(record).objects.get(pk=record.pk).version == record.version


@pytest.mark.django_db
def test_a_stranger_is_asked_to_sign_in():
    """(By its mark this test also makes sure that the test database stands, for all the others.)"""
    load_calendar()
    call, stranger = make.filed(County()), Client()
    for row in ROWS[::7]:
        answer = stranger.post(api(row, call), REASON, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
        for url in (step(call, row.step), address(call)):
            page = stranger.get(url)
            assert page.status_code == 302
            assert page["Location"].startswith("/login/")
        assert stranger.get(f"/api/v1/hucall/{PLURAL[row.record]}/").status_code == 401


def test_wrong_facts_are_told_in_chinese_at_the_field(world):
    row = next(row for row in ROWS if named(row) == "Call.withdraw")
    call = make.filed(world.county)
    answer = ask_api(world, "township_clerk@own", row, call, {})
    assert answer.status_code == 400
    assert answer.json() == {
        "code": "invalid",
        "message": "请改正标出的内容。",
        "clause": "",
        "errors": {"reason": ["该字段是必填项。"]},
    }
    page = ask_page(world, "township_clerk@own", row, call, {"reason": ""})
    assert page.status_code == 400
    assert "该字段是必填项" in page.content.decode()


def test_what_does_not_exist_is_as_invisible_as_what_is_not_ones_own(world):
    """The answers to a foreign record and to none are the same, byte for byte."""
    call = make.filed(world.county)
    client = world.client("township_clerk@foreign")
    for tail in ("", "steps/", "events/", "clocks/"):
        theirs = client.get(f"/api/v1/hucall/calls/{call.pk}/{tail}")
        none = client.get(f"/api/v1/hucall/calls/{call.pk + 9000}/{tail}")
        assert theirs.status_code == none.status_code == 404
        assert theirs.content == none.content
    row = next(row for row in ROWS if named(row) == "Call.withdraw")
    assert ask_api(world, "township_clerk@foreign", row, call, REASON).status_code == 404
    assert client.get(address(call)).status_code == 404
    assert client.get(address(call, "trail/")).status_code == 404


def test_an_unknown_step_does_not_exist(world):
    call = make.filed(world.county)
    client = world.client("platform@county")
    answer = client.post(f"/api/v1/hucall/calls/{call.pk}/steps/explode/", {}, "application/json")
    assert (answer.status_code, answer.json()["message"]) == (409, "没有这个步骤。")
    assert client.post(step(call, "explode"), {}).status_code == 404


@pytest.mark.parametrize("plural", sorted(set(PLURAL.values()) - {"calls"}))
def test_only_calls_are_raised_over_the_api(world, plural):
    client = world.client("platform@county")
    answer = client.post(f"/api/v1/hucall/{plural}/", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.parametrize("plural", sorted(set(PLURAL.values())))
def test_the_api_changes_nothing_but_by_steps(world, plural, method):
    call = make.filed(world.county)
    client = world.client("platform@county")
    for url in (f"/api/v1/hucall/{plural}/", f"/api/v1/hucall/{plural}/{call.pk}/"):
        answer = getattr(client, method)(
            url, {"state": "archived"}, content_type="application/json"
        )
        assert answer.status_code == 405


# ------------------------------------------------------------------ no door in the admin


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR])
def test_no_administrator_writes_business_in_the_registry(world, role):
    client = world.client(f"{role}@county")
    assert client.get("/admin/").status_code == 200
    for model in apps.get_app_config("hucall").get_models():
        base = f"/admin/hucall/{model._meta.model_name}/"
        for url in (base, f"{base}add/", f"{base}1/change/", f"{base}1/delete/"):
            assert client.get(url).status_code == 404
            assert client.post(url, {"state": "archived"}).status_code == 404


def test_no_record_of_calls_is_registered():
    registered = {model._meta.app_label for model in admin.site._registry}
    assert "hucall" not in registered


@pytest.mark.parametrize("role", ["platform@county", "township_clerk@own", "ducha@county"])
def test_nobody_else_enters_the_registry(world, role):
    assert world.client(role).get("/admin/").status_code in (302, 403, 404)
