"""The matrix over HTTP: each allowed cell through the API and through the step's page, at least one
refusal per step, role and door, and no door at all in the admin.

The world is built once for the module; each test happens inside a transaction that is undone.
"""

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.test import Client

from governance.models import Event
from governance.roles import Role
from hucall.models import Call
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar
from tests.governance.visiting import address, step
from tests.hucall import cells
from tests.hucall.doors import (
    DOORS,
    FOR_PEOPLE,
    HIDDEN,
    PLURAL,
    REASON,
    ROWS,
    SAVED,
    World,
    api,
    ask_api,
    ask_page,
    ask_panel,
    facts_for,
    forced,
    named,
    record_for,
    state_of,
    undone,
)


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
