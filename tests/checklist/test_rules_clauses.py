"""Every rule of 责任清单 stands behind its tag: the drawer shows statement, document, article."""

import pytest

from governance import rulebooks
from governance.roles import Role
from tests.factories.governance import County, load_calendar
from tests.governance.visiting import shows_every_rule, visit


@pytest.mark.rule("GX-清单-03", "GX-清单-33", "JQ-清单-03", "JQ-清单-26", "TX-准入-13")
@pytest.mark.django_db
def test_every_rule_of_the_app_can_be_opened_by_anybody_who_is_signed_in():
    load_calendar()
    rulebooks.load_clauses()
    client = visit(County().user(Role.TOWNSHIP_CLERK))
    shows_every_rule(client, "checklist", 66, **{"HX-Request": "true"})
