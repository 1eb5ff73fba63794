"""A filter by an id tells nothing of what its reader may not see."""

import pytest
from django.test import Client

from governance.models import Unit
from governance.roles import Role
from hucall.models import Bulletin
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar

pytestmark = pytest.mark.django_db
UNKNOWN = 987_654_321
FILTERS = {
    "calls": ("owner", "unit", "item"),
    "responses": ("call", "unit"),
    "ratings": ("call",),
    "callbacks": ("call",),
    "supervisions": ("call", "unit"),
    "rectifications": ("unit", "bulletin"),
}


@pytest.fixture
def county():
    load_calendar()
    return County()


def got(user, name: str, query: str) -> tuple[int, bytes]:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(f"/api/v1/hucall/{name}/?{query}")
    return answer.status_code, answer.content


@pytest.mark.parametrize("name", FILTERS)
def test_a_foreign_id_and_one_that_does_not_exist_find_the_same(county, name):
    other = County("莘县", "371522", "莘")
    foreign = make.dispatched(other)
    unit = other.unit("县公安局")
    bulletin = Bulletin.objects.create(county=other.row, owner=other.row, month="2026-10-01")
    ids = {"call": foreign.pk, "unit": unit.pk, "owner": foreign.owner_id, "bulletin": bulletin.pk}
    for role in (Role.TOWNSHIP_CLERK, Role.DEPARTMENT_CLERK, Role.PLATFORM):
        for field in FILTERS[name]:
            known = got(county.user(role), name, f"{field}={ids.get(field, 1)}")
            assert known == got(county.user(role), name, f"{field}={UNKNOWN}"), (role, field)
            assert known[0] == 200, (role, field, known)


def test_ids_that_may_be_seen_still_filter(county):
    call = make.dispatched(county, assist=["县住建局"])
    make.dispatched(county)
    desk = county.user(Role.PLATFORM)
    unit = Unit.objects.get(short_name="县住建局")
    for name, query, found in (
        ("responses", f"call={call.pk}", 2),
        ("responses", f"call={call.pk}&unit={unit.pk}", 1),
        ("calls", f"unit={unit.pk}", 1),
        ("calls", f"owner={call.owner_id}", 2),
        ("calls", f"owner={unit.pk}", 0),
    ):
        status, body = got(desk, name, query)
        assert (status, body.count(b'"number"')) == (200, found), (name, query)


def test_what_is_no_id_is_refused(county):
    desk = county.user(Role.PLATFORM)
    for query in ("call=x", "call=1.5", "call=-1", f"unit={10**30}"):
        assert got(desk, "responses", query)[0] == 400, query
