"""Every rule of 乡呼县应 stands behind its tag: the drawer shows statement, document, article."""

import pytest
from django.test import Client

from governance import rulebooks
from governance.roles import Role
from tests.factories.governance import County, load_calendar
from tests.governance.visiting import shows_every_rule, visit

pytestmark = pytest.mark.django_db


def test_every_rule_of_the_app_can_be_opened_by_anybody_who_is_signed_in():
    load_calendar()
    rulebooks.load_clauses()
    client = visit(County().user(Role.TOWNSHIP_CLERK))
    shows_every_rule(client, "hucall", 22)
    shows_every_rule(client, "hucall", 22, **{"HX-Request": "true"})


def test_an_unknown_rule_and_a_stranger_find_nothing():
    load_calendar()
    client = visit(County().user(Role.TOWNSHIP_CLERK))
    assert client.get("/clauses/GX-呼应-99/").status_code == 404
    assert Client().get("/clauses/GX-呼应-01/").status_code == 302
