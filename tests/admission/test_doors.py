"""The matrix over HTTP: each allowed cell through page and API, a refusal per step, role and door,
what is closed or stale says so, and no door in the registry.

Each county's world is built once, with a record of each kind that it tries; whatever a test does
to it is undone.
"""

import pytest
import time_machine
from django.contrib import admin
from django.test import Client

from governance.models import Event
from governance.roles import Role
from tests.admission import cells, doors
from tests.admission.scene import NOW, PRESETS
from tests.governance.visiting import address, step
from tests.hucall.doors import undone

pytestmark = pytest.mark.sqlite  # doors that no database changes are tried once


@pytest.fixture(scope="module", params=PRESETS)
def built(request, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), undone(), time_machine.travel(NOW, tick=False):
        yield doors.World(request.param)


@pytest.fixture
def world(built, django_db_blocker):
    """The module's world; what a test does to it is undone."""
    with django_db_blocker.unblock(), undone():
        yield built


def picture(record) -> tuple:
    """What a refused step would have changed."""
    rows = type(record).objects.filter(pk=record.pk).values()
    return list(rows), Event.objects.count()


# ------------------------------------------------------------------ allowed cells


def test_every_cell_of_the_matrix_is_tried_in_some_county():
    tried = {
        (one.row, cell) for book in doors.BOOKS for one in doors.tries(book) for cell in one.cells()
    }
    wanted = {
        (row, (state, column))
        for row in cells.ROWS
        for state in row.states - {"new"}
        for column in cells.columns_of(row, row.record) - {"system"}
    }
    assert tried == wanted
    first = {
        (cells.model_of(row.record), row.step)
        for row in cells.ROWS
        if "new" in row.states and row.who != {"system"}
    }
    assert first == set(doors.FIRST)


@pytest.mark.rule("GX-准入-01", "GX-准入-08", "JQ-准入-17", "TX-准入-06")
@pytest.mark.django_db
def test_every_allowed_person_gets_through(world):
    for one in (one for one in world.tries if one.columns):
        at = world.records[one.variant][1]
        for state, column in one.cells():
            with undone(), time_machine.travel(at, tick=False):
                record = world.put(one.variant, state)
                facts = doors.facts_for(world, type(record), one.step, record, at)
                for door, through, status in doors.doors_of(type(record), one.step):
                    with undone():
                        answer = through(world.clients[column], one.step, record, facts)
                        told = (one.variant, one.step, state, column, door)
                        assert answer.status_code == status, (*told, answer.content.decode()[:900])
                        event = Event.objects.of(record).filter(step=one.step).latest("id")
                        assert (event.actor, event.at) == (world.people[column], at), told


# ------------------------------------------------------------------ refusals


@pytest.mark.rule("GX-准入-01", "GX-准入-08", "JQ-准入-17", "TX-准入-06")
@pytest.mark.django_db
def test_each_role_is_refused_and_changes_nothing(world):
    """Somebody near who may not gets 403; somebody who does not see the record gets 404. What only
    系统 does is refused to everybody.
    """
    known = set()
    for one in (one for one in world.tries if one.first):
        key = (one.model, one.step, one.row.who)
        if key in known:
            continue
        known.add(key)
        at = world.records[one.variant][1]
        with undone(), time_machine.travel(at, tick=False):
            record = world.put(one.variant, one.states[0])
            before = picture(record)
            may = {
                who for state, who in cells.expected(one.variant, world.book)[one.step]
                if state == record.state
            }  # fmt: skip
            for turn, column in enumerate(refused_columns(world, may), len(known)):
                assert_refused(world, one, record, column, turn)
            assert picture(record) == before, (one.variant, one.step)


def refused_columns(world, may: set[str]) -> list[str]:
    """Of each role the nearest who may not; of those who may, also the foreign county's."""
    found = []
    for role in Role.values:
        near = [one for one in world.clients if one.partition("@")[0] == role and one not in may]
        known = any(one.partition("@")[0] == role for one in may)
        found += near if known else near[:1]
    return found


