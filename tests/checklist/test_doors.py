"""The matrix over HTTP: each allowed person through the step's page, a refusal per step and role,
what is closed or stale says so, and no door in the registry.

Three counties have between them every stage and every receiver. Their worlds are built once; each
test happens inside a transaction that is undone.
"""

import pytest
import time_machine
from django.contrib import admin
from django.test import Client

from governance.models import Event
from governance.roles import Role
from tests.checklist import cells
from tests.checklist.scene import NOW, papers
from tests.governance.visiting import address, step, visit
from tests.hucall.doors import forced, undone

BOOKS = ("guanxian-2019", "jiaoqu-2022", "tongxin-2021")
FLOW = "清泉街道|巡查发现|1个工作日|巡查记录\n县农业农村局|立案查处"
REASON = {"reason": "情况说明"}
FACTS = {
    "accept": {"opinion": "材料齐全"},
    "agree": {"opinion": "同意", "document_number": "备〔2026〕3号"},
    "publish": {"document_number": "冠办发〔2026〕9号"},
    "supply_flow": {"flow": FLOW},
    "convert": {"argument": "导入的差异", "skip": "on"},
    "hand_over": {},
    "drop": {},
}


@pytest.fixture(scope="module", params=BOOKS)
def built(request, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), undone(), time_machine.travel(NOW, tick=False):
        world = cells.World(request.param)
        world.clients = {column: visit(user) for column, user in world.people.items() if user}
        yield world


@pytest.fixture
def world(built, django_db_blocker):
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), undone():
        yield built


def steps_of_people(world):
    """(variant, row, columns) of every step that somebody does with a saved record."""
    for variant in world.variants():
        kind = variant.partition("/")[2] or "department"
        for row in cells.rows_for(variant, world.book):
            who = {f"{kind}_{w}" if w in ("clerk@own", "leader@own") else w for w in row.who}
            if who - {"system"} and row.states - {"new"}:
                yield variant, row, sorted(who - {"system"})


def record_for(world, variant: str, row):
    """A record in one of the row's states."""
    record = cells.made(world, variant)
    states = [one for one in type(record).State.values if one in row.states and one != "new"]
    if variant == "Authority" and "draft" not in states:
        type(record).objects.filter(pk=record.pk).update(number="冠调〔2026〕99号")
    return record if record.state in states else forced(record, states[0])


def facts_for(world, row, record) -> dict:
    """What the step's form asks for."""
    if row.step in ("save_draft", "file", "resubmit"):
        given = world.scene.new_item() | world.scene.facts() | {"kind": "add"}
        return {name: words for name, words in given.items() if words is not None}
    return dict(FACTS.get(row.step, REASON))


def ask(world, column: str, row, record, facts: dict):
    """POST the form of the step's page, as from within an open page."""
    data = {"version": record.version} | facts
    if row.step in ("save_draft", "file", "resubmit"):
        data["files"] = papers()["files"]
    client = world.clients[column]
    return client.post(step(record, row.step), data, headers={"HX-Request": "true"})


@pytest.mark.django_db
def test_every_allowed_person_gets_through(world):
    tried = 0
    for variant, row, columns in steps_of_people(world):
        for column in columns:
            with undone():
                record = record_for(world, variant, row)
                answer = ask(world, column, row, record, facts_for(world, row, record))
                told = (variant, row.step, column, answer.content.decode()[:900])
                assert answer.status_code == 204, told
                event = Event.objects.of(record).filter(step=row.step).latest("id")
                assert event.actor == world.people[column]
                tried += 1
    assert tried > 20


@pytest.mark.django_db
def test_each_role_is_refused(world):
    """Somebody near who may not gets 403; somebody who does not see the record gets 404."""
    for variant, row, columns in steps_of_people(world):
        if variant.endswith("/township"):
            continue
        with undone():
            record = record_for(world, variant, row)
            model = type(record)
            for number, role in enumerate(Role.values, start=len(row.step)):
                near = [c for c in world.clients if c.partition("@")[0] == role]
                column = next((c for c in near if c not in columns), None)
                if column is None:
                    continue  # the city's own post, whose step it is
                user = world.people[column]
                seen = model.objects.visible_to(user).filter(pk=record.pk).exists()
                if seen or number % 3 == 0:
                    answer = ask(world, column, row, record, REASON)
                    status = 403 if seen else 404
                    assert answer.status_code == status, (variant, row.step, column)
                assert not (seen and column.endswith("@foreign")), (variant, column)
            assert model.objects.get(pk=record.pk).version == record.version


@pytest.mark.django_db
def test_what_is_closed_or_stale_says_so(world):
    for variant, row, columns in steps_of_people(world):
        with undone():
            record = record_for(world, variant, row)
            stale = ask(world, columns[0], row, record, {"version": record.version + 7} | REASON)
            assert stale.status_code == 409, (variant, row.step)
            known = [r for r in cells.rows_for(variant, world.book) if r.step == row.step]
            open_in = frozenset().union(*(r.states for r in known))
            shut = [s for s in type(record).State.values if s not in open_in | {"new"}][-1]
            answer = ask(world, columns[0], row, forced(record, shut), REASON)
            if answer.status_code == 404:  # a draft of an edition is nobody's but the drafters'
                continue
            assert answer.status_code == 409, (variant, row.step, shut)
            assert "当前状态为" in answer.content.decode()


@pytest.mark.django_db
def test_a_stranger_is_asked_to_sign_in(world):
    record = cells.made(world, "Application/department")
    for url in (address(record), step(record, "accept")):
        answer = Client().get(url)
        assert (answer.status_code, answer["Location"][:7]) == (302, "/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["sysadmin@county", "secadmin@county", "auditor@county"])
def test_no_administrator_writes_business_in_the_registry(world, role):
    for model in cells.MODELS.values():
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        client = world.clients[role]
        record = model.objects.first()
        for url in (f"{base}add/", f"{base}{record.pk if record else 1}/delete/"):
            assert client.get(url).status_code in (302, 403, 404), url
            assert client.post(url, {"state": "in_force"}).status_code in (302, 403, 404), url
        if record:
            client.post(f"{base}{record.pk}/change/", {"state": "in_force", "title": "改"})
            assert model.objects.get(pk=record.pk).version == record.version
            assert model.objects.get(pk=record.pk).state == record.state


def test_no_record_of_changes_is_registered():
    names = {model._meta.model_name for model in admin.site._registry}
    assert not names & {"application", "cause", "stage"}
