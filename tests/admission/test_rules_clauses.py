"""Every rule of 准入准出 stands behind its tag, and holds from the day of its rulebook."""

from datetime import date

import pytest

from governance import catalogue, rulebooks
from tests.governance.visiting import visit

pytestmark = pytest.mark.django_db
RULES = [entry for entry in catalogue.entries().values() if entry.app == "admission"]


@pytest.mark.rule("GX-准入-04", "JQ-准入-04", "GX-准入-18", "JQ-准入-19")
def test_every_rule_of_the_app_can_be_opened_by_anybody_who_is_signed_in(scene):
    rulebooks.load_clauses()
    client = visit(scene.town)
    assert len(RULES) == 98
    for entry in RULES:
        answer = client.get(f"/clauses/{entry.rule_id}/", headers={"HX-Request": "true"})
        assert answer.status_code == 200, entry.rule_id
        page = answer.content.decode()
        for text in (entry.statement, entry.document, entry.article_label):
            assert text in page, (entry.rule_id, text)
        assert entry.remark == "" or entry.remark not in entry.statement


@pytest.mark.rule("GX-准入-18", "JQ-准入-19")
def test_the_rules_hold_from_the_day_of_their_rulebook(scene):
    assert rulebooks.valid(scene.row, date(2020, 1, 1)).version == 1
    with pytest.raises(Exception, match="制度"):
        rulebooks.valid(scene.row, date(2019, 12, 31))
