"""What writing costs: a ceiling of statements for a filing and for a step, sign-in included."""

import json

import pytest
from django.test import Client

from governance import numbering
from governance.roles import Role
from hucall.models import Response
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar

pytestmark = pytest.mark.django_db
MOST = 20
"""Session, user and posts; the transaction; the ledgers; whether the answer may be shown."""


@pytest.fixture
def county():
    load_calendar()
    return County()


def visitor(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def post(client: Client, path: str, facts: dict):
    return client.post(path, json.dumps(facts), content_type="application/json")


def test_filing_a_call_takes_few_statements(county, django_assert_max_num_queries):
    clerk = visitor(county.user(Role.TOWNSHIP_CLERK))
    county.user(Role.PLATFORM)
    path, facts = "/api/v1/hucall/calls/", make.CONTENT
    assert post(clerk, path, facts).status_code == 201  # calendars and types are known from here
    with django_assert_max_num_queries(MOST):
        assert post(clerk, path, facts).status_code == 201


def test_a_step_takes_few_statements(county, django_assert_max_num_queries):
    make.dispatched(county)
    part = Response.objects.get()
    clerk = visitor(county.user(Role.DEPARTMENT_CLERK))
    path = f"/api/v1/hucall/responses/{part.pk}/steps/"
    assert clerk.get(path).status_code == 200
    with django_assert_max_num_queries(MOST):
        assert post(clerk, f"{path}sign_in/", {}).status_code == 200


def test_numbers_are_drawn_in_one_statement(county, django_assert_num_queries):
    at = make.FILED
    with django_assert_num_queries(1):
        assert numbering.draw(county.row, "呼", at).endswith("1号")
    with django_assert_num_queries(1):
        assert numbering.draw(county.row, "呼", at).endswith("2号")
