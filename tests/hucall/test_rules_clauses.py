"""Every rule of 乡呼县应 stands behind its tag: the drawer shows statement, document, article."""

import pytest
from django.test import Client

from governance import catalogue, rulebooks
from governance.roles import Role
from tests.factories.governance import County, load_calendar
from tests.governance.visiting import visit

pytestmark = pytest.mark.django_db
RULES = [entry for entry in catalogue.entries().values() if entry.app == "hucall"]


def test_every_rule_of_the_app_can_be_opened_by_anybody_who_is_signed_in():
    load_calendar()
    rulebooks.load_clauses()
    client = visit(County().user(Role.TOWNSHIP_CLERK))
    assert len(RULES) == 22
    for entry in RULES:
        for headers in ({}, {"HX-Request": "true"}):
            answer = client.get(f"/clauses/{entry.rule_id}/", headers=headers)
            assert answer.status_code == 200, entry.rule_id
            page = answer.content.decode()
            for text in (entry.statement, entry.document, entry.article_label):
                assert text in page, (entry.rule_id, text)


def test_what_is_ours_is_never_shown_as_the_clause():
    """推导 of the catalogue may stand on the page as a remark; the clause's text is without it."""
    for entry in RULES:
        assert entry.remark == "" or entry.remark not in entry.statement


def test_an_unknown_rule_and_a_stranger_find_nothing():
    load_calendar()
    client = visit(County().user(Role.TOWNSHIP_CLERK))
    assert client.get("/clauses/GX-呼应-99/").status_code == 404
    assert Client().get("/clauses/GX-呼应-01/").status_code == 302