def assert_refused(world, one, record, column: str, turn: int) -> None:
    """The doors of the step refuse this person in the right words. Who does not see the record
    finds the same nothing behind each door, and so tries one of them, in turn.
    """
    model = type(record)
    seen = model.objects.visible_to(world.people[column]).filter(pk=record.pk).exists()
    ways = doors.doors_of(model, one.step)
    for door, through, _ in ways if seen else [ways[turn % len(ways)]]:
        answer = through(world.clients[column], one.step, record, doors.REASON)
        told = (one.variant, one.step, record.state, column, door, answer.content.decode()[:300])
        assert answer.status_code == (403 if seen else 404), told
        assert not (seen and column.endswith("@foreign")), told


@pytest.mark.django_db
def test_what_is_closed_or_stale_says_so_and_changes_nothing(world):
    for one in (one for one in world.tries if one.columns and one.first):
        at, client = world.records[one.variant][1], world.clients[one.columns[0]]
        open_in = frozenset().union(
            *(row.states for row in cells.rows_for(one.variant, world.book) if row.step == one.step)
        )
        model = one.model
        shut = [state for state in model.State.values if state not in open_in | {"new"}][-1]
        for state, facts in ((one.states[0], {"version": 99}), (shut, {})):
            with undone(), time_machine.travel(at, tick=False):
                record = world.put(one.variant, state)
                before = picture(record)
                for door, through, _ in doors.doors_of(model, one.step):
                    answer = through(client, one.step, record, doors.REASON | facts)
                    text = answer.content.decode()
                    told = (one.variant, one.step, state, door, text[:600])
                    assert answer.status_code == 409, told
                    assert state != shut or "当前状态为" in text, told
                assert picture(record) == before, (one.variant, one.step, state)


# ------------------------------------------------------------------ first steps


@pytest.mark.rule("GX-准入-08", "JQ-准入-17", "TX-准入-06")
@pytest.mark.django_db
def test_new_records_are_made_by_their_people_alone(world):
    """In each county whose people for a first step are others than those of the counties before."""
    for model, name in doors.FIRST:
        may = doors.raising(model, name, world.book)
        same = (one for one in doors.BOOKS if doors.raising(model, name, one) == may)
        if next(same) == world.book:
            for role in Role.values:
                assert_makes(world, model, name, doors.person_of(world, role), may)


def assert_makes(world, model, name: str, column: str, may: set[str]) -> None:
    """The page and the API make one new record for those who may, none for others."""
    ways = [
        (f"{doors.PAGES}/{doors.FIRST[model, name]}", {"action": name}, 302),
        (f"{doors.API}/{doors.PLURAL[model]}/", {"step": name}, 201),
    ]
    for url, added, status in ways:
        with undone(), time_machine.travel(doors.DAY, tick=False):
            before = model.objects.count(), Event.objects.count()
            answer = world.clients[column].post(url, doors.first_facts(world, model, name) | added)
            told = (url, column, answer.content.decode()[:900])
            if column in may:
                assert answer.status_code == status, told
                assert model.objects.latest("id").raised_by == world.people[column], told
                assert model.objects.count() == before[0] + 1, told
            else:
                assert answer.status_code == 403, told
                assert (model.objects.count(), Event.objects.count()) == before, told


# ------------------------------------------------------------------ no other door


@pytest.mark.django_db
def test_a_stranger_is_asked_to_sign_in(world):
    record, at = next(iter(world.records.values()))
    with time_machine.travel(at, tick=False):
        for url in (address(record), step(record, world.tries[0].step), "/admission/requests/new/"):
            answer = Client().get(url)
            assert (answer.status_code, answer["Location"][:7]) == (302, "/login/"), url
        url = f"{doors.API}/{doors.PLURAL[type(record)]}/{record.pk}/"
        assert Client().get(url).status_code in (401, 403)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["sysadmin@county", "secadmin@county", "auditor@county"])
def test_no_administrator_writes_business_in_the_registry(world, role):
    client = world.clients[role]
    for record, at in world.records.values():
        base = f"/admin/{record._meta.app_label}/{record._meta.model_name}/"
        with time_machine.travel(at, tick=False):
            before = picture(record)
            for url in (base, f"{base}add/", f"{base}{record.pk}/change/"):
                answer = client.post(url, {"state": "in_force", "name": "改"})
                assert answer.status_code in (302, 403, 404), url
            assert client.post(f"{base}{record.pk}/delete/").status_code in (302, 403, 404)
            assert picture(record) == before


def test_no_record_of_admission_is_registered():
    registered = {model._meta.app_label for model in admin.site._registry}
    assert "admission" not in registered
