"""Who sees which calls when posts lie in more than one county (decision 37)."""

from datetime import date

import pytest

from governance.models import Post
from governance.roles import Role
from hucall.models import Call, Response
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar

pytestmark = pytest.mark.django_db


def test_a_county_wide_post_in_one_county_hides_no_file_of_a_unit_in_another():
    load_calendar()
    county, other = County(), County("郊区", "230811", "郊", "jiaoqu-2022")
    user = county.user(Role.DUCHA)
    Post.objects.create(
        user=user, unit=other.unit("区公安局"), role=Role.DEPARTMENT_CLERK, since=date(2020, 1, 1)
    )
    user = type(user).objects.get(pk=user.pk)
    here = make.filed(county)
    theirs = make.dispatched(other, lead="区公安局")
    hidden = make.dispatched(other, lead="区水利局")
    assert set(Call.objects.visible_to(user)) == {here, theirs}
    seen = set(Response.objects.visible_to(user).values_list("call", flat=True))
    assert seen == {theirs.pk}
    assert hidden not in Call.objects.visible_to(user)
