"""Every rule of 责任清单 stands behind its tag: the drawer shows statement, document, article."""

import pytest

from governance import catalogue, rulebooks
from governance.roles import Role
from tests.factories.governance import County, load_calendar
from tests.governance.visiting import visit

RULES = [entry for entry in catalogue.entries().values() if entry.app == "checklist"]


@pytest.mark.rule("GX-清单-03", "GX-清单-33", "JQ-清单-03", "JQ-清单-26", "TX-准入-13")
@pytest.mark.django_db
def test_every_rule_of_the_app_can_be_opened_by_anybody_who_is_signed_in():
    load_calendar()
    rulebooks.load_clauses()
    client = visit(County().user(Role.TOWNSHIP_CLERK))
    assert len(RULES) == 66
    for entry in RULES:
        answer = client.get(f"/clauses/{entry.rule_id}/", headers={"HX-Request": "true"})
        assert answer.status_code == 200, entry.rule_id
        page = answer.content.decode()
        for text in (entry.statement, entry.document, entry.article_label):
            assert text in page, (entry.rule_id, text)


def test_what_is_ours_is_never_shown_as_the_clause():
    for entry in RULES:
        assert entry.remark == "" or entry.remark not in entry.statement
