"""The list of accounts tells their county and is narrowed by it, without more queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import User
from governance.roles import Role
from tests.factories.governance import County
from tests.governance.signing import administrator

pytestmark = pytest.mark.django_db
LIST = reverse("admin:governance_user_changelist")


def home(user, county) -> None:
    """Give somebody a county of its own (the factory's people have it by their posts alone)."""
    User.objects.filter(pk=user.pk).update(county=county.row)


def test_the_list_of_accounts_names_the_county_and_is_narrowed_by_it():
    one, other = County(), County("莘县", "371522", "莘")
    boss = one.user(Role.SYSADMIN, "市委编办")
    for county in (one, other):
        home(county.user(Role.TOWNSHIP_CLERK), county)
    desk = administrator(boss)
    page = desk.get(LIST).content.decode()
    assert page.count('class="field-county nowrap">莘县') == 1
    assert f"?county__id__exact={other.row.pk}" in page
    narrowed = desk.get(LIST, {"county__id__exact": other.row.pk}).content.decode()
    assert "莘县</td>" in narrowed and "冠县</td>" not in narrowed


def test_more_accounts_ask_no_more_queries():
    county = County()
    desk = administrator(county.user(Role.SYSADMIN))
    counts = []
    for names in (("甲镇",), ("乙镇", "丙镇", "丁镇")):
        for name in names:
            home(county.user(Role.TOWNSHIP_CLERK, name), county)
        desk.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            desk.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]
